"""What the site itself did and found out, and what people confirmed of its set-up."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, UtcDateTime


class AuditCheck(Table):
    """The last walk over the whole audit log; the one row there is."""

    __tablename__ = "audit_check"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int] = mapped_column(BigInteger)
    last_hash: Mapped[str] = mapped_column(String(64))
    broken_number: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(String(200))


class DigestRound(Table):
    """When the weekly digest went out last; the one row there is."""

    __tablename__ = "digest_round"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Confirmation(Table):
    """An administrator's word that a checkpoint is met, which no machine can see; one for each.

    Whose word it is stands in the audit log.
    """

    __tablename__ = "confirmation"

    checkpoint: Mapped[str] = mapped_column(String(4), primary_key=True)
    note: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
