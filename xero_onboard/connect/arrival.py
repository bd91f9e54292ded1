"""After the exchange: which organisation it was, and what becomes of it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from xero_onboard.connect import errands
from xero_onboard.connect.attempts import bind_one, end, give_up, grant_id_of, lock, owner_of
from xero_onboard.connect.models import Attempt, Candidate, Connection, Grant
from xero_onboard.connect.organisations import (
    HeldElsewhere,
    connection_to,
    just_allowed,
    of_event,
    own_tenants,
)
from xero_onboard.connect.providers.base import (
    ListedOrganisation,
    OrganisationFacts,
    Patience,
    Provider,
    ProviderError,
)
from xero_onboard.connect.standing import reconcile
from xero_onboard.connect.vault import GrantDead, hold
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db

DESCRIBE_SECONDS = 3.0
LOOK_AGAIN = timedelta(minutes=1)

log = logging.getLogger(__name__)


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
    # What the reader is asked even if there is only one, as an outcome's code.
    question: str | None = None


def discover(
    provider: Provider,
    attempt: Attempt,
    permission: Permission,
    patience: Patience,
    question: str | None = None,
) -> None:
    """Find the organisation of this permission and connect it, or ask the reader, as they must be if
    there is a `question`."""
    commit()
    asked_at = now()
    try:
        listed = provider.organisations(permission.token, patience)
    except ProviderError as error:
        log.warning("attempt %s has no list of organisations: %s", attempt.id, error)
        # The permission may have mended connections there were before; the worker looks at them soon.
        grant = db.session.get_one(Grant, grant_id_of(attempt))
        grant.next_refresh_at = now() + LOOK_AGAIN
        attempt.event_id = permission.event_id
        end(attempt, "organisations_unavailable")
        return
    decision = _decide(attempt, listed, permission.event_id)
    decision = replace(decision, question=question or decision.question)
    candidates = _candidates(provider, attempt, decision, permission, listed)
    begin_write()
    if not lock(attempt, "claimed"):
        return
    if errands.is_over(attempt):
        db.session.add_all(candidates)
        give_up(attempt, "errand_over")
        return
    try:
        grant = hold(grant_id_of(attempt))
    except GrantDead:
        end(attempt, "permission_ended")
        return
    _settle(attempt, grant, decision, candidates)
    reconcile(grant, listed, as_of=asked_at)


def _decide(
    attempt: Attempt, listed: Sequence[ListedOrganisation], event_id: str | None
) -> Decision:
    if not listed:
        return Decision("no_organisation")
    # What somebody allowed for themselves, however lately, is not given to those who sent them a link.
    is_errand = attempt.purpose == "errand"
    allowed = of_event(listed, event_id) if is_errand else just_allowed(listed, event_id, attempt)
    fresh = tuple(row for row in allowed if row.is_organisation)
    organisations = tuple(row for row in listed if row.is_organisation)
    if not organisations or (allowed and not fresh):
        return Decision("wrong_kind")
    if attempt.expected_id is not None:
        return _decide_reconnect(attempt.expected_id, organisations, fresh)
    return _decide_connect(attempt, fresh or organisations, are_proven=bool(fresh))


def _decide_connect(
    attempt: Attempt, possible: tuple[ListedOrganisation, ...], *, are_proven: bool
) -> Decision:
    """One organisation is the answer; of several the reader says which, if any is not theirs yet.

    Without evidence of what is new all are possible: Xero lets a reader go on without adding one.
    """
    ours = own_tenants(attempt.environment, owner_of(attempt).customer_id)
    if len(possible) > 1 and all(row.tenant_id in ours for row in possible):
        return Decision("already_connected")
    question = None
    if attempt.purpose == "errand" and not are_proven and not _is_theirs(attempt, possible):
        question = "choose_organisation"
    return Decision(None, possible, question=question)


def _is_theirs(attempt: Attempt, possible: tuple[ListedOrganisation, ...]) -> bool:
    """Whether it is just one, which those who asked have connected before: nobody gives it away."""
    customer_id = owner_of(attempt).customer_id
    held = [connection_to(attempt.environment, row.tenant_id, customer_id) for row in possible]
    return len(held) == 1 and held[0] is not None and held[0].is_live


def _decide_reconnect(
    expected_id: UUID,
    organisations: tuple[ListedOrganisation, ...],
    fresh: tuple[ListedOrganisation, ...],
) -> Decision:
    """The organisation the reader was reconnecting; another is put in its place only if they say so."""
    expected = db.session.get_one(Connection, expected_id)
    # Listed is enough, whatever else was ticked: the renewed login reaches it again.
    wanted = tuple(row for row in organisations if row.tenant_id == expected.tenant_id)
    if wanted:
        return Decision(None, wanted)
    name = fresh[0].name if len(fresh) == 1 else None
    if not fresh:
        return Decision("wrong_organisation")
    return Decision(None, fresh, name, question="wrong_organisation")


def _candidates(
    provider: Provider,
    attempt: Attempt,
    decision: Decision,
    permission: Permission,
    listed: Sequence[ListedOrganisation],
) -> list[Candidate]:
    """The organisations that may be meant, and the practices, of which the reader is told why not."""
    commit()
    patience = Patience(DESCRIBE_SECONDS)
    just_now, found = just_allowed(listed, permission.event_id, attempt), []
    for row in decision.organisations:
        facts = _facts(provider, permission, row, patience)
        found.append(
            _candidate(
                attempt,
                row,
                country=facts.country if facts else None,
                is_demo=facts is not None and facts.is_demo,
                is_new=row in just_now,
            )
        )
    practices = [row for row in listed if not row.is_organisation]
    return found + [
        _candidate(attempt, row, is_practice=True, is_new=row in just_now) for row in practices
    ]


def _candidate(attempt: Attempt, row: ListedOrganisation, **told: Any) -> Candidate:
    return Candidate(
        attempt_id=attempt.id,
        tenant_id=row.tenant_id,
        remote_id=row.connection_id,
        name=row.name,
        **told,
    )


def _facts(
    provider: Provider, permission: Permission, row: ListedOrganisation, patience: Patience
) -> OrganisationFacts | None:
    """A help in telling organisations apart, and not worth failing for."""
    try:
        return provider.describe(permission.token, row.tenant_id, patience)
    except ProviderError as error:
        log.info("an organisation was not described: %s", error)
        return None


def _settle(
    attempt: Attempt, grant: Grant, decision: Decision, candidates: list[Candidate]
) -> None:
    if decision.code is not None:
        end(attempt, decision.code, decision.name)
        return
    offered = [row for row in candidates if not row.is_practice]
    several = "choose_organisation" if len(offered) > 1 else None
    question = decision.question or several or _connect(attempt, grant, offered[0])
    if question is not None:
        db.session.add_all(candidates)
        name = offered[0].name if len(offered) == 1 else None
        attempt.status, attempt.outcome, attempt.organisation = "choosing", question, name


def _connect(attempt: Attempt, grant: Grant, chosen: Candidate) -> str | None:
    """Connect what nobody needs to be asked about; else what to ask, as an outcome's code."""
    try:
        bound = bind_one(attempt, grant, chosen)
    except HeldElsewhere:
        end(attempt, "held_elsewhere", chosen.name)
        return None
    if bound.connection.grant_id != grant.id and attempt.purpose != "errand":
        # It works with another login, and stays with that until the reader says otherwise.
        return "take_over"
    # Who renews what still works, because it would have ended soon, has renewed it.
    is_renewed = bound.code == "already_connected" and attempt.expected_id == bound.connection.id
    end(attempt, "reconnected" if is_renewed else bound.code, chosen.name)
    return None
