"""Which articles readers may see: the one rule that every page, list, search and form for machines goes by.

What is not published is shown to nobody outside the editor, whoever they are: pages of guides are kept in memory
and by caches, and a rule that asked who is reading would have to be right in each of them.
"""

from sqlalchemy import ColumnElement, and_, func, or_, select

from xero_onboard.content.models import Article, ContentGeneration, Revision
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db


def is_visible(
    article: type[Article] = Article, revision: type[Revision] = Revision
) -> ColumnElement[bool]:
    """Whether an article and this revision of it are what readers see; for a query on both tables, or on aliases."""
    return and_(
        article.status == "published",
        revision.id == article.published_revision_id,
        revision.article_id == article.id,
        or_(article.unpublish_at.is_(None), article.unpublish_at > now()),
    )


def state() -> tuple[int, int]:
    """Which state of the public pages is the present one: it changes with every publication, and when a guide ends."""
    ended = select(func.count()).where(Article.status == "published", Article.unpublish_at <= now())
    number = select(ContentGeneration.number).scalar_subquery()
    row = db.session.execute(select(number, ended.scalar_subquery())).one()
    return row[0] or 0, row[1]
