"""Publishing and unpublishing at a time.

A draft is checked when its time is chosen, and published by the worker when it has come. What ends at a time is hidden
from readers by the time itself; the worker then says so in the list, where its text waits as a draft.
"""

import logging
from datetime import datetime

from sqlalchemy import select

from xero_onboard.content import drafts, editing, manuscript
from xero_onboard.content.drafts import NoSuchArticle
from xero_onboard.content.editing import NotPossible, Overtaken
from xero_onboard.content.models import Article
from xero_onboard.content.problems import Broken
from xero_onboard.content.revisions import Note
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db
from xero_onboard.lib.jobs import every_minute

log = logging.getLogger(__name__)


def schedule(article_id: int, at: datetime) -> None:
    """Have the draft published then; raises NoSuchArticle, Broken, and NotPossible for no draft or a time that is past."""
    writing = drafts.opened(article_id)
    if not writing.is_draft or writing.status == "archived" or at <= now():
        raise NotPossible("nothing to publish, or too late")
    editing.press(writing.place, writing.text)
    drafts.hold(article_id).publish_at = at


def unschedule(article_id: int) -> None:
    """Publish nothing by itself."""
    drafts.hold(article_id).publish_at = None


@every_minute("publish scheduled guides")
def publish_due() -> None:
    """Publish the drafts whose time has come; one that cannot be published stays a draft, and is tried no more."""
    due = select(Article.id).where(Article.publish_at <= now()).order_by(Article.publish_at)
    for article_id in db.session.scalars(due).all():
        try:
            _publish(article_id)
        except (Broken, Overtaken, NotPossible, NoSuchArticle) as problem:
            log.warning("guide %s was not published at its time: %s", article_id, problem)
        begin_write()
        unschedule(article_id)
        commit()


@every_minute("take back guides that have ended")
def unpublish_due() -> None:
    """Make drafts of those whose time is over; a file that gives another time publishes its guide again."""
    due = select(Article.id).where(Article.status == "published", Article.unpublish_at <= now())
    for article_id in db.session.scalars(due).all():
        editing.end(article_id)


def _publish(article_id: int) -> None:
    head = drafts.head_of(drafts.hold(article_id))
    note = Note("staff", head.author_id, head.reason, head.significance)
    saved = editing.publish(article_id, head.number, manuscript.read(head), note)
    commit()
    if not saved.is_published:
        log.warning("guide %s waits to be read: it holds a change made meanwhile", article_id)
