"""Which part of a guide explains a problem, by the code of the problem."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup  # noqa: TID251
from sqlalchemy import select
from sqlalchemy.engine import Row

from xero_onboard.content.addresses import article_path
from xero_onboard.content.excerpts import section_below
from xero_onboard.content.models import Article, Revision
from xero_onboard.content.parts import load_parts
from xero_onboard.content.visibility import is_visible
from xero_onboard.lib.db import db


@dataclass(frozen=True)
class Help:
    """The place that explains a problem."""

    title: str
    href: str
    # The guide that it is a part of, and what it says there.
    guide: str
    section: Markup | None
    # Whether it is found by whoever looks for the code.
    is_searchable: bool = True


def read_helps() -> Mapping[str, Mapping[str, Help]]:
    """By locale and code. Only of the few guides that explain codes is the whole text read."""
    codes = select(Article.id, Revision.errors).where(is_visible())
    explaining = [row.id for row in db.session.execute(codes) if row.errors]
    columns = (
        *(Article.id, Article.locale, Article.slug, Revision.title),
        *(Revision.errors, Revision.contents, Revision.parts, Article.is_searchable),
    )
    query = select(*columns).where(is_visible(), Article.id.in_(explaining))
    helps: dict[str, dict[str, Help]] = {}
    for row in db.session.execute(query.order_by(Article.position, Article.id)):
        helps.setdefault(row.locale, {}).update(_helps(row))
    return helps


def _helps(row: Row[Any]) -> Mapping[str, Help]:
    titles = {heading["anchor"]: heading["text"] for heading in row.contents}
    href = article_path(row.locale, row.id, row.slug)
    parts = load_parts(row.parts)
    return {
        code: Help(
            title=titles.get(anchor, row.title),
            href=f"{href}#{anchor}" if anchor else href,
            guide=row.title,
            section=section_below(parts, anchor, href) if anchor else None,
            is_searchable=row.is_searchable,
        )
        for code, anchor in row.errors.items()
    }
