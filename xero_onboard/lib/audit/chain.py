"""How every entry vouches for all that went before it, and how a change is found out."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import func, select

from xero_onboard.lib.audit.models import Entry
from xero_onboard.lib.db import db

BEGINNING = "0" * 64
BATCH = 500


@dataclass(frozen=True)
class Verdict:
    """What was found: how many entries follow one another unbroken, and where and why that ended."""

    count: int
    last_hash: str
    broken_number: int | None = None
    reason: str | None = None

    @property
    def is_whole(self) -> bool:
        return self.reason is None


class _Broken(Exception):
    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number, self.reason = number, reason


def hash_of(entry: Entry, number: int | None = None) -> str:
    """The hash this entry must have, here or under another number."""
    content = {
        "number": entry.number if number is None else number,
        "at": entry.at.isoformat(timespec="microseconds"),
        "event": entry.event,
        "actor_id": str(entry.actor_id) if entry.actor_id else None,
        "customer_id": str(entry.customer_id) if entry.customer_id else None,
        "subject": entry.subject,
        "details": entry.details,
        "request_id": entry.request_id,
        "visitor_digest": entry.visitor_digest,
        "previous": entry.previous,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def verify(expect: str | None = None) -> Verdict:
    """Walk the whole log; `expect` is the last hash as it was noted earlier, somewhere else.

    The chain alone cannot tell that its end was cut off, nor that all of it was written anew.
    """
    count, last_hash = 0, BEGINNING
    is_expected_found = expect in (None, BEGINNING)
    try:
        for number, found in _entries():
            entry = _checked(found, number, count + 1, last_hash)
            count, last_hash = count + 1, entry.hash
            is_expected_found = is_expected_found or last_hash == expect
    except _Broken as broken:
        return Verdict(count, last_hash, broken.number, broken.reason)
    if not is_expected_found:
        reason = "removed: the expected hash is nowhere; the end is missing or all was written anew"
        return Verdict(count, last_hash, count + 1, reason)
    return Verdict(count, last_hash)


def _checked(entry: Entry | None, number: int, due: int, last_hash: str) -> Entry:
    if number < due:
        raise _Broken(number, "added: the log begins with number 1")
    if number > due:
        raise _Broken(due, f"removed: after number {due - 1} comes number {number}")
    if entry is None:
        raise _Broken(number, "changed: it cannot be read any more")
    if entry.hash != hash_of(entry):
        raise _Broken(number, _why(entry))
    if entry.previous != last_hash:
        # Both are whole in themselves, so the one before was given a new hash with its new content.
        raise _Broken(max(number - 1, 1), f"changed: number {number} was written after another one")
    return entry


def _why(entry: Entry) -> str:
    last = db.session.scalar(select(func.max(Entry.number))) or 0
    for other in range(1, last + 2):
        if entry.hash == hash_of(entry, other):
            return f"reordered: it was written as number {other}"
    return "changed: its content is not what was written"


def _entries() -> Iterator[tuple[int, Entry | None]]:
    """Every entry in order; None for one whose columns do not hold what they should."""
    after = -(2**63)
    while True:
        query = select(Entry.number).where(Entry.number > after).order_by(Entry.number)
        numbers = db.session.scalars(query.limit(BATCH)).all()
        if not numbers:
            return
        after = numbers[-1]
        yield from _read(numbers)


def _read(numbers: Sequence[int]) -> Iterator[tuple[int, Entry | None]]:
    query = select(Entry).where(Entry.number.in_(numbers)).order_by(Entry.number)
    try:
        # As it lies there, and not as this session may remember it.
        found = db.session.scalars(query.execution_options(populate_existing=True)).all()
    except ValueError:
        # One of them holds something that is no moment, no id or no JSON: find out which.
        if len(numbers) == 1:
            yield numbers[0], None
            return
        for number in numbers:
            yield from _read([number])
        return
    for entry in found:
        db.session.expunge(entry)
        yield entry.number, entry
