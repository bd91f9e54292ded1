"""What a guide said before: who changed, asked for and approved it, what differs, and an old text brought back."""

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.exceptions import Conflict, NotFound
from werkzeug.wrappers import Response

from xero_onboard.accounts import people
from xero_onboard.content import approvals, drafts, editing, history
from xero_onboard.content.drafts import NoSuchArticle
from xero_onboard.content.editing import NotPossible
from xero_onboard.content.revisions import Note
from xero_onboard.lib.web import access, optional
from xero_onboard.lib.web.errors import show_error
from xero_onboard.staff import manuscripts
from xero_onboard.staff.manuscripts import author, typed_base

blueprint = Blueprint("staff_history", __name__)

PLACE = "/staff/articles"
_ID = f"{PLACE}/<int(max=9223372036854775807):article_id>/history"


@blueprint.get(_ID)
@access.editor
def versions(article_id: int) -> str:
    """Who changed the guide, when and why, and who approved it."""
    found, asked = history.versions(article_id), approvals.by_revision(article_id)
    involved = {each.author_id for each in found if each.author_id}
    involved |= {user_id for each in asked.values() for one in each for user_id in one.people}
    values = {"versions": found, "asked": asked, "names": people.names_of(involved)}
    writing = drafts.opened(article_id)
    return render_template("staff/article_history.html", writing=writing, **values)


@blueprint.get(f"{_ID}/<int(max=9223372036854775807):number>")
@access.editor
def version(article_id: int, number: int) -> str:
    """What one revision changed."""
    given = optional(request.args, "with", longest=9)
    other = manuscripts.number("with", given) if given else None
    compared = history.compare(article_id, number, other)
    values = {"writing": drafts.opened(article_id), "compared": compared}
    return render_template("staff/article_version.html", **values)


@blueprint.post(f"{_ID}/<int(max=9223372036854775807):number>/restore")
@access.editor
def restore(article_id: int, number: int) -> Response:
    """Make an older text the draft; not over what somebody has written since the page was opened."""
    note = Note("staff", author(), f"Back to revision {number}")
    editing.bring_up(article_id, typed_base(), number, note)
    words = f"The draft says again what revision {number} said. Publish it to show it."
    flash(words, "staff")
    return redirect(f"{PLACE}/{article_id}", code=303)


@blueprint.errorhandler(NoSuchArticle)
def show_unknown(_error: NoSuchArticle) -> Response:
    """A guide or a revision that never was."""
    return show_error(NotFound())


@blueprint.errorhandler(NotPossible)
def show_impossible(_error: NotPossible) -> Response:
    """Somebody has written something else since."""
    words = "Somebody has changed the state of this guide since you opened the page. Open it again."
    return show_error(Conflict(words))
