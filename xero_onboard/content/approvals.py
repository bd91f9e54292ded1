"""What was asked and answered about drafts: which text another person has approved, and no other one.

Nobody is told when a draft changes: what was asked for is about one revision, and has lapsed by itself once the draft is
another.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from xero_onboard.content import manuscript
from xero_onboard.content.drafts import Writing
from xero_onboard.content.manuscript import Manuscript
from xero_onboard.content.models import Approval, Article, Revision
from xero_onboard.lib.db import db
from xero_onboard.lib.web import settings

State = Literal["waiting", "lapsed", "approved", "sent_back", "withdrawn", "overridden"]


@dataclass(frozen=True)
class Request:
    """That a text was to be approved, and what came of it; `number` is that of its revision."""

    id: UUID
    number: int
    asked_by_id: UUID | None
    note: str
    reviewer_id: UUID | None
    asked_at: datetime
    outcome: State | None
    answered_by_id: UUID | None
    answer: str
    answered_at: datetime | None
    # Whether the draft is still this very text.
    is_current: bool

    @property
    def state(self) -> State:
        """How it stands while the draft is being written."""
        if self.outcome in (None, "approved") and not self.is_current:
            return "lapsed"
        return self.outcome or "waiting"

    @property
    def people(self) -> set[UUID]:
        """Who has to do with it."""
        return set(filter(None, (self.asked_by_id, self.reviewer_id, self.answered_by_id)))


def are_needed() -> bool:
    """Whether what staff write is published only after another person has approved it."""
    return settings().needs_approval


def hold_back(article: Article, head: Revision, text: Manuscript) -> bool:
    """Whether this text must wait until somebody else has approved it."""
    if not are_needed():
        return False
    is_head = text == manuscript.read(head)
    is_shown = article.status == "published" and head.id == article.published_revision_id
    return not (is_head and (is_shown or is_approved(head.id)))


def is_approved(revision_id: UUID) -> bool:
    """Whether another person has approved just this."""
    found = exists().where(Approval.revision_id == revision_id, Approval.outcome == "approved")
    return bool(db.session.scalar(select(found)))


def latest(writing: Writing) -> Request | None:
    """What was asked last about the present draft, in this version of it or an older one."""
    if not writing.is_draft or writing.status == "archived":
        return None
    since = aliased(Revision)
    # Whatever staff have published since, it was another draft; not so what a file has brought.
    is_over = exists().where(
        since.article_id == Approval.article_id,
        since.origin == "staff",
        since.published_at > Approval.asked_at,
    )
    query = _requests(writing.place.id).where(or_(_is_about_draft(Revision), ~is_over))
    row = db.session.execute(query.limit(1)).one_or_none()
    return _request(*row) if row else None


def by_revision(article_id: int) -> Mapping[int, list[Request]]:
    """Everything that was asked about a guide by the revision it was about, the newest first."""
    found: dict[int, list[Request]] = {}
    for row in db.session.execute(_requests(article_id)):
        request = _request(*row)
        found.setdefault(request.number, []).append(request)
    return found


def is_waiting() -> ColumnElement[bool]:
    """A condition on articles: somebody is to say whether its draft may be published."""
    revision = aliased(Revision)
    is_open = exists().where(
        Approval.article_id == Article.id,
        Approval.outcome.is_(None),
        revision.id == Approval.revision_id,
        _is_about_draft(revision),
    )
    return is_open.correlate(Article)


def are_about(article_ids: Collection[int]) -> bool:
    """Whether a draft of one of these guides waits, or has been approved."""
    is_open = or_(Approval.outcome.is_(None), Approval.outcome == "approved")
    query = exists().where(
        Article.id.in_(article_ids), Approval.revision_id == Article.draft_revision_id, is_open
    )
    return bool(db.session.scalar(select(query)))


def waiting() -> int:
    """How many drafts wait for somebody to approve them."""
    return db.session.scalar(select(func.count(Article.id)).where(is_waiting())) or 0


def waiting_by_guide() -> Mapping[int, frozenset[UUID]]:
    """The guides whose drafts wait, each with those who cannot answer: who asked, and who wrote it."""
    query = (
        select(Article.id, Approval.asked_by_id, Revision.author_id)
        .join(Approval, Approval.article_id == Article.id)
        .join(Revision, Revision.id == Approval.revision_id)
        .where(Approval.outcome.is_(None), _is_about_draft(Revision))
    )
    rows = db.session.execute(query)
    return {article_id: frozenset(filter(None, people)) for article_id, *people in rows}


def _is_about_draft(revision: type[Revision]) -> ColumnElement[bool]:
    """What was published without an answer does not wait for one when it is taken from readers later."""
    is_unread = or_(
        revision.published_at.is_(None),
        revision.published_at < Approval.asked_at,
        Approval.outcome.is_not(None),
    )
    is_draft = Approval.revision_id == Article.draft_revision_id
    return and_(is_draft, Article.status != "archived", is_unread)


def _requests(article_id: int) -> Select[Approval, int, bool]:
    return (
        select(Approval, Revision.number, _is_about_draft(Revision))
        .join(Article, Article.id == Approval.article_id)
        .join(Revision, Revision.id == Approval.revision_id)
        .where(Approval.article_id == article_id)
        .order_by(Approval.asked_at.desc(), Approval.id)
        .execution_options(populate_existing=True)
    )


def _request(row: Approval, number: int, is_current: bool | None) -> Request:
    return Request(
        id=row.id,
        number=number,
        asked_by_id=row.asked_by_id,
        note=row.note,
        reviewer_id=row.reviewer_id,
        asked_at=row.asked_at,
        outcome=row.outcome,  # type: ignore[arg-type]
        answered_by_id=row.answered_by_id,
        answer=row.answer,
        answered_at=row.answered_at,
        is_current=bool(is_current),
    )
