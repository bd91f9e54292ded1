"""Pieces of text that several guides share: written once, and put in place of `<Snippet name="…" />`.

A snippet is Markdown like a guide's, without a top of its own, and may hold other snippets. What it refers to is
written as seen from its own file, `<locale>/_snippets/<name>.md`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from xero_onboard.content.components import Component, Line, Node, parse
from xero_onboard.content.problems import Broken
from xero_onboard.content.relinking import in_text, source_moved
from xero_onboard.content.shelf import SNIPPETS

COMPONENT = "Snippet"
# As much as a guide may hold: snippets in snippets grow faster than anybody can read.
_LARGEST = 512 * 1024
_USE = re.compile(r"<Snippet\s+name\s*=\s*[\"']([a-z0-9-]+)[\"']")

Find = Callable[[str, str], str | None]
Texts = Mapping[tuple[str, str], str]


def path_of(locale: str, name: str) -> str:
    """Where the file of a snippet lies."""
    return f"{locale}/{SNIPPETS}/{name}.md"


def names_in(source: str) -> frozenset[str]:
    """The snippets that a text seems to use."""
    return frozenset(_USE.findall(source))


class Snippets:
    """Puts snippets in their places; `find` answers the text of one, by its language and name."""

    def __init__(self, find: Find) -> None:
        self._find = find

    def expand(self, file: str, path: PurePosixPath, nodes: Sequence[Node]) -> tuple[Node, ...]:
        """The tree with every snippet in place; raises Broken for one that is unknown, has a mistake or holds itself."""
        around = (path.stem,) if path.parent.name == SNIPPETS else ()
        return _Expansion(self._find, file, path).expand(nodes, around)

    def state(self, locale: str, source: str) -> str:
        """A text that changes when anything does that the snippets of a guide say."""
        seen: dict[str, str] = {}
        waiting = sorted(names_in(source))
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen[name] = self._find(locale, name) or ""
                waiting += sorted(names_in(seen[name]))
        return "\n".join(f"{name} {seen[name]}" for name in sorted(seen))


class _Expansion:
    """The expansion of one text; every mistake is told at the line of it that uses the snippet."""

    def __init__(self, find: Find, file: str, path: PurePosixPath) -> None:
        self._find = find
        self._file = file
        self._path = path
        self._size = 0

    def expand(self, nodes: Sequence[Node], around: tuple[str, ...]) -> tuple[Node, ...]:
        return tuple(each for node in nodes for each in self._expanded(node, around))

    def _expanded(self, node: Node, around: tuple[str, ...]) -> Iterator[Node]:
        if not isinstance(node, Component):
            yield node
        elif node.name == COMPONENT:
            yield Line(node.number, "")
            yield from self._snippet(node, around)
            yield Line(node.number, "")
        else:
            yield replace(node, children=self.expand(node.children, around))

    def _snippet(self, use: Component, around: tuple[str, ...]) -> Iterator[Node]:
        name = use.attrs["name"]
        if name in around:
            way = " → ".join([*around[around.index(name) :], name])
            raise self._broken(use, f"the snippet “{name}” holds itself: {way}")
        body = self._find(self._path.parts[0], name)
        if body is None:
            raise self._broken(use, f"there is no snippet “{name}”")
        self._size += len(body)
        if self._size > _LARGEST:
            raise self._broken(
                use, f"the snippets of this text are larger than {_LARGEST // 1024} kB"
            )
        inner = self._nodes(use, name, body)
        for node in self.expand(inner, (*around, name)):
            yield _placed(node, use)

    def _nodes(self, use: Component, name: str, body: str) -> tuple[Node, ...]:
        place = path_of(self._path.parts[0], name)
        moved = in_text(body, source_moved(place, str(self._path)))
        try:
            nodes = parse(name, moved.split("\n"))
        except Broken as problem:
            words = f"the snippet “{name}” has a mistake in line {problem.line}: {problem.message}"
            raise self._broken(use, words) from problem
        return tuple(_numbered(node, use.number) for node in nodes)

    def _broken(self, use: Component, message: str) -> Broken:
        return Broken(self._file, use.number, message)


def _numbered(node: Node, number: int) -> Node:
    """The node as if all of it stood on one line of the text that uses it."""
    if isinstance(node, Component):
        inner = tuple(_numbered(child, number) for child in node.children)
        return replace(node, number=number, children=inner)
    return replace(node, number=number)


def _placed(node: Node, use: Component) -> Node:
    """Indented as the component that it takes the place of."""
    if isinstance(node, Line):
        return replace(node, text=" " * use.indent + node.text if node.text.strip() else "")
    return replace(node, indent=node.indent + use.indent)
