"""What only the operator can mend closes Connect, costs nobody a connection, and ends by itself."""

from datetime import timedelta
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.client import Client
from tests.connect.conftest import ARTICLE, Visitor, the_only
from tests.connect.hostile import Hostile, said
from tests.connect.test_hostile_provider import come_back, page_of
from tests.connect.test_renewal import change, rotating
from tests.connect.test_standing import press
from xero_onboard.config import DEFAULT_SCOPES
from xero_onboard.connect import trouble, upkeep
from xero_onboard.connect.models import Attempt, Connection, Grant
from xero_onboard.connect.providers.xero_scopes import doubts
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

CLOSED = "Our own set-up with Xero is not working"
REFUSED = said({"error": "invalid_client"}, "401 Unauthorized")


def causes(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {each.cause: each.count for each in trouble.of_late()}


def led_away(app: Flask) -> int:
    """How many presses led to the provider."""
    with app.app_context():
        query = select(func.count()).select_from(Attempt).where(Attempt.left_at.is_not(None))
        return db.session.scalar(query) or 0


def look_after(app: Flask) -> None:
    change(app, access_expires_at=now(), next_refresh_at=now())
    with app.app_context():
        upkeep.look_after_grants()
        db.session.commit()


def later(app: Flask, ago: timedelta) -> None:
    with app.app_context():
        db.session.execute(update(trouble.Trouble).values(last_at=now() - ago))
        db.session.commit()


@pytest.fixture
def refused(app: Flask, client: Client, provider: Hostile) -> Hostile:
    """A reader is connected, and since then the provider refuses us."""
    come_back(client, provider)
    provider.refreshing = lambda h, body: REFUSED
    look_after(app)
    return provider


def test_connect_is_closed_while_xero_refuses_us(
    app: Flask, client: Client, refused: Hostile
) -> None:
    leaving = client.post("/connect/xero", data={"next": ARTICLE, "anchor": "connect"})

    refused = the_only(app, Attempt, outcome="client_refused")
    page = page_of(client, leaving.location)
    assert leaving.location == f"{ARTICLE}?attempt={refused.id}#connect"
    assert CLOSED in page
    # Who writes to us because of it can say which press it was.
    assert str(refused.reference) in page
    assert causes(app) == {"client_refused": 1}


def test_what_is_connected_stays_as_it_is(app: Flask, client: Client, refused: Hostile) -> None:
    page = client.get("/connect").text

    assert the_only(app, Connection).status == "active"
    assert the_only(app, Grant).status == "ok"
    assert "Nothing can be connected or reconnected at the moment" in page
    assert "Connect another organisation" not in page


def test_a_broken_connection_is_not_offered_what_leads_nowhere(
    app: Flask, client: Client, refused: Hostile
) -> None:
    connection = the_only(app, Connection)
    with app.app_context():
        broken = {"status": "needs_reauth", "reason": "revoked_in_xero"}
        db.session.execute(update(Connection).values(broken))
        db.session.commit()

    assert f"/connect/connections/{connection.id}/reconnect" not in client.get("/connect").text
    pressed = client.post(
        f"/connect/connections/{connection.id}/reconnect", data={"next": "/connect"}
    )
    refused = the_only(app, Attempt, purpose="reconnect")
    assert pressed.location == f"/connect?attempt={refused.id}"
    assert str(refused.reference) in client.get(pressed.location).text


def test_the_first_answer_that_accepts_us_opens_it_again(
    app: Flask, client: Client, refused: Hostile
) -> None:
    refused.refreshing = rotating

    look_after(app)

    assert causes(app) == {}
    assert "/authorize?" in client.post("/connect/xero", data={"next": "/connect"}).location


def test_an_answer_to_a_readers_token_opens_nothing(
    app: Flask, client: Client, refused: Hostile
) -> None:
    """It was given before, and says nothing of our secret."""
    change(app, access_expires_at=now() + timedelta(minutes=20))

    assert "is connected" in press(client, "check", the_only(app, Connection))

    assert causes(app) == {"client_refused": 1}
    assert "Nothing can be connected or reconnected" in client.get("/connect").text


def test_after_some_minutes_one_reader_may_try(
    app: Flask, client: Client, refused: Hostile
) -> None:
    later(app, trouble.CLOSED_FOR)

    assert "/authorize?" in client.post("/connect/xero", data={"next": "/connect"}).location


def test_a_first_reader_is_refused_and_the_next_is_not_sent(
    app: Flask, client: Client, provider: Hostile
) -> None:
    provider.token = lambda h: REFUSED
    another_client = cast(Client, app.test_client())
    way = come_back(client, provider)

    assert CLOSED in page_of(client, way)
    another_client.post("/connect/xero", data={"next": "/connect"})
    assert CLOSED in another_client.get("/connect").text
    assert led_away(app) == 1


@pytest.mark.parametrize("error", ["invalid_scope", "unauthorized_client", "invalid_request"])
def test_what_a_reader_brings_is_noted_and_closes_nothing(
    app: Flask, riley: Visitor, error: str
) -> None:
    at_xero = riley.press_connect()
    state = at_xero.partition("state=")[2].partition("&")[0]
    way = riley.come_back(f"/connect/sandbox/callback?error={error}&state={state}")

    assert CLOSED in riley.read(way)
    assert causes(app) == {"authorize_refused": 1}
    assert "/authorize?" in riley.press_connect()


def test_what_a_reader_saw_is_noted_once(app: Flask, riley: Visitor) -> None:
    riley.press_connect()
    attempt = the_only(app, Attempt).id
    for _ in range(2):
        riley.client.post(f"/connect/attempts/{attempt}/saw", data={"saw": "saw_error_page"})

    assert causes(app) == {"saw_error_page": 1}
    assert "/authorize?" in riley.press_connect()


def test_old_trouble_is_forgotten(app: Flask, refused: Hostile) -> None:
    later(app, trouble.KEEP + timedelta(days=1))
    with app.app_context():
        upkeep.forget_ended_connections()
        db.session.commit()
        assert db.session.scalars(select(trouble.Trouble)).all() == []


@pytest.mark.parametrize(
    ("scopes", "words"),
    [
        ("openid accounting.invoice", "is accounting.invoices meant?"),
        ("openid nonsense", "nonsense is no scope of Xero that we know of"),
        ("accounting.transactions", "narrower scopes"),
        ("practicemanager accounting.settings.read", "in one trip"),
    ],
)
def test_a_scope_that_xero_would_refuse_is_found_before_a_reader_finds_it(
    scopes: str, words: str
) -> None:
    (found,) = doubts(scopes.split())

    assert words in found


def test_what_the_site_asks_for_is_known() -> None:
    assert list(doubts(DEFAULT_SCOPES.split())) == []
