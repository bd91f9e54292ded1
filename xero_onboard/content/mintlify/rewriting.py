"""A page's tree in our dialect, line by line: what has no counterpart here is told, and what it says stays."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from xero_onboard.content.grammar import COMPONENTS, Grammar, OneOf
from xero_onboard.content.mintlify import dialect, videos
from xero_onboard.content.mintlify.mdx import Element, Expression, Node, Statement, Text, constant
from xero_onboard.content.mintlify.sheet import Line, Sheet, indented, trimmed
from xero_onboard.content.mintlify.talking import Talk
from xero_onboard.content.mintlify.videos import written_as
from xero_onboard.content.videos import BadVideo

_COMMENT = re.compile(r"\s*/\*(.*)\*/\s*", re.DOTALL)
_PICTURE = re.compile(r"\s*!\[[^\]\n]*\]\([^)\n]*\)\s*")
_H1 = re.compile(r"^# +(?=\S)", re.MULTILINE)
_FENCE_WORDS = re.compile(r"title=[\"']([^\"']+)[\"']|\w+=(?:\{[^}]*\}|\"[^\"]*\"|'[^']*')|(\S+)")
_FENCE_OPTIONS = frozenset({"lines", "wrap", "expandable", "focus", "highlight", "theme"})

# The lines of a snippet in place of an element; whether they stand apart there, or within a line or a frame.
Put = Callable[[Element, bool], list[Line]]


@dataclass(frozen=True)
class Names:
    """What a page's statements name: constants by their values, and snippets as lines ready to be put in."""

    words: Mapping[str, str] = field(default_factory=dict)
    snippets: Mapping[str, Put] = field(default_factory=dict)


