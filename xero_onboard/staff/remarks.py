"""What readers said of guides, for those who read it: found, worked off, and taken along as a table."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select

from xero_onboard.accounts.models import User
from xero_onboard.content.models import Revision
from xero_onboard.feedback.models import Remark
from xero_onboard.feedback.remarks import REASONS
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.staff.changing import change
from xero_onboard.staff.filters import Condition, says
from xero_onboard.staff.naming import titled

PAGE = 30
KINDS: Mapping[str, str] = {"down": "No", "up": "Yes", "problem": "Problem"}
STATUSES: Mapping[str, str] = {
    "new": "New",
    "open": "In hand",
    "done": "Done",
    "dismissed": "Set aside",
}
WAITING = ("new", "open")


class UnknownRemark(LookupError):
    """It was taken back by its reader, forgotten after a year, or never was."""


class UnknownAssignee(ValueError):
    """Nobody who works here has this number."""


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; everything that is given must apply. Without a status what waits is meant."""

    query: str = ""
    kind: str = ""
    status: str = ""
    article_id: int | None = None
    # Not those that give a reason of the list and say no more.
    is_in_words: bool = False
    page: int = 1


@dataclass(frozen=True)
class Handling:
    """What colleagues write down about a remark."""

    status: str
    assignee_id: UUID | None
    note: str | None


@dataclass(frozen=True)
class Row:
    """One remark in the list."""

    id: UUID
    kind: str
    reason: str | None
    words: str | None
    status: str
    note: str | None
    assignee_id: UUID | None
    assignee: str | None
    article_id: int
    title: str
    revision: int | None
    locale: str | None
    standing: str | None
    referrer: str | None
    query: str | None
    is_signed_in: bool
    created_at: datetime


@dataclass(frozen=True)
class Found:
    """A page of what was found, the newest first."""

    rows: tuple[Row, ...]
    page: int
    has_more: bool


def find(asked: Asked) -> Found:
    """The remarks to which all of this applies."""
    query = _remarks(asked).offset((asked.page - 1) * PAGE).limit(PAGE + 1)
    rows = tuple(_rows(query))
    return Found(rows[:PAGE], asked.page, len(rows) > PAGE)


def one(remark_id: UUID) -> Row:
    """A remark as it stands now."""
    (row,) = _rows(_all().where(Remark.id == remark_id))
    return row


def export(asked: Asked) -> Iterator[Sequence[object]]:
    """All of them as rows of a table, under HEADINGS."""
    rows = tuple(_rows(_remarks(asked)))
    audit.record("feedback_exported", rows=len(rows))
    for row in rows:
        yield (
            *(row.created_at, KINDS[row.kind], row.article_id, row.title, row.revision),
            *(row.reason, row.words, row.standing, row.referrer, row.query, row.locale),
            *(STATUSES[row.status], row.assignee, row.note),
        )


def work_on(remark_id: UUID, was: Handling, wanted: Handling) -> None:
    """Write down what becomes of it; raises UnknownRemark, UnknownAssignee and Overtaken."""
    remark = db.session.get(Remark, remark_id, populate_existing=True, with_for_update=True)
    if remark is None:
        raise UnknownRemark(remark_id)
    check_assignee(wanted.assignee_id)
    change(remark, was, wanted)
    remark.updated_at = now()
    audit.record("feedback_handled", subject=f"remark:{remark_id}", status=remark.status)


def check_assignee(user_id: UUID | None) -> None:
    """Raises UnknownAssignee."""
    if user_id is not None and user_id not in {id_ for id_, _ in colleagues()}:
        raise UnknownAssignee(user_id)


def waiting() -> int:
    """How many nobody has dealt with yet."""
    counted = select(func.count()).select_from(Remark).where(Remark.status.in_(WAITING))
    return db.session.scalar(counted) or 0


def in_words_by_guide() -> Mapping[int, int]:
    """The same of every guide of which somebody said something in words."""
    conditions = _conditions(Asked(is_in_words=True))
    query = select(Remark.article_id, func.count()).where(*conditions)
    rows = db.session.execute(query.group_by(Remark.article_id))
    return dict(rows.all())


def colleagues() -> Sequence[tuple[UUID, str]]:
    """Everybody who may deal with what readers say, by name."""
    query = (
        select(User.id, User.name)
        .where(User.role.in_(("editor", "admin")), User.disabled_at.is_(None))
        .order_by(User.name, User.id)
    )
    return [(row.id, row.name) for row in db.session.execute(query)]


def titles(article_ids: Collection[int] | None = None) -> Mapping[int, str]:
    """What each guide is called now, or was last, in the order of their titles."""
    newest = select(Revision.article_id, func.max(Revision.number).label("number"))
    if article_ids is not None:
        newest = newest.where(Revision.article_id.in_(article_ids))
    last = newest.group_by(Revision.article_id).subquery()
    is_last = and_(Revision.article_id == last.c.article_id, Revision.number == last.c.number)
    query = select(Revision.article_id, Revision.title).join(last, is_last)
    found = {row.article_id: titled(row.title) for row in db.session.execute(query)}
    return dict(sorted(found.items(), key=lambda each: each[1]))


def _remarks(asked: Asked) -> Select[Remark, str | None]:
    query = _all().where(*_conditions(asked))
    return query.order_by(Remark.created_at.desc(), Remark.id)


def _all() -> Select[Remark, str | None]:
    assignee: ColumnElement[str | None] = cast(ColumnElement[str | None], User.name)
    return select(Remark, assignee).join(User, User.id == Remark.assignee_id, isouter=True)


def _conditions(asked: Asked) -> Iterator[Condition]:
    if asked.status:
        yield Remark.status == asked.status
    else:
        yield Remark.status.in_(WAITING)
    if asked.kind:
        yield Remark.kind == asked.kind
    if asked.article_id is not None:
        yield Remark.article_id == asked.article_id
    if asked.is_in_words:
        yield Remark.words.is_not(None)
    if asked.query:
        yield says(asked.query, Remark.words, Remark.note, Remark.query)


def _rows(query: Select[Remark, str | None]) -> Iterator[Row]:
    found = db.session.execute(query).all()
    names = titles({remark.article_id for remark, _ in found})
    for remark, assignee in found:
        yield Row(
            id=remark.id,
            kind=remark.kind,
            reason=REASONS.get(remark.kind, {}).get(remark.reason or ""),
            words=remark.words,
            status=remark.status,
            note=remark.note,
            assignee_id=remark.assignee_id,
            assignee=assignee,
            article_id=remark.article_id,
            title=names[remark.article_id],
            revision=remark.revision,
            locale=remark.locale,
            standing=remark.standing,
            referrer=remark.referrer,
            query=remark.query,
            is_signed_in=(remark.voter or "").startswith("u:"),
            created_at=remark.created_at,
        )


HEADINGS = (
    *("When (UTC)", "What", "Guide", "Title", "Revision", "Reason", "Words", "Connection"),
    *("Came from", "Searched for", "Language", "Status", "Who looks after it", "Note"),
)
