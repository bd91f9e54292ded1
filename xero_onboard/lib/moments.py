"""When something became news, so that whoever tells of what is new since the last time passes nothing over.

On PostgreSQL a transaction may be committed long after it has taken its moment; news with a moment that was looked
past meanwhile would never be told. So whoever takes one keeps it taken until they commit, and whoever tells looks as far
as a moment at which nobody has one. On SQLite a writer is alone anyway.
"""

from datetime import datetime

from sqlalchemy import func, select

from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

_NAME = "moments of news"


def becomes_news() -> datetime:
    """The moment of what is committed with this transaction; others may take theirs beside it."""
    if _is_shared():
        db.session.execute(select(func.pg_advisory_xact_lock_shared(_key())))
    return now()


def settled_until() -> datetime | None:
    """A moment before which no more news can be committed; none while somebody is about to.

    Whoever becomes news waits from here until we commit, and we never wait for them: a sync may take long.
    """
    if _is_shared() and not db.session.scalar(select(func.pg_try_advisory_xact_lock(_key()))):
        return None
    return now()


def _is_shared() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def _key() -> object:
    return func.hashtextextended(_NAME, 0)
