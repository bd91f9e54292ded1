"""Turning two-step authentication on while logging in: the way of today, and the older one."""

import io

import segno
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from xero_onboard.lib.web import optional, required
from xero_onboard.sandbox import email_codes, set_up, totp
from xero_onboard.sandbox.models import LoginSession
from xero_onboard.sandbox.problems import Refused
from xero_onboard.sandbox.set_up import Answer, Style
from xero_onboard.sandbox.views import visitor

blueprint = Blueprint("set_up", __name__, url_prefix="/account/set-up")


@blueprint.get("")
def offer() -> str:
    """Say what two-step authentication is, and offer to set it up."""
    return render_template(
        "set_up/offer.html", person=visitor.require("set_up").person, problem=None
    )


@blueprint.post("/not-now")
def not_now() -> ResponseReturnValue:
    """Go on without, if that is allowed."""
    session = visitor.require("set_up")
    try:
        set_up.put_off(session)
    except Refused as problem:
        return render_template("set_up/offer.html", person=session.person, problem=problem), 422
    return redirect(visitor.next_page(session))


@blueprint.get("/<style>/app")
def app(style: str) -> str:
    """Show the key, as a picture and to type."""
    session = visitor.require("set_up")
    key = totp.in_groups(set_up.begin(session))
    return _page("app", session, _style(style), key=key)


@blueprint.get("/qr-code.svg")
def qr_code() -> Response:
    """The key as a picture for the authenticator app's camera."""
    session = visitor.require("set_up")
    picture = io.BytesIO()
    address = totp.address(set_up.begin(session), session.person.email)
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", scale=6, border=3, dark="#1d1a24", light="#ffffff"
    )
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@blueprint.get("/<style>/code")
def code(style: str) -> str:
    """Ask for a code, to see that the app was set up right."""
    return _page("code", visitor.require("set_up"), _style(style))


@blueprint.post("/<style>/code")
def send_code(style: str) -> ResponseReturnValue:
    """Check the code."""
    session, way = visitor.require("set_up"), _style(style)
    try:
        set_up.confirm_app(session, optional(request.form, "code"))
    except Refused as problem:
        return _page("code", session, way, problem), 422
    return redirect(url_for(f".{way.page_after_code}", style=style))


@blueprint.get("/<style>/backup")
def backup(style: str) -> str:
    """Ask which way back in the person wants."""
    return _page("backup", _confirmed(style), _style(style))


@blueprint.post("/<style>/backup")
def send_backup(style: str) -> BaseResponse:
    """Go on with the way that was chosen."""
    _confirmed(style)
    chosen = required(request.form, "method", among=("email", "questions"))
    return redirect(url_for(f".{chosen}", style=style))


@blueprint.get("/<style>/questions")
def questions(style: str) -> str:
    """Ask for three questions and their answers."""
    return _questions_page(_confirmed(style), _style(style), chosen=_first_questions())


@blueprint.post("/<style>/questions")
def send_questions(style: str) -> ResponseReturnValue:
    """Keep the answers."""
    session, way = _confirmed(style), _style(style)
    answers = [_answer(number) for number in (1, 2, 3)]
    try:
        set_up.keep_answers(session, answers)
    except Refused as problem:
        return _questions_page(session, way, chosen=answers, problem=problem), 422
    return redirect(url_for(f".{way.page_after_questions}", style=style))


@blueprint.get("/<style>/email")
def email(style: str) -> str:
    """Ask for an address to send codes to."""
    return _page("email", _may_add_email(style), _style(style))


@blueprint.post("/<style>/email")
def send_email(style: str) -> ResponseReturnValue:
    """Send a code to the address."""
    session, way = _may_add_email(style), _style(style)
    try:
        email_codes.send_to_new_address(session, optional(request.form, "email"))
    except Refused as problem:
        return _page("email", session, way, problem), 422
    return redirect(url_for(".email_code", style=style))


@blueprint.get("/<style>/email-code")
def email_code(style: str) -> str:
    """Ask for the code that was sent."""
    return _page("email_code", _sent_code(style), _style(style))


@blueprint.post("/<style>/email-code")
def send_email_code(style: str) -> ResponseReturnValue:
    """Check the code and keep the address."""
    session, way = _sent_code(style), _style(style)
    try:
        set_up.confirm_email(session, optional(request.form, "code"))
    except Refused as problem:
        return _page("email_code", session, way, problem), 422
    return redirect(url_for(".done", style=style))


@blueprint.get("/<style>/done")
def done(style: str) -> str:
    """Say that it is on."""
    return _page("done", visitor.require("in"), _style(style))


def _style(name: str) -> Style:
    return set_up.STYLES.get(name) or abort(404)


def _confirmed(style: str) -> LoginSession:
    """The session of somebody whose app is set up; others are sent back to set it up."""
    session = visitor.require("set_up")
    if not session.has_confirmed_app:
        abort(redirect(url_for(".app", style=_style(style).name)))
    return session


def _may_add_email(style: str) -> LoginSession:
    session = visitor.require("set_up", "in")
    return session if session.may_add_email else _confirmed(style)


def _sent_code(style: str) -> LoginSession:
    """The session of somebody whose address was sent a code; others name the address first."""
    session = _may_add_email(style)
    if email_codes.waiting(session, "add_email") is None:
        abort(redirect(url_for(".email", style=_style(style).name)))
    return session


def _first_questions() -> list[Answer]:
    return [Answer(question, "") for question in set_up.QUESTIONS[:3]]


def _answer(number: int) -> Answer:
    return Answer(
        question=optional(request.form, f"question_{number}") or "",
        answer=optional(request.form, f"answer_{number}") or "",
    )


def _questions_page(
    session: LoginSession, way: Style, chosen: list[Answer], problem: Refused | None = None
) -> str:
    return _page("questions", session, way, problem, questions=set_up.QUESTIONS, chosen=chosen)


def _page(
    name: str, session: LoginSession, way: Style, problem: Refused | None = None, **values: object
) -> str:
    waiting = email_codes.waiting(session, "add_email")
    return render_template(
        f"set_up/{name}.html",
        person=session.person,
        session=session,
        style=way,
        problem=problem,
        sent_to=waiting.email if waiting else None,
        given=request.form.get("email", ""),
        **values,
    )
