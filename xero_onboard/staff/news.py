"""Telling those who follow a guide or a section what is new there: this floor knows guides and comments."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from xero_onboard.content import feeds
from xero_onboard.content.models import Article, Revision
from xero_onboard.content.visibility import is_visible
from xero_onboard.feedback import following
from xero_onboard.feedback.models import Comment, Following
from xero_onboard.lib.db import commit, db
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.languages import Later, Text, later
from xero_onboard.lib.moments import settled_until

_AT_ONCE = 200


@every_minute("tell followers")
def tell_followers() -> None:
    """Mail each of them once about everything since they were told last."""
    until = settled_until()
    commit()  # nobody has to wait for what follows
    if until is None:
        return  # somebody is publishing; a minute later there may be more to tell
    query = select(Following).where(Following.confirmed_at.is_not(None), Following.told_at < until)
    for each in db.session.scalars(query.order_by(Following.told_at).limit(_AT_ONCE)).all():
        lines = tuple(_news(each, each.told_at, until))
        each.told_at = until
        if lines:
            of_guide, of_section = (
                later("News of a guide you follow"),
                later("News of a section you follow"),
            )
            title = of_guide if each.kind == "article" else of_section
            following.send(each, title, lines, later("Read it, or stop following"))


def _news(each: Following, since: datetime, until: datetime) -> Iterator[Text]:
    if each.kind == "article":
        yield from _of_guide(each.target_id, since, until)
        return
    for title, is_known in _changed(Article.section_id == each.target_id, since, until):
        yield _told(title) if is_known else later("New: %(title)s", title=title)


def _of_guide(article_id: int, since: datetime, until: datetime) -> Iterator[Text]:
    for title, _is_known in _changed(Article.id == article_id, since, until):
        yield _told(title)
    seen = select(Revision.title).join(Article, is_visible()).where(Article.id == article_id)
    called = db.session.scalar(seen)
    count = _comments(article_id, since, until) if called else 0
    if count:
        one = later("1 new comment on %(title)s", title=called)
        several = later("%(count)s new comments on %(title)s", count=count, title=called)
        yield one if count == 1 else several


def _changed(
    which: ColumnElement[bool], since: datetime, until: datetime
) -> Sequence[Row[str, bool]]:
    """What these guides are called that told readers something new, and whether they were there before."""
    shown, before = aliased(Revision), aliased(Revision)
    is_known = exists().where(before.article_id == Article.id, before.published_at <= since)
    query = (
        select(shown.title, is_known)
        .select_from(Article)
        .join(shown, shown.id == Article.published_revision_id)
        .join(Revision, Revision.article_id == Article.id)
        .where(which, Article.id.in_(feeds.seen()), feeds.is_news())
        .where(Revision.published_at > since, Revision.published_at <= until)
        .group_by(Article.id, shown.title)
        .order_by(func.min(Revision.published_at), Article.id)
    )
    return db.session.execute(query).all()


def _comments(article_id: int, since: datetime, until: datetime) -> int:
    shown = (
        select(func.count())
        .select_from(Comment)
        .where(Comment.article_id == article_id, Comment.status == "shown")
        .where(Comment.shown_at > since, Comment.shown_at <= until)
    )
    return db.session.scalar(shown) or 0


def _told(title: str) -> Later:
    return later("Changed: %(title)s", title=title)
