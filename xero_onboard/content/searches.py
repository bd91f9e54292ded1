"""What was looked for, counted by the day and without persons: who asked, from where and in which order is not stored.

What was typed into the field and never sent is counted once, as the page tells it when the reader stops; single
keystrokes are not. What could name a person is taken out of the words before they are stored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import BigInteger, ForeignKey, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from xero_onboard.content.library import outline
from xero_onboard.content.translations import ArticleCard, SectionCard
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, db, insert_into, note_in_passing
from xero_onboard.lib.jobs import every_minute

KEEP = timedelta(days=90)
POPULAR_FOR = timedelta(days=28)
LONGEST_STORED = 100
_POPULAR = 6
# Anybody can search for anything: beyond so many different queries a day only their number is kept.
MOST_A_DAY = 5_000
OTHERS = "(others)"

# What is likely to be somebody's, and what stands in its place.
_PERSONAL: Mapping[str, re.Pattern[str]] = {
    "(email)": re.compile(r"\S+@\S+"),
    "(address)": re.compile(r"\b(?:https?://|www\.)\S+"),
    "(reference)": re.compile(r"\bxc[\s._/-]?[2-9b-df-hj-np-tv-z]{4}\b"),
    "(number)": re.compile(r"\+?\b\d(?:[\s().-]?\d){4,}\b"),
    "(secret)": re.compile(r"\b(?=\w*\d)\w{16,}\b|\b\w{30,}\b"),
}


class SearchCount(Table):
    """How often one thing was looked for on one day, and how many guides were found the last time."""

    __tablename__ = "search_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    locale: Mapped[str] = mapped_column(String(12), primary_key=True)
    query: Mapped[str] = mapped_column(String(LONGEST_STORED), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    found: Mapped[int]


class SearchOpening(Table):
    """How often a guide was opened from what was found; `places` adds up which one in the list it was."""

    __tablename__ = "search_opening"

    day: Mapped[date] = mapped_column(primary_key=True)
    locale: Mapped[str] = mapped_column(String(12), primary_key=True)
    query: Mapped[str] = mapped_column(String(LONGEST_STORED), primary_key=True)
    article_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    count: Mapped[int] = mapped_column(BigInteger)
    places: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True)
class Opening:
    """A guide that was opened, and which one in the list of what was found it was."""

    article_id: int
    place: int


def count_shown(query: str, found: int, locale: str) -> None:
    """Count one more search by a page that only reads; a database that is busy has it uncounted."""
    note_in_passing("a search", lambda: count(query, found, locale))


def count(query: str, found: int, locale: str) -> None:
    """Count one more search."""
    words = _within_the_day(without_persons(query), locale)
    if not words:
        return
    key = {"day": now().date(), "locale": locale, "query": words}
    statement = insert_into(SearchCount).values(**key, count=1, found=found)
    changed = {"count": SearchCount.count + 1, "found": found}
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changed))


def count_opening(query: str, opening: Opening, locale: str) -> None:
    """Count that a guide was opened which this search had found; guides that nobody can read are ignored."""
    words = _within_the_day(without_persons(query), locale)
    if not words or opening.article_id not in outline(locale).places:
        return
    key = {
        "day": now().date(),
        "locale": locale,
        "query": words,
        "article_id": opening.article_id,
    }
    statement = insert_into(SearchOpening).values(**key, count=1, places=opening.place)
    changed = {
        "count": SearchOpening.count + 1,
        "places": SearchOpening.places + opening.place,
    }
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changed))


def without_persons(query: str) -> str:
    """The words alike however they were typed, without what is likely to be a person's."""
    words = query.lower()
    for name, pattern in _PERSONAL.items():
        words = pattern.sub(name, words)
    return " ".join(words.split())[:LONGEST_STORED].strip()


def popular(locale: str, section: SectionCard | None = None) -> tuple[ArticleCard, ...]:
    """What to offer a reader who found nothing: what others open most, of this section or of all."""
    opened = _most_opened(locale)
    cards = section.articles if section else tuple(outline(locale).articles)
    offered = (card for card in cards if card.is_searchable)
    liked = sorted(offered, key=lambda card: (-opened.get(card.id, 0), not card.is_promoted))
    return tuple(liked[:_POPULAR])


@every_minute("forget old searches")
def forget_old() -> None:
    """Delete what is older than it is useful for."""
    oldest = (now() - KEEP).date()
    for table in (SearchCount, SearchOpening):
        db.session.execute(delete(table).where(table.day < oldest))


def _most_opened(locale: str) -> Mapping[int, int]:
    """How often each guide was lately opened from a search."""
    since = (now() - POPULAR_FOR).date()
    query = (
        select(SearchOpening.article_id, func.sum(SearchOpening.count))
        .where(SearchOpening.day >= since, SearchOpening.locale == locale)
        .group_by(SearchOpening.article_id)
    )
    return {article_id: int(opened) for article_id, opened in db.session.execute(query)}


def _within_the_day(words: str, locale: str) -> str:
    """The words, or what stands for all others once a day has seen too many different ones."""
    today = SearchCount.day == now().date()
    is_known = select(SearchCount.count).where(
        today, SearchCount.locale == locale, SearchCount.query == words
    )
    if not words or db.session.scalar(is_known) is not None:
        return words
    different = select(func.count()).select_from(SearchCount).where(today)
    return OTHERS if (db.session.scalar(different) or 0) >= MOST_A_DAY else words
