"""The browser at the other end: its cookies, its session, and where it has to go first."""

from flask import Flask, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from xero_onboard.sandbox import login
from xero_onboard.sandbox.models import LoginSession

# Cookies ignore ports: the site's own have other names.
SESSION_COOKIE = "sandbox_sid"
DEVICE_COOKIE = "sandbox_device"

_PAGES = {"code": "second_step.code", "set_up": "set_up.offer"}


def register(app: Flask) -> None:
    """Tell every page who is logged in."""
    app.jinja_env.globals["logged_in"] = logged_in


def session() -> LoginSession | None:
    """The session of this browser, at whatever stage."""
    if "login_session" not in g:
        token = request.cookies.get(SESSION_COOKIE)
        g.login_session = login.find_session(token) if token else None
    found: LoginSession | None = g.login_session
    return found


def logged_in() -> LoginSession | None:
    """The session of this browser, if it is all the way in."""
    found = session()
    return found if found and found.stage == "in" else None


def require(*stages: str) -> LoginSession:
    """The session, which must be at one of these stages; else the browser is sent where it must go first."""
    found = session()
    if found is None:
        abort(redirect(url_for("login.log_in", ReturnUrl=_here())))
    if found.stage not in stages:
        abort(redirect(next_page(found)))
    return found


def require_login() -> LoginSession:
    """The session of somebody who is in; whoever is not comes back here afterwards."""
    found = session()
    if found and found.stage != "in":
        found.goes_on_to = login.safe_page(_here())
    return require("in")


def next_page(found: LoginSession) -> str:
    """Where this session goes from here."""
    page = _PAGES.get(found.stage)
    return url_for(page) if page else found.goes_on_to


def keep(response: Response, cookie: str, token: str) -> Response:
    """Put a token into the browser; a session ends with the browser, a device's trust does not."""
    lasts = login.DEVICE_IS_TRUSTED if cookie == DEVICE_COOKIE else None
    response.set_cookie(cookie, token, max_age=lasts, path="/", httponly=True, samesite="Lax")
    return response


def _here() -> str:
    return request.full_path if request.query_string else request.path
