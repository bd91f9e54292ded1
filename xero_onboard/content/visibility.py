"""Which articles readers may see: the one rule that every page, list, search and form for machines goes by.

What is not published is shown to nobody outside the editor, whoever they are. What is published stands everywhere,
unless its author keeps it from lists, which are kept in memory and by caches and are the same for everybody. Who is
reading counts only at the address of a guide, where those who have proved that they work here get a page of their own.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, func, or_, select

from xero_onboard.content.models import Article, ContentGeneration, Revision
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Reader

# Where a guide may turn up: wherever guides are listed or told of, at its own address, there for staff.
Sight = Literal["listed", "addressed", "internal"]

# A guide is not doubtful the day after somebody should have looked at it.
READERS_MARGIN = timedelta(days=30)

_SEEN: Mapping[Sight, tuple[str, ...]] = {
    "listed": ("public",),
    "addressed": ("public", "unlisted"),
    "internal": ("public", "unlisted", "internal"),
}


def is_visible(
    article: type[Article] = Article,
    revision: type[Revision] = Revision,
    sight: Sight = "listed",
) -> ColumnElement[bool]:
    """Whether an article and this revision of it are what is seen there; for a query on both tables, or on aliases."""
    return and_(
        article.status == "published",
        article.visibility.in_(_SEEN[sight]),
        revision.id == article.published_revision_id,
        revision.article_id == article.id,
        or_(article.unpublish_at.is_(None), article.unpublish_at > now()),
    )


def sight_of(reader: Reader) -> Sight:
    """What this reader sees at the addresses of guides."""
    return "internal" if reader.works_here else "addressed"


def is_overdue(due_on: date | None, sight: Sight) -> bool:
    """Whether a review that was due is told of: to staff at once, to readers when it has been put off for long."""
    margin = timedelta() if sight == "internal" else READERS_MARGIN
    return due_on is not None and due_on < now().date() - margin


def state() -> tuple[int, int]:
    """Which state of the public pages is the present one: it changes with every publication, and when a guide ends."""
    ended = select(func.count()).where(Article.status == "published", Article.unpublish_at <= now())
    number = select(ContentGeneration.number).scalar_subquery()
    row = db.session.execute(select(number, ended.scalar_subquery())).one()
    return row[0] or 0, row[1]
