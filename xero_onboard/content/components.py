"""A guide's text as a tree: components, and the Markdown between them.

Only tags on a line of their own are components; inside fenced code everything is text. The lines of a
component's content lose the indentation they share, so that indenting children never turns them into code.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xero_onboard.content.grammar import ALERTS, COMPONENTS
from xero_onboard.content.problems import Broken
from xero_onboard.content.spans import without_code
from xero_onboard.content.tags import BadTag, Tag, begins_tag, closing_name, is_complete, read_tag

DEEPEST = 8
LONGEST_LINE = 10_000
# Written or empty; more are not even looked at.
MOST_LINES = 25_000
TOO_LONG = "this guide is too long: go on in another one from here"
_LONGEST_TAG = 20
FENCE = re.compile(r" *(`{3,}|~{3,})([^`]*)$")
_QUOTED_FENCE = re.compile(r"\s*>[\s>]*(`{3,}|~{3,})")
_ALERT = re.compile(r"\s*>\s*\[!([A-Za-z]+)\]\s*$")
_QUOTE = re.compile(r"\s*> ?")


@dataclass(frozen=True)
class Line:
    """One line of Markdown and where it stands in the file."""

    number: int
    text: str

    @property
    def indent(self) -> int | None:
        return _indent(self.text) if self.text.strip() else None


@dataclass(frozen=True)
class Code:
    """Fenced code, word for word."""

    number: int
    indent: int
    language: str
    text: str


@dataclass(frozen=True)
class Component:
    """One component with its content."""

    name: str
    attrs: Mapping[str, str]
    number: int
    indent: int
    children: tuple["Node", ...] = ()


Node = Line | Code | Component


@dataclass
class _Open:
    """A component whose closing tag has not been seen yet; the outermost one is the document."""

    name: str
    number: int
    attrs: Mapping[str, str] = field(default_factory=dict)
    indent: int = 0
    children: list[Node] = field(default_factory=list)


def parse(file: str, lines: Sequence[str], first_line: int = 1) -> tuple[Node, ...]:
    """The tree of a guide's text; raises Broken."""
    if len(lines) > MOST_LINES:
        raise Broken(file, first_line + MOST_LINES, TOO_LONG)
    numbered = [Line(first_line + index, text.expandtabs(4)) for index, text in enumerate(lines)]
    for line in numbered:
        if len(line.text) > LONGEST_LINE:
            raise Broken(file, line.number, f"this line is longer than {LONGEST_LINE} characters")
    return _Parser(file).document(_without_comments(file, _fold_code(file, numbered)))


class _Parser:
    def __init__(self, file: str, depth: int = 0) -> None:
        self.file = file
        self.depth = depth
        self.stack: list[_Open] = [_Open("", 0)]

    def _broken(self, number: int, message: str) -> Broken:
        return Broken(self.file, number, message)

    def document(self, lines: list[Line | Code]) -> tuple[Node, ...]:
        index = 0
        while index < len(lines):
            index += self._take(lines, index)
        if len(self.stack) > 1:
            left = self.stack[-1]
            raise self._broken(left.number, f"<{left.name}> is never closed")
        return tuple(self.stack[0].children)

    def _take(self, lines: list[Line | Code], index: int) -> int:
        """Deal with what begins at this line; answers how many lines it was."""
        line = lines[index]
        if isinstance(line, Code):
            return self._text(line)
        if found := _ALERT.match(line.text):
            return self._alert(found[1], lines, index)
        if not begins_tag(line.text):
            return self._text(line)
        name = closing_name(line.text)
        if name is not None:
            return self._close(name, line)
        text, count = self._whole_tag(lines, index)
        self._open(text, line)
        return count

    def _text(self, line: Line | Code) -> int:
        parent = self.stack[-1].name
        only = COMPONENTS[parent].only if parent else None
        if only and line.text.strip():
            raise self._broken(line.number, f"only <{only}> may stand directly inside <{parent}>")
        self.stack[-1].children.append(line)
        return 1

    def _whole_tag(self, lines: list[Line | Code], index: int) -> tuple[str, int]:
        """The text of a tag whose attributes may go on over several lines, and how many those are."""
        text, number = "", lines[index].number
        for count, line in enumerate(lines[index : index + _LONGEST_TAG], 1):
            if isinstance(line, Code) or not line.text.strip():
                break
            text = f"{text} {line.text}"
            if is_complete(text):
                return text, count
        raise self._broken(number, "this tag does not end with “>”")

    def _open(self, text: str, line: Line) -> None:
        try:
            tag = read_tag(text)
        except BadTag as error:
            raise self._broken(line.number, str(error)) from error
        self._begin(tag, line)

    def _begin(self, tag: Tag, line: Line) -> None:
        self._check_place(tag.name, line.number)
        is_empty = COMPONENTS[tag.name].is_empty
        ending = re.fullmatch(rf"(.*)</{tag.name}\s*>", tag.rest)
        if tag.rest and (tag.is_closed or ending is None):
            raise self._broken(line.number, f"<{tag.name}> must stand alone on its line")
        if tag.is_closed and not is_empty:
            raise self._broken(line.number, f"<{tag.name}> needs content and a </{tag.name}>")
        if is_empty and not tag.is_closed:
            raise self._broken(line.number, f"<{tag.name}> has no content: write <{tag.name} … />")
        if is_empty:
            self.stack[-1].children.append(
                Component(tag.name, tag.attrs, line.number, line.indent or 0)
            )
            return
        self.stack.append(_Open(tag.name, line.number, tag.attrs, line.indent or 0))
        if ending is not None and tag.rest:
            self._text(Line(line.number, ending[1].strip()))
            self._close(tag.name, line)

    def _check_place(self, name: str, number: int) -> None:
        parent = self.stack[-1].name
        inside, only = COMPONENTS[name].inside, COMPONENTS[parent].only if parent else None
        if inside and parent != inside:
            raise self._broken(number, f"<{name}> may stand only directly inside <{inside}>")
        if only and name != only:
            raise self._broken(number, f"only <{only}> may stand directly inside <{parent}>")
        if self.depth + len(self.stack) > DEEPEST:
            raise self._broken(number, f"components are nested more than {DEEPEST} deep")

    def _close(self, name: str, line: Line) -> int:
        opened = self.stack[-1]
        if not opened.name:
            raise self._broken(line.number, f"</{name}> closes nothing: no <{name}> is open here")
        if name != opened.name:
            raise self._broken(
                line.number,
                f"</{name}> found, but <{opened.name}> of line {opened.number} is open",
            )
        self.stack.pop()
        self.stack[-1].children.append(
            Component(name, opened.attrs, opened.number, opened.indent, _dedent(opened.children))
        )
        return 1

    def _alert(self, kind: str, lines: list[Line | Code], index: int) -> int:
        number, indent = lines[index].number, lines[index].indent or 0
        name = ALERTS.get(kind.upper())
        if name is None:
            raise self._broken(number, f"unknown alert “{kind}”; known are {', '.join(ALERTS)}")
        self._check_place(name, number)
        quoted: list[Line] = []
        for position in range(index + 1, len(lines)):
            line = lines[position]
            prefix = None if isinstance(line, Code) else _QUOTE.match(line.text)
            if prefix is None:
                break
            quoted.append(Line(line.number, prefix.string[prefix.end() :]))
        inner = _Parser(self.file, self.depth + len(self.stack))
        children = inner.document(_fold_code(self.file, quoted))
        self.stack[-1].children.append(Component(name, {}, number, indent, children))
        return 1 + len(quoted)


