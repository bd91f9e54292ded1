"""The layer around every call: what is armed for it happens before, instead of, or to its answer."""

from email.utils import format_datetime

from flask import Flask, Response, request
from sqlalchemy import update

from xero_onboard.lib import clock as true_clock
from xero_onboard.lib.crypto import digest
from xero_onboard.sandbox import clock
from xero_onboard.sandbox.faults import answers, armed, lies, line, present
from xero_onboard.sandbox.models import AuthorizationCode
from xero_onboard.sandbox.store import store
from xero_onboard.sandbox.views import visitor

_PLACES = {
    "authorize.decide": ("decision",),
    "identity.revocation": ("revocation",),
    "identity.keys": ("jwks",),
    "identity.discovery": ("discovery",),
    "identity.userinfo": ("userinfo",),
    "api.list_connections": ("connections",),
    "api.delete_connection": ("disconnection",),
    "api.organisation": ("organisation",),
}


def register(app: Flask) -> None:
    """Put the layer around the app; register after the store and the rules of the house."""
    app.before_request(_meet)
    app.after_request(_tell_the_time)
    lies.register(app)
    app.jinja_env.globals["faults_on"] = armed.count


def _meet() -> Response | None:
    """Take what is armed for this call, and answer in its stead where the fault says so."""
    places = _places()
    met = armed.take(*places) if places else {}
    if not met:
        return None
    # Counted at once: a call that is never answered has met its fault too.
    store.session.commit()
    present.keep(met)
    line.wait("last")
    answer = met.get("answer")
    if answer is None:
        return None
    if answer.name == "code_used":
        _spend(request.form.get("code", ""))
    instead = answers.INSTEAD.get(answer.name)
    return instead(answer) if instead else None


def _places() -> tuple[str, ...]:
    if request.endpoint == "authorize.ask":
        return ("authorize", "consent") if visitor.logged_in() else ("authorize",)
    if request.endpoint == "identity.token":
        is_refresh = request.form.get("grant_type") == "refresh_token"
        return ("refresh",) if is_refresh else ("code",)
    return _PLACES.get(request.endpoint or "", ())


def _spend(code: str) -> None:
    store.session.execute(
        update(AuthorizationCode)
        .where(AuthorizationCode.code_digest == digest(code))
        .where(AuthorizationCode.used_at.is_(None))
        .values(used_at=true_clock.now())
    )


def _tell_the_time(response: Response) -> Response:
    response.headers["Date"] = format_datetime(clock.now(), usegmt=True)
    return response
