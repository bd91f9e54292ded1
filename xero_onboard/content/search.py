"""Finding guides by words: an SQLite FTS5 index of each process's own, whatever the main database is.

The index lives in memory and follows the published revisions: whenever the generation has moved on, what changed is
read again.
"""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from flask import current_app
from markupsafe import Markup, escape  # noqa: TID251
from sqlalchemy import select

from xero_onboard.content.library import IS_PUBLISHED, ArticleCard, outline
from xero_onboard.content.models import Article, Revision
from xero_onboard.content.revisions import generation
from xero_onboard.lib.db import db
from xero_onboard.lib.web import trust_html

LONGEST_QUERY = 200
_MOST_WORDS = 12
_MOST_RESULTS = 20
_MOST_SUGGESTIONS = 6
_WORD = re.compile(r"\w+")
# Marks that no text can contain; HTML is made of them after everything else has been escaped.
_OPEN, _CLOSE = "\x02", "\x03"

_CREATE = """
CREATE VIRTUAL TABLE guide USING fts5(
    title, keywords, description, body, locale UNINDEXED, tokenize = 'porter unicode61 remove_diacritics 2'
)
"""
_FIND = """
SELECT rowid, snippet(guide, 3, char(2), char(3), ' … ', 24)
FROM guide WHERE guide MATCH ? AND locale = ?
ORDER BY bm25(guide, 10.0, 6.0, 4.0, 1.0), rowid LIMIT ?
"""


@dataclass(frozen=True)
class SearchResult:
    """A guide that was found, with the place in it that fits best."""

    title: str
    href: str
    section_title: str
    snippet: Markup


class _Index:
    """The index of one app in this process; threads take turns."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._generation = -1
        self._revisions: dict[int, UUID] = {}
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.execute(_CREATE)

    def find(self, words: Sequence[str], locale: str, most: int) -> list[tuple[int, str]]:
        """Ids and snippets: guides with all the words, or else with any of them."""
        with self._lock:
            self._refresh()
            terms = [f'("{word}" OR "{word}" *)' for word in words]
            for joiner in (" AND ", " OR "):
                rows = self._connection.execute(
                    _FIND, (joiner.join(terms), locale, most)
                ).fetchall()
                if rows:
                    return rows
        return []

    def _refresh(self) -> None:
        present = generation()
        if present == self._generation:
            return
        query = select(Article.id, Revision.id.label("revision_id")).where(IS_PUBLISHED)
        published = {row.id: row.revision_id for row in db.session.execute(query)}
        changed = [key for key, value in published.items() if self._revisions.get(key) != value]
        gone = [key for key in self._revisions if key not in published]
        with self._connection:
            self._connection.executemany(
                "DELETE FROM guide WHERE rowid = ?", [(key,) for key in (*changed, *gone)]
            )
            for start in range(0, len(changed), 500):
                self._add(changed[start : start + 500])
        self._revisions, self._generation = published, present

    def _add(self, ids: Sequence[int]) -> None:
        columns = (
            Article.id,
            Article.locale,
            Revision.title,
            Revision.keywords,
            Revision.description,
            Revision.text,
        )
        rows = db.session.execute(select(*columns).where(IS_PUBLISHED, Article.id.in_(ids)))
        self._connection.executemany(
            "INSERT INTO guide (rowid, title, keywords, description, body, locale) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    row.id,
                    row.title,
                    " ".join(row.keywords),
                    row.description,
                    _unmarked(row.text),
                    row.locale,
                )
                for row in rows
            ],
        )


def search(query: str, locale: str) -> tuple[SearchResult, ...]:
    """The guides that fit the query best."""
    found = _index().find(_words(query), locale, _MOST_RESULTS) if _words(query) else []
    places = {
        card.id: (card, shelf.title)
        for shelf in outline(locale).sections
        for card in shelf.articles
    }
    return tuple(
        SearchResult(card.title, card.href, shelf_title, _snippet(snippet))
        for article_id, snippet in found
        if article_id in places
        for card, shelf_title in [places[article_id]]
    )


def suggest(path: str, locale: str) -> tuple[ArticleCard, ...]:
    """Guides that somebody may have meant who came to a path that does not exist."""
    words = [word for word in _words(path[-LONGEST_QUERY:].replace("-", " ")) if not word.isdigit()]
    words = [
        word
        for word in words
        if word not in ("hc", "articles", "sections", "md", *locale.split("-"))
    ]
    found = _index().find(words, locale, _MOST_SUGGESTIONS) if words else []
    cards = {card.id: card for card in outline(locale).articles}
    return tuple(cards[article_id] for article_id, _ in found if article_id in cards)


def _index() -> _Index:
    index: _Index = current_app.extensions["content_search"]
    return index


def open_index() -> _Index:
    """An empty index; it fills itself when it is asked for the first time."""
    return _Index()


def _words(query: str) -> list[str]:
    """Letters and digits only: nothing of a query is ever read as the index's own language."""
    return _WORD.findall(query.lower())[:_MOST_WORDS]


def _unmarked(text: str) -> str:
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def _snippet(marked: str) -> Markup:
    return trust_html(str(escape(marked)).replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>"))
