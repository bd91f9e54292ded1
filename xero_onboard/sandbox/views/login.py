"""Log in and log out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from xero_onboard.lib.web import optional
from xero_onboard.sandbox import login, people
from xero_onboard.sandbox.problems import Refused
from xero_onboard.sandbox.views import visitor

blueprint = Blueprint("login", __name__)

_LONGEST_PAGE = 8000


@blueprint.get("/identity/user/login")
def log_in() -> ResponseReturnValue:
    """The log in page; whoever is in already goes on."""
    goes_on_to = login.safe_page(optional(request.args, "ReturnUrl", longest=_LONGEST_PAGE))
    if visitor.logged_in():
        return redirect(goes_on_to)
    email = optional(request.args, "email")
    return _page(goes_on_to, email, is_filled_in=email is not None)


@blueprint.post("/identity/user/login")
def send_log_in() -> ResponseReturnValue:
    """Check email address and password."""
    goes_on_to = login.safe_page(optional(request.form, "ReturnUrl", longest=_LONGEST_PAGE))
    email = optional(request.form, "email")
    password = optional(request.form, "password")
    device = request.cookies.get(visitor.DEVICE_COOKIE)
    try:
        token = login.log_in(email, password, device, goes_on_to)
    except Refused as problem:
        return _page(goes_on_to, email, problem), 422
    response = redirect(url_for("login.go_on"))
    return visitor.keep(response, visitor.SESSION_COOKIE, token)


@blueprint.get("/identity/user/go-on")
def go_on() -> Response:
    """To the next page of the log in, or out of it."""
    return redirect(visitor.next_page(visitor.require("code", "set_up", "in")))


@blueprint.post("/logout")
def log_out() -> Response:
    """End the session; somebody in the middle of a consent may log in as somebody else."""
    token = request.cookies.get(visitor.SESSION_COOKIE)
    if token:
        login.log_out(token)
    goes_on_to = optional(request.form, "ReturnUrl", longest=_LONGEST_PAGE)
    response = redirect(url_for("login.log_in", ReturnUrl=goes_on_to))
    response.delete_cookie(visitor.SESSION_COOKIE, path="/")
    return response


def _page(
    goes_on_to: str,
    email: str | None = None,
    problem: Refused | None = None,
    *,
    is_filled_in: bool = False,
) -> str:
    return render_template(
        "login/log_in.html",
        goes_on_to=goes_on_to,
        email=email or "",
        problem=problem,
        people=people.everybody(),
        password=people.PASSWORD,
        is_filled_in=is_filled_in,
    )
