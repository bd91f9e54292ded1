"""Which articles readers may see: the one rule that every page, list, search and form for machines goes by.

What is not published is shown to nobody outside the editor, whoever they are: pages of guides are kept in memory
and by caches, and a rule that asked who is reading would have to be right in each of them.
"""

from sqlalchemy import ColumnElement, and_

from xero_onboard.content.models import Article, Revision


def is_visible() -> ColumnElement[bool]:
    """Whether an article and this revision of it are what readers see; for a query on both tables."""
    return and_(
        Article.status == "published",
        Revision.id == Article.published_revision_id,
        Revision.article_id == Article.id,
    )
