"""The list of organisations did not come: it is asked for again without another trip to Xero."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.client import Client
from tests.connect.conftest import count, the_only
from tests.connect.hostile import Hostile, Reply, said
from tests.connect.test_hostile_provider import come_back, page_of
from tests.connect.test_renewal import change
from xero_onboard.accounts.models import Customer, Membership
from xero_onboard.connect import trouble, upkeep
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


def test_a_refusal_of_ourselves_is_the_operators_to_mend(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Failure 31: nobody is told that it will do in a few minutes."""
    provider.connections = silent
    again = again_in(page_of(client, come_back(client, provider)))
    provider.refreshing = lambda h, body: said({"error": "invalid_client"}, "401 Unauthorized")
    change(app, access_expires_at=now())

    refused = client.post(again)

    page = page_of(client, refused.location)
    assert the_only(app, Attempt).outcome == "client_refused"
    assert UNREAD not in page
    assert "We have been told" in page
    with app.app_context():
        assert [row.cause for row in trouble.of_late()] == ["client_refused"]


def test_a_missing_key_ends_nothing(app: Flask, client: Client, provider: Hostile) -> None:
    """Failure 53: it can be asked for again when the key is there."""
    provider.connections = silent
    way = come_back(client, provider)
    again = again_in(page_of(client, way))
    provider.connections = None
    sealed = the_only(app, Grant).access_sealed or ""
    change(app, access_sealed=f"gone.{sealed.partition('.')[2]}")

    locked = client.post(again)

    assert locked.status_code == 503
    assert "We cannot open the stored connections at the moment" in locked.text
    change(app, access_sealed=sealed)
    assert again_in(page_of(client, way)) == again
    client.post(again)
    assert the_only(app, Attempt).outcome == "connected"


def test_the_worker_ends_none_that_is_just_asked_for_again(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """The reader waited a few minutes, as they were told, and then Xero thought about it."""
    provider.connections = silent
    again = again_in(page_of(client, come_back(client, provider)))
    with app.app_context():
        earlier = now() - timedelta(minutes=5)
        db.session.execute(update(Attempt).values(started_at=earlier, claimed_at=earlier))
        db.session.commit()

    def slow(hostile: Hostile) -> Reply:
        with app.app_context():
            upkeep.end_old_attempts()
            db.session.commit()
        return said([hostile.organisation()])

    provider.connections = slow
    client.post(again)

    assert the_only(app, Attempt).outcome == "connected"
    assert count(app, Connection) == 1


def test_whoever_acts_for_another_customer_by_now_is_asked(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Failure 26: they began as a stranger, and for whom was found on the way."""
    provider.connections = silent
    again = again_in(page_of(client, come_back(client, provider)))
    provider.connections = None
    with app.app_context():
        other = Customer(name="Other Ltd")
        db.session.add(other)
        db.session.flush()
        user_id = db.session.scalars(select(Membership.user_id)).one()
        db.session.add(Membership(user_id=user_id, customer_id=other.id, right="connect"))
        db.session.commit()
        other_id = other.id
    client.post("/account/customers/switch", data={"customer": str(other_id), "next": "/connect"})

    asked = client.post(again)

    assert count(app, Connection) == 0
    assert "and act for Other Ltd now" in page_of(client, asked.location)
