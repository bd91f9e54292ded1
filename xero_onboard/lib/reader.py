"""Who is reading: the one answer that every room may have without knowing about accounts."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app, g, request, session
from flask_login import current_user


@dataclass(frozen=True)
class Reader:
    """The person at the other end, as far as we know them.

    `browser` is the anonymous name of a browser that has voted or begun to connect.
    """

    user_id: UUID | None = None
    customer_id: UUID | None = None
    name: str | None = None
    email: str | None = None
    browser: str | None = None

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None


@dataclass(frozen=True)
class Identity:
    """Who a provider says somebody is; `(issuer, subject)` names them, never the e-mail address."""

    issuer: str
    subject: str
    email: str
    name: str


class SomebodyElse(Exception):
    """A proven identity is not that of the one who is signed in here."""


@dataclass(frozen=True)
class Owner:
    """The user who acts, and the customer for whom."""

    user_id: UUID
    customer_id: UUID


STRANGER = Reader()


def has_session_cookie() -> bool:
    """Whether this request is a person's; pages for all others are the same to the byte."""
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
    return Reader(
        user_id=current_user.id,
        customer_id=current_user.customer_id,
        name=current_user.name,
        email=current_user.email,
        browser=browser,
    )


def register(app: Flask) -> None:
    """Let templates ask who is reading."""
    app.context_processor(lambda: {"reader": current_reader()})
