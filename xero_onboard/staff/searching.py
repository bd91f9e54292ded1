"""What readers look for: what finds nothing, what nobody opens, and how that changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from xero_onboard.content.searches import SearchCount, SearchOpening
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

# How many days are looked at, and how many of them stand in one column.
SPANS: Mapping[int, int] = {7: 1, 28: 7, 84: 7}
USUAL_SPAN = 28
_MOST_LISTED = 50


@dataclass(frozen=True)
class Query:
    """What was looked for: how often, how many guides were found the last time, and how often one was opened.

    `place` is which one in the list was opened, on average; none when nobody opened any.
    """

    words: str
    locale: str
    searches: int
    found: int
    openings: int
    place: float | None
    last_on: date


@dataclass(frozen=True)
class Period:
    """One column of the chart: a day, or seven of them."""

    begins_on: date
    searches: int
    in_vain: int


@dataclass(frozen=True)
class Lookups:
    """What a page shows of the last days; each list begins with what was looked for most."""

    days: int
    searches: int
    in_vain: int
    openings: int
    finding_nothing: tuple[Query, ...]
    opened_by_nobody: tuple[Query, ...]
    frequent: tuple[Query, ...]
    # The same words find one thing in one language and another, or nothing, in the next.
    is_in_languages: bool
    periods: tuple[Period, ...]


def lookups(days: int) -> Lookups:
    """What was looked for in the last days."""
    first = now().date() - timedelta(days=days - 1)
    queries = sorted(
        _queries(first), key=lambda query: (-query.searches, query.words, query.locale)
    )
    periods = tuple(_periods(first, days))
    return Lookups(
        days=days,
        searches=sum(period.searches for period in periods),
        in_vain=sum(period.in_vain for period in periods),
        openings=sum(query.openings for query in queries),
        finding_nothing=_most([query for query in queries if not query.found]),
        opened_by_nobody=_most([query for query in queries if query.found and not query.openings]),
        frequent=_most(queries),
        is_in_languages=len({query.locale for query in queries}) > 1,
        periods=periods,
    )


def _most(queries: Sequence[Query]) -> tuple[Query, ...]:
    return tuple(queries[:_MOST_LISTED])


def _queries(first: date) -> Iterator[Query]:
    openings = _openings(first)
    key = SearchCount.query, SearchCount.locale
    query = select(*key, SearchCount.day, SearchCount.count, SearchCount.found)
    by_words: dict[tuple[str, str], list[tuple[date, int, int]]] = {}
    since = query.where(SearchCount.day >= first).order_by(SearchCount.day)
    for words, locale, day, count, found in db.session.execute(since):
        by_words.setdefault((words, locale), []).append((day, count, found))
    for (words, locale), rows in by_words.items():
        opened, places = openings.get((words, locale), (0, 0))
        last_on, _, found = rows[-1]
        place = places / opened if opened else None
        searches = sum(row[1] for row in rows)
        yield Query(words, locale, searches, found, opened, place, last_on)


def _openings(first: date) -> Mapping[tuple[str, str], tuple[int, int]]:
    key = SearchOpening.query, SearchOpening.locale
    sums = func.sum(SearchOpening.count), func.sum(SearchOpening.places)
    query = select(*key, *sums).where(SearchOpening.day >= first)
    rows = db.session.execute(query.group_by(*key))
    return {(words, locale): (int(opened), int(places)) for words, locale, opened, places in rows}


def _periods(first: date, days: int) -> Iterator[Period]:
    query = select(SearchCount.day, SearchCount.found, func.sum(SearchCount.count))
    rows = db.session.execute(
        query.where(SearchCount.day >= first).group_by(SearchCount.day, SearchCount.found)
    ).all()
    length = SPANS[days]
    for offset in range(0, days, length):
        begins_on = first + timedelta(days=offset)
        within = [row for row in rows if 0 <= (row.day - begins_on).days < length]
        in_vain = sum(int(count) for _, found, count in within if not found)
        yield Period(begins_on, sum(int(count) for *_, count in within), in_vain)
