"""Refreshing so that no rotation is lost, whoever else refreshes, and whatever becomes of the answer.

No database transaction is open while the provider answers. A lease says who refreshes, and a version
says whether the answer is still wanted when it comes. The provider takes a used refresh token again
for 30 minutes, so after silence the same one is simply tried again.
"""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.exc import OperationalError

from xero_onboard.connect import installation, trouble
from xero_onboard.connect.models import DatabaseSeconds, Grant
from xero_onboard.connect.providers.base import (
    AccessRefused,
    ClientRefused,
    GrantRefused,
    NotAsked,
    Patience,
    Provider,
    ProviderUnavailable,
    Tokens,
    take_place,
)
from xero_onboard.connect.vault import (
    GRACE,
    Access,
    GrantDead,
    Pair,
    WrongEnvironment,
    bury,
    next_visit,
    open_pair,
    previous_refresh,
    sealed_pair,
)
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import Tampered
from xero_onboard.lib.db import begin_read, begin_write, commit, db

LEASE_LOST = timedelta(minutes=1)
WRITE_AGAIN_SECONDS = 0.2
LONGEST_WAIT = 3600.0
# In less time nobody begins a refresh: the provider would rotate, and nobody would wait for the answer.
SHORTEST_TURN_SECONDS = 3.0

Said = TypeVar("Said")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pace:
    """How long a refresh may take; its lease outlives whatever its holder may ask under it."""

    lease_seconds: int = 30
    refresh_seconds: float = 15.0
    confirm_after_seconds: float = 2.0
    wait_seconds: float = 20.0

    def __post_init__(self) -> None:
        # The rest is for writing down what was answered; the database counts whole seconds.
        if self.lease_seconds < self.refresh_seconds + self.confirm_after_seconds + 1:
            raise ValueError("a lease that ends before its holder does protects nothing")


PACE = Pace()


@dataclass(frozen=True)
class _Turn:
    """Our turn to refresh one version of a grant.

    It is measured from before the lease was asked for: a process that is held up with the lease in
    its hands, however long, sends nothing under a lease that may be somebody else's by now.
    """

    owner: str
    pace: Pace
    patience: Patience
    ends_at: float


class _Overtaken(Exception):
    """The row has moved on without us: whatever we were told is about its past."""


def fresh_access(
    provider: Provider,
    grant_id: UUID,
    *,
    min_life: float = 300.0,
    not_version: int | None = None,
    pace: Pace = PACE,
    patience: Patience | None = None,
) -> Access:
    """An access token that lives for a while yet, refreshed if need be.

    Call it with nothing uncommitted. `not_version` asks for a token newer than that version, and
    `patience` is that of a page, for waiting and asking together.
    Raises GrantDead, ProviderUnavailable, ClientRefused, VaultLocked or WrongEnvironment.
    """
    waits = Patience(pace.wait_seconds) if patience is None else patience
    was_overtaken = False
    while True:
        grant = _read(provider, grant_id)
        pair = _opened_or_buried(grant)
        lives_until = now() + timedelta(seconds=min_life)
        if grant.access_expires_at > lives_until and grant.version != not_version:
            if was_overtaken:
                _have_visited_soon(grant)
            return Access(pair.access, grant.version)
        take_place()
        turn = _lease(grant, pace, patience)
        if turn is not None:
            was_overtaken = not _renew(provider, grant, pair, turn)
        elif waits.is_over:
            raise NotAsked("somebody else is refreshing, and slowly")
        else:
            time.sleep(0.1 + secrets.randbelow(100) / 1000)


def ask(
    provider: Provider,
    grant_id: UUID,
    question: Callable[[str], Said],
    *,
    not_version: int | None = None,
    patience: Patience | None = None,
) -> Said:
    """Ask the provider something as this login; a refused token is refreshed once and no more.

    Raises what `question` and `fresh_access` raise, but ProviderUnavailable for AccessRefused: who
    gives us a token and refuses it at once has said nothing about the consent.
    """
    access = fresh_access(provider, grant_id, not_version=not_version, patience=patience)
    try:
        return question(access.token)
    except AccessRefused:
        access = fresh_access(provider, grant_id, not_version=access.version, patience=patience)
    try:
        return question(access.token)
    except AccessRefused as error:
        raise ProviderUnavailable("a token made just now is refused", sent=True) from error


