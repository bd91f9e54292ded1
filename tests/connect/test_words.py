"""What a reader is told is true when they read it, and said to the tab that asked."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.connect.conftest import Visitor, count, pause, the_only
from tests.connect.test_other_people import amara_sits_down
from tests.connect.test_states import change
from xero_onboard.connect.models import Attempt, Connection, Grant
from xero_onboard.connect.results import SHOWN_FOR
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

GUIDE = "/hc/en-gb/articles/360001000301"

__all__ = ["amara_sits_down"]


def test_an_address_does_not_outlive_what_it_tells(app: Flask, riley: Visitor) -> None:
    way = riley.connect()
    assert "Riley's Roastery is connected" in riley.read(way)

    riley.press("disconnect", the_only(app, Connection).id)

    assert "Riley's Roastery is connected" not in riley.read(way)


def test_old_news_is_not_told_again(app: Flask, riley: Visitor) -> None:
    way = riley.come_back(riley.person.cancel(riley.press_connect()))
    assert "Nothing was connected" in riley.read(way)

    with app.app_context():
        db.session.execute(update(Attempt).values(finished_at=now() - SHOWN_FOR * 2))
        db.session.commit()

    assert "Nothing was connected" not in riley.read(way)


def test_a_failure_is_not_told_beside_a_later_try(app: Flask, riley: Visitor) -> None:
    way = riley.come_back(riley.person.cancel(riley.press_connect()))
    pause(app)

    back = riley.person.allow(riley.press_connect())

    assert "Nothing was connected" not in riley.read(way)
    assert "Riley's Roastery is connected" in riley.read(riley.come_back(back))
    assert "Nothing was connected" not in riley.read(way)


def test_a_page_that_follows_leaves_the_words_to_the_tab_of_the_button(
    app: Flask, riley: Visitor
) -> None:
    riley.connect()
    button = f"/connect/connections/{the_only(app, Connection).id}/check"
    riley.client.post(button, data={"next": "/connect"})

    follower = riley.client.get("/connect", headers={"Sec-Fetch-Dest": "empty"})

    assert "Xero answered: Riley" not in follower.text
    assert "Xero answered: Riley's Roastery" in riley.read("/connect")


def test_cancelling_a_sign_in_is_not_called_connecting(riley: Visitor) -> None:
    url = riley.client.post("/sign-in/xero", data={"next": "/connect"}).location

    page = riley.read(riley.come_back(riley.person.cancel(url)))

    assert "You are not signed in" in page
    assert "Press Sign in with Xero again" in page
    assert "Nothing was connected" not in page


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("abandoned", "You did not come back from Xero in time"),
        ("superseded", "You signed in in another tab"),
        ("cancelled", "You had begun to sign in"),
    ],
)
def test_a_sign_in_that_was_not_finished_is_not_called_connecting(
    app: Flask, riley: Visitor, code: str, words: str
) -> None:
    riley.client.post("/sign-in/xero", data={"next": "/connect"})
    with app.app_context():
        ended = {"status": "finished", "outcome": code, "finished_at": now()}
        db.session.execute(update(Attempt).values(ended))
        db.session.commit()

    page = riley.read(f"/connect?attempt={the_only(app, Attempt).id}")

    assert words in page
    assert "Press Connect to Xero" not in page


def test_signing_out_on_the_way_is_said(riley: Visitor) -> None:
    callback = riley.person.allow(riley.press_connect())
    riley.client.post("/sign-out")

    assert "you have signed out since" in riley.read(riley.come_back(callback))


def test_a_stranger_who_signed_in_meanwhile_keeps_their_account(
    app: Flask, riley: Visitor, amara_sits_down: Callable[[Visitor], None]
) -> None:
    """Pressed before signing in, and back after it with somebody else's login."""
    begun = riley.press_connect()
    amara_sits_down(riley)

    page = riley.read(riley.come_back(riley.person.allow(begun)))

    assert "You signed in to another Acme Billing account meanwhile" in page
    assert "Signed in as Amara Osei" in page
    assert count(app, Connection) == 0


def test_a_stranger_who_signed_in_meanwhile_goes_on_with_their_own_login(
    app: Flask, riley: Visitor
) -> None:
    begun = riley.press_connect()
    pause(app)
    riley.connect()

    page = riley.read(riley.come_back(riley.person.go_on(begun)))

    assert "Riley's Roastery was already connected" in page


def test_the_card_does_not_ask_for_a_tab_there_may_not_be(riley: Visitor) -> None:
    """The trip is made in the same tab: who sees this has come back without finishing."""
    riley.press_connect()

    page = riley.read("/connect")

    assert "Xero is waiting for you" in page
    assert "other tab" not in page


def test_other_organisations_are_not_all_called_connected(app: Flask, amara: Visitor) -> None:
    amara.connect("Harbour Café Ltd")
    amara.connect("Northside Builders Ltd")
    amara.person.disconnect("Northside Builders Ltd")
    with app.app_context():
        northside = select(Connection.id).where(Connection.name == "Northside Builders Ltd")
        connection_id = db.session.scalars(northside).one()
    amara.press("check", connection_id)

    page = amara.client.get(GUIDE, follow_redirects=True).text

    assert "Your other organisations" in page
    assert "Also connected" not in page


def test_the_guides_know_a_connection_that_is_paused_or_ends_soon(
    app: Flask, riley: Visitor
) -> None:
    riley.connect()
    fresh = {"rotated_at": now(), "refresh_expires_at": now() + timedelta(days=60)}
    late = {
        "rotated_at": now() - timedelta(days=46),
        "refresh_expires_at": now() + timedelta(days=14),
    }
    states = (
        (fresh, None, "The connection you have selected works"),
        (late, None, "Your connection still works, but for weeks"),
        (fresh, now(), "We have paused your connection"),
    )

    for grant, paused_at, words in states:
        change(app, Grant, **grant)
        change(app, Connection, paused_at=paused_at)
        assert "You are connected already" in guide(riley, "360001000101")
        assert words in guide(riley, "360001000302")


def guide(visitor: Visitor, number: str) -> str:
    return visitor.client.get(f"/hc/en-gb/articles/{number}", follow_redirects=True).text
