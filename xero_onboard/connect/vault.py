"""The only place that knows how tokens lie in their rows: sealed for one column of one row of one environment."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import IntegrityError

from xero_onboard.connect import installation, signals
from xero_onboard.connect.models import (
    ENDED,
    Attempt,
    Connection,
    Grant,
    Removal,
    VaultKeyProof,
)
from xero_onboard.connect.providers.base import Provider, Tokens
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import KeyMissing, Tampered, key_of, key_ring
from xero_onboard.lib.db import db, insert_into
from xero_onboard.lib.reader import Identity
from xero_onboard.lib.sealed import SealedColumn, declare
from xero_onboard.lib.web import settings

# https://developer.xero.com/faq/oauth2 for both.
GRACE = timedelta(minutes=30)
REFRESH_LIFE = timedelta(days=60)
LATEST_VISIT = timedelta(hours=26)
# Several machines work on the same rows, and their clocks need not agree to the second.
CLOCKS_DIFFER = timedelta(minutes=5)

_PROOF = "the key that sealed this is the key that is here"


class GrantDead(Exception):
    """Only the person at the provider can help: they must connect again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class VaultLocked(Exception):
    """No token may be had: our key is missing or wrong, or the tokens may be another installation's.

    Nothing is wrong with the connections, and nothing was changed.
    """


class WrongEnvironment(Exception):
    """A row of the sandbox reached live code, or the other way round."""