class Rewriter:
    """Rewrites one page."""

    def __init__(self, names: Names, talk: Talk, video_hosts: Collection[str]) -> None:
        self._names = names
        self._video_hosts = video_hosts
        self._talk = talk
        self._is_in_line = False
        # What stands on lines of its own, and is no component of ours.
        self._blocks: Mapping[str, Callable[[Element], list[Line]]] = {
            **dict.fromkeys(dialect.HEADINGS, self._heading),
            **dict.fromkeys(dialect.ORDERED, self._list),
            **dict.fromkeys(dialect.FIELDS, self._field),
            "hr": lambda element: _apart([Line(element.number, "* * *")]),
            "table": self._table,
            "CodeGroup": self._code_group,
            "Update": self._update,
        }

    def lines(self, nodes: Sequence[Node], parent: str = "") -> list[Line]:
        """The Markdown of these nodes."""
        sheet = Sheet()
        for node in nodes:
            match node:
                case Text() if node.is_code:
                    sheet.code(node.number, node.text)
                case Text():
                    text = _H1.sub("## ", node.text).replace("\\{", "{").replace("\\}", "}")
                    sheet.write(node.number, text)
                case Expression():
                    self._expression(node, sheet)
                case Statement():
                    self._statement(node, sheet)
                case Element():
                    self._element(node, sheet, parent)
        return sheet.lines

    def _expression(self, node: Expression, sheet: Sheet) -> None:
        code = node.text.strip()
        comment = _COMMENT.fullmatch(code)
        known = self._names.words.get(code, constant(code))
        if comment:
            sheet.write(node.number, f"<!--{comment[1].replace('-->', '')}-->")
        elif known is not None:
            sheet.write(node.number, known)
        elif code and "\n" not in code:
            words = f"{{{code}}} would have to be run: it is shown as it is written"
            self._talk.lost(node.number, words)
            sheet.write(node.number, dialect.inline_code(f"{{{code}}}"))
        elif code:
            words = "this expression would have to be run: it is shown as it is written"
            self._talk.lost(node.number, words)
            sheet.block(_as_code(node.number, code))

    def _statement(self, node: Statement, sheet: Sheet) -> None:
        """Nobody reads code of the page itself: it is kept for authors, in a comment."""
        text = node.text.replace("-->", "-- >")
        lines = f"<!-- {text} -->".split("\n")
        sheet.block([Line(node.number + turn, line) for turn, line in enumerate(lines)])

    def _element(self, element: Element, sheet: Sheet, parent: str) -> None:
        name = element.name
        known = dialect.ALIKE.get(name, name)
        if name in self._names.snippets:
            stands_apart = parent != "Frame" and not self._is_in_line
            sheet.block(self._names.snippets[name](element, stands_apart))
        elif name in dialect.EMBEDDED:
            self._embedded(element, sheet)
        elif known in COMPONENTS:
            sheet.block(self._component(known, element, parent))
        elif name in dialect.INLINE:
            self._leave_out_attributes(element, ("href", "tip", "title", "target", "rel"))
            text = dialect.INLINE[name](self._inline(element), element.attrs)
            sheet.write(element.number, text)
        elif name == "img":
            sheet.write(element.number, self._picture(element))
        elif name == "Icon":
            self._talk.left_out(element.number, f"the icon “{element.attrs.get('icon') or '…'}”")
        else:
            sheet.block(self._blocks.get(name, self._unwrapped)(element))

    def _heading(self, element: Element) -> list[Line]:
        words = " ".join(self._inline(element).split())
        return _apart([Line(element.number, f"{dialect.HEADINGS[element.name]} {words}")])

    def _update(self, element: Element) -> list[Line]:
        """An entry of a list of changes, under its own heading."""
        number = element.number
        self._leave_out_attributes(element, ("label", "description"))
        title, about = element.attrs.get("label"), element.attrs.get("description")
        head = [Line(number, f"## {title or 'Update'}"), *_apart([Line(number, about or "")])]
        return _apart([*head, *_apart(trimmed(self.lines(element.children)))])

    def _unwrapped(self, element: Element) -> list[Line]:
        """What an element holds, without it; of one that we do not know its title as well."""
        name, number = element.name, element.number
        inner = trimmed(self.lines(element.children))
        if name in dialect.SILENT:
            return _apart(inner)
        if name in dialect.ASIDE:
            words = f"<{name}> has no counterpart here: what it holds stands in the text"
            self._talk.lost(number, words)
            return _apart(inner)
        self._talk.lost(number, f"<{name}> is not known here: what it holds is kept as text")
        if not inner:
            return _apart([Line(number, dialect.inline_code(" ".join(element.raw.split())))])
        return _apart([*self._titled(element), *inner])

    def _titled(self, element: Element) -> list[Line]:
        title = element.attrs.get("title") or element.attrs.get("name") or ""
        return _apart([Line(element.number, f"**{' '.join(title.split())}**")]) if title else []

    def _component(self, name: str, element: Element, parent: str) -> list[Line]:
        """One of our own components; where it cannot stand, what it says stands there without it."""
        grammar = COMPONENTS[name]
        if grammar.inside and grammar.inside != parent:
            self._talk.lost(
                element.number, f"<{name}> stands outside <{grammar.inside}>: it is kept as text"
            )
            return [*self._titled(element), *_apart(trimmed(self.lines(element.children)))]
        if grammar.is_empty:
            return _apart([Line(element.number, element.raw)])
        nodes, strays = self._sorted(grammar, element)
        if grammar.only and not nodes:
            return _apart(trimmed(self.lines(element.children)))
        inner = trimmed(self.lines(nodes, name))
        if name == "Frame" and not self._is_picture(inner):
            return videos.framed(element, inner, self._talk) or self._unframed(element, inner)
        opening = f"<{name}{self._attributes(name, grammar, element)}>"
        lead = self._lead(name, element)
        lines = [
            Line(element.number, opening),
            *lead,
            *inner,
            Line(_last(element, inner), f"</{name}>"),
        ]
        return _apart([*lines, *self._moved_out(name, element, strays)])

    def _sorted(self, grammar: Grammar, element: Element) -> tuple[list[Node], list[Node]]:
        """The children that may stand there, and the others."""
        if not grammar.only:
            return element.children, []
        kept: list[Node] = []
        strays: list[Node] = []
        for child in element.children:
            own = child.name if isinstance(child, Element) else ""
            name = dialect.ALIKE.get(own, own)
            is_blank = isinstance(child, Text) and not child.text.strip()
            if name == grammar.only:
                kept.append(child)
            elif not is_blank:
                strays.append(child)
        return kept, strays

    def _moved_out(self, name: str, element: Element, strays: list[Node]) -> list[Line]:
        lines = trimmed(self.lines(strays))
        if any(line.text.strip() and not line.text.strip().startswith("<!--") for line in lines):
            only = COMPONENTS[name].only
            self._talk.lost(
                element.number, f"only <{only}> may stand in <{name}>: the rest stands below it"
            )
        return _apart(lines)

    def _attributes(self, name: str, grammar: Grammar, element: Element) -> str:
        written: dict[str, str | None] = {}
        for key, value in element.attrs.items():
            own = dialect.RENAMED.get(key, key)
            allowed = grammar.attributes.get(own)
            if own in grammar.flags:
                written |= {own: None} if value != "false" else {}
            elif allowed and value is not None and allowed(value) is None:
                written[own] = value
            elif key in dialect.ORNAMENTS:
                self._talk.left_out(element.number, f"{key} of <{element.name}>")
            elif key not in ("description", "target", "rel"):
                self._talk.lost(element.number, f"<{element.name}>: {key} has no counterpart here")
        for key in grammar.required:
            if key not in written:
                self._talk.lost(element.number, f"<{element.name}> has no {key}")
                check = grammar.required[key]
                written[key] = check.allowed[0] if isinstance(check, OneOf) else name
        flags = "".join(f" {key}" for key, value in written.items() if value is None)
        return written_as(written) + flags

    def _lead(self, name: str, element: Element) -> list[Line]:
        about = element.attrs.get("description")
        return _apart([Line(element.number, " ".join(about.split()))]) if about else []

    def _is_picture(self, lines: list[Line]) -> bool:
        return _PICTURE.fullmatch("\n".join(line.text for line in lines)) is not None

    def _unframed(self, element: Element, inner: list[Line]) -> list[Line]:
        if element.attrs:
            words = "<Frame> holds something else than one picture: it stands in the text"
            self._talk.lost(element.number, words)
        caption = element.attrs.get("caption")
        below = [Line(element.number, f"*{caption}*")] if caption else []
        return [*_apart(inner), *_apart(below)]

    def _leave_out_attributes(self, element: Element, known: Sequence[str]) -> None:
        for key in element.attrs:
            if key not in known:
                self._talk.left_out(element.number, f"{key} of <{element.name}>")

    def _inline(self, element: Element) -> str:
        before, self._is_in_line = self._is_in_line, True
        text = "\n".join(line.text for line in self.lines(element.children))
        self._is_in_line = before
        return text

    def _picture(self, element: Element) -> str:
        src, alt = element.attrs.get("src") or "", element.attrs.get("alt") or ""
        words = " ".join(alt.replace("[", "(").replace("]", ")").split())
        if "dark:block" in (element.attrs.get("className") or ""):
            self._talk.left_out(element.number, f"the picture for dark pages, “{src}”")
            return ""
        self._leave_out_attributes(element, ("src", "alt", "title"))
        return f"![{words}]({src.replace(' ', '%20')})"

    def _embedded(self, element: Element, sheet: Sheet) -> None:
        """The video, where it stands apart and its host may be shown; else a link to it."""
        number, why_not = element.number, ""
        if not self._is_in_line:
            try:
                video = videos.video_of(element, self._video_hosts, self._talk)
            except BadVideo as problem:
                why_not = f" ({problem})"
            else:
                sheet.block(_apart([Line(number, video)]))
                return
        words = f"<{element.name}> cannot be shown in a page{why_not}: a link leads to it"
        self._talk.lost(number, words)
        title, src = element.attrs.get("title") or "Video", videos.source_of(element)
        sheet.write(number, f"[{title}]({src})" if src else title)

    def _field(self, element: Element) -> list[Line]:
        """What a call takes or answers, as an entry of a list."""
        attrs = element.attrs
        places = ("path", "query", "body", "header", "name")
        name = next((str(attrs[each]) for each in places if attrs.get(each)), "")
        about = [str(attrs["type"])] if attrs.get("type") else []
        about += ["required"] if "required" in attrs and attrs["required"] != "false" else []
        about += [f"by default {attrs['default']}"] if attrs.get("default") else []
        head = f"-   **{name}**" + (f" ({', '.join(about)})" if about else "")
        below = indented(_apart(trimmed(self.lines(element.children))), " " * 4)
        return _apart([Line(element.number, head), *below])

    def _list(self, element: Element) -> list[Line]:
        items = [each for each in element.children if isinstance(each, Element)]
        mark = dialect.ORDERED[element.name].ljust(4)
        lines: list[Line] = []
        for item in items:
            inner = trimmed(self.lines(item.children)) or [Line(item.number, "")]
            first, *others = inner
            lines += [Line(first.number, mark + first.text), *indented(others, " " * 4)]
        return _apart(lines)

    def _table(self, element: Element) -> list[Line]:
        rows = [self._row(each) for each in _descendants(element, "tr")]
        if not rows:
            return _apart(trimmed(self.lines(element.children)))
        width = max(len(row) for row in rows)
        written = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
        written.insert(1, "| " + " | ".join(["---"] * width) + " |")
        return _apart([Line(element.number, row) for row in written])

    def _row(self, row: Element) -> list[str]:
        cells = [each for each in row.children if isinstance(each, Element)]
        return [" ".join(self._inline(each).split()).replace("|", "\\|") for each in cells]

    def _code_group(self, element: Element) -> list[Line]:
        """Pieces of code beside each other are tabs here."""
        codes = [each for each in element.children if isinstance(each, Text) and each.is_code]
        if len(codes) < 2:
            return _apart(trimmed(self.lines(element.children)))
        lines = [Line(element.number, "<Tabs>")]
        for turn, code in enumerate(codes, 1):
            title = escape(_title_of_code(code.text) or f"Code {turn}")
            inner = trimmed(self.lines([code]))
            lines += [Line(code.number, f'<Tab title="{title}">'), *inner]
            lines.append(Line(inner[-1].number, "</Tab>"))
        lines.append(Line(lines[-1].number, "</Tabs>"))
        others = [each for each in element.children if each not in codes]
        return _apart([*lines, *_apart(trimmed(self.lines(others)))])


