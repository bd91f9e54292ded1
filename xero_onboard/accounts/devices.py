"""Browsers in which somebody has signed in before: strangers who guess must not keep them out."""

import secrets
from datetime import timedelta
from uuid import UUID

from flask import Flask, Response, current_app, g, request
from sqlalchemy import delete, exists, select

from xero_onboard.accounts.models import KnownDevice, Password
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import db
from xero_onboard.lib.jobs import every_minute

# No browser keeps a cookie for longer. https://www.rfc-editor.org/rfc/rfc6265#section-5.2
KEEP = timedelta(days=400)


def welcome(user_id: UUID) -> None:
    """Know this browser from now on as one in which this user has signed in."""
    token = current_device()
    known = db.session.get(KnownDevice, digest(token)) if token else None
    if token is None or known is None or known.user_id != user_id:
        # Never a name that the browser brought: somebody else may know it.
        token = secrets.token_urlsafe(32)
        known = KnownDevice(id=digest(token), user_id=user_id)
        db.session.add(known)
    known.seen_at = now()
    g.device = token


def current_device() -> str | None:
    """What this browser's cookie says, known or not."""
    return request.cookies.get(_cookie())


def is_known(device: str, login: str) -> bool:
    """Whether the owner of this login has signed in with this device before."""
    theirs = exists().where(
        KnownDevice.id == digest(device),
        KnownDevice.seen_at > now() - KEEP,
        KnownDevice.user_id == Password.user_id,
        Password.login == login,
    )
    return bool(db.session.scalar(select(theirs)))


def is_of(device: str, user_id: UUID) -> bool:
    """Whether this user has signed in with this device before."""
    known = db.session.get(KnownDevice, digest(device))
    return known is not None and known.user_id == user_id and known.seen_at > now() - KEEP


def forget_others(user_id: UUID) -> None:
    """Know none of this user's browsers but this one: in another somebody else may have signed in."""
    others = delete(KnownDevice).where(KnownDevice.user_id == user_id)
    if this := current_device():
        others = others.where(KnownDevice.id != digest(this))
    db.session.execute(others)


def register(app: Flask) -> None:
    """Name the browsers in which somebody signs in."""
    app.after_request(_name)


@every_minute("forget devices")
def forget_devices() -> None:
    """Remove the devices that were not used for longer than a cookie lives."""
    db.session.execute(delete(KnownDevice).where(KnownDevice.seen_at < now() - KEEP))


def _name(response: Response) -> Response:
    device = g.pop("device", None)
    if device and response.status_code < 400:
        is_secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(
            _cookie(), device, max_age=KEEP, secure=is_secure, httponly=True, samesite="Lax"
        )
    return response


def _cookie() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"
