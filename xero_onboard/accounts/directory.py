"""All accounts, to look somebody up among them: those who work here first, a page at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from xero_onboard.accounts import passwords
from xero_onboard.accounts.entry import has_second_step
from xero_onboard.accounts.models import Password, StoredSession, User
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Role

PAGE = 50


@dataclass(frozen=True)
class Person:
    """An account as an administrator sees it."""

    id: UUID
    name: str
    email: str
    # They sign in with this address, so it is theirs; else a provider said so.
    is_proven: bool
    role: Role
    disabled_at: datetime | None
    has_second_step: bool
    seen_at: datetime | None


@dataclass(frozen=True)
class Page:
    """Some of those who were asked for, and how many those are."""

    people: tuple[Person, ...]
    count: int
    page: int

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self.count > self.page * PAGE


def everybody() -> Iterator[Person]:
    """All accounts."""
    for row in db.session.execute(_listed()):
        yield Person(*row)


def find(words: str, page: int) -> Page:
    """Those whose name or address holds these words, or who have this id."""
    query = _listed().where(_is_meant(words)) if words else _listed()
    count = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    rows = db.session.execute(query.limit(PAGE).offset((page - 1) * PAGE))
    return Page(tuple(Person(*row) for row in rows), count or 0, page)


def _listed() -> Select[*tuple[Any, ...]]:
    seen_at = (
        select(func.max(StoredSession.seen_at))
        .where(StoredSession.user_id == User.id)
        .scalar_subquery()
    )
    email = func.coalesce(Password.login, User.email)
    is_proven = Password.login.is_not(None)
    columns = (User.id, User.name, email, is_proven, User.role, User.disabled_at)
    second = has_second_step(cast(ColumnElement[UUID], User.id))
    is_reader = User.role == "reader"
    query = select(*columns, second, seen_at)
    query = query.outerjoin(Password, Password.user_id == User.id)
    return query.order_by(is_reader, User.role, User.name, User.id)


def _is_meant(words: str) -> ColumnElement[bool]:
    try:
        return User.id == UUID(words)
    except ValueError:
        columns = (User.name, User.email, Password.login)
        held = [each.icontains(words, autoescape=True) for each in columns]
        login = Password.login == passwords.comparable(words)
        return or_(*held, login)
