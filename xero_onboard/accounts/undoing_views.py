"""Taking back what was added to an account, by the link in the letter that told of it."""

from flask import Blueprint, make_response, render_template, request
from werkzeug.exceptions import Conflict
from werkzeug.wrappers import Response

from xero_onboard.accounts import undoing
from xero_onboard.accounts.guarding import WrongPassword
from xero_onboard.accounts.registering import LinkUsed
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked
from xero_onboard.lib.web import access, flood, secret
from xero_onboard.lib.web.errors import settle, show_error

blueprint = Blueprint("undoing", __name__)

_LAST_WAY_IN = marked(
    "It is the only way left to sign in to this account, so we took nothing away. Write to us: we look at it with you."
)
_LAST_STEP = marked(
    "Your account had a second step before this one was added, and would be left without any, so we took nothing away. Write to us: we look at it with you."
)
_WRONG_PASSWORD = marked("This is not the password that you had then.")


@blueprint.get("/not-me/<token>")
@access.anyone
def offer(token: str) -> str:
    """What the link takes back; looking uses nothing up."""
    return _page(token)


@blueprint.post("/not-me/<token>")
@access.anyone
@flood.costly
def take_back(token: str) -> Response:
    """Take it back, and say what to do next."""
    try:
        undone = undoing.take_back(token, secret(request.form, "password"))
    except WrongPassword:
        settle()
        return make_response(_page(token, _(_WRONG_PASSWORD)), 400)
    return make_response(render_template("accounts/taken_back.html", undone=undone))


def _page(token: str, error: str | None = None) -> str:
    offered = undoing.look(token)
    return render_template("accounts/not_me.html", token=token, offer=offered, error=error)


@blueprint.errorhandler(LinkUsed)
def show_used(_error: LinkUsed) -> Response:
    """Used, run out, unknown, and about what is gone already are told alike."""
    settle()
    return make_response(render_template("accounts/not_me_used.html"), 410)


@blueprint.errorhandler(undoing.LastWayIn)
def show_last_way_in(_error: undoing.LastWayIn) -> Response:
    """Nobody loses their account by a link."""
    return show_error(Conflict(_(_LAST_WAY_IN)))


@blueprint.errorhandler(undoing.LastStep)
def show_last_step(_error: undoing.LastStep) -> Response:
    """Nobody loses both factors by a link."""
    return show_error(Conflict(_(_LAST_STEP)))