def ask_again_at(wait: float, error: Exception) -> datetime:
    """When to ask again what failed so: not all at once, and not before the provider wants to be asked.

    It may want to be left alone for an hour at most.
    """
    wanted = error.retry_after if isinstance(error, ProviderUnavailable) else None
    seconds = max(wait, min(wanted or 0.0, LONGEST_WAIT)) + secrets.randbelow(30)
    return now() + timedelta(seconds=seconds)


def _read(provider: Provider, grant_id: UUID) -> Grant:
    """The row as it is now, out of the session: a version we judge by must not change under our hands."""
    begin_read()
    grant = db.session.get(Grant, grant_id, populate_existing=True)
    commit()
    if grant is None:
        raise GrantDead("unknown")
    db.session.expunge(grant)
    if grant.environment != provider.facts.environment:
        log.error("a grant of %s was refused in %s", grant.environment, provider.facts.environment)
        raise WrongEnvironment(grant.environment)
    return grant


def _opened_or_buried(grant: Grant) -> Pair:
    try:
        pair = open_pair(grant)
        commit()
        return pair
    except Tampered as error:
        log.critical("the sealed tokens of grant %s were changed or moved", grant.id)
        begin_write()
        bury(grant, "tampered", grant.version)
        commit()
        raise GrantDead("tampered") from error


def _lease(grant: Grant, pace: Pace, patience: Patience | None) -> _Turn | None:
    """Become the one who refreshes this version; None if somebody else is.

    Whoever dies with the lease leaves the grant due again well within the provider's grace.
    Raises ProviderUnavailable for a page that has waited long enough.
    """
    ends_at = time.monotonic() + pace.lease_seconds
    enough = Patience(pace.refresh_seconds)
    if patience is not None:
        if patience.left() < SHORTEST_TURN_SECONDS:
            raise ProviderUnavailable("the page has waited long enough", sent=False)
        enough = patience.at_most(pace.refresh_seconds)
    turn = _Turn(str(uuid4()), pace, enough, ends_at)
    begin_write()
    installation.note_use()
    taken = db.session.scalar(
        update(Grant)
        .where(
            Grant.id == grant.id,
            Grant.version == grant.version,
            Grant.status == "ok",
            _is_free(pace),
        )
        .values(
            lease_owner=turn.owner,
            lease_until=DatabaseSeconds() + pace.lease_seconds,
            tried_at=func.coalesce(Grant.tried_at, now()),
            next_refresh_at=now() + LEASE_LOST,
        )
        .returning(Grant.id)
        .execution_options(synchronize_session=False)
    )
    commit()
    return turn if taken else None


def _is_free(pace: Pace) -> ColumnElement[bool]:
    """Nobody's lease, one that ran out, or one that lasts longer than any does: the clock was put back."""
    too_long = DatabaseSeconds() + 2 * pace.lease_seconds
    return or_(
        Grant.lease_until.is_(None),
        Grant.lease_until < DatabaseSeconds(),
        Grant.lease_until > too_long,
    )


def _renew(provider: Provider, grant: Grant, pair: Pair, turn: _Turn) -> bool:
    """Ask for a new pair and keep it; False when the row has moved on without us."""
    try:
        _rotate(grant, pair, turn, _asked(provider, grant, pair, turn))
    except _Overtaken:
        log.warning("grant %s was changed by somebody else while it was refreshed", grant.id)
        return False
    return True


def _asked(provider: Provider, grant: Grant, pair: Pair, turn: _Turn) -> Tokens:
    """The new pair; nothing is open in the database while we ask."""
    try:
        try:
            return provider.refresh(pair.refresh, turn.patience)
        except GrantRefused:
            return _confirmed(provider, grant, pair, turn)
    except (ProviderUnavailable, ClientRefused) as error:
        _put_off(grant, turn, error)
        raise


