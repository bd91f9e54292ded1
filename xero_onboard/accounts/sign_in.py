"""Recognising people by what their provider says of them, and signing them in and out."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from flask import Flask, session
from flask_login import LoginManager, login_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from xero_onboard.accounts.models import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    Customer,
    Membership,
    User,
    UserIdentity,
)
from xero_onboard.accounts.sessions import BrowserSession
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Identity, Owner, Reader, SomebodyElse, forget_reader


@dataclass(frozen=True)
class SignedIn:
    """The signed-in user and the customer they act for, as one query finds them."""

    id: UUID
    customer_id: UUID
    name: str
    email: str

    # What Flask-Login asks of a user; its own mix-in is untyped.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return str(self.id)


def recognise(identity: Identity, reader: Reader, present: UUID | None = None) -> Owner:
    """Whom a proven identity acts for: the reader if signed in, else its own user, made now if new.

    A stranger is signed in by this; `(issuer, subject)` decides who it is, never the e-mail address,
    which anybody may have written into their profile at the provider. Raises SomebodyElse when a
    stranger's identity is not that of the user who is `present` by now.
    """
    if reader.user_id and reader.customer_id:
        return Owner(reader.user_id, reader.customer_id)
    user_id = _user_of(identity)
    if present not in (None, user_id):
        raise SomebodyElse
    return sign_in(user_id or _sign_up(identity))


def sign_in(user_id: UUID) -> Owner:
    """Sign this user in under a new session handle."""
    user = _find(user_id)
    if user is None:
        raise LookupError(f"user {user_id} acts for no customer")
    _current_session().renew()
    login_user(user)
    forget_reader()
    return Owner(user.id, user.customer_id)


def sign_out() -> None:
    """End this session, here and in the database."""
    _current_session().end()
    forget_reader()


def register(app: Flask) -> None:
    """Let Flask-Login find users, without its hooks: they would touch the session of every page."""
    manager = _SessionsAlone()
    manager.session_protection = None
    manager.user_loader(lambda user_id: _find(UUID(user_id)))
    app.login_manager = manager  # type: ignore[attr-defined]


class _SessionsAlone(LoginManager):  # type: ignore[misc] # Flask-Login has no types
    """Flask-Login without its second way in: a signed cookie that nobody could revoke."""

    def _load_user_from_remember_cookie(self, _cookie: str) -> None:
        return None


def _find(user_id: UUID) -> SignedIn | None:
    query = (
        select(User.id, Membership.customer_id, User.name, User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(User.id == user_id)
        .order_by(Membership.created_at)
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    return SignedIn(*row) if row else None


def _user_of(identity: Identity) -> UUID | None:
    query = select(UserIdentity.user_id).where(
        UserIdentity.issuer == identity.issuer, UserIdentity.subject == identity.subject
    )
    return db.session.scalar(query)


def _sign_up(identity: Identity) -> UUID:
    try:
        with db.session.begin_nested():
            return _make_user(identity)
    except IntegrityError:
        # The same person came back in two tabs at once, and the other was first.
        user_id = _user_of(identity)
        if user_id is None:
            raise
        return user_id


def _make_user(identity: Identity) -> UUID:
    name = (identity.name or identity.email)[:LONGEST_NAME]
    user, customer = User(name=name, email=identity.email[:LONGEST_EMAIL]), Customer(name=name)
    db.session.add_all([user, customer])
    db.session.flush()
    db.session.add_all(
        [
            UserIdentity(user_id=user.id, issuer=identity.issuer, subject=identity.subject),
            Membership(user_id=user.id, customer_id=customer.id),
        ]
    )
    db.session.flush()
    return user.id


def _current_session() -> BrowserSession:
    return cast(BrowserSession, session._get_current_object())  # type: ignore[attr-defined]
