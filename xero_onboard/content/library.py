"""What readers are shown: published revisions of published articles, and nothing else.

No Markdown is rendered here; everything was made when it was published. The outline of the help centre is kept
in memory until a publication moves the generation on.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property, partial
from typing import Any

from flask import current_app
from markupsafe import Markup  # noqa: TID251
from sqlalchemy import select
from sqlalchemy.engine import Row

from xero_onboard.content.addresses import DEFAULT_LOCALE, article_path, home_path
from xero_onboard.content.helps import Help, read_helps
from xero_onboard.content.models import LONGEST_PATH, Alias, Article, Revision, Section
from xero_onboard.content.page_links import load
from xero_onboard.content.parts import Heading, Part, load_parts
from xero_onboard.content.references import Shown
from xero_onboard.content.structured import structured_article
from xero_onboard.content.terms import Terms
from xero_onboard.content.translations import (
    ArticleCard,
    SectionCard,
    Translation,
    filled,
    in_language,
    is_outdated,
    own_cards,
    read_sections,
)
from xero_onboard.content.turning import beside, chosen, turn
from xero_onboard.content.visibility import Sight, is_overdue, is_visible, state
from xero_onboard.lib.db import db
from xero_onboard.lib.languages import current_locale, language, spoken
from xero_onboard.lib.web import settings

_TERMS = tuple(getattr(Article, each.name) for each in fields(Terms))
# What a page needs, and not the source, the plain text and the Markdown that are stored beside it.
_PAGE = (
    *(Article.id, Article.locale, Article.slug, Revision.title, Revision.description),
    *(Revision.number, Article.translation_of, Revision.translated),
    *(Revision.keywords, Revision.parts, Revision.contents, Revision.edited_on),
    *(Revision.last_reviewed_on, Revision.review_due_on, Revision.page),
    *(Article.section_id, *_TERMS),
)


@dataclass(frozen=True)
class HomePage:
    """The front of the help centre."""

    locale: str
    lang: str
    sections: tuple[SectionCard, ...]
    promoted: tuple[ArticleCard, ...]


@dataclass(frozen=True)
class ArticlePage:
    """Everything a page shows of an article, but for the reader's own state."""

    id: int
    locale: str
    lang: str
    title: str
    description: str
    href: str
    canonical_url: str
    markdown_href: str
    # Which revision of which guide this is, for a button to name where it was pressed.
    edition: str
    # The same in other languages, itself among them; whether it is older than its original, and where that is.
    translations: tuple[Translation, ...]
    is_outdated: bool
    original_href: str
    section: SectionCard
    # In a language that lacks it, what is shown is its original.
    is_untranslated: bool
    # What stands for it where it is told of; the picture of the site, where it has none.
    image: Shown | None
    siblings: tuple[ArticleCard, ...]
    previous: ArticleCard | None
    next: ArticleCard | None
    # What its author names as related; None where those that are alike are looked for.
    related: tuple[ArticleCard, ...] | None
    contents: tuple[Heading, ...]
    parts: tuple[Part, ...]
    terms: Terms
    updated_on: date
    last_reviewed_on: date | None
    is_review_overdue: bool
    structured: Markup


@dataclass(frozen=True)
class MachineForm:
    """The article as Markdown, and whether it may be told of elsewhere."""

    text: str
    is_listed: bool
    # The address that it says it stands at; empty for its own.
    canonical: str


@dataclass(frozen=True)
class Outline:
    """Every section and article that can be read in one language, in order."""

    locale: str
    sections: tuple[SectionCard, ...] = ()
    helps: Mapping[str, Help] = field(default_factory=dict)

    @property
    def own_sections(self) -> Iterator[SectionCard]:
        """Those in this language, without what stands in for others."""
        return (section for section in self.sections if not section.foreign)

    @property
    def own_articles(self) -> Iterator[ArticleCard]:
        """The articles in this language."""
        return own_cards(self.sections)

    @property
    def articles(self) -> Iterator[ArticleCard]:
        return (article for section in self.sections for article in section.articles)

    @cached_property
    def places(self) -> Mapping[int, tuple[ArticleCard, SectionCard]]:
        """Each article by its id, and where it stands; in the order of the help centre."""
        return {card.id: (card, shelf) for shelf in self.sections for card in shelf.articles}

    @cached_property
    def stand_ins(self) -> Collection[int]:
        """The articles that are shown as they were written, because this language lacks them."""
        return frozenset(card.id for card in self.articles if card.foreign)

    @cached_property
    def originals(self) -> Mapping[int, ArticleCard]:
        """What can be read here of each article, by the number of its original."""
        return {card.original: card for card in self.articles}


