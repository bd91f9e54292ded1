"""Inline code inside a paragraph, in which nothing else has a meaning."""

import re
from bisect import bisect_right

_TICKS = re.compile(r"\\?`+")


def without_code(text: str) -> str:
    """The text with inline code blanked out and every other character where it was."""
    runs = [
        (found.start(), found.end())
        for found in _TICKS.finditer(text)
        if text[found.start()] != "\\"
    ]
    by_length: dict[int, list[int]] = {}
    for index, (start, end) in enumerate(runs):
        by_length.setdefault(end - start, []).append(index)
    pieces, done, index = [], 0, 0
    while index < len(runs):
        start, end = runs[index]
        same = by_length[end - start]
        position = bisect_right(same, index)
        if position == len(same):
            index += 1
            continue
        closing = runs[same[position]][1]
        pieces += [text[done:start], _blank(text[start:closing])]
        done, index = closing, same[position] + 1
    return "".join([*pieces, text[done:]])


def _blank(code: str) -> str:
    return re.sub(r"[^\n]", " ", code)
