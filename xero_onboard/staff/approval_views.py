"""Approval of a draft: asking for it, looking at what is new, and answering."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.exceptions import BadRequest, Conflict, Forbidden, NotFound
from werkzeug.wrappers import Response

from xero_onboard.content import approving
from xero_onboard.content.approving import OwnText
from xero_onboard.content.drafts import NoSuchArticle
from xero_onboard.content.editing import NotPossible, Overtaken, SectionPutAway
from xero_onboard.content.models import LONGEST_ANSWER, LONGEST_REASON
from xero_onboard.content.problems import Broken
from xero_onboard.lib.web import access, headers, optional, required, several_lines
from xero_onboard.lib.web.errors import show_error
from xero_onboard.staff import approvals
from xero_onboard.staff.approvals import UnknownReviewer
from xero_onboard.staff.asking import id_of
from xero_onboard.staff.manuscripts import PUT_AWAY, author, typed_base

blueprint = Blueprint("staff_approvals", __name__)

PLACE = "/staff/articles"
_ID = f"{PLACE}/<int(max=9223372036854775807):article_id>"
_BROKEN = "It has a mistake, so that it cannot be published: put right what is listed below."
_WHY: Mapping[type[Exception], str] = {
    NotPossible: "The draft was changed since you opened the page, or somebody has answered."
    " Nothing was done: open the page again and look at what stands there now.",
    SectionPutAway: PUT_AWAY,
    Overtaken: "What is published was changed meanwhile, in the same words as this draft."
    " Nothing was published: send it back, so that its author puts both together.",
    UnknownReviewer: "Whom you chose cannot approve this draft, or does not work here any more."
    " Choose somebody else.",
}


@blueprint.get(f"{_ID}/approval")
@access.editor
@headers.frames
def show(article_id: int) -> str:
    """What is new in the draft, and what was asked and answered about it."""
    return render_template("staff/approval.html", **approvals.page_of(article_id, author()))


@blueprint.post(f"{_ID}/approval")
@access.editor
def ask(article_id: int) -> Response:
    """Ask that the draft is approved as it was shown."""
    reviewer = id_of("reviewer", optional(request.form, "reviewer", longest=36))
    note = several_lines(request.form, "note", longest=LONGEST_ANSWER) or ""
    with _refusing():
        try:
            count = approvals.ask(article_id, typed_base(), author(), note, reviewer)
        except Broken:
            return _back(article_id, _BROKEN, "")
    told = "We have written to those who can approve it."
    nobody = "But nobody else works here yet who could: give a colleague the role of an editor."
    return _back(article_id, f"You have asked for approval. {told if count else nobody}")


@blueprint.post(f"{_ID}/approval/withdraw")
@access.editor
def withdraw(article_id: int) -> Response:
    """Ask no longer."""
    with _refusing():
        approving.withdraw(article_id, typed_base(), author())
    return _back(article_id, "Nobody is asked to approve it any more.")


@blueprint.post(f"{_ID}/approval/approve")
@access.editor
def approve(article_id: int) -> Response:
    """Say that the draft may be published as it was shown."""
    with _refusing():
        approvals.approve(article_id, typed_base(), author())
    return _back(article_id, "Approved. Its author can publish it, or choose a time for it.")


@blueprint.post(f"{_ID}/approval/publish")
@access.editor
def publish(article_id: int) -> Response:
    """Approve the draft as it was shown, and show it to readers."""
    with _refusing():
        try:
            approvals.publish(article_id, typed_base(), author())
        except Broken:
            return _back(article_id, _BROKEN, "")
    return _back(article_id, "Approved and published.", "")


@blueprint.post(f"{_ID}/approval/send-back")
@access.editor
def send_back(article_id: int) -> Response:
    """Say what is to be changed first."""
    reason = several_lines(request.form, "answer", longest=LONGEST_ANSWER)
    if reason is None:
        raise BadRequest("Say what is to be changed: its author reads it.")
    with _refusing():
        approvals.send_back(article_id, typed_base(), author(), reason)
    return _back(article_id, "Sent back. Its author has mail with what you wrote.")


@blueprint.post(f"{_ID}/approval/override")
@access.admin
def override(article_id: int) -> Response:
    """Publish the draft without anybody's approval, for a reason."""
    reason = required(request.form, "reason", longest=LONGEST_REASON)
    with _refusing():
        try:
            approving.override(article_id, typed_base(), author(), reason)
        except Broken:
            return _back(article_id, _BROKEN, "")
    return _back(article_id, "Published without approval. The history says why.", "")


@blueprint.errorhandler(NoSuchArticle)
def show_unknown(_error: NoSuchArticle) -> Response:
    """A guide that never was."""
    return show_error(NotFound())


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (NotPossible, Overtaken, UnknownReviewer) as error:
        raise Conflict(_WHY[type(error)]) from error
    except OwnText as error:
        words = "Whoever wrote a text or asked about it cannot answer: a colleague does."
        raise Forbidden(words) from error


def _back(article_id: int, words: str, goal: str = "/approval") -> Response:
    flash(words, "staff")
    return redirect(f"{PLACE}/{article_id}{goal}", code=303)
