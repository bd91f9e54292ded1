"""What readers are shown: published revisions of published articles, and nothing else.

No Markdown is rendered here; everything was made when it was published. The outline of the help centre is kept
in memory until a publication moves the generation on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app
from markupsafe import Markup  # noqa: TID251
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.engine import Row

from xero_onboard.content.addresses import DEFAULT_LOCALE, article_path, language, section_path
from xero_onboard.content.catalogue import generation
from xero_onboard.content.excerpts import section_below
from xero_onboard.content.models import LONGEST_PATH, Alias, Article, Picture, Revision, Section
from xero_onboard.content.parts import Heading, Part, load_parts
from xero_onboard.content.structured import structured_article
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

IS_PUBLISHED: ColumnElement[bool] = and_(
    Article.status == "published",
    Revision.id == Article.published_revision_id,
    Revision.article_id == Article.id,
)

# What a page needs, and not the source, the plain text and the Markdown that are stored beside it.
_PAGE = (
    *(Article.id, Article.locale, Article.slug, Revision.title, Revision.description),
    Revision.number,
    *(Revision.keywords, Revision.parts, Revision.contents, Revision.edited_on),
    *(Revision.last_reviewed_on, Revision.review_due_on),
)
_POPULAR = 6
_NEWEST = 30


@dataclass(frozen=True)
class ArticleCard:
    """An article in a list."""

    id: int
    title: str
    description: str
    href: str
    is_promoted: bool


@dataclass(frozen=True)
class SectionCard:
    """A section with the articles that can be read in it."""

    id: int
    title: str
    description: str
    href: str
    articles: tuple[ArticleCard, ...]


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
    section: SectionCard
    siblings: tuple[ArticleCard, ...]
    previous: ArticleCard | None
    next: ArticleCard | None
    contents: tuple[Heading, ...]
    parts: tuple[Part, ...]
    updated_on: date
    last_reviewed_on: date | None
    is_review_overdue: bool
    structured: Markup


@dataclass(frozen=True)
class Help:
    """The place that explains a problem."""

    title: str
    href: str
    # The guide that it is a part of, and what it says there.
    guide: str
    section: Markup | None


@dataclass(frozen=True)
class Outline:
    """Every section and article that can be read in one language, in order."""

    locale: str
    sections: tuple[SectionCard, ...] = ()
    helps: Mapping[str, Help] = field(default_factory=dict)

    @property
    def articles(self) -> Iterator[ArticleCard]:
        return (article for section in self.sections for article in section.articles)


@dataclass
class _Memory:
    """The outlines of one app, as they were at one generation."""

    generation: int = -1
    outlines: Mapping[str, Outline] = field(default_factory=dict)


def outline(locale: str = DEFAULT_LOCALE) -> Outline:
    """The sections and articles of a language."""
    return _outlines().get(locale, Outline(locale))


def locales() -> tuple[str, ...]:
    """The languages in which there is something to read; the first one always exists."""
    return tuple(dict.fromkeys((DEFAULT_LOCALE, *_outlines())))


def home(locale: str) -> HomePage:
    """The front of the help centre in this language."""
    found = outline(locale)
    promoted = tuple(article for article in found.articles if article.is_promoted)
    return HomePage(locale, language(locale), found.sections, promoted)


def popular(locale: str) -> tuple[ArticleCard, ...]:
    """What to offer a reader who found nothing."""
    articles = sorted(outline(locale).articles, key=lambda article: not article.is_promoted)
    return tuple(articles[:_POPULAR])


def section(locale: str, section_id: int) -> SectionCard | None:
    """The section with this id, if anything can be read in it."""
    return next((card for card in outline(locale).sections if card.id == section_id), None)


def path_of_section(section_id: int) -> str | None:
    """Where the section is, in whatever language."""
    for locale in locales():
        card = section(locale, section_id)
        if card:
            return card.href
    return None


def path_of_article(article_id: int) -> str | None:
    """Where the article is, if it can be read."""
    row = _published(Article.locale, Article.slug, article_id=article_id)
    return article_path(row.locale, article_id, row.slug) if row else None


def path_of_alias(path: str) -> str | None:
    """Where the article is that this path led to once; a name in use now comes before an old one."""
    if len(path) > LONGEST_PATH:
        return None
    article_id = db.session.scalar(select(Alias.article_id).where(Alias.path == path))
    if article_id is None:
        return None
    return path_of_article(article_id)


def article(article_id: int, origin: str) -> ArticlePage | None:
    """The article with this id, if it can be read."""
    found = _published(*_PAGE, article_id=article_id)
    if found is None:
        return None
    around = _around(outline(found.locale), found.id)
    if around is None:  # published a moment ago, after the outline was read
        return None
    shelf, previous, following = around
    href = article_path(found.locale, found.id, found.slug)
    return ArticlePage(
        id=found.id,
        locale=found.locale,
        lang=language(found.locale),
        title=found.title,
        description=found.description,
        href=href,
        canonical_url=f"{origin}{href}",
        markdown_href=f"{href}.md",
        edition=f"{found.id}-{found.number}",
        section=shelf,
        siblings=shelf.articles,
        previous=previous,
        next=following,
        contents=tuple(Heading(**heading) for heading in found.contents),
        parts=load_parts(found.parts),
        updated_on=found.edited_on,
        last_reviewed_on=found.last_reviewed_on,
        is_review_overdue=_is_overdue(found.review_due_on),
        structured=structured_article(found, f"{origin}{href}", origin, (shelf.title, shelf.href)),
    )


def machine_form(article_id: int) -> str | None:
    """The article as Markdown, if it can be read."""
    row = _published(Revision.machine, article_id=article_id)
    return row.machine if row else None


def machine_forms() -> Iterator[str]:
    """Every article as Markdown, in the order of the help centre."""
    columns = select(Article.id, Revision.machine).where(IS_PUBLISHED)
    forms = {row.id: row.machine for row in db.session.execute(columns)}
    for locale in locales():
        for card in outline(locale).articles:
            yield forms.get(card.id, "")


def edit_days() -> Mapping[int, date]:
    """When each article that can be read was changed last."""
    rows = db.session.execute(select(Article.id, Revision.edited_on).where(IS_PUBLISHED))
    return {row.id: row.edited_on for row in rows}


def picture(picture_id: int, name: str) -> Picture | None:
    """The picture at this address."""
    return db.session.scalar(select(Picture).where(Picture.id == picture_id, Picture.name == name))


def article_card(article_id: int) -> ArticleCard | None:
    """The article with this id as it stands in lists, if it can be read."""
    everything = (card for locale in locales() for card in outline(locale).articles)
    return next((card for card in everything if card.id == article_id), None)


@dataclass(frozen=True)
class NewsEntry:
    """An article in the feed, as it was published last."""

    id: int
    title: str
    description: str
    href: str
    changed_at: datetime


def newest() -> tuple[NewsEntry, ...]:
    """What was published last."""
    columns = (Article.id, Article.locale, Article.slug, Revision.title, Revision.description)
    query = select(*columns, Revision.created_at).where(IS_PUBLISHED)
    query = query.order_by(Revision.created_at.desc(), Article.id).limit(_NEWEST)
    return tuple(
        NewsEntry(id_, title, description, article_path(locale, id_, slug), changed_at)
        for id_, locale, slug, title, description, changed_at in db.session.execute(query)
    )


def help_for(code: str, locale: str = DEFAULT_LOCALE) -> Help | None:
    """The part of a guide that explains this code, if one claims to."""
    return outline(locale).helps.get(code)


def _is_overdue(due_on: date | None) -> bool:
    return due_on is not None and due_on < now().date()


def _published(*columns: Any, article_id: int) -> Row[Any] | None:
    query = select(*columns).where(Article.id == article_id, IS_PUBLISHED)
    return db.session.execute(query).one_or_none()


def _around(
    found: Outline, article_id: int
) -> tuple[SectionCard, ArticleCard | None, ArticleCard | None] | None:
    """The article's section and its neighbours; the last of one section is followed by the first of the next."""
    everything = [(card, shelf) for shelf in found.sections for card in shelf.articles]
    for index, (card, shelf) in enumerate(everything):
        if card.id == article_id:
            previous = everything[index - 1][0] if index else None
            following = everything[index + 1][0] if index + 1 < len(everything) else None
            return shelf, previous, following
    return None


