"""What a reader does with a connection they have: work with it, check it, disconnect it."""

import logging
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select

from xero_onboard.connect import signals, strays, trouble
from xero_onboard.connect.models import ENDED, UNCONFIRMED, WORKING, Connection, Grant, Removal
from xero_onboard.connect.organisations import select_only
from xero_onboard.connect.providers.base import (
    ClientRefused,
    ListedOrganisation,
    NotAsked,
    OrganisationRefused,
    Patience,
    Provider,
    ProviderError,
    ProviderUnavailable,
    ScopeMissing,
)
from xero_onboard.connect.renewal import ask, ask_again_at
from xero_onboard.connect.standing import connected, degrade, reconcile, turned_away
from xero_onboard.connect.vault import GrantDead, forget, hold, open_pair, seal_removal, tell
from xero_onboard.lib import audit, limits
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import Tampered
from xero_onboard.lib.db import begin_write, commit, db, new_id
from xero_onboard.lib.limits import Limit

CHECK_SECONDS = 15.0
# One that hangs leaves time for the others.
KNOCK_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 600.0
# Xero answers 60 questions a minute about one organisation, and most of them are for the work of the product.
# https://developer.xero.com/documentation/guides/oauth2/limits/
CHECKS = Limit("checks: connection", 15, timedelta(minutes=1))

log = logging.getLogger(__name__)


class NotPossible(Exception):
    """The connection is not in a state in which this can be done."""


def choose(connection: Connection) -> None:
    """Work with this organisation from now on; raises NotPossible when it cannot be reached."""
    # Its row waits: that of the one selected until now is written first, whoever disconnects that one.
    _hold(connection, locks_row=False)
    if connection.status not in WORKING or connection.paused_at is not None:
        raise NotPossible
    select_only(connection)
    audit.record(
        "connection_selected",
        customer=connection.customer_id,
        subject=f"connection:{connection.id}",
    )


def pause(connection: Connection) -> None:
    """Stop working with a connection, which is kept alive; raises NotPossible for one that has ended.

    The pause ends with `resume`, or when its reader disconnects the organisation and connects it anew.
    """
    _hold(connection)
    connection.paused_at = connection.paused_at or now()
    audit.record(
        "connection_paused", customer=connection.customer_id, subject=f"connection:{connection.id}"
    )


def resume(connection: Connection) -> None:
    """Work with a paused connection again; raises NotPossible for one that has ended."""
    _hold(connection)
    connection.paused_at = None
    audit.record(
        "connection_resumed", customer=connection.customer_id, subject=f"connection:{connection.id}"
    )


def check(provider: Provider, connection: Connection) -> str:
    """Ask the provider how this connection stands, and say so as an outcome's code.

    Raises NotPossible for one that is disconnected, TooMany, VaultLocked and WrongEnvironment.
    """
    if not connection.is_live:
        raise NotPossible
    limits.count(CHECKS, str(connection.id))
    grant_id, tenant_id = connection.grant_id, connection.tenant_id
    commit()
    code = visit(provider, grant_id, tenant_id)
    if code is not None:
        return code
    db.session.refresh(connection)
    if not connection.is_live:
        raise NotPossible
    return "checked" if connection.status == "active" else "organisation_gone"


def visit(
    provider: Provider,
    grant_id: UUID,
    tenant_id: str | None = None,
    *,
    not_version: int | None = None,
) -> str | None:
    """Look at what a login can reach, and bring its connections into line; a code if that failed.

    The organisations themselves are asked too, or only that of `tenant_id` for a reader who waits: the
    list may still name one whose door is closed. `not_version` has the tokens of that version renewed
    first. Call it with nothing uncommitted.
    """
    patience, asked_at = Patience(CHECK_SECONDS), now()

    def organisations(token: str) -> tuple[ListedOrganisation, ...]:
        return provider.organisations(token, patience)

    try:
        listed = ask(provider, grant_id, organisations, not_version=not_version, patience=patience)
        is_open = _knock(provider, grant_id, tenant_id, patience)
        begin_write()
        grant = hold(grant_id)
        reconcile(grant, listed, as_of=asked_at, is_open=is_open)
        strays.note(grant, listed)
    except NotAsked:
        # Nothing is known that was not known before, least of all that the provider is silent.
        return "not_asked"
    except GrantDead as error:
        return _note_end(grant_id, error.reason)
    except ScopeMissing:
        return _note_missing_scope(grant_id, asked_at)
    except ClientRefused as error:
        log.critical("the provider refuses us, not grant %s: %s", grant_id, error)
        begin_write()
        trouble.note(trouble.CLIENT_REFUSED, str(error))
        commit()
        return "client_refused"
    except ProviderError as error:
        return _note_silence(grant_id, asked_at, error)
    return None


