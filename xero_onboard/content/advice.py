"""What could be better in a guide that is in order: it may be published, and should be looked at."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xero_onboard.content import codes
from xero_onboard.content.components import Component, Line, Node, parse, walk
from xero_onboard.content.grammar import did_you_mean
from xero_onboard.content.house_words import HouseWords
from xero_onboard.content.phrasing import Phrasing
from xero_onboard.content.revisions import Draft
from xero_onboard.content.spans import without_code
from xero_onboard.lib.clock import now

_HEADING = re.compile(r"(#{2,6})\s+(.*)")
_PICTURE = re.compile(r"!\[([^\]\n]*)\]\(")
_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(\s*<?([^)\s>]+)")
_NAME_OF_FILE = re.compile(r"[\w-]+\.(?:png|jpe?g|gif|webp)", re.IGNORECASE)
_SAYS_PICTURE = re.compile(r"(?:an? )?(?:image|picture|photo|screenshot) of\b", re.IGNORECASE)
_SAYS_NOTHING = frozenset({"here", "click here", "this", "this link", "this page", "link", "more"})
_LONGEST_ALT = 250


@dataclass(frozen=True)
class Advice:
    """Something to look at; the line is that of the file."""

    field: str
    line: int
    message: str


def advise(draft: Draft, words: HouseWords) -> Iterator[Advice]:
    """Everything worth a second look, with the words that this house does not use."""
    nodes = parse(draft.name, draft.source.split("\n"), draft.matter.first_line)
    lines = [node for node in walk(nodes) if isinstance(node, Line)]
    yield from _of_review(draft)
    yield from _of_end(draft)
    yield from _of_change(draft)
    yield from _of_groups(draft)
    yield from _of_codes(draft)
    yield from _of_headings(lines)
    yield from _of_frames(nodes)
    yield from _of_phrasing(draft, nodes, words)
    for line in lines:
        text = without_code(line.text)
        for look in (_of_pictures, _of_links):
            for message in look(text):
                yield Advice("body", line.number, message)


def _of_review(draft: Draft) -> Iterator[Advice]:
    matter, today = draft.matter, now().date()
    line = matter.lines["last_reviewed_on"]
    if matter.last_reviewed_on > today:
        yield Advice("last_reviewed_on", line, "the day of the last review has not come yet")
    if matter.review_due_on < today:
        message = (
            f"the review was due on {matter.review_due_on}: follow every step, then set today’s day"
        )
        yield Advice("last_reviewed_on", line, message)


def _of_end(draft: Draft) -> Iterator[Advice]:
    end = draft.matter.unpublish_at
    if end and end <= now():
        message = (
            "this time has passed, and readers do not see the guide: choose a later one, or none"
        )
        yield Advice("unpublish_at", draft.matter.lines["unpublish_at"], message)


def _of_change(draft: Draft) -> Iterator[Advice]:
    lines, updated = draft.matter.lines, draft.matter.updated
    if updated and updated > now().date():
        message = "the day of the last change has not come yet: readers are told of today"
        yield Advice("updated", lines.get("updated") or lines["last_update"], message)


def _of_groups(draft: Draft) -> Iterator[Advice]:
    """Other systems know groups of readers."""
    if draft.matter.lines.get("groups") and draft.matter.terms.visibility == "internal":
        message = (
            "readers have no groups here: only staff read the guide, as with “visibility: internal”"
        )
        yield Advice("visibility", draft.matter.lines["groups"], message)


def _of_codes(draft: Draft) -> Iterator[Advice]:
    for code in draft.errors:
        if code not in codes.known():
            hint = did_you_mean(code, list(codes.known())).partition("; known are")[0]
            message = f"nothing on this site ends with the code “{code}”{hint}"
            yield Advice("errors", draft.matter.line_of("errors", code), message)


def _of_headings(lines: Sequence[Line]) -> Iterator[Advice]:
    """A reader who jumps from heading to heading takes a missing level for something they overlooked."""
    level = 1
    for line in lines:
        found = _HEADING.match(line.text)
        if found is None:
            continue
        if len(found[1]) > level + 1:
            message = f"this heading has {len(found[1])} hashes, and the one above it {max(level, 1)}: leave out no level"
            yield Advice("body", line.number, message)
        level = len(found[1])


def _of_frames(nodes: Sequence[Node]) -> Iterator[Advice]:
    for node in walk(nodes):
        if isinstance(node, Component) and node.name == "Frame" and "caption" not in node.attrs:
            message = 'the picture has no caption: write <Frame caption="What it shows.">'
            yield Advice("body", node.number, message)


def _of_phrasing(draft: Draft, nodes: Sequence[Node], words: HouseWords) -> Iterator[Advice]:
    look = Phrasing(draft.locale, words.get(draft.locale, {}))
    for key in ("title", "description"):
        for _, message in look.at(getattr(draft.matter, key)):
            yield Advice(key, draft.matter.lines[key], message)
    for line, message in look.through(nodes):
        yield Advice("body", line, message)


def _of_pictures(text: str) -> Iterator[str]:
    for found in _PICTURE.finditer(text):
        alt = found[1].strip()
        if _NAME_OF_FILE.fullmatch(alt):
            yield f"“{alt}” is the name of a file: say what the picture shows"
        elif _SAYS_PICTURE.match(alt):
            yield "leave out that it is a picture, which readers’ aids say by themselves"
        elif len(alt) > _LONGEST_ALT:
            yield f"the picture’s text has {len(alt)} characters: say it in {_LONGEST_ALT}, the rest below it"


def _of_links(text: str) -> Iterator[str]:
    for found in _LINK.finditer(text):
        words, target = found[1].strip(), found[2]
        if words.lower().strip(".") in _SAYS_NOTHING:
            yield f"the link “{words}” does not say where it leads: name what is found there"
        if target.startswith("http://"):
            yield f"the link “{target}” is not protected: write https:// if that page has it"