@dataclass
class _Memory:
    """The outlines of one app, as they were in one state."""

    state: tuple[int, int] = (-1, 0)
    outlines: Mapping[str, Outline] = field(default_factory=dict)
    # Of each original, where it can be read by language; of guides, and of sections.
    translations: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    shelves: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    # The addresses of articles that say they stand at another one.
    elsewhere: Collection[str] = ()


def outline(locale: str = DEFAULT_LOCALE) -> Outline:
    """The sections and articles of a language, with the originals of those that it lacks."""
    return _memory().outlines.get(locale, Outline(locale))


def locales() -> tuple[str, ...]:
    """The languages in which there is something to read; the first one always exists."""
    return tuple(dict.fromkeys((DEFAULT_LOCALE, *_memory().outlines)))


def home(locale: str) -> HomePage:
    """The front of the help centre in this language."""
    found = outline(locale)
    promoted = tuple(article for article in found.articles if article.is_promoted)
    return HomePage(locale, language(locale), found.sections, promoted)


def section(locale: str, section_id: int) -> SectionCard | None:
    """The section with this id, if anything can be read in it."""
    return next((card for card in outline(locale).sections if card.id == section_id), None)


def path_of_section(section_id: int, locale: str = DEFAULT_LOCALE) -> str | None:
    """Where the section is in this language, or else in whatever language it has."""
    own = section(locale, section_id)
    if own is not None:
        return own.href
    everywhere = [card for name in locales() for card in outline(name).sections]
    asked = next((card for card in everywhere if card.id == section_id), None)
    if asked is None:
        return None
    here = outline(locale).sections
    return next((card.href for card in here if card.original == asked.original), asked.href)


def path_of_article(article_id: int, locale: str = "", sight: Sight = "addressed") -> str | None:
    """Where the article is, if it can be read: in this language, or else in its own.

    A language that the pages speak shows the original of what it lacks, at an address of its own.
    """
    columns = (Article.locale, Article.slug, Article.translation_of)
    row = _published(*columns, article_id=article_id, sight=sight)
    if row is None:
        return None
    own = article_path(row.locale, article_id, row.slug)
    if locale in ("", row.locale):
        return own
    places = _memory().translations.get(row.translation_of or article_id, {})
    if locale in places:
        return places[locale]
    original = places.get(DEFAULT_LOCALE)
    return in_language(original, locale) if original and locale in spoken() else own


def path_of_alias(path: str) -> str | None:
    """Where the article is that this path led to once; a name in use now comes before an old one."""
    if len(path) > LONGEST_PATH:
        return None
    article_id = db.session.scalar(select(Alias.article_id).where(Alias.path == path))
    if article_id is None:
        return None
    return path_of_article(article_id)


def article(
    article_id: int, origin: str, locale: str = "", sight: Sight = "addressed"
) -> ArticlePage | None:
    """The article with this id, if it can be read; in a `locale` that lacks it, the page around it is in that."""
    found = _published(*_PAGE, article_id=article_id, sight=sight)
    position = _position(found, locale) if found else None
    if found is None or position is None:
        return None
    card, shelf = position
    before, after = beside(card, shelf)
    look_up = partial(card_for, locale=locale or found.locale, sight=sight)
    own, links = article_path(found.locale, found.id, found.slug), load(found.page)
    canonical = links.canonical or f"{origin}{own}"
    return ArticlePage(
        id=found.id,
        locale=found.locale,
        lang=language(found.locale),
        title=found.title,
        description=found.description,
        href=card.href,
        canonical_url=canonical,
        markdown_href=f"{own}.md",
        edition=f"{found.id}-{found.number}",
        translations=() if canonical != f"{origin}{own}" else canonical_languages(card.original),
        is_outdated=is_outdated(found.translation_of, found.translated),
        original_href=_memory().translations.get(card.original, {}).get(DEFAULT_LOCALE, own),
        section=shelf,
        is_untranslated=own != card.href,
        image=links.image,
        siblings=shelf.articles,
        previous=turn(links.previous, before, look_up),
        next=turn(links.next, after, look_up),
        related=chosen(links.related, card, look_up),
        contents=tuple(Heading(**each) for each in found.contents if links.has_contents),
        parts=load_parts(found.parts),
        terms=_terms(found),
        updated_on=found.edited_on,
        last_reviewed_on=found.last_reviewed_on,
        is_review_overdue=is_overdue(found.review_due_on, sight),
        structured=structured_article(found, canonical, origin, (shelf.title, shelf.href)),
    )


def card_for(article_id: int, locale: str, sight: Sight) -> ArticleCard | None:
    """The article as a list in this language has it; one that is in no list as it stands, for who may read it."""
    around = outline(locale)
    listed = around.originals.get(article_id) or around.places.get(article_id, (None,))[0]
    if listed:
        return listed
    columns = (Article.id, Article.locale, Article.slug, Article.translation_of)
    row = _published(*columns, Revision.title, article_id=article_id, sight=sight)
    if row is None:
        return None
    href = article_path(row.locale, row.id, row.slug)
    foreign = "" if row.locale == locale else language(row.locale)
    own = ArticleCard(row.id, row.title, "", href, is_promoted=False, foreign=foreign)
    return around.originals.get(row.translation_of, own)


