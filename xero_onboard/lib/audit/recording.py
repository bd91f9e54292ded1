"""Writing the audit log, in the transaction that it tells of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import g, has_request_context, request
from sqlalchemy import delete, event, func, select
from sqlalchemy.orm import Session, SessionTransaction

from xero_onboard.lib.audit.chain import BEGINNING, hash_of
from xero_onboard.lib.audit.events import EVENTS
from xero_onboard.lib.audit.models import Detail, Entry, Visit
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import pseudonym
from xero_onboard.lib.db import begin_write, commit, db
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.logs import request_id
from xero_onboard.lib.reader import STRANGER, current_reader

KEEP_VISITS = timedelta(days=90)
# Any number would do that nothing else locks in this database.
_LOCK = 4_726_102_119

# Room for ids, numbers, paths and plain words, and none for an e-mail address or another alphabet's name.
_PLAIN = re.compile(r"[A-Za-z0-9 _.,:;/()+-]{0,200}")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 _.,:;/()+-]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class UnknownEvent(Exception):
    """An event that EVENTS does not explain."""


class NotPlain(Exception):
    """A detail that is no plain word, id, number or truth: it could be personal or secret."""


class NotWriting(Exception):
    """Recorded in a transaction that only reads: call `begin_write` before reading what is changed."""


@dataclass(frozen=True)
class _Waiting:
    """An entry that is written with the commit; `within` are the transactions that it depends on."""

    at: datetime
    values: Mapping[str, Any]
    address: str | None
    user_agent: str | None
    within: tuple[SessionTransaction, ...]


def record(
    name: str,
    /,
    *,
    actor: UUID | None = None,
    customer: UUID | None = None,
    subject: str | None = None,
    **details: Detail,
) -> None:
    """Note what is being done; it is written with the change, and taken back with it.

    Within a request actor and customer are those who are signed in, unless said otherwise. Raises
    UnknownEvent, NotPlain or NotWriting.
    """
    if name not in EVENTS:
        raise UnknownEvent(name)
    if not g.get("is_writing", False):
        raise NotWriting(name)
    is_visited = has_request_context()
    reader = current_reader() if is_visited else STRANGER
    words = details if is_visited else {"by": g.get("working_as", "command line"), **details}
    address, user_agent = _visitor() if is_visited else (None, None)
    visitor = pseudonym(f"{address}|{user_agent}", "audit") if is_visited else None
    values = {
        "event": name,
        "actor_id": actor or reader.user_id,
        "customer_id": customer or reader.customer_id,
        "subject": _plain("subject", subject),
        "details": {key: _plain(key, value) for key, value in words.items()},
        "request_id": request_id(),
        "visitor_digest": visitor,
    }
    session = db.session()
    session.connection()  # begins the transaction that this belongs to, if nothing has yet
    entry = _Waiting(now(), values, address, user_agent, _transactions(session))
    session.info.setdefault("audit", []).append(entry)


def plainly(words: str) -> str:
    """What somebody wrote as the log takes it: with a blank for what it has no room for, and not too long."""
    return " ".join(_NOT_PLAIN.sub(" ", words).split())[:200]


def record_apart(
    name: str,
    /,
    *,
    actor: UUID | None = None,
    customer: UUID | None = None,
    subject: str | None = None,
    **details: Detail,
) -> None:
    """Note something that must survive the refusal of this request, and commit it at once.

    Whatever the request has changed and not committed is taken back first: call it where the request
    is being refused anyway.
    """
    begin_write()
    record(name, actor=actor, customer=customer, subject=subject, **details)
    commit()


def forget_visits_of(actor: UUID) -> None:
    """Forget the addresses and browsers of a person; what they did stays in the log by their id."""
    theirs = select(Entry.number).where(Entry.actor_id == actor)
    db.session.execute(delete(Visit).where(Visit.number.in_(theirs)))


@every_minute("forget visitors")
def forget_old_visits() -> None:
    """Forget addresses and browsers after 90 days; the chain holds only a keyed digest of them."""
    db.session.execute(delete(Visit).where(Visit.at < now() - KEEP_VISITS))


def _visitor() -> tuple[str | None, str | None]:
    agent = _CONTROLS.sub(" ", request.headers.get("User-Agent", ""))[:300]
    return (request.remote_addr or "")[:64] or None, agent or None


def _plain(name: str, value: Detail) -> Detail:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    raise NotPlain(name)


def _transactions(session: Session) -> tuple[SessionTransaction, ...]:
    """The savepoint we are in, if any, and all that surround it."""
    found, each = [], session.get_nested_transaction() or session.get_transaction()
    while each is not None:
        found.append(each)
        each = each.parent
    return tuple(found)


@event.listens_for(db.session, "before_commit")
def _write(session: Session) -> None:
    """Link what waits to the end of the chain, as the last thing the transaction does.

    So the lock is held for a moment only, and whoever holds it waits for nothing else.
    """
    waiting: list[_Waiting] = session.info.get("audit", [])
    if not waiting or session.in_nested_transaction():
        return
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    # On SQLite a transaction that writes is the only one from its beginning.
    last = select(Entry.number, Entry.hash).order_by(Entry.number.desc()).limit(1)
    last_number, previous = session.execute(last).one_or_none() or (0, BEGINNING)
    entries, visits = [], []
    for number, each in enumerate(waiting, last_number + 1):
        entry = Entry(number=number, at=each.at, previous=previous, **each.values)
        entry.hash = previous = hash_of(entry)
        entries.append(entry)
        visits.append(
            Visit(number=number, at=each.at, address=each.address, user_agent=each.user_agent)
        )
    session.add_all(entries)
    session.flush()
    session.add_all([visit for visit in visits if visit.address or visit.user_agent])
    session.flush()


@event.listens_for(db.session, "after_soft_rollback")
def _take_back(session: Session, ended: SessionTransaction) -> None:
    """What was noted within a savepoint that is taken back has not happened."""
    waiting: list[_Waiting] = session.info.get("audit", [])
    waiting[:] = [each for each in waiting if ended not in each.within]


@event.listens_for(db.session, "after_transaction_end")
def _forget_waiting(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop("audit", None)
