"""What a reader does with a connection they have: work with it, check it, disconnect it."""

import logging
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, select

from xero_onboard.connect import signals
from xero_onboard.connect.models import ENDED, Connection, Grant, Removal
from xero_onboard.connect.organisations import select_only
from xero_onboard.connect.providers.base import (
    OrganisationRefused,
    Patience,
    Provider,
    ProviderError,
)
from xero_onboard.connect.renewal import ask
from xero_onboard.connect.standing import degrade, reconcile
from xero_onboard.connect.vault import GrantDead, forget, open_pair, seal_removal
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import Tampered
from xero_onboard.lib.db import begin_write, commit, db, new_id

CHECK_SECONDS = 15.0
LOOK_AGAIN = timedelta(minutes=10)

log = logging.getLogger(__name__)


class NotPossible(Exception):
    """The connection is not in a state in which this can be done."""


def choose(connection: Connection) -> None:
    """Work with this organisation from now on; raises NotPossible when it is disconnected."""
    if not connection.is_live:
        raise NotPossible
    select_only(connection)


def check(provider: Provider, connection: Connection) -> str:
    """Ask the provider how this connection stands, and say so as an outcome's code.

    Raises NotPossible for one that is disconnected, VaultLocked and WrongEnvironment.
    """
    if not connection.is_live:
        raise NotPossible
    grant_id, tenant_id = connection.grant_id, connection.tenant_id
    commit()
    code = visit(provider, grant_id, tenant_id)
    if code is not None:
        return code
    return "checked" if connection.status == "active" else "organisation_gone"


def visit(provider: Provider, grant_id: UUID, tenant_id: str | None = None) -> str | None:
    """Look at what a login can reach, and bring its connections into line; a code if that failed.

    With `tenant_id` that organisation itself is asked too: the list may still name an organisation
    whose door is closed. Call it with nothing uncommitted.
    """
    patience, asked_at = Patience(CHECK_SECONDS), now()
    try:
        listed = ask(provider, grant_id, lambda token: provider.organisations(token, patience))
    except GrantDead as error:
        return "revoked" if error.reason == "revoked_in_xero" else "reconnect_needed"
    except ProviderError as error:
        _note_silence(grant_id, error)
        return "provider_slow"
    closed = _closed(provider, grant_id, tenant_id, patience)
    begin_write()
    grant = db.session.get_one(Grant, grant_id, populate_existing=True)
    reconcile(grant, listed, as_of=asked_at, closed=closed)
    return None


def disconnect(connection: Connection) -> UUID | None:
    """Disconnect here at once; the id of the removal to deliver, None if the provider cannot be told.

    When no other connection needs the grant, its tokens leave it in this same transaction. Raises
    NotPossible for one that is disconnected already, and VaultLocked.
    """
    if not connection.is_live:
        raise NotPossible
    grant = db.session.get_one(Grant, connection.grant_id, populate_existing=True)
    removal = _removal(connection, grant)
    connection.is_selected, connection.ended_at = False, now()
    if removal is None:
        connection.status, connection.reason = "disconnected", "remote_unknown"
    else:
        connection.status, connection.reason = "disconnecting", None
        db.session.add(removal)
    db.session.flush()
    _select_the_only_one_left(connection)
    signals.disconnected.send(connection)
    return removal.id if removal else None


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


def _closed(
    provider: Provider, grant_id: UUID, tenant_id: str | None, patience: Patience
) -> frozenset[str]:
    """The organisation, if it turns this login away although the list still names it."""
    if tenant_id is None:
        return frozenset()
    try:
        ask(provider, grant_id, lambda token: provider.describe(token, tenant_id, patience))
    except OrganisationRefused:
        return frozenset({tenant_id})
    except (ProviderError, GrantDead) as error:
        log.info("an organisation could not be asked: %s", error)
    return frozenset()


def _note_silence(grant_id: UUID, error: ProviderError) -> None:
    log.warning("the provider does not say how grant %s stands: %s", grant_id, error)
    begin_write()
    grant = db.session.get_one(Grant, grant_id, populate_existing=True)
    degrade(grant)
    grant.next_refresh_at = min(grant.next_refresh_at, now() + LOOK_AGAIN)
    commit()
