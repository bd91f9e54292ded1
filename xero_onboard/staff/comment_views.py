"""The queue of comments that wait to be read, and what became of the others."""

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from xero_onboard.feedback.comments import STATUSES, UnknownComment
from xero_onboard.lib.web import access, optional, required
from xero_onboard.lib.web.errors import settle
from xero_onboard.staff import comments
from xero_onboard.staff.asking import article_id, chosen, page_number, same_list
from xero_onboard.staff.remarks import titles

blueprint = Blueprint("staff_comments", __name__)

PLACE = "/staff/comments"
_DONE = {"shown": "It is shown now.", "rejected": "It is not shown.", "deleted": "It is deleted."}


@blueprint.get(PLACE)
@access.editor
def index() -> str:
    """What waits to be read, or another part."""
    return _list(chosen("status", optional(request.args, "status"), STATUSES) or "held")


@blueprint.post(f"{PLACE}/<uuid:comment_id>")
@access.editor
def moderate(comment_id: UUID) -> Response:
    """Show a comment to everybody, or do not; or delete one that is nobody's here."""
    status = required(request.form, "status", among=list(_DONE))
    wording = required(request.form, "wording", longest=32)
    try:
        comments.moderate(comment_id, wording, status)
    except UnknownComment as error:
        raise NotFound from error
    except comments.ChangedSince as changed:
        settle()
        return make_response(_list(changed.status, overtaken=comment_id), 409)
    flash(_DONE[status], "staff")
    return redirect(same_list(PLACE), code=303)


def _list(status: str, overtaken: UUID | None = None) -> str:
    guide = article_id()
    found = comments.find(status, page_number(), guide)
    title = titles([guide]).get(guide) if guide is not None else None
    values = {"status": status, "statuses": STATUSES, "article_id": guide, "title": title}
    return render_template("staff/comments.html", found=found, overtaken=overtaken, **values)
