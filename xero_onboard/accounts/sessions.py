"""Sessions kept in the database, so that ending one ends it everywhere; the cookie is a random handle."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, Request, Response, g, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Row, delete, exists, select, update

from xero_onboard.accounts.models import StoredSession
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import begin_write, db, note_in_passing
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.web import visitor

LIFETIME = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=10)


class BrowserSession(SessionMixin):
    """A session that reads its row when it is first asked, so that pages that need none pay nothing."""

    def __init__(self, handle: str | None) -> None:
        self.handle = handle
        self.ended_handle: str | None = None
        self.was_found = False
        self.was_somebodys = False
        self.is_anew = False
        self.is_stale = False
        # Nothing has changed that would be missed: a message is not shown again, the language is known from the address.
        self.is_in_passing = True
        self._values: dict[str, Any] | None = None
        self.modified = False

    @property
    def values_now(self) -> dict[str, Any]:
        if self._values is None:
            found = _read(self.handle) if self.handle else None
            self.was_found = found is not None
            self.was_somebodys = found is not None and found.user_id is not None
            self._values = found.content if found else {}
            self.is_stale = found is not None and _is_stale(found)
        return self._values

    def end(self) -> None:
        """Forget everything, here and in the browser."""
        self._leave_handle({})
        self.was_somebodys, self.is_anew = False, True

    def renew(self, *, is_proven: bool = False) -> None:
        """Go on under a new handle, and for a full lifetime if that was earned by a proof.

        Whoever knew the old handle holds nothing.
        """
        self._leave_handle(self.values_now)
        self.is_anew = self.is_anew or is_proven

    def _leave_handle(self, values: dict[str, Any]) -> None:
        self.ended_handle = self.handle or self.ended_handle
        self.handle, self._values = None, values
        self.modified, self.is_in_passing = True, False

    def __getitem__(self, key: str) -> Any:
        return self.values_now[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.values_now[key] = value
        self.modified = True
        self.is_in_passing = self.is_in_passing and key == "locale"

    def __delitem__(self, key: str) -> None:
        del self.values_now[key]
        self.modified = True
        self.is_in_passing = self.is_in_passing and key == "_flashes"

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
        handle, is_over = g.pop("new_session_handle", None), g.pop("session_is_over", False)
        if handle and response.status_code < 400:
            response.set_cookie(
                name, handle, max_age=LIFETIME, secure=is_secure, httponly=True, samesite="Lax"
            )
        elif (is_over or session.modified and not session) and response.status_code < 400:
            response.delete_cookie(name, secure=is_secure, httponly=True, samesite="Lax")


@dataclass(frozen=True)
class OpenSession:
    """One browser in which somebody is signed in, or half signed in."""

    name: UUID
    device: str | None
    address: str | None
    seen_at: datetime | None
    created_at: datetime
    is_this: bool
    # Somebody gave one proof there and still owes the second.
    is_half_open: bool


def open_sessions(user_id: UUID, handle: str | None) -> tuple[OpenSession, ...]:
    """The sessions of a user, the one with this handle marked, the last used first."""
    this = digest(handle) if handle else None
    query = select(StoredSession).where(
        StoredSession.user_id == user_id, StoredSession.expires_at > now()
    )
    return tuple(
        OpenSession(
            name=row.name,
            device=row.device,
            address=row.address,
            seen_at=row.seen_at,
            created_at=row.created_at,
            is_this=row.id == this,
            is_half_open="pending" in row.content,
        )
        for row in db.session.scalars(query.order_by(StoredSession.seen_at.desc()))
    )


def is_open(handle: str, user_id: UUID) -> bool:
    """Whether the session with this handle is this user's and has not ended."""
    theirs = exists().where(
        StoredSession.id == digest(handle),
        StoredSession.user_id == user_id,
        StoredSession.expires_at > now(),
    )
    return bool(db.session.scalar(select(theirs)))


def end_session(user_id: UUID, name: UUID) -> bool:
    """End one session of this user on every process; False if it is not theirs or has ended."""
    ended = delete(StoredSession).where(
        StoredSession.user_id == user_id, StoredSession.name == name
    )
    return db.session.scalar(ended.returning(StoredSession.id)) is not None


