"""Searches are counted by the day, without persons; and forgotten."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.content.desk import Desk
from xero_onboard.content import searches
from xero_onboard.content.searches import SearchCount, SearchOpening
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

TOLD = "/hc/search/told"


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    desk.publish(201, "phone", "Your phone.", title="Lost phone")
    return desk


def counted(app: Flask) -> list[tuple[str, int, int]]:
    """What was looked for, how often, and how many guides were found."""
    with app.app_context():
        rows = db.session.scalars(select(SearchCount).order_by(SearchCount.query))
        return [(row.query, row.count, row.found) for row in rows]


def opened(app: Flask) -> list[tuple[str, int, int, int]]:
    with app.app_context():
        rows = db.session.scalars(select(SearchOpening).order_by(SearchOpening.query))
        return [(row.query, row.article_id, row.count, row.places) for row in rows]


def look(client: Client, query: str, **headers: str) -> None:
    path = "/hc/en-gb/search"
    assert client.get(path, query_string={"query": query}, headers=headers).status_code == 200


def test_each_search_counts_one_and_what_it_found(shelf: Desk, client: Client) -> None:
    for query in ("phone", " Phone ", "PHONE", "zzzzqqqq"):
        look(client, query)

    assert counted(shelf.app) == [("phone", 3, 1), ("zzzzqqqq", 1, 0)]


def test_keystrokes_are_not_counted(shelf: Desk, client: Client) -> None:
    for typed in ("p", "ph", "pho", "phon", "phone"):
        client.get("/hc/search/suggest", query_string={"query": typed})

    assert counted(shelf.app) == []


def test_what_a_reader_stopped_at_counts_once_and_so_does_what_they_open(
    shelf: Desk, client: Client
) -> None:
    answer = client.post(
        TOLD, data={"query": "phone", "from": "field", "article": "201", "place": "2"}
    )
    client.post(TOLD, data={"query": "phone", "from": "page", "article": "201", "place": "1"})

    assert (answer.status_code, answer.data) == (204, b"")
    assert "Set-Cookie" not in answer.headers
    assert counted(shelf.app) == [("phone", 1, 1)]
    assert opened(shelf.app) == [("phone", 201, 2, 3)]


@pytest.mark.parametrize("article", ["999", "0", "", "9" * 18])
def test_a_guide_that_nobody_can_read_is_not_opened(
    shelf: Desk, client: Client, article: str
) -> None:
    told = {"query": "phone", "from": "page", "article": article, "place": "1"}

    assert client.post(TOLD, data=told).status_code == 204
    assert opened(shelf.app) == []


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"query": "phone"},
        {"query": "", "from": "page"},
        {"query": "a", "from": "mail"},
        {"query": "a", "from": "page", "article": "201 OR 1"},
    ],
)
def test_what_no_page_tells_is_refused(shelf: Desk, client: Client, told: dict[str, str]) -> None:
    assert client.post(TOLD, data=told).status_code == 400


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("reset casey.o'hara+x@mail.example.com", "reset (email)"),
        ("call +64 21 555 123 please", "call (number) please"),
        ("ABN 51 824 753 556", "abn (number)"),
        ("my reference is XC-7F3K", "my reference is (reference)"),
        ("https://go.xero.com/x?token=1", "(address)"),
        ("eyJhbGciOiJSUzI1NiIsImtpZCI6IjFDQUY4", "(secret)"),
        ("two-step 2FA on 3 phones", "two-step 2fa on 3 phones"),
        ("invalid redirect_uri", "invalid redirect_uri"),
    ],
)
def test_what_could_name_a_person_is_not_stored(
    shelf: Desk, client: Client, typed: str, stored: str
) -> None:
    look(client, typed)

    assert [query for query, _, _ in counted(shelf.app)] == [stored]
    for word in typed.split():
        if "@" in word:
            assert (
                word.encode()
                not in (shelf.app.extensions["settings"].instance / "site.db").read_bytes()
            )


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Moz"])
def test_a_browser_that_fetches_ahead_has_not_searched(
    shelf: Desk, client: Client, header: str
) -> None:
    look(client, "phone", **{header: "prefetch"})
    client.head("/hc/en-gb/search?query=phone")

    assert counted(shelf.app) == []


def test_a_search_is_answered_while_the_database_is_busy(shelf: Desk, client: Client) -> None:
    with closing(sqlite3.connect(shelf.app.extensions["settings"].instance / "site.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        look(client, "phone")

    assert counted(shelf.app) == []


def test_beyond_so_many_different_words_a_day_only_their_number_is_kept(
    shelf: Desk, client: Client
) -> None:
    with shelf.app.app_context():
        today = now().date()
        for number in range(searches.MOST_A_DAY):
            row = SearchCount(day=today, locale="en-gb", query=f"word {number}", count=1, found=0)
            db.session.add(row)
        db.session.commit()

    for query in ("something", "new", "word 7"):
        look(client, query)

    kept = {query: count for query, count, _ in counted(shelf.app)}
    assert (kept[searches.OTHERS], kept["word 7"]) == (2, 2)
    assert len(kept) == searches.MOST_A_DAY + 1


def test_what_others_open_comes_first_where_nothing_is_found(shelf: Desk, client: Client) -> None:
    shelf.publish(202, "roles", title="Roles")
    client.post(TOLD, data={"query": "role", "from": "page", "article": "202", "place": "1"})

    text = client.get("/hc/en-gb/search?query=zzzzqqqq").text

    assert text.index("202-roles") < text.index("201-phone")


def test_searches_are_forgotten(shelf: Desk) -> None:
    """Row M3."""
    with shelf.app.app_context():
        for days in (91, 90, 0):
            day = (now() - timedelta(days=days)).date()
            words = {"day": day, "locale": "en-gb", "query": f"{days} days ago"}
            db.session.add(SearchCount(**words, count=1, found=0))
            db.session.add(SearchOpening(**words, article_id=201, count=1, places=1))
        db.session.commit()

    assert jobs.run_due(shelf.app)

    assert [row[0] for row in counted(shelf.app)] == ["0 days ago", "90 days ago"]
    assert [row[0] for row in opened(shelf.app)] == ["0 days ago", "90 days ago"]
