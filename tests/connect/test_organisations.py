"""Which organisation it is, whose it is, and what a reader can do with it."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from tests.connect.conftest import ARTICLE, Served, Visitor, count, the_only
from xero_onboard.connect.models import Attempt, Connection
from xero_onboard.lib.db import db

# How often a minute Xero answers about one organisation.
MINUTES_LIMIT = 60


def connections(app: Flask) -> dict[str, Connection]:
    with app.app_context():
        return {each.name: each for each in db.session.scalars(select(Connection))}


def last_outcome(app: Flask) -> str | None:
    with app.app_context():
        newest = select(Attempt).order_by(Attempt.started_at.desc()).limit(1)
        return db.session.scalars(newest).one().outcome


def test_a_second_organisation_is_added_by_the_same_button(app: Flask, amara: Visitor) -> None:
    amara.connect("Northside Builders Ltd")
    way = amara.connect("Harbour Café Ltd")

    page = amara.read(way)
    assert "Harbour Café Ltd is connected as well" in page
    assert connections(app)["Northside Builders Ltd"].is_selected
    assert not connections(app)["Harbour Café Ltd"].is_selected


def test_selecting_changes_which_one_is_worked_with(app: Flask, amara: Visitor) -> None:
    amara.connect("Northside Builders Ltd")
    amara.connect("Harbour Café Ltd")

    page = amara.press("select", connections(app)["Harbour Café Ltd"].id)

    assert "You are now working with Harbour Café Ltd" in page
    assert {name for name, each in connections(app).items() if each.is_selected} == {
        "Harbour Café Ltd"
    }


def test_going_on_without_adding_one_is_said_as_it_is(app: Flask, riley: Visitor) -> None:
    riley.connect()

    way = riley.come_back(riley.person.go_on(riley.press_connect()))

    page = riley.read(way)
    assert "Riley's Roastery was already connected" in page
    assert count(app, Connection) == 1


def test_an_organisation_of_another_customer_is_refused_without_naming_them(
    app: Flask, amara: Visitor, another_visitor: Callable[[str], Visitor]
) -> None:
    amara.connect("Harbour Café Ltd")
    other = another_visitor("riley@practice.example")
    other.connect()
    other.person = another_visitor("amara@practice.example").person

    way = other.come_back(other.person.go_on(other.press_connect()))

    page = other.read(way)
    assert last_outcome(app) == "held_elsewhere"
    assert "is connected to another Acme Billing account" in page
    assert "Amara" not in page
    assert count(app, Connection) == 2


def test_somebody_elses_connection_does_not_exist(
    app: Flask, riley: Visitor, amara: Visitor
) -> None:
    riley.connect()
    amara.connect("Harbour Café Ltd")
    rileys = connections(app)["Riley's Roastery"].id

    for button in ("select", "check", "reconnect", "disconnect"):
        for unknown in (rileys, uuid4()):
            path = f"/connect/connections/{unknown}/{button}"
            assert amara.client.post(path, data={"next": "/connect"}).status_code == 404
    assert connections(app)["Riley's Roastery"].status == "active"


def test_a_removal_at_xero_is_noticed_and_repaired(app: Flask, riley: Visitor) -> None:
    riley.connect()
    connection = the_only(app, Connection)
    riley.person.disconnect("Riley's Roastery")

    page = riley.press("check", connection.id)
    assert "Riley's Roastery is no longer available to us in Xero" in page
    assert the_only(app, Connection).status == "org_unavailable"

    answer = riley.client.post(
        f"/connect/connections/{connection.id}/reconnect",
        data={"next": ARTICLE, "anchor": "connect"},
    )
    way = riley.come_back(riley.person.allow(answer.location))
    page = riley.read(way)
    assert "Riley's Roastery is connected again" in page
    assert the_only(app, Connection).status == "active"


def test_reconnecting_never_puts_another_organisation_in_its_place(
    app: Flask, amara: Visitor
) -> None:
    amara.connect("Harbour Café Ltd")
    harbour = the_only(app, Connection)
    amara.person.disconnect("Harbour Café Ltd")
    amara.press("check", harbour.id)

    answer = amara.client.post(
        f"/connect/connections/{harbour.id}/reconnect", data={"next": ARTICLE, "anchor": "connect"}
    )
    way = amara.come_back(amara.person.allow(answer.location, "Osei & Partners"))

    page = amara.read(way)
    assert "You chose Osei & Partners, not Harbour Café Ltd" in page
    assert the_only(app, Connection).status == "org_unavailable"


def test_xero_being_down_loses_nothing(app: Flask, riley: Visitor, xero: Served) -> None:
    riley.connect()
    connection = the_only(app, Connection)
    xero.go_down()
    page = riley.press("check", connection.id)
    assert "Xero is not answering at the moment" in page
    assert the_only(app, Connection).status == "degraded"

    xero.come_up()
    assert "Xero answered" in riley.press("check", connection.id)
    assert the_only(app, Connection).status == "active"


def test_pressing_check_all_the_time_does_not_use_up_what_xero_answers_a_minute(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    riley.connect()
    path = f"/connect/connections/{the_only(app, Connection).id}/check"
    xero.requests.clear()

    answers = [riley.client.post(path, data={"next": "/connect"}) for _ in range(30)]

    assert (answers[0].status_code, answers[-1].status_code) == (303, 429)
    assert "Wait a minute, then try again" in answers[-1].text
    assert xero.asked("/api.xro/2.0/Organisation") < MINUTES_LIMIT / 2
    assert the_only(app, Connection).status == "active"


@pytest.mark.parametrize("button", ["select", "check", "reconnect", "disconnect"])
def test_the_buttons_are_for_readers_who_are_signed_in(
    app: Flask, riley: Visitor, button: str
) -> None:
    riley.connect()
    connection = the_only(app, Connection)

    answer = app.test_client().post(
        f"/connect/connections/{connection.id}/{button}",
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/connect")
    assert the_only(app, Connection).status == "active"


def test_a_page_can_follow_an_attempt_in_another_tab(app: Flask, riley: Visitor) -> None:
    url = riley.press_connect()
    waiting = riley.client.get("/connect/status").json
    assert "Waiting for Xero" in riley.read("/connect")

    riley.come_back(riley.person.allow(url))

    assert riley.client.get("/connect/status").json != waiting
    assert riley.client.get("/connect/status").json == riley.client.get("/connect/status").json


def test_the_next_visit_signs_in_with_xero(
    app: Flask, riley: Visitor, another_visitor: Callable[[str], Visitor]
) -> None:
    riley.connect()
    later = another_visitor("riley@practice.example")

    url = later.client.post("/sign-in/xero", data={"next": "/connect"}).location
    way = later.come_back(later.person.allow(url))

    page = later.read(way)
    assert "Riley's Roastery" in page
    assert "You are signed in" in page


def test_an_organisation_that_cannot_be_reached_is_not_offered_to_work_with(
    app: Flask, amara: Visitor
) -> None:
    amara.connect("Harbour Café Ltd")
    amara.connect("Northside Builders Ltd")
    amara.press("select", connections(app)["Harbour Café Ltd"].id)
    amara.person.disconnect("Northside Builders Ltd")
    stopped = connections(app)["Northside Builders Ltd"].id

    page = amara.press("check", stopped)
    answer = amara.client.post(f"/connect/connections/{stopped}/select", data={"next": "/connect"})

    assert f"/connect/connections/{stopped}/select" not in page
    assert answer.status_code == 409
    assert connections(app)["Harbour Café Ltd"].is_selected
