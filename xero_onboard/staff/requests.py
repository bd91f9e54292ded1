"""Requests for help, for those who answer them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, or_, select

from xero_onboard.accounts.models import User
from xero_onboard.connect.references import reference_of
from xero_onboard.content.models import Article
from xero_onboard.feedback import requests
from xero_onboard.feedback.models import HelpRequest, Message
from xero_onboard.feedback.requests import OPEN, MessageView
from xero_onboard.lib import audit
from xero_onboard.lib.db import db
from xero_onboard.staff.changing import change
from xero_onboard.staff.filters import Condition, says
from xero_onboard.staff.remarks import check_assignee, titles

PAGE = 30
STATUSES: Mapping[str, str] = {
    "open": "Waits for us",
    "waiting": "Waits for the reader",
    "solved": "Solved",
}
MINE, NOBODYS = "mine", "nobody"


class UnknownRequest(LookupError):
    """It was forgotten, nobody has confirmed it, or it never was."""


class UnknownGuide(ValueError):
    """There is no guide of this number."""


class SaidMeanwhile(Exception):
    """There is more to read than the one who answers has read."""


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; everything that is given must apply. Without a status what is not solved."""

    query: str = ""
    status: str = ""
    whose: str = ""
    article_id: int | None = None
    page: int = 1


@dataclass(frozen=True)
class Handling:
    """How a request stands, who looks after it and which guide it is about."""

    status: str
    assignee_id: UUID | None
    article_id: int | None


@dataclass(frozen=True)
class Row:
    """A request in the list."""

    id: UUID
    reference: str
    subject: str
    email: str
    status: str
    assignee: str | None
    title: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Found:
    """A page of what was found: what has waited longest comes first."""

    rows: tuple[Row, ...]
    page: int
    has_more: bool


@dataclass(frozen=True)
class Figures:
    """How many requests wait, and how many a guide has answered before anybody else did."""

    open: int
    waiting: int
    by_guides: int


@dataclass(frozen=True)
class Case:
    """Everything about one request."""

    row: HelpRequest
    title: str | None
    solved_by: str | None
    person: str | None
    conversation: tuple[MessageView, ...]
    authors: Mapping[UUID, str]


def find(asked: Asked, reader_id: UUID | None) -> Found:
    """The confirmed requests to which all of this applies."""
    query = (
        select(HelpRequest, User.name)
        .join(User, User.id == HelpRequest.assignee_id, isouter=True)
        .where(HelpRequest.confirmed_at.is_not(None), *_conditions(asked, reader_id))
        .order_by(HelpRequest.status == "solved", HelpRequest.updated_at, HelpRequest.id)
        .offset((asked.page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    found = db.session.execute(query).all()
    names = titles({row.article_id for row, _ in found if row.article_id is not None})
    rows = tuple(
        Row(
            row.id,
            row.reference,
            row.subject,
            row.email,
            row.status,
            assignee,
            names.get(row.article_id) if row.article_id else None,
            row.created_at,
            row.updated_at,
        )
        for row, assignee in found
    )
    return Found(rows[:PAGE], asked.page, len(rows) > PAGE)


def figures() -> Figures:
    """The numbers above the list."""
    is_confirmed = HelpRequest.confirmed_at.is_not(None)

    def count(*conditions: Condition) -> int:
        query = select(func.count()).select_from(HelpRequest).where(*conditions)
        return db.session.scalar(query) or 0

    return Figures(
        count(HelpRequest.status == "open", is_confirmed),
        count(HelpRequest.status == "waiting", is_confirmed),
        count(HelpRequest.solved_by_article_id.is_not(None)),
    )


def case(request_id: UUID) -> Case:
    """One request; raises UnknownRequest."""
    row = _row(request_id)
    conversation = requests.conversation(row, with_notes=True)
    ids = {each.author_id for each in conversation if each.author_id} | {row.user_id}
    query = select(User.id, User.name).where(User.id.in_([each for each in ids if each]))
    people = {person.id: person.name for person in db.session.execute(query)}
    guides = [each for each in (row.article_id, row.solved_by_article_id) if each is not None]
    names = titles(guides)
    return Case(
        row,
        names.get(row.article_id or 0),
        names.get(row.solved_by_article_id or 0),
        people.get(row.user_id) if row.user_id else None,
        conversation,
        people,
    )


def answer(
    request_id: UUID, words: str, author_id: UUID | None, status: str, read_to: UUID | None
) -> None:
    """Answer what was read, which ends with message `read_to`, on the page and by mail.

    Raises UnknownRequest, and SaidMeanwhile for one that goes on after it.
    """
    row = _row(request_id, is_held=True)
    if requests.conversation(row, with_notes=True)[-1].id != read_to:
        raise SaidMeanwhile
    requests.answer(row, words, author_id, status)
    audit.record("request_answered", subject=f"request:{request_id}", status=status)


def note(request_id: UUID, words: str, author_id: UUID | None) -> None:
    """Write something that only colleagues read; raises UnknownRequest."""
    requests.note(_row(request_id), words, author_id)
    audit.record("request_noted", subject=f"request:{request_id}")


def handle(request_id: UUID, was: Handling, wanted: Handling) -> None:
    """Say how it stands; raises UnknownRequest, UnknownAssignee, UnknownGuide and Overtaken."""
    row = _row(request_id, is_held=True)
    check_assignee(wanted.assignee_id)
    article_id = row.article_id
    if wanted.article_id is not None and db.session.get(Article, wanted.article_id) is None:
        raise UnknownGuide(wanted.article_id)
    change(row, was, wanted)
    requests.put(row, row.status)
    if row.article_id != article_id:
        row.revision = None
    # What was said last stays as old as it is: whoever has waited longest still comes first.
    subject = f"request:{request_id}"
    audit.record("request_handled", subject=subject, status=row.status, article=row.article_id)


def _row(request_id: UUID, *, is_held: bool = False) -> HelpRequest:
    row = db.session.get(
        HelpRequest, request_id, populate_existing=is_held, with_for_update=is_held
    )
    if row is None or row.confirmed_at is None:
        raise UnknownRequest(request_id)
    return row


def _conditions(asked: Asked, reader_id: UUID | None) -> Iterator[Condition]:
    yield HelpRequest.status == asked.status if asked.status else HelpRequest.status.in_(OPEN)
    if asked.whose == MINE:
        yield HelpRequest.assignee_id == reader_id
    elif asked.whose == NOBODYS:
        yield HelpRequest.assignee_id.is_(None)
    if asked.article_id is not None:
        yield HelpRequest.article_id == asked.article_id
    if asked.query:
        said = exists().where(
            Message.request_id == HelpRequest.id, says(asked.query, Message.words)
        )
        columns = (HelpRequest.subject, HelpRequest.email, HelpRequest.reference)
        reference = HelpRequest.attempt_reference == (reference_of(asked.query) or "")
        yield or_(says(asked.query, *columns), said, reference)
