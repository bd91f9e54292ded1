"""Votes: a row for each person and article, counted and never adjusted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, UtcDateTime, new_id


class Vote(Table):
    """What one voter says of one article; `value` is 1 for helpful and -1 for not helpful."""

    __tablename__ = "vote"
    __table_args__ = (
        UniqueConstraint("article_id", "voter"),
        CheckConstraint("value IN (-1, 1)", name="value_is_up_or_down"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("article.id"))
    voter: Mapped[str] = mapped_column(String(70), index=True)
    value: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
