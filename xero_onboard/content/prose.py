"""What the Markdown between components must not contain.

Python-Markdown needs quadratic time for some texts and has no limit of its own, so a text that would take it long is
refused before it is tried.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from xero_onboard.content.components import TOO_LONG, Component, Line, Node, walk
from xero_onboard.content.grammar import COMPONENTS
from xero_onboard.content.problems import Broken
from xero_onboard.content.spans import without_code

_EMPTY = frozenset({"br", "wbr"})
INLINE_HTML = frozenset({"br", "del", "ins", "kbd", "mark", "small", "sub", "sup", "wbr"})

# Characters looked at while brackets, backticks and underlined headings are matched: about a second.
WORK = 10_000_000
LONGEST_PARAGRAPH = 50_000
DEEPEST_INDENT = 60
# Of each more than any guide has, and together about a second.
MOST_LINES = 5_000
MOST_PIECES = 500
MOST_MARKS = 15_000

_TAG = re.compile(r"(?<!\\)<(?:(/?)([A-Za-z][A-Za-z0-9-]*)(?=[\s/>])([^<>]*>)?|[!?])")
_IMPORT = re.compile(
    r"(?:import\s++(?:[\w*{},\s]{1,200}\sfrom\s+)?[\"']|export\s+(?:const|default|function|let)\b)"
)
_EXPRESSION = re.compile(r"\s*\{(?![:#.{]).*\}\s*$")
_QUOTED_FENCE = re.compile(r"\s*>[\s>]*(?:`{3,}|~{3,})")
_NEVER = (
    (_IMPORT, "“import” and “export” do not work here: every component is there already"),
    (_EXPRESSION, "expressions in braces do not work here"),
    (_QUOTED_FENCE, "fenced code cannot stand in a quotation"),
    (re.compile(r"\s*(?:>[ ]?){11}"), "quotations are nested more than 10 deep"),
)
_UNDERLINE = re.compile(r"(?:=+|-+)[ ]*$")
_COSTLY = re.compile(r"\[|`+|^(?:=+|-+)[ ]*$", re.MULTILINE)


def check_prose(file: str, nodes: Sequence[Node]) -> None:
    """Look at every paragraph and every title; raises Broken."""
    work = 0
    _check_amount(file, nodes)
    for paragraph in _paragraphs(nodes):
        _check_lines(file, paragraph)
        text = "\n".join(line.text for line in paragraph)
        _check_tags(file, paragraph, text)
        work += _cost(text)
        if work > WORK or (len(text) > LONGEST_PARAGRAPH and not text.startswith("|")):
            number = paragraph[0].number
            raise Broken(file, number, "this text is too tangled: break it into shorter paragraphs")
    for node in walk(nodes):
        if isinstance(node, Component) and node.name == "Step":
            title = node.attrs["title"]
            _check_tags(file, [Line(node.number, title)], title)


def _check_amount(file: str, nodes: Sequence[Node]) -> None:
    """What is harmless once takes long when there is a lot of it."""
    lines = blanks = pieces = marks = 0
    for node in walk(nodes):
        if not isinstance(node, Line):
            pieces += 1
        elif node.text.strip():
            lines += 1
            marks += sum(node.text.count(mark) for mark in "|*_&\\{<")
        else:
            blanks += 1
        if max(lines, blanks // 4) > MOST_LINES or pieces > MOST_PIECES or marks > MOST_MARKS:
            raise Broken(file, node.number, TOO_LONG)


def _paragraphs(nodes: Sequence[Node]) -> Iterator[list[Line]]:
    paragraph: list[Line] = []
    for node in nodes:
        is_text = isinstance(node, Line) and node.text.strip()
        if paragraph and not is_text:
            yield paragraph
            paragraph = []
        if isinstance(node, Line) and is_text:
            paragraph.append(node)
        elif isinstance(node, Component):
            yield from _paragraphs(node.children)
    if paragraph:
        yield paragraph


def _check_lines(file: str, paragraph: list[Line]) -> None:
    for index, line in enumerate(paragraph):
        complaint = _complaint(line.text, is_first=index == 0)
        if complaint:
            raise Broken(file, line.number, complaint)


def _complaint(text: str, *, is_first: bool) -> str | None:
    for pattern, complaint in _NEVER:
        if pattern.match(text):
            return complaint
    if len(text) - len(text.lstrip()) > DEEPEST_INDENT:
        return "this is indented too deeply"
    is_title = text.startswith("#") and not text.startswith("##")
    if is_title or (text.startswith("=") and not is_first and _UNDERLINE.match(text)):
        return "the title is the only heading of the first level: begin headings with “##”"
    return None


def _check_tags(file: str, paragraph: list[Line], text: str) -> None:
    plain = without_code(text)
    opened: Counter[str] = Counter()
    for found in _TAG.finditer(plain):
        complaint = _complaint_of_tag(found, opened)
        if complaint:
            line = paragraph[plain.count("\n", 0, found.start())]
            raise Broken(file, line.number, complaint)
    for name, count in opened.items():
        if count:
            raise Broken(file, paragraph[0].number, f"<{name}> is not closed in this paragraph")


def _complaint_of_tag(found: re.Match[str], opened: Counter[str]) -> str | None:
    name = found[2] or ""
    if name in INLINE_HTML and (found[3] or "").strip(" /") == ">":
        opened[name] += 0 if name in _EMPTY else -1 if found[1] else 1
        return f"</{name}> closes nothing" if opened[name] < 0 else None
    if name in COMPONENTS:
        return f"<{found[1]}{name}> must stand alone on its line"
    shown = found[0].rstrip(">").split()[0]
    return f"{shown}> is HTML, which does not work here; to show it, write it as `code`"


def _cost(text: str) -> int:
    if text.startswith("|"):  # each cell of a table is read for itself
        return sum(len(_COSTLY.findall(line)) * len(line) for line in text.split("\n"))
    return len(_COSTLY.findall(text)) * len(text)
