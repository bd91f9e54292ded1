"""What is wrong with a text and what could be better, each with its line and what to do about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from xero_onboard.content import drafts, editing, house_words, manuscript
from xero_onboard.content.advice import advise
from xero_onboard.content.links import hidden_links, stored_anchors, stored_barrier, stray_links
from xero_onboard.content.manuscript import Manuscript, Place
from xero_onboard.content.problems import Broken
from xero_onboard.lib.web import settings

_KEY = re.compile(r"([a-z_]+):")


@dataclass(frozen=True)
class Finding:
    """One thing to look at: in which field of the guide, on which of its lines; a mistake keeps it from readers."""

    field: str
    line: int
    message: str
    is_mistake: bool = False


def check(article_id: int, text: Manuscript) -> tuple[Finding, ...]:
    """Everything to be said of the text; raises NoSuchArticle."""
    place = drafts.opened(article_id).place
    source = manuscript.compose(text, place)
    try:
        draft = editing.press(place, text)
        editing.refuse_taken(place, draft)
    except Broken as problem:
        return (of_mistake(place, text, problem),)
    first = _first_line(source)
    words = house_words.read_if_sound(settings().content)
    advice = [*advise(draft, words), *hidden_links(draft, stored_barrier)]
    found = [(each.field, each.line, each.message) for each in advice]
    found += [("body", *each) for each in stray_links(draft, stored_anchors)]
    strays = (Finding("more", 1, f"saving leaves out the {each}") for each in text.strays)
    return *strays, *(
        Finding(field, max(line - first + 1, 1), message)
        for field, line, message in sorted(found, key=lambda each: each[1])
    )


def of_mistake(place: Place, text: Manuscript, problem: Broken) -> Finding:
    """The mistake where its author sees it: in a line of the text, or in one of the fields above it."""
    source = manuscript.compose(text, place)
    first = _first_line(source)
    if problem.line >= first:
        return Finding("body", problem.line - first + 1, problem.message, is_mistake=True)
    field = _field(source.split("\n"), problem)
    # The field stands before it already.
    message = problem.message.removeprefix(field).lstrip(": ")
    return Finding(field, 1, message, is_mistake=True)


def _first_line(source: str) -> int:
    """The line of the file on which the text begins that authors see: after the second “---” and an empty line."""
    return source.count("\n", 0, source.index("\n---\n")) + 4


def _field(lines: Sequence[str], problem: Broken) -> str:
    """The field that a line of the file's top belongs to."""
    missing = _KEY.match(problem.message.replace(" is missing", ":"))
    if problem.line == 1 and missing:
        return missing[1]
    above = (found[1] for line in reversed(lines[: problem.line]) if (found := _KEY.match(line)))
    return next(above, "title")
