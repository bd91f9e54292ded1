"""Where the parts of a chart lie; colours are the style sheet's business, and the numbers stand beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil, log10

from xero_onboard.staff import opinions, searching
from xero_onboard.staff.funnel import COLUMNS, Period, Tally

WIDTH = 400.0
_STEP, _BAR = 48.0, 20.0
_PLOT_LEFT, _PLOT_TOP, _PLOT_HEIGHT = 36.0, 12.0, 170.0
_LABEL_EVERY = 80.0


@dataclass(frozen=True)
class Bar:
    """A rectangle; `kind` says which colour it is given."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True)
class Label:
    """A few words at a point, which is where they begin, end or have their middle."""

    x: float
    y: float
    words: str
    anchor: str


@dataclass(frozen=True)
class Chart:
    """Everything that is drawn, in units of the view box."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    # Heights at which a line helps to read the columns.
    lines: tuple[float, ...] = ()
    # Places from left to right at which something else happened.
    marks: tuple[float, ...] = ()


def steps(tally: Tally) -> Chart:
    """A bar for each step, as long as so many took it."""
    found = list(tally.stages)
    longest = max(count for _, count, _ in found) or 1
    bars, labels = [], []
    for number, (words, count, _) in enumerate(found):
        top = number * _STEP
        labels.append(Label(0, top + 15, words, "start"))
        labels.append(Label(WIDTH, top + 15, str(count), "end"))
        bars.append(Bar(0, top + 22, WIDTH, _BAR, "empty"))
        if count:
            bars.append(Bar(0, top + 22, _round(max(2.0, WIDTH * count / longest)), _BAR, "step"))
    return Chart(WIDTH, len(found) * _STEP, tuple(bars), tuple(labels))


def columns(periods: Sequence[Period]) -> Chart:
    """A column for each period, as high as there were presses, parted by how they ended."""
    kinds = [kind for kind, _, _ in COLUMNS]
    return _columns(
        [
            _Pillar(period.begins_on, [(kind, period.tally.of_kind(kind)) for kind in kinds])
            for period in periods
        ]
    )


def votes(periods: Sequence[opinions.Period]) -> Chart:
    """A column for each period, as high as there were votes; a line where a revision was published."""
    chart = _columns(
        [
            _Pillar(each.begins_on, [("connected", each.tally.yes), ("failed", each.tally.no)])
            for each in periods
        ]
    )
    width = (WIDTH - _PLOT_LEFT) / len(periods)
    marks, labels = [], list(chart.labels)
    for number, period in enumerate(periods):
        if period.revisions:
            left = _round(_PLOT_LEFT + number * width)
            marks.append(left)
            words = f"r{'–'.join(str(each) for each in _ends(period.revisions))}"
            labels.append(Label(left + 3, _PLOT_TOP - 2, words, "start"))
    return replace(chart, labels=tuple(labels), marks=tuple(marks))


def searches(periods: Sequence[searching.Period]) -> Chart:
    """A column for each period, as high as there were searches, parted by whether they found something."""
    return _columns(
        [
            _Pillar(
                each.begins_on,
                [("connected", each.searches - each.in_vain), ("failed", each.in_vain)],
            )
            for each in periods
        ]
    )


@dataclass(frozen=True)
class _Pillar:
    """One column: when it begins, and its parts from below by the colour they are given."""

    begins_on: date
    parts: Sequence[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.parts)


def _ends(revisions: Sequence[int]) -> Sequence[int]:
    return revisions if len(revisions) == 1 else (revisions[0], revisions[-1])


def _columns(pillars: Sequence[_Pillar]) -> Chart:
    most = _round_up(max((pillar.total for pillar in pillars), default=0))
    bottom = _PLOT_TOP + _PLOT_HEIGHT
    width = (WIDTH - _PLOT_LEFT) / len(pillars)
    every = ceil(_LABEL_EVERY / width)
    bars: list[Bar] = []
    labels = [_level(share, most) for share in (0.0, 0.5, 1.0)]
    for number, pillar in enumerate(pillars):
        left = _PLOT_LEFT + number * width
        bars += _column(pillar, left + width * 0.15, width * 0.7, most)
        if number % every == 0:
            words = f"{pillar.begins_on.day} {pillar.begins_on:%b}"
            labels.append(Label(_round(left + width / 2), bottom + 20, words, "middle"))
    lines = tuple(bottom - share * _PLOT_HEIGHT for share in (0.0, 0.5, 1.0))
    return Chart(WIDTH, bottom + 28, tuple(bars), tuple(labels), lines)


def _column(pillar: _Pillar, left: float, width: float, most: int) -> list[Bar]:
    bars, top = [], _PLOT_TOP + _PLOT_HEIGHT
    for kind, count in pillar.parts:
        height = _PLOT_HEIGHT * count / most
        if height:
            top -= height
            bars.append(Bar(_round(left), _round(top), _round(width), _round(height), kind))
    return bars


def _level(share: float, most: int) -> Label:
    height = _PLOT_TOP + _PLOT_HEIGHT * (1 - share)
    return Label(_PLOT_LEFT - 8, height + 4, str(round(most * share)), "end")


def _round_up(count: int) -> int:
    """An even number of its size, so that half of it is a whole number as well."""
    if count <= 2:
        return 2
    step = max(2, int(10 ** int(log10(count))) // 5 * 2)
    return ceil(count / step) * step


def _round(length: float) -> float:
    return round(length, 2)
