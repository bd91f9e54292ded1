"""The second step of logging in, the ways around a lost phone, and adding one of them."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from xero_onboard.lib.web import optional
from xero_onboard.sandbox import email_codes, login, second_step, set_up
from xero_onboard.sandbox.models import LoginSession
from xero_onboard.sandbox.problems import Refused
from xero_onboard.sandbox.views import visitor

blueprint = Blueprint("second_step", __name__)

_TWO_STEP = "/account/two-step-authentication"
_ALTERNATIVE = "/account/alternative-email"


@blueprint.get(_TWO_STEP)
def code() -> str:
    """Ask for a code of the authenticator app."""
    return _page("code", visitor.require("code"))


@blueprint.post(_TWO_STEP)
def send_code() -> ResponseReturnValue:
    """Check the code of the authenticator app."""
    session = visitor.require("code")
    try:
        second_step.check_app_code(session, optional(request.form, "code"))
    except Refused as problem:
        return _page("code", session, problem), 422
    return _let_in(session)


@blueprint.get(f"{_TWO_STEP}/backup")
def backup() -> str:
    """Offer the ways around a lost phone."""
    return _page("backup", visitor.require("code"))


@blueprint.post(f"{_TWO_STEP}/backup")
def send_backup() -> ResponseReturnValue:
    """Send a code to the backup address."""
    session = visitor.require("code")
    try:
        second_step.send_backup_code(session)
    except Refused as problem:
        return _page("backup", session, problem), 422
    return redirect(url_for(".email"))


@blueprint.get(f"{_TWO_STEP}/email")
def email() -> str:
    """Ask for the code that was sent."""
    return _page("email", _sent_code())


@blueprint.post(f"{_TWO_STEP}/email")
def send_email() -> ResponseReturnValue:
    """Check the code that was sent."""
    session = _sent_code()
    try:
        second_step.check_email_code(session, optional(request.form, "code"))
    except Refused as problem:
        return _page("email", session, problem), 422
    return _let_in(session)


@blueprint.get(f"{_TWO_STEP}/questions")
def questions() -> ResponseReturnValue:
    """Ask the person's security questions."""
    session = visitor.require("code")
    if not session.person.answers:
        return redirect(url_for(".backup"))
    return _page("questions", session)


@blueprint.post(f"{_TWO_STEP}/questions")
def send_questions() -> ResponseReturnValue:
    """Check the answers."""
    session = visitor.require("code")
    try:
        second_step.check_answers(session, _answers())
    except Refused as problem:
        return _page("questions", session, problem), 422
    return _let_in(session)


@blueprint.get(_ALTERNATIVE)
def prove() -> ResponseReturnValue:
    """Before an address is added: ask for a code of the authenticator app."""
    session = visitor.require("code", "in")
    if session.stage == "in":
        return redirect(url_for(".address"))
    return _page("prove", session)


@blueprint.post(_ALTERNATIVE)
def send_prove() -> ResponseReturnValue:
    """Check the code; whoever has shown it is in."""
    session = visitor.require("code")
    try:
        second_step.check_app_code(session, optional(request.form, "code"))
    except Refused as problem:
        return _page("prove", session, problem), 422
    return redirect(url_for(".address"))


@blueprint.get(f"{_ALTERNATIVE}/questions")
def prove_by_questions() -> ResponseReturnValue:
    """Before an address is added: ask the security questions instead."""
    session = visitor.require("code")
    if not session.person.answers:
        return redirect(url_for(".prove"))
    return _page("prove_by_questions", session)


@blueprint.post(f"{_ALTERNATIVE}/questions")
def send_prove_by_questions() -> ResponseReturnValue:
    """Check the answers; whoever knows them is in."""
    session = visitor.require("code")
    try:
        second_step.check_answers(session, _answers())
    except Refused as problem:
        return _page("prove_by_questions", session, problem), 422
    return redirect(url_for(".address"))


@blueprint.get(f"{_ALTERNATIVE}/address")
def address() -> str:
    """Ask for the address to add."""
    return _page("address", visitor.require("in"))


@blueprint.post(f"{_ALTERNATIVE}/address")
def send_address() -> ResponseReturnValue:
    """Send a code to the address."""
    session = visitor.require("in")
    try:
        email_codes.send_to_new_address(session, optional(request.form, "email"))
    except Refused as problem:
        return _page("address", session, problem), 422
    return redirect(url_for(".confirm"))


@blueprint.get(f"{_ALTERNATIVE}/code")
def confirm() -> str:
    """Ask for the code that was sent to the address."""
    return _page("confirm", _sent_to_address())


@blueprint.post(f"{_ALTERNATIVE}/code")
def send_confirm() -> ResponseReturnValue:
    """Check the code and keep the address."""
    session = _sent_to_address()
    try:
        set_up.confirm_email(session, optional(request.form, "code"))
    except Refused as problem:
        return _page("confirm", session, problem), 422
    return redirect(url_for(".done"))


@blueprint.get(f"{_ALTERNATIVE}/done")
def done() -> str:
    """Say that the address is kept."""
    return _page("done", visitor.require("in"))


@blueprint.post("/account/send-the-code-again")
def send_again() -> Response:
    """Send another code to the same address, and go back to where it is asked for."""
    session = visitor.require("code", "set_up", "in")
    if session.stage == "code":
        email_codes.send_again(session, "log_in")
        return redirect(url_for(".email"))
    email_codes.send_again(session, "add_email")
    style = set_up.STYLES.get(optional(request.form, "style") or "")
    if style:
        return redirect(url_for("set_up.email_code", style=style.name))
    return redirect(url_for(".confirm"))


def _sent_code() -> LoginSession:
    """The session of somebody who was sent a code to log in; others choose how to first."""
    session = visitor.require("code")
    if email_codes.waiting(session, "log_in") is None:
        abort(redirect(url_for(".backup")))
    return session


def _sent_to_address() -> LoginSession:
    """The session of somebody whose new address was sent a code; others name the address first."""
    session = visitor.require("in")
    if email_codes.waiting(session, "add_email") is None:
        abort(redirect(url_for(".address")))
    return session


def _answers() -> list[str | None]:
    return [optional(request.form, f"answer_{number}") for number in (1, 2, 3)]


def _let_in(session: LoginSession) -> Response:
    response = redirect(visitor.next_page(session))
    if optional(request.form, "trust") is None:
        return response
    return visitor.keep(response, visitor.DEVICE_COOKIE, login.trust(session.person))


def _page(name: str, session: LoginSession, problem: Refused | None = None) -> str:
    return render_template(
        f"second_step/{name}.html",
        person=session.person,
        session=session,
        problem=problem,
        sent_to=_sent_to(session),
        given=request.form.get("email", ""),
    )


def _sent_to(session: LoginSession) -> str | None:
    waiting = email_codes.waiting(session, "log_in" if session.stage == "code" else "add_email")
    return waiting.email if waiting else None
