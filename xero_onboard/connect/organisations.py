"""Which organisation a reader has just allowed, and whose it becomes; never simply the first of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, exists, or_, select, update

from xero_onboard.connect import signals
from xero_onboard.connect.models import (
    ENDED,
    WORKING,
    Attempt,
    Candidate,
    Connection,
    Grant,
    Removal,
)
from xero_onboard.connect.providers.base import ListedOrganisation
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Owner

# How far the provider's clock and ours may differ.
SKEW = timedelta(minutes=2)


class HeldElsewhere(Exception):
    """The organisation belongs to another customer, who must not be named."""

    def __init__(self, organisation: str) -> None:
        super().__init__(organisation)
        self.organisation = organisation


@dataclass(frozen=True)
class Actor:
    """On whose behalf an organisation is connected, and who did it, as the provider calls them.

    `is_owner` is false for one who came by a link, and need have no account here.
    """

    owner: Owner
    name: str | None
    is_owner: bool = True

    @property
    def user_id(self) -> UUID | None:
        return self.owner.user_id if self.is_owner else None


@dataclass(frozen=True)
class Bound:
    """A connection that an organisation has been given, how that went, and whose login it had before."""

    connection: Connection
    code: str
    taken_from: UUID | None = None


def just_allowed(
    listed: Sequence[ListedOrganisation], event_id: str | None, attempt: Attempt
) -> list[ListedOrganisation]:
    """The organisations of this press of the button, as far as the provider lets us know.

    The provider lists all that the login ever connected. Its event id is the best evidence; for an
    organisation that was connected before it may be missing, and then what changed since we looked
    last, or since the attempt began, must tell.
    """
    proven = of_event(listed, event_id)
    if proven:
        return proven
    return [row for row in listed if _has_changed(row, attempt)]


def of_event(
    listed: Sequence[ListedOrganisation], event_id: str | None
) -> list[ListedOrganisation]:
    """The organisations of which the provider says that they were allowed in this very trip."""
    return [row for row in listed if event_id is not None and row.event_id == event_id]


def _has_changed(row: ListedOrganisation, attempt: Attempt) -> bool:
    if row.updated_at is not None and row.updated_at >= attempt.started_at - SKEW:
        return True
    snapshot = attempt.snapshot
    if snapshot is None or snapshot["grant"] != str(attempt.grant_id):
        return False
    return bool(snapshot["seen"].get(row.connection_id) != _written(row.updated_at))


def seen(listed: Sequence[ListedOrganisation]) -> dict[str, str | None]:
    """What is remembered of a list until the reader comes back."""
    return {row.connection_id: _written(row.updated_at) for row in listed}


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def bind(grant: Grant, chosen: Candidate, actor: Actor, *, takes_over: bool = False) -> Bound:
    """Make the organisation the customer's and say how it went, as an outcome's code.

    What works with another login stays with it, unless the reader `takes_over`. Raises HeldElsewhere.
    Needs a writing transaction; rings `connected` when the connection is new or works again, and
    `taken_over` when it goes on with the login of somebody else.
    """
    if _is_held_elsewhere(grant.environment, chosen.tenant_id, actor.owner.customer_id):
        raise HeldElsewhere(chosen.name)
    connection = connection_to(grant.environment, chosen.tenant_id, actor.owner.customer_id)
    code = _code(connection)
    if connection is not None and code == "already_connected" and connection.grant_id != grant.id:
        # Another login of the same customer: what works is not moved to it behind anybody's back.
        if not takes_over:
            return Bound(connection, code)
        code = "taken_over"
    taken_from = _taken_from(connection, grant, actor, code)
    connection = connection or _new(grant, chosen, actor)
    if code == "connected":
        connection.connected_at, connection.ended_at = now(), None
        connection.paused_at = None
    _attach(connection, grant, chosen)
    if code != "already_connected":
        _note_news(connection, actor, code, taken_from)
    if taken_from is not None and actor.is_owner:
        code = "taken_over"
    if code == "connected" and _has_others(connection):
        code = "connected_another"
    return Bound(connection, code, taken_from)


def of_another_login(grant: Grant, chosen: Candidate, owner: Owner) -> Connection | None:
    """The customer's connection to this organisation, if it works but by another consent."""
    connection = connection_to(grant.environment, chosen.tenant_id, owner.customer_id)
    if connection is None or _code(connection) != "already_connected":
        return None
    return connection if connection.grant_id != grant.id else None


def select_only(connection: Connection) -> None:
    """Make this the organisation that the customer works with."""
    db.session.execute(
        update(Connection)
        .where(
            Connection.environment == connection.environment,
            Connection.customer_id == connection.customer_id,
            Connection.is_selected,
        )
        .values(is_selected=False)
    )
    connection.is_selected = True
    db.session.flush()


