"""Revisions as they are stored, whoever wrote them: kept, published, and led to by old names."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import case, select, update

from xero_onboard.content.front_matter import FrontMatter
from xero_onboard.content.markdown import Rendering
from xero_onboard.content.models import (
    Alias,
    Article,
    ContentGeneration,
    Picture,
    PicturePlace,
    Revision,
)
from xero_onboard.content.parts import JSON
from xero_onboard.content.shelf import PicturesByPath
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db, insert_into, new_id
from xero_onboard.lib.moments import becomes_news


@dataclass(frozen=True)
class Draft:
    """A guide made ready outside the transaction: nothing is left to do but to store it."""

    path: str
    name: str
    locale: str
    section: str
    slug: str
    matter: FrontMatter
    written: Mapping[str, Any]
    checksum: str
    source: str
    title: str
    description: str
    rendering: Rendering
    page: JSON
    errors: dict[str, str]
    machine: str
    pictures: PicturesByPath


@dataclass(frozen=True)
class Note:
    """What is said of a change: who made it, why, and how much it means to readers."""

    origin: str
    author_id: UUID | None = None
    reason: str = ""
    significance: str = "content"


FROM_FILE = Note("file")


def values_of(draft: Draft) -> dict[str, Any]:
    """The columns that hold what was made of the text."""
    return {
        "checksum": draft.checksum,
        "title": draft.title,
        "description": draft.description,
        "keywords": list(draft.matter.keywords),
        "errors": draft.errors,
        "last_reviewed_on": draft.matter.last_reviewed_on,
        "review_due_on": draft.matter.review_due_on,
        "matter": dict(draft.written),
        "source": draft.source,
        "parts": draft.rendering.parts,
        "page": draft.page,
        "contents": [asdict(heading) for heading in draft.rendering.contents],
        "text": draft.rendering.text,
        "machine": draft.machine,
    }


def add(draft: Draft, number: int, base: int | None, note: Note) -> Revision:
    """Keep one more revision, not published yet."""
    keep_pictures(draft.pictures)
    before = _published_before(draft.matter.id)
    if before and before.says_the_same(draft):
        # Only settings or templates have changed: that means nothing to readers and translators.
        note = replace(note, significance="typo")
    revision = Revision(
        id=new_id(),
        article_id=draft.matter.id,
        number=number,
        base=base,
        **asdict(note),
        edited_on=edited_on(draft, note),
        **values_of(draft),
    )
    db.session.add(revision)
    db.session.flush()
    return revision


def edited_on(draft: Draft, note: Note) -> date:
    """When readers are told it was changed: not for a typo, nor where only settings or templates changed.

    A file may say it itself, but of no day to come, and of none before the same was said here by staff.
    """
    before, today = _published_before(draft.matter.id), now().date()
    is_same = before is not None and before.says_the_same(draft)
    if draft.matter.updated:
        said = min(draft.matter.updated, today)
        return max(said, before.edited_on) if before and is_same and before.is_of_staff else said
    if before is None:
        return today
    return before.edited_on if is_same or note.significance == "typo" else today


@dataclass(frozen=True)
class _Before:
    """What readers were shown last of an article."""

    source: str
    title: str
    description: str
    edited_on: date
    translated: int | None
    origin: str

    @property
    def is_of_staff(self) -> bool:
        return self.origin == "staff"

    def says_the_same(self, draft: Draft) -> bool:
        said = (self.source, self.title, self.description)
        return said == (draft.source, draft.title, draft.description)


def _published_before(article_id: int) -> _Before | None:
    columns = (Revision.source, Revision.title, Revision.description)
    row = db.session.execute(
        select(*columns, Revision.edited_on, Revision.translated, Revision.origin)
        .where(Revision.article_id == article_id, Revision.published_at.is_not(None))
        .order_by(Revision.number.desc())
        .limit(1)
    ).one_or_none()
    return _Before(*row) if row else None


def _translated(draft: Draft, revision: Revision) -> int | None:
    """Which revision of the original a translation says the same as: what readers see of it now."""
    if draft.matter.translation_of is None:
        return None
    before = _published_before(draft.matter.id)
    if before and revision.significance == "typo":
        return before.translated
    query = (
        select(Revision.number)
        .join(Article, Article.published_revision_id == Revision.id)
        .where(Article.id == draft.matter.translation_of)
    )
    return db.session.scalar(query)


def place(draft: Draft, section_id: int) -> None:
    """Have a guide that nobody reads yet stand where its file lies now."""
    own = update(Article).where(Article.id == draft.matter.id)
    db.session.execute(own.values(_standing(draft, section_id)))


def _standing(draft: Draft, section_id: int) -> dict[str, Any]:
    return {
        "section_id": section_id,
        "locale": draft.locale,
        "translation_of": draft.matter.translation_of,
        "slug": draft.slug,
        "position": case((Article.is_turn_chosen, Article.position), else_=draft.matter.order),
    }


def publish(draft: Draft, revision: Revision, section_id: int, *, keeper: str) -> None:
    """Show this revision to readers."""
    revision.translated = _translated(draft, revision)
    revision.published_at = becomes_news()
    db.session.flush()
    db.session.execute(
        update(Article)
        .where(Article.id == draft.matter.id)
        .values(
            **_standing(draft, section_id),
            is_promoted=draft.matter.promoted,
            provider=draft.matter.provider,
            unpublish_at=draft.matter.unpublish_at,
            **asdict(draft.matter.terms),
            status="published",
            published_revision_id=revision.id,
            keeper=keeper,
        )
    )


def keep_pictures(pictures: PicturesByPath) -> None:
    """Store pictures, and where they lie."""
    for path, picture in pictures.items():
        db.session.execute(insert_into(Picture).values(**asdict(picture)).on_conflict_do_nothing())
        place = insert_into(PicturePlace).values(path=path, picture_id=picture.id)
        changed = {"picture_id": picture.id}
        db.session.execute(place.on_conflict_do_update(index_elements=["path"], set_=changed))


def lead(path: str, article_id: int) -> None:
    """From now on this path leads to the article."""
    statement = insert_into(Alias).values(path=path, article_id=article_id)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["path"], set_={"article_id": article_id})
    )


def bump_generation() -> None:
    """Tell every process that public pages have changed, with whatever is committed next."""
    statement = insert_into(ContentGeneration).values(id=1, number=1)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_={"number": ContentGeneration.number + 1}
        )
    )


def generation() -> int:
    """Which state of the public pages is the present one."""
    return db.session.scalar(select(ContentGeneration.number)) or 0
