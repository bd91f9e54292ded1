"""What waits for whoever looks, and the mail that tells of it every week."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from xero_onboard.accounts import subscribers
from xero_onboard.accounts.subscribers import NotStaff
from xero_onboard.lib.web import access, required
from xero_onboard.lib.web.errors import settle, show_error
from xero_onboard.staff import digest, waiting
from xero_onboard.staff.manuscripts import author

blueprint = Blueprint("staff_waiting", __name__)

_BY_LINK = "/digest/<uuid:user_id>/verify/<token>"


@blueprint.get(digest.PAGE)
@access.editor
def index() -> str:
    """Everything that waits for them, each with the page on which to see to it."""
    person = subscribers.one(author())
    values = {"waiting": waiting.found().of(person), "person": person}
    headings = {"own": digest.OWN, "nobodys": digest.NOBODYS, "because": digest.BECAUSE}
    return render_template("staff/waiting.html", **values, headings=headings)


@blueprint.post(f"{digest.PAGE}/mail")
@access.editor
def choose() -> Response:
    """Have it mailed every week, or not."""
    wants_digest = required(request.form, "wanted", among=("yes", "no")) == "yes"
    subscribers.choose(author(), wants_digest=wants_digest)
    flash("It is mailed to you from now on." if wants_digest else "No more mail of this.", "staff")
    return redirect(digest.PAGE, code=303)


@blueprint.get(_BY_LINK)
@access.anyone
def offer(user_id: UUID, token: str) -> str:
    """The way to stop the mail from within it; looking changes nothing."""
    return _by_link(user_id, token)


@blueprint.post(_BY_LINK)
@access.anyone
def stop(user_id: UUID, token: str) -> str:
    """Stop it, as the page asks for and mail programs do.

    Those follow no redirection: https://www.rfc-editor.org/rfc/rfc8058#section-3.1
    """
    digest.by_link(user_id, token)
    subscribers.choose(user_id, wants_digest=False)
    return _by_link(user_id, token)


@blueprint.post(f"{_BY_LINK}/resume")
@access.anyone
def resume(user_id: UUID, token: str) -> Response:
    """Have it again."""
    digest.by_link(user_id, token)
    subscribers.choose(user_id, wants_digest=True)
    return redirect(digest.path_of(user_id), code=303)


@blueprint.errorhandler(NotStaff)
def show_unknown(_error: NotStaff) -> Response:
    """A link that is none of ours, or that of somebody who has left."""
    settle()
    return show_error(NotFound("Nothing is mailed by this link."))


def _by_link(user_id: UUID, token: str) -> str:
    person = digest.by_link(user_id, token)
    return render_template("staff/digest.html", person=person, place=digest.path_of(user_id))
