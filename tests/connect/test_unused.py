"""What a reader allowed at Xero and did not use is given back to Xero, not only forgotten here."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.connect.conftest import count, sealed_columns, the_only
from tests.connect.hostile import Hostile, Reply, said
from tests.connect.test_hostile_provider import come_back
from xero_onboard.connect import upkeep
from xero_onboard.connect.models import Connection, Grant, Removal
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db


def two_days_pass(app: Flask) -> None:
    with app.app_context():
        db.session.execute(update(Grant).values(rotated_at=now() - timedelta(days=2)))
        db.session.execute(update(Removal).values(due_at=now() - timedelta(days=1)))
        db.session.commit()
        upkeep.end_unused()
        db.session.commit()
        upkeep.deliver_removals()


def revocations(provider: Hostile) -> list[bytes]:
    return [body for path, body in provider.received if path == "POST /connect/revocation"]


def test_a_consent_that_no_connection_needs_is_ended_at_xero(
    app: Flask, client: Client, provider: Hostile
) -> None:
    provider.connections = lambda h: said([])
    come_back(client, provider)
    assert count(app, Connection) == 0

    two_days_pass(app)

    assert len(revocations(provider)) == 1
    assert the_only(app, Removal).status == "delivered"
    assert sealed_columns(app) == [None] * 4


def test_it_is_ended_later_when_xero_is_busy(app: Flask, client: Client, provider: Hostile) -> None:
    provider.connections = lambda h: said([])
    come_back(client, provider)
    provider.revoking = lambda h: Reply(b"", "503 Service Unavailable")
    two_days_pass(app)
    assert the_only(app, Grant).refresh_sealed is None
    assert the_only(app, Removal).status == "pending"

    provider.revoking = None
    two_days_pass(app)

    assert len(revocations(provider)) == 2
    assert the_only(app, Removal).status == "delivered"


def test_a_consent_that_is_used_after_all_is_kept(
    app: Flask, client: Client, provider: Hostile
) -> None:
    """Xero could not be told for a while, and meanwhile the reader came again."""
    provider.connections = lambda h: said([])
    come_back(client, provider)
    provider.revoking = lambda h: Reply(b"", "503 Service Unavailable")
    two_days_pass(app)
    provider.connections = provider.revoking = None
    provider.received.clear()

    come_back(client, provider)
    two_days_pass(app)

    assert revocations(provider) == []
    assert the_only(app, Connection).status == "active"


def test_a_consent_that_is_used_is_left_alone(
    app: Flask, client: Client, provider: Hostile
) -> None:
    come_back(client, provider)

    two_days_pass(app)

    assert count(app, Removal) == 0
    assert the_only(app, Grant).status == "ok"
