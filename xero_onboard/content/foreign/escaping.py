"""Words as Markdown reads them word for word."""

import re

from xero_onboard.content.components import LONGEST_LINE

_SPECIAL = re.compile(r"([\\`*_\[\]{}])")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
# What makes something else of a line when it stands at its beginning.
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_STARTS = {
    **{sign: f"\\{sign}" for sign in "-+#"},
    **{sign: f"&#{ord(sign)};" for sign in "=:~"},
}
_PROGRAM = re.compile(r"(?:import|export)\b")
_WIDE = LONGEST_LINE // 5


def escaped(text: str) -> str:
    """The text within a line."""
    safe = _SPECIAL.sub(r"\\\1", _ENTITY.sub("&amp;", text))
    return safe.replace("<", "&lt;").replace(">", "&gt;").replace("|", "&#124;")


def guarded(text: str) -> str:
    """A paragraph of which no line begins with a sign that makes something else of it."""
    return "\n".join(_guarded(line) for long in text.split("\n") for line in _shorter(long))


def spelt_out(text: str) -> str:
    """A text of which nothing is left that could have a meaning."""
    words = " ".join(text.split())
    plain = "".join(
        each if each.isalnum() or each in " ,;?'’“”" else f"&#{ord(each)};" for each in words
    )
    return guarded("\n".join(_shorter(plain)))


def _guarded(line: str) -> str:
    kept = line.lstrip()
    if not kept:
        return line
    numbered = _NUMBERED.match(kept)
    if numbered:
        return f"{numbered[1]}&#{ord(numbered[2])};{kept[numbered.end() :]}"
    if _PROGRAM.match(kept):
        return f"&#{ord(kept[0])};{kept[1:]}"
    return _STARTS.get(kept[0], kept[0]) + kept[1:]


def _shorter(line: str) -> list[str]:
    """Lines of a length that is read, parted where there is a space."""
    lines: list[str] = []
    while len(line) > _WIDE:
        # Two spaces at the end of a line would break it.
        end = line.rfind(" ", 0, _WIDE)
        if end <= 0:
            break
        lines.append(line[:end].rstrip())
        line = line[end + 1 :].lstrip()
    return [*lines, line]
