"""The app's connections to organisations, each made through one person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from xero_onboard.lib import clock
from xero_onboard.sandbox import unknowns
from xero_onboard.sandbox.models import Connection, Membership
from xero_onboard.sandbox.store import store


def of(person_id: UUID) -> list[Connection]:
    """The person's connections, the oldest first: the newest is not at the front, nor is it at Xero."""
    return list(
        store.session.scalars(
            select(Connection)
            .where(Connection.person_id == person_id)
            .where(Connection.disconnected_at.is_(None))
            .order_by(Connection.created_at, Connection.id)
        )
    )


def connect(person_id: UUID, organisation_id: UUID, event_id: UUID) -> Connection:
    """Make the connection, or the one there once was again: it keeps its id and its first date."""
    connection = store.session.scalar(
        select(Connection)
        .where(Connection.person_id == person_id)
        .where(Connection.organisation_id == organisation_id)
    )
    now = clock.now()
    if connection is None:
        connection = Connection(
            person_id=person_id, organisation_id=organisation_id, created_at=now
        )
        store.session.add(connection)
    connection.auth_event_id = event_id
    connection.updated_at = now
    connection.disconnected_at = None
    return connection


def mark(passed: Sequence[Connection], event_id: UUID) -> None:
    """Leave of a press of "Continue" what Xero leaves of it, which nobody knows for certain."""
    marks = unknowns.answer("continue")
    if marks == "unmatched":
        return
    # In one report it was not the organisation that was continued with, but another one, that moved.
    for connection in passed[:1] if marks == "another" else passed:
        connection.updated_at = clock.now()
        if marks == "matched":
            connection.auth_event_id = event_id


def disconnect(person_id: UUID, connection_id: str) -> Connection | None:
    """End one of the person's connections and return it; None when they have no such connection."""
    for connection in of(person_id):
        if str(connection.id) == connection_id.lower():
            connection.disconnected_at = clock.now()
            return connection
    return None


def disconnect_organisation(person_id: UUID, organisation_id: UUID) -> bool:
    """End the person's connection to this organisation; whether there was one."""
    theirs = [each for each in of(person_id) if each.organisation_id == organisation_id]
    for connection in theirs:
        connection.disconnected_at = clock.now()
    return bool(theirs)


def disconnect_all(person_id: UUID) -> None:
    """End all of the person's connections."""
    for connection in of(person_id):
        connection.disconnected_at = clock.now()


def find(person_id: UUID, connection_id: str | None) -> Connection | None:
    """One of the person's connections, also when it has ended."""
    if connection_id is None:
        return None
    everything = select(Connection).where(Connection.person_id == person_id)
    for connection in store.session.scalars(everything):
        if str(connection.id) == connection_id:
            return connection
    return None


def usable(person_id: UUID, tenant_id: str | None) -> Connection | None:
    """The connection that lets this person's app call this organisation, while their role does."""
    for connection in of(person_id):
        if str(connection.organisation_id) == (tenant_id or "").lower():
            membership = store.session.get(Membership, (person_id, connection.organisation_id))
            is_open = connection.organisation.condition != "closed"
            return connection if is_open and membership and membership.may_authorise else None
    return None


def as_json(connection: Connection) -> dict[str, str]:
    """One entry of GET /connections, fields in Xero's order."""
    return {
        "id": str(connection.id),
        "authEventId": str(connection.auth_event_id),
        "tenantId": str(connection.organisation_id),
        "tenantType": "ORGANISATION",
        "tenantName": connection.organisation.name,
        "createdDateUtc": _seven_digits(connection.created_at),
        "updatedDateUtc": _seven_digits(connection.updated_at),
    }


def _seven_digits(moment: datetime) -> str:
    """Xero writes seven fractional digits and no zone."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}0"
