"""Looking things up in the audit log."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, or_, select

from xero_onboard.lib.audit.events import EVENTS
from xero_onboard.lib.audit.models import Detail, Entry, Visit
from xero_onboard.lib.db import db

PAGE = 50


@dataclass(frozen=True)
class Found:
    """An entry as a page shows it; address and browser are known for 90 days."""

    number: int
    at: datetime
    event: str
    sentence: str
    actor_id: UUID | None
    customer_id: UUID | None
    subject: str | None
    details: Mapping[str, Detail]
    request_id: str | None
    address: str | None
    user_agent: str | None
    hash: str


@dataclass(frozen=True)
class Page:
    """Some of what was found, the newest first."""

    entries: tuple[Found, ...]
    number: int
    has_more: bool


def search(
    text: str = "",
    *,
    event: str | None = None,
    actor: UUID | None = None,
    customer: UUID | None = None,
    since: datetime | None = None,
    page: int = 1,
    size: int = PAGE,
) -> Page:
    """The entries to which all of this applies; `text` is looked for in events, subjects, details and whole ids."""
    conditions = _conditions(text, event, actor, customer, since)
    query = (
        select(Entry, Visit.address, Visit.user_agent)
        .join(Visit, Visit.number == Entry.number, isouter=True)
        .where(*conditions)
        .order_by(Entry.number.desc())
        .offset((max(page, 1) - 1) * size)
        .limit(size + 1)
    )
    rows = [_found(*row) for row in db.session.execute(query)]
    return Page(tuple(rows[:size]), max(page, 1), len(rows) > size)


def _conditions(
    text: str,
    event: str | None,
    actor: UUID | None,
    customer: UUID | None,
    since: datetime | None,
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if event is not None:
        conditions.append(Entry.event == event)
    if actor is not None:
        conditions.append(Entry.actor_id == actor)
    if customer is not None:
        conditions.append(Entry.customer_id == customer)
    if since is not None:
        conditions.append(Entry.at >= since)
    if text.strip():
        conditions.append(or_(*_says(text.strip())))
    return conditions


def _says(wanted: str) -> list[ColumnElement[bool]]:
    """Where what was typed may stand; an id that is whole may be that of who acted, or for whom."""
    columns = (Entry.event, Entry.subject, Entry.request_id, cast(Entry.details, String))
    places = [column.icontains(wanted, autoescape=True) for column in columns]
    with suppress(ValueError):
        places += [column == UUID(wanted) for column in (Entry.actor_id, Entry.customer_id)]
    return places


def _found(entry: Entry, address: str | None, user_agent: str | None) -> Found:
    return Found(
        number=entry.number,
        at=entry.at,
        event=entry.event,
        sentence=EVENTS.get(entry.event, entry.event),
        actor_id=entry.actor_id,
        customer_id=entry.customer_id,
        subject=entry.subject,
        details=entry.details,
        request_id=entry.request_id,
        address=address,
        user_agent=user_agent,
        hash=entry.hash,
    )
