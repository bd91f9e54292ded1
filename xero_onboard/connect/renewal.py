"""Refreshing so that no rotation is lost, whoever else refreshes, and whatever becomes of the answer.

No database transaction is open while the provider answers. A lease says who refreshes, and a version
says whether the answer is still wanted when it comes. The provider takes a used refresh token again
for 30 minutes, so after silence the same one is simply tried again.
"""

import logging
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import func, or_, update

from xero_onboard.connect.models import DatabaseSeconds, Grant
from xero_onboard.connect.providers.base import (
    AccessRefused,
    ClientRefused,
    GrantRefused,
    Patience,
    Provider,
    ProviderUnavailable,
    Tokens,
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

# Longer than anything the holder may do under it.
LEASE_SECONDS = 30
LEASE_LOST = timedelta(minutes=1)
REFRESH_SECONDS = 15.0
WAIT_SECONDS = 20.0
CONFIRM_AFTER_SECONDS = 2.0

Said = TypeVar("Said")

log = logging.getLogger(__name__)


def fresh_access(
    provider: Provider, grant_id: UUID, *, min_life: float = 300.0, not_version: int | None = None
) -> Access:
    """An access token that lives for a while yet, refreshed if need be.

    Call it with nothing uncommitted. `not_version` asks for a token newer than that version.
    Raises GrantDead, ProviderUnavailable, ClientRefused, VaultLocked or WrongEnvironment.
    """
    gives_up_at = time.monotonic() + WAIT_SECONDS
    while True:
        grant = _read(provider, grant_id)
        pair = _opened_or_buried(grant)
        lives_until = now() + timedelta(seconds=min_life)
        if grant.access_expires_at > lives_until and grant.version != not_version:
            return Access(pair.access, grant.version)
        owner = _lease(grant)
        if owner is not None:
            _renew(provider, grant, pair, owner)
        elif time.monotonic() > gives_up_at:
            raise ProviderUnavailable("somebody else is refreshing, and slowly", sent=False)
        else:
            time.sleep(0.1 + secrets.randbelow(100) / 1000)


def ask(
    provider: Provider,
    grant_id: UUID,
    question: Callable[[str], Said],
    *,
    not_version: int | None = None,
) -> Said:
    """Ask the provider something as this login; a refused token is refreshed once and no more.

    Raises what `question` and `fresh_access` raise, but ProviderUnavailable for AccessRefused: who
    gives us a token and refuses it at once has said nothing about the consent.
    """
    access = fresh_access(provider, grant_id, not_version=not_version)
    try:
        return question(access.token)
    except AccessRefused:
        access = fresh_access(provider, grant_id, not_version=access.version)
    try:
        return question(access.token)
    except AccessRefused as error:
        raise ProviderUnavailable("a token made just now is refused", sent=True) from error


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
        return open_pair(grant)
    except Tampered as error:
        log.critical("the sealed tokens of grant %s were changed or moved", grant.id)
        begin_write()
        bury(grant, "tampered", grant.version)
        commit()
        raise GrantDead("tampered") from error


def _lease(grant: Grant) -> str | None:
    """Become the one who refreshes this version; None if somebody else is.

    Whoever dies with the lease leaves the grant due again well within the provider's grace.
    """
    owner = str(uuid4())
    begin_write()
    taken = db.session.scalar(
        update(Grant)
        .where(
            Grant.id == grant.id,
            Grant.version == grant.version,
            Grant.status == "ok",
            or_(Grant.lease_until.is_(None), Grant.lease_until < DatabaseSeconds()),
        )
        .values(
            lease_owner=owner,
            lease_until=DatabaseSeconds() + LEASE_SECONDS,
            tried_at=func.coalesce(Grant.tried_at, now()),
            next_refresh_at=now() + LEASE_LOST,
        )
        .returning(Grant.id)
        .execution_options(synchronize_session=False)
    )
    commit()
    return owner if taken else None


def _renew(provider: Provider, grant: Grant, pair: Pair, owner: str) -> None:
    """Ask for a new pair and keep it; nothing is open in the database while we ask."""
    patience = Patience(REFRESH_SECONDS)
    try:
        tokens = provider.refresh(pair.refresh, patience)
    except GrantRefused:
        tokens = _confirmed(provider, grant, pair, owner, patience)
    except (ProviderUnavailable, ClientRefused) as error:
        _put_off(grant, owner, error)
        raise
    _rotate(grant, pair, owner, tokens)


def _confirmed(
    provider: Provider, grant: Grant, pair: Pair, owner: str, patience: Patience
) -> Tokens:
    """Ask once more before believing that a grant is dead; raises GrantDead when it is.

    A refused token may only mean that an earlier answer was lost: then the token before it is
    still good for half an hour.
    """
    time.sleep(CONFIRM_AFTER_SECONDS)
    token = previous_refresh(grant) or pair.refresh
    try:
        return provider.refresh(token, patience)
    except GrantRefused as error:
        reason = _reason(grant)
        begin_write()
        has_died = bury(grant, reason, grant.version, owner)
        commit()
        if not has_died:
            # Connected again or disconnected meanwhile: what we were told is about the past.
            raise ProviderUnavailable("the grant changed while we asked", sent=True) from error
        raise GrantDead(reason) from error
    except (ProviderUnavailable, ClientRefused) as error:
        _put_off(grant, owner, error)
        raise


def _reason(grant: Grant) -> str:
    moment = now()
    if moment > grant.refresh_expires_at:
        return "refresh_expired"
    # Left by a refresh that did not come to its end, and by no other.
    if grant.tried_at is not None and moment - grant.tried_at > GRACE:
        return "rotation_lost"
    return "revoked_in_xero"


def _rotate(grant: Grant, pair: Pair, owner: str, tokens: Tokens) -> None:
    _change(
        grant,
        owner,
        **sealed_pair(grant, tokens, pair.refresh),
        version=grant.version + 1,
        failures=0,
        next_refresh_at=next_visit(now()),
    )


def _put_off(grant: Grant, owner: str, error: Exception) -> None:
    """Keep the tokens, and try the same ones later, well within the provider's grace at first."""
    level = logging.CRITICAL if isinstance(error, ClientRefused) else logging.WARNING
    log.log(level, "grant %s could not be refreshed: %s", grant.id, error)
    wait = min(60 * 2**grant.failures, 3600)
    if isinstance(error, ProviderUnavailable) and error.retry_after is not None:
        wait = min(max(wait, int(error.retry_after)), 3600)
    later = now() + timedelta(seconds=wait + secrets.randbelow(30))
    _change(grant, owner, failures=grant.failures + 1, next_refresh_at=later)


def _change(grant: Grant, owner: str, **values: object) -> None:
    """Write and give the lease back, unless the row has moved on without us."""
    begin_write()
    db.session.execute(
        update(Grant)
        .where(Grant.id == grant.id, Grant.version == grant.version, Grant.lease_owner == owner)
        .values(lease_owner=None, lease_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    commit()
