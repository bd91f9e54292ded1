"""How connections stand, after the provider has told us what a login can still reach."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from xero_onboard.connect import signals
from xero_onboard.connect.models import ENDED, Connection, Grant
from xero_onboard.connect.providers.base import ListedOrganisation
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db


def reconcile(
    grant: Grant,
    listed: Sequence[ListedOrganisation],
    *,
    as_of: datetime,
    closed: frozenset[str] = frozenset(),
) -> None:
    """Bring every connection of a grant into line with what the provider listed for it then.

    An organisation that is missing does not make the grant bad, nor the others unreachable.
    """
    found = {row.tenant_id: row for row in listed if row.tenant_id not in closed}
    for connection in _live(grant):
        if connection.checked_at is not None and connection.checked_at > as_of:
            # Connected or looked at while we were asking: that is the later news.
            continue
        connection.checked_at = now()
        row = found.get(connection.tenant_id)
        if row is None:
            lose(connection)
        else:
            connection.remote_id, connection.name = row.connection_id, row.name
            recover(connection)


def recover(connection: Connection) -> None:
    """The connection works; rings `connected` if it did not before."""
    was_broken = connection.status in ("needs_reauth", "org_unavailable")
    connection.status, connection.reason = "active", None
    if was_broken:
        signals.connected.send(connection)


def lose(connection: Connection) -> None:
    """The organisation is out of reach though the login is fine; rings `needs_reauth` once."""
    if connection.status == "org_unavailable":
        return
    connection.status, connection.reason = "org_unavailable", "organisation_gone"
    signals.needs_reauth.send(connection)


def degrade(grant: Grant) -> None:
    """The provider is not answering: what worked is kept and shown as waiting."""
    for connection in _live(grant):
        if connection.status == "active":
            connection.status, connection.reason = "degraded", "provider_slow"


def _live(grant: Grant) -> Sequence[Connection]:
    query = select(Connection).where(
        Connection.grant_id == grant.id,
        Connection.environment == grant.environment,
        Connection.status.not_in(ENDED),
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).all()
