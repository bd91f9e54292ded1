"""The states of attempts and connections that time, an operator or a change of mind brings about."""

from dataclasses import replace
from datetime import timedelta
from typing import cast
from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from tests.client import Client
from tests.connect.conftest import Served, Visitor, count, pause, the_only
from tests.connect.hostile import Hostile
from tests.connect.test_choosing import provider, two
from tests.connect.test_hostile_provider import come_back
from xero_onboard.config import Settings
from xero_onboard.connect import upkeep
from xero_onboard.connect.exchange import LIFE
from xero_onboard.connect.models import Attempt, Candidate, Connection, Grant, Removal
from xero_onboard.factory import create_app
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

__all__ = ["provider"]

GUIDE = "/hc/en-gb/articles/360001000301"


def let_time_pass(app: Flask, passed: timedelta = LIFE + timedelta(minutes=1)) -> None:
    """The attempts there are grow old, and the worker comes by."""
    with app.app_context():
        for attempt in db.session.scalars(select(Attempt)):
            attempt.started_at -= passed
        db.session.commit()
        upkeep.end_old_attempts()
        db.session.commit()


def change(app: Flask, table: type[Connection | Grant], **values: object) -> None:
    with app.app_context():
        db.session.execute(update(table).values(values))
        db.session.commit()


def endings(app: Flask) -> list[str | None]:
    with app.app_context():
        return list(db.session.scalars(select(Attempt.outcome).order_by(Attempt.started_at)))


def purposes(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Attempt.purpose).order_by(Attempt.started_at)))


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["connections", *words])


# Attempts


def test_who_does_not_come_back_is_told_so_where_they_left(app: Flask, riley: Visitor) -> None:
    riley.press_connect()

    let_time_pass(app)

    page = riley.read("/connect")
    assert the_only(app, Attempt).outcome == "abandoned"
    assert "Your last try was not finished" in page
    assert "What did you see at Xero?" in page
    assert "Connect to Xero" in page


def test_coming_back_after_that_connects_nothing(app: Flask, riley: Visitor, xero: Served) -> None:
    callback = riley.person.allow(riley.press_connect())
    let_time_pass(app)

    page = riley.read(riley.come_back(callback))

    assert the_only(app, Attempt).outcome == "abandoned"
    assert "That took longer than 10 minutes" in page
    assert "You did not come back" not in page
    assert "Your last try was not finished" not in page
    assert xero.asked("/connect/token") == 0


def test_coming_back_hours_later_is_answered_too(app: Flask, riley: Visitor) -> None:
    callback = riley.person.allow(riley.press_connect())
    let_time_pass(app)
    with app.app_context():
        db.session.execute(update(Attempt).values(finished_at=now() - timedelta(hours=2)))
        db.session.commit()

    assert "That took longer than 10 minutes" in riley.read(riley.come_back(callback))


@pytest.mark.parametrize("broken", [False, True])
def test_an_unfinished_try_is_told_beside_what_is_connected(
    app: Flask, riley: Visitor, *, broken: bool
) -> None:
    riley.connect()
    if broken:
        change(app, Connection, status="needs_reauth", reason="revoked_in_xero")
    riley.client.post(f"/connect/connections/{the_only(app, Connection).id}/reconnect")

    let_time_pass(app)

    guide = riley.client.get(GUIDE, follow_redirects=True).text
    for page in (riley.read("/connect"), guide):
        assert "Your last try was not finished" in page
        assert "Riley" in page
        assert "What did you see at Xero?" in page


def test_an_unfinished_try_is_forgotten_after_a_day(app: Flask, riley: Visitor) -> None:
    riley.press_connect()

    let_time_pass(app, timedelta(days=2))

    assert "Your last try was not finished" not in riley.read("/connect")


def test_a_try_that_was_repeated_is_superseded_and_not_abandoned(
    app: Flask, riley: Visitor
) -> None:
    begun = riley.press_connect()
    pause(app)
    riley.connect()

    let_time_pass(app)

    assert endings(app) == ["superseded", "connected"]
    page = riley.read(riley.come_back(riley.person.go_on(begun)))
    assert "You finished this in another tab" in page


def test_somebody_elses_success_supersedes_nobody(
    app: Flask, riley: Visitor, amara: Visitor
) -> None:
    riley.press_connect()
    amara.connect("Harbour Café Ltd")

    let_time_pass(app)

    assert endings(app) == ["abandoned", "connected"]