def _apart(lines: Sequence[Line]) -> list[Line]:
    """The lines as a paragraph of their own; nothing, where nothing is written on them."""
    if not any(line.text.strip() for line in lines):
        return []
    return [Line(lines[0].number, ""), *lines, Line(lines[-1].number, "")]


def _as_code(number: int, code: str) -> list[Line]:
    text = ["```jsx", *code.replace("```", "").split("\n"), "```"]
    return _apart([Line(number + max(turn - 1, 0), line, True) for turn, line in enumerate(text)])


def _last(element: Element, inner: Sequence[Line]) -> int:
    return inner[-1].number if inner else element.number


def _descendants(element: Element, name: str) -> Iterator[Element]:
    for child in element.children:
        if isinstance(child, Element):
            if child.name == name:
                yield child
            else:
                yield from _descendants(child, name)


def _title_of_code(text: str) -> str:
    """What stands behind the language of fenced code: the name of a file, mostly."""
    info = text.split("\n")[0].strip().strip("`~").split(None, 1)
    words = []
    for title, word in _FENCE_WORDS.findall(info[1] if len(info) > 1 else ""):
        if title:
            return str(title)
        if word and word not in _FENCE_OPTIONS and not word.startswith("{"):
            words.append(word)
    return " ".join(words) or (info[0] if info else "")
