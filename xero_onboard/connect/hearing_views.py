"""Where Xero tells us, unasked, that something changed: no page, no cookie, and nothing in the answer."""

from collections.abc import Mapping

from flask import Blueprint, Response, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import RequestEntityTooLarge

from xero_onboard.connect import hearing
from xero_onboard.lib.db import db, wait_no_longer_than
from xero_onboard.lib.web import access, flood, settings

blueprint = Blueprint("hearing", __name__)

LONGEST_BODY = 1_000_000
# Xero gives up after five seconds, and is asked to come again well before that.
PATIENCE_SECONDS = 2.5
_ANSWERS: Mapping[type[Exception], int] = {
    hearing.NotProven: 401,
    hearing.NotUnderstood: 400,
    RequestEntityTooLarge: 413,
    OperationalError: 503,
}


@blueprint.post("/webhooks/xero")
@access.anyone
@flood.uncounted
def xero() -> Response:
    """Keep what Xero tells; 401 for what Xero has not signed, 503 for what could not be kept."""
    if not settings().xero.webhook_key:
        return Response(status=404)
    request.max_content_length = LONGEST_BODY
    wait_no_longer_than(PATIENCE_SECONDS)
    try:
        # Of two signatures the server makes one text, which is neither.
        hearing.receive(request.get_data(cache=False), request.headers.get("X-Xero-Signature", ""))
    except tuple(_ANSWERS) as error:
        db.session.rollback()
        return Response(status=_ANSWERS[type(error)])
    return Response(status=200)