def test_a_reader_stops_before_coming_back(app: Flask, riley: Visitor, xero: Served) -> None:
    callback = riley.person.allow(riley.press_connect())
    stop = f"/connect/attempts/{the_only(app, Attempt).id}/cancel"
    assert stop in riley.read("/connect")

    page = riley.read(riley.client.post(stop).location)

    assert "You stopped" in page
    assert "Xero is waiting for you" not in page
    assert "You stopped" in riley.read(riley.come_back(callback))
    assert xero.asked("/connect/token") == 0


def test_nobody_stops_somebody_elses_attempt(app: Flask, riley: Visitor, amara: Visitor) -> None:
    riley.press_connect()
    attempt_id = the_only(app, Attempt).id
    amara.client.get("/connect")

    for path in (
        f"/connect/attempts/{attempt_id}/cancel",
        f"/connect/attempts/{UUID(int=7)}/cancel",
    ):
        assert amara.client.post(path).location == "/connect/problem/unknown_attempt"

    assert the_only(app, Attempt).status == "redirected"


def test_what_ended_cannot_be_stopped(app: Flask, riley: Visitor) -> None:
    riley.connect()

    riley.client.post(f"/connect/attempts/{the_only(app, Attempt).id}/cancel")

    assert the_only(app, Attempt).outcome == "connected"


def test_who_uses_none_of_several_gives_them_back(
    app: Flask, client: Client, provider: Hostile
) -> None:
    two(provider)
    come_back(client, provider)

    client.post(f"/connect/attempts/{the_only(app, Attempt).id}/cancel")
    with app.app_context():
        upkeep.deliver_removals()

    assert the_only(app, Attempt).outcome == "cancelled"
    assert count(app, Candidate) == count(app, Connection) == 0
    deleted = {path for path, _ in provider.received if path.startswith("DELETE")}
    ids = [provider.organisation(number)["id"] for number in (1, 2)]
    assert deleted == {f"DELETE /connections/{each}" for each in ids}


def test_a_choice_nobody_makes_is_given_back_too(
    app: Flask, client: Client, provider: Hostile
) -> None:
    two(provider)
    come_back(client, provider)

    let_time_pass(app, timedelta(minutes=31))

    assert the_only(app, Attempt).outcome == "permission_ended"
    assert count(app, Removal) == 2


def test_what_is_allowed_again_is_not_given_back(
    app: Flask, client: Client, provider: Hostile
) -> None:
    two(provider)
    come_back(client, provider)
    client.post(f"/connect/attempts/{the_only(app, Attempt).id}/cancel")
    provider.connections = None

    come_back(client, provider)
    with app.app_context():
        upkeep.deliver_removals()

    assert the_only(app, Connection).status == "active"
    given_back = [path for path, _ in provider.received if path.startswith("DELETE")]
    assert given_back == [f"DELETE /connections/{provider.organisation(2)['id']}"]


def test_an_attempt_says_what_it_was_for(app: Flask, amara: Visitor) -> None:
    amara.connect("Harbour Café Ltd")
    amara.press_connect()
    reconnect = f"/connect/connections/{the_only(app, Connection).id}/reconnect"
    amara.client.post(reconnect)
    change(app, Connection, status="needs_reauth", reason="scope_missing")
    amara.client.post(reconnect)

    assert purposes(app) == ["connect", "add_org", "reconnect", "upgrade"]


# Connections


def test_a_connection_that_is_not_renewed_says_until_when_it_lasts(
    app: Flask, riley: Visitor
) -> None:
    riley.connect()
    ends_at = now() + timedelta(days=14)
    change(app, Grant, rotated_at=now() - timedelta(days=46), refresh_expires_at=ends_at)

    page = riley.read("/connect")

    assert "Reconnect soon" in page
    assert "Reconnect before" in page
    assert f"{ends_at.day} {ends_at:%B %Y}" in page
    assert f'/connect/connections/{the_only(app, Connection).id}/reconnect"' in page


def test_renewing_it_ends_that(app: Flask, riley: Visitor) -> None:
    riley.connect()
    change(app, Grant, rotated_at=now() - timedelta(days=46), access_expires_at=now())

    page = riley.press("check", the_only(app, Connection).id)

    assert "Reconnect soon" not in page
    assert "Xero answered: Riley's Roastery is connected" in page


def test_an_operator_pauses_and_resumes(app: Flask, riley: Visitor) -> None:
    riley.connect()
    connection_id = str(the_only(app, Connection).id)

    assert "Riley's Roastery is paused." in run(app, "pause", connection_id).output
    assert f"{connection_id}  paused" in run(app, "list").output
    assert "We have paused this connection" in riley.read("/connect")
    assert "Paused" in riley.client.get(GUIDE, follow_redirects=True).text

    run(app, "resume", connection_id)
    assert "paused" not in run(app, "list").output
    assert "We have paused" not in riley.read("/connect")


