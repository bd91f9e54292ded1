"""A guide in the other languages of the site: which there are, and one more to write."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, or_, select

from xero_onboard.content import drafts, editing, manuscript, sections
from xero_onboard.content.drafts import NoSuchArticle
from xero_onboard.content.editing import NotPossible
from xero_onboard.content.models import Article, Section
from xero_onboard.content.relinking import source_moved, with_matter
from xero_onboard.content.sections import Wording
from xero_onboard.content.translations import is_outdated
from xero_onboard.lib.db import begin_write, db
from xero_onboard.lib.languages import spoken


@dataclass(frozen=True)
class Rendition:
    """What there is of a guide in one language; without `article_id`, nothing yet."""

    locale: str
    is_original: bool = False
    article_id: int | None = None
    title: str = ""
    status: str = ""
    is_older: bool = False


def renditions(article_id: int) -> tuple[Rendition, ...]:
    """The guide in each language that the site speaks, its original first; raises NoSuchArticle."""
    original = _original(article_id)
    stored = {row.locale: _stored(row, original) for row in _family(original.id)}
    missing = (Rendition(locale) for locale in spoken() if locale not in stored)
    return (*stored.values(), *missing)


def begin(article_id: int, locale: str, author_id: UUID) -> int:
    """Begin the translation into a language, with the words of the original to write over; its number.

    Raises NoSuchArticle, and NotPossible where there is one already or the site does not speak the language.
    """
    begin_write()
    original = _original(article_id)
    drafts.hold(original.id)
    if locale not in spoken() or locale in {row.locale for row in _family(original.id)}:
        raise NotPossible(locale)
    text = manuscript.read(drafts.shown(original) or drafts.head_of(original))
    shelf = _shelf(original.section_id, locale)
    before = drafts.place_of(original)
    after = replace(before, locale=locale, section=shelf.slug)
    # Where the original stands elsewhere, its translation does not.
    text = replace(with_matter(text, source_moved(before.path, after.path)), canonical="")
    return editing.create(shelf.id, original.slug, text, author_id, translation_of=original.id)


def _original(article_id: int) -> Article:
    article = db.session.get(Article, article_id)
    if article is not None and article.translation_of is not None:
        article = db.session.get(Article, article.translation_of) or article
    if article is None:
        raise NoSuchArticle(article_id)
    return article


def _family(original_id: int) -> Iterator[Article]:
    is_one = or_(Article.id == original_id, Article.translation_of == original_id)
    in_order = (
        select(Article).where(is_one).order_by(Article.translation_of.is_not(None), Article.locale)
    )
    return iter(db.session.scalars(in_order).all())


def _stored(article: Article, original: Article) -> Rendition:
    shown = drafts.shown(article)
    return Rendition(
        locale=article.locale,
        is_original=article.id == original.id,
        article_id=article.id,
        title=(shown or drafts.head_of(article)).title,
        status=article.status,
        is_older=shown is not None and is_outdated(article.translation_of, shown.translated),
    )


def _shelf(section_id: int, locale: str) -> Section:
    """The section in that language; a new one with the words of its original where there is none."""
    original = db.session.get_one(Section, section_id)
    source_id = original.translation_of or original.id
    found = db.session.scalar(
        select(Section).where(
            Section.locale == locale,
            Section.archived_at.is_(None),
            or_(Section.translation_of == source_id, Section.id == source_id),
        )
    )
    if found is not None:
        return found
    is_taken = select(func.count()).where(Section.locale == locale, Section.slug == original.slug)
    slug = original.slug
    if db.session.scalar(is_taken):
        slug = f"{slug[:90]}-{secrets.token_hex(4)}"
    wording = Wording(original.title, original.description)
    return sections.add(locale, slug, wording, translation_of=source_id)