def _confirmed(provider: Provider, grant: Grant, pair: Pair, turn: _Turn) -> Tokens:
    """Ask once more before believing that a grant is dead; raises GrantDead when it is.

    A refused token may only mean that an earlier answer was lost: then the token before it is
    still good for half an hour. Or that somebody else has used it, who has the next one already.
    """
    time.sleep(turn.pace.confirm_after_seconds)
    if not _is_ours(grant, turn):
        raise _Overtaken
    token = _previous(grant) or pair.refresh
    try:
        return provider.refresh(token, turn.patience)
    except GrantRefused as error:
        reason = _reason(grant)
        begin_write()
        has_died = bury(grant, reason, grant.version, turn.owner)
        commit()
        if not has_died:
            raise _Overtaken from error
        raise GrantDead(reason) from error


def _previous(grant: Grant) -> str | None:
    """The refresh token before this one, None if there is none to try: it is a last hope, and no more."""
    try:
        return previous_refresh(grant)
    except Tampered:
        log.critical("the sealed tokens of grant %s were changed or moved", grant.id)
        return None


def _is_ours(grant: Grant, turn: _Turn) -> bool:
    begin_read()
    same = exists().where(
        Grant.id == grant.id, Grant.version == grant.version, Grant.lease_owner == turn.owner
    )
    is_ours = db.session.scalar(select(same))
    commit()
    return bool(is_ours)


def _reason(grant: Grant) -> str:
    moment, adopted_at = now(), installation.adopted_at()
    if moment > grant.refresh_expires_at:
        return "refresh_expired"
    if adopted_at is not None and grant.rotated_at < adopted_at:
        # What we have is from a copy or a backup, and may have been replaced where that was made.
        return "outdated"
    # Left by a refresh that did not come to its end, and by no other.
    if grant.tried_at is not None and moment - grant.tried_at > GRACE:
        return "rotation_lost"
    return "revoked_in_xero"


def _rotate(grant: Grant, pair: Pair, turn: _Turn, tokens: Tokens) -> None:
    _change(
        grant,
        turn,
        **sealed_pair(grant, tokens, pair.refresh),
        version=grant.version + 1,
        failures=0,
        next_refresh_at=next_visit(now()),
    )
    # Only here are we known by our own secret: what takes a reader's token knows nothing of it.
    begin_write()
    trouble.is_over(trouble.CLIENT_REFUSED)
    commit()


def _put_off(grant: Grant, turn: _Turn, error: Exception) -> None:
    """Keep the tokens, and try the same ones later, well within the provider's grace at first."""
    level = logging.CRITICAL if isinstance(error, ClientRefused) else logging.WARNING
    log.log(level, "grant %s could not be refreshed: %s", grant.id, error)
    later = ask_again_at(min(60 * 2**grant.failures, LONGEST_WAIT), error)
    _change(grant, turn, failures=grant.failures + 1, next_refresh_at=later)


def _change(grant: Grant, turn: _Turn, **values: object) -> None:
    """Write and give the lease back; raises _Overtaken when the row has moved on without us.

    What the provider gave it gives once: a database that is busy or full is asked again for as long
    as we have the lease, and only then is the answer left to the provider's grace.
    """
    while True:
        try:
            return _changed(grant, turn, values)
        except OperationalError:
            if time.monotonic() > turn.ends_at:
                raise
            db.session.rollback()
            time.sleep(WRITE_AGAIN_SECONDS)


def _changed(grant: Grant, turn: _Turn, values: dict[str, object]) -> None:
    begin_write()
    changed = db.session.scalar(
        update(Grant)
        .where(Grant.id == grant.id, Grant.version == grant.version)
        .where(Grant.lease_owner == turn.owner)
        .values(lease_owner=None, lease_until=None, **values)
        .returning(Grant.id)
        .execution_options(synchronize_session=False)
    )
    commit()
    if changed is None:
        raise _Overtaken


def _have_visited_soon(grant: Grant) -> None:
    """Have the worker refresh it at once: what we asked for under a lease that ran out came to nothing.

    The provider may have given its last pair to us, who could not keep it. Within its grace the pair
    that was kept is still good, and asking with it makes both agree again.
    """
    begin_write()
    db.session.execute(
        update(Grant)
        .where(Grant.id == grant.id, Grant.version == grant.version, Grant.status == "ok")
        .values(next_refresh_at=now())
        .execution_options(synchronize_session=False)
    )
    commit()
