"""Which of many are wanted, as Zendesk's API lets programs say it in addresses.

https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/#list-articles
"""

from datetime import UTC, datetime, timedelta

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from xero_onboard.content.listing import Sifted
from xero_onboard.lib.web import optional

_LONGEST_LIST = 500


def sifted(values: MultiDict[str, str]) -> Sifted:
    """The labels that all must have, and since when they must have been changed; raises BadRequest."""
    return Sifted(labels=words(values, "label_names"), updated_from=_second(values, "start_time"))


def sifted_by_days(values: MultiDict[str, str]) -> Sifted:
    """The same for a search, which knows days: https://developer.zendesk.com/api-reference/help_center/help-center-api/search/"""
    created_from, created_until = _days(values, "created")
    updated_from, updated_until = _days(values, "updated")
    return Sifted(
        words(values, "label_names"), created_from, created_until, updated_from, updated_until
    )


def words(values: MultiDict[str, str], name: str) -> tuple[str, ...]:
    """A list with commas."""
    given = optional(values, name, longest=_LONGEST_LIST) or ""
    return tuple(each.strip() for each in given.split(",") if each.strip())


def flag(values: MultiDict[str, str], name: str) -> bool | None:
    """Yes, no, or not said; raises BadRequest."""
    given = optional(values, name, longest=10)
    if given not in (None, "true", "false"):
        raise BadRequest(f"{name} must be true or false.")
    return None if given is None else given == "true"


def _days(values: MultiDict[str, str], name: str) -> tuple[datetime | None, datetime | None]:
    """From when and until when, of “…_after”, “…_before” and “…_at”."""
    after, before, on = (_day(values, f"{name}_{each}") for each in ("after", "before", "at"))
    since, until = after and after + timedelta(days=1), before
    if on is None:
        return since, until
    return max(since or on, on), min(until or on + timedelta(days=1), on + timedelta(days=1))


def _day(values: MultiDict[str, str], name: str) -> datetime | None:
    given = optional(values, name, longest=10)
    if given is None:
        return None
    try:
        day = datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=UTC)
        day + timedelta(days=1)  # the last day there is has none after it
    except (ValueError, OverflowError) as error:
        raise BadRequest(f"{name} must be a day like 2026-11-22.") from error
    return day


def _second(values: MultiDict[str, str], name: str) -> datetime | None:
    given = optional(values, name, longest=11)
    if given is None:
        return None
    if not (given.isascii() and given.isdigit()):
        raise BadRequest(f"{name} must be a time in seconds since 1970.")
    return datetime.fromtimestamp(int(given), UTC)
