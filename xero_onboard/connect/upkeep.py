"""What the worker does every minute: deliver removals, look after grants, and end old attempts."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from xero_onboard.connect import installation, removals, showings, strays, trouble
from xero_onboard.connect.attempts import end, give_up
from xero_onboard.connect.care import visit
from xero_onboard.connect.exchange import LIFE
from xero_onboard.connect.models import ENDED, Attempt, Connection, Grant, Removal
from xero_onboard.connect.outcomes import SUCCEEDED
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.providers.base import Provider
from xero_onboard.connect.state import OVERDUE
from xero_onboard.connect.vault import VaultLocked, bury, is_due
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import Tampered
from xero_onboard.lib.db import begin_write, commit, db
from xero_onboard.lib.jobs import every, every_minute
from xero_onboard.lib.web import settings

CLAIM_LIFE = timedelta(minutes=2)
PROOF_LIFE = timedelta(minutes=10)
CHOICE_LIFE = timedelta(minutes=30)
KEEP_ATTEMPTS = timedelta(days=90)
UNUSED = timedelta(days=1)
KEEP_ENDED = timedelta(days=365)
# How many grants are looked after at a time: a worker that is to stop finishes these.
HELPING = 20
# The codes of a visit in which the provider did not say how a login stands.
UNANSWERED = ("provider_slow", "client_refused", "not_asked")

log = logging.getLogger(__name__)


@every_minute("deliver removals")
def deliver_removals() -> None:
    """Tell the provider of every removal that is due."""
    if installation.must_rest():
        return
    provider = current_provider()
    removal_ids = removals.due(provider)
    commit()
    for removal_id in removal_ids:
        try:
            removals.deliver(provider, removal_id)
        except VaultLocked as error:
            log.critical("removal %s waits for the vault: %s", removal_id, error)


@every(60.0, "look after grants")
def look_after_grants() -> bool:
    """Refresh grants that are due, which keeps them alive for 60 days more, and see what they still reach.

    Whether more may be due, and the provider answers: one that answers nobody is left alone until the
    next turn. They are asked for one after another, far below what it allows an app in a minute.
    """
    if installation.must_rest():
        return False
    provider = current_provider()
    due = _due_grants(provider)
    commit()
    were_answered = [_look_after(provider, grant) for grant in due]
    return len(due) == HELPING and any(were_answered)


@every_minute("end unused consents")
def end_unused() -> None:
    """Give back what a reader allowed and no connection needs: they never chose an organisation."""
    begin_write()
    if installation.must_rest():
        return
    unused = select(Grant).where(
        Grant.environment == current_provider().facts.environment,
        Grant.status == "ok",
        Grant.rotated_at < now() - UNUSED,
        ~exists().where(Connection.grant_id == Grant.id, Connection.status.not_in(ENDED)),
    )
    for grant in db.session.scalars(unused.with_for_update()):
        try:
            removals.end_consent(grant)
        except VaultLocked as error:
            log.critical("grant %s waits for the vault: %s", grant.id, error)
        except Tampered:
            log.critical("the sealed tokens of grant %s were changed or moved", grant.id)
            bury(grant, "tampered", grant.version)


@every_minute("end old attempts")
def end_old_attempts() -> None:
    """End attempts nobody came back from, and those whose worker died."""
    begin_write()
    moment = now()
    for attempt in _waiting("redirected", moment - LIFE):
        end(attempt, "superseded" if _was_superseded(attempt) else "abandoned")
    for attempt in _waiting("claimed", moment - CLAIM_LIFE, Attempt.claimed_at):
        end(attempt, "storage_failed")
    for attempt in _waiting("proving", moment - PROOF_LIFE, Attempt.claimed_at):
        end(attempt, "permission_ended")
    for attempt in _waiting("choosing", moment - CHOICE_LIFE):
        give_up(attempt, "permission_ended")
    db.session.execute(delete(Attempt).where(Attempt.started_at < moment - KEEP_ATTEMPTS))


@every_minute("forget ended connections")
def forget_ended_connections() -> None:
    """Delete what was disconnected long ago, with what is known of its removal, and old trouble."""
    begin_write()
    trouble.forget_old()
    showings.forget_old()
    strays.forget_ended()
    gone = select(Connection.id).where(
        Connection.ended_at < now() - KEEP_ENDED,
        Connection.status == "disconnected",
        ~exists().where(Attempt.expected_id == Connection.id),
    )
    connection_ids = db.session.scalars(gone.limit(100)).all()
    db.session.execute(delete(Removal).where(Removal.connection_id.in_(connection_ids)))
    db.session.execute(delete(Connection).where(Connection.id.in_(connection_ids)))


def _waiting(
    status: str,
    before: datetime,
    since: InstrumentedAttribute[Any] = Attempt.started_at,
) -> Sequence[Attempt]:
    """The attempts that wait in vain, but for those that somebody works on just now."""
    query = select(Attempt).where(Attempt.status == status, since < before)
    # By grant, which is locked after the attempts: one order for all who lock several.
    query = query.order_by(Attempt.grant_id).with_for_update(skip_locked=True)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _was_superseded(attempt: Attempt) -> bool:
    """Whether the same reader pressed the same button again later, and got through."""
    later = aliased(Attempt)
    is_same_reader = or_(
        later.browser_digest == attempt.browser_digest,
        and_(later.customer_id.is_not(None), later.customer_id == attempt.customer_id),
    )
    query = select(
        exists().where(
            later.environment == attempt.environment,
            later.purpose == attempt.purpose,
            later.expected_id.is_not_distinct_from(attempt.expected_id),
            later.started_at > attempt.started_at,
            later.outcome.in_(SUCCEEDED),
            is_same_reader,
        )
    )
    return bool(db.session.scalar(query))


def _look_after(provider: Provider, grant: Grant) -> bool:
    """Whether the provider said how it stands, for good or ill."""
    if grant.rotated_at < now() - OVERDUE:
        log.critical("grant %s has not been refreshed since %s", grant.id, grant.rotated_at)
    try:
        code = visit(provider, grant.id, not_version=grant.version)
    except VaultLocked as error:
        log.critical("grant %s waits for the vault: %s", grant.id, error)
        code = "not_asked"
    commit()
    return code not in UNANSWERED


def _due_grants(provider: Provider) -> list[Grant]:
    """Those that wait for a key we lack come last, so that they hold up nobody."""
    is_locked = Grant.key_id.not_in([key.id for key in settings().vault_keys])
    query = (
        select(Grant)
        .where(
            Grant.environment == provider.facts.environment,
            Grant.status == "ok",
            is_due(now()),
            exists().where(Connection.grant_id == Grant.id, Connection.status.not_in(ENDED)),
        )
        .order_by(is_locked, Grant.next_refresh_at, Grant.rotated_at)
        .limit(HELPING)
    )
    return list(db.session.scalars(query))
