"""Connected apps: where a person disconnects an app from Xero's side."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from xero_onboard.lib.web import optional
from xero_onboard.sandbox import connections
from xero_onboard.sandbox.views import visitor

blueprint = Blueprint("apps", __name__, url_prefix="/connected-apps")


@blueprint.get("")
def connected() -> str:
    """The person's connections, and what has just been ended."""
    person_id = visitor.require_login().person_id
    return render_template(
        "apps/connected.html",
        connections=connections.of(person_id),
        ended=connections.find(person_id, optional(request.args, "disconnected")),
    )


@blueprint.post("/<connection_id>/disconnect")
def disconnect(connection_id: str) -> Response:
    """End one connection."""
    connection = connections.disconnect(visitor.require_login().person_id, connection_id)
    if connection is None:
        raise NotFound("You have no such connection; it may have been disconnected already.")
    return redirect(url_for(".connected", disconnected=connection.id))
