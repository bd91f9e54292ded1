"""Having customers told which of their connections end soon, and which have stopped: each once.

That it is owed stands on the connection, and is taken away with the letters in one transaction. So
nothing is lost or said twice, whoever dies, and one letter tells of all that stopped at the same time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from blinker import Signal
from sqlalchemy import Select, and_, or_, select

# Imported first, so that its look at the logins comes before the telling of what it found.
from xero_onboard.connect import installation, signals, upkeep  # noqa: F401
from xero_onboard.connect.models import WORKING, Connection, Grant
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.sentences import sentence_of
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.jobs import every

BATCH = 100
# Of the 60 days that Xero gives; a renewal a day starts them anew, so each of these is a fault.
WARN_AFTER = (45, 55)
_STOPPED = ("needs_reauth", "org_unavailable")


@dataclass(frozen=True)
class Notice:
    """One organisation, and what is said of its connection."""

    organisation: str
    sentence: str
    ends_at: datetime


@every(60.0, "tell of connections that end or have stopped")
def tell() -> bool:
    """Have customers told what they have to know and were not told; whether there may be more."""
    if installation.must_rest():
        # A copy must not write to the customers of the site it was copied from.
        return False
    ending = _rows(_ending())
    for connection, grant in ending:
        connection.warned_days = max(
            days for days in WARN_AFTER if grant.rotated_at <= now() - timedelta(days=days)
        )
    stopped = _rows(_stopped())
    for connection, _ in stopped:
        connection.is_untold = False
    _ring(signals.ending, ending)
    _ring(signals.stopped, stopped)
    return BATCH in (len(ending), len(stopped))


def _ending() -> Select[Connection, Grant]:
    crossed = (
        and_(Grant.rotated_at <= now() - timedelta(days=days), Connection.warned_days < days)
        for days in WARN_AFTER
    )
    return _unpaused().where(
        Connection.status.in_(WORKING),
        Grant.status == "ok",
        Grant.refresh_expires_at > now(),
        or_(*crossed),
    )


def _stopped() -> Select[Connection, Grant]:
    return _unpaused().where(Connection.status.in_(_STOPPED), Connection.is_untold)


def _unpaused() -> Select[Connection, Grant]:
    """What is paused is not told of before it is resumed."""
    return (
        select(Connection, Grant)
        .join(Grant, Grant.id == Connection.grant_id)
        .where(
            Connection.environment == current_provider().facts.environment,
            Connection.paused_at.is_(None),
        )
    )


def _rows(query: Select[Connection, Grant]) -> Sequence[tuple[Connection, Grant]]:
    """The first of them, customer by customer, for us alone."""
    ordered = query.order_by(Connection.customer_id, Connection.name, Connection.id).limit(BATCH)
    # Two workers on PostgreSQL share the work.
    held = ordered.with_for_update(of=Connection, skip_locked=True)
    found = db.session.execute(held.execution_options(populate_existing=True))
    return [(connection, grant) for connection, grant in found]


def _ring(signal: Signal, rows: Sequence[tuple[Connection, Grant]]) -> None:
    for customer_id, theirs in groupby(rows, key=lambda row: row[0].customer_id):
        signal.send(customer_id, notices=[_notice(*row) for row in theirs])


def _notice(connection: Connection, grant: Grant) -> Notice:
    sentence = sentence_of(connection.status, connection.reason)
    return Notice(connection.name, sentence, grant.refresh_expires_at)
