"""After the exchange: which organisation it was, and what becomes of it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import IntegrityError

from xero_onboard.connect.models import ENDED, Attempt, Candidate, Connection, Grant, Removal
from xero_onboard.connect.organisations import (
    Actor,
    HeldElsewhere,
    bind,
    just_allowed,
    own_tenants,
    select_if_none,
)
from xero_onboard.connect.providers.base import (
    ListedOrganisation,
    Patience,
    Provider,
    ProviderError,
)
from xero_onboard.connect.standing import reconcile
from xero_onboard.connect.vault import GrantDead, hold
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db
from xero_onboard.lib.reader import Owner

DESCRIBE_SECONDS = 3.0
LOOK_AGAIN = timedelta(minutes=1)

log = logging.getLogger(__name__)


class NothingChosen(Exception):
    """The reader chose no organisation that was offered."""


@dataclass(frozen=True)
class Permission:
    """What a consent lets us ask with, and the provider's name for the event of it."""

    token: str = field(repr=False)
    event_id: str | None


@dataclass(frozen=True)
class Decision:
    """Either how the attempt ends, or the organisations it may be meant for."""

    code: str | None
    organisations: tuple[ListedOrganisation, ...] = ()
    name: str | None = None
    # The provider's list proves that they were allowed just now.
    are_new: bool = False


def discover(
    provider: Provider, attempt: Attempt, permission: Permission, patience: Patience
) -> None:
    """Find the organisation of this permission and connect it, or have the reader choose."""
    commit()
    asked_at = now()
    try:
        listed = provider.organisations(permission.token, patience)
    except ProviderError as error:
        log.warning("attempt %s has no list of organisations: %s", attempt.id, error)
        # The permission may have mended connections there were before; the worker looks at them soon.
        grant = db.session.get_one(Grant, _grant_id(attempt))
        grant.next_refresh_at = now() + LOOK_AGAIN
        end(attempt, "organisations_unavailable")
        return
    decision = _decide(attempt, listed, permission.event_id)
    candidates = _candidates(provider, attempt, decision, permission)
    begin_write()
    if not _lock(attempt, "claimed"):
        return
    try:
        grant = hold(_grant_id(attempt))
    except GrantDead:
        end(attempt, "permission_ended")
        return
    _settle(attempt, grant, decision, candidates)
    reconcile(grant, listed, as_of=asked_at)


def choose(attempt: Attempt, tenant_ids: Sequence[str]) -> None:
    """Connect the organisations a reader chose, unless the attempt has ended meanwhile.

    Raises NothingChosen or HeldElsewhere, changing nothing.
    """
    if not _lock(attempt, "choosing"):
        return
    offered = {row.tenant_id: row for row in candidates_of(attempt)}
    chosen = [offered[tenant] for tenant in dict.fromkeys(tenant_ids) if tenant in offered]
    if not chosen or len(chosen) != len(set(tenant_ids)):
        raise NothingChosen
    try:
        grant = hold(_grant_id(attempt))
    except GrantDead:
        end(attempt, "permission_ended")
        return
    codes = [_bind_one(attempt, grant, row) for row in chosen]
    # The news is what was new; that others were there before is not.
    code = next((code for code in codes if code != "already_connected"), "already_connected")
    end(attempt, code, _listing([row.name for row in chosen]))
    db.session.execute(delete(Candidate).where(Candidate.attempt_id == attempt.id))


def candidates_of(attempt: Attempt) -> Sequence[Candidate]:
    """The organisations this attempt offers, by name."""
    query = select(Candidate).where(Candidate.attempt_id == attempt.id)
    return db.session.scalars(query.order_by(Candidate.name, Candidate.tenant_id)).all()


def end(attempt: Attempt, code: str, organisation: str | None = None) -> None:
    """Write down how the attempt ended; it never ends differently afterwards."""
    attempt.status, attempt.outcome, attempt.organisation = "finished", code, organisation
    attempt.finished_at = now()
    log.info("attempt %s (%s) ended: %s", attempt.id, attempt.purpose, code)


def give_up(attempt: Attempt, code: str) -> None:
    """End an attempt in which no organisation was chosen, and give back what was allowed for it.

    Call it with an attempt that is locked. What another open attempt of the same login may still be
    meant for is left to that one.
    """
    end(attempt, code)
    unused = [row for row in candidates_of(attempt) if row.is_new]
    db.session.execute(delete(Candidate).where(Candidate.attempt_id == attempt.id))
    if not unused:
        return
    # Held, alive or not: nobody connects or offers anything of this login while we judge.
    grant = db.session.get_one(Grant, _grant_id(attempt), with_for_update=True)
    for row in unused:
        if not _is_connected(grant.environment, row) and not _is_left_to_another(grant, row):
            db.session.add(
                Removal(environment=grant.environment, grant_id=grant.id, remote_id=row.remote_id)
            )


def owner_of(attempt: Attempt) -> Owner:
    """Whom the attempt turned out to belong to."""
    if attempt.owner_user_id is None or attempt.owner_customer_id is None:
        raise LookupError(f"attempt {attempt.id} has no owner yet")
    return Owner(attempt.owner_user_id, attempt.owner_customer_id)


