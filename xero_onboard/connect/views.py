"""The reader's pages and buttons around connecting."""

import logging
from uuid import UUID

from flask import Blueprint, abort, jsonify, make_response, redirect, render_template, request
from werkzeug.exceptions import Conflict, NotFound, ServiceUnavailable
from werkzeug.wrappers import Response

from xero_onboard.connect import (
    care,
    departure,
    flow,
    outcomes,
    removals,
    results,
    showings,
    unfinished,
)
from xero_onboard.connect.exchange import Answer
from xero_onboard.connect.models import Connection
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.state import connection_state
from xero_onboard.connect.vault import VaultLocked
from xero_onboard.lib.db import commit
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.reader import current_reader, ensure_browser
from xero_onboard.lib.web import access, flood, optional, required, safe_next, settings, visitor
from xero_onboard.lib.web.errors import show_error

blueprint = Blueprint("connect", __name__)
log = logging.getLogger(__name__)

_ANCHOR_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@blueprint.get("/connect")
@access.anyone
def index() -> str:
    """The reader's connections."""
    return render_template("connect/index.html", state=connection_state())


@blueprint.get("/connect/status")
@access.anyone
def status() -> Response:
    """Whether anything has changed since a page was made."""
    return jsonify(version=connection_state().version)


@blueprint.post("/connect/xero")
@access.anyone
@access.for_shown_customer
@flood.costly
def connect() -> Response:
    """Send the browser to Xero."""
    origin = read_origin()
    if not current_reader().can_connect:
        abort(403, _(access.NOT_ALLOWED["connect"]))
    try:
        return redirect(departure.connect(current_reader(), ensure_browser(), origin), code=303)
    except departure.Refused as refused:
        return redirect(origin.href_telling(refused.attempt_id), code=303)


@blueprint.post("/connect/shown")
@access.anyone
@flood.costly
def shown() -> Response:
    """Count that a guide was shown with a button that leads to Xero."""
    try:
        showings.count(showings.Edition.read(required(request.form, "edition", longest=30)))
    except showings.UnknownEdition:
        abort(400, _("This is no guide that we have."))
    return Response(status=204)


@access.anyone
def callback() -> Response:
    """Take the browser back from Xero; never a page, because the address holds the code."""
    # Or the reader's one return would be used up before they come.
    if visitor.is_only_looking():
        return Response(status=204)
    return redirect(flow.receive(read_answer(), current_reader()), code=303)


@blueprint.post("/connect/attempts/<uuid:attempt_id>/cancel")
@access.anyone
def cancel(attempt_id: UUID) -> Response:
    """End what was begun and is not finished."""
    return redirect(unfinished.cancel(attempt_id, current_reader()), code=303)


@blueprint.post("/connect/attempts/<uuid:attempt_id>/again")
@access.anyone
@flood.costly
def again(attempt_id: UUID) -> Response:
    """Ask Xero once more for the list of organisations that did not come."""
    return redirect(unfinished.read_again(attempt_id, current_reader()), code=303)


@blueprint.post("/connect/attempts/<uuid:attempt_id>/saw")
@access.anyone
def saw(attempt_id: UUID) -> Response:
    """Take down what the reader saw at Xero, and show the help for exactly that."""
    seen = optional(request.form, "saw", longest=30)
    if seen is None or seen not in outcomes.SIGHTINGS:
        abort(400, _("Choose what you saw at Xero, then press the button again."))
    return redirect(unfinished.note_sighting(attempt_id, seen, current_reader()), code=303)


@blueprint.get("/connect/problem/<code>")
@access.anyone
def problem(code: str) -> Response:
    """What happened, where no page of the guide can say it."""
    if not outcomes.is_trouble(code):
        abort(404)
    attempt_id = results.parsed_id(optional(request.args, "attempt", longest=36))
    attempt = results.begun_here(attempt_id, current_reader())
    names = results.names_of(attempt, current_reader()) if attempt else None
    shown = outcomes.outcome_of(code, settings(), names)
    return make_response(render_template("connect/problem.html", outcome=shown), 400)


