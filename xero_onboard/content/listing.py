"""Guides and sections that readers may see, as many at a time and in the order that was asked for.

A guide has one number in all its languages, that of its original; so has a section.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ColumnElement,
    Exists,
    Row,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from xero_onboard.content import picture_uses
from xero_onboard.content.models import Article, Picture, Revision, Section
from xero_onboard.content.parts import JSON
from xero_onboard.content.translations import has_moved_on
from xero_onboard.content.visibility import is_visible
from xero_onboard.lib.db import db

MOST = 100
USUAL = 30

Thing = TypeVar("Thing")

# Of what nobody may read, not even its language is told: these are empty then.
_ORIGINAL, _ORIGINAL_SECTION = aliased(Article), aliased(Section)
_CHANGED = func.coalesce(Revision.published_at, Revision.created_at)
_NUMBER = func.coalesce(Article.translation_of, Article.id)
_SECTION_NUMBER = func.coalesce(Section.translation_of, Section.id)
_IS_OUTDATED = and_(_ORIGINAL.id.is_not(None), has_moved_on(_ORIGINAL.id, Revision.translated))
_GUIDE = (
    *(Article.id, Article.locale, Article.slug, Article.position, Article.is_promoted),
    *(Article.created_at, _CHANGED.label("updated_at"), Revision.edited_on),
    *(Revision.title, Revision.keywords, Revision.parts, Article.takes_comments),
    *(_NUMBER.label("number"), _SECTION_NUMBER.label("section_number")),
    func.coalesce(_ORIGINAL.locale, Article.locale).label("source_locale"),
    _IS_OUTDATED.label("is_outdated"),
)
_IN_ORDER = (Article.locale, Section.position, Section.id, Article.position)
ORDERS: Mapping[str, Sequence[Any]] = {
    "position": _IN_ORDER,
    "title": (func.lower(Revision.title),),
    "created_at": (Article.created_at,),
    "updated_at": (_CHANGED,),
    "edited_at": (Revision.edited_on,),
}
DIRECTIONS = ("asc", "desc")


@dataclass(frozen=True)
class Sifted:
    """Which guides of a list are wanted: with all these labels, begun and changed within these times."""

    labels: tuple[str, ...] = ()
    created_from: datetime | None = None
    created_until: datetime | None = None
    updated_from: datetime | None = None
    updated_until: datetime | None = None


@dataclass(frozen=True)
class Asked:
    """What is wanted of a list, and how much of it at once; without a language everything once, in its original."""

    locale: str | None = None
    section_number: int | None = None
    order: str = "position"
    direction: str = "asc"
    first: int = 0
    size: int = USUAL
    sifted: Sifted = field(default_factory=Sifted)


@dataclass(frozen=True)
class Found(Generic[Thing]):
    """A piece of a list, and how long the list is."""

    rows: Sequence[Thing]
    count: int


@dataclass(frozen=True)
class Guide:
    """A guide as readers see it in one language; `number` is the one it has in all of them."""

    id: int
    number: int
    locale: str
    source_locale: str
    is_outdated: bool
    slug: str
    section_number: int
    position: int
    is_promoted: bool
    created_at: datetime
    updated_at: datetime
    title: str
    keywords: Sequence[str]
    parts: Sequence[JSON]
    takes_comments: bool
    edited_on: date


@dataclass(frozen=True)
class Shelf:
    """A section in which something can be read; its dates are those of its guides."""

    id: int
    locale: str
    slug: str
    title: str
    description: str
    position: int
    number: int
    source_locale: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Shown:
    """A picture that a guide shows."""

    id: int
    name: str
    content_type: str
    size: int


def guides(asked: Asked) -> Found[Guide]:
    """The guides that were asked for."""
    query = _visible(*_GUIDE).where(*_conditions(asked, Article.locale, _ORIGINAL.id))
    order = _turned((*ORDERS[asked.order], Article.id), asked.direction)
    rows = db.session.execute(_piece_of(query.order_by(*order), asked))
    return Found([_guide(row) for row in rows], _count(query))


def guides_by_id(ids: Collection[int], sifted: Asked | None = None) -> Mapping[int, Guide]:
    """Those of these guides that readers may see, and that fit."""
    query = _visible(*_GUIDE).where(Article.id.in_(ids))
    if sifted:
        query = query.where(*_conditions(sifted, Article.locale, _ORIGINAL.id))
    return {row.id: _guide(row) for row in db.session.execute(query)}


def guide_in_languages(number: int) -> Sequence[Guide]:
    """A guide in each language that it can be read in, its original first; by the number of any of them."""
    asked = select(_NUMBER).join(Revision, Revision.article_id == Article.id)
    original = db.session.scalar(asked.where(Article.id == number, is_visible())) or number
    query = _visible(*_GUIDE).where(or_(Article.id == original, Article.translation_of == original))
    rows = db.session.execute(query.order_by(Article.id != original, Article.locale))
    return [_guide(row) for row in rows]


def behind(numbers: Collection[int]) -> Mapping[int, Sequence[str]]:
    """By the number of a guide the languages in which it is older than in its own."""
    query = _visible(_NUMBER, Article.locale).where(_NUMBER.in_(numbers), _IS_OUTDATED)
    found: dict[int, list[str]] = {}
    for number, locale in db.session.execute(query.order_by(Article.locale)):
        found.setdefault(number, []).append(locale)
    return found


def shelves(asked: Asked) -> Found[Shelf]:
    """The sections that were asked for."""
    query = _shelves().where(*_conditions(asked, Section.locale, _ORIGINAL_SECTION.id))
    # By title only guides are sorted, and what a section has of its own is its place.
    orders = {"created_at": (_OLDEST,), "updated_at": (_NEWEST,)}
    own = orders.get(asked.order, (Section.locale, Section.position))
    rows = db.session.execute(
        _piece_of(query.order_by(*_turned((*own, Section.id), asked.direction)), asked)
    )
    return Found([Shelf(*row) for row in rows], _count(query))


def shelf_in_languages(number: int) -> Sequence[Shelf]:
    """A section in each language in which it holds something, its original first; by the number of any of them."""
    asked = _shelves().where(Section.id == number)
    row = db.session.execute(asked).one_or_none()
    original = row.number if row else number
    query = _shelves().where(or_(Section.id == original, Section.translation_of == original))
    rows = db.session.execute(query.order_by(Section.id != original, Section.locale))
    return [Shelf(*row) for row in rows]


def span() -> tuple[datetime | None, datetime | None]:
    """When the oldest guide was begun, and when one was changed last."""
    since, until = db.session.execute(_visible(_OLDEST, _NEWEST)).one()
    return since, until


def pictures(guide: Guide) -> Sequence[Shown]:
    """The pictures of a guide, in the order of their numbers."""
    size = func.length(Picture.body)
    ids = picture_uses.shown_in(guide.parts)
    query = select(Picture.id, Picture.name, Picture.content_type, size)
    rows = db.session.execute(query.where(Picture.id.in_(ids)).order_by(Picture.id))
    return [Shown(*row) for row in rows]


_OLDEST, _NEWEST = func.min(Article.created_at), func.max(_CHANGED)


def _visible(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Article)
        .join(Section, Section.id == Article.section_id)
        .join(Revision, Revision.article_id == Article.id)
        .outerjoin(_ORIGINAL, and_(_ORIGINAL.id == Article.translation_of, _is_readable(_ORIGINAL)))
        .where(is_visible())
    )


def _shelves() -> Select[Any]:
    columns = (
        *(Section.id, Section.locale, Section.slug, Section.title, Section.description),
        *(Section.position, _SECTION_NUMBER.label("number")),
        func.coalesce(_ORIGINAL_SECTION.locale, Section.locale).label("source_locale"),
        *(_OLDEST, _NEWEST),
    )
    guide = aliased(Article)
    holds_something = exists().where(guide.section_id == _ORIGINAL_SECTION.id, _is_readable(guide))
    query = _visible(*columns).outerjoin(
        _ORIGINAL_SECTION,
        and_(_ORIGINAL_SECTION.id == Section.translation_of, holds_something),
    )
    return query.group_by(Section.id, _ORIGINAL_SECTION.locale)


def _is_readable(article: type[Article]) -> Exists:
    """Whether an article other than the one that a query is about can be read."""
    revision = aliased(Revision)
    return exists().where(is_visible(article, revision)).correlate(article)


def _conditions(asked: Asked, locale: Any, original: Any) -> list[ColumnElement[bool]]:
    sifted = asked.sifted
    found = [locale == asked.locale if asked.locale is not None else original.is_(None)]
    if asked.section_number is not None:
        found.append(_SECTION_NUMBER.in_([asked.section_number]))
    # A list of words is kept as JSON, in which each word stands in quotation marks.
    kept = cast(Revision.keywords, Text)
    found += [kept.contains(json.dumps(label), autoescape=True) for label in sifted.labels]
    for column, since, until in (
        (Article.created_at, sifted.created_from, sifted.created_until),
        (_CHANGED, sifted.updated_from, sifted.updated_until),
    ):
        found += [column >= since] if since else []
        found += [column < until] if until else []
    return found


def _turned(columns: Sequence[Any], direction: str) -> list[Any]:
    return [column.desc() if direction == "desc" else column.asc() for column in columns]


def _piece_of(query: Select[Any], asked: Asked) -> Select[Any]:
    return query.offset(asked.first).limit(asked.size)


def _count(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _guide(row: Row[Any]) -> Guide:
    return Guide(**row._mapping)
