"""The list of organisations did not come: it is asked for again without another trip to Xero."""

import re

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.connect.conftest import count, the_only
from tests.connect.hostile import Hostile, Reply, said
from tests.connect.test_hostile_provider import come_back, page_of
from tests.connect.test_renewal import change
from xero_onboard.accounts.models import Membership
from xero_onboard.connect.installation import Installation
from xero_onboard.connect.models import Attempt, Connection, Grant
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, db

UNREAD = "We could not read your list of organisations"


def silent(_hostile: Hostile) -> Reply:
    return Reply(b"<html>", "503 Service Unavailable")


def again_in(page: str) -> str:
    found = re.search(r'action="(/connect/attempts/[0-9a-f-]+/again)"', page)
    assert found is not None
    return found[1]


def test_one_press_connects_when_xero_answers_again(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Failure 37."""
    provider.connections = silent
    again = again_in(page_of(client, come_back(client, provider)))

    still = client.post(again)
    assert UNREAD in page_of(client, still.location)
    assert count(app, Connection) == 0

    provider.connections = None
    done = client.post(again)
    assert "is connected" in page_of(client, done.location)
    assert the_only(app, Attempt).outcome == "connected"
    assert the_only(app, Connection).status == "active"

    client.post(again)
    assert count(app, Connection) == 1
    assert the_only(app, Attempt).outcome == "connected"


def test_nobody_else_presses_it(app: Flask, client: Client, provider: Hostile) -> None:
    """Row E2."""
    provider.connections = silent
    again = again_in(page_of(client, come_back(client, provider)))
    provider.connections = None

    assert app.test_client().post(again).location == "/connect/problem/unknown_attempt"
    assert the_only(app, Attempt).outcome == "organisations_unavailable"


def test_it_is_not_offered_when_there_is_nothing_left_to_ask_with(
    app: Flask, client: Client, provider: Hostile
) -> None:
    provider.connections = silent
    way = come_back(client, provider)
    again = again_in(page_of(client, way))
    with app.app_context():
        grant = db.session.query(Grant).one()
        grant.status, grant.reason = "dead", "revoked_in_xero"
        db.session.commit()

    assert "/again" not in page_of(client, way)
    client.post(again)
    assert the_only(app, Attempt).outcome == "organisations_unavailable"


def test_whoever_may_not_connect_any_more_connects_nothing(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Row E1: a day may lie between, and a colleague's word."""
    provider.connections = silent
    again = again_in(page_of(client, come_back(client, provider)))
    provider.connections = None
    with app.app_context():
        db.session.execute(update(Membership).values(right="see"))
        db.session.commit()

    client.post(again)

    assert the_only(app, Attempt).outcome == "not_allowed"
    assert count(app, Connection) == 0


@pytest.mark.parametrize(
    ("table", "values"),
    [(Installation, {"host": "elsewhere.example"}), (Attempt, {"environment": "xero"})],
)
def test_nothing_is_asked_for_what_belongs_elsewhere(
    app: Flask, client: Client, provider: Hostile, table: type[Table], values: dict[str, str]
) -> None:
    """Fault row 35: a copy of the database, and one that was used with another Xero."""
    provider.connections = silent
    again = again_in(page_of(client, come_back(client, provider)))
    with app.app_context():
        db.session.execute(update(table).values(values))
        db.session.commit()
    provider.received.clear()

    assert client.post(again).status_code == 303

    assert provider.received == []
    assert the_only(app, Attempt).outcome == "organisations_unavailable"


def test_a_permission_that_has_ended_is_told(app: Flask, client: Client, provider: Hostile) -> None:
    provider.connections = silent
    again = again_in(page_of(client, come_back(client, provider)))
    provider.refreshing = lambda h, body: said({"error": "invalid_grant"}, "400 Bad Request")
    change(app, access_expires_at=now())

    ended = client.post(again)

    assert the_only(app, Attempt).outcome == "permission_ended"
    assert "permission ended" in page_of(client, ended.location)