def select_if_none(connection: Connection) -> None:
    """Make this the organisation to work with, unless the customer has chosen another."""
    has_choice = select(
        exists().where(
            Connection.environment == connection.environment,
            Connection.customer_id == connection.customer_id,
            Connection.is_selected,
        )
    )
    if not db.session.scalar(has_choice):
        select_only(connection)


def own_tenants(environment: str, customer_id: UUID) -> set[str]:
    """The organisations this customer has connected and that work."""
    query = select(Connection.tenant_id).where(
        Connection.environment == environment,
        Connection.customer_id == customer_id,
        Connection.status.in_(WORKING),
    )
    return set(db.session.scalars(query))


def connection_to(environment: str, tenant_id: str, customer_id: UUID) -> Connection | None:
    """The customer's connection to this organisation, ended or not."""
    return db.session.scalar(
        select(Connection).where(
            Connection.environment == environment,
            Connection.customer_id == customer_id,
            Connection.tenant_id == tenant_id,
        )
    )


def end_if_removed(connection_id: UUID) -> None:
    """Write down that a connection is gone at the provider too, if nothing of it waits to be removed.

    Each login that it was ever connected with may have left something.
    """
    waits = exists().where(Removal.connection_id == connection_id, Removal.status == "pending")
    db.session.execute(
        update(Connection)
        .where(Connection.id == connection_id, Connection.status == "disconnecting", ~waits)
        .values(status="disconnected")
    )


def _attach(connection: Connection, grant: Grant, chosen: Candidate) -> None:
    connection.grant_id = grant.id
    connection.remote_id = chosen.remote_id
    connection.name, connection.country = chosen.name, chosen.country or connection.country
    connection.status, connection.reason = "active", None
    connection.is_untold, connection.warned_days = False, 0
    connection.checked_at = now()
    db.session.flush()
    _withdraw_removals(connection)


def _withdraw_removals(connection: Connection) -> None:
    """Have nothing taken away that was just given again, whoever wanted to be rid of it.

    The provider has one id for what a login allowed, whichever customer of ours it was for: the
    removal may be that of another, whose connection then ends without it. What another login allowed
    has an id of its own, and is removed for all that.
    """
    is_of_this_login = and_(
        Removal.connection_id == connection.id, Removal.grant_id == connection.grant_id
    )
    withdrawn = db.session.scalars(
        update(Removal)
        .where(
            Removal.environment == connection.environment,
            Removal.status == "pending",
            or_(is_of_this_login, Removal.remote_id == connection.remote_id),
        )
        .values(status="withdrawn", access_sealed=None, refresh_sealed=None, finished_at=now())
        .returning(Removal.connection_id)
    ).all()
    for connection_id in {each for each in withdrawn if each is not None}:
        end_if_removed(connection_id)


def _code(connection: Connection | None) -> str:
    if connection is None or not connection.is_live:
        return "connected"
    return "already_connected" if connection.status == "active" else "reconnected"


def _new(grant: Grant, chosen: Candidate, actor: Actor) -> Connection:
    connection = Connection(
        environment=grant.environment,
        provider=grant.provider,
        customer_id=actor.owner.customer_id,
        tenant_id=chosen.tenant_id,
    )
    db.session.add(connection)
    return connection


def _note_news(connection: Connection, actor: Actor, code: str, taken_from: UUID | None) -> None:
    """Write down whose login it has now, and tell the floors above."""
    connection.connected_by_id, connection.connected_by = actor.user_id, actor.name
    signals.connected.send(connection)
    audit.record(
        "connected",
        actor=actor.owner.user_id,
        customer=connection.customer_id,
        subject=f"connection:{connection.id}",
        how=code,
    )
    if taken_from is not None:
        signals.taken_over.send(connection, from_user=taken_from, by=actor)
        audit.record(
            "connection_taken_over",
            actor=actor.owner.user_id,
            customer=connection.customer_id,
            subject=f"connection:{connection.id}",
        )


def _taken_from(
    connection: Connection | None, grant: Grant, actor: Actor, code: str
) -> UUID | None:
    """Whose login the organisation was connected with, if it is another person's from now on."""
    if connection is None or code not in ("reconnected", "taken_over"):
        return None
    before = connection.connected_by_id
    return before if connection.grant_id != grant.id and before != actor.user_id else None


def _is_held_elsewhere(environment: str, tenant_id: str, customer_id: UUID) -> bool:
    query = select(
        exists().where(
            Connection.environment == environment,
            Connection.tenant_id == tenant_id,
            Connection.customer_id != customer_id,
            Connection.status.not_in(ENDED),
        )
    )
    return bool(db.session.scalar(query))


def _has_others(connection: Connection) -> bool:
    query = select(
        exists().where(
            Connection.environment == connection.environment,
            Connection.customer_id == connection.customer_id,
            Connection.id != connection.id,
            Connection.status.not_in(ENDED),
        )
    )
    return bool(db.session.scalar(query))