@blueprint.post("/connect/connections/<uuid:connection_id>/select")
@access.connects
def select(connection_id: UUID) -> Response:
    """Work with this organisation from now on."""
    origin, connection = read_origin(), _own_connection(connection_id)
    care.choose(connection)
    return _back("selected", origin, connection.name)


@blueprint.post("/connect/connections/<uuid:connection_id>/check")
@access.signed_in
@flood.costly
def check(connection_id: UUID) -> Response:
    """Ask Xero how this connection stands."""
    origin, connection = read_origin(), _own_connection(connection_id)
    return _back(care.check(current_provider(), connection), origin, connection.name)


@blueprint.post("/connect/connections/<uuid:connection_id>/reconnect")
@access.connects
def reconnect(connection_id: UUID) -> Response:
    """Send the browser to Xero to renew this connection."""
    origin, connection = read_origin(), _own_connection(connection_id)
    reader, browser = current_reader(), ensure_browser()
    try:
        return redirect(departure.reconnect(reader, browser, origin, connection.id), code=303)
    except departure.Refused as refused:
        return redirect(origin.href_telling(refused.attempt_id), code=303)


@blueprint.post("/connect/connections/<uuid:connection_id>/disconnect")
@access.connects_fresh
def disconnect(connection_id: UUID) -> Response:
    """Disconnect here at once, and at Xero as soon as it hears us."""
    origin, connection = read_origin(), _own_connection(connection_id)
    removal_id = care.disconnect(connection)
    commit()
    if removal_id is not None:
        removals.deliver(current_provider(), removal_id)
    return _back("disconnected", origin, connection.name)


@blueprint.errorhandler(departure.NoSuchConnection)
def show_unknown(_error: departure.NoSuchConnection) -> Response:
    """Somebody else's connection is as unknown as one that never was."""
    return show_error(NotFound())


@blueprint.app_errorhandler(care.NotPossible)
def show_ended(_error: care.NotPossible) -> Response:
    """A button of a page that is older than what was done meanwhile."""
    return show_error(Conflict(_("This connection was disconnected, or it has stopped working.")))


@blueprint.app_errorhandler(VaultLocked)
def show_locked(error: VaultLocked) -> Response:
    """The operator has to act; until then nothing is changed, on whatever page it was tried."""
    log.critical("the vault is locked: %s", error)
    return show_error(
        ServiceUnavailable(
            _("We cannot open the stored connections at the moment. Nothing is lost.")
        )
    )


def read_answer() -> Answer:
    """What the provider sent along, each value only if it came once."""
    values = {
        name: given[0] if len(given := request.args.getlist(name)) == 1 else ("" if given else None)
        for name in ("state", "code", "error", "iss")
    }
    return Answer(values["state"], values["code"], values["error"], values["iss"])


def read_origin() -> departure.Origin:
    """Where to go back to; read before anything is done, because a bad value ends the request."""
    anchor = optional(request.form, "anchor", longest=60) or ""
    return departure.Origin(
        path=safe_next(optional(request.form, "next", longest=300)),
        anchor=anchor if _ANCHOR_CHARACTERS.issuperset(anchor) else "",
        edition=_read_edition(),
    )


def _read_edition() -> showings.Edition | None:
    """What the page says it is; a press is good without it."""
    try:
        return showings.Edition.read(optional(request.form, "edition", longest=30) or "")
    except showings.UnknownEdition:
        return None


def _own_connection(connection_id: UUID) -> Connection:
    environment = current_provider().facts.environment
    return departure.own_connection(environment, current_reader(), connection_id)


def _back(code: str, origin: departure.Origin, organisation: str = "") -> Response:
    results.tell(code, organisation, origin.anchor)
    return redirect(origin.href, code=303)
