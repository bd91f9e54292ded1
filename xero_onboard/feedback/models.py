"""Votes, a row for each person and article, counted and never adjusted; and what readers say in words."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, UtcDateTime, new_id

LONGEST_NAME = 200


class Where:
    """Where a reader was when they said something, as far as it is known: columns of several tables.

    `standing` is how their connection was shown to them, `query` what they had searched for here, and
    `referrer` the page before: a path of ours, or no more than the host of another site.
    """

    revision: Mapped[int | None]
    locale: Mapped[str | None] = mapped_column(String(12))
    referrer: Mapped[str | None] = mapped_column(String(300))
    query: Mapped[str | None] = mapped_column(String(200))
    standing: Mapped[str | None] = mapped_column(String(20))


class Vote(Where, Table):
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


class EarlierVotes(Table):
    """What readers said of an article where it was before it came here; never changed by a vote."""

    __tablename__ = "earlier_votes"
    __table_args__ = (
        CheckConstraint("0 <= helpful AND helpful <= total", name="helpful_is_a_part"),
    )

    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("article.id"), primary_key=True)
    helpful: Mapped[int]
    total: Mapped[int]


class Remark(Where, Table):
    """What a reader says of an article in words: why they voted as they did, or a problem with the page.

    One that explains a vote goes with the vote. `note` and `assignee_id` are the support staff's.
    """

    __tablename__ = "remark"
    __table_args__ = (
        CheckConstraint("kind IN ('up', 'down', 'problem')", name="kind_is_known"),
        CheckConstraint("status IN ('new', 'open', 'done', 'dismissed')", name="status_is_known"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(10))
    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("article.id"), index=True)
    vote_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("vote.id", ondelete="CASCADE"), unique=True
    )
    voter: Mapped[str | None] = mapped_column(String(70), index=True)
    reason: Mapped[str | None] = mapped_column(String(20))
    words: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10), default="new", index=True)
    note: Mapped[str | None] = mapped_column(Text)
    assignee_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("user.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


# Without vowels, so that no word comes of it, and without what looks like something else.
_REFERENCE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """What a request is called on its page and in mail, such as R-7F3K-9MQX."""
    drawn = "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(8))
    return f"R-{drawn[:4]}-{drawn[4:]}"


class HelpRequest(Table):
    """What somebody asks the support staff.

    `status`: unconfirmed (nobody has opened the mailed link) -> open -> waiting (for the one who
    asked) -> solved. What it tells of where they were, they have seen before they sent it.
    """

    __tablename__ = "help_request"
    __table_args__ = (
        CheckConstraint(
            "status IN ('unconfirmed', 'open', 'waiting', 'solved')", name="status_is_known"
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(12), default=new_reference, unique=True)
    user_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str] = mapped_column(String(320), index=True)
    locale: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(150))
    status: Mapped[str] = mapped_column(String(12), index=True)
    assignee_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("user.id", ondelete="SET NULL")
    )
    article_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("article.id"), index=True)
    revision: Mapped[int | None]
    step: Mapped[str | None] = mapped_column(String(100))
    standing: Mapped[str | None] = mapped_column(String(20))
    attempt_reference: Mapped[str | None] = mapped_column(String(10))
    browser: Mapped[str | None] = mapped_column(String(60))
    solved_by_article_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("article.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Message(Table):
    """One thing said about a request, by the one who asks or by support staff; a note is for staff alone."""

    __tablename__ = "request_message"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    request_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("help_request.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("user.id", ondelete="SET NULL"))
    is_staffs: Mapped[bool]
    is_note: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Attachment(Table):
    """A file beside a message; it is only ever given back as a download."""

    __tablename__ = "request_attachment"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    message_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("request_message.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(120))
    content_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Comment(Table):
    """What somebody with an account says below a guide; `html` was made of `source` when it was written.

    `status`: held (until staff have read it) -> shown or rejected; deleted by its author, or with
    their account, when nothing is left of it. The name is kept as it was when they wrote.
    One that came from another site in an archive has no author here, and staff delete it.
    """

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint(
            "status IN ('held', 'shown', 'rejected', 'deleted')", name="status_is_known"
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("article.id"), index=True)
    author_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    author_name: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    is_staffs: Mapped[bool]
    # Somebody who is not of the staff writes under a name that could be taken for theirs.
    looks_like_staff: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10), index=True)
    revision: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Following(Table):
    """An address that wants to hear of a guide or a section; it counts when its owner has confirmed it.

    What happened until `told_at` they have been told.
    """

    __tablename__ = "following"
    __table_args__ = (
        UniqueConstraint("email", "kind", "target_id"),
        CheckConstraint("kind IN ('article', 'section')", name="kind_is_known"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(320))
    kind: Mapped[str] = mapped_column(String(10))
    target_id: Mapped[int] = mapped_column(BigInteger)
    locale: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
