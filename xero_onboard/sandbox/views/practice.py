"""Pages that the real Xero does not have: who there is, the mail, everybody's phone, starting again."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from xero_onboard.lib.web import optional
from xero_onboard.sandbox import email_codes, people, second_step, totp
from xero_onboard.sandbox.views import visitor

blueprint = Blueprint("practice", __name__)

_NO_PHONE = "Nobody with this email address uses an authenticator app."


@blueprint.get("/")
def start() -> str:
    """What this is, and whom and what there is to practise with."""
    return render_template(
        "practice/start.html",
        people=people.everybody(),
        password=people.PASSWORD,
        has_started_again="again" in request.args,
    )


@blueprint.post("/reset")
def start_again() -> Response:
    """Put everything back to the beginning."""
    people.start_again()
    response = redirect(url_for(".start", again="1"))
    response.delete_cookie(visitor.SESSION_COOKIE, path="/")
    response.delete_cookie(visitor.DEVICE_COOKIE, path="/")
    return response


@blueprint.get("/inbox")
def inbox() -> str:
    """Every e-mail that would have been sent."""
    to = optional(request.args, "to")
    return render_template("practice/inbox.html", mails=email_codes.inbox(to), to=to or "")


@blueprint.get("/authenticator")
def authenticator() -> str:
    """What a person's authenticator app shows, since nobody here has their phone."""
    email = optional(request.args, "email")
    if email is None:
        phones = [person for person in people.everybody() if person.has_two_step]
        return render_template("practice/authenticators.html", people=phones)
    person = people.find(email) or abort(404, _NO_PHONE)
    try:
        code = second_step.next_code(person)
    except second_step.NoPhone:
        abort(404, _NO_PHONE)
    return render_template(
        "practice/authenticator.html",
        person=person,
        code=code,
        is_used=person.last_step >= totp.current_step(),
        seconds=totp.seconds_left(),
    )
