"""The words of all guides in one language, and where they stand."""

import json
import re
import sqlite3
import unicodedata
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from xero_onboard.content.spelling import WORD, Vocabulary, fold

# Marks around words that were found; no text contains them, because they are taken out before.
OPEN, CLOSE = "\x02", "\x03"
_CUT, _SEAM = "\x04", "\x05"
_MARKS = re.compile(f"[{OPEN}{CLOSE}{_CUT}{_SEAM}]")
# Scripts that put no blanks between words: the index has a word for each character, and looks for rows of them.
_WITHOUT_BLANKS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Japanese
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese
)
_ALONE = re.compile(f"[{_WITHOUT_BLANKS}]")
_ROW = re.compile(f"[{_WITHOUT_BLANKS}]+|[^{_WITHOUT_BLANKS}]+")
# A word that stands in more guides no longer tells them apart, and ranking them all takes long.
_TOO_COMMON = 1_000
# So many words are looked for that begin as the last one was typed.
_MOST_ENDINGS = 8
# Of a longer row of characters the beginning is looked for.
_LONGEST_ROW = 60

# Words are looked for as they are folded, and marked in the text as it is written: one has as many as the other.
# The text is kept apart from the table of words, packed: it is needed only for the few guides that are shown.
_CREATE = """
CREATE TABLE kept (id INTEGER PRIMARY KEY, title, keywords, headings, description, packed, places);
CREATE VIEW source AS SELECT
    id, apart(title) AS title, apart(keywords) AS keywords, apart(headings) AS headings,
    apart(description) AS description, apart(unpacked(packed)) AS body
FROM kept;
CREATE VIRTUAL TABLE guide USING fts5(
    title, keywords, headings, description, body,
    content = 'source', content_rowid = 'id', tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
-- A title says most, then what its author would have it found by, then headings, what it is about, and the text.
INSERT INTO guide (guide, rank) VALUES ('rank', 'bm25(10.0, 6.0, 4.0, 3.0, 1.0)');
"""
_KEEP = """
INSERT INTO kept (id, title, keywords, headings, description, packed, places)
VALUES (:id, :title, :keywords, :headings, :description, :packed, :places)
"""
_ADD = """
INSERT INTO guide (rowid, title, keywords, headings, description, body)
SELECT id, folded(title), folded(keywords), folded(headings), folded(description), folded(body)
FROM source WHERE id = ?
"""
_FORGET = """
INSERT INTO guide (guide, rowid, title, keywords, headings, description, body)
SELECT 'delete', id, folded(title), folded(keywords), folded(headings), folded(description), folded(body)
FROM source WHERE id = ?
"""
# What is shown of a guide is asked for together with it: the words need not be looked up again to mark them.
_FIND = f"""
SELECT rowid, highlight(guide, 0, '{OPEN}', '{CLOSE}'), snippet(guide, 4, '{OPEN}', '{CLOSE}', '{_CUT}', 24), body
FROM guide WHERE guide MATCH ? ORDER BY rank LIMIT ?
"""  # noqa: S608 - our own marks
_RANKED = "SELECT rowid, rank FROM guide WHERE guide MATCH ?"
# The plus has the words looked up once, and not once for each guide.
_AMONG = _FIND.replace("ORDER BY rank LIMIT ?", "AND +rowid IN (SELECT value FROM json_each(?))")
_ALIKE = "SELECT rowid FROM guide WHERE guide MATCH ? ORDER BY rank LIMIT ?"


@dataclass(frozen=True)
class Hit:
    """A guide that was found: its title and the piece of its text that fits best, with marks around what fits.

    `place` is the heading over that piece, and `anchor` leads there; both are empty before the first heading.
    """

    article_id: int
    title: str
    piece: str
    place: str
    anchor: str


def split(text: str) -> list[str]:
    """The words of a text; letters and digits only, so that none is read as the index's own language."""
    return WORD.findall(unicodedata.normalize("NFC", text.lower()))


