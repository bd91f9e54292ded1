"""Every connection, attempt, customer and login, for those who are asked about them.

Whoever works here may look, because support is what editors give; what changes something, or has Xero
asked, is for administrators.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.exceptions import Conflict, NotFound, ServiceUnavailable
from werkzeug.wrappers import Response

from xero_onboard.accounts import customers
from xero_onboard.connect import alarms, capacity, care, outcomes, removals, strays
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.vault import GrantDead, VaultLocked
from xero_onboard.lib import audit
from xero_onboard.lib.db import commit
from xero_onboard.lib.web import access, optional, required, settings
from xero_onboard.lib.web.errors import show_error
from xero_onboard.staff import dossier, filters, finding
from xero_onboard.staff.asking import chosen, page_number

blueprint = Blueprint("staff_connections", __name__)
log = logging.getLogger(__name__)

PLACE = "/staff/connections"
_NOT_YET = "Xero has not confirmed that the organisation is removed: we ask again until it does."


@blueprint.get("/staff/connections")
@access.editor
def index() -> str:
    """What is connected and what was tried, to look things up in."""
    asked = _asked()
    found = finding.find(asked)
    values = {"capacity": capacity.used(), "alarms": alarms.present(), "missed": (), "check": None}
    values |= {"ghosts": finding.ghosts(), "strays": finding.strays()}
    values |= {"states": filters.STATES[found.kind], "codes": filters.CODES[found.kind]}
    return render_template("staff/connections.html", asked=asked, found=found, **values)


@blueprint.get("/staff/connections/<uuid:connection_id>")
@access.editor
def connection(connection_id: UUID) -> str:
    """Everything about one connection."""
    return render_template("staff/connection.html", dossier=dossier.connection(connection_id))


@blueprint.get("/staff/connections/attempts/<uuid:attempt_id>")
@access.editor
def attempt(attempt_id: UUID) -> str:
    """One press of a button, moment by moment."""
    return render_template("staff/attempt.html", story=dossier.attempt(attempt_id))


@blueprint.get("/staff/connections/customers/<uuid:customer_id>")
@access.editor
def customer(customer_id: UUID) -> str:
    """Everything about one customer."""
    values = {"dossier": dossier.customer(customer_id), "right_words": customers.WORDS}
    return render_template("staff/customer.html", **values)


@blueprint.get("/staff/connections/logins/<uuid:grant_id>")
@access.editor
def login(grant_id: UUID) -> str:
    """Everything about one login at Xero."""
    return render_template("staff/login.html", dossier=dossier.login(grant_id))


@blueprint.post("/staff/connections/<uuid:connection_id>/check")
@access.admin
def check(connection_id: UUID) -> Response:
    """Ask Xero how this connection stands."""
    found = dossier.connection_of(connection_id)
    with _refusing():
        code = care.check(current_provider(), found)
    audit.record(
        "connection_checked",
        customer=found.customer_id,
        subject=f"connection:{found.id}",
        answer=code,
    )
    names = outcomes.Names(organisation=found.name)
    return _back(f"{PLACE}/{found.id}", outcomes.outcome_of(code, settings(), names).title)


@blueprint.post("/staff/connections/<uuid:connection_id>/pause")
@access.admin_fresh
def pause(connection_id: UUID) -> Response:
    """Stop working with a connection, and keep it alive."""
    found = dossier.connection_of(connection_id)
    with _refusing():
        care.pause(found)
    return _back(f"{PLACE}/{found.id}", f"{found.name} is paused.")


@blueprint.post("/staff/connections/<uuid:connection_id>/resume")
@access.admin_fresh
def resume(connection_id: UUID) -> Response:
    """Work with a paused connection again."""
    found = dossier.connection_of(connection_id)
    with _refusing():
        care.resume(found)
    return _back(f"{PLACE}/{found.id}", f"{found.name} is no longer paused.")


@blueprint.post("/staff/connections/<uuid:connection_id>/disconnect")
@access.admin_fresh
def disconnect(connection_id: UUID) -> Response:
    """Disconnect here at once, and at Xero as soon as it hears us."""
    found = dossier.connection_of(connection_id)
    with _refusing():
        removal_id = care.disconnect(found)
        commit()
        if removal_id is not None:
            removals.deliver(current_provider(), removal_id)
    return _back(f"{PLACE}/{found.id}", f"{found.name} is disconnected.")


@blueprint.post("/staff/connections/logins/<uuid:grant_id>/look")
@access.admin
def look(grant_id: UUID) -> Response:
    """Ask Xero what this login can reach, and compare."""
    grant = dossier.grant_of(grant_id)
    commit()
    with _refusing():
        code = care.visit(current_provider(), grant.id)
    audit.record("connection_checked", subject=f"grant:{grant_id}", answer=code or "checked")
    words = outcomes.outcome_of(code, settings()).title if code else "Xero answered just now."
    return _back(f"{PLACE}/logins/{grant_id}", words)


@blueprint.post("/staff/connections/logins/<uuid:grant_id>/remove")
@access.admin_fresh
def remove(grant_id: UUID) -> Response:
    """Have Xero remove an organisation that nobody uses here."""
    remote_id = required(request.form, "remote_id", longest=64)
    dossier.grant_of(grant_id)
    with _refusing():
        removal_id = strays.remove(grant_id, remote_id)
        commit()
        removals.deliver(current_provider(), removal_id)
    is_gone = removals.is_delivered(removal_id)
    words = "Xero has removed the organisation." if is_gone else _NOT_YET
    return _back(f"{PLACE}/logins/{grant_id}", words)


@blueprint.errorhandler(dossier.Unknown)
def show_unknown(_error: dossier.Unknown) -> Response:
    """What was deleted since a page was made, or never was."""
    return show_error(NotFound())


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except care.NotPossible as error:
        raise Conflict("This connection was disconnected meanwhile.") from error
    except strays.NoSuchStray as error:
        raise Conflict("Somebody uses it by now, or Xero no longer lists it.") from error
    except GrantDead as error:
        raise Conflict("This login has ended, so Xero does not listen to us for it.") from error
    except VaultLocked as error:
        log.critical("the vault is locked: %s", error)
        raise ServiceUnavailable(
            "We cannot open the stored connections at the moment. Nothing is lost."
        ) from error


def _asked() -> finding.Asked:
    """What the address asks for; a state or code is offered with its own kind alone."""
    kind = chosen("kind", optional(request.args, "kind"), filters.STATES)
    shown = kind or "connections"
    return finding.Asked(
        query=optional(request.args, "query") or "",
        kind=kind,
        state=chosen("state", optional(request.args, "state"), filters.STATES[shown]),
        code=chosen("code", optional(request.args, "code"), filters.CODES[shown]),
        page=page_number(),
    )


def _back(place: str, words: str) -> Response:
    flash(words, "staff")
    return redirect(place, code=303)
