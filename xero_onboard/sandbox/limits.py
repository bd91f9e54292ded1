"""How often the API may be called: https://developer.xero.com/documentation/guides/oauth2/limits/"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert

from xero_onboard.lib import clock
from xero_onboard.sandbox.models import CallCount
from xero_onboard.sandbox.store import store

_MINUTE = 60
_DAY = 86_400


@dataclass(frozen=True)
class Limit:
    """So many calls in so many seconds; `problem` and `header` are Xero's names for it."""

    problem: str
    header: str
    seconds: int
    calls: int
    is_of_organisation: bool
    says_when: bool


LIMITS = (
    Limit("minute", "X-MinLimit-Remaining", _MINUTE, 60, True, True),
    Limit("day", "X-DayLimit-Remaining", _DAY, 5_000, True, True),
    Limit("appminute", "X-AppMinLimit-Remaining", _MINUTE, 10_000, False, False),
)


@dataclass(frozen=True)
class Standing:
    """Where the app stands after this call."""

    headers: dict[str, str]
    problem: str | None


def count(organisation_id: UUID) -> Standing:
    """Count one call for this organisation, and say what is left."""
    now = int(clock.now().timestamp())
    store.session.execute(delete(CallCount).where(CallCount.window < now - _DAY))
    headers: dict[str, str] = {}
    exceeded: list[Limit] = []
    for limit in LIMITS:
        calls = _count(limit, organisation_id, now - now % limit.seconds)
        headers[limit.header] = str(max(limit.calls - calls, 0))
        if calls > limit.calls:
            exceeded.append(limit)
    if not exceeded:
        return Standing(headers, problem=None)
    longest = max(exceeded, key=lambda limit: limit.seconds)
    headers["X-Rate-Limit-Problem"] = longest.problem
    if longest.says_when:
        headers["Retry-After"] = str(longest.seconds - now % longest.seconds)
    return Standing(headers, longest.problem)


def _count(limit: Limit, organisation_id: UUID, window: int) -> int:
    name = f"{limit.problem} {organisation_id}" if limit.is_of_organisation else limit.problem
    counted = store.session.scalar(
        insert(CallCount)
        .values(limit=name, window=window, calls=1)
        .on_conflict_do_update(
            index_elements=[CallCount.limit, CallCount.window],
            set_={"calls": CallCount.calls + 1},
        )
        .returning(CallCount.calls)
    )
    return counted or 0
