"""Limits on guessing, counted in the database: they hold over processes, machines and restarts.

Each limit is a bucket for each key, and it drains steadily: `most` tries fit at once, then one more
every `per / most`. A window that begins anew would let twice as many pass around its edge; a bucket
has no edge. It is kept as the moment at which it will be empty (the generic cell rate algorithm,
https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm), one number that one statement moves.

A refused try adds nothing, so that nobody can lock another out for longer than `per`. A clock that
jumps back makes buckets look fuller, never emptier, and no fuller than full.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from flask import g
from sqlalchemy import BigInteger, String, case, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import pseudonym
from xero_onboard.lib.db import Table, begin_write, commit, db, insert_into
from xero_onboard.lib.jobs import every_minute

_MILLISECOND = timedelta(milliseconds=1)


class TooMany(Exception):
    """The limit is reached; `retry_after` says in how many seconds the next try counts again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"the next try is possible in {retry_after} seconds")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Limit:
    """At most so many tries at once, and over time at most so many `per` period."""

    name: str
    most: int
    per: timedelta

    @property
    def step(self) -> int:
        """The milliseconds in which one try drains."""
        return max(1, self.per // _MILLISECOND // self.most)

    @property
    def size(self) -> int:
        """The milliseconds in which a full bucket drains."""
        return self.step * self.most


class LimitBucket(Table):
    """How full one bucket is: `empty_at` in milliseconds since 1970, in which both databases calculate alike.

    `key` is a pseudonym: no address, of a house or of a machine, is stored.
    """

    __tablename__ = "limit_bucket"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    empty_at: Mapped[int] = mapped_column(BigInteger, index=True)


def count(limit: Limit, key: str) -> None:
    """Count one try, for good, whatever becomes of the request; raises TooMany instead when it is one too many.

    It commits by itself, because a refused request is rolled back and the try must stay counted:
    call it before anything was written, or lose that. Count before the secret is compared, so that
    many tries at once cannot all be compared before the first is counted.
    """
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("count before changing rows: counting takes back what is not committed")
    was_writing = g.get("is_writing", False)
    begin_write()
    retry_after = _fill(limit, _bucket(limit, key))
    commit()
    g.is_writing = was_writing
    if retry_after:
        raise TooMany(retry_after)


def is_first(limit: Limit, key: str) -> bool:
    """Whether this is not one too many; counts it, for good, as `count` does."""
    try:
        count(limit, key)
    except TooMany:
        return False
    return True


def peek(limit: Limit, key: str) -> int:
    """How many tries are left now; counts nothing."""
    query = select(LimitBucket.empty_at).where(LimitBucket.key == _bucket(limit, key))
    empty_at = db.session.scalar(query) or 0
    left = (_moment() + limit.size - empty_at) // limit.step
    return min(max(left, 0), limit.most)


def forgive(limit: Limit, key: str) -> None:
    """Forget every try, in the transaction of the request that succeeded.

    Only for a key that the one who succeeded owns, as their account: after a sign-in to an account
    of their own an attacker's network must not begin anew (`give_back`).
    """
    db.session.execute(delete(LimitBucket).where(LimitBucket.key == _bucket(limit, key)))


def give_back(limit: Limit, key: str) -> None:
    """Take back the one try that succeeded, in its request's transaction; others' stay counted."""
    _change(_bucket(limit, key), LimitBucket.empty_at - limit.step)


@every_minute("forget empty limits")
def forget_empty() -> None:
    """Remove the buckets that have drained, which are as good as none."""
    db.session.execute(delete(LimitBucket).where(LimitBucket.empty_at <= _moment()))


def _fill(limit: Limit, key: str) -> int | None:
    """Put one try in, unless it would overflow: then the seconds until it will not."""
    moment, empty_at = _moment(), LimitBucket.empty_at
    fullest = moment + limit.size
    filling = (
        insert_into(LimitBucket)
        .values(key=key, empty_at=moment + limit.step)
        .on_conflict_do_update(
            index_elements=[LimitBucket.key],
            set_={"empty_at": case((empty_at > moment, empty_at), else_=moment) + limit.step},
            where=empty_at <= fullest - limit.step,
        )
        .returning(empty_at)
    )
    if db.session.scalar(filling) is not None:
        return None
    # Fuller than full is a bucket from before the clock was put back: it drains from here.
    found = _change(key, case((empty_at > fullest, fullest), else_=empty_at))
    return max(1, math.ceil((found - (fullest - limit.step)) / 1000))


def _change(key: str, empty_at: object) -> int:
    changing = update(LimitBucket).where(LimitBucket.key == key).values(empty_at=empty_at)
    returned = changing.returning(LimitBucket.empty_at)
    without_copies = returned.execution_options(synchronize_session=False)
    return db.session.scalar(without_copies) or 0


def _bucket(limit: Limit, key: str) -> str:
    return pseudonym(f"{limit.name}|{key}", "limit")


def _moment() -> int:
    return int(now().timestamp() * 1000)
