"""What is looked for, in the words of the database: names, ids, references, and states as readers see them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from xero_onboard.accounts.models import Customer, Membership, User
from xero_onboard.connect.models import ENDED, WORKING, Attempt, Connection, Grant, Stray
from xero_onboard.connect.outcomes import CATALOGUE
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.references import reference_of
from xero_onboard.connect.state import OVERDUE
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.web import settings

Condition = ColumnElement[bool]


def environment() -> str:
    """Where all of this is: live, or in the practice copy."""
    return current_provider().facts.environment


def customer_of_attempt() -> ColumnElement[UUID | None]:
    return func.coalesce(Attempt.owner_customer_id, Attempt.customer_id, type_=Uuid())


def customers_like(words: str) -> Select[UUID]:
    """Customers of this name, and those for whom somebody of this name or address acts."""
    members = select(Membership.customer_id).where(Membership.user_id.in_(people_like(words)))
    return select(Customer.id).where(or_(says(words, Customer.name), Customer.id.in_(members)))


def people_like(words: str) -> Select[UUID]:
    return select(User.id).where(says(words, User.name, User.email))


def says(words: str, *columns: Any) -> Condition:
    return or_(*(column.icontains(words, autoescape=True) for column in columns))


def is_named(words: str, *columns: InstrumentedAttribute[Any]) -> Condition:
    """By an id, as the audit log and the site's own log write them: `connection:<id>`."""
    try:
        wanted = UUID(words.rpartition(":")[2].strip())
    except ValueError:
        return or_(False)
    return or_(*(column == wanted for column in columns))


def is_reference_in_use(words: str) -> bool:
    reference = reference_of(words)
    if reference is None:
        return False
    used = exists().where(Attempt.reference == reference, Attempt.environment == environment())
    return bool(db.session.scalar(select(used)))


def _works() -> Condition:
    """Working, and neither run out nor locked, whatever else is to be said."""
    keys = [key.id for key in settings().vault_keys]
    return and_(
        Connection.status.in_(WORKING),
        Grant.refresh_expires_at >= now(),
        or_(Grant.key_id.is_(None), Grant.key_id.in_(keys)),
    )


def _is_fresh() -> Condition:
    return Grant.rotated_at >= now() - OVERDUE


def _is_active(status: str) -> Condition:
    return and_(_works(), _is_fresh(), Connection.status == status, Connection.paused_at.is_(None))


# As `connect.state` shows them to readers, in the words of the database.
CONNECTION_STATES = {
    "active": lambda: _is_active("active"),
    "degraded": lambda: _is_active("degraded"),
    "expiring_soon": lambda: and_(_works(), ~_is_fresh()),
    "paused": lambda: and_(Connection.paused_at.is_not(None), Connection.status.not_in(ENDED)),
    "needs_reauth": lambda: or_(
        Connection.status == "needs_reauth", and_(Connection.status.in_(WORKING), ~_works())
    ),
    "org_unavailable": lambda: Connection.status == "org_unavailable",
    "disconnecting": lambda: Connection.status == "disconnecting",
    "disconnected": lambda: Connection.status == "disconnected",
}
ATTEMPT_STATES = {
    "redirected": lambda: Attempt.status == "redirected",
    "claimed": lambda: Attempt.status == "claimed",
    "proving": lambda: Attempt.status == "proving",
    "choosing": lambda: Attempt.status == "choosing",
    "finished": lambda: Attempt.status == "finished",
    "refused": lambda: Attempt.left_at.is_(None),
}
CUSTOMER_STATES = {
    "open": lambda: Customer.closed_at.is_(None),
    "closed": lambda: Customer.closed_at.is_not(None),
}
LOGIN_STATES = {
    "ok": lambda: and_(Grant.status == "ok", Grant.failures == 0),
    "failing": lambda: and_(Grant.status == "ok", Grant.failures > 0),
    "dead": lambda: Grant.status == "dead",
    "strays": lambda: exists().where(Stray.grant_id == Grant.id),
}
# Why something does not work or has ended, as its rows say it.
_REASONS = (
    *("organisation_gone", "organisation_closed", "revoked_in_xero", "refresh_expired"),
    *("rotation_lost", "scope_missing", "tampered", "key_lost", "outdated"),
    *("provider_slow", "remote_unknown"),
)
# What only a button beside a connection, or a page of its own, is answered with.
_NO_ENDS = frozenset(
    (
        *("selected", "checked", "disconnected", "revoked", "organisation_gone"),
        *("reconnect_needed", "provider_slow", "not_asked", "unknown_attempt", "other_browser"),
    )
)
CODES: Mapping[str, tuple[str, ...]] = {
    "connections": _REASONS,
    "attempts": tuple(sorted(CATALOGUE.keys() - _NO_ENDS)),
    "customers": (),
    "logins": ("disconnected", *_REASONS),
}
STATES: Mapping[str, tuple[str, ...]] = {
    "connections": tuple(CONNECTION_STATES),
    "attempts": tuple(ATTEMPT_STATES),
    "customers": tuple(CUSTOMER_STATES),
    "logins": tuple(LOGIN_STATES),
}
