"""Files that came with guides from another help centre, and what its other old addresses lead to."""

from io import BytesIO

from flask import Blueprint, abort, redirect, send_file
from werkzeug.wrappers import Response

from xero_onboard.content import arrivals, attached
from xero_onboard.content.addresses import read_address
from xero_onboard.lib.web import access

blueprint = Blueprint("attached", __name__)

_FILE = "article_attachments/<int(max=9223372036854775807):file_id>"


def file(file_id: int) -> Response:
    """A file as a download, whatever it says it is; a picture where pictures are."""
    found = attached.find(file_id) or abort(404)
    if found.body is None:
        return redirect(found.href, code=301)
    response = send_file(
        BytesIO(found.body),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=found.name,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.get(f"/hc/{_FILE}")
@blueprint.get(f"/hc/<locale>/{_FILE}")
@blueprint.get(f"/hc/<locale>/{_FILE}/<name>")
@access.public
def address_of_file(file_id: int, locale: str = "", name: str = "") -> Response:
    """The way to a file of which only the number is known."""
    found = attached.find(file_id) or abort(404)
    return redirect(found.href, code=301)


@blueprint.get("/hc/<locale>/categories/<address>")
@access.public
def category(locale: str, address: str) -> Response:
    """The help centre has no categories: its front shows the sections of all."""
    asked = read_address(address) or abort(404)
    return redirect(arrivals.path_of("category", asked.id, locale) or abort(404), code=301)
