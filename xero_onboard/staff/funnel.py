"""From reading to connected: how many took each step, for each guide and revision, and where others stopped."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Integer, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from xero_onboard.connect.departure import PERSONAL
from xero_onboard.connect.models import Attempt, Showing
from xero_onboard.connect.outcomes import CATALOGUE, SUCCEEDED, outcome_of
from xero_onboard.content.models import Article, Revision
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.web import settings
from xero_onboard.staff.filters import environment
from xero_onboard.staff.naming import titled

# How many days are looked at, and how many of them stand in one column.
SPANS: Mapping[int, int] = {7: 1, 28: 7, 84: 7}
USUAL_SPAN = 28
# What is pressed on pages that are no guide.
ELSEWHERE = "elsewhere"
STAGES: tuple[tuple[str, str], ...] = (
    ("shown", "Were shown the button"),
    ("pressed", "Pressed it"),
    ("left", "Were sent to Xero"),
    ("returned", "Came back from Xero"),
    ("chosen", "An organisation was chosen"),
    ("confirmed", "Still connected when first checked"),
)
# The parts of a column from below, in words and in few letters.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("connected", "Connected", "Connected"),
    ("open", "Still under way", "Open"),
    ("stopped", "Stopped or did not come back", "Stopped"),
    ("failed", "Failed", "Failed"),
)


@dataclass
class Tally:
    """How many took each step, and how it ended for those who pressed, by code."""

    shown: int = 0
    pressed: int = 0
    left: int = 0
    returned: int = 0
    chosen: int = 0
    confirmed: int = 0
    ends: dict[str, int] = field(default_factory=dict)

    @property
    def stages(self) -> Iterator[tuple[str, int, int | None]]:
        """Each step in words, how many took it, and that in per cent of the step before."""
        before: int | None = None
        for name, words in STAGES:
            count: int = getattr(self, name)
            yield words, count, round(100 * count / before) if before else None
            before = count

    @property
    def failures(self) -> Sequence[tuple[str, str, int]]:
        """Everything but success by its code, in words, the most frequent first."""
        rows = [
            (code, _title(code), count)
            for code, count in self.ends.items()
            if kind_of(code) != "connected"
        ]
        return sorted(rows, key=lambda row: (-row[2], row[0]))

    def of_kind(self, kind: str) -> int:
        """How many presses ended in this way."""
        return sum(count for code, count in self.ends.items() if kind_of(code) == kind)


@dataclass(frozen=True)
class Period:
    """One column of the chart: a day, or seven of them."""

    begins_on: date
    ends_on: date
    tally: Tally


@dataclass(frozen=True)
class Guide:
    """A guide that was shown or in which somebody pressed; `key` names it in an address."""

    key: str
    title: str
    tally: Tally


@dataclass(frozen=True)
class Edition:
    """One revision of a guide."""

    number: int
    published_at: datetime | None
    tally: Tally


@dataclass(frozen=True)
class Funnel:
    """What a page shows: everything together or one guide, over some days."""

    days: int
    guides: tuple[Guide, ...]
    chosen: Guide | None
    total: Tally
    periods: tuple[Period, ...]
    editions: tuple[Edition, ...]


@dataclass(frozen=True)
class _Fact:
    """What happened on one day in one revision of one guide, as far as it ended alike."""

    day: date
    article_id: int | None
    revision: int | None
    counts: Mapping[str, int]
    code: str = ""


def funnel(days: int, key: str = "") -> Funnel:
    """The last days, of one guide if its key is given; raises LookupError for a key that names none."""
    first = now().date() - timedelta(days=days - 1)
    facts = [*_showings(first), *_presses(first)]
    guides = _guides(facts)
    chosen = _chosen(guides, key) if key else None
    of_chosen = [fact for fact in facts if not key or _key(fact.article_id) == key]
    return Funnel(
        days=days,
        guides=guides,
        chosen=chosen,
        total=_tally(of_chosen),
        periods=tuple(_periods(of_chosen, first, days)),
        editions=tuple(_editions(of_chosen)) if chosen and key != ELSEWHERE else (),
    )


def kind_of(code: str) -> str:
    """Which part of a column an end belongs to."""
    if code in SUCCEEDED:
        return "connected"
    if not code:
        return "open"
    return "failed" if code in CATALOGUE and CATALOGUE[code].tone == "problem" else "stopped"


def _chosen(guides: Sequence[Guide], key: str) -> Guide:
    found = next((guide for guide in guides if guide.key == key), None)
    if found is not None:
        return found
    if key == ELSEWHERE:
        return Guide(key, _ELSEWHERE, Tally())
    title = _titles([int(key)]).get(int(key))
    if title is None:
        raise LookupError(key)
    return Guide(key, title, Tally())


def _guides(facts: Iterable[_Fact]) -> tuple[Guide, ...]:
    """Those that readers saw most, first."""
    by_article: dict[int | None, list[_Fact]] = {}
    for fact in facts:
        by_article.setdefault(fact.article_id, []).append(fact)
    titles = _titles([each for each in by_article if each is not None])
    guides = [
        Guide(
            _key(article_id), _ELSEWHERE if article_id is None else titles[article_id], _tally(of)
        )
        for article_id, of in by_article.items()
        # A form can name a guide that never was.
        if article_id is None or article_id in titles
    ]
    return tuple(
        sorted(guides, key=lambda each: (-each.tally.shown, -each.tally.pressed, each.title))
    )


def _key(article_id: int | None) -> str:
    return ELSEWHERE if article_id is None else str(article_id)


def _titles(article_ids: Sequence[int]) -> Mapping[int, str]:
    """What each guide is called now, or was last."""
    query = (
        select(Revision.article_id, Revision.title)
        .join(Article, Article.id == Revision.article_id)
        .where(Article.id.in_(article_ids))
        .order_by(Revision.number)
    )
    return {row.article_id: titled(row.title) for row in db.session.execute(query)}


def _editions(facts: Iterable[_Fact]) -> Iterator[Edition]:
    by_revision: dict[int, list[_Fact]] = {}
    article_id = None
    for fact in facts:
        if fact.revision is not None:
            article_id = fact.article_id
            by_revision.setdefault(fact.revision, []).append(fact)
    query = select(Revision.number, Revision.published_at).where(Revision.article_id == article_id)
    published = {row.number: row.published_at for row in db.session.execute(query)}
    for number in sorted(by_revision, reverse=True):
        yield Edition(number, published.get(number), _tally(by_revision[number]))


def _periods(facts: Sequence[_Fact], first: date, days: int) -> Iterator[Period]:
    length = SPANS[days]
    for offset in range(0, days, length):
        begins_on = first + timedelta(days=offset)
        ends_on = begins_on + timedelta(days=length - 1)
        within = [fact for fact in facts if begins_on <= fact.day <= ends_on]
        yield Period(begins_on, ends_on, _tally(within))


def _tally(facts: Iterable[_Fact]) -> Tally:
    tally = Tally()
    for fact in facts:
        for name, count in fact.counts.items():
            setattr(tally, name, getattr(tally, name) + count)
        if fact.counts.get("pressed"):
            tally.ends[fact.code] = tally.ends.get(fact.code, 0) + fact.counts["pressed"]
    return tally


def _showings(first: date) -> Iterator[_Fact]:
    query = select(Showing).where(Showing.day >= first)
    for row in db.session.scalars(query):
        yield _Fact(row.day, row.article_id, row.revision, {"shown": row.count})


def _presses(first: date) -> Iterator[_Fact]:
    day = day_of(Attempt.started_at)
    # Where nothing came back, the reader knows better than we do what it was; a question is no end.
    what_they_saw = case((Attempt.outcome == "abandoned", Attempt.saw))
    how = func.coalesce(what_they_saw, Attempt.outcome)
    ended = case((Attempt.status == "finished", how))
    where = (day, Attempt.article_id, Attempt.revision, ended)
    query = (
        select(
            *where,
            func.count(),
            *(
                func.sum(cast(moment.is_not(None), Integer))
                for moment in (
                    *(Attempt.left_at, Attempt.claimed_at),
                    *(Attempt.chosen_at, Attempt.confirmed_at),
                )
            ),
        )
        .where(
            Attempt.environment == environment(),
            Attempt.purpose.not_in(PERSONAL),
            day >= _written(first),
        )
        .group_by(*where)
    )
    for when, article_id, revision, outcome, *counts in db.session.execute(query):
        names = ("pressed", "left", "returned", "chosen", "confirmed")
        yield _Fact(
            date.fromisoformat(str(when)),
            article_id,
            revision,
            dict(zip(names, counts, strict=True)),
            outcome or "",
        )


def day_of(column: InstrumentedAttribute[datetime]) -> ColumnElement[str]:
    """The day of a moment in UTC, as both databases write it."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    moment = column if is_sqlite else func.timezone("UTC", column)
    return func.strftime("%Y-%m-%d", moment) if is_sqlite else func.to_char(moment, "YYYY-MM-DD")


def _written(day: date) -> str:
    return day.isoformat()


def _title(code: str) -> str:
    """What readers are told, without the names of organisations."""
    if kind_of(code) == "open":
        return "Still under way"
    return outcome_of(code, settings()).title if code in CATALOGUE else code


_ELSEWHERE = "Not in a guide: the home page, the page of one’s connections, links to colleagues"
