"""The page for what only the reader can answer after Xero: which organisation, and in place of which."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from xero_onboard.connect import choosing, flow, outcomes, removals, results
from xero_onboard.connect.models import Attempt
from xero_onboard.connect.organisations import HeldElsewhere
from xero_onboard.connect.outcomes import Outcome
from xero_onboard.connect.providers import current_provider
from xero_onboard.lib.db import commit, db
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked
from xero_onboard.lib.reader import current_reader
from xero_onboard.lib.web import access, settings

blueprint = Blueprint("choice", __name__)

NOTHING_TICKED = marked("Tick at least one of the organisations.")
_ONE_TICKED = marked("Tick the one organisation that is to take its place.")


@blueprint.get("/connect/organisations/<uuid:attempt_id>")
@access.signed_in
def organisations(attempt_id: UUID) -> Response | str:
    """Choose among several organisations, or say what becomes of one."""
    attempt = _own_attempt(attempt_id)
    if attempt.status != "choosing":
        return redirect(flow.way_back(attempt), code=303)
    if attempt.owner_customer_id != current_reader().customer_id:
        return _ask_for_which(attempt)
    if not current_reader().may("connect"):
        abort(403, _(access.NOT_ALLOWED["connect"]))
    return show(attempt)


@blueprint.post("/connect/organisations/<uuid:attempt_id>")
@access.connects
def choose(attempt_id: UUID) -> Response:
    """Connect the chosen organisations."""
    attempt, ticked = _customers_attempt(attempt_id), request.form.getlist("tenant")
    return _answer(attempt, lambda: choosing.choose(attempt, ticked), _(NOTHING_TICKED))


@blueprint.post("/connect/organisations/<uuid:attempt_id>/instead")
@access.connects_fresh
def choose_instead(attempt_id: UUID) -> Response:
    """Connect the chosen organisation, and disconnect the one that was to be renewed."""
    attempt, ticked = _customers_attempt(attempt_id), request.form.getlist("tenant")
    return _answer(attempt, lambda: _put_in_place(attempt, ticked), _(_ONE_TICKED))


@blueprint.post("/connect/organisations/<uuid:attempt_id>/take-over")
@access.connects
def take_over(attempt_id: UUID) -> Response:
    """Have the connection there is go on with the login that came back."""
    attempt = _customers_attempt(attempt_id)
    return _answer(attempt, lambda: choosing.take_over(attempt), _(NOTHING_TICKED))


def show(
    attempt: Attempt, error: str | None = None, ticked: Sequence[str] = (), code: int = 200
) -> Response:
    """The page with what an attempt offers."""
    values = {"choice": choosing.choice_of(attempt), "error": error, "ticked": ticked}
    question = results.outcome_of_attempt(attempt, current_reader())
    page = render_template("connect/organisations.html", question=question, **values)
    return make_response(page, code)


def held_elsewhere(organisation: str) -> Outcome:
    """What is said of an organisation that another customer has, who is not named."""
    names = outcomes.Names(organisation=organisation)
    return outcomes.outcome_of("held_elsewhere", settings(), names)


def _answer(attempt: Attempt, decide: Callable[[], None], complaint: str) -> Response:
    ticked = request.form.getlist("tenant")
    if attempt.status != "choosing":
        return redirect(flow.way_back(attempt), code=303)
    try:
        decide()
    except choosing.NothingChosen:
        return _ask_again(attempt, complaint, ticked, 400)
    except HeldElsewhere as error:
        held = held_elsewhere(error.organisation)
        words = f"{held.title}. {held.detail} {held.next_step}"
        return _ask_again(attempt, words, ticked, 409)
    return redirect(flow.way_back(attempt), code=303)


def _put_in_place(attempt: Attempt, ticked: Sequence[str]) -> None:
    removal_id = choosing.choose_instead(attempt, ticked)
    commit()
    if removal_id is not None:
        removals.deliver(current_provider(), removal_id)


def _ask_again(attempt: Attempt, error: str, ticked: Sequence[str], code: int) -> Response:
    db.session.rollback()
    return show(attempt, error, ticked, code)


def _own_attempt(attempt_id: UUID) -> Attempt:
    attempt = db.session.get(Attempt, attempt_id)
    if attempt is None or attempt.owner_user_id != current_reader().user_id:
        abort(404)
    if attempt.purpose == "errand":
        # Asked for by the reader, and answered by whoever has the link.
        abort(404)
    return attempt


def _customers_attempt(attempt_id: UUID) -> Attempt:
    attempt = _own_attempt(attempt_id)
    # Begun for another of their customers, where they may be allowed less.
    if attempt.owner_customer_id != current_reader().customer_id:
        abort(404)
    return attempt


def _ask_for_which(attempt: Attempt) -> str:
    """For which of the reader's customers: nothing is connected to the one they act for by chance."""
    reader = current_reader()
    names = replace(results.names_of(attempt, reader), present=reader.customer)
    asked = outcomes.outcome_of("customer_changed", settings(), names)
    return render_template("connect/another_customer.html", outcome=asked, attempt=attempt)
