"""Disconnecting: done here at once, and at Xero as soon as it hears us."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update

from tests.client import Client
from tests.connect.conftest import Served, Visitor, sealed_columns, the_only
from tests.connect.hostile import Hostile, Reply
from tests.connect.test_hostile_provider import come_back
from tests.connect.test_renewal import rotating
from tests.connect.test_standing import press
from xero_onboard.connect import signals, upkeep
from xero_onboard.connect.models import Connection, Grant, Removal
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.providers.base import GrantRefused, Patience
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db


def deliver(app: Flask) -> None:
    """What the worker does when the removal's time has come."""
    with app.app_context():
        db.session.execute(update(Removal).values(due_at=now() - timedelta(seconds=1)))
        db.session.commit()
        upkeep.deliver_removals()


def connections(app: Flask) -> dict[str, Connection]:
    with app.app_context():
        return {each.name: each for each in db.session.scalars(select(Connection))}


def test_disconnecting_tells_xero_and_ends_the_consent(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    """Row B6."""
    riley.connect()
    connection = the_only(app, Connection)

    page = riley.press("disconnect", connection.id)

    assert "Riley's Roastery is disconnected" in page
    assert f"DELETE /connections/{connection.remote_id}" in xero.requests
    assert xero.asked("/connect/revocation") == 1
    assert the_only(app, Connection).status == "disconnected"
    assert sealed_columns(app) == [None] * 4


def test_disconnecting_while_xero_is_down_is_delivered_later(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    """Row B6: the grant is empty at once, and its tokens stop working when Xero is back."""
    riley.connect()
    token = next(each for each in xero.tokens() if not each.startswith("eyJ"))
    connection = the_only(app, Connection)
    xero.go_down()

    page = riley.press("disconnect", connection.id)
    grant = the_only(app, Grant)
    assert "Riley's Roastery is disconnected" in page
    assert "Xero has not confirmed it yet" in page
    assert (grant.access_sealed, grant.refresh_sealed, grant.status) == (None, None, "dead")
    deliver(app)
    assert the_only(app, Removal).status == "pending"

    xero.come_up()
    deliver(app)

    assert the_only(app, Removal).status == "delivered"
    assert the_only(app, Connection).status == "disconnected"
    assert sealed_columns(app) == [None] * 4
    assert refresh_is_refused(app, xero, token)


def test_a_removal_renews_its_own_token_when_it_has_run_out(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    riley.connect()
    connection = the_only(app, Connection)
    xero.go_down()
    riley.press("disconnect", connection.id)
    with app.app_context():
        db.session.execute(update(Removal).values(access_expires_at=now()))
        db.session.commit()
    xero.come_up()

    deliver(app)

    assert xero.asked("/connect/token") == 2
    assert the_only(app, Removal).status == "delivered"
    assert f"DELETE /connections/{connection.remote_id}" in xero.requests


def test_disconnecting_one_organisation_keeps_the_others(
    app: Flask, amara: Visitor, xero: Served
) -> None:
    """Row B6."""
    amara.connect("Harbour Café Ltd")
    amara.connect("Northside Builders Ltd")
    harbour = connections(app)["Harbour Café Ltd"]
    assert harbour.is_selected

    amara.press("disconnect", harbour.id)

    northside = connections(app)["Northside Builders Ltd"]
    assert connections(app)["Harbour Café Ltd"].status == "disconnected"
    assert northside.is_selected
    assert xero.asked("/connect/revocation") == 0
    assert "Xero answered" in amara.press("check", northside.id)


def test_the_last_of_several_removals_ends_the_consent(
    app: Flask, amara: Visitor, xero: Served
) -> None:
    amara.connect("Harbour Café Ltd")
    amara.connect("Northside Builders Ltd")
    xero.go_down()
    for connection in connections(app).values():
        amara.press("disconnect", connection.id)
    xero.come_up()

    deliver(app)
    deliver(app)

    assert {each.status for each in connections(app).values()} == {"disconnected"}
    assert xero.asked("/connect/revocation") == 1
    assert not any(sealed_columns(app))


def test_connecting_again_withdraws_the_removal(app: Flask, riley: Visitor, xero: Served) -> None:
    riley.connect()
    connection = the_only(app, Connection)
    xero.go_down()
    riley.press("disconnect", connection.id)
    xero.come_up()

    riley.come_back(riley.person.go_on(riley.press_connect()))
    deliver(app)

    assert the_only(app, Removal).status == "withdrawn"
    assert the_only(app, Connection).status == "active"
    assert not [each for each in xero.requests if each.startswith("DELETE")]
    assert "Xero answered" in riley.press("check", connection.id)


def test_a_consent_given_again_while_xero_answers_is_not_ended(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """In a second tab, while the first waits for Xero to confirm what was disconnected there."""
    come_back(client, provider)
    second_tab = app.test_client()

    def slow(hostile: Hostile) -> Reply:
        come_back(second_tab, hostile)
        return Reply(b"", "204 No Content")

    provider.removing = slow
    press(client, "disconnect", the_only(app, Connection))

    asked = [call for call, _ in provider.received]
    assert the_only(app, Connection).status == "active"
    assert the_only(app, Removal).status == "withdrawn"
    assert "POST /connect/revocation" not in asked


def test_a_removal_withdrawn_while_its_token_is_renewed_removes_nothing(
    app: Flask, client: Client, provider: Hostile
) -> None:
    come_back(client, provider)
    provider.removing = lambda h: Reply(b"", "503 Service Unavailable")
    press(client, "disconnect", the_only(app, Connection))
    provider.received.clear()
    with app.app_context():
        db.session.execute(update(Removal).values(access_expires_at=now()))
        db.session.commit()

    def slow(hostile: Hostile, body: str) -> Reply:
        come_back(app.test_client(), hostile)
        return rotating(hostile, body)

    provider.refreshing = slow
    deliver(app)

    removal = the_only(app, Removal)
    asked = [call for call, _ in provider.received]
    assert (removal.status, removal.refresh_sealed) == ("withdrawn", None)
    assert not [each for each in asked if each.startswith("DELETE") or "revocation" in each]


def test_news_of_it_travels_up(app: Flask, riley: Visitor) -> None:
    rung: list[str] = []

    def note_connected(connection: Connection) -> None:
        rung.append(f"connected {connection.name}")

    def note_disconnected(connection: Connection) -> None:
        rung.append(f"disconnected {connection.name}")

    with (
        signals.connected.connected_to(note_connected),
        signals.disconnected.connected_to(note_disconnected),
    ):
        riley.connect()
        riley.press("disconnect", the_only(app, Connection).id)

    assert rung == ["connected Riley's Roastery", "disconnected Riley's Roastery"]


def refresh_is_refused(app: Flask, xero: Served, token: str) -> bool:
    with app.app_context():
        try:
            current_provider().refresh(token, Patience(5))
        except GrantRefused:
            return True
    return False
