"""Asking somebody else to connect: the reader's buttons, and the pages of whoever opens the link."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from xero_onboard.connect import choice_views, choosing, departure, errands, results
from xero_onboard.connect.errands import NoSuchErrand, Offer
from xero_onboard.connect.models import Attempt
from xero_onboard.connect.organisations import HeldElsewhere
from xero_onboard.connect.outcomes import Names, Outcome, outcome_of
from xero_onboard.connect.state import state_of
from xero_onboard.connect.views import read_origin
from xero_onboard.lib import mail
from xero_onboard.lib.db import db
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked
from xero_onboard.lib.reader import Reader, current_reader, ensure_browser
from xero_onboard.lib.web import access, flood, optional, settings, visitor
from xero_onboard.lib.web.errors import settle, show_error

blueprint = Blueprint("errand", __name__)

LONGEST_EMAIL = 320
_BAD_ADDRESS = marked("That is not an email address: write it like name@example.com.")
_ANOTHER = marked(
    "Another link was opened in this browser meanwhile. This is the one: look again at who asks."
)
_CONFIRM = marked("Tick the box to say that you know who asks.")


@blueprint.post("/connect/errands")
@access.connects
@access.for_shown_customer
@flood.costly
def ask() -> Response:
    """Make a link and mail it."""
    origin = read_origin()
    typed = optional(request.form, "email", longest=LONGEST_EMAIL) or ""
    try:
        made = errands.ask(current_reader(), typed, visitor.network())
    except mail.UnsafeAddress:
        settle()
        page = render_template(
            "connect/errand_link.html", error=_(_BAD_ADDRESS), typed=typed, origin=origin, link=None
        )
        return make_response(page, 400)
    return _made(made, origin)


@blueprint.post("/connect/errands/link")
@access.connects
@access.for_shown_customer
@flood.costly
def make_link() -> Response:
    """Make a link and show it this once, for the reader to send."""
    origin = read_origin()
    return _made(errands.ask(current_reader(), None, visitor.network()), origin)


@blueprint.post("/connect/errands/<uuid:errand_id>/again")
@access.connects
@flood.costly
def ask_again(errand_id: UUID) -> Response:
    """Make the link anew and send it again; the old one is worth nothing any more."""
    origin = read_origin()
    made = errands.ask_again(current_reader(), errand_id, visitor.network())
    return _made(made, origin)


@blueprint.post("/connect/errands/<uuid:errand_id>/withdraw")
@access.connects
def withdraw(errand_id: UUID) -> Response:
    """Make the link worthless."""
    origin = read_origin()
    errands.withdraw(current_reader(), errand_id)
    return redirect(origin.href, code=303)


@blueprint.get("/for-a-colleague/<token>")
@access.anyone
def open_link(token: str) -> Response:
    """Take the secret out of the address: it must not go along to Xero, or stay in a history."""
    session["errand"] = str(errands.by_link(token))
    return redirect(errands.PAGE, code=303)


@blueprint.get("/for-a-colleague")
@access.anyone
def offer() -> Response:
    """What is asked, by whom, and what became of it; looking binds nobody."""
    asked = errands.look(_opened(), current_reader().browser)
    attempt = _newest_attempt(asked)
    if attempt is not None and attempt.status == "choosing" and not asked.is_done:
        return redirect(f"{errands.PAGE}/organisations", code=303)
    return make_response(_page(asked, attempt))


@blueprint.post("/for-a-colleague")
@access.anyone
@flood.costly
def leave() -> Response:
    """Send the browser to Xero, after its owner has said that they know who asks."""
    was_read, confirmed = (optional(request.form, name) for name in ("offer", "confirm"))
    asked = errands.look(_opened(), current_reader().browser)
    if asked.is_done:
        return redirect(errands.PAGE, code=303)
    if unanswered := _unanswered(asked, was_read, confirmed):
        settle()
        error, code = unanswered
        return make_response(_page(asked, _newest_attempt(asked), error=error), code)
    try:
        way = errands.leave(asked.id, ensure_browser(), can_renew=_can_renew(asked))
        return redirect(way, code=303)
    except departure.LimitReached:
        return _refused(asked, "limit_reached")
    except departure.ConnectClosed as error:
        return _refused(asked, error.code)


@blueprint.get("/for-a-colleague/organisations")
@access.anyone
def organisations() -> Response:
    """Choose what the colleague's company may work with."""
    attempt = _open_choice()
    return _picker(attempt) if attempt else redirect(errands.PAGE, code=303)