def _dedent(children: list[Node]) -> tuple[Node, ...]:
    margin = min((child.indent for child in children if child.indent is not None), default=0)
    return tuple(_moved(child, margin) for child in children)


def _moved(node: Node, margin: int) -> Node:
    if isinstance(node, Line):
        return replace(node, text=node.text[margin:])
    return replace(node, indent=node.indent - margin)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _fold_code(file: str, lines: list[Line]) -> list[Line | Code]:
    """Make one node of each piece of fenced code; in an alert, quoted fences have been unquoted already."""
    folded: list[Line | Code] = []
    begun: tuple[Line, re.Match[str]] | None = None
    code: list[str] = []
    for line in lines:
        found = FENCE.match(line.text)
        if begun is None:
            if found is None:
                folded.append(line)
            else:
                begun, code = (line, found), []
        elif found and found[1].startswith(begun[1][1]) and not found[2].strip():
            folded.append(_code(*begun, code))
            begun = None
        else:
            code.append(line.text)
    if begun is not None:
        raise Broken(
            file, begun[0].number, f"the code that begins here is never closed with {begun[1][1]}"
        )
    return folded


def _code(line: Line, fence: re.Match[str], lines: list[str]) -> Code:
    margin = _indent(line.text)
    language = re.match(r"\s*([\w+#.-]*)", fence[2])
    return Code(
        number=line.number,
        indent=margin,
        language=language[1] if language else "",
        text="\n".join(text[min(margin, _indent(text)) :] for text in lines),
    )


def _without_comments(file: str, lines: list[Line | Code]) -> list[Line | Code]:
    """HTML comments are notes among authors and never leave the file."""
    opened = 0
    kept: list[Line | Code] = []
    for line in lines:
        if isinstance(line, Line) and (opened or "<!--" in line.text):
            text, opened = _without_comment(line.text, line.number, opened)
            kept.append(replace(line, text=text))
        elif not opened:
            kept.append(line)
    if opened:
        raise Broken(file, opened, "the comment that begins here is never closed with “-->”")
    return kept


def _without_comment(text: str, number: int, opened: int) -> tuple[str, int]:
    plain, kept, position = without_code(text), "", 0
    while True:
        mark = plain.find("-->" if opened else "<!--", position)
        if not opened:
            kept += text[position : mark if mark >= 0 else None]
        if mark < 0:
            return kept, opened
        position = mark + (3 if opened else 4)
        opened = 0 if opened else number


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    """Every node, parents before children."""
    for node in nodes:
        yield node
        if isinstance(node, Component):
            yield from walk(node.children)
