"""Faults that wait for calls: kept in the store, so that they hold for every process."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update

from xero_onboard.lib import clock
from xero_onboard.sandbox.faults import catalogue, shape
from xero_onboard.sandbox.faults.shape import Fault
from xero_onboard.sandbox.models import ArmedFault
from xero_onboard.sandbox.problems import Refused
from xero_onboard.sandbox.store import store

MOST_TIMES = 10_000
_SHOWN = 5


@dataclass(frozen=True)
class Met:
    """A fault that the present call has met."""

    name: str
    values: Mapping[str, str]

    def number(self, name: str) -> float:
        return float(self.values[name])


def arm(
    name: str, place: str, times: int | None, values: Mapping[str, object] | None = None
) -> ArmedFault:
    """Let the next `times` calls at this place meet the fault, or all when it is None; raises Refused.

    The same fault at the same place is replaced.
    """
    fault = _known(name)
    if place not in fault.offered_at:
        raise Refused(f"“{name}” can happen at: {', '.join(fault.offered_at)}", "place")
    if times is not None and not 1 <= times <= MOST_TIMES:
        raise Refused(f"Times: a number from 1 to {MOST_TIMES}, or nothing", "times")
    read = fault.read(values or {})
    store.session.execute(
        delete(ArmedFault).where(ArmedFault.fault == name).where(ArmedFault.place == place)
    )
    row = ArmedFault(
        fault=name,
        kind=fault.kind,
        place=place,
        values=json.dumps(read),
        remaining=times,
        armed_at=clock.now(),
    )
    store.session.add(row)
    store.session.flush()
    return row


def take(*places: str) -> dict[str, Met]:
    """What a call at these places meets, by kind, counted in the same statement that finds it.

    Of several faults of one kind the first that was armed comes first, and those that are counted
    come before those that stay on.
    """
    found = store.session.execute(
        update(ArmedFault)
        .where(ArmedFault.id.in_(_first_of_each_kind(places)))
        .values(remaining=ArmedFault.remaining - 1, met=ArmedFault.met + 1)
        .returning(ArmedFault.kind, ArmedFault.fault, ArmedFault.values)
        .execution_options(synchronize_session=False)
    )
    return {kind: Met(fault, json.loads(values)) for kind, fault, values in found}


def waiting(*places: str) -> list[str]:
    """The names of what the next call at these places will meet, which is not counted for it."""
    rows = select(ArmedFault.fault).where(ArmedFault.id.in_(_first_of_each_kind(places)))
    return list(store.session.scalars(rows))


def on() -> list[ArmedFault]:
    """What is switched on, the first armed first."""
    rows = select(ArmedFault).where(_is_on()).order_by(ArmedFault.id)
    return list(store.session.scalars(rows))


def used_up() -> list[ArmedFault]:
    """What has been met as often as it was armed for, the newest first."""
    rows = select(ArmedFault).where(~_is_on()).order_by(ArmedFault.id.desc()).limit(_SHOWN)
    return list(store.session.scalars(rows))


def count() -> int:
    """How many faults are switched on."""
    counted = select(func.count()).select_from(ArmedFault).where(_is_on())
    return store.session.scalar(counted) or 0


def find(armed_id: int) -> ArmedFault | None:
    """One that was armed, also when it is used up."""
    return store.session.get(ArmedFault, armed_id)


def switch_off(armed_id: int) -> bool:
    """Take one away; whether it was there."""
    gone = delete(ArmedFault).where(ArmedFault.id == armed_id).returning(ArmedFault.id)
    return store.session.scalar(gone) is not None


def switch_all_off() -> None:
    """Answer as Xero answers again."""
    store.session.execute(delete(ArmedFault))


def fault_of(row: ArmedFault) -> Fault:
    """The words for what is armed."""
    return catalogue.FAULTS[row.fault]


def values_of(row: ArmedFault) -> dict[str, Any]:
    """The values it was armed with, by name."""
    values: dict[str, Any] = json.loads(row.values)
    return values


def _known(name: str) -> Fault:
    fault = catalogue.FAULTS.get(name)
    if fault is None:
        raise Refused(f"There is no fault “{name[:60]}”")
    return fault


def _is_on() -> ColumnElement[bool]:
    return or_(ArmedFault.remaining.is_(None), ArmedFault.remaining > 0)


def _first_of_each_kind(places: Sequence[str]) -> Select[tuple[int]]:
    here = [
        and_(
            ArmedFault.place.in_(shape.wider_places_of(place)),
            ArmedFault.fault.in_(catalogue.possible_at(place)),
        )
        for place in places
    ]
    order = (ArmedFault.remaining.is_(None), ArmedFault.id)
    ranked = (
        select(
            ArmedFault.id,
            func.row_number().over(partition_by=ArmedFault.kind, order_by=order).label("rank"),
        )
        .where(_is_on(), or_(*here))
        .subquery()
    )
    return select(ranked.c.id).where(ranked.c.rank == 1)
