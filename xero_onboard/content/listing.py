"""Guides and sections that readers may see, a page at a time and in the order that was asked for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.engine import Row

from xero_onboard.content import picture_uses
from xero_onboard.content.models import Article, Picture, Revision, Section
from xero_onboard.content.parts import JSON
from xero_onboard.content.visibility import is_visible
from xero_onboard.lib.db import db

MOST = 100
USUAL = 30

Thing = TypeVar("Thing")

_CHANGED = func.coalesce(Revision.published_at, Revision.created_at)
_GUIDE = (
    *(Article.id, Article.locale, Article.slug, Article.section_id, Article.position),
    *(Article.is_promoted, Article.created_at, _CHANGED.label("updated_at")),
    *(Revision.title, Revision.keywords, Revision.parts, Revision.edited_on),
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
class Asked:
    """What is wanted of a list, and how much of it at once."""

    locale: str | None = None
    section_id: int | None = None
    order: str = "position"
    direction: str = "asc"
    page: int = 1
    size: int = USUAL


@dataclass(frozen=True)
class Found(Generic[Thing]):
    """One page of a list, and how long the list is."""

    rows: Sequence[Thing]
    count: int


@dataclass(frozen=True)
class Guide:
    """A guide as readers see it."""

    id: int
    locale: str
    slug: str
    section_id: int
    position: int
    is_promoted: bool
    created_at: datetime
    updated_at: datetime
    title: str
    keywords: Sequence[str]
    parts: Sequence[JSON]
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
    query = _visible(*_GUIDE).where(*_conditions(asked))
    order = _turned((*ORDERS[asked.order], Article.id), asked.direction)
    rows = db.session.execute(_page_of(query.order_by(*order), asked))
    return Found([_guide(row) for row in rows], _count(query))


def guides_by_id(ids: Collection[int]) -> Mapping[int, Guide]:
    """Those of these guides that readers may see."""
    rows = db.session.execute(_visible(*_GUIDE).where(Article.id.in_(ids)))
    return {row.id: _guide(row) for row in rows}


def shelves(asked: Asked) -> Found[Shelf]:
    """The sections that were asked for."""
    dates = (func.min(Article.created_at), func.max(_CHANGED))
    columns = (Section.id, Section.locale, Section.slug, Section.title, Section.description)
    query = _visible(*columns, Section.position, *dates).group_by(Section.id)
    query = query.where(*_conditions(asked))
    # By title only guides are sorted, and what a section has of its own is its place.
    orders = {"created_at": (dates[0],), "updated_at": (dates[1],)}
    own = orders.get(asked.order, (Section.locale, Section.position))
    rows = db.session.execute(
        _page_of(query.order_by(*_turned((*own, Section.id), asked.direction)), asked)
    )
    return Found([Shelf(*row) for row in rows], _count(query))


def span() -> tuple[datetime | None, datetime | None]:
    """When the oldest guide was begun, and when one was changed last."""
    dates = _visible(func.min(Article.created_at), func.max(_CHANGED))
    since, until = db.session.execute(dates).one()
    return since, until


def pictures(guide: Guide) -> Sequence[Shown]:
    """The pictures of a guide, in the order of their numbers."""
    size = func.length(Picture.body)
    ids = picture_uses.shown_in(guide.parts)
    query = select(Picture.id, Picture.name, Picture.content_type, size)
    rows = db.session.execute(query.where(Picture.id.in_(ids)).order_by(Picture.id))
    return [Shown(*row) for row in rows]


def _visible(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Article)
        .join(Section, Section.id == Article.section_id)
        .join(Revision, Revision.article_id == Article.id)
        .where(is_visible())
    )


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.locale is not None:
        found.append(Article.locale == asked.locale)
    if asked.section_id is not None:
        found.append(Section.id == asked.section_id)
    return found


def _turned(columns: Sequence[Any], direction: str) -> list[Any]:
    return [column.desc() if direction == "desc" else column.asc() for column in columns]


def _page_of(query: Select[Any], asked: Asked) -> Select[Any]:
    return query.offset((asked.page - 1) * asked.size).limit(asked.size)


def _count(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _guide(row: Row[Any]) -> Guide:
    return Guide(**row._mapping)
