"""Everything that makes the public site, as a file that an administrator takes along."""

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO

from flask import Blueprint, Response, render_template

from xero_onboard.content import archiving
from xero_onboard.lib.clock import now
from xero_onboard.lib.web import access

_PIECE = 64 * 1024

blueprint = Blueprint("staff_archive", __name__)


@blueprint.post("/staff/articles/archive")
@access.admin_fresh
def take_along() -> Response | tuple[str, int]:
    """The archive, from a file without a name that is gone when it has been sent."""
    with ExitStack() as until_it_is_sent:
        file = until_it_is_sent.enter_context(TemporaryFile())
        try:
            archiving.pack(file)
        except archiving.Unreadable as error:
            return render_template("staff/archive.html", problems=error.problems), 409
        response = Response(_pieces(file), mimetype="application/zip")
        response.call_on_close(until_it_is_sent.pop_all().close)
    name = f"guides-{now():%Y-%m-%d}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece
