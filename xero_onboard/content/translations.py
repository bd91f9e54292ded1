"""One help centre in several languages: which guides say the same, and what stands in for those not translated yet.

A translation is an article of its own, with a title, an address and revisions of its own, that names its original.
Where a language lacks one, its readers are offered the original, and told so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Exists, SQLColumnExpression, exists, select
from sqlalchemy.orm import aliased

from xero_onboard.content.addresses import article_path, section_path
from xero_onboard.content.models import Article, Revision, Section
from xero_onboard.content.visibility import is_visible
from xero_onboard.lib.db import db
from xero_onboard.lib.languages import language


@dataclass(frozen=True)
class _Card:
    """What there is of a thing in one language."""

    id: int
    title: str
    description: str
    href: str
    translation_of: int | None = field(default=None, kw_only=True)
    # The language of its words, where that is not the one of the list.
    foreign: str = field(default="", kw_only=True)

    @property
    def original(self) -> int:
        """What all its translations have in common."""
        return self.translation_of or self.id


@dataclass(frozen=True)
class ArticleCard(_Card):
    """An article in a list."""

    is_promoted: bool
    is_searchable: bool = True
    # The address that it says it stands at; empty for its own.
    canonical: str = ""


@dataclass(frozen=True)
class SectionCard(_Card):
    """A section with the articles that can be read in it."""

    articles: tuple[ArticleCard, ...]


@dataclass(frozen=True)
class Translation:
    """The same article in one language."""

    locale: str
    lang: str
    href: str


def filled(
    locale: str, own: Sequence[SectionCard], source: str, originals: Sequence[SectionCard]
) -> tuple[SectionCard, ...]:
    """The sections in this language, with the originals of what it lacks in their places.

    Of two that say the same the first is in its place, and the other behind all that have one: nothing is lost.
    """
    if locale == source:
        return tuple(own)
    shelves = {shelf.original: shelf for shelf in reversed(own)}
    cards = {card.original: card for shelf in reversed(own) for card in reversed(shelf.articles)}
    in_order = [_shelf(each, shelves.get(each.id), cards, locale, source) for each in originals]
    placed = {shelf.id for shelf in in_order}
    return (*in_order, *(shelf for shelf in own if shelf.id not in placed))


def read_sections() -> dict[str, list[SectionCard]]:
    """By language the sections in which something can be read, with what they hold, in order."""
    columns = (
        *(Article.id, Article.locale, Article.slug, Article.section_id, Article.is_promoted),
        *(Article.translation_of, Revision.title, Revision.description, Article.is_searchable),
        Revision.page,
    )
    in_order = select(*columns).where(is_visible()).order_by(Article.position, Article.id)
    by_section: dict[int, list[ArticleCard]] = {}
    for row in db.session.execute(in_order):
        href = article_path(row.locale, row.id, row.slug)
        words = (row.title, row.description)
        flags = (row.is_promoted, row.is_searchable, row.page.get("canonical", ""))
        card = ArticleCard(row.id, *words, href, *flags, translation_of=row.translation_of)
        by_section.setdefault(row.section_id, []).append(card)
    sections: dict[str, list[SectionCard]] = {}
    for shelf in db.session.scalars(select(Section).order_by(Section.position, Section.id)):
        cards = tuple(by_section.get(shelf.id, ()))
        href = section_path(shelf.locale, shelf.id, shelf.slug)
        if cards:
            sections.setdefault(shelf.locale, []).append(
                SectionCard(
                    shelf.id,
                    shelf.title,
                    shelf.description,
                    href,
                    cards,
                    translation_of=shelf.translation_of,
                )
            )
    return sections


def own_cards(sections: Sequence[SectionCard]) -> Iterator[ArticleCard]:
    """The articles of a language without what stands in for others."""
    return (card for shelf in sections for card in shelf.articles if not card.foreign)


def is_outdated(original_id: int | None, translated: int | None) -> bool:
    """Whether the original was changed, by more than a slip, since it was translated."""
    if original_id is None or translated is None:
        return False
    return bool(db.session.scalar(select(has_moved_on(original_id, translated))))


def has_moved_on(
    original_id: int | SQLColumnExpression[int], translated: int | SQLColumnExpression[int | None]
) -> Exists:
    """The same for a query, whose columns may be empty where there is no original."""
    later = aliased(Revision)
    return exists().where(
        later.article_id == original_id,
        later.number > translated,
        later.published_at.is_not(None),
        later.significance != "typo",
    )


def in_language(href: str, locale: str) -> str:
    """The address of a page of the help centre in another language."""
    return "/".join(("/hc", locale, *href.split("/")[3:]))


def _shelf(
    original: SectionCard,
    own: SectionCard | None,
    cards: Mapping[int, ArticleCard],
    locale: str,
    source: str,
) -> SectionCard:
    translated = tuple(
        cards.get(card.id) or _foreign(card, locale, source) for card in original.articles
    )
    if own is None:
        href = in_language(original.href, locale)
        return replace(original, href=href, articles=translated, foreign=language(source))
    placed = {card.id for card in translated}
    added = tuple(card for card in own.articles if card.id not in placed)
    return replace(own, articles=(*translated, *added))


def _foreign(card: ArticleCard, locale: str, source: str) -> ArticleCard:
    return replace(card, href=in_language(card.href, locale), foreign=language(source))
