"""Two changes of one text: put together where they do not touch, shown side by side where they do.

The way of diff3 (https://www.cis.upenn.edu/~bcpierce/papers/diff3-short.pdf) on the standard library's `difflib`: the
packages that do this are for files on disk, or under a licence that would bind whoever passes this site on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from xero_onboard.content.differing import Effort, Matcher
from xero_onboard.content.manuscript import Manuscript

Lines = Sequence[str]


class Clash(Exception):
    """Both have changed the same words; `names` says which parts of the guide."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


@dataclass(frozen=True)
class _Piece:
    """A stretch of the text: what it was, and what each of the two made of it."""

    base: Lines
    mine: Lines
    theirs: Lines

    @property
    def merged(self) -> Lines | None:
        """What both together say; None where they contradict each other."""
        merged: Lines | None = _either(self.base, self.mine, self.theirs)
        return merged


def merge(base: Manuscript, mine: Manuscript, theirs: Manuscript) -> Manuscript:
    """The guide with both changes; raises Clash."""
    merged: dict[str, Any] = {}
    clashes = []
    for name in (each.name for each in fields(Manuscript) if each.compare):
        values = [getattr(each, name) for each in (base, mine, theirs)]
        found = _merge_lines(*values) if name == "body" else _either(*values)
        if found is None:
            clashes.append(name)
        merged[name] = found
    if clashes:
        raise Clash(clashes)
    return replace(mine, **merged)


def _merge_lines(base: str, mine: str, theirs: str) -> str | None:
    lines: list[str] = []
    for piece in _pieces(base.split("\n"), mine.split("\n"), theirs.split("\n")):
        merged = piece.merged
        if merged is None:
            return None
        lines += merged
    return "\n".join(lines)


def _either(base: Any, mine: Any, theirs: Any) -> Any:
    """The one that was changed, or what both were changed to; None for a contradiction."""
    if mine in (base, theirs):
        return theirs
    return mine if theirs == base else None


def _pieces(base: Lines, mine: Lines, theirs: Lines) -> Iterator[_Piece]:
    """The text cut wherever all three agree: what lies between is a change of one of them, or of both."""
    at_base = at_mine = at_theirs = 0
    for start, in_mine, in_theirs, size in _agreements(base, mine, theirs):
        yield _Piece(base[at_base:start], mine[at_mine:in_mine], theirs[at_theirs:in_theirs])
        same = base[start : start + size]
        yield _Piece(same, same, same)
        at_base, at_mine, at_theirs = start + size, in_mine + size, in_theirs + size
    yield _Piece(base[at_base:], mine[at_mine:], theirs[at_theirs:])


def _agreements(base: Lines, mine: Lines, theirs: Lines) -> Iterator[tuple[int, int, int, int]]:
    """Where in each of the three the same lines stand, and how many."""
    effort = Effort()
    ours, others = (Matcher(base, each, effort).get_matching_blocks() for each in (mine, theirs))
    first = second = 0
    while first < len(ours) and second < len(others):
        one, two = ours[first], others[second]
        start, end = max(one.a, two.a), min(one.a + one.size, two.a + two.size)
        if start < end:
            yield start, one.b + start - one.a, two.b + start - two.a, end - start
        if one.a + one.size < two.a + two.size:
            first += 1
        else:
            second += 1
