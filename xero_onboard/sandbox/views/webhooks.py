"""Webhooks: a person has this Xero tell the app something, and sees how the app answers."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from xero_onboard.lib.web import optional, required
from xero_onboard.sandbox import happenings, webhooks

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")

_DONE = {
    "intent": "Four were sent: two signed with the right key, two not.",
    "event": "It was sent.",
    "again": "It was sent again, byte for byte.",
}


@blueprint.get("")
def overview() -> str:
    """What can be sent, and what became of what was."""
    return render_template(
        "webhooks/overview.html",
        done=_DONE.get(optional(request.args, "done") or ""),
        organisations=happenings.organisations(),
        categories={name: name for name in webhooks.CATEGORIES},
        types=webhooks.TYPES,
        signatures=webhooks.SIGNATURES,
        sent=[
            (each, webhooks.complaints(each), webhooks.comes_again_until(each))
            for each in webhooks.sent()
        ],
    )


@blueprint.post("/intent")
def ask_intent() -> Response:
    """Send what Xero sends before a webhook counts."""
    webhooks.ask_intent()
    return redirect(url_for(".overview", done="intent"))


@blueprint.post("/events")
def tell() -> Response:
    """Send one event."""
    known = {str(each.id): each for each in happenings.organisations()}
    webhooks.tell(
        known[required(request.form, "organisation", among=known)],
        required(request.form, "category", among=webhooks.CATEGORIES),
        required(request.form, "type", among=webhooks.TYPES),
        required(request.form, "signature", among=webhooks.SIGNATURES),
    )
    return redirect(url_for(".overview", done="event"))


@blueprint.post("/<uuid:webhook_id>/again")
def send_again(webhook_id: UUID) -> Response:
    """Send one again, as Xero does until it is taken, and sometimes even then."""
    if webhooks.send_again(webhook_id) is None:
        raise NotFound("There is no such webhook any more.")
    return redirect(url_for(".overview", done="again"))
