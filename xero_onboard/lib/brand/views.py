"""What pages of the vendor's look ask for: colours and pictures, at addresses that never mean anything else."""

from flask import Blueprint, Response, abort, make_response, request

from xero_onboard.lib.brand import colours, looks, pictures
from xero_onboard.lib.web import access
from xero_onboard.lib.web.assets import ASK_AGAIN, FOR_EVER

blueprint = Blueprint("brand", __name__)

_SANDBOX = "default-src 'none'; sandbox"


@blueprint.get("/brand/<pair>.css")
@access.public
def sheet(pair: str) -> Response:
    """The tokens in two colours; whatever pages a cache still keeps, theirs are there."""
    return _made(colours.sheet(colours.read_pair(pair) or abort(404)), "text/css")


@blueprint.get("/brand/<pair>.svg")
@access.public
def mark(pair: str) -> Response:
    """Our own sign in the first of two colours."""
    return _made(colours.mark(colours.read_pair(pair) or abort(404)), "image/svg+xml")


@blueprint.get("/brand/pictures/<name>")
@access.public
def picture(name: str) -> Response:
    """A logo, or what was made of one."""
    found = pictures.find(name) or abort(404)
    response = make_response(found.body)
    response.mimetype = found.content_type
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["Cache-Control"] = FOR_EVER
    return response


def _made(text: str, mimetype: str) -> Response:
    response = make_response(text)
    response.content_type = f"{mimetype}; charset=utf-8"
    response.headers["Content-Security-Policy"] = _SANDBOX
    is_pinned = request.args.get("v") == looks.digest(text)
    response.headers["Cache-Control"] = FOR_EVER if is_pinned else ASK_AGAIN
    return response
