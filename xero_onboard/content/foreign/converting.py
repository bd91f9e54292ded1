"""From HTML to Markdown that says the same, block by block.

The whole text is tried first. Where what readers would get does not say word for word what the HTML says, each block is
tried alone: one that cannot be kept gives up its frame and keeps what stands in it, and at the last its words. Nothing
is left out without a note.
"""

import re
from collections.abc import Mapping
from itertools import pairwise

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from xero_onboard.content.foreign import pictures, places
from xero_onboard.content.foreign.callouts import box_callouts, callout_of
from xero_onboard.content.foreign.escaping import spelt_out
from xero_onboard.content.foreign.fidelity import (
    forget_anchors,
    forget_ours,
    lost,
    words_of,
    words_of_page,
)
from xero_onboard.content.foreign.surroundings import Converted, Note, Surroundings
from xero_onboard.content.foreign.tables import NotATable, is_layout, own_cells, own_rows
from xero_onboard.content.foreign.tree import BLOCKS, attr, blocks_in, children, line_of, read
from xero_onboard.content.foreign.writer import BELOW, Writer, is_tabs
from xero_onboard.content.problems import Broken

# What only holds other blocks, and says nothing by itself.
_WRAPPERS_NAMES = (
    "address article aside body center div dd footer form header hgroup html main nav section"
    " summary td th"
)
_WRAPPERS = frozenset(_WRAPPERS_NAMES.split())
# Nothing stands between two of these in Markdown.
_RUN_TOGETHER = ("ul", "ol", "blockquote")
_LOCAL = re.compile(r"\]\(#")
_UNKNOWN = "a block"
_CALLED = {
    "table": "a table",
    "ul": "a list",
    "ol": "a list",
    "dl": "a list",
    "blockquote": "a quotation",
    "details": "what folds",
    "figure": "a figure",
    "pre": "code",
    "p": "a paragraph",
    "div": "a box",
}


def convert(html: str, surroundings: Surroundings) -> Converted:
    """The guide as Markdown that renders, with the same words."""
    notes: list[Note] = []
    soup = read(html, notes, surroundings.video_hosts)
    forget_anchors(soup)
    notes += lost(html, soup)
    box_callouts(soup)
    pictures.settle(soup, surroundings, notes)
    markdown = _Conversion(soup, surroundings, notes).markdown()
    return Converted(
        markdown, tuple(sorted(set(notes), key=lambda note: (note.line, note.message)))
    )