def _decide(
    attempt: Attempt, listed: Sequence[ListedOrganisation], event_id: str | None
) -> Decision:
    if not listed:
        return Decision("no_organisation")
    allowed = just_allowed(listed, event_id, attempt)
    fresh = tuple(row for row in allowed if row.is_organisation)
    organisations = tuple(row for row in listed if row.is_organisation)
    if not organisations or (allowed and not fresh):
        return Decision("wrong_kind")
    if attempt.expected_id is not None:
        return _decide_reconnect(attempt.expected_id, organisations, fresh)
    return _decide_connect(attempt, fresh or organisations, are_new=bool(fresh))


def _decide_connect(
    attempt: Attempt, possible: tuple[ListedOrganisation, ...], *, are_new: bool
) -> Decision:
    """One organisation is the answer; of several the reader says which, if any is not theirs yet.

    Without evidence of what is new all are possible: Xero lets a reader go on without adding one.
    """
    ours = own_tenants(attempt.environment, owner_of(attempt).customer_id)
    if len(possible) > 1 and all(row.tenant_id in ours for row in possible):
        return Decision("already_connected")
    return Decision(None, possible, are_new=are_new)


def _decide_reconnect(
    expected_id: UUID,
    organisations: tuple[ListedOrganisation, ...],
    fresh: tuple[ListedOrganisation, ...],
) -> Decision:
    """The organisation the reader was reconnecting, or none: another is never put in its place."""
    expected = db.session.get_one(Connection, expected_id)
    # Listed is enough, whatever else was ticked: the renewed login reaches it again.
    wanted = tuple(row for row in organisations if row.tenant_id == expected.tenant_id)
    if wanted:
        return Decision(None, wanted)
    return Decision("wrong_organisation", name=fresh[0].name if len(fresh) == 1 else None)


def _candidates(
    provider: Provider,
    attempt: Attempt,
    decision: Decision,
    permission: Permission,
) -> list[Candidate]:
    commit()
    patience = Patience(DESCRIBE_SECONDS)
    return [
        Candidate(
            attempt_id=attempt.id,
            tenant_id=row.tenant_id,
            remote_id=row.connection_id,
            name=row.name,
            country=_country(provider, permission, row, patience),
            is_new=decision.are_new,
        )
        for row in decision.organisations
    ]


def _country(
    provider: Provider, permission: Permission, row: ListedOrganisation, patience: Patience
) -> str | None:
    """A help in telling organisations apart, and not worth failing for."""
    try:
        facts = provider.describe(permission.token, row.tenant_id, patience)
    except ProviderError as error:
        log.info("an organisation was not described: %s", error)
        return None
    return facts.country if facts else None


def _settle(
    attempt: Attempt, grant: Grant, decision: Decision, candidates: list[Candidate]
) -> None:
    if decision.code is not None:
        end(attempt, decision.code, decision.name)
    elif len(candidates) > 1:
        db.session.add_all(candidates)
        attempt.status, attempt.outcome = "choosing", "choose_organisation"
    else:
        try:
            code = _bind_one(attempt, grant, candidates[0])
        except HeldElsewhere:
            code = "held_elsewhere"
        end(attempt, code, candidates[0].name)


def _bind_one(attempt: Attempt, grant: Grant, chosen: Candidate) -> str:
    actor = Actor(owner_of(attempt), attempt.actor)
    try:
        connection, code = _bound(grant, chosen, actor)
    except IntegrityError:
        # Somebody else, or the reader in another tab, was first: the second look sees what they did.
        connection, code = _bound(grant, chosen, actor)
    if attempt.connection_id is None:
        attempt.connection_id, attempt.chosen_at = connection.id, now()
    return code


def _bound(grant: Grant, chosen: Candidate, actor: Actor) -> tuple[Connection, str]:
    with db.session.begin_nested():
        connection, code = bind(grant, chosen, actor)
        select_if_none(connection)
    return connection, code


def _is_connected(environment: str, row: Candidate) -> bool:
    query = select(
        exists().where(
            Connection.environment == environment,
            Connection.remote_id == row.remote_id,
            Connection.status.not_in(ENDED),
        )
    )
    return bool(db.session.scalar(query))


def _is_left_to_another(grant: Grant, row: Candidate) -> bool:
    """Whether an attempt that is still open may be meant for it, and gives it back if it is not."""
    others = select(Attempt.id).where(Attempt.grant_id == grant.id)
    offering = update(Candidate).where(
        Candidate.remote_id == row.remote_id,
        Candidate.attempt_id.in_(others.where(Attempt.status == "choosing")),
    )
    heirs = db.session.scalars(offering.values(is_new=True).returning(Candidate.attempt_id)).all()
    # One that has come back and is at work has not yet said what it offers.
    is_looking = db.session.scalar(select(others.where(Attempt.status == "claimed").exists()))
    return bool(heirs or is_looking)


def _lock(attempt: Attempt, status: str) -> bool:
    """Hold the attempt until we commit; False when it is no longer in this state.

    Always before its grant, whoever works on it: in one order nobody waits for each other in a ring.
    """
    db.session.get_one(Attempt, attempt.id, populate_existing=True, with_for_update=True)
    return attempt.status == status


def _grant_id(attempt: Attempt) -> UUID:
    if attempt.grant_id is None:
        raise LookupError(f"attempt {attempt.id} has no grant yet")
    return attempt.grant_id


def _listing(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
