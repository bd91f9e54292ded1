"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from xero_onboard.accounts.sign_in import sign_out as end_session
from xero_onboard.connect import departure, flow
from xero_onboard.connect.views import is_only_looking, read_answer
from xero_onboard.lib.reader import current_reader, ensure_browser
from xero_onboard.lib.web import access, flood, optional, safe_next

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/sign-in")
@access.anyone
def sign_in() -> Response | str:
    """The page with the button, or on to where the reader was going if they are signed in already."""
    goes_on_to = _next(optional(request.args, "next"))
    if current_reader().is_signed_in:
        return redirect(goes_on_to, code=303)
    return render_template("accounts/sign_in.html", next=goes_on_to)


@blueprint.post("/sign-in/xero")
@access.anyone
@flood.costly
def sign_in_with_xero() -> Response:
    """Send the browser to Xero to prove who it belongs to."""
    origin = departure.Origin(path=_next(optional(request.form, "next")), anchor="")
    return redirect(departure.sign_in(current_reader(), ensure_browser(), origin), code=303)


@access.anyone
def finish_sign_in() -> Response:
    """Take the browser back from Xero; never a page, because the address holds the code."""
    if is_only_looking():
        return Response(status=204)
    way_back = flow.receive(read_answer(), current_reader(), is_sign_in=True)
    return redirect(way_back, code=303)


@blueprint.post("/sign-out")
@access.anyone
def sign_out() -> Response:
    """End the session, here and in the database."""
    end_session()
    return redirect("/", code=303)


def _next(given: str | None) -> str:
    """Where to go on to; the reader's connections when nothing else was asked for."""
    return safe_next(given or "/connect")
