"""Sections as staff look after them: made, renamed, put in order and put away.

Their names in addresses stay, because folders and links go by them.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from xero_onboard.content import revisions
from xero_onboard.content.models import Article, Section
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, db

_LEAST_ID, _IDS = 500_000_000_000, 400_000_000_000


class NoSuchSection(LookupError):
    """There is no section of this number."""


class TakenName(Exception):
    """Another section of this language has the name in its address."""


class NotEmpty(Exception):
    """There are guides in it that are not archived."""


@dataclass(frozen=True)
class Standing:
    """A section in the list, with the number of its guides that are not archived."""

    id: int
    locale: str
    slug: str
    title: str
    description: str
    guides: int
    keeper: str
    is_archived: bool


@dataclass(frozen=True)
class Wording:
    """What a section is called, and what is said of it."""

    title: str
    description: str


def everything() -> tuple[Standing, ...]:
    """Every section in order, those that are put away last."""
    live = (Article.section_id == Section.id, Article.status != "archived")
    count = select(func.count()).where(*live).scalar_subquery()
    order = (Section.archived_at.is_not(None), Section.locale, Section.position, Section.id)
    rows = db.session.execute(select(Section, count).order_by(*order))
    return tuple(_standing(row, guides) for row, guides in rows)


def opened(section_id: int) -> Standing:
    """One section; raises NoSuchSection."""
    found = next((each for each in everything() if each.id == section_id), None)
    if found is None:
        raise NoSuchSection(section_id)
    return found


def create(locale: str, slug: str, wording: Wording) -> int:
    """Begin a section, after all others; raises TakenName."""
    begin_write()
    same = select(Section.id).where(Section.locale == locale, Section.slug == slug)
    if db.session.scalar(same) is not None:
        raise TakenName(slug)
    return add(locale, slug, wording).id


def add(locale: str, slug: str, wording: Wording, translation_of: int | None = None) -> Section:
    """A new section after all others, whose name nobody has; to be called by who writes already."""
    last = db.session.scalar(select(func.max(Section.position)).where(Section.locale == locale))
    row = Section(
        id=_LEAST_ID + secrets.randbelow(_IDS),
        locale=locale,
        translation_of=translation_of,
        slug=slug,
        title=wording.title,
        description=wording.description,
        position=(last or 0) + 1,
        keeper="staff",
    )
    db.session.add(row)
    db.session.flush()
    audit.record("section_changed", subject=f"section:{row.id}")
    return row


def change(section_id: int, wording: Wording, after: int | None) -> None:
    """Say something else of a section, and put it behind another or first; raises NoSuchSection."""
    row = _held(section_id)
    if (row.title, row.description) != (wording.title, wording.description):
        row.title, row.description, row.keeper = wording.title, wording.description, "staff"
    _line_up(row, after)
    revisions.bump_generation()
    audit.record("section_changed", subject=f"section:{section_id}")


def archive(section_id: int) -> None:
    """Put away a section that is empty; raises NotEmpty and NoSuchSection."""
    row = _held(section_id)
    if opened(section_id).guides:
        raise NotEmpty(section_id)
    row.archived_at = now()
    audit.record("section_archived", subject=f"section:{section_id}")


def bring_back(section_id: int) -> None:
    """Have guides be put into it again; raises NoSuchSection."""
    _held(section_id).archived_at = None
    audit.record("section_changed", subject=f"section:{section_id}")


def _held(section_id: int) -> Section:
    begin_write()
    # Nobody puts a guide into it while it is put away.
    row = db.session.get(Section, section_id, with_for_update=True)
    if row is None:
        raise NoSuchSection(section_id)
    return row


def _line_up(row: Section, after: int | None) -> None:
    """Number the sections of the language anew; staff have the last word on the place of those that move."""
    query = select(Section).where(Section.locale == row.locale, Section.id != row.id)
    others = list(db.session.scalars(query.order_by(Section.position, Section.id)))
    turn = next((turn for turn, each in enumerate(others, 1) if each.id == after), 0)
    in_order: Sequence[Section] = [*others[:turn], row, *others[turn:]]
    before = sorted([*others, row], key=lambda each: (each.position, each.id))
    if list(in_order) == before:
        return
    for position, each in enumerate(in_order, 1):
        if each.position != position:
            each.position, each.keeper = position, "staff"


def _standing(row: Section, guides: int) -> Standing:
    return Standing(
        id=row.id,
        locale=row.locale,
        slug=row.slug,
        title=row.title,
        description=row.description,
        guides=guides,
        keeper=row.keeper,
        is_archived=row.archived_at is not None,
    )