@blueprint.post("/for-a-colleague/organisations")
@access.anyone
def choose() -> Response:
    """Connect the chosen organisations for the colleague's company."""
    ticked = request.form.getlist("tenant")
    attempt = _open_choice()
    is_shown = attempt and optional(request.form, "attempt") in (None, str(attempt.id))
    if attempt is None or not is_shown:
        return redirect(errands.PAGE, code=303)
    try:
        choosing.choose(attempt, ticked)
    except choosing.NothingChosen:
        return _ask_again(attempt, _(choice_views.NOTHING_TICKED), ticked, 400)
    except HeldElsewhere as error:
        held = choice_views.held_elsewhere(error.organisation)
        return _ask_again(attempt, f"{held.title}. {held.detail}", ticked, 409)
    return redirect(errands.PAGE, code=303)


@blueprint.errorhandler(NoSuchErrand)
def show_void(_error: NoSuchErrand) -> Response:
    """Used, withdrawn, run out, another browser's and unknown are told alike."""
    settle()
    if request.path.startswith("/connect"):
        return show_error(NotFound())
    return make_response(render_template("connect/errand_void.html", outcome=_last_outcome()), 410)


def _made(made: errands.Made, origin: departure.Origin) -> Response:
    if made.is_mailed:
        return redirect(origin.href, code=303)
    values: Mapping[str, str | None] = {"error": None, "typed": None, "link": made.link}
    return make_response(render_template("connect/errand_link.html", origin=origin, **values))


def _opened() -> UUID:
    """The errand whose link was opened in this browser. Raises NoSuchErrand."""
    opened = results.parsed_id(session.get("errand"))
    if opened is None:
        raise NoSuchErrand
    return opened


def _unanswered(
    asked: Offer, was_read: str | None, confirmed: str | None
) -> tuple[str, int] | None:
    """Why what was sent is no answer to what is asked, and as what it is refused."""
    if was_read not in (None, str(asked.id)):
        return _(_ANOTHER), 409
    return None if confirmed == "yes" else (_(_CONFIRM), 400)


def _can_renew(asked: Offer) -> bool:
    """Whether what those have who ask waits to be renewed."""
    owner = asked.owner
    return state_of(Reader(owner.user_id, owner.customer_id, right="connect")).can_renew


def _newest_attempt(asked: Offer) -> Attempt | None:
    return errands.newest_attempt(asked.id, current_reader().browser)


def _open_choice() -> Attempt | None:
    """The trip of this browser that waits for an answer, if one does. Raises NoSuchErrand."""
    asked = errands.look(_opened(), current_reader().browser)
    attempt = _newest_attempt(asked)
    is_open = attempt is not None and attempt.status == "choosing" and not asked.is_done
    return attempt if is_open else None


def _page(
    asked: Offer, attempt: Attempt | None, *, error: str | None = None, told: Outcome | None = None
) -> str:
    if told is None and attempt is not None:
        told = results.outcome_of_attempt(attempt, current_reader())
    is_away = attempt is not None and attempt.status == "redirected"
    trip = attempt if is_away or (attempt is not None and attempt.outcome == "abandoned") else None
    return render_template(
        "connect/errand.html", offer=asked, outcome=told, trip=trip, error=error, is_away=is_away
    )


def _refused(asked: Offer, code: str) -> Response:
    names = Names("errand", colleague=asked.asked_by.name, customer=asked.asked_by.customer or None)
    settle()
    told = outcome_of(code, settings(), names)
    return make_response(_page(asked, None, told=told), 409)


def _picker(
    attempt: Attempt, error: str | None = None, ticked: Sequence[str] = (), code: int = 200
) -> Response:
    choice = choosing.choice_of(attempt)
    question = results.outcome_of_attempt(attempt, current_reader()) or abort(404)
    values = {"choice": choice, "error": error, "ticked": ticked, "question": question}
    return make_response(render_template("connect/errand_choice.html", **values), code)


def _ask_again(attempt: Attempt, error: str, ticked: Sequence[str], code: int) -> Response:
    db.session.rollback()
    return _picker(attempt, error, ticked, code)


def _last_outcome() -> Outcome | None:
    """What became of this browser's last trip, though its link is over."""
    opened = results.parsed_id(session.get("errand"))
    attempt = errands.newest_attempt(opened, current_reader().browser) if opened else None
    return results.outcome_of_attempt(attempt, current_reader()) if attempt else None
