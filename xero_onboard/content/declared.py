"""Values out of what an archive says of itself, each believed only when it is what it should be."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from xero_onboard.config import LOCALE
from xero_onboard.content.front_matter import LARGEST_ID
from xero_onboard.content.models import LONGEST_PATH
from xero_onboard.content.parts import JSON

_LARGEST = 2**31 - 1

Value = TypeVar("Value")


class BadManifest(Exception):
    """What the archive says of its guides cannot be used; the message says why."""


def value(name: str, found: Mapping[str, Any], kind: type[Value]) -> Value:
    """The value of exactly this kind; raises BadManifest, as all of these do."""
    given = found.get(name)
    if type(given) is not kind:
        raise BadManifest(f"“{name}” is missing, or not what it should be")
    return given


def each(name: str, found: JSON, read_one: Callable[[Any], Value]) -> list[Value]:
    """The values of a list of objects, or of texts."""
    values = value(name, found, list)
    kind = str if read_one in (path, sound) else dict
    if not all(isinstance(item, kind) for item in values):
        raise BadManifest(f"“{name}” holds something that it should not")
    return [read_one(item) for item in values]


def or_none(read_one: Callable[[str, JSON], Value], name: str, found: JSON) -> Value | None:
    """The value, or None where nothing is said."""
    return None if found.get(name) is None else read_one(name, found)


def number(name: str, found: Mapping[str, Any]) -> int:
    """A number that a database can hold, from 0."""
    given = value(name, found, int)
    if not 0 <= given <= _LARGEST:
        raise BadManifest(f"“{name}” is out of all proportion")
    return given


def identity(name: str, found: Mapping[str, Any]) -> int:
    """The number of a guide or file."""
    given = value(name, found, int)
    if not 0 < given <= LARGEST_ID:
        raise BadManifest(f"“{name}” is no number of a guide or file")
    return given


def name_of_row(name: str, found: JSON) -> UUID:
    """What a row goes by that has no number, in the one way in which it is written."""
    given = value(name, found, str)
    try:
        row = UUID(given)
    except ValueError as error:
        raise BadManifest(f"“{name}” is not what it should be") from error
    if str(row) != given:
        raise BadManifest(f"“{name}” is not what it should be")
    return row


def locale(name: str, found: JSON) -> str:
    """A language as it stands in addresses."""
    given = text(name, found)
    if not LOCALE.fullmatch(given):
        raise BadManifest(f"“{given[:20]}” is no language as it stands in addresses")
    return given


def text(name: str, found: JSON) -> str:
    """A text that a database can hold."""
    return sound(value(name, found, str))


def sound(given: str) -> str:
    """A text that a database can hold."""
    if "\0" in given or given.encode(errors="replace").decode() != given:
        raise BadManifest(f"“{given[:40]!r}” holds characters that cannot be typed")
    return given


def path(given: str) -> str:
    """A path that can lead to a guide."""
    if not given.startswith("/") or len(sound(given)) > LONGEST_PATH:
        raise BadManifest(f"“{given[:80]}” is no path that can lead to a guide")
    return given


def one_of(name: str, found: JSON, among: Sequence[str]) -> str:
    """One of these words."""
    given = value(name, found, str)
    if given not in among:
        raise BadManifest(f"“{name}” is none of: {', '.join(among)}")
    return given


def moment(name: str, found: JSON) -> datetime:
    """A moment, in UTC."""
    try:
        return datetime.fromisoformat(value(name, found, str)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadManifest(f"“{name}” is no moment") from error


def day(name: str, found: JSON) -> date:
    """A day."""
    try:
        return date.fromisoformat(value(name, found, str))
    except ValueError as error:
        raise BadManifest(f"“{name}” is no day") from error
