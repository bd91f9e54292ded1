"""What is new, for feed readers: everywhere, in a section, about a guide. https://www.rfc-editor.org/rfc/rfc4287"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from xero_onboard.content import library, talk
from xero_onboard.content.addresses import article_path
from xero_onboard.content.models import Article, EarlierNews, Revision
from xero_onboard.content.visibility import is_visible
from xero_onboard.lib.db import db
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import language

PATH = "/feed.xml"
_MOST = 30
# When nothing was published yet.
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
# What people can type and XML cannot say. https://www.w3.org/TR/xml/#charsets
_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """One piece of news."""

    id: str
    title: str
    href: str
    at: datetime
    summary: str = ""
    html: str = ""


@dataclass(frozen=True)
class Feed:
    """What a feed reader is given; `page` is what people read instead."""

    path: str
    page: str
    title: str
    locale: str
    entries: Sequence[Entry]


def is_news() -> ColumnElement[bool]:
    """Whether a revision told readers something: the first that they saw, and then whatever is no slip of the pen."""
    earlier = aliased(Revision)
    is_known = exists().where(
        earlier.article_id == Revision.article_id,
        earlier.number < Revision.number,
        earlier.published_at.is_not(None),
    )
    was_known = exists().where(
        EarlierNews.article_id == Revision.article_id, EarlierNews.number < Revision.number
    )
    is_first = ~is_known & ~was_known
    return Revision.published_at.is_not(None) & or_(Revision.significance != "typo", is_first)


def told_of(article_id: int) -> Sequence[tuple[int, datetime]]:
    """The numbers of the revisions of a guide that told readers something, and when they did."""
    here = select(Revision.number, Revision.published_at).where(
        Revision.article_id == article_id, is_news()
    )
    before = select(EarlierNews.number, EarlierNews.published_at).where(
        EarlierNews.article_id == article_id
    )
    rows = [*db.session.execute(before), *db.session.execute(here)]
    return sorted((row.number, row.published_at) for row in rows)


def seen() -> Select[int]:
    """The numbers of the guides that readers see, for a query in which revisions mean others than those they see."""
    return select(Article.id).join(Revision, is_visible()).correlate(None)


def path_beside(page: str) -> str:
    """Where the feed of this page is: the number alone, for feed readers keep an address for ever."""
    place, _slash, name = page.rpartition("/")
    return f"{place}/{name.partition('-')[0]}{PATH}"


def of_everything(title: str) -> Feed:
    """The guides that were published or changed last, in all languages."""
    return Feed(PATH, "/", title, "", tuple(_guides(None)))


def of_section(locale: str, section_id: int) -> Feed | None:
    """The guides of a section that were published or changed last, as it stands in this language."""
    card = library.section(locale, section_id)
    if card is None:
        return None
    places = {each.id: each.href for each in card.articles}
    return Feed(path_beside(card.href), card.href, card.title, locale, tuple(_guides(places)))


def of_article(locale: str, article_id: int, page: str) -> Feed | None:
    """The changes of a guide, and what is said below it."""
    card = library.article_card(article_id)
    if card is None:
        return None
    news = [*_changes(article_id, card.title, card.description, page), *_talk(article_id, page)]
    newest = sorted(news, key=lambda each: each.at, reverse=True)[:_MOST]
    return Feed(path_beside(page), page, card.title, locale, newest)


def write(feed: Feed, product_name: str, origin: str) -> Iterator[str]:
    """The feed as it is sent."""
    changed = max((entry.at for entry in feed.entries), default=_BEGINNING)
    speaks = f' xml:lang="{language(feed.locale)}"' if feed.locale else ""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<feed xmlns="http://www.w3.org/2005/Atom"{speaks}>\n'
    yield f"  <id>{_text(origin + feed.path)}</id>\n  <title>{_text(feed.title)}</title>\n"
    yield f'  <link rel="self" href={quoteattr(origin + feed.path)}/>\n'
    yield f"  <link href={quoteattr(origin + feed.page)}/>\n"
    yield f"  <updated>{_moment(changed)}</updated>\n"
    yield f"  <author><name>{_text(product_name)}</name></author>\n"
    for entry in feed.entries:
        yield f"  <entry>\n    <id>{_text(origin + entry.id)}</id>\n"
        yield f"    <title>{_text(entry.title)}</title>\n"
        yield f"    <link href={quoteattr(origin + entry.href)}/>\n"
        yield f"    <updated>{_moment(entry.at)}</updated>\n"
        if entry.summary:
            yield f"    <summary>{_text(entry.summary)}</summary>\n"
        if entry.html:
            yield f'    <content type="html">{_text(entry.html)}</content>\n'
        yield "  </entry>\n"
    yield "</feed>\n"


def _guides(places: Mapping[int, str] | None) -> Iterator[Entry]:
    """One entry for each guide, where it is read; of `places` or of all."""
    at = func.max(Revision.published_at)
    shown = aliased(Revision)
    told = (Article.id, Article.locale, Article.slug, shown.title, shown.description)
    within = () if places is None else (Article.id.in_(list(places)),)
    query = (
        select(*told, at.label("at"))
        .join(shown, shown.id == Article.published_revision_id)
        .join(Revision, Revision.article_id == Article.id)
        .where(is_news(), Article.id.in_(seen()))
        .where(*within)
        .group_by(*told)
        .order_by(at.desc(), Article.id)
        .limit(_MOST)
    )
    for row in db.session.execute(query):
        href = (places or {}).get(row.id) or article_path(row.locale, row.id, row.slug)
        yield Entry(f"/hc/articles/{row.id}", row.title, href, row.at, row.description)


def _changes(article_id: int, title: str, about: str, page: str) -> Iterator[Entry]:
    """When it was published and changed. What it was called before is nobody's news: it may have been changed for that."""
    for turn, (number, at) in enumerate(told_of(article_id)):
        told = (
            _("New: %(title)s", title=title) if turn == 0 else _("Changed: %(title)s", title=title)
        )
        name = f"/hc/articles/{article_id}#revision-{number}"
        yield Entry(name, told, page, at, about)


def _talk(article_id: int, page: str) -> Iterator[Entry]:
    for each in talk.room().newest(article_id, _MOST):
        place = f"#comment-{each.id}"
        title = _("Comment by %(author)s", author=each.author)
        yield Entry(
            f"/hc/articles/{article_id}{place}", title, page + place, each.shown_at, html=each.html
        )


def _text(words: str) -> str:
    return escape(_UNSAYABLE.sub("", words))


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
