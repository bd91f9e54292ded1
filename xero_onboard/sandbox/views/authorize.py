"""The consent page, and the error page for requests that cannot be trusted."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from xero_onboard.lib.web import optional, required
from xero_onboard.sandbox import authorize, consent, scopes
from xero_onboard.sandbox.authorize import AuthorizeRequest, RequestRefused
from xero_onboard.sandbox.faults import armed, present
from xero_onboard.sandbox.models import LoginSession
from xero_onboard.sandbox.problems import Refused
from xero_onboard.sandbox.settings import settings
from xero_onboard.sandbox.views import visitor

blueprint = Blueprint("authorize", __name__, url_prefix="/identity")

_DECISIONS = {"allow", "continue", "cancel"}


@blueprint.get("/connect/authorize")
def ask() -> ResponseReturnValue:
    """Ask the person whether the app may have what it asks for."""
    wanted = authorize.read(request.args, settings())
    session = visitor.require_login()
    if consent.is_needless(session.person, wanted):
        return _give(session, wanted, consent.add_nothing(session, wanted))
    return _page(session, wanted)


@blueprint.post("/connect/authorize")
def decide() -> ResponseReturnValue:
    """Do as the person decided, and send them back to the app."""
    wanted = authorize.read(request.args, settings())
    session = visitor.require_login()
    decision = required(request.form, "decision", among=_DECISIONS)
    if decision == "cancel":
        denied = "TenantConsent status DENIED"
        return redirect(wanted.answer(error="access_denied", error_description=denied))
    try:
        if decision == "allow" and wanted.wants_organisation:
            code = consent.add_organisations(session, wanted, _chosen_organisations())
            return _give(session, wanted, code)
        return _give(session, wanted, consent.add_nothing(session, wanted))
    except Refused as problem:
        return _page(session, wanted, problem), 422


@blueprint.app_errorhandler(RequestRefused)
def refuse(refused: RequestRefused) -> Response:
    """To our own error page: an address we do not trust gets nothing, not even an error."""
    error_id = _error_ids().dumps([str(refused), refused.advice])
    return redirect(url_for("authorize.error", errorId=error_id))


@blueprint.get("/error")
def error() -> ResponseReturnValue:
    """What was wrong with the app's request, in Xero's words."""
    try:
        words, advice = _error_ids().loads(request.args.get("errorId", ""))
    except BadSignature as forged:
        raise NotFound from forged
    return render_template("authorize/error.html", words=words, advice=advice), 400


def _chosen_organisations() -> list[str]:
    if present.answer("bulk") and not _asks_for_one():
        return request.form.getlist("organisation")
    chosen = optional(request.form, "organisation")
    return [chosen] if chosen else []


def _is_bulk() -> bool:
    """Whether several may be chosen, which is armed for the press of the button and only looked at here."""
    return not _asks_for_one() and "bulk" in armed.waiting("decision")


def _asks_for_one() -> bool:
    """Whether the app wants one organisation even where it could have several."""
    return "bulk_connect:false" in request.args.get("acr_values", "").split()


def _give(session: LoginSession, wanted: AuthorizeRequest, code: str) -> Response:
    state = consent.session_state(settings().client_id, session.id.hex)
    scope = " ".join(wanted.scopes)
    return redirect(wanted.answer(code=code, scope=scope, session_state=state))


def _page(session: LoginSession, wanted: AuthorizeRequest, problem: Refused | None = None) -> str:
    return render_template(
        "authorize/ask.html",
        person=session.person,
        choices=consent.choices(session.person),
        permissions=scopes.in_words(wanted.scopes),
        wanted=wanted,
        is_bulk=_is_bulk(),
        problem=problem,
    )


def _error_ids() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt="errorId")
