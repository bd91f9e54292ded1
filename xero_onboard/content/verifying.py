"""Saying that a guide still holds: the day of its last review is today, and nothing else of it changes.

And which guides nobody has said that of in time.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from xero_onboard.content import drafts, editing
from xero_onboard.content.editing import NotPossible
from xero_onboard.content.models import Article, Revision
from xero_onboard.content.revisions import Note
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

REASON = "Marked as verified"


def due_before(day: date) -> Mapping[int, date]:
    """When each guide is to be reviewed that readers see and whose day comes before this one, the oldest first."""
    query = (
        select(Article.id, Revision.review_due_on)
        .join(Revision, Revision.id == Article.published_revision_id)
        .where(Article.status == "published", Revision.review_due_on < day)
        .order_by(Revision.review_due_on, Article.id)
    )
    return {row.id: row.review_due_on for row in db.session.execute(query)}


def verify(article_id: int, seen: int, author_id: UUID) -> date | None:
    """Publish what readers see as reviewed today; answers when it is to be reviewed again.

    Raises NotPossible where something else is written or shown by now than the revision that was seen, and Broken,
    with the day kept in a draft, where the text could not be published as it is.
    """
    writing = drafts.opened(article_id)
    if writing.is_draft or writing.head != seen:
        raise NotPossible("something else is written by now")
    text = replace(writing.text, last_reviewed_on=now().date().isoformat())
    note = Note("staff", author_id, REASON, "typo")
    # Nothing that it says is new, so that nobody needs to approve it.
    editing.publish(article_id, seen, text, note, is_cleared=True, must_be_shown=True)
    return drafts.opened(article_id).review_due_on
