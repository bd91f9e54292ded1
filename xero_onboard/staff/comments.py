"""Comments, for those who decide whether everybody sees them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from markupsafe import Markup  # noqa: TID251 - a type here; lib.web vouches
from sqlalchemy import select

from xero_onboard.feedback import comments
from xero_onboard.feedback.comments import UnknownComment
from xero_onboard.feedback.models import Comment
from xero_onboard.lib import audit
from xero_onboard.lib.db import db
from xero_onboard.lib.web import trust_html
from xero_onboard.staff.remarks import titles

PAGE = 30


class ChangedSince(Exception):
    """Its author has said it otherwise since staff read it; `status` is how it stands now."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class Row:
    """A comment in the queue."""

    id: UUID
    author: str
    looks_like_staff: bool
    html: Markup
    wording: str
    status: str
    article_id: int
    title: str
    created_at: datetime
    # It came from another site: nobody here can take it back as their own.
    is_nobodys: bool


@dataclass(frozen=True)
class Found:
    """A page of the queue: what waits, the oldest first; of the others the newest."""

    rows: tuple[Row, ...]
    page: int
    has_more: bool


def find(status: str, page: int, article_id: int | None = None) -> Found:
    """The comments that stand so, below all guides or one."""
    is_queue = status == "held"
    order = Comment.created_at if is_queue else Comment.created_at.desc()
    query = select(Comment).where(Comment.status == status).order_by(order, Comment.id)
    if article_id is not None:
        query = query.where(Comment.article_id == article_id)
    found = db.session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    names = titles({comment.article_id for comment in found})
    rows = tuple(
        Row(
            each.id,
            each.author_name or "A reader",
            each.looks_like_staff,
            trust_html(each.html),
            comments.wording(each),
            each.status,
            each.article_id,
            names[each.article_id],
            each.created_at,
            each.author_id is None,
        )
        for each in found
    )
    return Found(rows[:PAGE], page, len(rows) > PAGE)


def moderate(comment_id: UUID, wording: str, status: str) -> None:
    """Show what was read or do not; raises ChangedSince, and UnknownComment for what its author has deleted.

    Delete it, where it has no author here who could.
    """
    # Held, or its author could change it after we have looked.
    comment = db.session.get(Comment, comment_id, populate_existing=True, with_for_update=True)
    if comment is None or comment.status == "deleted":
        raise UnknownComment(comment_id)
    if status == "deleted" and comment.author_id is not None:
        raise UnknownComment(comment_id)
    if comments.wording(comment) != wording:
        raise ChangedSince(comment.status)
    if status == "deleted":
        comments.delete(comment)
    else:
        comments.moderate(comment, status)
    audit.record("comment_moderated", subject=f"comment:{comment_id}", status=status)
