"""What connecting leaves in the audit log, by doing it."""

from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.connect.conftest import Visitor, the_only
from tests.connect.hostile import Hostile
from tests.connect.test_hostile_provider import come_back
from tests.connect.test_renewal import refusing
from xero_onboard.connect.models import Connection, Grant
from xero_onboard.lib import audit
from xero_onboard.lib.audit import Found
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db


def test_connecting_selecting_and_disconnecting_are_recorded(app: Flask, riley: Visitor) -> None:
    """Row L2."""
    riley.connect()
    connection = the_only(app, Connection)
    riley.press("select", connection.id)
    riley.press("disconnect", connection.id)

    entries = news(app)

    assert words(entries) == ["connected", "connection_selected", "disconnected"]
    assert {entry.actor_id for entry in entries} == {connection.connected_by_id}
    assert {entry.customer_id for entry in entries} == {connection.customer_id}
    assert {entry.subject for entry in entries} == {f"connection:{connection.id}"}
    assert all(entry.request_id and entry.address for entry in entries)


def test_nothing_is_recorded_where_nothing_was_connected(app: Flask, riley: Visitor) -> None:
    riley.come_back(riley.person.cancel(riley.press_connect()))

    assert news(app) == []


def test_access_that_ends_and_comes_back_is_recorded(app: Flask, riley: Visitor) -> None:
    """Row L2: found out by a press of Check now."""
    riley.connect()
    connection_id = the_only(app, Connection).id
    riley.person.disconnect("Riley's Roastery")
    riley.press("check", connection_id)
    riley.press("check", connection_id)  # no news the second time
    riley.connect()

    entries = news(app)[1:]

    assert words(entries) == ["reconnect_needed", "connected"]
    assert entries[0].details == {"reason": "organisation_gone"}
    assert entries[1].details == {"how": "reconnected"}


def test_a_grant_that_ends_is_recorded_by_the_worker(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Row L2: a refresh that fails for good."""
    come_back(client, provider)
    provider.refreshing = refusing
    grant = the_only(app, Grant)
    with app.app_context():
        db.session.execute(update(Grant).values(access_expires_at=now(), next_refresh_at=now()))
        db.session.commit()

    app.test_cli_runner().invoke(args=["work", "--once"])

    ended, told = news(app)[1:]
    assert (ended.event, ended.subject) == ("grant_ended", f"grant:{grant.id}")
    assert ended.details == {"by": "worker", "reason": "revoked_in_xero"}
    assert (told.event, told.actor_id) == ("reconnect_needed", None)
    assert told.subject == f"connection:{the_only(app, Connection).id}"


@pytest.mark.parametrize("word", ["pause", "resume"])
def test_what_the_operator_does_is_recorded(app: Flask, riley: Visitor, word: str) -> None:
    """Row L2."""
    riley.connect()
    connection_id = the_only(app, Connection).id

    operate(app, word, connection_id)

    entry = news(app)[-1]
    assert entry.event == f"connection_{word}d"
    assert (entry.subject, entry.actor_id) == (f"connection:{connection_id}", None)
    assert entry.details == {"by": "command line"}


def test_no_entry_says_the_name_of_anybody(app: Flask, riley: Visitor) -> None:
    """Row L1: ids outlive what they stand for."""
    riley.connect()
    riley.press("disconnect", the_only(app, Connection).id)

    said = str([(entry.subject, entry.details) for entry in news(app)]).lower()

    assert "riley" not in said


def operate(app: Flask, word: str, connection_id: UUID) -> Result:
    return app.test_cli_runner().invoke(args=["connections", word, str(connection_id)])


def news(app: Flask) -> list[Found]:
    """What was recorded of connections, the oldest first."""
    with app.app_context():
        found = audit.search(size=100).entries
    of_connections = ("connect", "disconnect", "reconnect", "grant")
    return [entry for entry in reversed(found) if entry.event.startswith(of_connections)]


def words(entries: list[Found]) -> list[str]:
    return [entry.event for entry in entries]
