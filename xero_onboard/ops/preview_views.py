"""What readers see in any state, for whoever works on the site; registered beside the practice Xero only."""

from flask import Blueprint, abort, g, render_template

from xero_onboard.connect import results, samples, state
from xero_onboard.connect.outcomes import Outcome
from xero_onboard.content import library
from xero_onboard.content.parts import players_of
from xero_onboard.lib.web import access, headers, settings

GUIDE = 360001000101
GUIDE_TO_ASK = 360001000106

states = Blueprint("states", __name__)


@states.get("/connect/states")
@access.anyone
def index() -> str:
    """A list of all states and outcomes."""
    return render_template(
        "ops/states.html",
        states=samples.samples(),
        codes={code: samples.outcome(code) for code in samples.codes()},
        colleagues={code: samples.colleagues_outcome(code) for code in samples.colleagues_codes()},
    )


@states.get("/connect/states/<name>")
@access.anyone
def show(name: str) -> str:
    """The guide as a reader in this state sees it."""
    sample = samples.samples().get(name) or abort(404)
    state.pretend(sample.state)
    g.reader = sample.reader
    return _guide(name, GUIDE_TO_ASK if sample.state.errands else GUIDE, None)


@states.get("/connect/states/outcomes/<code>")
@access.anyone
def show_outcome(code: str) -> str:
    """The guide as a reader sees it after this outcome."""
    if code not in samples.codes():
        abort(404)
    state.pretend(samples.state_beside(code))
    g.reader = samples.READER
    return _guide(code, GUIDE, samples.outcome(code))


@states.get("/connect/states/colleagues/<code>")
@access.anyone
def show_colleagues_outcome(code: str) -> str:
    """What somebody who came by a link is told."""
    if code not in samples.colleagues_codes():
        abort(404)
    told = samples.colleagues_outcome(code)
    return render_template("ops/colleagues_state.html", name=code, outcome=told)


def _guide(name: str, number: int, told: Outcome | None) -> str:
    results.pretend(told)
    g.own_customers = ()
    page = library.article(number, settings().public_origin) or abort(404)
    headers.admit_players(players_of(page.parts))
    return render_template("ops/state.html", page=page, name=name)
