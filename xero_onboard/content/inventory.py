"""All articles, whether readers see them or not, for those who look after them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import aliased

from xero_onboard.content import approvals, readings
from xero_onboard.content.models import Article, Revision, Section
from xero_onboard.content.readings import Views
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

PAGE = 30
ORDERS = ("position", "most", "least")
STATES = ("published", "draft", "archived", "changed", "scheduled", "missed", "offered", "waiting")


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; everything that is given must apply. Archived articles are shown when asked for."""

    words: str = ""
    section_id: int | None = None
    state: str = ""
    owner_id: UUID | None = None
    is_overdue: bool = False
    # Who may read it, as `content.terms` says it; of a guide that nobody reads yet as its draft has it.
    visibility: str = ""
    # Only some of these, where somebody else knows which.
    among: Collection[int] | None = None
    # As in the help centre, or by how often they were read in the last 28 days.
    order: str = "position"
    page: int = 1


@dataclass(frozen=True)
class Row:
    """An article in the list."""

    id: int
    title: str
    section: str
    status: str
    has_draft: bool
    has_offer: bool
    is_waiting: bool
    owner_id: UUID | None
    edited_at: datetime
    publish_at: datetime | None
    missed_because: str | None
    unpublish_at: datetime | None
    review_due_on: date | None
    visibility: str
    # None for what nobody can read.
    views: Views | None

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been checked again by now."""
        return self.review_due_on is not None and self.review_due_on < now().date()


@dataclass(frozen=True)
class Found:
    """One page of what was found."""

    rows: Sequence[Row]
    page: int
    has_more: bool


@dataclass(frozen=True)
class Shelf:
    """A section that guides can be put into."""

    id: int
    title: str
    locale: str


def find(asked: Asked) -> Found:
    """The articles asked for, in the order asked for."""
    head, public, read = aliased(Revision), aliased(Revision), readings.in_a_month()
    week, month = func.coalesce(read.c.week, 0), func.coalesce(read.c.month, 0)
    by_views: Mapping[str, Sequence[Any]] = {
        "most": [month.desc()],
        "least": [Article.status != "published", month],
    }
    in_place = (Section.position, Section.id, Article.position, Article.id)
    head_id = func.coalesce(Article.draft_revision_id, Article.published_revision_id)
    query = (
        select(
            *(Article, Section.title, head.title, head.created_at, public.review_due_on),
            *(approvals.is_waiting(), _visibility(head), week, month),
        )
        .join(Section, Section.id == Article.section_id)
        .join(head, head.id == head_id)
        .join(public, public.id == Article.published_revision_id, isouter=True)
        .join(read, read.c.article_id == Article.id, isouter=True)
        .where(*_conditions(asked, head, public))
        .order_by(*by_views.get(asked.order, ()), *in_place)
        .offset((asked.page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    rows = [_row(*found) for found in db.session.execute(query)]
    return Found(rows[:PAGE], asked.page, len(rows) > PAGE)


def shelves(besides: int | None = None) -> tuple[Shelf, ...]:
    """Every section that guides can be put into, in order; and one in which a guide stands, archived or not."""
    query = select(Section).where(or_(Section.archived_at.is_(None), Section.id == besides))
    query = query.order_by(Section.locale, Section.position, Section.id)
    return tuple(Shelf(row.id, row.title, row.locale) for row in db.session.scalars(query))


def _row(
    article: Article,
    section: str,
    title: str,
    edited_at: datetime,
    due_on: date | None,
    is_waiting: bool,
    visibility: str,
    *views: int,
) -> Row:
    is_public = article.status == "published"
    return Row(
        id=article.id,
        title=title,
        section=section,
        status=article.status,
        has_draft=is_public and article.draft_revision_id is not None,
        has_offer=article.offered_revision_id is not None,
        is_waiting=bool(is_waiting),
        owner_id=article.owner_id,
        edited_at=edited_at,
        publish_at=article.publish_at,
        missed_because=article.missed_because,
        unpublish_at=article.unpublish_at if is_public else None,
        review_due_on=due_on if is_public else None,
        visibility=visibility,
        views=Views(*map(int, views)) if is_public else None,
    )


def _conditions(
    asked: Asked, head: type[Revision], public: type[Revision]
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_is_in_state(asked.state)]
    if asked.words:
        like = (head.title, head.source, Article.slug)
        found.append(or_(*(column.icontains(asked.words, autoescape=True) for column in like)))
    if asked.section_id is not None:
        found.append(Article.section_id == asked.section_id)
    if asked.owner_id is not None:
        found.append(Article.owner_id == asked.owner_id)
    if asked.among is not None:
        found.append(Article.id.in_(asked.among))
    if asked.visibility:
        found.append(_visibility(head) == asked.visibility)
    if asked.is_overdue:
        found += [Article.status == "published", public.review_due_on < now().date()]
    return found


def _visibility(head: type[Revision]) -> ColumnElement[str]:
    """Who reads a guide, or will: what its newest text says while there is no other."""
    of_draft = func.coalesce(head.matter["visibility"].as_string(), "public")
    return case((Article.status == "published", Article.visibility), else_=of_draft)


def _is_in_state(state: str) -> ColumnElement[bool]:
    if state == "changed":
        return (Article.status == "published") & Article.draft_revision_id.is_not(None)
    if state == "scheduled":
        return Article.publish_at.is_not(None) & Article.missed_because.is_(None)
    if state == "missed":
        return Article.missed_because.is_not(None)
    if state == "waiting":
        return approvals.is_waiting()
    if state == "offered":
        return Article.offered_revision_id.is_not(None)
    return Article.status == state if state else Article.status != "archived"
