"""What stands at the top of a guide, checked line by line."""

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn

import yaml

from xero_onboard.content.grammar import PROVIDERS, did_you_mean
from xero_onboard.content.problems import Broken

LARGEST_ID = 2**63 - 1
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

_CODE = re.compile(r"[a-z0-9_.:-]{1,80}", re.IGNORECASE)
_PERIOD = re.compile(r"(\d{1,3}) (day|week|month|year)s?")
_ALIAS = re.compile(r"/[^\s?#]{1,290}|[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_TITLE = 150
_LONGEST_DESCRIPTION = 160


@dataclass(frozen=True)
class SectionMatter:
    """What `_section.md` says of its folder."""

    id: int
    title: str
    description: str
    order: int


@dataclass(frozen=True)
class FrontMatter:
    """What a guide says of itself; `first_line` is that of its text."""

    id: int
    title: str
    description: str
    order: int
    keywords: tuple[str, ...]
    aliases: tuple[str, ...]
    last_reviewed_on: date | None
    review_due_on: date | None
    provider: str | None
    errors: Mapping[str, str]
    promoted: bool
    first_line: int


class _Wrong(Exception):
    """The value does not fit its key; the message says why."""


def _id(value: object) -> int:
    if type(value) is not int or not 0 < value <= LARGEST_ID:
        raise _Wrong("must be a whole number that no other guide has")
    return value


def _text(longest: int) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise _Wrong("must be a text; put it in quotes if it looks like something else")
        text = " ".join(value.split())
        if len(text) > longest:
            raise _Wrong(f"has {len(text)} characters, and {longest} is the most")
        return text

    return read


def _order(value: object) -> int:
    if type(value) is not int or not 0 <= value < 100_000:
        raise _Wrong("must be a whole number")
    return value


def _day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _Wrong("must be a day like 2026-11-22")
    return value


def _period(value: object) -> tuple[int, str]:
    found = _PERIOD.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _Wrong("must be a time like “3 months”")
    return int(found[1]), found[2]


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise _Wrong("must be a list of words")
    return tuple(value)


def _aliases(value: object) -> tuple[str, ...]:
    aliases = _words(value)
    for alias in aliases:
        if not _ALIAS.fullmatch(alias):
            raise _Wrong(
                f"has “{alias}”, which is neither an old name of the guide nor a path beginning with /"
            )
    return aliases


def _errors(value: object) -> Mapping[str, str]:
    pairs = dict.fromkeys(_words(value), "") if isinstance(value, list) else value
    if not isinstance(pairs, dict):
        raise _Wrong("must say for each code which heading explains it, as in “declined: declined”")
    for code, anchor in pairs.items():
        if not isinstance(code, str) or not isinstance(anchor, str) or not _CODE.fullmatch(code):
            raise _Wrong(f"has “{code}”, which cannot be a code with the name of a heading")
    return pairs


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("must be true or false")
    return value


def _provider(value: object) -> str:
    if value not in PROVIDERS:
        raise _Wrong(f"must be {' or '.join(PROVIDERS)}")
    return str(value)


_SECTION_KEYS: Mapping[str, Callable[[object], object]] = {
    "id": _id,
    "title": _text(_LONGEST_TITLE),
    "description": _text(_LONGEST_DESCRIPTION),
    "order": _order,
}
_ARTICLE_KEYS: Mapping[str, Callable[[object], object]] = {
    **_SECTION_KEYS,
    "section": _text(100),
    "locale": _text(12),
    "keywords": _words,
    "aliases": _aliases,
    "last_reviewed_on": _day,
    "review_in": _period,
    "provider": _provider,
    "errors": _errors,
    "promoted": _flag,
}
_REQUIRED = ("id", "title", "description")


def read_section(file: str, source: str) -> SectionMatter:
    """What `_section.md` says; raises Broken."""
    values, _ = _values(file, source, _SECTION_KEYS)
    found = {key: value for key, (value, _line) in values.items()}
    return SectionMatter(found["id"], found["title"], found["description"], found.get("order", 0))


def read_article(file: str, source: str, *, locale: str, section: str) -> FrontMatter:
    """What the guide says of itself, which must agree with where it lies; raises Broken."""
    values, first_line = _values(file, source, _ARTICLE_KEYS)
    for key, folder in (("locale", locale), ("section", section)):
        value, line = values.get(key, (folder, 1))
        if value != folder:
            raise Broken(
                file, line, f"{key} is “{value}”, but the file lies in the folder “{folder}”"
            )
    found = {key: value for key, (value, _line) in values.items()}
    reviewed, period = found.get("last_reviewed_on"), found.get("review_in")
    return FrontMatter(
        id=found["id"],
        title=found["title"],
        description=found["description"],
        order=found.get("order", 0),
        keywords=found.get("keywords", ()),
        aliases=found.get("aliases", ()),
        last_reviewed_on=reviewed,
        review_due_on=_later(reviewed, *period) if reviewed and period else None,
        provider=found.get("provider"),
        errors=found.get("errors", {}),
        promoted=found.get("promoted", False),
        first_line=first_line,
    )


def line_of(source: str, text: str) -> int:
    """The line on which the front matter names this, else the first."""
    return next((number for number, line in enumerate(source.split("\n"), 1) if text in line), 1)


def _values(
    file: str, source: str, keys: Mapping[str, Callable[[object], object]]
) -> tuple[dict[str, tuple[Any, int]], int]:
    """Each value with its line, and the line on which the text begins."""
    matter, first_line = _split(file, source)
    values: dict[str, tuple[Any, int]] = {}
    for key, value, line in _pairs(file, matter):
        if key in values:
            raise Broken(file, line, f"{key} is there twice")
        if key not in keys:
            raise Broken(file, line, f"unknown key “{key}”{did_you_mean(key, list(keys))}")
        try:
            values[key] = keys[key](value), line
        except _Wrong as error:
            raise Broken(file, line, f"{key} {error}") from error
    for key in _REQUIRED:
        if key not in values:
            raise Broken(file, 1, f"{key} is missing")
    return values, first_line


def _split(file: str, source: str) -> tuple[str, int]:
    lines = source.split("\n")
    if lines[0].rstrip() != "---":
        raise Broken(file, 1, "the file must begin with “---” and what the guide says of itself")
    end = next((number for number, line in enumerate(lines[1:], 2) if line.rstrip() == "---"), 0)
    if not end:
        raise Broken(file, 1, "the “---” that ends the top of the file is missing")
    return "\n".join(lines[1 : end - 1]), end + 1


def _pairs(file: str, text: str) -> list[tuple[str, object, int]]:
    """The keys and values of the mapping, with the lines of the file they stand on."""
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise Broken(file, 2, "expected lines like “title: Connect your organisation”")
        return [
            (str(key.value), loader.construct_object(value, deep=True), key.start_mark.line + 2)
            for key, value in root.value
        ]
    except yaml.MarkedYAMLError as error:
        _refuse(file, error)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Broken(file, 2, f"the top of the file cannot be read: {error}") from error
    finally:
        loader.dispose()


def _refuse(file: str, error: yaml.MarkedYAMLError) -> NoReturn:
    # A quotation that is never closed is found at the end of the text, and its context is where it begins.
    is_unclosed = error.context_mark and str(error.problem).endswith("end of stream")
    mark = error.context_mark if is_unclosed else error.problem_mark
    raise Broken(
        file, mark.line + 2 if mark else 2, f"cannot be read: {error.problem or error.context}"
    ) from error


def _later(day: date, number: int, unit: str) -> date:
    if unit in ("day", "week"):
        return date.fromordinal(day.toordinal() + number * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
