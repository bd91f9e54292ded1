"""Guides whose files do not want them published yet: “status: draft” and “status: review” are drafts of staff."""

from sqlalchemy import update

from xero_onboard.content import drafts
from xero_onboard.content.models import Approval, Article, Revision
from xero_onboard.lib import audit
from xero_onboard.lib.db import db


def has_room(article_id: int) -> bool:
    """Whether nobody reads the guide, and staff have written nothing of it that would be put aside."""
    article = drafts.hold(article_id)
    head = drafts.revision_by_id(article.draft_revision_id)
    is_untouched = head is None or head.origin == "file"
    return article.status == "draft" and article.published_revision_id is None and is_untouched


def keep(revision: Revision, status: str) -> None:
    """Make it the draft; one for review waits for approval as if somebody had asked."""
    own = update(Article).where(Article.id == revision.article_id)
    db.session.execute(own.values(draft_revision_id=revision.id))
    if status == "review":
        asked = {"article_id": revision.article_id, "revision_id": revision.id}
        db.session.add(Approval(**asked, note="Its file says “status: review”."))
        subject = f"article:{revision.article_id}"
        audit.record("approval_asked", subject=subject, revision=revision.number)


def let_go(article_id: int) -> None:
    """The file wants it published now: the draft that it was before is none any more."""
    if has_room(article_id):
        own = update(Article).where(Article.id == article_id)
        db.session.execute(own.values(draft_revision_id=None))
