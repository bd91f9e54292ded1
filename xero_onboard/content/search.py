"""Finding guides by words, and what to say when no guide has them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape  # noqa: TID251

from xero_onboard.content.helps import Help
from xero_onboard.content.index import current_index
from xero_onboard.content.library import ArticlePage, Outline, outline
from xero_onboard.content.translations import ArticleCard, SectionCard
from xero_onboard.content.wording import CLOSE, OPEN, Hit, split
from xero_onboard.lib.web import trust_html

LONGEST_QUERY = 200
_MOST_WORDS = 12
_MOST_RESULTS = 10
_MOST_SUGGESTIONS = 6
_MOST_RELATED = 3
_BETWEEN_PARTS_OF_A_CODE = re.compile(r"[\s-]+")


@dataclass(frozen=True)
class SearchResult:
    """A guide that was found, with the place in it that fits best."""

    id: int
    title: str
    marked_title: Markup
    description: str
    href: str
    section_title: str
    # The heading over what the snippet shows; the address leads there.
    place: str
    snippet: Markup

    @property
    def about(self) -> str:
        """Where the address leads, beside the title."""
        return self.place or self.section_title


@dataclass(frozen=True)
class Findings:
    """What a search found; `corrected` is what was looked for instead of words that no guide has."""

    query: str
    results: tuple[SearchResult, ...] = ()
    corrected: str = ""
    # Whether the guides have only some of the words.
    is_loose: bool = False
    has_more: bool = False
    # The part of a guide that explains the code which was typed.
    help: Help | None = None


def search(query: str, locale: str, most: int = _MOST_RESULTS) -> Findings:
    """The guides with all the words; else with the words that were meant; else with some of them.

    What was meant comes before some of the words: beside one misspelt word the others are often in every guide.
    """
    words, within = _words(query), outline(locale)
    found = replace(_climb(words, within, most), query=query) if words else Findings(query)
    return replace(found, help=_explained(query, within))


def suggest(query: str, locale: str) -> Findings:
    """The guides that fit what has been typed so far."""
    return search(query, locale, _MOST_SUGGESTIONS)


def guides_like(words: str, locale: str, most: int = 3) -> tuple[ArticleCard, ...]:
    """The guides that may answer a question in these words."""
    asked = _words(words)
    if not asked:
        return ()
    with current_index().language(locale) as wording:
        found = wording.find(asked, most) or wording.find(asked, most, is_loose=True)
    return _cards([hit.article_id for hit in found], outline(locale))


def like_path(path: str, locale: str) -> tuple[ArticleCard, ...]:
    """Guides that somebody may have meant who came to a path that does not exist."""
    left_out = ("hc", "articles", "sections", "md", *locale.split("-"))
    words = _words(path[-LONGEST_QUERY:].replace("-", " "))
    telling = [word for word in words if not word.isdigit() and word not in left_out]
    return guides_like(" ".join(telling), locale, _MOST_SUGGESTIONS)


def related(page: ArticlePage) -> tuple[ArticleCard, ...]:
    """Guides about the same as this one, other than those it leads to anyway."""
    left_out = {each.id for each in (page.previous, page.next) if each}
    found = current_index().alike(page.id, page.locale, _MOST_RELATED + 2)
    others = [article_id for article_id in found if article_id not in left_out]
    return _cards(others[:_MOST_RELATED], outline(page.locale))


def _climb(words: Sequence[str], within: Outline, most: int) -> Findings:
    with current_index().language(within.locale) as wording:
        if found := wording.find(words, most):
            return _findings(found, within)
        meant = wording.meant(words)
        if meant and (found := wording.find(meant, most)):
            return replace(_findings(found, within), corrected=" ".join(meant))
        found = wording.find([*words, *meant], most, is_loose=True)
        return replace(_findings(found, within), is_loose=True)


def _findings(hits: Sequence[Hit], within: Outline) -> Findings:
    results = [
        _result(hit, *within.places[key])
        for hit in hits
        if (key := hit.article_id) in within.places
    ]
    return Findings("", tuple(results), has_more=len(hits) == _MOST_RESULTS)


def _result(hit: Hit, card: ArticleCard, shelf: SectionCard) -> SearchResult:
    return SearchResult(
        id=card.id,
        title=card.title,
        marked_title=_marked(hit.title),
        description=card.description,
        href=f"{card.href}#{hit.anchor}" if hit.anchor else card.href,
        section_title=shelf.title,
        place=hit.place,
        snippet=_marked(hit.piece),
    )


def _cards(ids: Sequence[int], within: Outline) -> tuple[ArticleCard, ...]:
    return tuple(within.places[key][0] for key in ids if key in within.places)


def _explained(query: str, within: Outline) -> Help | None:
    """The help for a code, alone or among other words; a code of one word means something only alone."""
    whole = _BETWEEN_PARTS_OF_A_CODE.sub("_", query.strip().lower())
    among = [word for word in _words(query) if "_" in word]
    known = (within.helps[code] for code in (whole, *among) if code in within.helps)
    return next((each for each in known if each.is_searchable), None)


def _words(query: str) -> list[str]:
    return split(query)[:_MOST_WORDS]


def _marked(marked: str) -> Markup:
    """What was found as HTML: everything is escaped, and then the marks become elements."""
    return trust_html(str(escape(marked)).replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))