def test_a_pause_hides_no_trouble_and_outlasts_it(app: Flask, riley: Visitor) -> None:
    riley.connect()
    connection_id = the_only(app, Connection).id
    run(app, "pause", str(connection_id))
    riley.person.disconnect("Riley's Roastery")

    assert "No longer available in Xero" in riley.press("check", connection_id)

    url = riley.client.post(f"/connect/connections/{connection_id}/reconnect").location
    riley.come_back(riley.person.allow(url))
    assert "We have paused this connection" in riley.read("/connect")


@pytest.mark.parametrize("word", ["pause", "resume"])
def test_a_connection_that_is_not_there_is_refused_in_words(app: Flask, word: str) -> None:
    missing = run(app, word, str(UUID(int=7)))
    malformed = run(app, word, "seven")

    assert missing.exit_code == 1
    assert "There is no live connection" in missing.output
    assert malformed.exit_code == 2


def limited(app: Flask, settings: Settings, limit: int) -> Flask:
    """The same site, after an operator has set how many organisations Xero allows."""
    full = create_app(replace(settings, xero=replace(settings.xero, connection_limit=limit)))
    full.test_client_class = Client
    return full


def test_at_the_limit_nobody_is_sent_into_xeros_refusal(
    app: Flask, settings: Settings, riley: Visitor, xero: Served
) -> None:
    riley.connect()
    full = limited(app, settings, 1)
    stranger = Visitor(full, xero, "amara@practice.example")

    page = stranger.read(stranger.client.post("/connect/xero", data={"next": "/connect"}).location)

    assert "We cannot add organisations at the moment" in page
    assert "Not possible at the moment" in page
    assert 'action="/connect/xero"' not in page
    assert str(the_only(full, Attempt, outcome="limit_reached").reference) in page
    assert endings(full) == ["connected", "limit_reached"]


def test_at_the_limit_what_is_there_can_still_be_renewed(
    app: Flask, settings: Settings, riley: Visitor
) -> None:
    riley.connect()
    full = limited(app, settings, 1)
    browser, cookie = cast(Client, full.test_client()), riley.client.get_cookie("sid")
    assert cookie is not None
    browser.set_cookie("sid", cookie.value)

    renewed = browser.post(f"/connect/connections/{the_only(app, Connection).id}/reconnect")

    assert renewed.location.startswith(settings.xero.login_url)
    assert "Riley&#39;s Roastery" in browser.get("/connect").text


def test_below_the_limit_all_is_as_usual(
    app: Flask, settings: Settings, riley: Visitor, xero: Served
) -> None:
    riley.connect()
    stranger = Visitor(limited(app, settings, 2), xero, "amara@practice.example")

    assert stranger.press_connect().startswith(settings.xero.login_url)


def test_a_connection_that_ended_long_ago_is_forgotten(app: Flask, riley: Visitor) -> None:
    riley.connect()
    riley.press("disconnect", the_only(app, Connection).id)
    assert the_only(app, Connection).status == "disconnected"

    for days, left in ((364, 1), (366, 0)):
        change(app, Connection, ended_at=now() - timedelta(days=days))
        with app.app_context():
            upkeep.forget_ended_connections()
            db.session.commit()
        assert count(app, Connection) == count(app, Removal) == left


def test_what_an_attempt_still_names_is_not_forgotten(app: Flask, riley: Visitor) -> None:
    riley.connect()
    connection_id = the_only(app, Connection).id
    riley.client.post(f"/connect/connections/{connection_id}/reconnect")
    riley.press("disconnect", connection_id)

    change(app, Connection, ended_at=now() - timedelta(days=366))
    with app.app_context():
        upkeep.forget_ended_connections()
        db.session.commit()

    assert count(app, Connection) == 1


def test_a_permission_that_was_added_is_asked_for(app: Flask, riley: Visitor) -> None:
    """The operator has widened XERO_SCOPES since; what was allowed goes on working meanwhile."""
    riley.connect()
    connection = the_only(app, Connection)
    assert f"{connection.id}/reconnect" not in riley.read("/connect")
    change(app, Grant, scopes="openid profile email offline_access")

    page = riley.read("/connect")
    leaving = riley.client.post(
        f"/connect/connections/{connection.id}/reconnect", data={"next": "/connect"}
    )

    assert "one more permission is needed" in page
    assert f"{connection.id}/reconnect" in page
    assert the_only(app, Attempt, purpose="upgrade").expected_id == connection.id
    riley.come_back(riley.person.go_on(leaving.location))
    assert "one more permission is needed" not in riley.read("/connect")
    assert the_only(app, Connection).status == "active"
