"""The index of words: SQLite FTS5 tables of each process's own, one for each language, whatever the main database is.

It lives in memory and follows what readers may see: whenever the generation has moved on, what changed is read again.
A few guides are read at once; a whole help centre is read in the background, and what is not read yet is not found.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Lock, Thread
from typing import Any
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.engine import Row

from xero_onboard.content.models import Article, Revision
from xero_onboard.content.visibility import is_visible, state
from xero_onboard.content.wording import Wording
from xero_onboard.lib.db import db

_AT_ONCE = 200
# So many between two turns of others, while the rest is read in the background.
_IN_TURN = 50

# Which revision is shown, when it was made anew, and in which language it is.
_State = tuple[UUID, datetime | None, str]

log = logging.getLogger(__name__)


class Index:
    """The index of one app in this process; threads take turns."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state = (-1, 0)
        self._languages: dict[str, Wording] = {}
        # What is in it, and what is not yet.
        self._revisions: dict[int, _State] = {}
        self._waiting: list[int] = []
        self._alike: dict[int, list[int]] = {}
        self._filler: Thread | None = None

    @property
    def is_filling(self) -> bool:
        """Whether there are guides that it does not know yet."""
        return bool(self._waiting)

    @contextmanager
    def languages(self, *locales: str) -> Iterator[list[Wording]]:
        """The words of all guides in these languages as they are now; others wait until they are given back."""
        with self._lock:
            self._follow()
            yield [self._language(locale) for locale in locales]

    def alike(self, article_id: int, locale: str, most: int) -> list[int]:
        """Guides that have much in common with this one; remembered until something is published."""
        with self._lock:
            self._follow()
            if article_id not in self._alike:
                self._alike[article_id] = self._language(locale).alike(article_id, most)
            return self._alike[article_id]

    def _language(self, locale: str) -> Wording:
        if locale not in self._languages:
            self._languages[locale] = Wording()
        return self._languages[locale]

    def _follow(self) -> None:
        present = state()
        if present != self._state:
            self._compare()
            self._state = present
        if 0 < len(self._waiting) <= _AT_ONCE:
            self._take(_AT_ONCE)
        elif self._waiting and (self._filler is None or not self._filler.is_alive()):
            app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
            self._filler = Thread(target=self._fill, args=(app,), name="index", daemon=True)
            self._filler.start()

    def _compare(self) -> None:
        """Forget what has changed or gone, and have what is new wait to be read."""
        query = select(
            Article.id, Revision.id.label("revision_id"), Revision.renewed_at, Article.locale
        )
        rows = db.session.execute(query.where(is_visible(), Article.is_searchable))
        visible = {row.id: (row.revision_id, row.renewed_at, row.locale) for row in rows}
        outdated = [key for key, known in self._revisions.items() if visible.get(key) != known]
        for article_id in outdated:
            self._language(self._revisions.pop(article_id)[-1]).remove(article_id)
        self._alike.clear()
        self._waiting = [key for key in visible if key not in self._revisions]

    def _take(self, most: int) -> None:
        """Read some of those that wait."""
        ids = [key for key in self._waiting[:most] if key not in self._revisions]
        for row in _read(ids) if ids else ():
            self._language(row.locale).add(_fields(row))
            self._revisions[row.id] = (row.revision_id, row.renewed_at, row.locale)
        # Last, so that nothing is lost when the database fails in between.
        self._waiting = self._waiting[most:]
        self._alike.clear()

    def _fill(self, app: Flask) -> None:
        """Read all of those that wait; a search in between waits for one turn at most."""
        with app.app_context():
            try:
                while self._waiting:
                    with self._lock:
                        self._take(_IN_TURN)
                    db.session.rollback()
            except Exception:
                # The next search begins again with those that are left.
                log.exception("the index could not be filled")
                self._state = (-1, 0)


def current_index() -> Index:
    """The index of this app; it fills itself when it is asked for the first time."""
    index: Index = current_app.extensions["content_index"]
    return index


def _read(ids: Sequence[int]) -> Sequence[Row[Any]]:
    columns = (
        *(Article.id, Article.locale, Revision.id.label("revision_id"), Revision.title),
        *(Revision.keywords, Revision.description, Revision.contents, Revision.text),
        *(Revision.renewed_at, Article.search_boost),
    )
    fitting = (is_visible(), Article.is_searchable, Article.id.in_(ids))
    return db.session.execute(select(*columns).where(*fitting)).all()


def _fields(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "boost": row.search_boost,
        "title": row.title,
        "keywords": " ".join(row.keywords),
        "headings": " ".join(heading["text"] for heading in row.contents),
        "description": row.description,
        "body": row.text,
        "places": json.dumps([[each["text"], each["anchor"]] for each in row.contents]),
    }
