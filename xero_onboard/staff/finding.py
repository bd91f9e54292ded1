"""Looking for customers, connections, attempts and logins, as support staff are asked about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from xero_onboard.accounts.models import Customer, Membership, User, UserIdentity
from xero_onboard.connect.models import ENDED, Attempt, Connection, Grant, Stray
from xero_onboard.connect.outcomes import CATALOGUE, SIGHTINGS, Names, outcome_of
from xero_onboard.connect.references import reference_of
from xero_onboard.connect.state import standing_of
from xero_onboard.lib.db import db
from xero_onboard.lib.web import settings
from xero_onboard.staff.filters import (
    ATTEMPT_STATES,
    CONNECTION_STATES,
    CUSTOMER_STATES,
    LOGIN_STATES,
    Condition,
    customer_of_attempt,
    customers_like,
    environment,
    is_named,
    is_reference_in_use,
    people_like,
    says,
)
from xero_onboard.staff.timeline import PURPOSES, WAITING

PAGE = 30


@dataclass(frozen=True)
class Asked:
    """What somebody looks for: of one kind, and everything that is given must apply."""

    query: str = ""
    kind: str = ""
    state: str = ""
    code: str = ""
    page: int = 1


@dataclass(frozen=True)
class ConnectionRow:
    """A connection in a list."""

    id: UUID
    organisation: str
    customer_id: UUID
    customer: str
    status: str
    sentence: str
    is_paused: bool
    connected_at: datetime
    checked_at: datetime | None
    heard_at: datetime | None


@dataclass(frozen=True)
class AttemptRow:
    """A press of Connect or of Sign in with Xero in a list."""

    id: UUID
    reference: str | None
    purpose: str
    status: str
    outcome: str | None
    words: str
    saw: str | None
    organisation: str | None
    customer_id: UUID | None
    customer: str | None
    person: str | None
    started_at: datetime


@dataclass(frozen=True)
class CustomerRow:
    """A customer in a list."""

    id: UUID
    name: str
    people: int
    connections: int
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class LoginRow:
    """A login at the provider in a list, by the organisations it holds."""

    id: UUID
    organisations: tuple[str, ...]
    status: str
    reason: str | None
    failures: int
    rotated_at: datetime
    next_refresh_at: datetime
    strays: int


Row = ConnectionRow | AttemptRow | CustomerRow | LoginRow


@dataclass(frozen=True)
class Found:
    """Some of what was found, the newest first."""

    kind: str
    rows: tuple[Row, ...]
    page: int
    has_more: bool


def find(asked: Asked) -> Found:
    """A page of what was asked for; a support reference leads to its attempt, wherever it is typed."""
    kind = asked.kind or "connections"
    if kind != "attempts" and is_reference_in_use(asked.query):
        kind, asked = "attempts", replace(asked, state="", code="")
    rows = _KINDS[kind](asked)
    return Found(kind, tuple(rows[:PAGE]), asked.page, len(rows) > PAGE)


def attempt_rows(condition: Condition, *, page: int = 1, size: int = PAGE) -> list[AttemptRow]:
    """The attempts to which this applies, with whom they belong to."""
    owner, starter = aliased(User), aliased(User)
    query = (
        select(Attempt, Customer.id, Customer.name, func.coalesce(owner.name, starter.name))
        .outerjoin(Customer, Customer.id == customer_of_attempt())
        .outerjoin(owner, owner.id == Attempt.owner_user_id)
        .outerjoin(starter, starter.id == Attempt.user_id)
        .where(Attempt.environment == environment(), condition)
        .order_by(Attempt.started_at.desc(), Attempt.id)
    )
    return [_attempt_row(*row) for row in _page_of(query, page, size)]


def connection_rows(
    condition: Condition, *, page: int = 1, size: int = PAGE
) -> list[ConnectionRow]:
    """The connections to which this applies, those that have ended last."""
    query = (
        select(Connection, Grant, Customer.name)
        .join(Grant, Grant.id == Connection.grant_id)
        .join(Customer, Customer.id == Connection.customer_id)
        .where(Connection.environment == environment(), condition)
        .order_by(Connection.ended_at.is_not(None), Connection.connected_at.desc(), Connection.id)
    )
    return [_connection_row(*row) for row in _page_of(query, page, size)]


def ghosts() -> int:
    """How many connections there are here that Xero no longer lists."""
    query = select(func.count(Connection.id)).where(
        Connection.environment == environment(),
        Connection.status == "org_unavailable",
        Connection.reason == "organisation_gone",
    )
    return db.session.scalar(query) or 0


def strays() -> int:
    """How many organisations Xero lists that no connection here uses."""
    query = (
        select(func.count())
        .select_from(Stray)
        .join(Grant, Grant.id == Stray.grant_id)
        .where(Grant.environment == environment())
    )
    return db.session.scalar(query) or 0


def _attempt_row(
    attempt: Attempt, customer_id: UUID | None, customer: str | None, person: str | None
) -> AttemptRow:
    return AttemptRow(
        id=attempt.id,
        reference=attempt.reference,
        purpose=PURPOSES[attempt.purpose],
        status=attempt.status,
        outcome=attempt.outcome,
        words=_words(attempt),
        saw=SIGHTINGS.get(attempt.saw or ""),
        organisation=attempt.organisation,
        customer_id=customer_id,
        customer=customer,
        person=person or attempt.actor,
        started_at=attempt.started_at,
    )


def _words(attempt: Attempt) -> str:
    """How it ended, or where its reader is."""
    if attempt.outcome in CATALOGUE and attempt.outcome is not None:
        names = Names(attempt.purpose, attempt.organisation)
        return outcome_of(attempt.outcome, settings(), names).title
    return WAITING.get(attempt.status, "")


def _connection_row(connection: Connection, grant: Grant, customer: str) -> ConnectionRow:
    status, sentence = standing_of(connection, grant)
    return ConnectionRow(
        id=connection.id,
        organisation=connection.name,
        customer_id=connection.customer_id,
        customer=customer,
        status=status,
        sentence=sentence,
        is_paused=connection.paused_at is not None and connection.is_live,
        connected_at=connection.connected_at,
        checked_at=connection.checked_at,
        heard_at=connection.heard_at,
    )


def _connections(asked: Asked) -> Sequence[Row]:
    conditions = [*_states(asked, CONNECTION_STATES)]
    if asked.code:
        conditions.append(Connection.reason == asked.code)
    if asked.query:
        conditions.append(
            or_(
                says(asked.query, Connection.name, Connection.connected_by),
                Connection.customer_id.in_(customers_like(asked.query)),
                is_named(asked.query, Connection.id, Connection.grant_id, Connection.customer_id),
            )
        )
    return connection_rows(and_(True, *conditions), page=asked.page)


def _attempts(asked: Asked) -> Sequence[Row]:
    conditions = [*_states(asked, ATTEMPT_STATES)]
    if asked.code:
        conditions.append(or_(Attempt.outcome == asked.code, Attempt.saw == asked.code))
    if asked.query:
        conditions.append(_attempts_like(asked.query))
    return attempt_rows(and_(True, *conditions), page=asked.page)


def _attempts_like(words: str) -> Condition:
    reference = reference_of(words)
    if reference and is_reference_in_use(words):
        return Attempt.reference == reference
    people = people_like(words)
    return or_(
        says(words, Attempt.organisation, Attempt.actor),
        Attempt.user_id.in_(people),
        Attempt.owner_user_id.in_(people),
        customer_of_attempt().in_(customers_like(words)),
        is_named(words, Attempt.id, Attempt.grant_id, Attempt.connection_id),
        is_named(words, Attempt.owner_customer_id, Attempt.customer_id),
    )


def _customers(asked: Asked) -> Sequence[Row]:
    people = select(func.count()).where(Membership.customer_id == Customer.id).scalar_subquery()
    live = (
        select(func.count())
        .where(
            Connection.customer_id == Customer.id,
            Connection.environment == environment(),
            Connection.status.not_in(ENDED),
        )
        .scalar_subquery()
    )
    conditions = [*_states(asked, CUSTOMER_STATES)]
    if asked.query:
        conditions.append(
            or_(
                Customer.id.in_(customers_like(asked.query)),
                exists().where(
                    Connection.customer_id == Customer.id, says(asked.query, Connection.name)
                ),
                is_named(asked.query, Customer.id),
            )
        )
    columns = (Customer.id, Customer.name, people, live, Customer.created_at, Customer.closed_at)
    query = select(*columns).where(*conditions).order_by(Customer.created_at.desc(), Customer.id)
    return [CustomerRow(*row) for row in _page_of(query, asked.page)]


def _logins(asked: Asked) -> Sequence[Row]:
    conditions = [Grant.environment == environment(), *_states(asked, LOGIN_STATES)]
    if asked.code:
        conditions.append(Grant.reason == asked.code)
    if asked.query:
        conditions.append(_logins_like(asked.query))
    strays = select(func.count()).where(Stray.grant_id == Grant.id).scalar_subquery()
    query = select(Grant, strays).where(*conditions).order_by(Grant.created_at.desc(), Grant.id)
    found = [(grant, count) for grant, count in _page_of(query, asked.page)]
    names = _organisations_of([grant.id for grant, _ in found])
    return [_login_row(grant, names.get(grant.id, ()), count) for grant, count in found]


def _logins_like(words: str) -> Condition:
    theirs = (Connection.grant_id == Grant.id, Connection.environment == environment())
    return or_(
        exists().where(*theirs, says(words, Connection.name, Connection.connected_by)),
        exists().where(*theirs, Connection.customer_id.in_(customers_like(words))),
        exists().where(Stray.grant_id == Grant.id, says(words, Stray.name)),
        exists().where(
            UserIdentity.issuer == Grant.issuer,
            UserIdentity.subject == Grant.subject,
            UserIdentity.user_id.in_(people_like(words)),
        ),
        is_named(words, Grant.id),
    )


def _login_row(grant: Grant, organisations: tuple[str, ...], strays: int) -> LoginRow:
    return LoginRow(
        id=grant.id,
        organisations=organisations,
        status=grant.status,
        reason=grant.reason,
        failures=grant.failures,
        rotated_at=grant.rotated_at,
        next_refresh_at=grant.next_refresh_at,
        strays=strays,
    )


def _organisations_of(grant_ids: Sequence[UUID]) -> Mapping[UUID, tuple[str, ...]]:
    query = (
        select(Connection.grant_id, Connection.name)
        .where(Connection.grant_id.in_(grant_ids), Connection.status.not_in(ENDED))
        .order_by(Connection.name)
    )
    names: dict[UUID, tuple[str, ...]] = {}
    for grant_id, name in db.session.execute(query):
        names[grant_id] = (*names.get(grant_id, ()), name)
    return names


def _page_of(query: Select[*tuple[Any, ...]], page: int, size: int = PAGE) -> Sequence[Any]:
    """The rows of a page, and one more if there is another page."""
    return db.session.execute(query.offset((page - 1) * size).limit(size + 1)).all()


def _states(asked: Asked, known: Mapping[str, Any]) -> Sequence[Condition]:
    return [known[asked.state]()] if asked.state else []


_KINDS = {
    "connections": _connections,
    "attempts": _attempts,
    "customers": _customers,
    "logins": _logins,
}