class _Conversion:
    def __init__(self, soup: BeautifulSoup, surroundings: Surroundings, notes: list[Note]) -> None:
        self._soup = soup
        self._surroundings = surroundings
        self._notes = notes
        self._places = places.settle(soup, notes)

    def markdown(self) -> str:
        blocks = list(self._blocks(self._soup))
        for before, after in pairwise(blocks):
            if before.name == after.name and after.name in _RUN_TOGETHER:
                self._note(after, f"{_CALLED[after.name]} and the one before it became one")
        kept = len(self._notes)
        # A block that cannot be kept may take a place along that others lead to; those are then written anew.
        for write in (self._as_one, self._one_by_one, self._one_by_one):
            del self._notes[kept:]
            text = write(blocks)
            if text is not None and self._is_right(text):
                return text
            if text is not None:
                self._places = self._still_named(text)
        # Each block is right by itself and they are wrong together: the words are sure to be right.
        del self._notes[kept:]
        self._note(self._soup, "this text could not be kept as it was laid out: its words are")
        return "\n\n".join(spelt_out(" ".join(words_of(block))) for block in blocks)

    def _still_named(self, text: str) -> Mapping[str, str]:
        """The places that have kept their name: those of headings are named by their words."""
        given = {attr(tag, places.PLACE) for tag in self._soup.select(f"[{places.PLACE}]")}
        return {
            name: at for name, at in self._places.items() if at not in given or f"#{at}}}" in text
        }

    def _as_one(self, blocks: list[Tag]) -> str | None:
        writer = self._writer()
        try:
            return "\n\n".join(text for block in blocks if (text := writer.write(block)))
        except (NotATable, RecursionError):
            return None

    def _one_by_one(self, blocks: list[Tag]) -> str | None:
        return "\n\n".join(text for block in blocks for text in self._kept(block) if text)

    def _writer(self) -> Writer:
        return Writer(self._surroundings, self._places, self._note)

    def _note(self, tag: Tag, message: str) -> None:
        near = next((each for each in (tag, *tag.parents) if each.sourceline), None)
        self._notes.append(Note(line_of(near) if near else 1, message))

    def _blocks(self, tag: Tag) -> list[Tag]:
        """The blocks of a tree in order; words between them become paragraphs."""
        found: list[Tag] = []
        loose: list[Tag | NavigableString] = []
        for each in list(tag.children):
            if isinstance(each, Tag) and (each.name in BLOCKS or blocks_in(each)):
                found += self._paragraph(loose)
                loose = []
                found += self._blocks(each) if _only_holds(each) else [each]
            elif isinstance(each, Tag | NavigableString):
                loose.append(each)
        return [*found, *self._paragraph(loose)]

    def _paragraph(self, pieces: list[Tag | NavigableString]) -> list[Tag]:
        if not any(isinstance(each, Tag) or str(each).strip() for each in pieces):
            return []
        paragraph = self._soup.new_tag("p")
        first = next((each for each in pieces if isinstance(each, Tag)), None)
        pieces[0].insert_before(paragraph)
        paragraph.sourceline = first.sourceline if first else _line_above(paragraph)
        for each in pieces:
            paragraph.append(each.extract())
        return [paragraph]

    def _kept(self, block: Tag) -> list[str]:
        """The block, or else what stands in it, or else its words."""
        text, why = self._tried(block)
        if text is not None:
            return [text]
        inner = self._inside(block)
        if inner:
            self._note(
                block,
                f"{_CALLED.get(block.name, _UNKNOWN)} could not be kept ({why}): what stands in it is",
            )
            return [text for each in inner for text in self._kept(each)]
        return self._in_words(block, why)

    def _in_words(self, block: Tag, why: str) -> list[str]:
        """No more than the words, and the pictures below them."""
        name = _CALLED.get(block.name, _UNKNOWN)
        self._note(block, f"{name} could not be kept ({why}): its words are")
        for link in block.find_all("a", href=True):
            self._note(block, f"a link to {attr(link, 'href')[:200]} was left out")
        words = spelt_out(" ".join(words_of(block)))
        place = attr(block, places.PLACE)
        pictures_below = [
            self._writer().convert_img(each, "", set()) for each in block.find_all("img")
        ]
        return [words + (BELOW % place if place and words else ""), *pictures_below]

    def _tried(self, block: Tag) -> tuple[str | None, str]:
        kept = len(self._notes)
        try:
            text = self._writer().write(block)
            if self._says(text, block):
                return text, ""
            why = "it would have said something else"
        except (NotATable, Broken) as problem:
            why = problem.message if isinstance(problem, Broken) else str(problem)
        except RecursionError:
            why = "it is nested too deeply"
        del self._notes[kept:]
        return None, why

    def _is_right(self, text: str) -> bool:
        try:
            return _says(self._surroundings.render(text), self._soup)
        except Broken:
            return False

    def _says(self, text: str, block: Tag) -> bool:
        """Whether readers would get the same words; links within the guide lead to other blocks of it."""
        html = self._surroundings.render(_LOCAL.sub("](https://example.invalid/#", text))
        return _says(html, block)

    def _inside(self, block: Tag) -> list[Tag]:
        """The blocks within, if they hold every word of it."""
        words = words_of(block)
        if block.name == "table":
            parts = [
                *block.find_all("caption"),
                *(cell for row in own_rows(block) for cell in own_cells(row)),
            ]
        elif block.name in ("ul", "ol", "dl"):
            parts = [each for each in children(block) if isinstance(each, Tag)]
        else:
            parts = [block] if blocks_in(block) else []
        inner = [each for part in parts for each in self._blocks(part)]
        return (
            inner
            if "".join(word for each in inner for word in words_of(each)) == "".join(words)
            else []
        )


def _says(html: str, tag: Tag) -> bool:
    wanted = BeautifulSoup(str(tag), "html.parser")
    forget_ours(wanted)
    if len(wanted.find_all("img")) != html.count("<img"):
        return False
    return words_of(wanted) == words_of_page(html)


def _only_holds(tag: Tag) -> bool:
    """Whether nothing is lost when the tag is forgotten and its content kept."""
    if callout_of(tag) or is_tabs(tag):
        return False
    if tag.name == "table":
        return is_layout(tag)
    if tag.name in ("tbody", "thead", "tfoot", "tr"):
        return True
    if tag.name in _WRAPPERS:
        return True
    # Only a parser that is kinder than a browser finds blocks in these.
    return (
        tag.name in ("p", "a", "b", "strong", "em", "i")
        and blocks_in(tag)
        and not attr(tag, "href")
    )


def _line_above(tag: Tag) -> int | None:
    before = tag.find_previous(True)
    return before.sourceline if isinstance(before, Tag) else None
