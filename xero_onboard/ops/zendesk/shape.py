"""What Zendesk says of a help centre, checked at the door.

https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]

_LARGEST_ID = 2**63 - 1


class BadShape(Exception):
    """It does not look like what Zendesk says; the message says what is wrong."""


@dataclass(frozen=True)
class Category:
    """A category in one language."""

    id: int
    locale: str
    source_locale: str
    name: str
    position: int


@dataclass(frozen=True)
class Section:
    """A section in one language."""

    id: int
    locale: str
    source_locale: str
    category_id: int | None
    parent_id: int | None
    name: str
    description: str
    position: int


@dataclass(frozen=True)
class Attachment:
    """A file beside an article."""

    id: int
    name: str
    url: str
    is_inline: bool


@dataclass(frozen=True)
class Article:
    """An article in one language; `attachments` is None where they must be asked for."""

    id: int
    locale: str
    source_locale: str
    section_id: int
    title: str
    body: str
    url: str
    position: int
    is_promoted: bool
    is_draft: bool
    is_restricted: bool
    is_outdated: bool
    takes_comments: bool
    labels: tuple[str, ...]
    created_at: datetime
    edited_at: datetime
    updated_at: datetime
    votes: int
    vote_sum: int
    attachments: tuple[Attachment, ...] | None


def categories(found: Json) -> Iterator[Category]:
    """A category in each language that it comes in; raises BadShape."""
    for locale, name, _ in _names(found):
        source = _locale(found.get("source_locale") or found.get("locale"))
        yield Category(_id(found, "id"), locale, source, name, _number(found, "position"))


def sections(found: Json) -> Iterator[Section]:
    """A section in each language that it comes in; raises BadShape."""
    for locale, name, description in _names(found):
        yield Section(
            id=_id(found, "id"),
            locale=locale,
            source_locale=_locale(found.get("source_locale") or found.get("locale")),
            category_id=_id(found, "category_id") if found.get("category_id") else None,
            parent_id=_id(found, "parent_section_id") if found.get("parent_section_id") else None,
            name=name,
            description=description,
            position=_number(found, "position"),
        )


def articles(found: Json) -> Iterator[Article]:
    """An article in each language that it comes in; raises BadShape."""
    own = {**found, "title": found.get("title") or found.get("name")}
    by_locale = {_locale(found.get("locale")): own} if found.get("body") is not None else {}
    for translation in _list(found, "translations"):
        if not isinstance(translation, dict):
            raise BadShape("a translation is no object")
        said = {name: value for name, value in translation.items() if value is not None}
        # A translation has a number of its own, and the article's decides.
        by_locale[_locale(said.get("locale"))] = {**own, **said, "id": found.get("id")}
    if not by_locale:
        raise BadShape("it has no body")
    for locale, version in by_locale.items():
        yield _article(version, locale, _locale(found.get("source_locale") or found.get("locale")))


def attachment(found: Json) -> Attachment:
    """A file; raises BadShape."""
    name = _text(found, "file_name").replace("\\", "/").rpartition("/")[2] or "file"
    url = _text(found, "content_url") or _text(found, "relative_path")
    return Attachment(_id(found, "id"), name[:200], url, bool(found.get("inline")))


def identity(found: Json) -> str:
    """What to call it in a report, as far as it can be told."""
    number = found.get("id")
    return str(number) if isinstance(number, int) else "without a number"


def _article(found: Json, locale: str, source_locale: str) -> Article:
    updated_at = _moment(found, "updated_at")
    attachments = found.get("attachments")
    return Article(
        id=_id(found, "id"),
        locale=locale,
        source_locale=source_locale,
        section_id=_id(found, "section_id"),
        title=_text(found, "title"),
        body=_text(found, "body"),
        url=_text(found, "html_url"),
        position=_number(found, "position"),
        is_promoted=bool(found.get("promoted")),
        is_draft=bool(found.get("draft") or found.get("hidden")),
        is_restricted=found.get("user_segment_id") is not None,
        is_outdated=bool(found.get("outdated")),
        takes_comments=not found.get("comments_disabled"),
        labels=tuple(each for each in _list(found, "label_names") if isinstance(each, str)),
        created_at=_moment(found, "created_at") or _BEGINNING,
        edited_at=_moment(found, "edited_at") or updated_at or _BEGINNING,
        updated_at=updated_at or _BEGINNING,
        votes=_number(found, "vote_count"),
        vote_sum=_number(found, "vote_sum"),
        attachments=None
        if attachments is None
        else tuple(attachment(_object(each)) for each in _list(found, "attachments")),
    )


_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def _names(found: Json) -> Iterator[tuple[str, str, str]]:
    own = _locale(found.get("locale"))
    names = {own: (_text(found, "name"), _text(found, "description"))}
    for each in _list(found, "translations"):
        if isinstance(each, dict):
            names[_locale(each.get("locale"))] = (_text(each, "title"), _text(each, "body"))
    for locale, (name, description) in names.items():
        yield locale, name, description


def _id(found: Json, name: str) -> int:
    value = found.get(name)
    if type(value) is not int or not 0 < value <= _LARGEST_ID:
        raise BadShape(f"{name} is no number of 64 bits: {_shown(value)}")
    return value


def _number(found: Json, name: str) -> int:
    value = found.get(name) or 0
    if type(value) is not int or abs(value) >= 2**31:
        raise BadShape(f"{name} is no number: {_shown(value)}")
    return value


def _text(found: Json, name: str) -> str:
    value = found.get(name)
    if value is not None and not isinstance(value, str):
        raise BadShape(f"{name} is no text: {_shown(value)}")
    # No database keeps a zero byte in a text, and half a character is none.
    return (value or "").replace("\0", "").encode(errors="replace").decode()


def _list(found: Json, name: str) -> list[Any]:
    value = found.get(name) or []
    if not isinstance(value, list):
        raise BadShape(f"{name} is no list: {_shown(value)}")
    return value


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise BadShape(f"an attachment is no object: {_shown(value)}")
    return value


def _locale(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise BadShape(f"locale is none: {_shown(value)}")
    return value.lower().replace("_", "-")


def _moment(found: Json, name: str) -> datetime | None:
    value = _text(found, name)
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise BadShape(f"{name} is no time: {_shown(value)}") from error


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"
