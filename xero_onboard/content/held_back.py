"""Guides whose files do not want them published yet: drafts, until staff publish them or their time has come.

“status: draft” and “status: review” wait for staff; “publish_at” for a time, which staff may change or take away.
What staff have chosen of it stays, whatever the file goes on saying: the file has a say again where both say the same.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update

from xero_onboard.content import drafts, manuscript, times
from xero_onboard.content.front_matter import FrontMatter
from xero_onboard.content.models import Approval, Article, Revision
from xero_onboard.content.terms import Unfit
from xero_onboard.lib import audit
from xero_onboard.lib.db import db


def has_room(article_id: int) -> bool:
    """Whether nobody reads the guide, and staff have written nothing of it that would be put aside."""
    article = drafts.hold(article_id)
    head = drafts.revision_by_id(article.draft_revision_id)
    is_untouched = head is None or head.origin == "file"
    return article.status == "draft" and article.published_revision_id is None and is_untouched


def reason(matter: FrontMatter) -> str:
    """Why readers do not see it, in words."""
    if matter.publish_at:
        return f"its file says “publish_at: {matter.publish_at:%Y-%m-%dT%H:%MZ}”"
    return f"its file says “status: {matter.status}”"


def keep(revision: Revision, matter: FrontMatter) -> str:
    """Make it the draft, and say what comes next; one for review waits for approval as if somebody had asked."""
    article = drafts.hold(revision.article_id)
    is_chosen = _is_time_chosen(article, revision, matter.publish_at)
    article.draft_revision_id = revision.id
    if not is_chosen:
        article.publish_at, article.missed_because = matter.publish_at, None
    if matter.status == "review":
        asked = {"article_id": revision.article_id, "revision_id": revision.id}
        db.session.add(Approval(**asked, note="Its file says “status: review”."))
        subject = f"article:{revision.article_id}"
        audit.record("approval_asked", subject=subject, revision=revision.number)
    db.session.flush()
    if is_chosen:
        return "when it is published, staff have chosen"
    return "it is published then" if matter.publish_at else "publish it in the editor"


def let_go(article_id: int) -> None:
    """The file wants it published now: the draft that it was before is none any more."""
    if has_room(article_id):
        own = update(Article).where(Article.id == article_id)
        empty = {"draft_revision_id": None, "publish_at": None, "missed_because": None}
        db.session.execute(own.values(empty))


def is_kept_by_staff(matter: FrontMatter, revision: Revision) -> bool:
    """Whether the time that its file gives has passed, while staff had chosen another one, or none."""
    if matter.publish_at is None or not has_room(matter.id):
        return False
    return _is_time_chosen(drafts.hold(matter.id), revision, matter.publish_at)


def is_due_by_file(article: Article, head: Revision) -> bool:
    """Whether the draft is published at its time because its file says so, and staff changed neither."""
    is_of_file = head.origin == article.keeper == "file" and article.publish_at is not None
    return is_of_file and said_by(head) == article.publish_at


def said_by(revision: Revision) -> datetime | None:
    """When a file said that this was to be published."""
    try:
        return times.moment(manuscript.read(revision).publish_at)
    except Unfit:  # it says nothing, or came in an archive that somebody has written
        return None


def forsaken(present: Collection[str], claimed: Collection[int]) -> Sequence[Article]:
    """Guides that are to be published at the time that a file said which is gone by now."""
    waiting = select(Article).where(
        Article.status == "draft", Article.publish_at.is_not(None), Article.file.is_not(None)
    )
    return [
        article
        for article in db.session.scalars(waiting.execution_options(populate_existing=True))
        if article.file not in present and article.id not in claimed
        if is_due_by_file(article, drafts.head_of(article))
    ]


def forget(present: Collection[str], claimed: Collection[int]) -> list[str]:
    """Leave it to staff when these are published."""
    gone = forsaken(present, claimed)
    for article in gone:
        article.publish_at = article.missed_because = None
    return [f"{article.file}: stays a draft, because the file is gone" for article in gone]


def _is_time_chosen(article: Article, revision: Revision, wanted: datetime | None) -> bool:
    """Whether staff have given the draft a time, or taken one away: another than its file said before, and says now."""
    is_older = (Revision.article_id == article.id, Revision.number < revision.number)
    query = select(Revision).where(*is_older, Revision.origin == "file")
    before = db.session.scalar(query.order_by(Revision.number.desc()).limit(1))
    return article.publish_at not in (said_by(before) if before else None, wanted)
