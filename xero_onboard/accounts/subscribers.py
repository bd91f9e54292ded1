"""Who of those who work here has the weekly digest mailed, and who looks after guides."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update

from xero_onboard.accounts.models import Password, User
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Role


class NotStaff(LookupError):
    """Nobody who works here has this id."""


@dataclass(frozen=True)
class Subscriber:
    """Somebody who works here; `address` is the one they have proven, if they have."""

    user_id: UUID
    name: str
    role: Role
    address: str | None
    wants_digest: bool


def everybody() -> tuple[Subscriber, ...]:
    """All who work here and whose account is open, by name."""
    query = _listed().order_by(User.name, User.id)
    return tuple(Subscriber(*row) for row in db.session.execute(query))


def one(user_id: UUID) -> Subscriber:
    """One of them; raises NotStaff."""
    row = db.session.execute(_listed().where(User.id == user_id)).one_or_none()
    if row is None:
        raise NotStaff(user_id)
    return Subscriber(*row)


def choose(user_id: UUID, *, wants_digest: bool) -> None:
    """Have the digest mailed to them, or not; raises NotStaff."""
    one(user_id)
    values = {"wants_digest": wants_digest}
    db.session.execute(update(User).where(User.id == user_id).values(values))


def _listed() -> Select[*tuple[Any, ...]]:
    columns = (User.id, User.name, User.role, Password.login, User.wants_digest)
    query = select(*columns).outerjoin(Password, Password.user_id == User.id)
    return query.where(User.role != "reader", User.disabled_at.is_(None))