def _outlines() -> Mapping[str, Outline]:
    memory: _Memory = current_app.extensions.setdefault("content", _Memory())
    present = generation()
    if memory.generation != present:
        # Replaced as a whole, so that another thread sees either the old state or the new one.
        memory = _Memory(present, _read_outlines())
        current_app.extensions["content"] = memory
    return memory.outlines


def _read_outlines() -> Mapping[str, Outline]:
    rows = db.session.execute(
        select(
            *(Article.id, Article.locale, Article.slug, Article.section_id, Article.is_promoted),
            *(
                Revision.title,
                Revision.description,
                Revision.errors,
                Revision.contents,
                Revision.parts,
            ),
        )
        .where(IS_PUBLISHED)
        .order_by(Article.position, Article.id)
    ).all()
    by_section: dict[int, list[ArticleCard]] = {}
    for row in rows:
        href = article_path(row.locale, row.id, row.slug)
        card = ArticleCard(row.id, row.title, row.description, href, row.is_promoted)
        by_section.setdefault(row.section_id, []).append(card)
    sections: dict[str, list[SectionCard]] = {}
    for shelf in db.session.scalars(select(Section).order_by(Section.position, Section.id)):
        cards = tuple(by_section.get(shelf.id, ()))
        href = section_path(shelf.locale, shelf.id, shelf.slug)
        if cards:
            card_of_shelf = SectionCard(shelf.id, shelf.title, shelf.description, href, cards)
            sections.setdefault(shelf.locale, []).append(card_of_shelf)
    return {
        locale: Outline(locale, tuple(cards), _helps([row for row in rows if row.locale == locale]))
        for locale, cards in sections.items()
    }


def _helps(rows: list[Row[Any]]) -> Mapping[str, Help]:
    helps = {}
    for row in rows:
        titles = {heading["anchor"]: heading["text"] for heading in row.contents}
        href = article_path(row.locale, row.id, row.slug)
        parts = load_parts(row.parts) if row.errors else ()
        for code, anchor in row.errors.items():
            helps[code] = Help(
                title=titles.get(anchor, row.title),
                href=f"{href}#{anchor}" if anchor else href,
                guide=row.title,
                section=section_below(parts, anchor, href) if anchor else None,
            )
    return helps
