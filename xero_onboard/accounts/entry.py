"""Signing in by steps, and out: what one proof opens, and what needs a second.

Whoever has a second step is only half signed in by a password or by Xero: the session remembers whom
they claim to be, and to every page but those of the second step they are a stranger.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, cast
from uuid import UUID

from flask import Flask, session
from flask_login import LoginManager, login_user
from sqlalchemy import ColumnElement, exists, or_, select, update

from xero_onboard.accounts import devices, tongues
from xero_onboard.accounts.models import (
    Authenticator,
    Customer,
    Membership,
    Passkey,
    StoredSession,
    User,
)
from xero_onboard.accounts.sessions import BrowserSession, end_by_handle, end_sessions, is_open
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import commit, db
from xero_onboard.lib.reader import Disabled, Reader, Right, Role, forget_reader

# What somebody showed us, in the words of the audit log.
Proof = Literal[
    "password", "xero", "passkey", "registration", "authenticator", "recovery_code", "alternative"
]

PENDING_LIFE = timedelta(minutes=10)
MOST_TRIES = 5
SECOND_STEP = "/sign-in/second-step"


@dataclass(frozen=True)
class SignedIn:
    """The signed-in user and the customer they act for, as one query finds them."""

    id: UUID
    name: str
    email: str
    role: Role
    customer_id: UUID | None
    customer: str | None
    right: Right | None
    has_second_step: bool

    # What Flask-Login asks of a user; its own mix-in is untyped.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return str(self.id)

    def describe(self, browser: str | None) -> Reader:
        """The reader that the rooms below know."""
        proved = session.get("proved_at")
        return Reader(
            user_id=self.id,
            customer_id=self.customer_id,
            name=self.name,
            email=self.email,
            browser=browser,
            customer=self.customer,
            role=self.role,
            right=self.right or "see",
            has_second_step=self.has_second_step,
            proved_at=datetime.fromtimestamp(proved, UTC) if proved else None,
        )


class SessionEnded(Exception):
    """The session in which this was asked for was ended from elsewhere meanwhile."""


@dataclass(frozen=True)
class Pending:
    """Somebody who has given one proof of being this user, and owes another."""

    user_id: UUID
    by: Proof
    given: str | None


def begin(user_id: UUID, by: Proof, given: str | None = None) -> bool:
    """Take one proof: True when that signs in, False when a second step is owed. Raises Disabled.

    The address that was `given` with the proof counts once they are in.
    """
    hold(user_id)
    user = _find_open(user_id)
    if not user.has_second_step:
        enter(user_id, by)
        return True
    current = current_session()
    current.renew(is_proven=True)
    current.pop("_user_id", None)
    current["pending"] = {"user": str(user_id), "by": by, "since": _seconds(), "given": given}
    forget_reader()
    return False


def enter(user_id: UUID, by: Proof) -> None:
    """Sign this user in under a new session handle. Raises Disabled."""
    hold(user_id)
    user = _find_open(user_id)
    current = current_session()
    current.renew(is_proven=True)
    current.pop("pending", None)
    login_user(user)
    current["proved_at"] = _seconds()
    forget_reader()
    devices.welcome(user_id)
    tongues.greet(user_id)
    audit.record("signed_in", actor=user_id, customer=user.customer_id, by=by)


def pending() -> Pending | None:
    """Who owes a second step in this browser, if anybody does and not for too long."""
    owed = session.get("pending")
    if not owed or _seconds() - int(owed["since"]) > PENDING_LIFE.total_seconds():
        return None
    return Pending(UUID(owed["user"]), owed["by"], owed.get("given"))


def is_owed() -> bool:
    """Whether somebody in this browser owes a second step."""
    return pending() is not None


def may_try() -> bool:
    """Count a try at the second step; after the last one the half-open session has ended.

    Commits, because the page that refuses a wrong code takes back what its request did.
    """
    current = current_session()
    if current.handle is None:
        return False
    counted = db.session.scalar(
        update(StoredSession)
        .where(StoredSession.id == digest(current.handle), StoredSession.tries < MOST_TRIES)
        .values(tries=StoredSession.tries + 1)
        .returning(StoredSession.tries)
    )
    if counted is None:
        end_by_handle(current.handle)
    commit()
    return counted is not None


def prove() -> None:
    """Note that the signed-in user has proved again who they are; under a new session handle."""
    current = current_session()
    current.renew(is_proven=True)
    current["proved_at"] = _seconds()
    forget_reader()


def way_on(path: str) -> str:
    """Where the browser goes on to: this path, or first the second step that is owed."""
    if pending() is None:
        return path
    session["next"] = path
    return SECOND_STEP


def hold(user_id: UUID) -> None:
    """Let nobody else change what protects this user until the end of the transaction.

    Hold the user before any other row of theirs, or two requests wait for each other. It is no
    obstacle to rows that only refer to the user.
    """
    held = select(User.id).where(User.id == user_id).with_for_update(key_share=True)
    db.session.execute(held)


def end_others(user_id: UUID) -> None:
    """End the user's other sessions, on every process, and go on under a new handle in this one.

    Whatever changes how an account is protected comes by here before it is kept, and is not kept when
    somebody was quicker to throw this session out. Raises SessionEnded.
    """
    hold(user_id)
    ensure_going_on(user_id)
    current = current_session()
    end_sessions(user_id, besides=current.handle or current.ended_handle)
    current.renew()
    forget_reader()


def ensure_going_on(user_id: UUID) -> None:
    """Raise SessionEnded unless this user's session is still there; hold the user before."""
    current = current_session()
    handle = current.handle or current.ended_handle
    if handle is None or not is_open(handle, user_id):
        raise SessionEnded


