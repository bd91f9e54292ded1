"""How often guides are read: counted by the day and the revision, without persons.

Caches give pages to readers whom the site never sees, so it is the page that tells: a script in it, without a cookie.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import BigInteger, ForeignKeyConstraint, Subquery, case, delete, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from xero_onboard.content.models import Article, Revision
from xero_onboard.content.visibility import is_visible
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, db, insert_into
from xero_onboard.lib.jobs import every_minute

# As long as the votes and presses that they stand beside are looked at.
KEEP = timedelta(days=90)
WEEK, MONTH = timedelta(days=7), timedelta(days=28)

# Ids of guides are 64-bit numbers, of which those of help centres have at most 18 digits.
_EDITION = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,8})")


class NothingToRead(LookupError):
    """Readers see no such guide, or never saw this revision of it."""


class Reading(Table):
    """How often a revision of a guide was opened on one day; it knows nobody."""

    __tablename__ = "reading"
    __table_args__ = (
        ForeignKeyConstraint(
            ["article_id", "revision"],
            ["revision.article_id", "revision.number"],
            name="fk_reading_revision",
        ),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True)
class Views:
    """How often a guide was read in the last seven and 28 days, today among them."""

    week: int
    month: int


@dataclass(frozen=True)
class Day:
    """How often a revision was read on one day."""

    day: date
    article_id: int
    revision: int
    count: int


def count(edition: str) -> None:
    """Count one more reading of what a page says it shows; raises NothingToRead."""
    found = _EDITION.fullmatch(edition)
    if found is None or not _was_shown(int(found[1]), int(found[2])):
        raise NothingToRead(edition)
    key = {"day": now().date(), "article_id": int(found[1]), "revision": int(found[2])}
    statement = insert_into(Reading).values(**key, count=1)
    one_more = {"count": Reading.count + 1}
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=one_more))


def in_a_month() -> Subquery:
    """By `article_id` how often each guide was read, in a `week` and in a `month`, for a query to join."""
    week = case((Reading.day > _days_ago(WEEK), Reading.count), else_=0)
    query = select(
        Reading.article_id,
        func.sum(week).label("week"),
        func.sum(Reading.count).label("month"),
    ).where(Reading.day > _days_ago(MONTH))
    return query.group_by(Reading.article_id).subquery()


def since(first: date) -> Sequence[Day]:
    """Everything that was counted from this day on."""
    rows = db.session.scalars(select(Reading).where(Reading.day >= first))
    return [Day(row.day, row.article_id, row.revision, row.count) for row in rows]


@every_minute("forget old readings")
def forget_old() -> None:
    """Delete what is older than it is looked at."""
    db.session.execute(delete(Reading).where(Reading.day < _days_ago(KEEP)))


def _was_shown(article_id: int, number: int) -> bool:
    """Whether readers see this guide, and saw this revision: a cache may give an older one for a while."""
    present = aliased(Revision)
    query = (
        select(Revision.id)
        .join(Article, Article.id == Revision.article_id)
        .join(present, present.id == Article.published_revision_id)
        .where(
            is_visible(revision=present),
            *(Revision.article_id == article_id, Revision.number == number),
            Revision.published_at.is_not(None),
        )
    )
    return db.session.scalar(query) is not None


def _days_ago(span: timedelta) -> date:
    return (now() - span).date()
