"""Telling those who follow a guide or a section what is new there: this floor knows guides and comments."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from xero_onboard.content.models import Article, Revision
from xero_onboard.content.visibility import is_visible
from xero_onboard.feedback import following
from xero_onboard.feedback.models import Comment, Following
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.languages import Later, Text, later

_AT_ONCE = 200


@every_minute("tell followers")
def tell_followers() -> None:
    """Mail each of them once about everything since they were told last."""
    query = select(Following).where(Following.confirmed_at.is_not(None))
    for each in db.session.scalars(query.order_by(Following.told_at).limit(_AT_ONCE)).all():
        until = now()
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
        yield from _of_guide(each, since, until)
    else:
        query = (
            select(Revision.title, _was_published_before())
            .join(Article, Article.id == Revision.article_id)
            .where(is_visible(), Article.section_id == each.target_id)
            .where(Revision.published_at > since, Revision.published_at <= until)
        )
        for title, is_known in db.session.execute(query.order_by(Revision.published_at)):
            yield _changed(title) if is_known else later("New: %(title)s", title=title)


def _of_guide(each: Following, since: datetime, until: datetime) -> Iterator[Text]:
    query = (
        select(Revision.title, Revision.published_at)
        .join(Article, Article.id == Revision.article_id)
        .where(is_visible(), Article.id == each.target_id)
    )
    guide = db.session.execute(query).first()
    if guide is None:
        return
    if guide.published_at and since < guide.published_at <= until:
        yield _changed(guide.title)
    shown = (
        select(func.count())
        .select_from(Comment)
        .where(Comment.article_id == each.target_id, Comment.status == "shown")
        .where(Comment.shown_at > since, Comment.shown_at <= until)
    )
    count = db.session.scalar(shown) or 0
    if count:
        one = later("1 new comment on %(title)s", title=guide.title)
        several = later("%(count)s new comments on %(title)s", count=count, title=guide.title)
        yield one if count == 1 else several


def _was_published_before() -> ColumnElement[bool]:
    """Whether readers have seen the guide before this revision of it."""
    earlier = aliased(Revision)
    return exists().where(
        earlier.article_id == Revision.article_id,
        earlier.number < Revision.number,
        earlier.published_at.is_not(None),
    )


def _changed(title: str) -> Later:
    return later("Changed: %(title)s", title=title)