@dataclass(frozen=True)
class Pair:
    """What a grant's row holds, unsealed."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


@dataclass(frozen=True)
class Access:
    """An access token, and which version of the grant it is from."""

    token: str = field(repr=False)
    version: int


def seal(table: str, row_id: UUID, column: str, environment: str, plain: str) -> str:
    """Seal for one column of one row; it opens nowhere else."""
    return key_ring().seal(plain, f"{table}|{row_id}|{column}|{environment}")


def unseal(table: str, row_id: UUID, column: str, environment: str, sealed: str) -> str:
    """What was sealed for this place; raises VaultLocked if the key is not here, else Tampered."""
    try:
        return key_ring().unseal(sealed, f"{table}|{row_id}|{column}|{environment}")
    except KeyMissing as error:
        raise VaultLocked(f"the key {key_of(sealed)} is not in VAULT_KEYS") from error
    except Tampered:
        _prove(key_of(sealed))
        raise


def keep(provider: Provider, identity: Identity, tokens: Tokens) -> Grant:
    """Seal a login's new tokens into its one row; raises VaultLocked.

    Whatever refresh of the old tokens is under way is fenced off by the new version.
    """
    _refuse_while_at_rest()
    installation.note_use()
    enrol()
    try:
        with db.session.begin_nested():
            return _kept(provider, identity, tokens)
    except IntegrityError:
        # The same login came back in another tab for the first time, and that one was first.
        return _kept(provider, identity, tokens)


def _kept(provider: Provider, identity: Identity, tokens: Tokens) -> Grant:
    grant = _find(provider, identity) or _new_grant(provider, identity)
    for name, value in sealed_pair(grant, tokens, None).items():
        setattr(grant, name, value)
    grant.scopes = " ".join(tokens.scopes)
    grant.version = Grant.version + 1 if grant.version else 1
    grant.lease_owner = grant.lease_until = None
    grant.status, grant.reason, grant.failures = "ok", None, 0
    grant.next_refresh_at = next_visit(now())
    db.session.add(grant)
    db.session.flush()
    return grant


def sealed_pair(grant: Grant, tokens: Tokens, previous: str | None) -> dict[str, Any]:
    """The columns of a grant that a new pair of tokens changes; `previous` is what it replaces."""
    if tokens.refresh is None:
        raise ValueError("a grant without a refresh token cannot be kept")
    moment = now()
    refresh_sealed = _seal(grant, "refresh", tokens.refresh)
    return {
        "access_sealed": _seal(grant, "access", tokens.access),
        "refresh_sealed": refresh_sealed,
        "previous_sealed": _seal(grant, "previous", previous) if previous else None,
        "key_id": key_of(refresh_sealed),
        "access_expires_at": moment + timedelta(seconds=tokens.expires_in),
        "refresh_expires_at": moment + REFRESH_LIFE,
        "rotated_at": moment,
        "tried_at": None,
    }


def hold(grant_id: UUID) -> Grant:
    """A grant that is alive and stays so until we commit; raises GrantDead.

    Whoever says that a connection works must hold its grant, so that none works on a dead one.
    """
    grant = db.session.get_one(Grant, grant_id, populate_existing=True, with_for_update=True)
    if grant.status != "ok":
        raise GrantDead(grant.reason or "unknown")
    return grant


def previous_refresh(grant: Grant) -> str | None:
    """The refresh token before this one, while the provider may still take it."""
    if grant.previous_sealed is None or now() - grant.rotated_at > GRACE:
        return None
    return _unseal(grant, "previous", grant.previous_sealed)


def next_visit(moment: datetime) -> datetime:
    """When to look after a grant again: about a day on, not all at once."""
    early = secrets.randbelow(4 * 3600)
    return moment + LATEST_VISIT - timedelta(seconds=early)


def is_due(moment: datetime) -> ColumnElement[bool]:
    """Whether a grant was to be looked after by then, or says what it cannot unless the clock was ahead.

    A clock that was put right leaves dates behind which no look, and no renewal, can have written.
    """
    return or_(
        Grant.next_refresh_at <= moment,
        Grant.next_refresh_at > now() + LATEST_VISIT + CLOCKS_DIFFER,
        Grant.rotated_at > now() + CLOCKS_DIFFER,
    )


def open_pair(grant: Grant) -> Pair:
    """The tokens of a grant that is alive; raises GrantDead, VaultLocked or Tampered."""
    if grant.status != "ok" or grant.access_sealed is None or grant.refresh_sealed is None:
        raise GrantDead(grant.reason or "unknown")
    _refuse_while_at_rest()
    return Pair(
        access=_unseal(grant, "access", grant.access_sealed),
        refresh=_unseal(grant, "refresh", grant.refresh_sealed),
    )


def seal_removal(removal: Removal, pair: Pair, access_expires_at: datetime) -> None:
    """Give a removal the tokens it is delivered with, sealed for it alone."""
    removal.access_sealed = seal("removal", removal.id, "access", removal.environment, pair.access)
    removal.refresh_sealed = seal(
        "removal", removal.id, "refresh", removal.environment, pair.refresh
    )
    removal.access_expires_at = access_expires_at


def open_removal(removal: Removal) -> Pair | None:
    """The tokens a removal has of its own, if any; raises VaultLocked or Tampered."""
    if removal.access_sealed is None or removal.refresh_sealed is None:
        return None
    _refuse_while_at_rest()
    where = ("removal", removal.id)
    return Pair(
        access=unseal(*where, "access", removal.environment, removal.access_sealed),
        refresh=unseal(*where, "refresh", removal.environment, removal.refresh_sealed),
    )


def forget(grant: Grant) -> None:
    """Destroy the tokens of a grant here; a refresh under way is fenced off."""
    grant.access_sealed = grant.refresh_sealed = grant.previous_sealed = grant.key_id = None
    grant.version = Grant.version + 1
    grant.lease_owner = grant.lease_until = None
    grant.status, grant.reason = "dead", "disconnected"


def _find(provider: Provider, identity: Identity) -> Grant | None:
    return db.session.scalar(
        select(Grant)
        .where(
            Grant.environment == provider.facts.environment,
            Grant.issuer == identity.issuer,
            Grant.subject == identity.subject,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _new_grant(provider: Provider, identity: Identity) -> Grant:
    return Grant(
        id=uuid4(),
        environment=provider.facts.environment,
        provider=provider.facts.name,
        issuer=identity.issuer,
        subject=identity.subject,
    )


def bury(grant: Grant, reason: str, version: int, owner: str | None = None) -> bool:
    """Mark a grant dead with all its connections, once, if it is still the one we judged."""
    conditions = [Grant.id == grant.id, Grant.version == version, Grant.status == "ok"]
    if owner is not None:
        conditions.append(Grant.lease_owner == owner)
    buried = db.session.scalar(
        update(Grant)
        .where(*conditions)
        .values(
            status="dead",
            reason=reason,
            version=version + 1,
            lease_owner=None,
            lease_until=None,
            access_sealed=None,
            refresh_sealed=None,
            previous_sealed=None,
            key_id=None,
        )
        .returning(Grant.id)
        .execution_options(synchronize_session=False)
    )
    if buried is not None:
        audit.record("grant_ended", subject=f"grant:{grant.id}", reason=reason)
        tell(grant.id, reason)
    return buried is not None


def tell(grant_id: UUID, reason: str, *, as_of: datetime | None = None) -> None:
    """Its connections work again only after somebody reconnects; rings `needs_reauth` once for each.

    What is known since `as_of` says nothing of those that were connected or looked at later. Call it
    with a grant that is held.
    """
    alive = select(Connection).where(
        Connection.grant_id == grant_id, Connection.status.not_in((*ENDED, "needs_reauth"))
    )
    if as_of is not None:
        alive = alive.where(or_(Connection.checked_at.is_(None), Connection.checked_at <= as_of))
    for connection in db.session.scalars(alive.execution_options(populate_existing=True)):
        connection.status, connection.reason = "needs_reauth", reason
        connection.is_untold = True
        signals.needs_reauth.send(connection)
        audit.record(
            "reconnect_needed",
            customer=connection.customer_id,
            subject=f"connection:{connection.id}",
            reason=reason,
        )


def give_up_key(key_id: str) -> int:
    """Have everybody reconnect whose tokens only a lost key opens, and destroy those; how many logins."""
    grants = db.session.scalars(select(Grant).where(Grant.key_id == key_id, Grant.status == "ok"))
    buried = sum(bury(grant, "key_lost", grant.version) for grant in grants.all())
    lost = Attempt.verifier_sealed.startswith(f"{key_id}.", autoescape=True)
    db.session.execute(update(Attempt).where(lost).values(verifier_sealed=""))
    audit.record("vault_key_forgotten", key=key_id)
    return buried


def wrong_keys() -> list[str]:
    """The ids of keys that are here under the name of another one."""
    wrong = []
    for proof in db.session.scalars(select(VaultKeyProof).order_by(VaultKeyProof.key_id)):
        try:
            _prove(proof.key_id)
        except VaultLocked:
            wrong.append(proof.key_id)
        except KeyMissing:
            continue
    return wrong


def _refuse_while_at_rest() -> None:
    """Here, where every token passes: a copy of the database that used one would take it from its site."""
    found = installation.doubt()
    if found is not None:
        raise VaultLocked(installation.explained(found))


def _seal(grant: Grant, column: str, plain: str) -> str:
    return seal("grant", grant.id, column, grant.environment, plain)


def _unseal(grant: Grant, column: str, sealed: str) -> str:
    return unseal("grant", grant.id, column, grant.environment, sealed)


def _prove(key_id: str) -> None:
    """Raises VaultLocked when it is our key that is wrong, rather than the row."""
    proof = db.session.get(VaultKeyProof, key_id)
    try:
        if proof is None or key_ring().unseal(proof.sealed, f"vault_key_proof|{key_id}") != _PROOF:
            raise VaultLocked(f"there is no proof of the key {key_id}")
    except Tampered as error:
        raise VaultLocked(
            f"VAULT_KEYS: the key {key_id} is not the one that sealed the stored connections; "
            "restore it, or give the new key an id of its own"
        ) from error


def enrol() -> None:
    """Check the key that seals before it seals, so that a wrong one is noticed at once; raises VaultLocked."""
    key_id = settings().vault_keys[0].id
    if db.session.get(VaultKeyProof, key_id) is not None:
        _prove(key_id)
        return
    sealed = key_ring().seal(_PROOF, f"vault_key_proof|{key_id}")
    enrolled = insert_into(VaultKeyProof).values(key_id=key_id, sealed=sealed)
    db.session.execute(enrolled.on_conflict_do_nothing())


def _column(column: Any, name: str, key_column: Any = None) -> SealedColumn:
    table = column.class_
    return SealedColumn(
        column,
        (table.environment,),
        lambda row: f"{table.__tablename__}|{row.id}|{name}|{row.environment}",
        key_column,
    )


declare(
    _column(Attempt.verifier_sealed, "verifier"),
    _column(Grant.access_sealed, "access"),
    # The one that counts: with it the grant goes on, and by its key the row is looked for.
    _column(Grant.refresh_sealed, "refresh", Grant.key_id),
    _column(Grant.previous_sealed, "previous"),
    _column(Removal.access_sealed, "access"),
    _column(Removal.refresh_sealed, "refresh"),
)
