"""Sessions kept in the database, so that ending one ends it everywhere; the cookie is a random handle."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask, Request, Response, g, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, select, update

from xero_onboard.accounts.models import StoredSession
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import begin_write, db
from xero_onboard.lib.jobs import every_minute

LIFETIME = timedelta(days=30)


class BrowserSession(SessionMixin):
    """A session that reads its row when it is first asked, so that pages that need none pay nothing."""

    def __init__(self, handle: str | None) -> None:
        self.handle = handle
        self.ended_handle: str | None = None
        self.was_found = False
        self._values: dict[str, Any] | None = None
        self.modified = False

    @property
    def values_now(self) -> dict[str, Any]:
        if self._values is None:
            found = _read(self.handle) if self.handle else None
            self.was_found = found is not None
            self._values = found or {}
        return self._values

    def end(self) -> None:
        """Forget everything, here and in the browser."""
        self.ended_handle, self.handle, self._values = self.handle, None, {}
        self.modified = True

    def renew(self) -> None:
        """Go on under a new handle; whoever knew the old one holds nothing."""
        values = self.values_now
        self.ended_handle, self.handle, self._values = self.handle, None, values
        self.modified = True

    def __getitem__(self, key: str) -> Any:
        return self.values_now[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.values_now[key] = value
        self.modified = True

    def __delitem__(self, key: str) -> None:
        del self.values_now[key]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_now)

    def __len__(self) -> int:
        return len(self.values_now)


class DatabaseSessions(SessionInterface):
    """Reads the handle from the cookie and sets the cookie for a new one."""

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        return BrowserSession(request.cookies.get(self.get_cookie_name(app)))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        name, is_secure = self.get_cookie_name(app), self.get_cookie_secure(app)
        handle = g.pop("new_session_handle", None)
        if handle and response.status_code < 400:
            response.set_cookie(
                name, handle, max_age=LIFETIME, secure=is_secure, httponly=True, samesite="Lax"
            )
        elif session.modified and not session and response.status_code < 400:
            response.delete_cookie(name, secure=is_secure, httponly=True, samesite="Lax")


def register(app: Flask) -> None:
    """Keep this app's sessions in its database."""
    app.session_interface = DatabaseSessions()
    app.after_request(_keep)


@every_minute("forget ended sessions")
def forget_ended() -> None:
    """Remove sessions nobody can use any more."""
    db.session.execute(delete(StoredSession).where(StoredSession.expires_at < now()))


def _read(handle: str) -> dict[str, Any] | None:
    query = select(StoredSession.content).where(
        StoredSession.id == digest(handle), StoredSession.expires_at > now()
    )
    return db.session.scalar(query)


def _keep(response: Response) -> Response:
    """Write what changed, in the transaction of the request that changed it."""
    current = session._get_current_object()  # type: ignore[attr-defined]
    if current.modified and response.status_code < 400:
        if not g.is_writing:
            # A page that was only read, and now forgets the message that it has shown.
            begin_write()
        if current.ended_handle:
            _forget(current.ended_handle)
        if current:
            _write(current)
    return response


def _forget(handle: str) -> None:
    db.session.execute(delete(StoredSession).where(StoredSession.id == digest(handle)))


def _write(current: BrowserSession) -> None:
    values = dict(current)
    user_id = values.get("_user_id")
    row = {"user_id": UUID(user_id) if user_id else None, "content": values}
    if current.was_found and current.handle:
        # A session that was ended meanwhile stays ended: nothing matches, and no cookie is set.
        known = StoredSession.id == digest(current.handle)
        db.session.execute(update(StoredSession).where(known).values(**row))
        return
    # Never a handle that the browser brought: somebody else may have chosen it for the browser.
    g.new_session_handle = secrets.token_urlsafe(32)
    db.session.add(
        StoredSession(id=digest(g.new_session_handle), expires_at=now() + LIFETIME, **row)
    )
    db.session.flush()
