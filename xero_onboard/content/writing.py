"""A guide's tree as one Markdown text, with marks where components and code stand."""

import re
from collections.abc import Sequence

from xero_onboard.content.components import Code, Component, Line, Node
from xero_onboard.content.marks import Marks

_HEADING = re.compile(r"(#{2,6})(?!#)")
_DEEPEST_HEADING = 6


class Writer:
    """Writes the text; afterwards `components` and `codes` say what each mark stands for.

    There is one text, and so one pass of Markdown, however deep the components are nested: headings,
    footnotes and link references are those of the whole guide.
    """

    def __init__(self, marks: Marks) -> None:
        self.components: list[Component] = []
        self.codes: list[Code] = []
        self._marks = marks
        self._lines: list[str] = []
        self._level = 1

    def text(self, nodes: Sequence[Node]) -> str:
        self._write(nodes, "")
        return "\n".join(self._lines)

    def _write(self, nodes: Sequence[Node], prefix: str) -> None:
        for node in nodes:
            if isinstance(node, Line):
                self._line(node, prefix)
            elif isinstance(node, Code):
                self._alone(prefix + " " * node.indent, self._marks.make("F", len(self.codes)))
                self.codes.append(node)
            else:
                self._component(node, prefix + " " * node.indent)

    def _line(self, line: Line, prefix: str) -> None:
        text = self._marks.make_words(line.text)
        heading = _HEADING.match(text)
        if heading:
            self._level = len(heading[1])
            self._alone(prefix, text)
        else:
            self._lines.append(prefix + text)

    def _component(self, component: Component, prefix: str) -> None:
        number, level = len(self.components), self._level
        self.components.append(component)
        self._alone(prefix, self._marks.make("O", number))
        if component.name == "Step":
            self._level = min(level + 1, _DEEPEST_HEADING)
            title = self._marks.make_words(" ".join(component.attrs["title"].split()))
            self._alone(prefix, f"{'#' * self._level} {title}")
        self._write(component.children, prefix)
        self._alone(prefix, self._marks.make("C", number))
        if component.name in ("Step", "Steps"):
            self._level = level

    def _alone(self, prefix: str, text: str) -> None:
        self._lines += ["", prefix + text, ""]
