"""Xero lets an app connect so many organisations: what counts, and what readers are offered then."""

from typing import cast
from uuid import UUID

import pytest
from flask import Flask

from tests.client import Client
from tests.connect.conftest import Served, Visitor, the_only
from tests.connect.errands.errand import PAGE, ask, open_link
from tests.connect.hostile import Hostile, Reply
from tests.connect.test_choosing import two
from tests.connect.test_disconnect import deliver
from tests.connect.test_hostile_provider import come_back
from tests.connect.test_states import GUIDE, change, limited
from xero_onboard.config import Settings
from xero_onboard.connect import alarms, capacity, upkeep
from xero_onboard.connect.models import Attempt, Connection, Grant
from xero_onboard.lib.db import db

HARBOUR = "Harbour Café Ltd"


def at_the_limit(app: Flask, settings: Settings, visitor: Visitor) -> Client:
    """The visitor's browser, at the site after its limit was set to one."""
    browser = cast(Client, limited(app, settings, 1).test_client())
    cookie = visitor.client.get_cookie("sid")
    assert cookie is not None
    browser.set_cookie("sid", cookie.value)
    return browser


def can_connect(app: Flask, settings: Settings, xero: Served) -> bool:
    """Whether a newcomer is led to Xero when the limit is one."""
    newcomer = Visitor(limited(app, settings, 1), xero, "amara@practice.example")
    way = newcomer.client.post("/connect/xero", data={"next": "/connect"}).location
    return str(way).startswith(settings.xero.login_url)


def test_what_was_disconnected_counts_no_more(
    app: Flask, settings: Settings, riley: Visitor, xero: Served
) -> None:
    riley.connect()
    riley.press("disconnect", the_only(app, Connection).id)

    assert the_only(app, Connection).status == "disconnected"
    assert can_connect(app, settings, xero)


def test_what_xero_has_not_heard_of_yet_still_counts(
    app: Flask, settings: Settings, riley: Visitor, xero: Served
) -> None:
    riley.connect()
    xero.go_down()
    riley.press("disconnect", the_only(app, Connection).id)
    xero.come_up()

    assert the_only(app, Connection).status == "disconnecting"
    assert not can_connect(app, settings, xero)


@pytest.mark.parametrize(
    ("status", "reason", "counts"),
    [
        ("org_unavailable", "organisation_gone", False),
        ("needs_reauth", "revoked_in_xero", False),
        ("needs_reauth", "refresh_expired", True),
        ("needs_reauth", "rotation_lost", True),
        ("org_unavailable", "organisation_closed", True),
        ("degraded", "provider_slow", True),
    ],
)
def test_what_is_gone_at_xero_counts_no_more(
    app: Flask,
    settings: Settings,
    riley: Visitor,
    xero: Served,
    status: str,
    reason: str,
    *,
    counts: bool,
) -> None:
    riley.connect()
    change(app, Connection, status=status, reason=reason)

    assert can_connect(app, settings, xero) is not counts


@pytest.mark.parametrize(("limit", "is_told"), [(1, True), (2, False)])
def test_the_operator_is_told_while_there_is_still_room(
    app: Flask, settings: Settings, xero: Served, limit: int, *, is_told: bool
) -> None:
    """Failure 7: at four fifths of what Xero allows."""
    site = limited(app, settings, limit)

    Visitor(site, xero, "riley@practice.example").connect()

    with site.app_context():
        told = {alarm.name: alarm.cause for alarm in alarms.present()}
    assert ("limit" in told) is is_told
    assert "1 of 1" in told.get("limit", "1 of 1")


def test_at_the_limit_nobody_is_offered_to_add_one(
    app: Flask, settings: Settings, riley: Visitor
) -> None:
    riley.connect()
    guide = riley.client.get(GUIDE, follow_redirects=True).text
    assert "Connect another organisation</button>" in guide
    browser = at_the_limit(app, settings, riley)

    for page in (browser.get("/connect"), browser.get(GUIDE, follow_redirects=True)):
        assert "Riley&#39;s Roastery" in page.text
        assert 'action="/connect/xero"' not in page.text


def test_at_the_limit_who_is_at_xero_can_stop_and_not_start_again(
    app: Flask, settings: Settings, riley: Visitor, amara: Visitor
) -> None:
    riley.press_connect()
    amara.connect(HARBOUR)

    page = at_the_limit(app, settings, riley).get("/connect").text

    assert "Xero is waiting for you" in page
    assert "Stop</button>" in page
    assert "Start again" not in page
    assert "start again here" not in page


