"""Articles as they lie on the desk of those who write them: a draft, what is published, and what a file offers."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from xero_onboard.content import manuscript
from xero_onboard.content.addresses import article_path
from xero_onboard.content.manuscript import Manuscript, Place
from xero_onboard.content.models import (
    LONGEST_DESCRIPTION,
    LONGEST_SLUG,
    LONGEST_TITLE,
    Article,
    Revision,
    Section,
)
from xero_onboard.content.revisions import Note
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db, new_id

_NO_NUMBER = 2**31
# As long as the numbers of the shipped guides and of most help centres that are imported.
_LEAST_ID, _IDS = 500_000_000_000, 400_000_000_000


class NoSuchArticle(LookupError):
    """There is no article with this number, or no such revision of it."""


@dataclass(frozen=True)
class Writing:
    """An article as those who write it see it; `head` is the revision that the text goes on from."""

    place: Place
    section_id: int
    section: str
    href: str
    status: str
    keeper: str
    text: Manuscript
    head: int
    published: int | None
    offered: int | None
    is_draft: bool
    # What was said of the newest text when it was saved.
    reason: str
    significance: str
    author_id: UUID | None
    owner_id: UUID | None
    edited_at: datetime
    publish_at: datetime | None
    missed_because: str | None
    unpublish_at: datetime | None
    # Until when what readers see counts as reviewed.
    review_due_on: date | None


def opened(article_id: int) -> Writing:
    """The article to go on writing; raises NoSuchArticle."""
    article = db.session.get(Article, article_id)
    if article is None:
        raise NoSuchArticle(article_id)
    section = db.session.get_one(Section, article.section_id)
    head, published = head_of(article), shown(article)
    offered = revision_by_id(article.offered_revision_id)
    return Writing(
        place=_place(article, section),
        section_id=section.id,
        section=section.title,
        href=article_path(article.locale, article.id, article.slug),
        status=article.status,
        keeper=article.keeper,
        text=manuscript.read(head),
        head=head.number,
        published=published.number if published else None,
        offered=offered.number if offered else None,
        is_draft=published is None or head.id != published.id,
        reason=head.reason,
        significance=head.significance,
        author_id=head.author_id,
        owner_id=article.owner_id,
        edited_at=head.created_at,
        publish_at=article.publish_at,
        missed_because=article.missed_because,
        unpublish_at=article.unpublish_at if published else None,
        review_due_on=published.review_due_on if published else None,
    )


def free_id() -> int:
    """A number that no article has."""
    while True:
        found = _LEAST_ID + secrets.randbelow(_IDS)
        if db.session.get(Article, found) is None:
            return found


def free_slug(section: Section, wanted: str) -> str:
    """The name, numbered where a guide of the section has it, or came from a file of this name."""
    home = f"{section.locale}/{section.slug}/"
    files = db.session.scalars(select(Article.file).where(Article.file.startswith(home)))
    slugs = db.session.scalars(select(Article.slug).where(Article.section_id == section.id))
    taken = {*slugs, *(PurePosixPath(file).stem for file in files if file)}
    candidate, number = wanted, 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted[: LONGEST_SLUG - 6]}-{number}"
    return candidate


def hold(article_id: int) -> Article:
    """The article, kept from being changed by anybody else until this is committed."""
    article = db.session.scalar(
        select(Article)
        .where(Article.id == article_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if article is None:
        raise NoSuchArticle(article_id)
    return article


def head_of(article: Article) -> Revision:
    """What is worked on: the draft if there is one, else what is or was published."""
    found = revision_by_id(article.draft_revision_id or article.published_revision_id)
    if found is None:
        raise NoSuchArticle(article.id)
    return found


def add(article: Article, text: Manuscript, number: int, base: int | None, note: Note) -> Revision:
    """Keep a text that may hold mistakes: nothing is made of it yet.

    Whatever its file said of its times, it was changed here and now.
    """
    text = replace(text, publish_at="", updated="")
    revision = Revision(
        id=new_id(),
        article_id=article.id,
        number=number,
        origin=note.origin,
        base=base,
        author_id=note.author_id,
        reason=note.reason,
        significance=note.significance,
        edited_on=now().date(),
        **values_of(text),
    )
    db.session.add(revision)
    db.session.flush()
    article.draft_revision_id = revision.id
    return revision


def values_of(text: Manuscript) -> dict[str, Any]:
    """The columns that hold a text of which nothing is made yet."""
    return {
        "checksum": sha256("\n".join(text.lines).encode()).hexdigest(),
        "title": text.title[:LONGEST_TITLE],
        "description": text.description[:LONGEST_DESCRIPTION],
        "keywords": [],
        "errors": {},
        "matter": text.matter,
        "source": f"\n{text.body}\n",
        "parts": [],
        "page": {},
        "contents": [],
        "text": "",
        "machine": "",
    }


def shown(article: Article) -> Revision | None:
    """What readers see."""
    return revision_by_id(article.published_revision_id) if article.status == "published" else None


def place_of(article: Article) -> Place:
    """Where the article stands."""
    return _place(article, db.session.get_one(Section, article.section_id))


def _place(article: Article, section: Section) -> Place:
    return Place(
        article.id,
        article.locale,
        section.slug,
        article.slug,
        article.position,
        article.translation_of,
    )


def revision(article_id: int, number: int) -> Revision:
    """One of its revisions; raises NoSuchArticle."""
    query = select(Revision).where(Revision.article_id == article_id, Revision.number == number)
    # No database compares a column with what it could not hold.
    found = db.session.scalar(query) if number < _NO_NUMBER else None
    if found is None:
        raise NoSuchArticle(article_id, number)
    return found


def revision_by_id(revision_id: UUID | None) -> Revision | None:
    """A revision that an article names, if it names one."""
    return db.session.get(Revision, revision_id) if revision_id else None


def next_number(article_id: int) -> int:
    """The number of its next revision."""
    last = db.session.scalar(
        select(func.max(Revision.number)).where(Revision.article_id == article_id)
    )
    return (last or 0) + 1
