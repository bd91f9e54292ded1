"""Telling the provider of what was disconnected here, until it has heard."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select, update

from xero_onboard.connect import installation
from xero_onboard.connect.models import UNCONFIRMED, Attempt, Candidate, Connection, Grant, Removal
from xero_onboard.connect.organisations import end_if_removed
from xero_onboard.connect.providers.base import (
    AccessRefused,
    GrantRefused,
    Patience,
    Provider,
    ProviderError,
)
from xero_onboard.connect.renewal import ask, ask_again_at
from xero_onboard.connect.vault import (
    GrantDead,
    Pair,
    forget,
    open_pair,
    open_removal,
    seal_removal,
)
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import Tampered
from xero_onboard.lib.db import begin_read, begin_write, commit, db, new_id

DELIVERY_SECONDS = 15.0
MOST_TRIES = 60
LONGEST_PAUSE = timedelta(hours=6)

log = logging.getLogger(__name__)


def due(provider: Provider) -> Sequence[UUID]:
    """The removals whose time has come."""
    query = select(Removal.id).where(*_is_due(provider))
    return db.session.scalars(query.order_by(Removal.due_at).limit(20)).all()


def end_consent(grant: Grant) -> None:
    """Take the tokens out of a grant that nothing needs, and end with them what was consented to.

    Raises GrantDead, VaultLocked or Tampered.
    """
    removal = Removal(id=new_id(), environment=grant.environment, grant_id=grant.id)
    seal_removal(removal, open_pair(grant), grant.access_expires_at)
    forget(grant)
    db.session.add(removal)


def deliver(provider: Provider, removal_id: UUID) -> None:
    """Try once to remove it at the provider; raises VaultLocked. Call it with nothing uncommitted."""
    removal = _claim(provider, removal_id)
    if removal is None:
        return
    try:
        is_known = _remove(provider, removal, Patience(DELIVERY_SECONDS))
    except (GrantDead, GrantRefused, Tampered) as error:
        log.warning("removal %s cannot be delivered: %s", removal.id, type(error).__name__)
        _finish(removal, "unconfirmed")
    except ProviderError as error:
        log.warning("removal %s is not delivered yet: %s", removal.id, error)
        if removal.tries >= MOST_TRIES:
            _finish(removal, "unconfirmed")
        else:
            _put_off(removal, error)
    else:
        if is_known:
            _finish(removal, "delivered")


def _claim(provider: Provider, removal_id: UUID) -> Removal | None:
    """Take a due removal; whoever fails or dies with it leaves it due again a while later."""
    begin_write()
    installation.note_use()
    removal = db.session.get(Removal, removal_id, populate_existing=True)
    tries = removal.tries if removal else 0
    later = now() + min(timedelta(minutes=2 ** min(tries, 10)), LONGEST_PAUSE)
    claimed = db.session.scalar(
        update(Removal)
        .where(Removal.id == removal_id, *_is_due(provider))
        .values(tries=Removal.tries + 1, due_at=later)
        .returning(Removal.id)
    )
    commit()
    return removal if claimed else None


def _is_due(provider: Provider) -> tuple[ColumnElement[bool], ...]:
    """Its time has come, and nobody is just choosing it again, who would find it gone."""
    is_offered = exists().where(
        Candidate.remote_id == Removal.remote_id,
        Candidate.attempt_id == Attempt.id,
        Attempt.status == "choosing",
    )
    return (
        Removal.environment == provider.facts.environment,
        Removal.status == "pending",
        # Nothing is put off for longer: our clock was ahead then, and was put right.
        or_(Removal.due_at <= now(), Removal.due_at > now() + 2 * LONGEST_PAUSE),
        ~is_offered,
    )


def _put_off(removal: Removal, error: ProviderError) -> None:
    """Leave the provider alone for as long as it wants; it is due again without this as well."""
    later = ask_again_at(0, error)
    begin_write()
    db.session.execute(
        update(Removal)
        .where(Removal.id == removal.id, Removal.status == "pending", Removal.due_at < later)
        .values(due_at=later)
    )
    commit()


def _remove(provider: Provider, removal: Removal, patience: Patience) -> bool:
    """Remove the one connection, and the whole consent when nothing else lives on it."""
    pair = open_removal(removal)
    grant = db.session.get_one(Grant, removal.grant_id, populate_existing=True)
    is_alive, remote_id = grant.status == "ok", removal.remote_id
    fate = _shared_fate(removal) if pair is None and grant.reason == "disconnected" else None
    commit()
    if is_alive:
        # Still needed, or connected again since: then only this one organisation goes.
        return remote_id is None or _remove_by_login(provider, removal, patience)
    if pair is None:
        if fate not in ("pending", "delivered"):
            raise GrantDead(grant.reason or "unknown")
        # Its grant's last removal ends the whole consent, and with it this connection.
        return fate == "delivered"
    if remote_id is not None:
        pair = _disconnect(provider, removal, remote_id, pair, patience)
    if _is_wanted_again(removal):
        # Connected once more while the provider took its time: its new consent would end as well.
        return True
    provider.revoke(pair.refresh, patience)
    return True


def _remove_by_login(provider: Provider, removal: Removal, patience: Patience) -> bool:
    """Remove the one connection with the tokens of its login; False if those were taken along meanwhile.

    Its last connection was disconnected then, and ends the whole consent: our next try goes by that.
    """
    try:
        ask(
            provider,
            removal.grant_id,
            lambda token: _remove_one(provider, removal, token, patience),
            patience=patience,
        )
    except GrantDead as error:
        if error.reason != "disconnected":
            raise
        return False
    return True


def _remove_one(provider: Provider, removal: Removal, token: str, patience: Patience) -> None:
    """Remove the one connection, unless it was given again while we waited for this token."""
    if removal.remote_id is not None and _is_pending(removal):
        provider.disconnect(token, removal.remote_id, patience)


def _disconnect(
    provider: Provider, removal: Removal, remote_id: str, pair: Pair, patience: Patience
) -> Pair:
    """Remove the connection with the removal's own tokens, renewing them if they are too old."""
    expires_at = removal.access_expires_at
    if expires_at is not None and expires_at > now() + timedelta(minutes=1):
        try:
            provider.disconnect(pair.access, remote_id, patience)
            return pair
        except AccessRefused:
            log.info("removal %s needs a new access token", removal.id)
    tokens = provider.refresh(pair.refresh, patience)
    pair = Pair(access=tokens.access, refresh=tokens.refresh or pair.refresh)
    if _keep(removal, pair, now() + timedelta(seconds=tokens.expires_in)):
        provider.disconnect(pair.access, remote_id, patience)
    return pair


