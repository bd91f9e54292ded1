"""Who is reading: the one answer that every room may have without knowing about accounts."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from flask import Flask, current_app, g, request, session
from flask_login import current_user

from xero_onboard.lib.embedding import is_embedded

Role = Literal["reader", "editor", "admin"]
Right = Literal["see", "connect", "administer"]
RIGHTS: tuple[Right, ...] = ("see", "connect", "administer")


@dataclass(frozen=True)
class Reader:
    """The person at the other end, as far as we know them.

    `browser` is the anonymous name of a browser that has voted or begun to connect; `right` is what
    they may do for the customer they act for, `proved_at` when they last proved who they are.
    """

    user_id: UUID | None = None
    customer_id: UUID | None = None
    name: str | None = None
    email: str | None = None
    browser: str | None = None
    customer: str | None = None
    role: Role = "reader"
    right: Right = "see"
    has_second_step: bool = False
    proved_at: datetime | None = None

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_staff(self) -> bool:
        return self.role in ("editor", "admin")

    @property
    def works_here(self) -> bool:
        """Whether they speak and read as staff: a password alone does not let them."""
        return self.is_staff and self.has_second_step

    @property
    def can_connect(self) -> bool:
        """Whether a press of Connect is open to them.

        It is to strangers and to those without a customer: on the way back they get one of their own.
        """
        return self.customer_id is None or self.may("connect")

    def may(self, right: Right) -> bool:
        """Whether they may do this for their customer; each right holds the ones before it."""
        return self.is_signed_in and RIGHTS.index(self.right) >= RIGHTS.index(right)


@dataclass(frozen=True)
class Identity:
    """Who a provider says somebody is; `(issuer, subject)` names them, never the e-mail address."""

    issuer: str
    subject: str
    email: str
    name: str


class Disabled(Exception):
    """An administrator has closed this person's account."""


class SomebodyElse(Exception):
    """A proven identity is not that of the one who is signed in here."""


class TakenIdentity(Exception):
    """A login at a provider belongs to another user already."""


@dataclass(frozen=True)
class Owner:
    """The user who acts, and the customer for whom."""

    user_id: UUID
    customer_id: UUID


STRANGER = Reader()


def has_session_cookie() -> bool:
    """Whether this request is a person's; pages for all others are the same to the byte."""
    return carries_session_cookie() and not is_embedded()


def carries_session_cookie() -> bool:
    """Whether a session's cookie came, also with a page that is made as for strangers."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def current_reader() -> Reader:
    """The reader of this request; costs nothing when there is no session cookie."""
    if "reader" not in g:
        has_session = has_session_cookie() or session.modified
        g.reader = _look() if has_session else STRANGER
    reader: Reader = g.reader
    return reader


def ensure_browser() -> str:
    """The anonymous name of this browser, given now if it had none; begins a session."""
    browser: str = session.setdefault("browser", secrets.token_urlsafe(24))
    forget_reader()
    return browser


def forget_reader() -> None:
    """Look again at who is reading, after signing in or out in the middle of a request."""
    g.pop("reader", None)
    g.pop("_login_user", None)  # what Flask-Login remembers for the rest of the request


def _look() -> Reader:
    browser = session.get("browser")
    if not current_user.is_authenticated:
        return Reader(browser=browser)
    describe: Callable[[str | None], Reader] = current_user.describe
    return describe(browser)


def register(app: Flask) -> None:
    """Let templates ask who is reading."""
    app.context_processor(lambda: {"reader": current_reader()})
