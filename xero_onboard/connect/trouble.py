"""What only the operator can mend, from what the provider answers and what readers saw there.

While the provider refuses us ourselves, nobody is sent to it: Connect is closed and says so. Who
tries after a few minutes tries for all, because only an answer shows that it has been put right.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from xero_onboard.connect.providers import current_provider
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import Table, UtcDateTime, db
from xero_onboard.lib.web import settings

# What the provider itself told us, and so no reader can bring about.
CLIENT_REFUSED = "client_refused"
CLOCKS_APART = "clocks_apart"
TOLD_BY_PROVIDER = (CLIENT_REFUSED, CLOCKS_APART)
# What a reader brought or saw: worth a look, but anybody can say so.
AUTHORIZE_REFUSED = "authorize_refused"
REPORTED = ("saw_error_page", "saw_limit")

CLOSED_FOR = timedelta(minutes=5)
KEEP = timedelta(days=30)


class Trouble(Table):
    """One cause of trouble with one set-up at the provider; `setup` is a digest of that."""

    __tablename__ = "trouble"

    environment: Mapped[str] = mapped_column(String(10), primary_key=True)
    cause: Mapped[str] = mapped_column(String(30), primary_key=True)
    setup: Mapped[str] = mapped_column(String(64), primary_key=True)
    detail: Mapped[str] = mapped_column(String(200))
    count: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def note(cause: str, detail: str) -> None:
    """Count one more of a cause of trouble; it is kept when the caller's work is."""
    if _count(cause, detail):
        return
    try:
        with db.session.begin_nested():
            db.session.add(Trouble(**_key(cause), detail=detail[:200]))
    except IntegrityError:
        _count(cause, detail)


def is_closed() -> bool:
    """Whether the provider has just refused us with the set-up that we have now."""
    key = _key(CLIENT_REFUSED)
    recent = Trouble.last_at > now() - CLOSED_FOR
    return bool(
        db.session.scalar(
            select(exists().where(*(getattr(Trouble, name) == key[name] for name in key), recent))
        )
    )


def is_over(*causes: str) -> None:
    """The provider has shown that these are mended."""
    environment = current_provider().facts.environment
    db.session.execute(
        delete(Trouble).where(Trouble.environment == environment, Trouble.cause.in_(causes))
    )


def of_late() -> Sequence[Trouble]:
    """Every cause of the last days, the newest first."""
    query = select(Trouble).where(
        Trouble.environment == current_provider().facts.environment,
        Trouble.last_at > now() - KEEP,
    )
    return db.session.scalars(query.order_by(Trouble.last_at.desc())).all()


def of_this_setup() -> Sequence[Trouble]:
    """Those that the set-up we have now ran into; what was changed meanwhile may have mended the others."""
    return [row for row in of_late() if row.setup == _key(row.cause)["setup"]]


def forget_old() -> None:
    """Delete what has not come again for long."""
    db.session.execute(delete(Trouble).where(Trouble.last_at < now() - KEEP))


def _count(cause: str, detail: str) -> bool:
    key = tuple(_key(cause).values())
    row = db.session.get(Trouble, key, populate_existing=True, with_for_update=True)
    if row is None:
        return False
    row.count, row.last_at, row.detail = row.count + 1, now(), detail[:200]
    return True


def _key(cause: str) -> dict[str, str]:
    xero = settings().xero
    setup = digest(" ".join((xero.client_id, xero.client_secret, *xero.scopes)))
    return {
        "environment": current_provider().facts.environment,
        "cause": cause,
        "setup": setup,
    }
