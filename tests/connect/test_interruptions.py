"""Between leaving for Xero and coming back much can happen, and none of it strands the reader."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.connect.conftest import Visitor, count, pause, the_only
from tests.connect.test_states import let_time_pass
from xero_onboard.config import Settings
from xero_onboard.connect.models import Attempt, Connection
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db


def restarted(settings: Settings, visitor: Visitor) -> Client:
    """The visitor's browser, at the site after it was started anew."""
    site = create_app(settings)
    site.test_client_class = Client
    browser = cast(Client, site.test_client())
    cookie = visitor.client.get_cookie("sid")
    assert cookie is not None
    browser.set_cookie("sid", cookie.value)
    return browser


def test_a_site_that_was_restarted_meanwhile_goes_on(
    app: Flask, settings: Settings, riley: Visitor
) -> None:
    """Failure 28: what was begun lies in the database."""
    callback = riley.person.allow(riley.press_connect())

    riley.client = restarted(settings, riley)
    way = riley.come_back(callback)

    assert "Riley's Roastery is connected" in riley.read(way)


def test_pressing_twice_leads_to_one_connection(app: Flask, riley: Visitor) -> None:
    """Failure 5: where no script holds it back, the second click of a double click is the same trip."""
    first, second = riley.press_connect(), riley.press_connect()

    callback = riley.person.allow(second)
    pages = [riley.read(riley.come_back(callback)) for _ in range(2)]

    assert first == second
    assert all("Riley's Roastery is connected" in page for page in pages)
    assert count(app, Attempt) == count(app, Connection) == 1


def test_double_clicks_at_one_moment_are_one_trip(app: Flask, riley: Visitor) -> None:
    """Failure 5: the browser gives up the first answer, and the site is still at work on it."""
    riley.press_connect()
    cookie, at_once = riley.client.get_cookie("sid"), threading.Barrier(4)
    assert cookie is not None

    def press(_number: int) -> str:
        click = cast(Client, app.test_client())
        click.set_cookie("sid", cookie.value)
        at_once.wait(5)
        return click.post("/connect/xero", data={"next": "/connect"}).location

    with ThreadPoolExecutor(4) as together:
        addresses = set(together.map(press, range(4)))

    assert len(addresses) == 1
    assert count(app, Attempt) == 2


def test_a_press_for_something_else_is_another_trip(app: Flask, riley: Visitor) -> None:
    """Failure 5: another page to come back to, another browser, a trip that has ended."""
    first = riley.press_connect()

    assert riley.press_connect("/connect") != first
    riley.connect()
    assert riley.press_connect() != first


def test_two_tabs_both_come_back(app: Flask, riley: Visitor) -> None:
    """Failure 6: a state for each attempt; the second is told that it was connected already."""
    first = riley.press_connect()
    pause(app)
    second = riley.press_connect()

    riley.come_back(riley.person.allow(first))
    way = riley.come_back(riley.person.go_on(second))

    assert "Riley's Roastery was already connected" in riley.read(way)
    assert count(app, Connection) == 1


def test_a_lost_cookie_is_told_and_one_press_goes_straight_through(
    app: Flask, riley: Visitor
) -> None:
    """Failure 25: another browser, a private window that was closed, cookies that were cleared."""
    callback = riley.person.allow(riley.press_connect())
    riley.client.delete_cookie("sid")

    page = riley.client.get(riley.come_back(callback))
    way = riley.come_back(riley.person.go_on(riley.press_connect()))

    assert page.status_code == 400
    assert "You came back in a different browser" in page.text
    assert "Riley's Roastery is connected" in riley.read(way)


def test_what_ran_out_is_connected_by_one_more_press(app: Flask, riley: Visitor) -> None:
    """Failure 22: Xero remembers, so nobody logs in or chooses twice."""
    callback = riley.person.allow(riley.press_connect())
    let_time_pass(app)

    page = riley.read(riley.come_back(callback))
    way = riley.come_back(riley.person.go_on(riley.press_connect()))

    assert "one press takes you straight through" in page
    assert "Riley's Roastery is connected" in riley.read(way)


@pytest.mark.parametrize(
    ("headers", "method"),
    [({"Sec-Purpose": "prefetch"}, "GET"), ({"Purpose": "prefetch"}, "GET"), ({}, "HEAD")],
)
def test_a_page_that_is_fetched_ahead_leaves_the_way_open(
    app: Flask, riley: Visitor, headers: dict[str, str], method: str
) -> None:
    """Failure 24."""
    callback = riley.person.allow(riley.press_connect())

    ahead = riley.client.open(callback, method=method, headers=headers)

    assert ahead.status_code == 204
    assert "Riley's Roastery is connected" in riley.read(riley.come_back(callback))


def test_going_back_over_the_callback_shows_what_came_of_it(app: Flask, riley: Visitor) -> None:
    """Failure 23: reload, back and forward."""
    callback = riley.person.allow(riley.press_connect())
    way = riley.come_back(callback)

    assert [riley.come_back(callback) for _ in range(2)] == [way, way]
    assert the_only(app, Attempt).outcome == "connected"


def test_the_address_of_a_trip_that_is_passed_on_is_nobody_elses(
    app: Flask, riley: Visitor, amara: Visitor
) -> None:
    """Failure 3: a colleague finishes nothing in the reader's name, and the reader still can."""
    at_xero = riley.press_connect()
    callback = amara.person.allow(at_xero, "Harbour Café Ltd")

    assert amara.come_back(callback) == "/connect/problem/other_browser"
    assert count(app, Connection) == 0
    with app.app_context():
        assert db.session.scalars(select(Attempt.status)).all() == ["redirected"]
    assert "Riley's Roastery is connected" in riley.read(
        riley.come_back(riley.person.allow(at_xero))
    )


def test_what_is_needed_stands_beside_the_button(app: Flask, riley: Visitor) -> None:
    """Before leaving: the role, the phone, the time, and which login Xero will use."""
    page = riley.read("/connect")

    assert "<strong>Standard</strong> or <strong>Adviser</strong> role" in page
    assert "Your authenticator app" in page
    assert "Xero opens with the login that this browser used last" in page
    assert 'href="/connect#ask"' in page


def test_reconnecting_names_the_login_that_was_used(app: Flask, riley: Visitor) -> None:
    riley.connect()
    with app.app_context():
        connection = db.session.scalars(select(Connection)).one()
        connection.status, connection.reason = "needs_reauth", "revoked_in_xero"
        db.session.commit()

    page = riley.read("/connect")

    assert "This organisation was connected with that of Riley Reed" in " ".join(page.split())


def test_a_failure_has_a_reference_wherever_help_is_asked_for(app: Flask, riley: Visitor) -> None:
    way = riley.come_back(riley.person.cancel(riley.press_connect()))

    reference = the_only(app, Attempt).reference
    guide = riley.client.get(
        way.replace("/articles/1?", "/articles/360001000101?"), follow_redirects=True
    ).text

    asking = re.findall(rf'href="[^"]*/requests/new\?[^"]*reference={reference}', guide)
    assert len(asking) == 2
    assert f"<code>{reference}</code>" in guide