def _keep(removal: Removal, pair: Pair, expires_at: datetime) -> bool:
    """Keep the removal's new tokens; False if it was withdrawn while we asked for them."""
    begin_write()
    removal = db.session.get_one(Removal, removal.id, populate_existing=True, with_for_update=True)
    is_pending = removal.status == "pending"
    if is_pending:
        seal_removal(removal, pair, expires_at)
    commit()
    return is_pending


def _is_pending(removal: Removal) -> bool:
    return _holds(exists().where(Removal.id == removal.id, Removal.status == "pending"))


def _is_wanted_again(removal: Removal) -> bool:
    """Whether it was withdrawn, or its login has come back for another organisation."""
    is_alive = exists().where(Grant.id == removal.grant_id, Grant.status == "ok")
    return not _is_pending(removal) or _holds(is_alive)


def _holds(condition: ColumnElement[bool]) -> bool:
    """As it is by now, whatever this session has read before."""
    begin_read()
    holds = db.session.scalar(select(condition))
    commit()
    return bool(holds)


def give_up_key(key_id: str) -> int:
    """Leave to its owner at the provider what waits with tokens that only a lost key opens; how much that is."""
    stuck = Removal.refresh_sealed.startswith(f"{key_id}.", autoescape=True)
    found = db.session.scalars(select(Removal).where(Removal.status == "pending", stuck)).all()
    for removal in found:
        _end(removal, "unconfirmed")
    return len(found)


def is_delivered(removal_id: UUID) -> bool:
    """Whether the provider has confirmed it."""
    return _holds(exists().where(Removal.id == removal_id, Removal.status == "delivered"))


def _shared_fate(removal: Removal) -> str | None:
    """What became of the removal that took the tokens of their login along, and ends its consent."""
    return db.session.scalar(
        select(Removal.status)
        .where(
            Removal.grant_id == removal.grant_id,
            # Written with the tokens, and kept where they themselves are destroyed.
            Removal.access_expires_at.is_not(None),
        )
        .order_by(Removal.created_at.desc())
        .limit(1)
    )


def _finish(removal: Removal, status: str) -> None:
    begin_write()
    _end(removal, status)
    commit()


def _end(removal: Removal, status: str) -> None:
    """Write down how it went and destroy the removal's tokens."""
    db.session.execute(
        update(Removal)
        .where(Removal.id == removal.id, Removal.status == "pending")
        .values(status=status, access_sealed=None, refresh_sealed=None, finished_at=now())
    )
    if removal.connection_id is not None:
        if status != "delivered":
            _doubt(removal.connection_id)
        end_if_removed(removal.connection_id)


def _doubt(connection_id: UUID) -> None:
    """What is left at the provider of a connection that has ended here only its owner can tell."""
    db.session.execute(
        update(Connection)
        .where(Connection.id == connection_id, Connection.status == "disconnecting")
        .values(reason=UNCONFIRMED)
    )
