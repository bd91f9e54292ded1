"""The audit log as administrators read it."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.employees import RILEY, Account, make, run
from xero_onboard.config import Settings
from xero_onboard.lib import audit, jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db
from xero_onboard.staff.models import AuditCheck


def test_entries_are_told_in_words_the_newest_first(administrator: Client) -> None:
    """Row L2."""
    page = administrator.get("/staff/audit").get_data(as_text=True)

    assert "A person signed in." in page
    assert "An account was made from the command line" in page
    assert page.index("A person signed in.") < page.index("An account was made")


def test_the_log_shows_no_name_and_no_address_of_a_person(
    app: Flask, administrator: Client
) -> None:
    """Row L2: entries hold ids."""
    make(app, RILEY)

    page = administrator.get("/staff/audit").get_data(as_text=True)

    assert RILEY not in page
    assert "Riley" not in page


def test_the_log_is_searched_by_event_person_words_and_day(
    app: Flask, administrator: Client, ada: Account
) -> None:
    riley = make(app, RILEY)
    run(app, "role", RILEY, "editor")
    tomorrow = f"{now() + timedelta(days=1):%Y-%m-%d}"

    for query, expected in (
        ("event=role_changed", 1),
        (f"person={ada.id}", 1),
        (f"query=user:{riley.id}", 2),
        (f"query=user:{riley.id}&event=user_created", 1),
        (f"query={ada.id}&event=signed_in", 1),
        ("query=100%25", 0),
        (f"since={tomorrow}", 0),
    ):
        page = administrator.get(f"/staff/audit?{query}").get_data(as_text=True)
        assert page.count('class="staff-entry"') == expected, query


def test_the_log_is_searched_by_the_id_of_a_customer(app: Flask, administrator: Client) -> None:
    """Whoever acted for it, and whatever they did."""
    assert make(app, RILEY).sign_in(app).post("/account/privacy/export").status_code == 200
    with app.app_context():
        (entry,) = audit.search(event="user_exported").entries

    page = administrator.get(f"/staff/audit?query={entry.customer_id}").get_data(as_text=True)

    assert "A person took a copy of what is stored about them." in page.partition("staff-entry")[2]


@pytest.mark.parametrize(
    "query",
    [
        *("event=everything", "person=ada", "since=yesterday", "page=0", "page=x", "page=²"),
        *("page=99999", "query=a&query=b"),
    ],
)
def test_what_cannot_be_searched_for_is_refused_in_words(administrator: Client, query: str) -> None:
    answer = administrator.get(f"/staff/audit?{query}")

    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.get_data(as_text=True)


def test_many_entries_are_turned_page_by_page(app: Flask, administrator: Client) -> None:
    with app.app_context():
        begin_write()
        for number in range(60):
            audit.record("role_changed", subject=f"user:{number}", role="editor")
        commit()

    first = administrator.get("/staff/audit?event=role_changed").get_data(as_text=True)
    address = unescape(first.partition('">Older')[0].rpartition('href="')[2])
    second = administrator.get(address).get_data(as_text=True)

    assert (first.count('class="staff-entry"'), second.count('class="staff-entry"')) == (50, 10)
    assert "Older" not in second
    assert "event=role_changed&amp;page=1" in second


def test_the_page_tells_whether_the_log_was_whole(app: Flask, administrator: Client) -> None:
    """Row L2."""
    assert "not checked yet" in administrator.get("/staff/audit").get_data(as_text=True)

    administrator.post("/staff/audit/check")

    page = administrator.get("/staff/audit").get_data(as_text=True)
    assert "Whole: " in page
    with app.app_context():
        assert audit.verify().last_hash in page


def test_a_log_that_was_changed_is_reported(administrator: Client, settings: Settings) -> None:
    """Row L2: by somebody who has the file of the database."""
    tamper(settings, "UPDATE audit SET subject = 'article:1' WHERE number = 3", "update")

    administrator.post("/staff/audit/check")

    assert "Broken at number 3: changed" in administrator.get("/staff/audit").get_data(as_text=True)


def test_an_end_that_was_cut_off_is_missed_at_every_check(
    administrator: Client, settings: Settings
) -> None:
    """Row L2: the chain alone could not tell."""
    administrator.post("/staff/audit/check")
    with closing(sqlite3.connect(settings.instance / "site.db")) as database, database:
        database.execute("DELETE FROM audit_visitor")
    last = "DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)"
    tamper(settings, last, "delete")

    for _ in range(2):
        administrator.post("/staff/audit/check")
        page = administrator.get("/staff/audit").get_data(as_text=True)
        assert "removed: the expected hash is nowhere" in page


def test_the_worker_checks_the_log_once_a_day(app: Flask, administrator: Client) -> None:
    """Row L2."""
    assert jobs.run_due(app)
    first = checked_at(app)
    assert jobs.run_due(app)
    assert checked_at(app) == first

    with app.app_context():
        db.session.execute(update(AuditCheck).values(at=now() - timedelta(hours=25)))
        db.session.commit()
    assert jobs.run_due(app)

    assert checked_at(app) > first


def tamper(settings: Settings, statement: str, trigger: str) -> None:
    with closing(sqlite3.connect(settings.instance / "site.db")) as database, database:
        database.execute(f"DROP TRIGGER audit_refuses_{trigger}")
        database.execute(statement)


def checked_at(app: Flask) -> object:
    with app.app_context():
        check = db.session.get_one(AuditCheck, 1)
        return check.at
