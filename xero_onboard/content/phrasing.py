"""What could be plainer in the sentences of a guide: long ones, a word twice, and words that the house does not use."""

import re
from collections.abc import Iterator, Mapping, Sequence

from xero_onboard.content.components import Component, Line, Node, walk
from xero_onboard.content.spans import without_code

# From here on sentences are “very difficult” to read:
# https://insidegovuk.blog.gov.uk/2014/08/04/sentence-length-why-25-words-is-our-limit/
_TOO_MANY = 29
# What stands in the text in place of code, which is read as a word, and of what is not read at all.
_CODE, _UNREAD = "\N{OBJECT REPLACEMENT CHARACTER}", "\N{ZERO WIDTH SPACE}"

_BEGINS = re.compile(r"\s*(?:>\s*)*(?:(?:[-*+]|\d+[.)]|#{1,6})\s|\|)")
_HEADING = re.compile(r"\s*#{1,6}\s")
_QUOTED = re.compile(r"^ *(?:> *)+", re.MULTILINE)
_NOT_READ = re.compile(
    r"(?<=\])\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|^ *\[[^\]\n]+\]:.*|<[^<>\n]+>|https?://\S+",
    re.MULTILINE,
)
_WORD = re.compile(rf"\w+(?:[’'-]\w+)*|{_CODE}+")
_END = re.compile(r"[.!?…][\"”’»)\]*_]*\s+|\|")
_TWICE = re.compile(r"(?<![\w’'-])([^\W\d_]+)\s+\1(?![\w’'-])", re.IGNORECASE)
# Nothing is wrong with these: “all that that page says”, “vous vous connectez”.
_MAY_BE_TWICE = {"en": ("that", "had"), "fr": ("nous", "vous")}
_NONE: Mapping[str, str] = {}


class Phrasing:
    """Looks at texts in one language."""

    def __init__(self, locale: str, avoided: Mapping[str, str] = _NONE) -> None:
        self._may_be_twice = _MAY_BE_TWICE.get(locale.partition("-")[0], ())
        self._instead = {_plain(word): instead.strip() for word, instead in avoided.items()}
        self._avoided = _any_of(self._instead) if avoided else None

    def through(self, nodes: Sequence[Node]) -> Iterator[tuple[int, str]]:
        """What is to be said of a whole text, each with its line."""
        for number, text in _passages(nodes):
            for line, message in self.at(text):
                yield number + line, message

    def at(self, text: str) -> Iterator[tuple[int, str]]:
        """What is to be said of one passage, each with its line in it, counted from 0."""
        readable = _readable(text)
        found = [*self._long(readable), *self._twice(readable), *self._unwanted(readable)]
        for position, message in sorted(found):
            yield readable.count("\n", 0, position), message

    def _long(self, text: str) -> Iterator[tuple[int, str]]:
        start = 0
        for end in (*(found.end() for found in _END.finditer(text)), len(text)):
            words = list(_WORD.finditer(text, start, end))
            if len(words) >= _TOO_MANY:
                yield words[0].start(), f"this sentence has {len(words)} words: make two of it"
            start = end

    def _twice(self, text: str) -> Iterator[tuple[int, str]]:
        for found in _TWICE.finditer(text):
            if found[1].lower() not in self._may_be_twice:
                yield found.start(), f"“{found[1]}” stands here twice"

    def _unwanted(self, text: str) -> Iterator[tuple[int, str]]:
        for found in self._avoided.finditer(text) if self._avoided else ():
            instead = self._instead[_plain(found[0])]
            advice = f"write “{instead}”" if instead else "leave it out"
            yield found.start(), f"“{' '.join(found[0].split())}”: {advice}"


def _passages(nodes: Sequence[Node]) -> Iterator[tuple[int, str]]:
    """Paragraphs, headings, entries of lists, rows of tables and what components are called, each with its line."""
    lines: list[Line] = []
    for node in walk(nodes):
        is_text = isinstance(node, Line) and bool(node.text.strip())
        if lines and not (is_text and _goes_on(lines[-1], node)):
            yield lines[0].number, "\n".join(each.text for each in lines)
            lines = []
        if isinstance(node, Line) and is_text:
            lines.append(node)
        if isinstance(node, Component):
            yield from (
                (node.number, node.attrs[key]) for key in ("title", "caption") if key in node.attrs
            )
    if lines:
        yield lines[0].number, "\n".join(each.text for each in lines)


def _goes_on(before: Line, node: Node) -> bool:
    if not isinstance(node, Line) or node.number != before.number + 1:
        return False
    return not _HEADING.match(before.text) and not _BEGINS.match(node.text)


def _readable(text: str) -> str:
    """The text without what is not read as words, every other character where it was."""
    bare = without_code(text)
    marked = "".join(_CODE if kept != was else kept for kept, was in zip(bare, text, strict=True))
    quoted = _QUOTED.sub(lambda found: " " * len(found[0]), marked)
    return _NOT_READ.sub(lambda found: _UNREAD * len(found[0]), quoted)


def _plain(word: str) -> str:
    return " ".join(word.replace("’", "'").lower().split())


def _any_of(words: Mapping[str, str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    spelt = (re.escape(word).replace(r"\ ", r"\s+").replace("'", "['’]") for word in longest_first)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(spelt)})(?![\w-])", re.IGNORECASE)
