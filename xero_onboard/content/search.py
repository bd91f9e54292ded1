"""Finding guides by words, and what to say when no guide has them."""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from markupsafe import Markup, escape  # noqa: TID251

from xero_onboard.content.addresses import DEFAULT_LOCALE
from xero_onboard.content.helps import Help
from xero_onboard.content.index import current_index
from xero_onboard.content.library import ArticlePage, Outline, outline
from xero_onboard.content.translations import ArticleCard, SectionCard
from xero_onboard.content.wording import CLOSE, OPEN, Hit, Wording, split
from xero_onboard.lib.web import trust_html

LONGEST_QUERY = 200
_MOST_WORDS = 12
_MOST_RESULTS = 10
_MOST_SUGGESTIONS = 6
_MOST_RELATED = 3
_BETWEEN_PARTS_OF_A_CODE = re.compile(r"[\s-]+")

# The words of one language, and which of its guides are looked for; None for all.
_Shelf = tuple[Wording, Collection[int] | None]


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
    # The language of its words, where that is not the one of the search.
    foreign: str = ""

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

    @property
    def count(self) -> int:
        """How many guides were found; one that explains the code is an answer, though no other has the word."""
        return len(self.results) or int(self.help is not None)


def search(
    query: str, locale: str, most: int = _MOST_RESULTS, *, is_strict: bool = False
) -> Findings:
    """The guides with all the words; else with the words that were meant; else with some of them.

    What was meant comes before some of the words: beside one misspelt word the others are often in every guide.
    The originals of what the language lacks are found after its own, but for who is strict about the language.
    """
    words, within = _words(query), outline(locale)
    found = Findings(query)
    if words:
        with _shelves(within, is_strict=is_strict) as shelves:
            found = replace(_climb(words, shelves, within, most), query=query)
    return replace(found, help=_explained(query, within))


def suggest(query: str, locale: str) -> Findings:
    """The guides that fit what has been typed so far."""
    return search(query, locale, _MOST_SUGGESTIONS)


def guides_like(words: str, locale: str, most: int = 3) -> tuple[ArticleCard, ...]:
    """The guides that may answer a question in these words."""
    asked = _words(words)
    if not asked:
        return ()
    within = outline(locale)
    with _shelves(within) as shelves:
        found = _find(shelves, asked, most) or _find(shelves, asked, most, is_loose=True)
    return _cards([hit.article_id for hit in found], within)


def like_path(path: str, locale: str) -> tuple[ArticleCard, ...]:
    """Guides that somebody may have meant who came to a path that does not exist."""
    left_out = ("hc", "articles", "sections", "md", *locale.split("-"))
    words = _words(path[-LONGEST_QUERY:].replace("-", " "))
    telling = [word for word in words if not word.isdigit() and word not in left_out]
    return guides_like(" ".join(telling), locale, _MOST_SUGGESTIONS)


def related(page: ArticlePage) -> tuple[ArticleCard, ...]:
    """The guides that its author names; else those about the same, other than those it leads to anyway."""
    if page.related is not None:
        return page.related
    left_out = {each.id for each in (page.previous, page.next) if each}
    found = current_index().alike(page.id, page.locale, _MOST_RELATED + 2)
    others = [article_id for article_id in found if article_id not in left_out]
    return _cards(others[:_MOST_RELATED], outline(page.locale))


@contextmanager
def _shelves(within: Outline, *, is_strict: bool = False) -> Iterator[Sequence[_Shelf]]:
    """A language, and the originals that stand in for what it lacks; they are read in the index of their own."""
    stand_ins = () if is_strict else within.stand_ins
    names = (within.locale, DEFAULT_LOCALE) if stand_ins else (within.locale,)
    with current_index().languages(*names) as wordings:
        yield list(zip(wordings, (None, stand_ins), strict=False))


def _climb(words: Sequence[str], shelves: Sequence[_Shelf], within: Outline, most: int) -> Findings:
    if found := _find(shelves, words, most):
        return _findings(found, within)
    meant = [wording.meant(words) for wording, _ in shelves]
    for shelf, better in zip(shelves, meant, strict=True):
        if better and (found := _find([shelf], better, most)):
            return replace(_findings(found, within), corrected=" ".join(better))
    for shelf, better in zip(shelves, meant, strict=True):
        found += _find([shelf], [*words, *better], most - len(found), is_loose=True)
    return replace(_findings(found, within), is_loose=True)


def _find(
    shelves: Sequence[_Shelf], words: Sequence[str], most: int, *, is_loose: bool = False
) -> list[Hit]:
    """What fits best of the first shelf, then of the next."""
    found: list[Hit] = []
    for wording, among in shelves:
        found += wording.find(words, most - len(found), is_loose=is_loose, among=among)
    return found


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
        foreign=card.foreign,
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
