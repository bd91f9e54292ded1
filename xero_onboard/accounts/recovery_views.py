"""Getting back in by a link that somebody at support has made and handed over."""

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from xero_onboard.accounts import people
from xero_onboard.accounts.registering import Incomplete, LinkUsed
from xero_onboard.lib.web import access, flood, secret
from xero_onboard.lib.web.errors import settle

blueprint = Blueprint("recovery", __name__)


@blueprint.get("/password/recover/<token>")
@access.anyone
def recover(token: str) -> Response | str:
    """The page to choose a new password on; looking at it uses nothing up."""
    if not people.is_open(token):
        return _link_used()
    return render_template("accounts/recover.html", token=token, error=None)


@blueprint.post("/password/recover/<token>")
@access.anyone
@flood.costly
def finish(token: str) -> Response:
    """Set the new password; signing in with it comes after."""
    try:
        people.recover(token, secret(request.form, "password"))
    except Incomplete as error:
        settle()
        values = {"token": token, "error": error.errors["password"]}
        return make_response(render_template("accounts/recover.html", **values), 400)
    except LinkUsed:
        settle()
        return _link_used()
    return redirect("/sign-in", code=303)


def _link_used() -> Response:
    return make_response(render_template("accounts/recovery_link_used.html"), 410)
