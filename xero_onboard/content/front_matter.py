"""What stands at the top of a guide, checked line by line."""

import calendar
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from xero_onboard.content import page_matter, synonyms, terms, times
from xero_onboard.content.grammar import PROVIDERS, did_you_mean
from xero_onboard.content.models import LONGEST_PATH
from xero_onboard.content.page_matter import PageMatter
from xero_onboard.content.problems import Broken
from xero_onboard.content.terms import Terms, flag
from xero_onboard.content.terms import Unfit as _Wrong
from xero_onboard.content.top import pairs, split
from xero_onboard.lib.clock import now

LARGEST_ID = 2**63 - 1
STATUSES = ("draft", "review", "published")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

_CODE = re.compile(r"[a-z0-9_.:-]{1,80}", re.IGNORECASE)
_PERIOD = re.compile(r"(\d{1,3}) (day|week|month|year)s?")
_ALIAS = re.compile(r"/[^\s?#]{1,290}|[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_TITLE = 150
_LONGEST_DESCRIPTION = 160
_LONGEST_OWNER = 320
_LONGEST_ALIAS = LONGEST_PATH - len("/hc/xxx-xxxxxxxx/articles/")


@dataclass(frozen=True)
class Stray:
    """A line with a key that means nothing here; it may be written for another system, or by mistake."""

    line: int
    message: str


@dataclass(frozen=True)
class SectionMatter:
    """What `_section.md` says of its folder; `lines` as in `FrontMatter`."""

    id: int
    title: str
    description: str
    order: int
    translation_of: int | None
    lines: Mapping[str, int] = field(compare=False)
    strays: tuple[Stray, ...] = ()


@dataclass(frozen=True)
class FrontMatter:
    """What a guide says of itself.

    `first_line` is that of its text; `lines` says where each key stands, and with a space between, as in
    “aliases old-name”, each entry of its value.
    """

    id: int
    title: str
    description: str
    order: int
    keywords: tuple[str, ...]
    aliases: tuple[str, ...]
    last_reviewed_on: date
    review_in: str
    review_due_on: date
    provider: str | None
    errors: Mapping[str, str]
    promoted: bool
    # The number of the guide that this one is in another language.
    translation_of: int | None
    unpublish_at: datetime | None
    # The address of whoever looks after it; empty where the file names nobody.
    owner: str
    terms: Terms
    first_line: int
    lines: Mapping[str, int] = field(compare=False)
    page: PageMatter = PageMatter()
    strays: tuple[Stray, ...] = ()
    # Whether readers are to see it: “draft” and “review” wait for staff, until the file says nothing of it.
    status: str = "published"
    # From when on readers are to see it, whatever its status; none where that alone decides.
    publish_at: datetime | None = None
    # When it was changed last, where the file says so.
    updated: date | None = None

    @property
    def waits(self) -> bool:
        """Whether readers are not to see it yet."""
        return self.publish_at > now() if self.publish_at else self.status != "published"

    def line_of(self, key: str, entry: str) -> int:
        """The line of an entry in the value of a key."""
        return self.lines.get(f"{key} {entry}", self.lines[key])


def _id(value: object) -> int:
    if type(value) is not int or not 0 < value <= LARGEST_ID:
        raise _Wrong("must be a whole number that no other guide has")
    return value


def _text(longest: int) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value == "":
            raise _Wrong("is empty")
        if not isinstance(value, str) or not value.strip():
            raise _Wrong("must be a text; put it in quotes if it looks like something else")
        text = _typed(" ".join(value.split()))
        if len(text) > longest:
            raise _Wrong(f"has {len(text)} characters, and {longest} is the most")
        return text

    return read


def _typed(text: str) -> str:
    """What escapes like “\\0” make of a text may be more than a database or a page can hold."""
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise _Wrong("contains characters that cannot be typed")
    return text


def _order(value: object) -> int:
    if type(value) is not int or not 0 <= value < 100_000:
        raise _Wrong("must be a whole number")
    return value


def _period(value: object) -> tuple[int, str]:
    found = _PERIOD.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _Wrong("must be a time like “3 months”")
    return int(found[1]), found[2]


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise _Wrong("must be a list of words")
    return tuple(_typed(word) for word in value)


def _aliases(value: object) -> tuple[str, ...]:
    aliases = _words(value)
    for alias in aliases:
        if not _ALIAS.fullmatch(alias):
            raise _Wrong(
                f"has “{alias}”, which is neither an old name of the guide nor a path beginning with /"
            )
        if len(alias) > _LONGEST_ALIAS:
            raise _Wrong(f"has a name of {len(alias)} characters, and {_LONGEST_ALIAS} is the most")
    return aliases


def _errors(value: object) -> Mapping[str, str]:
    pairs = dict.fromkeys(_words(value), "") if isinstance(value, list) else value
    if not isinstance(pairs, dict):
        raise _Wrong("must say for each code which heading explains it, as in “declined: declined”")
    for code, anchor in pairs.items():
        if not isinstance(code, str) or not isinstance(anchor, str) or not _CODE.fullmatch(code):
            raise _Wrong(f"has “{code}”, which cannot be a code with the name of a heading")
    return pairs


def _one_of(known: Collection[str]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in known:
            raise _Wrong(f"must be {' or '.join(known)}")
        return str(value)

    return read


_SECTION_KEYS: Mapping[str, Callable[[object], object]] = {
    "id": _id,
    "title": _text(LONGEST_TITLE),
    "description": _text(_LONGEST_DESCRIPTION),
    "order": _order,
}
_TRANSLATION: Mapping[str, Callable[[object], object]] = {"translation_of": _id}
_ARTICLE_KEYS: Mapping[str, Callable[[object], object]] = {
    **_SECTION_KEYS,
    **_TRANSLATION,
    "section": _text(100),
    "locale": _text(12),
    "keywords": _words,
    "aliases": _aliases,
    "last_reviewed_on": times.day,
    "review_in": _period,
    "provider": _one_of(PROVIDERS),
    "errors": _errors,
    "promoted": flag,
    "owner": _text(_LONGEST_OWNER),
    "status": _one_of(STATUSES),
    **times.KEYS,
    **terms.KEYS,
    **page_matter.KEYS,
    **synonyms.KEYS,
}
_NEEDED_OF_ARTICLES = (
    *_SECTION_KEYS,
    *("section", "locale", "last_reviewed_on", "review_in"),
)


def read_section(file: str, source: str) -> SectionMatter:
    """What `_section.md` says; raises Broken."""
    keys = {**_SECTION_KEYS, **_TRANSLATION}
    found, lines, _, strays = _values(file, source, keys, tuple(_SECTION_KEYS))
    return SectionMatter(
        found["id"],
        found["title"],
        found["description"],
        found["order"],
        found.get("translation_of"),
        lines,
        strays,
    )


def read_article(file: str, source: str, *, locale: str, section: str) -> FrontMatter:
    """What the guide says of itself, which must agree with where it lies; raises Broken."""
    found, lines, first_line, strays = _values(file, source, _ARTICLE_KEYS, _NEEDED_OF_ARTICLES)
    for key, folder in (("locale", locale), ("section", section)):
        if found[key] != folder:
            message = f"{key} is “{found[key]}”, but the file lies in the folder “{folder}”"
            raise Broken(file, lines[key], message)
    try:
        times.agree(found)
    except times.Contradiction as problem:
        raise Broken(file, lines[problem.key], str(problem)) from problem
    try:
        review_due_on = _later(found["last_reviewed_on"], *found["review_in"])
    except (ValueError, OverflowError) as error:
        raise Broken(file, lines["review_in"], "review_in ends after the year 9999") from error
    return FrontMatter(
        id=found["id"],
        title=found["title"],
        description=found["description"],
        order=found["order"],
        keywords=found.get("keywords", ()),
        aliases=found.get("aliases", ()),
        last_reviewed_on=found["last_reviewed_on"],
        review_in=_in_words(*found["review_in"]),
        review_due_on=review_due_on,
        provider=found.get("provider"),
        errors=found.get("errors", {}),
        promoted=found.get("promoted", False),
        translation_of=found.get("translation_of"),
        unpublish_at=found.get("unpublish_at"),
        owner=found.get("owner", ""),
        status=found.get("status", "published"),
        publish_at=found.get("publish_at"),
        updated=found.get("updated"),
        terms=terms.of(found),
        page=page_matter.of(found),
        first_line=first_line,
        lines=lines,
        strays=strays,
    )


def _values(
    file: str,
    source: str,
    readers: Mapping[str, Callable[[object], object]],
    required: tuple[str, ...],
) -> tuple[dict[str, Any], dict[str, int], int, tuple[Stray, ...]]:
    """The values, the lines on which they stand, the line on which the text begins, and what is not known."""
    matter, first_line = split(file, source)
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    strays: list[Stray] = []
    for key, value, places in pairs(file, matter):
        line, ours = places[key], synonyms.SAME.get(key, key)
        if ours in values:
            raise Broken(file, line, f"{key} is there twice{_as_ours(key, ours)}")
        if ours not in readers:
            strays.append(Stray(line, f"unknown key “{key}”{did_you_mean(key, list(readers))}"))
            continue
        try:
            values[ours] = readers[ours](value)
        except _Wrong as error:
            raise Broken(file, line, f"{key} {error}") from error
        lines.update({ours + place.removeprefix(key): at for place, at in places.items()})
    strays += _put_synonyms(file, values, lines)
    for key in required:
        if key not in values and strays:
            raise Broken(file, strays[0].line, f"{strays[0].message}; {key} is missing")
        if key not in values:
            raise Broken(file, 1, f"{key} is missing")
    return values, lines, first_line, tuple(strays)


def _as_ours(key: str, ours: str) -> str:
    return f": it means the same as {ours}" if key != ours else ""


def _put_synonyms(file: str, values: dict[str, Any], lines: Mapping[str, int]) -> list[Stray]:
    """Say in our keys what is said in others; what of it is not known."""
    try:
        synonyms.put(values)
    except synonyms.Contradiction as problem:
        raise Broken(file, lines[problem.key], str(problem)) from problem
    return [
        Stray(lines.get(entry, lines[entry.partition(" ")[0]]), words)
        for entry, words in synonyms.strange(values)
    ]


def _in_words(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _later(day: date, number: int, unit: str) -> date:
    if unit in ("day", "week"):
        return date.fromordinal(day.toordinal() + number * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
