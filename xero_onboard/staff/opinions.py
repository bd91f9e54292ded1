"""Was it helpful: views and votes over time and by revision, against the week before, and beside did it connect."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import func, select

from xero_onboard.connect.models import WORKING
from xero_onboard.content import readings
from xero_onboard.content.models import Revision
from xero_onboard.content.readings import Day
from xero_onboard.feedback.models import Vote
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.staff import funnel as funnels
from xero_onboard.staff.funnel import SPANS, day_of
from xero_onboard.staff.remarks import titles

_WEEK = 7
# How a connection was shown to those for whom it worked.
_CONNECTED = frozenset((*WORKING, "expiring_soon", "paused"))


@dataclass
class Tally:
    """How many said yes and how many no."""

    yes: int = 0
    no: int = 0

    @property
    def total(self) -> int:
        return self.yes + self.no

    @property
    def share(self) -> int | None:
        """Yes in per cent, None where nobody voted."""
        return round(100 * self.yes / self.total) if self.total else None


@dataclass(frozen=True)
class Period:
    """One column of the chart, and the revisions that were published in it."""

    begins_on: date
    ends_on: date
    tally: Tally
    views: int
    revisions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Week:
    """A guide that somebody found unhelpful this week, against the week before."""

    article_id: int
    title: str
    now: Tally
    before: Tally


@dataclass(frozen=True)
class Guide:
    """Was it helpful, beside did it connect: also parted by whether a voter was connected."""

    article_id: int
    title: str
    views: int
    all: Tally
    connected: Tally
    others: Tally
    pressed: int
    finished: int

    @property
    def share_connected(self) -> int | None:
        """Presses that ended with a connection, in per cent."""
        return round(100 * self.finished / self.pressed) if self.pressed else None


@dataclass(frozen=True)
class Edition:
    """One revision, and what was thought of it; None stands for votes of unknown revision."""

    number: int | None
    tally: Tally
    views: int


@dataclass(frozen=True)
class Opinions:
    """What the page shows: all guides or one, over some days."""

    days: int
    chosen: tuple[int, str] | None
    total: Tally
    views: int
    periods: tuple[Period, ...]
    editions: tuple[Edition, ...]
    guides: tuple[Guide, ...]
    unhelpful: tuple[Week, ...]


@dataclass(frozen=True)
class _Fact:
    """Votes of one day for one revision that say the same."""

    day: date
    article_id: int
    revision: int | None
    is_yes: bool
    is_connected: bool
    count: int


_OfGuide = TypeVar("_OfGuide", _Fact, Day)


def opinions(days: int, article_id: int | None = None) -> Opinions:
    """The votes of the last days, of one guide if asked for; raises LookupError for an unknown one."""
    first = now().date() - timedelta(days=days - 1)
    facts = tuple(_facts(min(first, _fortnight())))
    names = titles()
    chosen = (article_id, names[article_id]) if article_id is not None else None
    within = [fact for fact in facts if fact.day >= first]
    shown = [fact for fact in within if article_id in (None, fact.article_id)]
    read = readings.since(first)
    read_of = [each for each in read if article_id in (None, each.article_id)]
    return Opinions(
        days=days,
        chosen=chosen,
        total=_tally(shown),
        views=_views(read_of),
        periods=tuple(_periods(shown, read_of, first, days, article_id)),
        editions=tuple(_editions(shown, read_of)) if chosen else (),
        guides=tuple(_guides(within, read, days, names)),
        unhelpful=tuple(_weeks(facts, names)),
    )


def unhelpful_this_week() -> tuple[Week, ...]:
    """Guides with a no in the last seven days, those with the most first."""
    facts = tuple(_facts(_fortnight()))
    return tuple(_weeks(facts, titles({fact.article_id for fact in facts})))


def _fortnight() -> date:
    """The first day of the week before this one."""
    return now().date() - timedelta(days=2 * _WEEK - 1)


def _facts(first: date) -> Iterator[_Fact]:
    day = day_of(Vote.updated_at)
    what = (day, Vote.article_id, Vote.revision, Vote.value, Vote.standing)
    query = select(*what, func.count()).where(day >= first.isoformat()).group_by(*what)
    for when, article_id, revision, value, standing, count in db.session.execute(query):
        yield _Fact(
            date.fromisoformat(str(when)),
            article_id,
            revision,
            value == 1,
            standing in _CONNECTED,
            count,
        )


def _tally(facts: Iterable[_Fact]) -> Tally:
    tally = Tally()
    for fact in facts:
        if fact.is_yes:
            tally.yes += fact.count
        else:
            tally.no += fact.count
    return tally


def _views(read: Iterable[Day]) -> int:
    return sum(each.count for each in read)


def _periods(
    facts: Sequence[_Fact], read: Sequence[Day], first: date, days: int, article_id: int | None
) -> Iterator[Period]:
    length = SPANS[days]
    published = _published(article_id, first) if article_id is not None else ()
    for offset in range(0, days, length):
        begins_on = first + timedelta(days=offset)
        ends_on = begins_on + timedelta(days=length - 1)
        yield Period(
            begins_on,
            ends_on,
            _tally(fact for fact in facts if begins_on <= fact.day <= ends_on),
            _views(each for each in read if begins_on <= each.day <= ends_on),
            tuple(number for number, at in published if begins_on <= at.date() <= ends_on),
        )


def _published(article_id: int, first: date) -> Sequence[tuple[int, datetime]]:
    query = (
        select(Revision.number, Revision.published_at)
        .where(Revision.article_id == article_id, Revision.published_at.is_not(None))
        .order_by(Revision.published_at)
    )
    found = ((row.number, row.published_at) for row in db.session.execute(query))
    return [(number, at) for number, at in found if at and at.date() >= first]


def _editions(facts: Sequence[_Fact], read: Sequence[Day]) -> Iterator[Edition]:
    numbers = {fact.revision for fact in facts} | {each.revision for each in read}
    for number in sorted(numbers, key=lambda each: each or 0, reverse=True):
        yield Edition(
            number,
            _tally(fact for fact in facts if fact.revision == number),
            _views(each for each in read if each.revision == number),
        )


def _guides(
    facts: Sequence[_Fact], read: Sequence[Day], days: int, names: Mapping[int, str]
) -> Iterator[Guide]:
    """Those with views, votes or presses, the least helpful first."""
    presses = {guide.key: guide.tally for guide in funnels.funnel(days).guides}
    facts_of, readings_of = _by_guide(facts), _by_guide(read)
    rows = []
    for article_id, title in names.items():
        of = facts_of.get(article_id, [])
        pressed = presses.get(str(article_id), funnels.Tally())
        views = _views(readings_of.get(article_id, []))
        if not of and not pressed.pressed and not views:
            continue
        rows.append(
            Guide(
                article_id,
                title,
                views,
                _tally(of),
                _tally(fact for fact in of if fact.is_connected),
                _tally(fact for fact in of if not fact.is_connected),
                pressed.pressed,
                pressed.of_kind("connected"),
            )
        )
    yield from sorted(
        rows, key=lambda row: (-row.all.no, row.all.share or 0, -row.views, row.title)
    )


def _by_guide(facts: Iterable[_OfGuide]) -> Mapping[int, Sequence[_OfGuide]]:
    """All at once, so that nobody walks through them again for each of many guides."""
    grouped: dict[int, list[_OfGuide]] = {}
    for fact in facts:
        grouped.setdefault(fact.article_id, []).append(fact)
    return grouped


def _weeks(facts: Sequence[_Fact], names: Mapping[int, str]) -> Iterator[Week]:
    """Guides with a no in the last seven days, those with the most first."""
    begin = now().date() - timedelta(days=_WEEK - 1)
    before = begin - timedelta(days=_WEEK)
    weeks = []
    facts_of = _by_guide(facts)
    for article_id in {fact.article_id for fact in facts if not fact.is_yes and fact.day >= begin}:
        of = facts_of[article_id]
        this = _tally(fact for fact in of if fact.day >= begin)
        last = _tally(fact for fact in of if before <= fact.day < begin)
        weeks.append(Week(article_id, names[article_id], this, last))
    yield from sorted(weeks, key=lambda week: (-week.now.no, week.title))
