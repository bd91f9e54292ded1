"""The log itself, which is never changed, and who was at the other end, which is forgotten."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from xero_onboard.lib.db import Table, UtcDateTime

Detail = str | int | bool | None


class Entry(Table):
    """One thing that was done; triggers of the database refuse to change or delete it.

    Without foreign keys: the log outlives whom and what it speaks of. That no two entries have the
    same `previous` means that the chain cannot fork, whoever writes to it.
    """

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("previous"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    event: Mapped[str] = mapped_column(String(40), index=True)
    actor_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    customer_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    subject: Mapped[str | None] = mapped_column(String(100), index=True)
    details: Mapped[dict[str, Detail]] = mapped_column(JSON)
    request_id: Mapped[str | None] = mapped_column(String(32))
    visitor_digest: Mapped[str | None] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Visit(Table):
    """The address and browser behind an entry, in clear for as long as they help to find an intruder."""

    __tablename__ = "audit_visitor"

    number: Mapped[int] = mapped_column(ForeignKey("audit.number"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(300))