def _position(found: Row[Any], locale: str) -> tuple[ArticleCard, SectionCard] | None:
    """Where an article stands among others; one that is in no list has only a section."""
    if not _terms(found).is_listed:
        href = article_path(found.locale, found.id, found.slug)
        card = ArticleCard(found.id, found.title, found.description, href, is_promoted=False)
        shelf = section(found.locale, found.section_id) or _unread_section(found.section_id)
        return card, shelf
    around = outline(locale or found.locale)
    if found.id not in around.places:  # published a moment ago, after the outline was read
        return None
    return around.places[found.id]


def _unread_section(section_id: int) -> SectionCard:
    """A section by its name alone: it has no page, because nothing is listed in it."""
    return SectionCard(section_id, db.session.get_one(Section, section_id).title, "", "/", ())


def _terms(found: Row[Any]) -> Terms:
    return Terms(*(getattr(found, each.name) for each in fields(Terms)))


def article_languages(original: int) -> tuple[Translation, ...]:
    """An article in each language in which it can be read, the one it was written in first."""
    return _offered(_memory().translations.get(original, {}))


def canonical_languages(original: int) -> tuple[Translation, ...]:
    """Those of them that search engines are led to."""
    elsewhere = _memory().elsewhere
    return tuple(each for each in article_languages(original) if each.href not in elsewhere)


def section_languages(original: int) -> tuple[Translation, ...]:
    """A section in each language in which it holds something of its own."""
    return _offered(_memory().shelves.get(original, {}))


def home_languages() -> tuple[Translation, ...]:
    """The front of the help centre in each of its languages."""
    return _offered({name: home_path(name) for name in locales()})


def machine_form(article_id: int) -> MachineForm | None:
    """The article as Markdown, if everybody can read it."""
    columns = (Revision.machine, Article.visibility, Revision.page)
    row = _published(*columns, article_id=article_id)
    if row is None:
        return None
    return MachineForm(row.machine, row.visibility == "public", load(row.page).canonical)


def terms_of(article_id: int) -> Terms | None:
    """What readers may do with the article, if they can read it."""
    row = _published(*_TERMS, article_id=article_id)
    return Terms(*row) if row else None


def article_card(article_id: int) -> ArticleCard | None:
    """The article with this id as it stands in lists, if it can be read."""
    everything = (card for locale in locales() for card in outline(locale).own_articles)
    return next((card for card in everything if card.id == article_id), None)


def help_for(code: str) -> Help | None:
    """The part of a guide that explains this code, if one claims to; in the language of the page if there is one."""
    return outline(current_locale()).helps.get(code) or outline().helps.get(code)


def _published(*columns: Any, article_id: int, sight: Sight = "addressed") -> Row[Any] | None:
    query = select(*columns).where(Article.id == article_id, is_visible(sight=sight))
    return db.session.execute(query).one_or_none()


def _offered(places: Mapping[str, str]) -> tuple[Translation, ...]:
    return tuple(Translation(name, language(name), href) for name, href in places.items())


def _memory() -> _Memory:
    memory: _Memory = current_app.extensions.setdefault("content", _Memory())
    present = state()
    if memory.state != present:
        # Replaced as a whole, so that another thread sees either the old state or the new one.
        memory = current_app.extensions["content"] = _remember(present)
    return memory


def _remember(present: tuple[int, int]) -> _Memory:
    sections, helps = read_sections(), read_helps()
    originals = sections.get(DEFAULT_LOCALE, [])
    # The language the guides are written in comes first, then those of the pages, then what else there is.
    names = dict.fromkeys((DEFAULT_LOCALE, *(spoken() if originals else ()), *sections))
    outlines = {
        name: Outline(
            name,
            filled(name, sections.get(name, ()), DEFAULT_LOCALE, originals)
            if name in spoken()
            else tuple(sections[name]),
            {**helps.get(DEFAULT_LOCALE, {}), **helps.get(name, {})},
        )
        for name in names
        if sections.get(name) or originals
    }
    translations: dict[int, dict[str, str]] = {}
    shelves: dict[int, dict[str, str]] = {}
    for name, found in outlines.items():
        for card in found.own_articles:
            translations.setdefault(card.original, {}).setdefault(name, card.href)
        for shelf in found.own_sections:
            shelves.setdefault(shelf.original, {}).setdefault(name, shelf.href)
    own = [card for found in outlines.values() for card in found.own_articles]
    origin = settings().public_origin
    elsewhere = {card.href for card in own if card.canonical not in ("", f"{origin}{card.href}")}
    return _Memory(present, outlines, translations, shelves, elsewhere)
