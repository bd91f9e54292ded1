"""Commenting on a guide, and changing or deleting one's own comment."""

from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.exceptions import BadRequest, Conflict, NotFound
from werkzeug.wrappers import Response

from xero_onboard.feedback import comments, guides, once_more
from xero_onboard.feedback.models import Comment
from xero_onboard.feedback.whereabouts import edition_of
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.reader import current_reader
from xero_onboard.lib.web import access, flood, optional, several_lines, visitor
from xero_onboard.lib.web.errors import settle, show_error

blueprint = Blueprint("comments", __name__)
blueprint.before_request(guides.refuse_unseen)

_ONE = "/hc/comments/<uuid:comment_id>"


@blueprint.post("/hc/articles/<int(max=9223372036854775807):article_id>/comments")
@access.signed_in
@flood.costly
def write(article_id: int) -> Response:
    """Say something below a guide."""
    if not guides.takes("comments", article_id):
        raise Conflict(_("Comments on this guide are closed. You can submit a request instead."))
    words = _words()
    shown, revision = edition_of(optional(request.form, "edition", longest=30))
    seen = revision if shown == article_id else None
    if words is None:
        raise BadRequest(_("Write something first."))
    once_more.check()
    return _back(comments.write(article_id, words, seen, current_reader(), visitor.network()))


@blueprint.get(f"{_ONE}/edit")
@access.signed_in
def edit_form(comment_id: UUID) -> str:
    """The reader's own comment, to say it otherwise."""
    return _form(_own(comment_id))


@blueprint.post(f"{_ONE}/edit")
@access.signed_in
@flood.costly
def edit(comment_id: UUID) -> Response:
    """Say it otherwise."""
    words, comment = _words(), _own(comment_id)
    if words is None:
        settle()
        return make_response(_form(comment, _("Write something, or delete your comment.")), 400)
    comments.edit(comment, words, current_reader())
    return _back(comment)


@blueprint.post(f"{_ONE}/delete")
@access.signed_in
def delete(comment_id: UUID) -> Response:
    """Take it back."""
    comment = comments.own(comment_id, current_reader())
    comments.delete(comment)
    return redirect(f"/hc/articles/{comment.article_id}#comments", code=303)


@blueprint.errorhandler(comments.UnknownComment)
def show_unknown(_error: comments.UnknownComment) -> Response:
    """The same for what is somebody else's as for what never was."""
    settle()
    return show_error(NotFound())


def comments_on(article_id: int) -> tuple[comments.CommentView, ...]:
    """For templates: what this reader sees below a guide."""
    return comments.on(article_id, current_reader())


def _own(comment_id: UUID) -> Comment:
    """The reader's own comment, where others can see the guide below which it stands."""
    comment = comments.own_to_change(comment_id, current_reader())
    if guides.path("article", comment.article_id) is None:
        raise comments.UnknownComment(comment_id)
    return comment


def _words() -> str | None:
    return several_lines(request.form, "words", longest=comments.LONGEST)


def _form(comment: Comment, error: str | None = None) -> str:
    return render_template("feedback/comment.html", comment=comment, error=error)


def _back(comment: Comment) -> Response:
    return redirect(f"/hc/articles/{comment.article_id}#comment-{comment.id}", code=303)
