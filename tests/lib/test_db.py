"""The database under pressure: writers queue, nothing is half done, and readers read on."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest
from flask import Flask, flash, get_flashed_messages
from sqlalchemy import func, select

from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.config import Settings
from xero_onboard.feedback.models import Vote
from xero_onboard.lib.db import UtcDateTime, db
from xero_onboard.lib.web import access

VOTE = "/hc/articles/360001000101/vote"


def test_a_writer_who_waits_too_long_is_told_to_come_back(
    app: Flask, client: Client, settings: Settings
) -> None:
    other = sqlite3.connect(settings.instance / "site.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    refused = client.post(VOTE, data={"value": "up"})
    reading = client.get("/hc/en-gb")
    other.execute("ROLLBACK")
    other.close()
    accepted = client.post(VOTE, data={"value": "up"})

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert reading.status_code == 200
    assert accepted.status_code == 303
    assert votes(app) == 1


def test_a_signed_in_reader_is_told_too_and_at_once(app: Flask, settings: Settings) -> None:
    casey = sign_in(app, CASEY)
    other = sqlite3.connect(settings.instance / "site.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    started = time.monotonic()
    voting = casey.post(VOTE, data={"value": "up"})
    waited = time.monotonic() - started
    leaving = casey.post("/sign-out")
    other.execute("ROLLBACK")
    other.close()

    assert (voting.status_code, leaving.status_code) == (503, 503)
    assert waited < 9  # the busy time-out once, and not again for the page
    assert "Sign out" in casey.get("/hc/en-gb").get_data(as_text=True)


def test_a_page_that_forgets_its_message_waits_for_its_turn_to_write(
    app: Flask, client: Client, settings: Settings
) -> None:
    @app.get("/told")
    def told() -> str:
        get_flashed_messages()
        with closing(sqlite3.connect(settings.instance / "site.db")) as other, other:
            other.execute("UPDATE session SET created_at = created_at")
        return ""

    @app.post("/tell")
    def tell() -> str:
        flash("done")
        return ""

    for view in ("told", "tell"):
        access.anyone(app.view_functions[view])
    client.post("/tell")

    assert client.get("/told").status_code == 200


def test_a_refused_request_leaves_nothing_behind(app: Flask, client: Client) -> None:
    @app.post("/vote-and-fail")
    def vote_and_fail() -> str:
        db.session.add(Vote(article_id=360001000101, voter="u:1", value=1))
        db.session.flush()
        raise RuntimeError("after the row was written")

    access.anyone(app.view_functions["vote_and_fail"])

    response = client.post("/vote-and-fail")

    assert response.status_code == 500
    assert votes(app) == 0


def test_every_connection_is_durable_and_holds_foreign_keys(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }

    assert pragmas == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": 5000,
    }


def test_a_moment_without_a_time_zone_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 22), db.engine.dialect)  # noqa: DTZ001


def test_a_moment_comes_back_as_it_went_in(app: Flask) -> None:
    moment = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
    with app.app_context():
        column, dialect = UtcDateTime(), db.engine.dialect

        stored = column.process_bind_param(moment, dialect)

        assert column.process_result_value(stored, dialect) == moment


def votes(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Vote)) or 0
