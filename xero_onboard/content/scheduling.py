"""Publishing and unpublishing at a time.

A draft is checked when its time is chosen, and published by the worker when it has come; if it cannot be, those who work
here are told why until somebody has seen to it. What ends at a time is hidden
from readers by the time itself; the worker then says so in the list, where its text waits as a draft.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from xero_onboard.content import approvals, checking, drafts, editing, held_back, manuscript
from xero_onboard.content.drafts import NoSuchArticle
from xero_onboard.content.editing import NotPossible, Overtaken
from xero_onboard.content.models import Article
from xero_onboard.content.problems import Broken
from xero_onboard.content.revisions import Note
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db
from xero_onboard.lib.jobs import every_minute

log = logging.getLogger(__name__)


class EndsBefore(Exception):
    """The draft is to be taken from readers before it would be shown to them."""


class NotApproved(Exception):
    """Somebody else must approve the draft first."""


@dataclass(frozen=True)
class Missed:
    """The time at which a guide was not published, and why."""

    at: datetime
    reason: str


def schedule(article_id: int, at: datetime) -> None:
    """Have the draft published then; raises NoSuchArticle, Broken, EndsBefore and NotApproved.

    And NotPossible for no draft or a time that is past.
    """
    writing = drafts.opened(article_id)
    if not writing.is_draft or writing.status == "archived" or at <= now():
        raise NotPossible("nothing to publish, or too late")
    end = editing.press(writing.place, writing.text).matter.unpublish_at
    if end and end <= at:
        raise EndsBefore(article_id)
    article = drafts.hold(article_id)
    head = drafts.head_of(article)
    if approvals.hold_back(article, head, manuscript.read(head)):
        raise NotApproved(article_id)
    article.publish_at, article.missed_because = at, None


def unschedule(article_id: int) -> None:
    """Publish nothing by itself."""
    article = drafts.hold(article_id)
    article.publish_at = article.missed_because = None


def is_in_doubt(article_id: int) -> bool:
    """Whether the draft waits for its time, and could not be published as it stands; raises NoSuchArticle."""
    writing = drafts.opened(article_id)
    if writing.publish_at is None or writing.missed_because:
        return False
    return any(each.is_mistake for each in checking.check(article_id, writing.text))


def missed() -> Mapping[int, Missed]:
    """The guides that could not be published at their time, the oldest first."""
    query = select(Article.id, Article.publish_at, Article.missed_because)
    rows = db.session.execute(
        query.where(Article.missed_because.is_not(None), Article.publish_at.is_not(None)).order_by(
            Article.publish_at, Article.id
        )
    )
    return {article_id: Missed(at, reason) for article_id, at, reason in rows if at and reason}


@every_minute("publish scheduled guides")
def publish_due() -> None:
    """Publish the drafts whose time has come; one that cannot be published stays a draft, and is tried no more."""
    is_due = (Article.publish_at <= now(), Article.missed_because.is_(None))
    due = select(Article.id).where(*is_due).order_by(Article.publish_at)
    for article_id in db.session.scalars(due).all():
        reason = _publish(article_id)
        if reason:
            log.warning("guide %s was not published at its time: %s", article_id, reason)
        begin_write()
        _settle(drafts.hold(article_id), reason)
        commit()


@every_minute("take back guides that have ended")
def unpublish_due() -> None:
    """Make drafts of those whose time is over; a file that gives another time publishes its guide again."""
    due = select(Article.id).where(Article.status == "published", Article.unpublish_at <= now())
    for article_id in db.session.scalars(due).all():
        editing.end(article_id)


def _publish(article_id: int) -> str | None:
    """Publish the draft; answers in words why not."""
    article = drafts.hold(article_id)
    head, text = drafts.head_of(article), manuscript.read(drafts.head_of(article))
    # What files publish needs no approval, and leaves the last word to them.
    is_by_file = held_back.is_due_by_file(article, head)
    origin = "file" if is_by_file else "staff"
    note = Note(origin, head.author_id, head.reason, head.significance)
    try:
        saved = editing.publish(article_id, head.number, text, note, is_cleared=is_by_file)
    except Broken as problem:
        return f"it has a mistake: {problem.message}"
    except Overtaken:
        return "what is published was changed meanwhile, in the same words"
    except (NotPossible, NoSuchArticle):
        return "the guide or its section was put away meanwhile"
    commit()
    if saved.is_held_back:
        return _why_held_back(article_id)
    if not saved.is_published:
        return "it holds a change that was made meanwhile, and waits to be read"
    return None


def _why_held_back(article_id: int) -> str:
    asked = approvals.latest(drafts.opened(article_id))
    if asked and asked.outcome == "approved":
        return "it was changed after it was approved"
    return "nobody has approved it"


def _settle(article: Article, reason: str | None) -> None:
    """Nothing more is tried at this time; another one may have been chosen meanwhile."""
    if article.publish_at is None or article.publish_at > now():
        return
    article.missed_because = reason
    if reason is None:
        article.publish_at = None
