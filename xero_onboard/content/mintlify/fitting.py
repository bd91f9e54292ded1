"""A page made to fit: where our own rules refuse a line, it is kept as text, and what was refused is told."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from xero_onboard.content import manuscript
from xero_onboard.content.front_matter import read_article
from xero_onboard.content.lowering import escape_markdown
from xero_onboard.content.manuscript import Manuscript, Place
from xero_onboard.content.mintlify.dialect import inline_code
from xero_onboard.content.mintlify.sheet import Line
from xero_onboard.content.press import Press
from xero_onboard.content.problems import Broken
from xero_onboard.content.revisions import Draft
from xero_onboard.content.shelf import SourceFile

_MOST_REPAIRS = 40
_NO_TEXT = re.compile(r"\s*(?:[{#=+:>-]|import\s|export\s)")


@dataclass(frozen=True)
class Fitted:
    """A page as a file of ours; `line_of` tells of a line of the file where it came from."""

    source: str
    draft: Draft
    line_of: Callable[[int], int]


@dataclass(frozen=True)
class Sheet:
    """What a page will say and where it will stand."""

    name: str
    head: Manuscript
    place: Place
    aliases: tuple[str, ...]


def fit(sheet: Sheet, lines: list[Line], press: Press, lost: Callable[[int, str], None]) -> Fitted:
    """The page in order; raises Broken where even its bare text cannot be taken."""
    lines, hits = list(lines), Counter[int]()
    for _ in range(_MOST_REPAIRS):
        source, first = _composed(sheet, lines)
        try:
            return _pressed(sheet, source, first, lines, press)
        except Broken as problem:
            index = problem.line - first
            if not 0 <= index < len(lines):
                raise Broken(sheet.name, 1, problem.message) from problem
            hits[index] += 1
            lost(lines[index].number, f"{problem.message}; it is kept as text")
            _settle(lines, index, is_again=hits[index] > 1)
            if hits[index] > 2:
                break
    lost(lines[0].number, "this page does not fit our rules: all of it is kept as text")
    source, first = _composed(sheet, _all_text(lines))
    return _pressed(sheet, source, first, lines, press)


def _composed(sheet: Sheet, lines: list[Line]) -> tuple[str, int]:
    """The file, and the line of it on which the page's own text begins."""
    lead = f"{sheet.head.body}\n\n" if sheet.head.body else ""
    body = lead + "\n".join(line.text for line in lines)
    source = manuscript.compose(replace(sheet.head, body=body), sheet.place, sheet.aliases)
    end = source.index("\n---\n")
    return source, source.count("\n", 0, end) + 4 + lead.count("\n")


def _pressed(sheet: Sheet, source: str, first: int, lines: list[Line], press: Press) -> Fitted:
    place = sheet.place
    file = SourceFile(PurePosixPath(place.path), sheet.name, source)
    matter = read_article(sheet.name, source, locale=place.locale, section=place.section)
    draft = press.draft(file, matter, "")

    def line_of(number: int) -> int:
        return lines[max(0, min(number - first, len(lines) - 1))].number

    return Fitted(source, draft, line_of)


def _settle(lines: list[Line], index: int, *, is_again: bool) -> None:
    """Take its meaning from the line; the second time from all of its paragraph."""
    if lines[index].is_code:
        _move_code(lines, index)
        return
    start, end = index, index + 1
    while is_again and start and lines[start - 1].text.strip():
        start -= 1
    while is_again and end < len(lines) and lines[end].text.strip():
        end += 1
    for each in range(start, end):
        lines[each] = replace(lines[each], text=_plain(lines[each].text))


def _plain(text: str) -> str:
    """The line so that nothing in it is more than text."""
    stripped = text.strip()
    if not stripped or "\\<" in text or "\\[" in text or stripped.startswith("`"):
        return stripped.replace("`", "’") if "`" in stripped[1:-1] else stripped
    return inline_code(stripped) if _NO_TEXT.match(text) else escape_markdown(stripped)


def _move_code(lines: list[Line], index: int) -> None:
    """Code that stands too far to the right, or where no code may stand, stands at the margin."""
    start, end = index, index + 1
    while start and lines[start - 1].is_code:
        start -= 1
    while end < len(lines) and lines[end].is_code:
        end += 1
    margin = len(lines[start].text) - len(lines[start].text.lstrip())
    for each in range(start, end):
        text = lines[each].text
        kept = text[min(margin, len(text) - len(text.lstrip())) :]
        lines[each] = replace(lines[each], text=kept)


def _all_text(lines: list[Line]) -> list[Line]:
    fence = "~" * 30
    return [
        Line(1, f"{fence}text"),
        *(replace(line, text=line.text.replace(fence, ""), is_code=True) for line in lines),
        Line(lines[-1].number, fence),
    ]
