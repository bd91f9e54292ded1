"""Where two texts agree, found with so much work and no more.

`difflib` takes quadratic time and worse: two texts that only a machine would write keep it busy for minutes, while
somebody waits, and while the database waits if they are put together.
"""

from collections.abc import Mapping, Sequence
from difflib import Match, SequenceMatcher

# Lines or words looked at: a fraction of a second, and many times what two versions of any guide need.
MOST_WORK = 1_000_000


class Effort:
    """The work that is left for one comparison, however many texts or lines it is made of."""

    def __init__(self) -> None:
        self._left = MOST_WORK

    def spend(self, work: int) -> bool:
        """Whether there is so much left; what was begun with too little is not begun."""
        if work > self._left:
            return False
        self._left -= work
        return True


class Matcher(SequenceMatcher[str]):
    """Looks for the longest agreement first; once its effort is spent, what is left counts as different."""

    def __init__(
        self, before: Sequence[str], after: Sequence[str], effort: Effort, *, autojunk: bool = True
    ) -> None:
        super().__init__(None, before, after, autojunk)
        self._lines = before
        self._effort = effort

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """As it is found in this stretch of both; nothing when that would be too much work."""
        places: Mapping[str, Sequence[int]] = self.b2j  # type: ignore[attr-defined] # documented, not in the stubs
        work = sum(1 + len(places.get(each, ())) for each in self._lines[alo:ahi])
        if self._effort.spend(work):
            return super().find_longest_match(alo, ahi, blo, bhi)
        return Match(alo, blo, 0)
