"""Sections, articles and their revisions; what readers see is one revision of each published article."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, UtcDateTime, new_id

LONGEST_PATH = 300
LONGEST_SLUG = 100
LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 300
LONGEST_NAME = 200
LONGEST_REASON = 300
LONGEST_ANSWER = 1000


class Section(Table):
    """A shelf of articles."""

    __tablename__ = "section"
    __table_args__ = (
        UniqueConstraint("locale", "slug"),
        CheckConstraint("keeper IN ('file', 'staff')", name="keeper_is_known"),
    )

    # Ids of sections and articles come from the files, so that those of an imported help centre stay.
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    locale: Mapped[str] = mapped_column(String(12))
    slug: Mapped[str] = mapped_column(String(LONGEST_SLUG))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    description: Mapped[str] = mapped_column(String(LONGEST_DESCRIPTION))
    position: Mapped[int]
    # The section that this one is in another language. No foreign key: it may be there before its original.
    translation_of: Mapped[int | None] = mapped_column(BigInteger)
    # Who has the last word on it, as with articles.
    keeper: Mapped[str] = mapped_column(String(5), default="file", server_default="file")
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Article(Table):
    """A guide at a lasting address; what it says stands in its revisions."""

    __tablename__ = "article"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'published', 'archived')", name="status_is_known"),
        CheckConstraint("keeper IN ('file', 'staff')", name="keeper_is_known"),
        CheckConstraint(
            "visibility IN ('public', 'unlisted', 'internal')", name="visibility_is_known"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    section_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("section.id"), index=True)
    locale: Mapped[str] = mapped_column(String(12))
    # The article that this one is in another language; not a foreign key, as with sections.
    translation_of: Mapped[int | None] = mapped_column(BigInteger, index=True)
    slug: Mapped[str] = mapped_column(String(LONGEST_SLUG))
    position: Mapped[int]
    is_promoted: Mapped[bool]
    provider: Mapped[str | None] = mapped_column(String(20))
    # What the published revision says of who may read it and what they may do; see `content.terms`.
    visibility: Mapped[str] = mapped_column(String(8), default="public", server_default="public")
    takes_comments: Mapped[bool] = mapped_column(default=True, server_default=true())
    takes_votes: Mapped[bool] = mapped_column(default=True, server_default=true())
    search_boost: Mapped[float] = mapped_column(default=1, server_default="1")
    is_searchable: Mapped[bool] = mapped_column(default=True, server_default=true())
    status: Mapped[str] = mapped_column(String(10))
    # No foreign key: together with revision.article_id it would be a circle, which no order of creating tables can
    # satisfy. Readers find a revision by both columns, so a stray id shows nothing.
    published_revision_id: Mapped[UUID | None] = mapped_column(Uuid)
    # What is being written and nobody reads yet: a second head, beside the published one.
    draft_revision_id: Mapped[UUID | None] = mapped_column(Uuid)
    # What a file says that staff have not taken over: they keep the article, so it waits for their word.
    offered_revision_id: Mapped[UUID | None] = mapped_column(Uuid)
    # Who has the last word on it: the file it came from, or staff as soon as they have changed it here.
    keeper: Mapped[str] = mapped_column(String(5), default="file", server_default="file")
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    # Whether staff chose its turn, and its owner: its file changes neither until it says the same.
    is_turn_chosen: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_owner_chosen: Mapped[bool] = mapped_column(default=False, server_default=false())
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why it was not published at that time. It is tried no more, and stays so until it is published or scheduled anew.
    missed_because: Mapped[str | None] = mapped_column(Text)
    # From then on readers do not see it, whether the worker has come by or not.
    unpublish_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    file: Mapped[str | None] = mapped_column(String(LONGEST_PATH), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Revision(Table):
    """What an article said at one time, with everything that is shown of it made in advance.

    A draft may hold mistakes, so nothing is made of it until it is published; `published_at` is empty until then.
    """

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        CheckConstraint("origin IN ('file', 'staff')", name="origin_is_known"),
        CheckConstraint(
            "significance IN ('typo', 'content', 'major')", name="significance_is_known"
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("article.id"))
    number: Mapped[int]
    origin: Mapped[str] = mapped_column(String(10))
    # The revision that this text goes on from, to compare and merge with; none where it is the first.
    base: Mapped[int | None]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="", server_default="")
    significance: Mapped[str] = mapped_column(
        String(7), default="content", server_default="content"
    )
    checksum: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    description: Mapped[str] = mapped_column(String(LONGEST_DESCRIPTION))
    keywords: Mapped[list[str]] = mapped_column(JSON)
    errors: Mapped[dict[str, str]] = mapped_column(JSON)
    last_reviewed_on: Mapped[date | None]
    review_due_on: Mapped[date | None]
    edited_on: Mapped[date]
    # Of a translation: the revision of the original that it says the same as.
    translated: Mapped[int | None]
    # What the author wrote above the text; revisions from before the editor have none.
    matter: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(Text)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # What the page around the text has, where it is not as usual; see `content.page_links`.
    page: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    contents: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text)
    machine: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When all of this was made anew because a snippet changed, of which the text itself says nothing.
    renewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EarlierNews(Table):
    """That a guide told readers something before an archive brought it here: a revision that stayed behind, for feeds."""

    __tablename__ = "earlier_news"

    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("article.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Snippet(Table):
    """A text that guides share; those who see a page see the newest."""

    __tablename__ = "snippet"
    __table_args__ = (
        UniqueConstraint("locale", "name"),
        CheckConstraint("keeper IN ('file', 'staff')", name="keeper_is_known"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    locale: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(LONGEST_SLUG))
    body: Mapped[str] = mapped_column(Text)
    # Counted up by every change, so that nobody overwrites what they have not seen.
    number: Mapped[int]
    keeper: Mapped[str] = mapped_column(String(5))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    # What its file said last, and what of it waits for the word of staff.
    file_digest: Mapped[str | None] = mapped_column(String(64))
    offered: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Approval(Table):
    """That somebody asked for one text to be approved, and what was answered.

    It is of this revision and no other: once the draft is another one, it has lapsed, whatever stands here.
    """

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('approved', 'sent_back', 'withdrawn', 'overridden')",
            name="outcome_is_known",
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("article.id"), index=True)
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("revision.id"), index=True)
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(String(LONGEST_ANSWER))
    # Of whom it was asked; none where anybody who may is meant.
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # None until somebody has answered; `overridden` where an administrator published it without an answer.
    outcome: Mapped[str | None] = mapped_column(String(10))
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    answer: Mapped[str] = mapped_column(String(LONGEST_ANSWER), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Unsaved(Table):
    """What somebody has typed and not saved yet, so that a closed window loses nothing; nobody else sees it."""

    __tablename__ = "unsaved"

    article_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    base: Mapped[int]
    matter: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Alias(Table):
    """A path that led to an article once, here or at the help centre it came from."""

    __tablename__ = "alias"

    path: Mapped[str] = mapped_column(String(LONGEST_PATH), primary_key=True)
    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("article.id"), index=True)


class Picture(Table):
    """A picture beside a guide, kept here because disks may be temporary and processes many.

    The id is made of the name and the bytes: the same address never shows anything else.
    """

    __tablename__ = "picture"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    digest: Mapped[str] = mapped_column(String(64))
    content_type: Mapped[str] = mapped_column(String(30))
    width: Mapped[int]
    height: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class PicturePlace(Table):
    """Where a picture lies for those who write: its path in the content folder, whether there is a folder or not."""

    __tablename__ = "picture_place"

    path: Mapped[str] = mapped_column(String(LONGEST_PATH), primary_key=True)
    picture_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("picture.id"), index=True)


class PictureUse(Table):
    """That a revision shows a picture: found in what was made of its text, whenever that is made."""

    __tablename__ = "picture_use"

    revision_id: Mapped[UUID] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    # No foreign key: what an archive brings may come in any order.
    picture_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, index=True)


class Arrival(Table):
    """What came from another help centre in one language, and what became of it here.

    `source_id` and `locale` are those of its addresses there, which go on leading to it. `state` changes when it has
    changed there, and is empty while something of it could not be had; `revision_id` is what was made of it last.
    """

    __tablename__ = "arrival"
    __table_args__ = (
        CheckConstraint("kind IN ('article', 'section', 'category')", name="kind_is_known"),
    )

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    source_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    locale: Mapped[str] = mapped_column(String(20), primary_key=True)
    # Where it is here; a category has no place of its own.
    target_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    target_locale: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(64))
    revision_id: Mapped[UUID | None] = mapped_column(Uuid)
    is_outdated: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ArticleFile(Table):
    """A file beside a guide, under the number it had where it came from; of a picture, where it is kept."""

    __tablename__ = "article_file"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("article.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    picture_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("picture.id"))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class ContentGeneration(Table):
    """One row, counted up in the same transaction as every change that a public page shows."""

    __tablename__ = "content_generation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
