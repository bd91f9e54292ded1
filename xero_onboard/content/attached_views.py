"""Files that came with guides from another help centre, and what its other old addresses lead to."""

from io import BytesIO

from flask import Blueprint, abort, make_response, redirect, request, send_file
from werkzeug.wrappers import Response

from xero_onboard.content import arrivals, attached, picture_uses
from xero_onboard.content.addresses import read_address
from xero_onboard.lib.reader import current_reader
from xero_onboard.lib.web import access
from xero_onboard.lib.web.headers import PRIVATE

blueprint = Blueprint("attached", __name__)

# Whoever has been shown a picture may keep it for ever, for its address never means another. What a cache gives to
# others has to end with the guides that show it, as their pages do.
_PICTURE_LASTS = "public, max-age=31536000, immutable, s-maxage=60"
_SANDBOX = "default-src 'none'; sandbox"
_FILE = "article_attachments/<int(max=9223372036854775807):file_id>"


def picture(picture_id: int, name: str) -> Response | None:
    """A picture beside a guide, if this reader sees the guide or writes guides."""
    is_public = picture_uses.is_public(picture_id)
    may_see = is_public or current_reader().works_here
    found = picture_uses.find(picture_id, name) if may_see else None
    if found is None:
        return None
    response = make_response(found.body)
    response.mimetype = found.content_type
    response.headers["Content-Security-Policy"] = _SANDBOX
    if is_public:
        response.headers["Cache-Control"] = _PICTURE_LASTS
        response.set_etag(found.digest)
        response.make_conditional(request)
    return response


def file(file_id: int) -> Response:
    """A file as a download, whatever it says it is; a picture where pictures are."""
    found = _found(file_id)
    if found.body is None:
        return redirect(found.href, code=301)
    response = send_file(
        BytesIO(found.body),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=found.name,
    )
    response.headers["Content-Security-Policy"] = _SANDBOX
    if current_reader().works_here:  # who may see what others must not
        response.headers["Cache-Control"] = PRIVATE
    return response


@blueprint.get(f"/hc/{_FILE}")
@blueprint.get(f"/hc/<locale>/{_FILE}")
@blueprint.get(f"/hc/<locale>/{_FILE}/<name>")
@access.public
def address_of_file(file_id: int, locale: str = "", name: str = "") -> Response:
    """The way to a file of which only the number is known."""
    return redirect(_found(file_id).href, code=301)


@blueprint.get("/hc/<locale>/categories/<address>")
@access.public
def category(locale: str, address: str) -> Response:
    """The help centre has no categories: its front shows the sections of all."""
    asked = read_address(address) or abort(404)
    return redirect(arrivals.path_of("category", asked.id, locale) or abort(404), code=301)


def _found(file_id: int) -> attached.Attached:
    return attached.find(file_id, hidden=current_reader().works_here) or abort(404)
