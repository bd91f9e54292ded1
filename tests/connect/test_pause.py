"""What an operator pauses: kept and shown as it is, but not worked with."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.connect.conftest import Visitor, the_only
from tests.connect.test_states import change, run
from xero_onboard.connect.models import Attempt, Connection, Grant
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db


@pytest.fixture
def paused(app: Flask, riley: Visitor) -> Connection:
    """Riley's Roastery, connected and paused."""
    riley.connect()
    run(app, "pause", str(the_only(app, Connection).id))
    return the_only(app, Connection)


def last_ending(app: Flask) -> str | None:
    with app.app_context():
        newest = select(Attempt.outcome).order_by(Attempt.started_at.desc()).limit(1)
        return db.session.scalar(newest)


def test_a_pause_does_not_hide_that_the_end_is_near(
    app: Flask, riley: Visitor, paused: Connection
) -> None:
    ends_at = now() + timedelta(days=1)
    change(app, Grant, rotated_at=now() - timedelta(days=59), refresh_expires_at=ends_at)
    change(app, Connection, is_selected=False)

    page = riley.read("/connect")

    assert "Reconnect soon" in page
    assert "We have paused this connection" in page
    assert f"/connect/connections/{paused.id}/reconnect" in page
    assert f"/connect/connections/{paused.id}/select" not in page


def test_after_the_end_nothing_is_said_to_work(app: Flask, riley: Visitor) -> None:
    riley.connect()
    long_ago = now() - timedelta(days=75)
    ended = {"rotated_at": long_ago, "refresh_expires_at": long_ago + timedelta(days=60)}
    change(app, Grant, **ended)

    page = riley.read("/connect")

    assert "Reconnect needed" in page
    assert "was not used for 60 days" in page
    assert "Reconnect soon" not in page


def test_what_lasts_says_no_day_of_its_end(riley: Visitor) -> None:
    riley.connect()

    assert "Reconnect before" not in riley.read("/connect")


def test_renewing_what_is_paused_is_told(app: Flask, riley: Visitor, paused: Connection) -> None:
    change(app, Connection, status="needs_reauth", reason="revoked_in_xero")
    url = riley.client.post(f"/connect/connections/{paused.id}/reconnect").location

    page = riley.read(riley.come_back(riley.person.go_on(url)).replace("/?", "/connect?"))

    assert last_ending(app) == "reconnected"
    assert "Riley's Roastery is connected again" in page


def test_connecting_what_is_paused_is_told(app: Flask, riley: Visitor, paused: Connection) -> None:
    page = riley.read(riley.come_back(riley.person.go_on(riley.press_connect())))

    assert last_ending(app) == "already_connected"
    assert "Riley's Roastery was already connected" in page


def test_a_pause_ends_when_the_organisation_is_connected_anew(
    app: Flask, riley: Visitor, paused: Connection
) -> None:
    riley.press("disconnect", paused.id)

    page = riley.read(riley.connect())

    assert "Riley's Roastery is connected" in page
    assert "We have paused" not in page
    assert "connects it anew" in " ".join(run(app, "pause", "--help").output.split())


def test_what_is_paused_cannot_be_selected(app: Flask, riley: Visitor, paused: Connection) -> None:
    change(app, Connection, is_selected=False)

    answer = riley.client.post(f"/connect/connections/{paused.id}/select")

    assert answer.status_code == 409
    assert not the_only(app, Connection).is_selected


def test_the_list_prints_trouble_before_a_pause(app: Flask, paused: Connection) -> None:
    change(app, Connection, status="needs_reauth", reason="revoked_in_xero")

    assert f"{paused.id}  needs_reauth, paused " in run(app, "list").output


@pytest.mark.parametrize("word", ["pause", "resume"])
def test_practice_connections_are_not_there_for_real(
    app: Flask, paused: Connection, word: str
) -> None:
    change(app, Connection, environment="live")

    refused = run(app, word, str(paused.id))

    assert refused.exit_code == 1
    assert "There is no live connection" in refused.output