def end_sessions(user_id: UUID, *, besides: str | None = None) -> None:
    """End all sessions of a user, the half-open ones too, but the one with this handle."""
    ended = delete(StoredSession).where(StoredSession.user_id == user_id)
    if besides is not None:
        ended = ended.where(StoredSession.id != digest(besides))
    db.session.execute(ended)


def end_by_handle(handle: str) -> None:
    """End the session with this handle on every process."""
    db.session.execute(delete(StoredSession).where(StoredSession.id == digest(handle)))


def register(app: Flask) -> None:
    """Keep this app's sessions in its database."""
    app.session_interface = DatabaseSessions()
    app.after_request(_keep)


@every_minute("forget ended sessions")
def forget_ended() -> None:
    """Remove sessions nobody can use any more."""
    db.session.execute(delete(StoredSession).where(StoredSession.expires_at < now()))


def _read(handle: str) -> Row[tuple[dict[str, Any], UUID | None, datetime | None]] | None:
    query = select(StoredSession.content, StoredSession.user_id, StoredSession.seen_at).where(
        StoredSession.id == digest(handle), StoredSession.expires_at > now()
    )
    return db.session.execute(query).one_or_none()


def _is_stale(found: Row[Any]) -> bool:
    """Whether it is worth a write to note that somebody's session is still used."""
    seen_at: datetime | None = found.seen_at
    return found.user_id is not None and (seen_at is None or seen_at < now() - SEEN_EVERY)


def _keep(response: Response) -> Response:
    """Write what changed, in the transaction of the request that changed it."""
    current = session._get_current_object()  # type: ignore[attr-defined]
    if response.status_code >= 400 or not (current.modified or current.is_stale):
        return response
    if not g.is_writing and current.is_in_passing:
        if not note_in_passing("a session", lambda: _store(current)):
            # No cookie for a session that there is not.
            g.pop("new_session_handle", None)
        return response
    if not g.is_writing:
        begin_write()
    _store(current)
    return response


def _store(current: BrowserSession) -> None:
    ended = _ended(current.ended_handle) if current.ended_handle else None
    if current.modified and current:
        _write(current, ended)
    elif not current.modified and current.handle:
        _note_use(current.handle)


def _note_use(handle: str) -> None:
    known = StoredSession.id == digest(handle)
    db.session.execute(update(StoredSession).where(known).values(**_visit()))


def _visit() -> dict[str, Any]:
    return {"seen_at": now(), "device": visitor.agent(), "address": visitor.address()}


def _ended(handle: str) -> Row[datetime, datetime] | None:
    """End the session with this handle, and tell how long it lived; None if it had ended before."""
    lives = (StoredSession.created_at, StoredSession.expires_at)
    ended = delete(StoredSession).where(StoredSession.id == digest(handle))
    return db.session.execute(ended.returning(*lives)).one_or_none()


def _write(current: BrowserSession, ended: Row[datetime, datetime] | None) -> None:
    values = dict(current)
    # Whoever is half signed in belongs to the user as well: what ends a user's sessions ends theirs.
    user_id = values.get("_user_id") or values.get("pending", {}).get("user")
    row = {"user_id": UUID(user_id) if user_id else None, "content": values}
    if current.was_found and current.handle:
        # A session that was ended meanwhile stays ended: nothing matches, and no cookie is set.
        known = StoredSession.id == digest(current.handle)
        db.session.execute(update(StoredSession).where(known).values(**row))
        return
    if current.was_somebodys and ended is None:
        # It was ended meanwhile, too: it does not come back under another handle.
        g.session_is_over = True
        return
    if ended is None or current.is_anew:
        lives = {"expires_at": now() + LIFETIME}
    else:
        lives = {"created_at": ended.created_at, "expires_at": ended.expires_at}
    # Never a handle that the browser brought: somebody else may have chosen it for the browser.
    g.new_session_handle = secrets.token_urlsafe(32)
    seen = _visit() if user_id else {"seen_at": now()}
    db.session.add(StoredSession(id=digest(g.new_session_handle), **row, **lives, **seen))
    db.session.flush()
