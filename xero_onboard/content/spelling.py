"""Words that stand in guides, to find out which of them somebody meant who typed another."""

import re
from bisect import bisect_left, insort
from collections import Counter
from heapq import nsmallest

from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD = re.compile(r"[^\W_]{1,40}")
_CANDIDATES = 8


class Vocabulary:
    """Every word of the guides and in how many of them it stands."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._by_length: dict[int, list[str]] = {}
        self._sorted: list[str] = []

    def add(self, text: str) -> None:
        """Learn the words of one more guide."""
        for word in _words(text):
            if word not in self._counts:
                # A number is never what somebody meant who typed another.
                if word.isalpha():
                    self._by_length.setdefault(len(word), []).append(word)
                insort(self._sorted, word)
            self._counts[word] += 1

    def remove(self, text: str) -> None:
        """Forget the words of a guide that is gone, as far as no other has them."""
        for word in _words(text):
            self._counts[word] -= 1
            if not self._counts[word]:
                del self._counts[word]
                if word.isalpha():
                    self._by_length[len(word)].remove(word)
                self._sorted.pop(bisect_left(self._sorted, word))

    def count(self, word: str) -> int:
        """In how many guides the word stands."""
        return self._counts[word]

    def longer(self, beginning: str, most: int) -> list[str]:
        """Words that begin so and go on, the most frequent first."""
        first = bisect_left(self._sorted, beginning)
        last = bisect_left(self._sorted, beginning + "\U0010ffff", lo=first)
        endings = (word for word in self._sorted[first:last] if word != beginning)
        return nsmallest(most, endings, key=lambda word: (-self._counts[word], word))

    def nearest(self, word: str) -> str | None:
        """The word at the smallest distance, and of those the most frequent.

        A short word is another one after one change already; two letters that have changed places count as one.
        """
        most = _allowed(word)
        if not most:
            return None
        near = [
            (distance, -self._counts[found], found)
            for length in range(len(word) - most, len(word) + most + 1)
            for found, distance, _ in process.extract(
                word,
                self._by_length.get(length, ()),
                scorer=OSA.distance,
                score_cutoff=most,
                limit=_CANDIDATES,
            )
        ]
        return min(near)[2] if near else None


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _allowed(word: str) -> int:
    """How many changes still mean the same word."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 7 else 2
