"""An answer that comes late is about the past: nothing that was done meanwhile is undone by it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, update

from tests.client import Client
from tests.connect.conftest import the_only
from tests.connect.hostile import Hostile, Reply, said
from tests.connect.test_choosing import tenant, two
from tests.connect.test_disconnect import connections, deliver
from tests.connect.test_hostile_provider import come_back
from tests.connect.test_renewal import change, grant, refusing, rotating
from tests.connect.test_standing import press
from xero_onboard.connect import care
from xero_onboard.connect.models import Attempt, Connection, Grant
from xero_onboard.connect.providers import current_provider
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

__all__ = ["grant"]

LACKING = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}


def meanwhile(provider: Hostile, act: Callable[[], object], answer: Reply) -> None:
    """The list is asked for; before this answer comes, something is done."""
    waiting = [act]

    def listing(hostile: Hostile) -> Reply:
        if not waiting:
            return said([hostile.organisation()])
        waiting.pop()()
        return answer

    provider.connections = listing


def look(app: Flask) -> str | None:
    """What the worker does once a day."""
    with app.app_context():
        return care.visit(current_provider(), the_only(app, Grant).id)


def standing(app: Flask) -> tuple[str, str | None]:
    connection = the_only(app, Connection)
    return connection.status, connection.reason


@pytest.fixture
def reconnect(app: Flask, grant: Grant, provider: Hostile) -> Callable[[], str]:
    """The reader connects again, in another browser."""
    browser: FlaskClient = app.test_client()
    return lambda: come_back(browser, provider)


@pytest.mark.parametrize(
    "answer",
    [
        Reply(b"{}", "403 Forbidden", {"Content-Type": "application/json", **LACKING}),
        Reply(b"", "503 Service Unavailable"),
    ],
)
def test_what_an_old_permission_lacked_is_not_said_of_the_new_one(
    app: Flask, provider: Hostile, reconnect: Callable[[], str], answer: Reply
) -> None:
    with app.app_context():
        db.session.execute(update(Connection).values(status="needs_reauth", reason="scope_missing"))
        db.session.commit()
    change(app, access_expires_at=now() + timedelta(hours=1))
    meanwhile(provider, reconnect, answer)

    look(app)

    assert standing(app) == ("active", None)


def test_the_end_of_an_old_permission_is_not_said_of_the_new_one(
    app: Flask, provider: Hostile, reconnect: Callable[[], str]
) -> None:
    """The login comes back between the moment its end is written down and the one it is told."""
    provider.refreshing = refusing
    reconnected: list[str] = []

    def come_back_to_the_dead() -> None:
        if not reconnected and the_only(app, Grant).status == "dead":
            reconnected.append(reconnect())

    with app.app_context():
        # In a thread, because there the site has a session of its own.
        event.listen(db.session(), "after_commit", lambda _: beside(come_back_to_the_dead))
        code = care.visit(current_provider(), the_only(app, Grant).id)

    assert code is None
    assert len(reconnected) == 1
    assert standing(app) == ("active", None)


def test_what_is_disconnected_during_the_removal_of_another_ends_both(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Row B6: the first waits for a token of the login, whose last connection takes the tokens along."""
    two(provider)
    come_back(client, provider)
    both = [tenant(provider, number) for number in (1, 2)]
    path = f"/connect/organisations/{the_only(app, Attempt).id}"
    assert client.post(path, data={"tenant": both}).status_code == 303
    change(app, access_expires_at=now())
    tab, cookie = cast(Client, app.test_client()), client.get_cookie("sid")
    assert cookie is not None
    tab.set_cookie("sid", cookie.value)
    waiting = [tab]

    def refreshing(hostile: Hostile, body: str) -> Reply:
        if waiting:
            press(waiting.pop(), "disconnect", connections(app)["Company 2"])
        return rotating(hostile, body)

    provider.refreshing = refreshing
    provider.removing = lambda h: Reply(b"", "204 No Content")

    press(client, "disconnect", connections(app)["Company 1"])
    assert "Xero has not confirmed it yet" in client.get("/connect").text
    deliver(app)

    ended = {(each.status, each.reason) for each in connections(app).values()}
    assert ended == {("disconnected", None)}
    assert "POST /connect/revocation" in {path for path, _ in provider.received}


def beside(act: Callable[[], None]) -> None:
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()
