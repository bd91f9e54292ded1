"""Words that stand in guides, to find out which of them somebody meant who typed another."""

import re
import unicodedata
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from heapq import nsmallest

from rapidfuzz import process
from rapidfuzz.distance import OSA

# What stands above, below and beside letters; in some scripts half of a word is written so.
_MARKS = "".join(
    mark for mark in map(chr, range(0x300, 0x1E000)) if unicodedata.category(mark) in ("Mn", "Mc")
)
WORD = re.compile(rf"\w+(?:[{_MARKS}]+\w*)*")
# Accents, and the points that Hebrew and Arabic are mostly written without.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]+"
)
_LONGEST = 40
_CANDIDATES = 8


def fold(text: str) -> str:
    """The text as it is compared: without capitals and without the accents of letters, however they were typed."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart))


# The same words stand in many guides.
_fold_word = lru_cache(maxsize=20_000)(fold)


class Vocabulary:
    """Every word of the guides, folded, and in how many of them it stands; what is asked for is folded, too."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        # How words are spelled that have more than what is left of them here.
        self._spellings: dict[str, Counter[str]] = {}
        self._by_length: dict[int, list[str]] = {}
        self._sorted: list[str] = []

    def add(self, text: str) -> None:
        """Learn the words of one more guide."""
        for word in _words(fold(text)):
            if word not in self._counts:
                # A number is never what somebody meant who typed another.
                if word.isalpha():
                    self._by_length.setdefault(len(word), []).append(word)
                insort(self._sorted, word)
            self._counts[word] += 1
        for word, spelled in _spellings(text):
            self._spellings.setdefault(word, Counter())[spelled] += 1

    def remove(self, text: str) -> None:
        """Forget the words of a guide that is gone, as far as no other has them."""
        for word, spelled in _spellings(text):
            self._spellings[word][spelled] -= 1
            if not self._spellings[word].total():
                del self._spellings[word]
        for word in _words(fold(text)):
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
        """The word at the smallest distance, and of those the most frequent, as most guides spell it.

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
        return self._spelled(min(near)[2]) if near else None

    def _spelled(self, word: str) -> str:
        if word not in self._spellings:
            return word
        ((spelled, guides),) = self._spellings[word].most_common(1)
        return spelled if 2 * guides >= self._counts[word] else word


def _words(text: str) -> set[str]:
    return {word[:_LONGEST] for word in WORD.findall(text.replace("_", " "))}


def _spellings(text: str) -> Iterator[tuple[str, str]]:
    """The words of which folding leaves something out, folded and as they are spelled."""
    if text.isascii():
        return
    for spelled in _words(unicodedata.normalize("NFC", text.lower())):
        if not spelled.isascii() and (word := _fold_word(spelled)) != spelled:
            yield word, spelled


def _allowed(word: str) -> int:
    """How many changes still mean the same word."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 7 else 2
