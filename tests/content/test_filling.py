"""A whole help centre is read into the index in the background, and searches are answered meanwhile."""

import time

from flask import Flask
from sqlalchemy import insert

from tests.client import Client
from tests.content.desk import Desk
from xero_onboard.content import revisions
from xero_onboard.content.models import Article, Revision
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, db, new_id

MANY = 901
PATIENCE_SECONDS = 60


def stock(app: Flask) -> None:
    """Many guides, as if they had been published long ago."""
    ids = {1_000 + number: new_id() for number in range(MANY)}
    article = {"section_id": 10, "locale": "en-gb", "is_promoted": False, "status": "published"}
    made = {
        "number": 1,
        "origin": "file",
        "checksum": "",
        "keywords": [],
        "errors": {},
        "parts": [],
    }
    words = {"contents": [], "source": "", "machine": "", "edited_on": now().date()}
    with app.app_context():
        begin_write()
        articles = [
            {
                **article,
                "id": key,
                "slug": f"guide-{key}",
                "position": key,
                "published_revision_id": ids[key],
            }
            for key in ids
        ]
        rows = [
            {**made, **words, "id": ids[key], "article_id": key, "title": f"Guide {key}",
             "description": "About it.", "text": f"word{key} bones"}
            for key in ids
        ]  # fmt: skip
        db.session.execute(insert(Article), articles)
        db.session.execute(insert(Revision), rows)
        revisions.bump_generation()
        db.session.commit()


def found(client: Client, query: str) -> bool:
    answer = client.get("/hc/search/suggest", query_string={"query": query}).json
    return bool(answer and answer["results"])


def test_searches_are_answered_while_many_guides_are_read(desk: Desk, client: Client) -> None:
    desk.publish(1, "first", "The first bones.")
    stock(desk.app)
    last = f"word{1_000 + MANY - 1}"

    page = client.get(f"/hc/en-gb/search?query={last}")

    assert page.status_code == 200
    assert "is still reading its guides" in page.text or "guide-" in page.text
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while not found(client, last):
        assert time.monotonic() < ends_at
        time.sleep(0.1)
    assert "still reading" not in client.get("/hc/en-gb/search?query=zzzzqqqq").text


def test_what_is_changed_while_it_is_read_is_found_as_it_is_now(desk: Desk, client: Client) -> None:
    desk.publish(1, "first", "The first bones.")
    stock(desk.app)
    found(client, "bones")

    desk.publish(1, "first", "A zebra.")

    ends_at = time.monotonic() + PATIENCE_SECONDS
    while not found(client, "zebra"):
        assert time.monotonic() < ends_at
        time.sleep(0.1)
    assert "first bones" not in client.get("/hc/en-gb/search?query=bones").text
