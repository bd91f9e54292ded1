"""MDX as a tree: Markdown, with elements, expressions and statements of JavaScript in it. Nothing of it is run.

What cannot be read as one of them is text, as its author sees it; https://mdxjs.com/docs/what-is-mdx/.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xero_onboard.content.problems import Broken

DEEPEST = 60
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
_LONGEST = 20_000
# Characters looked at in vain, in search of the end of a tag or an expression: about a second.
_WORK = 1_500_000

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})([^`\n]*)$")
_STATEMENT = re.compile(r"(?:import|export)\s")
_NEXT = re.compile(r"\\.|`+|<!--|</?(?=[A-Za-z>])|\{(?!#)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z][\w.-]*|(?=>)")
_ATTRIBUTE = re.compile(r"\s+([A-Za-z_][\w:.-]*)(\s*=\s*)?|\s*(\{)")
_END = re.compile(r"\s*(/?)>")
_QUOTED = re.compile(rf"\"[^\"]{{0,{_LONGEST}}}\"|'[^']{{0,{_LONGEST}}}'")
_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`", re.DOTALL)
_CODE = re.compile(r"\\.|/\*|\*/|[\"'`{}]", re.DOTALL)
_ENDS = {'"': '"', "'": "'", "`": "`", "/*": "*/"}


@dataclass(frozen=True)
class Text:
    """Markdown, or with `is_code` fenced code, word for word."""

    number: int
    text: str
    is_code: bool = False


@dataclass(frozen=True)
class Expression:
    """What stands between braces."""

    number: int
    text: str


@dataclass(frozen=True)
class Statement:
    """An import or an export."""

    number: int
    text: str


@dataclass(frozen=True)
class Element:
    """A component or an element of HTML; the value of an attribute is None where it cannot be known."""

    name: str
    attrs: Mapping[str, str | None]
    number: int
    raw: str
    children: list["Node"] = field(default_factory=list)


Node = Text | Expression | Statement | Element


@dataclass(frozen=True)
class _Closing:
    name: str
    number: int
    raw: str


def parse(file: str, text: str, first_line: int) -> tuple[list[Node], list[Broken]]:
    """The tree, and what in it begins and never ends or the other way round; raises Broken for a tangle."""
    root = Element("", {}, first_line, "")
    stack, problems = [root], []
    for token in _Scanner(file).tokens(text, first_line):
        if isinstance(token, _Closing):
            problem = _close(file, stack, token)
            if problem:
                problems.append(problem)
            continue
        stack[-1].children.append(token)
        if isinstance(token, Element) and not token.raw.endswith("/>") and token.name not in _VOID:
            stack.append(token)
            if len(stack) > DEEPEST:
                raise Broken(file, token.number, f"this is nested more than {DEEPEST} deep")
    problems += [_unclosed(file, left) for left in stack[1:]]
    return root.children, problems


def _close(file: str, stack: list[Element], closing: _Closing) -> Broken | None:
    """Close the element; with it those inside that were forgotten."""
    names = [each.name for each in stack]
    if closing.name not in names[1:]:
        return Broken(file, closing.number, f"</{closing.name}> closes nothing")
    first = len(names) - 1 - names[::-1].index(closing.name)
    forgotten = stack[first + 1 :]
    del stack[first:]
    return _unclosed(file, forgotten[-1]) if forgotten else None


def _unclosed(file: str, element: Element) -> Broken:
    return Broken(file, element.number, f"<{element.name}> is never closed")


class _Scanner:
    """Cuts a text into its pieces, once from the beginning to the end."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._work = 0

    def tokens(self, text: str, first_line: int) -> Iterator[Node | _Closing]:
        """Fenced code and statements go by lines; what lies between them is looked at as a whole."""
        lines, begun = text.split("\n"), 0
        waiting: list[str] = []
        index, is_after_blank = 0, True
        while index < len(lines):
            count, node = self._whole_lines(lines, index, first_line, is_after_blank=is_after_blank)
            if node:
                yield from self._prose("\n".join([*waiting, ""]), first_line + begun)
                yield node
                waiting = []
                yield Text(first_line + index + count - 1, "\n")
            elif not waiting:
                begun = index
            if node is None:
                waiting.append(lines[index])
            is_after_blank = isinstance(node, Statement) or not lines[index].strip()
            index += count
        yield from self._prose("\n".join(waiting), first_line + begun)

    def _whole_lines(
        self, lines: list[str], index: int, first_line: int, *, is_after_blank: bool
    ) -> tuple[int, Node | None]:
        fence = _FENCE.match(lines[index])
        if fence:
            count = _fenced(lines, index, fence[1])
            return count, Text(first_line + index, "\n".join(lines[index : index + count]), True)
        if is_after_blank and _STATEMENT.match(lines[index]):
            count = _stated(lines, index)
            code = "\n".join(lines[index : index + count])
            return count, Statement(first_line + index, code)
        return 1, None

    def _prose(self, text: str, line: int) -> Iterator[Node | _Closing]:
        done = position = seen = 0
        while found := _NEXT.search(text, position):
            number = line + text.count("\n", seen, found.start())
            node, position = self._piece(text, found, number)
            if node:
                yield from _text_before(text, done, found.start(), number)
                yield node
                done = position
            line, seen = number, found.start()
            self._spend(20)
        yield from _text_before(text, done, len(text), line + text.count("\n", seen))

    def _piece(
        self, text: str, found: re.Match[str], number: int
    ) -> tuple[Node | _Closing | None, int]:
        """What begins at this mark, if anything does, and where to go on."""
        mark, start = found[0], found.start()
        if mark.startswith("`"):
            return None, self._after_code(text, found)
        if mark == "<!--":
            end = text.find("-->", start)
            self._spend(0 if end >= 0 else len(text) - start)
            return None, end + 3 if end >= 0 else found.end()
        if mark == "{":
            end = self._closing_brace(text, start)
            if end < 0:
                return None, found.end()
            return Expression(number, text[start + 1 : end]), end + 1
        if mark.startswith("<"):
            tag = self._tag(text, found, number)
            return (tag, start + len(tag.raw)) if tag else (None, found.end())
        return None, found.end()

    def _after_code(self, text: str, found: re.Match[str]) -> int:
        """Behind inline code; a run of backticks that is never closed is text."""
        limit = min(found.end() + _LONGEST, len(text))
        paragraph = text.find("\n\n", found.end(), limit)
        end = paragraph if paragraph >= 0 else limit
        same = re.compile(rf"(?<!`){found[0]}(?!`)").search(text, found.end(), end)
        self._spend(0 if same else end - found.end())
        return same.end() if same else found.end()

    def _tag(self, text: str, found: re.Match[str], number: int) -> Element | _Closing | None:
        name = _NAME.match(text, found.end())
        if name is None:
            return None
        attrs: dict[str, str | None] = {}
        position, limit = name.end(), found.start() + _LONGEST
        while (ending := _END.match(text, position)) is None:
            attribute = _ATTRIBUTE.match(text, position)
            position = self._attribute(text, attribute, attrs) if attribute else -1
            if not 0 < position < limit:
                self._spend(2_000)
                return None
        raw = text[found.start() : ending.end()]
        if found[0] == "</":
            return _Closing(name[0], number, raw)
        return Element(name[0], attrs, number, raw)

    def _attribute(self, text: str, found: re.Match[str], attrs: dict[str, str | None]) -> int:
        """Read one attribute; answers where it ends, or -1."""
        if found[3]:
            attrs["…"] = None
            return self._closing_brace(text, found.end() - 1) + 1 or -1
        name = found[1]
        if not found[2]:
            attrs[name] = ""
            return found.end()
        quoted = _QUOTED.match(text, found.end())
        if quoted:
            attrs[name] = quoted[0][1:-1]
            return quoted.end()
        end = self._closing_brace(text, found.end()) if text.startswith("{", found.end()) else -1
        attrs[name] = constant(text[found.end() + 1 : end]) if end > 0 else None
        return end + 1 if end > 0 else -1

    def _closing_brace(self, text: str, start: int) -> int:
        """Where the expression ends that begins here; braces in its strings and comments do not count. Or -1."""
        depth, end = 0, ""
        for found in _CODE.finditer(text, start, start + _LONGEST):
            mark = found[0]
            if end:
                end = "" if mark == end else end
            elif mark in _ENDS:
                end = _ENDS[mark]
            else:
                depth += {"{": 1, "}": -1}.get(mark, 0)
            if depth == 0 and not end:
                return found.start()
        self._spend(min(len(text) - start, _LONGEST))
        return -1

    def _spend(self, work: int) -> None:
        self._work += work
        if self._work > _WORK:
            raise Broken(self._file, 1, "this page is too tangled to be read")