def disconnect(connection: Connection) -> UUID | None:
    """Disconnect here at once; the id of the removal to deliver, None if the provider cannot be told.

    When no other connection needs the grant, its tokens leave it in this same transaction. Raises
    NotPossible for one that is disconnected already, and VaultLocked.
    """
    # Held, so that no other connection is bound to it while we judge whether any needs it.
    grant = _hold(connection)
    removal = _removal(connection, grant)
    is_there = not connection.is_gone_at_provider
    connection.is_selected, connection.ended_at = False, now()
    if removal is None:
        connection.status, connection.reason = "disconnected", UNCONFIRMED if is_there else None
    else:
        connection.status, connection.reason = "disconnecting", None
        db.session.add(removal)
    db.session.flush()
    _select_the_only_one_left(connection)
    signals.disconnected.send(connection)
    audit.record(
        "disconnected", customer=connection.customer_id, subject=f"connection:{connection.id}"
    )
    return removal.id if removal else None


def _hold(connection: Connection, *, locks_row: bool = True) -> Grant:
    """Its login, alive or dead; neither changes until we commit. Raises NotPossible for one that has ended.

    Whoever had to wait for somebody else judges by what that one left behind.
    """
    while True:
        grant = db.session.get_one(
            Grant, connection.grant_id, populate_existing=True, with_for_update=True
        )
        db.session.refresh(connection, with_for_update=locks_row)
        if not connection.is_live:
            raise NotPossible
        if connection.grant_id == grant.id:
            return grant


def _removal(connection: Connection, grant: Grant) -> Removal | None:
    removal = Removal(
        id=new_id(),
        environment=connection.environment,
        connection_id=connection.id,
        grant_id=grant.id,
        remote_id=connection.remote_id,
    )
    try:
        pair = open_pair(grant)
    except (GrantDead, Tampered):
        return None
    if not _is_needed(grant, connection):
        seal_removal(removal, pair, grant.access_expires_at)
        forget(grant)
    return removal


def _is_needed(grant: Grant, besides: Connection) -> bool:
    query = select(
        exists().where(
            Connection.grant_id == grant.id,
            Connection.id != besides.id,
            Connection.status.not_in(ENDED),
        )
    )
    return bool(db.session.scalar(query))


def _select_the_only_one_left(gone: Connection) -> None:
    """With one organisation left there is nothing to choose; with several the reader must say."""
    left = db.session.scalars(
        select(Connection).where(
            Connection.environment == gone.environment,
            Connection.customer_id == gone.customer_id,
            Connection.status.not_in(ENDED),
        )
    ).all()
    if len(left) == 1:
        select_only(left[0])


def _knock(
    provider: Provider, grant_id: UUID, tenant_id: str | None, patience: Patience
) -> dict[str, bool]:
    """Whether these organisations let this login in now: of each that said so.

    Without `tenant_id` every one that is connected is asked, in no order: whose login has more than
    there is time for has each of them asked within days. One that says nothing says nothing of the
    others, and a token that is refused is renewed once for all.
    """
    tenants = list(turned_away(grant_id) | {tenant_id} if tenant_id else connected(grant_id))
    commit()
    secrets.SystemRandom().shuffle(tenants)
    answers: dict[str, bool | None] = {}

    def knock(token: str) -> None:
        for each in tenants:
            if each not in answers:
                answers[each] = _is_open(provider, token, each, patience)

    try:
        ask(provider, grant_id, knock, patience=patience)
    except ProviderUnavailable as error:
        log.info("no further organisation could be asked: %s", error)
    except ScopeMissing:
        if db.session.get_one(Grant, grant_id).allows(provider.facts.scopes):
            raise
        # We want more than we did when this login was asked, and what it allowed goes on working.
        commit()
    return {tenant: answer for tenant, answer in answers.items() if answer is not None}


def _is_open(provider: Provider, token: str, tenant_id: str, patience: Patience) -> bool | None:
    """None when the organisation itself did not say."""
    try:
        provider.describe(token, tenant_id, patience.at_most(KNOCK_SECONDS))
    except OrganisationRefused:
        return False
    except ProviderUnavailable as error:
        log.info("an organisation could not be asked: %s", error)
        return None
    return True


def _note_end(grant_id: UUID, reason: str) -> str | None:
    """Have its connections reconnected; None when the login has come back since we were told."""
    begin_write()
    if _is_alive(grant_id):
        commit()
        return None
    tell(grant_id, reason)
    commit()
    return "revoked" if reason == "revoked_in_xero" else "reconnect_needed"


def _note_missing_scope(grant_id: UUID, asked_at: datetime) -> str:
    """What was connected or looked at since we asked is left alone: that is the later news."""
    begin_write()
    if _is_alive(grant_id):
        tell(grant_id, "scope_missing", as_of=asked_at)
    commit()
    return "scope_missing"


def _note_silence(grant_id: UUID, asked_at: datetime, error: ProviderError) -> str:
    log.warning("the provider does not say how grant %s stands: %s", grant_id, error)
    begin_write()
    with suppress(GrantDead):
        grant = hold(grant_id)
        degrade(grant, as_of=asked_at)
        if not grant.failures:
            # Else it was put off already, for as long as the provider wants to be left alone.
            later = ask_again_at(LOOK_AGAIN_SECONDS, error)
            grant.next_refresh_at = min(grant.next_refresh_at, later)
    commit()
    return "provider_slow"


def _is_alive(grant_id: UUID) -> bool:
    """Whether the login is alive now; it stays so, or dead, until we commit."""
    locked = select(Grant.status).where(Grant.id == grant_id).with_for_update()
    return db.session.scalar(locked) == "ok"