@pytest.mark.parametrize("has_run_out", [True, False])
def test_at_the_limit_a_colleague_may_renew_and_not_add(
    app: Flask, settings: Settings, riley: Visitor, xero: Served, *, has_run_out: bool
) -> None:
    riley.connect()
    link = ask(app, riley)
    if has_run_out:
        run_out(app, "refresh_expired")
    page = at_the_limit(app, settings, riley).get("/connect").text
    colleague = Visitor(limited(app, settings, 1), xero, "riley@practice.example").client
    open_link(cast(Client, colleague), link)

    answer = colleague.post(PAGE, data={"confirm": "yes"})

    assert ("Their email address" in page) is has_run_out
    assert ("there is nobody to ask yet" in page) is not has_run_out
    assert answer.status_code == (303 if has_run_out else 409)


def test_only_who_is_not_signed_in_is_asked_to_sign_in(
    app: Flask, settings: Settings, riley: Visitor, amara: Visitor, xero: Served
) -> None:
    riley.connect()
    riley.press("disconnect", the_only(app, Connection).id)
    amara.connect(HARBOUR)
    stranger = Visitor(limited(app, settings, 1), xero, "robin@practice.example")
    refused = stranger.client.post("/connect/xero", data={"next": "/connect"}).location

    page = at_the_limit(app, settings, riley).get("/connect").text

    assert "We cannot add organisations right now" in page
    assert "Sign in if you have connected before" not in page
    assert "Sign in if you have connected before" in stranger.read(refused)


def test_connecting_what_was_disconnected_is_no_way_round_the_limit(
    app: Flask, settings: Settings, riley: Visitor, amara: Visitor
) -> None:
    riley.connect()
    ended_id: UUID = the_only(app, Connection).id
    riley.press("disconnect", ended_id)
    amara.connect(HARBOUR)
    browser = at_the_limit(app, settings, riley)

    answer = browser.post(f"/connect/connections/{ended_id}/reconnect", data={"next": "/connect"})

    assert answer.status_code == 409
    assert "This connection was disconnected" in answer.text


def test_what_ran_out_and_was_disconnected_since_still_counts(
    app: Flask, settings: Settings, riley: Visitor, xero: Served
) -> None:
    """Nothing is left to tell Xero with, and Xero ends nothing by itself."""
    riley.connect()
    run_out(app, "refresh_expired")
    assert "though Xero may still list it" in riley.read("/connect")

    page = riley.press("disconnect", the_only(app, Connection).id)

    assert "check Connected apps in Xero" in page
    assert not can_connect(app, settings, xero)


def test_what_was_taken_away_in_xero_and_disconnected_since_counts_no_more(
    app: Flask, settings: Settings, riley: Visitor, xero: Served
) -> None:
    riley.connect()
    run_out(app, "revoked_in_xero")

    page = riley.press("disconnect", the_only(app, Connection).id)

    assert "check Connected apps in Xero" not in page
    assert can_connect(app, settings, xero)


def run_out(app: Flask, reason: str) -> None:
    """The login and its connection have ended, each because of this."""
    change(app, Connection, status="needs_reauth", reason=reason)
    tokens = {"access_sealed": None, "refresh_sealed": None, "key_id": None}
    change(app, Grant, status="dead", reason=reason, **tokens)


def test_what_is_given_back_counts_until_xero_has_heard_of_it(
    app: Flask, client: Client, provider: Hostile
) -> None:
    two(provider)
    come_back(client, provider)
    provider.removing = lambda h: Reply(b"", "503 Service Unavailable")
    client.post(f"/connect/attempts/{the_only(app, Attempt).id}/cancel")
    with app.app_context():
        upkeep.deliver_removals()
        db.session.commit()
        assert capacity.used().count == 2

    provider.removing = lambda h: Reply(b"", "204 No Content")
    deliver(app)

    with app.app_context():
        assert capacity.used().count == 0


@pytest.mark.parametrize("reason", ["organisation_gone", "revoked_in_xero"])
def test_at_the_limit_what_is_gone_at_xero_is_not_reconnected_in_vain(
    app: Flask, settings: Settings, riley: Visitor, amara: Visitor, reason: str
) -> None:
    """Its place at Xero was given to somebody else."""
    riley.connect()
    gone = the_only(app, Connection)
    change(app, Connection, status="needs_reauth", reason=reason)
    way = f"/connect/connections/{gone.id}/reconnect"
    assert way in riley.read("/connect")
    amara.connect(HARBOUR)
    browser = at_the_limit(app, settings, riley)

    for page in (browser.get("/connect"), browser.get(GUIDE, follow_redirects=True)):
        assert "Riley&#39;s Roastery" in page.text
        assert "To reconnect it takes a new place" in page.text
        assert way not in page.text
    refused = browser.post(way, data={"next": "/connect"}).location

    assert "We cannot add organisations at the moment" in browser.get(refused).text
    assert the_only(app, Attempt, outcome="limit_reached").expected_id == gone.id