class Wording:
    """An FTS5 table, and every word that stands in it."""

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()
        # The guides that their authors want found before or after others, and by how much.
        self._boosts: dict[int, float] = {}
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.isolation_level = None
        self._connection.create_function("unpacked", 1, _unpacked, deterministic=True)
        self._connection.create_function("apart", 1, _apart, deterministic=True)
        self._connection.create_function("folded", 1, fold, deterministic=True)
        self._connection.executescript(_CREATE)

    def add(self, fields: Mapping[str, Any]) -> None:
        """Learn a guide that is not known."""
        body = _MARKS.sub("", fields["body"])
        row = {**fields, "body": body, "packed": zlib.compress(body.encode(), 1)}
        self._connection.execute(_KEEP, row)
        self._connection.execute(_ADD, (row["id"],))
        self._vocabulary.add(_apart(_all_words(row)))
        if row["boost"] != 1:
            self._boosts[row["id"]] = row["boost"]

    def remove(self, article_id: int) -> None:
        """Forget a guide."""
        query = "SELECT title, keywords, description, body FROM source WHERE id = ?"
        row = self._connection.execute(query, (article_id,)).fetchone()
        self._vocabulary.remove(" ".join(row))
        self._connection.execute(_FORGET, (article_id,))
        self._connection.execute("DELETE FROM kept WHERE id = ?", (article_id,))
        self._boosts.pop(article_id, None)

    def find(
        self,
        words: Sequence[str],
        most: int,
        *,
        is_loose: bool = False,
        among: Collection[int] | None = None,
    ) -> list[Hit]:
        """Guides with all the words, or with any of them; the best first. `among` are the only ones asked for."""
        joiner = " OR " if is_loose else " AND "
        folded = [fold(word) for word in (_in_pairs(words) if is_loose else words)]
        terms = {word: self._term(word, is_last=word == folded[-1]) for word in folded}
        telling = [terms[word] for word in folded if self._count(word) <= _TOO_COMMON]
        match = joiner.join(telling or terms.values())
        if not telling:
            match = f"{{title keywords headings}} : ({match})"
        return [self._hit(*row) for row in self._best(match, most, among)]

    def _best(self, match: str, most: int, among: Collection[int] | None) -> Sequence[Any]:
        """What fits best. Where some count for more or for nothing, all are ranked and only those shown are read."""
        if not self._boosts and among is None:
            return self._connection.execute(_FIND, (match, most)).fetchall()
        ranks = {
            article_id: rank * self._boosts.get(article_id, 1)  # the better, the more below zero
            for article_id, rank in self._connection.execute(_RANKED, (match,))
            if among is None or article_id in among
        }
        best = nsmallest(most, ranks, key=ranks.__getitem__)
        found = self._connection.execute(_AMONG, (match, json.dumps(best))).fetchall()
        return sorted(found, key=lambda row: ranks[row[0]])

    def _hit(self, article_id: int, title: str, snippet: str, body: str) -> Hit:
        query = "SELECT places FROM kept WHERE id = ?"
        contents = json.loads(self._connection.execute(query, (article_id,)).fetchone()[0])
        title, snippet, body = (each.replace(_SEAM, "") for each in (title, snippet, body))
        return _hit(article_id, title, snippet, list(_lines(body, contents)))

    def alike(self, article_id: int, most: int) -> list[int]:
        """Guides with the words of this one's title and keywords in theirs, other than itself."""
        query = (
            "SELECT title || ' ' || keywords, (SELECT count(*) FROM kept) FROM kept WHERE id = ?"
        )
        row = self._connection.execute(query, (article_id,)).fetchone()
        if row is None:
            return []
        words, guides = map(fold, _in_pairs(split(row[0]))), row[1]
        # What half of all guides are about makes no two of them alike.
        telling = [f'"{_apart(word)}"' for word in words if 2 * self._count(word) <= guides]
        match = f"{{title keywords}} : ({' OR '.join(telling)})"
        found = self._connection.execute(_ALIKE, (match, most + 1)) if telling else ()
        return [each for (each,) in found if each != article_id][:most]

    def meant(self, words: Sequence[str]) -> list[str]:
        """The words with those put right that stand in no guide; empty when none can be."""
        better = {
            word: self._vocabulary.nearest(folded)
            for word in words
            if not self._stands_somewhere(folded := fold(word))
        }
        return [better.get(word) or word for word in words] if any(better.values()) else []

    def _stands_somewhere(self, word: str) -> bool:
        """In whatever form; without ranking, because one guide is enough."""
        query = "SELECT 1 FROM guide WHERE guide MATCH ? LIMIT 1"
        match = (self._term(word, is_last=False),)
        return bool(self._count(word) or self._connection.execute(query, match).fetchone())

    def _count(self, word: str) -> int:
        return self._vocabulary.count(word)

    def _term(self, word: str, *, is_last: bool) -> str:
        """A word in all its forms; also as the beginning of others, when it may not be finished or is none."""
        is_finished = not is_last and self._count(word)
        endings = () if is_finished else self._vocabulary.longer(word, _MOST_ENDINGS)
        return "(" + " OR ".join(f'"{_apart(each)}"' for each in (word, *endings)) + ")"


def _apart(text: str) -> str:
    """The text with each character by itself that may be a word or a part of one."""
    return text if text.isascii() else _ALONE.sub(rf"{_SEAM}\g<0>{_SEAM}", text)


def _in_pairs(words: Iterable[str]) -> Iterator[str]:
    """The words; of rows of characters without blanks any two neighbours, because most words there are so long."""
    for word in words:
        for row in _ROW.findall(word):
            if _ALONE.match(row):
                yield from (
                    row[at : at + 2] for at in range(max(min(len(row), _LONGEST_ROW) - 1, 1))
                )
            else:
                yield row


def _unpacked(packed: bytes) -> str:
    return zlib.decompress(packed).decode()


def _all_words(fields: Mapping[str, Any]) -> str:
    return " ".join(fields[name] for name in ("title", "keywords", "description", "body"))


def _lines(body: str, contents: Sequence[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each line of the text with the heading over it and where that is: a line begins with each heading.

    What stands below a heading that not every reader sees belongs to the one before.
    """
    waiting = list(reversed(contents))
    place = ("", "")
    for line in body.split("\n"):
        if waiting and line.startswith(waiting[-1][0]):
            heading, anchor = waiting.pop()
            place = (heading, anchor)
        yield line, place


def _hit(
    article_id: int, title: str, snippet: str, lines: Sequence[tuple[str, tuple[str, str]]]
) -> Hit:
    """The line of the snippet with the most marks decides which place is shown."""
    best = max(snippet.split("\n"), key=lambda line: line.count(OPEN))
    if OPEN not in best:
        return Hit(article_id, title, "", "", "")
    plain = _MARKS.sub("", best)
    place, anchor = next((place for line, place in lines if plain in line), ("", ""))
    # The heading is shown by itself.
    piece = _after(best, len(place)) if plain.startswith(place) else best
    return Hit(article_id, title, piece.replace(_CUT, " … ").strip(), place, anchor)


def _after(marked: str, length: int) -> str:
    """The text after so many characters that are no marks."""
    seen = 0
    for index, character in enumerate(marked):
        if seen == length and character != CLOSE:
            return marked[index:]
        seen += not _MARKS.match(character)
    return ""
