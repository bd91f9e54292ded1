"""Marks that hold a place in text while it is on its way through Markdown and the sanitiser.

A mark is a word of letters and digits, so that nothing on the way changes it, and contains a random part made for one
rendering, so that no author can forge one.
"""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping

WORDS = ("product_name", "support_email")
_WORD = re.compile(r"\{\{ *(" + "|".join(WORDS) + r") *\}\}")


def put_words(text: str, words: Mapping[str, str]) -> str:
    """The text with the settings it names."""
    return _WORD.sub(lambda found: words[found[1]], text)


class Marks:
    """The marks of one rendering; `kind` is a capital letter."""

    def __init__(self) -> None:
        self._nonce = secrets.token_hex(8)

    def make(self, kind: str, number: int) -> str:
        return f"xo{self._nonce}{kind}{number}Z"

    def make_words(self, text: str) -> str:
        """The text with a mark for each setting it names."""
        return _WORD.sub(lambda found: self.make("S", WORDS.index(found[1])), text)

    def put_words(
        self, text: str, words: Mapping[str, str], escape: Callable[[str], object] = str
    ) -> str:
        """The text with the settings in place of their marks."""
        if self._nonce not in text:
            return text
        pattern = re.compile(rf"xo{self._nonce}S(\d+)Z")
        return pattern.sub(lambda found: str(escape(words[WORDS[int(found[1])]])), text)

    def split(self, kinds: str, html: str) -> Iterator[tuple[str, str, int]]:
        """Each mark of these kinds with the HTML before it; the last one is empty.

        A mark in a paragraph of its own takes the place of all of it. The pattern begins with the mark, and not
        with what may stand before: it would be tried at every blank of a long row of them.
        """
        pattern = re.compile(rf"xo{self._nonce}([{kinds}])(\d+)Z\s*(?:</p>)?")
        position = 0
        for found in pattern.finditer(html):
            before = html[position : found.start()].rstrip()
            yield before.removesuffix("<p>"), found[1], int(found[2])
            position = found.end()
        yield html[position:], "", 0
