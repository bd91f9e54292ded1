"""Lines of Markdown that are being written, each with the line of the page it came from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Line:
    """One line; `number` is that of the page it was made of. Code is word for word."""

    number: int
    text: str
    is_code: bool = False


class Sheet:
    """A text that grows at its end."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def write(self, number: int, text: str) -> None:
        """Go on with the text; what has line breaks in it goes on below."""
        first, *others = text.split("\n")
        if self.lines and not self.lines[-1].is_code:
            last = self.lines[-1]
            begun = number if not last.text.strip() else last.number
            self.lines[-1] = replace(last, text=last.text + first, number=begun)
        else:
            self.lines.append(Line(number, first))
        self.lines += [Line(number + turn, line) for turn, line in enumerate(others, 1)]

    def code(self, number: int, text: str) -> None:
        """Add fenced code, which stands in its file where it shall stand here."""
        self._begin_line()
        self.lines += [
            Line(number + turn, line, True) for turn, line in enumerate(text.split("\n"))
        ]

    def block(self, lines: Sequence[Line]) -> None:
        """Add lines of their own, indented as the line on which they begin."""
        margin = self._begin_line()
        self.lines += [*indented(lines, margin), Line(lines[-1].number if lines else 1, margin)]

    def _begin_line(self) -> str:
        """Leave the last line if something stands on it; answers its indentation."""
        last = self.lines[-1] if self.lines else None
        if last is None or last.is_code:
            return ""
        if not last.text.strip():
            self.lines.pop()
            return last.text
        return last.text[: len(last.text) - len(last.text.lstrip())]


def indented(lines: Iterable[Line], margin: str) -> list[Line]:
    """The lines, moved to the right."""
    return [replace(line, text=margin + line.text) if line.text else line for line in lines]


def trimmed(lines: Sequence[Line]) -> list[Line]:
    """Without the empty lines at both ends, and without the indentation that all lines share.

    What begins behind a tag has none, whatever that of the lines below it.
    """
    kept = list(lines)
    while kept and not kept[-1].text.strip():
        kept.pop()
    is_first = True
    while kept and not kept[0].text.strip():
        kept.pop(0)
        is_first = False
    head = [replace(kept.pop(0), text=kept_text)] if (kept_text := _head(kept, is_first)) else []
    margin = min((_indent(line.text) for line in kept if line.text.strip()), default=0)
    return head + [
        replace(line, text=line.text[min(margin, _indent(line.text)) :]) for line in kept
    ]


def compact(lines: Sequence[Line]) -> list[Line]:
    """With one empty line where there are several, and none at the ends."""
    kept: list[Line] = []
    for line in lines:
        is_blank = not line.is_code and not line.text.strip()
        if not is_blank:
            kept.append(line)
        elif kept and kept[-1].text:
            kept.append(Line(line.number, ""))
    return kept[:-1] if kept and not kept[-1].text else kept


def _head(lines: Sequence[Line], is_first: bool) -> str:
    return lines[0].text.lstrip() if is_first and lines and not lines[0].is_code else ""


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