def sign_out() -> None:
    """End this session, here and in the database."""
    current_session().end()
    forget_reader()


def current_session() -> BrowserSession:
    """The session of this request, with what it can do beside keeping values."""
    return cast(BrowserSession, session._get_current_object())  # type: ignore[attr-defined]


def register(app: Flask) -> None:
    """Let Flask-Login find users, without its hooks: they would touch the session of every page."""
    manager = _SessionsAlone()
    manager.session_protection = None
    manager.user_loader(lambda user_id: find(UUID(user_id)))
    app.login_manager = manager  # type: ignore[attr-defined]


class _SessionsAlone(LoginManager):  # type: ignore[misc] # Flask-Login has no types
    """Flask-Login without its second way in: a signed cookie that nobody could revoke."""

    def _load_user_from_remember_cookie(self, _cookie: str) -> None:
        return None


def find(user_id: UUID) -> SignedIn | None:
    """This user as they may act now, None when there is none or the account is closed."""
    chosen = session.get("customer")
    is_chosen = (
        Membership.customer_id == UUID(chosen) if chosen else Membership.customer_id.is_(None)
    )
    query = (
        select(
            User.id,
            User.name,
            User.email,
            User.role,
            Customer.id,
            Customer.name,
            Membership.right,
            has_second_step(cast(ColumnElement[UUID], User.id)),
        )
        .outerjoin(Membership, Membership.user_id == User.id)
        .outerjoin(Customer, Customer.id == Membership.customer_id)
        .where(User.id == user_id, User.disabled_at.is_(None))
        .order_by(is_chosen.desc(), Membership.created_at, Membership.customer_id)
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    return SignedIn(*row) if row else None


def has_second_step(user_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """A condition: this user has an authenticator app or a passkey."""
    return or_(
        exists().where(Authenticator.user_id == user_id), exists().where(Passkey.user_id == user_id)
    )


def _find_open(user_id: UUID) -> SignedIn:
    user = find(user_id)
    if user is None:
        raise Disabled(user_id)
    return user


def _seconds() -> int:
    return int(now().timestamp())
