"""One press of Connect, in whatever state: whose it is, how it ends, and what it gives a customer."""

import logging
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import IntegrityError

from xero_onboard.connect import capacity, errands, installation
from xero_onboard.connect.models import ENDED, Attempt, Candidate, Connection, Grant, Removal
from xero_onboard.connect.organisations import Actor, Bound, bind, select_if_none
from xero_onboard.connect.outcomes import SUCCEEDED
from xero_onboard.connect.providers import current_provider
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Owner
from xero_onboard.lib.web import settings

log = logging.getLogger(__name__)


def candidates_of(attempt: Attempt) -> Sequence[Candidate]:
    """The organisations this attempt offers, by name."""
    query = select(Candidate).where(Candidate.attempt_id == attempt.id)
    return db.session.scalars(query.order_by(Candidate.name, Candidate.tenant_id)).all()


def end(attempt: Attempt, code: str, organisation: str | None = None) -> None:
    """Write down how the attempt ended; it ends differently only where its organisations are asked for again."""
    attempt.status, attempt.outcome, attempt.organisation = "finished", code, organisation
    attempt.finished_at = now()
    if attempt.purpose == "errand" and code in SUCCEEDED:
        errands.finish(attempt)
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
    grant = db.session.get_one(Grant, grant_id_of(attempt), with_for_update=True)
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


def lock(attempt: Attempt, status: str) -> bool:
    """Hold the attempt until we commit; False when it is no longer in this state.

    Always before its grant, whoever works on it: in one order nobody waits for each other in a ring.
    """
    db.session.get_one(Attempt, attempt.id, populate_existing=True, with_for_update=True)
    return attempt.status == status


def grant_id_of(attempt: Attempt) -> UUID:
    """The consent that the attempt has brought."""
    if attempt.grant_id is None:
        raise LookupError(f"attempt {attempt.id} has no grant yet")
    return attempt.grant_id


def may_read_again(attempt: Attempt) -> bool:
    """Whether its list of organisations did not come, and what was allowed is still there to ask with."""
    if attempt.outcome != "organisations_unavailable" or attempt.purpose == "errand":
        return False
    is_of_here = attempt.environment == current_provider().facts.environment
    if not is_of_here or installation.must_rest():
        return False
    grant = db.session.get(Grant, attempt.grant_id) if attempt.grant_id else None
    return grant is not None and grant.status == "ok"


def bind_one(
    attempt: Attempt, grant: Grant, chosen: Candidate, *, takes_over: bool = False
) -> Bound:
    """Make an organisation that this attempt may be meant for its owner's. Raises HeldElsewhere."""
    actor = Actor(owner_of(attempt), attempt.actor, is_owner=attempt.purpose != "errand")
    try:
        bound = _bound(grant, chosen, actor, takes_over)
    except IntegrityError:
        # Somebody else, or the reader in another tab, was first: the second look sees what they did.
        bound = _bound(grant, chosen, actor, takes_over)
    if attempt.connection_id is None:
        attempt.connection_id, attempt.chosen_at = bound.connection.id, now()
    if bound.taken_from is not None:
        attempt.taken_from_id = bound.taken_from
    if bound.code in ("connected", "connected_another"):
        _note_room()
    return bound


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


def _bound(grant: Grant, chosen: Candidate, actor: Actor, takes_over: bool) -> Bound:
    with db.session.begin_nested():
        bound = bind(grant, chosen, actor, takes_over=takes_over)
        select_if_none(bound.connection)
    return bound


def _note_room() -> None:
    """Tell the operator while there is still room at the provider, before anybody is turned away."""
    if settings().xero.connection_limit is None:
        return
    used = capacity.used()
    if used.is_nearly_full:
        log.warning("%s of %s connections that Xero allows are in use", used.count, used.limit)
