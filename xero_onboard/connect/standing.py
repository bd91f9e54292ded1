"""How connections stand, after the provider has told us what a login can still reach."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select, update

from xero_onboard.connect import signals
from xero_onboard.connect.models import ENDED, Attempt, Connection, Grant
from xero_onboard.connect.providers.base import ListedOrganisation
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

CLOSED = "organisation_closed"


def reconcile(
    grant: Grant,
    listed: Sequence[ListedOrganisation],
    *,
    as_of: datetime,
    is_open: Mapping[str, bool] = MappingProxyType({}),
) -> None:
    """Bring every connection of a grant into line with what the provider listed for it then.

    An organisation that is missing does not make the grant bad, nor the others unreachable. What
    `is_open` says of an organisation it said itself: one that turned us away does not open because
    the list still names it. Call it with a grant that is held.
    """
    found = {row.tenant_id: row for row in listed}
    for connection in _live(grant):
        if _was_seen_since(connection, as_of):
            continue
        connection.checked_at = now()
        row = found.get(connection.tenant_id)
        if row is None:
            lose(connection, "organisation_gone")
        elif not is_open.get(connection.tenant_id, connection.reason != CLOSED):
            lose(connection, CLOSED)
        else:
            connection.remote_id, connection.name = row.connection_id, row.name
            recover(connection)
            _confirm_attempt(connection)


def recover(connection: Connection) -> None:
    """The connection works; rings `connected` if it did not before."""
    was_broken = connection.status in ("needs_reauth", "org_unavailable")
    connection.status, connection.reason = "active", None
    connection.is_untold, connection.warned_days = False, 0
    if was_broken:
        signals.connected.send(connection)
        audit.record(
            "connection_restored",
            customer=connection.customer_id,
            subject=f"connection:{connection.id}",
        )


def lose(connection: Connection, reason: str) -> None:
    """The organisation is out of reach though the login is fine; rings `needs_reauth` once."""
    was_lost = connection.status == "org_unavailable"
    connection.status, connection.reason = "org_unavailable", reason
    if not was_lost:
        connection.is_untold = True
        signals.needs_reauth.send(connection)
        audit.record(
            "reconnect_needed",
            customer=connection.customer_id,
            subject=f"connection:{connection.id}",
            reason=reason,
        )


def _confirm_attempt(connection: Connection) -> None:
    """Whoever connected it has now got all they came for: it is there when it is looked for later."""
    db.session.execute(
        update(Attempt)
        .where(Attempt.connection_id == connection.id, Attempt.confirmed_at.is_(None))
        .values(confirmed_at=now())
        .execution_options(synchronize_session=False)
    )


def turned_away(grant_id: UUID) -> set[str]:
    """The organisations that are listed for this login, but closed to it when they were asked."""
    query = select(Connection.tenant_id).where(
        Connection.grant_id == grant_id,
        Connection.status == "org_unavailable",
        Connection.reason == CLOSED,
    )
    return set(db.session.scalars(query))


def connected(grant_id: UUID) -> set[str]:
    """Every organisation that a customer has connected by this login, whatever became of it."""
    query = select(Connection.tenant_id).where(
        Connection.grant_id == grant_id, Connection.status.not_in(ENDED)
    )
    return set(db.session.scalars(query))


def degrade(grant: Grant, *, as_of: datetime) -> None:
    """The provider has not answered: what worked is kept and shown as waiting. For a grant that is held."""
    for connection in _live(grant):
        if connection.status == "active" and not _was_seen_since(connection, as_of):
            connection.status, connection.reason = "degraded", "provider_slow"


def _was_seen_since(connection: Connection, moment: datetime) -> bool:
    """Connected or looked at while we were asking: that is the later news."""
    return connection.checked_at is not None and connection.checked_at > moment


def _live(grant: Grant) -> Sequence[Connection]:
    query = select(Connection).where(
        Connection.grant_id == grant.id,
        Connection.environment == grant.environment,
        Connection.status.not_in(ENDED),
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).all()