def _text_before(text: str, start: int, end: int, number: int) -> Iterator[Text]:
    """The text between two marks, of which the later one stands on the line `number`."""
    if start < end:
        yield Text(number - text.count("\n", start, end), text[start:end])


def constant(code: str) -> str | None:
    """The text of an expression that is one string, number or truth; None for all that would have to be run."""
    code = code.strip()
    if code in ("true", "false") or re.fullmatch(r"-?\d+(?:\.\d+)?", code):
        return code
    found = _STRING.fullmatch(code)
    if found is None or (code.startswith("`") and "${" in code):
        return None
    return re.sub(r"\\(.)", r"\1", code[1:-1])


def _fenced(lines: list[str], index: int, mark: str) -> int:
    """How many lines the code takes that begins here; to the end where it is never closed."""
    closing = re.compile(rf"[ \t]*{mark[0]}{{{len(mark)},}}[ \t]*$")
    for count, line in enumerate(lines[index + 1 :], 2):
        if closing.match(line):
            return count
    return len(lines) - index


def _stated(lines: list[str], index: int) -> int:
    """How many lines a statement takes: until its brackets are closed, or to the next empty line."""
    depth = 0
    for count, line in enumerate(lines[index : index + 500], 1):
        depth += sum(line.count(each) for each in "([{") - sum(line.count(each) for each in ")]}")
        if depth <= 0 and not line.rstrip().endswith(("=>", "=", ",")):
            return count
    return 1
