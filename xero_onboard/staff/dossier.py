"""Everything that is known of one connection, login or customer, for the page about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from xero_onboard.accounts import customers
from xero_onboard.accounts.customers import Colleague
from xero_onboard.accounts.models import Customer
from xero_onboard.connect.models import Attempt, Connection, Grant, Removal, Stray
from xero_onboard.connect.state import OVERDUE
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.staff.filters import environment
from xero_onboard.staff.finding import (
    AttemptRow,
    ConnectionRow,
    attempt_rows,
    connection_rows,
)
from xero_onboard.staff.timeline import Story, story_of

SHOWN = 20
# More than anybody has; what goes beyond is found by looking for it.
MOST = 200


class Unknown(LookupError):
    """Nothing of this kind has this id here."""


@dataclass(frozen=True)
class Life:
    """How a login's consent lives: what was renewed when, and until when it holds."""

    id: UUID
    status: str
    reason: str | None
    scopes: tuple[str, ...]
    version: int
    created_at: datetime
    rotated_at: datetime
    is_overdue: bool
    next_refresh_at: datetime
    refresh_expires_at: datetime
    failures: int
    is_refreshing: bool


@dataclass(frozen=True)
class RemovalRow:
    """What Xero was or has still to be told of."""

    status: str
    tries: int
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class ConnectionDossier:
    """One connection, its login's life, what was done with it and what came of it."""

    row: ConnectionRow
    reason: str | None
    country: str | None
    tenant_id: str
    connected_by: str | None
    paused_at: datetime | None
    ended_at: datetime | None
    is_selected: bool
    is_live: bool
    life: Life
    removals: tuple[RemovalRow, ...]
    stories: tuple[Story, ...]


@dataclass(frozen=True)
class StrayRow:
    """What Xero lists for a login and nobody uses here."""

    remote_id: str
    name: str
    tenant_id: str
    found_at: datetime


@dataclass(frozen=True)
class LoginDossier:
    """One login at Xero: its life, what it holds here, and what Xero lists for it besides."""

    life: Life
    connections: tuple[ConnectionRow, ...]
    strays: tuple[StrayRow, ...]
    removals: tuple[RemovalRow, ...]


@dataclass(frozen=True)
class CustomerDossier:
    """One customer, its people, and all it has connected or tried to."""

    id: UUID
    name: str
    created_at: datetime
    closed_at: datetime | None
    people: tuple[Colleague, ...]
    # Of whom one must be chosen, because nobody can administer the customer any more.
    heirs: tuple[Colleague, ...]
    connections: tuple[ConnectionRow, ...]
    attempts: tuple[AttemptRow, ...]


def connection(connection_id: UUID) -> ConnectionDossier:
    """Everything about a connection; raises Unknown."""
    found = connection_of(connection_id)
    grant = db.session.get_one(Grant, found.grant_id)
    is_about = or_(Attempt.connection_id == found.id, Attempt.expected_id == found.id)
    return ConnectionDossier(
        row=connection_rows(Connection.id == found.id)[0],
        reason=found.reason,
        country=found.country,
        tenant_id=found.tenant_id,
        connected_by=found.connected_by,
        paused_at=found.paused_at,
        ended_at=found.ended_at,
        is_selected=found.is_selected,
        is_live=found.is_live,
        life=_life(grant),
        removals=_removals(Removal.connection_id == found.id),
        stories=_stories(is_about),
    )


def login(grant_id: UUID) -> LoginDossier:
    """Everything about a login at Xero; raises Unknown."""
    grant = grant_of(grant_id)
    strays = select(Stray).where(Stray.grant_id == grant_id).order_by(Stray.name, Stray.remote_id)
    return LoginDossier(
        life=_life(grant),
        connections=tuple(connection_rows(Connection.grant_id == grant_id, size=MOST)),
        strays=tuple(
            StrayRow(row.remote_id, row.name, row.tenant_id, row.found_at)
            for row in db.session.scalars(strays)
        ),
        removals=_removals(Removal.grant_id == grant_id),
    )


def customer(customer_id: UUID) -> CustomerDossier:
    """Everything about a customer; raises Unknown."""
    found = db.session.get(Customer, customer_id)
    if found is None:
        raise Unknown(customer_id)
    is_its = or_(Attempt.owner_customer_id == customer_id, Attempt.customer_id == customer_id)
    return CustomerDossier(
        id=found.id,
        name=found.name,
        created_at=found.created_at,
        closed_at=found.closed_at,
        people=customers.colleagues(customer_id),
        heirs=customers.heirs(customer_id),
        connections=tuple(connection_rows(Connection.customer_id == customer_id, size=MOST)),
        attempts=tuple(attempt_rows(is_its, size=SHOWN)[:SHOWN]),
    )


def attempt(attempt_id: UUID) -> Story:
    """One attempt, moment by moment; raises Unknown."""
    found = db.session.get(Attempt, attempt_id)
    if found is None or found.environment != environment():
        raise Unknown(attempt_id)
    return story_of(found)


def connection_of(connection_id: UUID) -> Connection:
    """The connection with this id; raises Unknown, also for one of another environment."""
    found = db.session.get(Connection, connection_id)
    if found is None or found.environment != environment():
        raise Unknown(connection_id)
    return found


def grant_of(grant_id: UUID) -> Grant:
    """The login with this id; raises Unknown, also for one of another environment."""
    found = db.session.get(Grant, grant_id)
    if found is None or found.environment != environment():
        raise Unknown(grant_id)
    return found


def _life(grant: Grant) -> Life:
    return Life(
        id=grant.id,
        status=grant.status,
        reason=grant.reason,
        scopes=tuple(grant.scopes.split()),
        version=grant.version,
        created_at=grant.created_at,
        rotated_at=grant.rotated_at,
        is_overdue=grant.status == "ok" and grant.rotated_at < now() - OVERDUE,
        next_refresh_at=grant.next_refresh_at,
        refresh_expires_at=grant.refresh_expires_at,
        failures=grant.failures,
        is_refreshing=grant.lease_owner is not None,
    )


def _removals(condition: ColumnElement[bool]) -> tuple[RemovalRow, ...]:
    query = select(Removal).where(condition).order_by(Removal.created_at.desc()).limit(SHOWN)
    return tuple(
        RemovalRow(row.status, row.tries, row.created_at, row.due_at, row.finished_at)
        for row in db.session.scalars(query)
    )


def _stories(condition: ColumnElement[bool]) -> tuple[Story, ...]:
    query = select(Attempt).where(condition).order_by(Attempt.started_at.desc()).limit(SHOWN)
    found: Sequence[Attempt] = db.session.scalars(query).all()
    return tuple(story_of(row) for row in found)
