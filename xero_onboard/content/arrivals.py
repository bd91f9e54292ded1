"""Guides that come from another help centre: taken in once, anew when they have changed there, never over a staff edit.

What was made of an article is kept beside its number there, so that its old addresses lead on and the next run knows
what it did. Everything is rendered before the transaction that stores it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Literal

from sqlalchemy import select

from xero_onboard.content import drafts, following, manuscript, renditions, revisions
from xero_onboard.content.addresses import alias_path, article_path, home_path, section_path
from xero_onboard.content.front_matter import read_article
from xero_onboard.content.manuscript import Manuscript, Place
from xero_onboard.content.models import Arrival, Article, Revision, Section
from xero_onboard.content.pictures import PictureFile
from xero_onboard.content.press import Press
from xero_onboard.content.references import Shown
from xero_onboard.content.revisions import Draft, Note
from xero_onboard.content.shelf import PicturesByPath, SourceFile, numbered
from xero_onboard.content.snippets import Snippets
from xero_onboard.content.stored_shelf import StoredShelf, stored_text
from xero_onboard.content.videos import as_link
from xero_onboard.content.visibility import is_visible
from xero_onboard.lib import audit
from xero_onboard.lib.db import begin_write, db

Kind = Literal["article", "section", "category"]
Outcome = Literal["new", "changed", "same", "offered", "left"]


class NotOurs(Exception):
    """The number, or the language, belongs to something here that did not come from there."""


@dataclass(frozen=True)
class Key:
    """What something is called where it comes from."""

    kind: Kind
    source_id: int
    locale: str


@dataclass(frozen=True)
class ArrivingSection:
    """A section, or a category, as it shall stand here; a category has no place of its own."""

    key: Key
    id: int | None
    locale: str
    slug: str = ""
    title: str = ""
    description: str = ""
    position: int = 0
    translation_of: int | None = None


@dataclass(frozen=True)
class Arriving:
    """An article in one language, as guides are written here; `state` is empty while something of it is missing."""

    key: Key
    place: Place
    section_id: int
    text: Manuscript
    edited_at: datetime
    created_at: datetime
    is_hidden: bool
    is_outdated: bool
    state: str
    reason: str


class ArrivingShelf:
    """What guides refer to: guides that come with them, pictures that were fetched, and what is here already."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses
        self._stored = StoredShelf()
        self._fetched: dict[str, PictureFile] = {}

    def clear(self) -> None:
        """Begin the next guide, which has pictures of its own."""
        self._fetched = {}

    def keep(self, path: str, picture: PictureFile) -> None:
        """Lay a picture beside the guides."""
        self._fetched[path] = picture

    def article(self, path: PurePosixPath) -> str | None:
        """The address of the guide at this path."""
        return self._addresses.get(str(path)) or self._stored.article(path)

    def numbered(self, number: int) -> str | None:
        """The address of the guide with this number."""
        return numbered(number, self._addresses) or self._stored.numbered(number)

    def picture(self, path: PurePosixPath) -> Shown | None:
        """The picture at this path."""
        fetched = self._fetched.get(str(path))
        return fetched.shown if fetched else self._stored.picture(path)

    def take_used(self) -> PicturesByPath:
        """Every picture that was fetched for this guide."""
        return self._fetched


class Proof:
    """What readers would get of a text at a place, before anything is stored."""

    def __init__(self, place: Place, shelf: ArrivingShelf) -> None:
        self._path = PurePosixPath(place.path)
        self._press = Press(shelf, Snippets(stored_text))

    def html(self, markdown: str) -> str:
        """The HTML of the text; raises Broken."""
        parts = self._press.proof(str(self._path), self._path, markdown)
        return "".join(
            as_link(part) if part["kind"] == "video" else part.get("html", "") for part in parts
        )


def states() -> Mapping[Key, str]:
    """What was taken in so far, and in which state."""
    rows = db.session.execute(
        select(Arrival.kind, Arrival.source_id, Arrival.locale, Arrival.state)
    )
    return {Key(row.kind, row.source_id, row.locale): row.state for row in rows}


def take_in_section(section: ArrivingSection, state: str) -> Outcome:
    """Put a section where it shall stand; raises NotOurs."""
    arrival = _arrival(section.key)
    if arrival and arrival.state == state:
        return "same"
    outcome: Outcome = "changed" if arrival else "new"
    if section.id is not None:
        row = db.session.get(Section, section.id)
        if row and arrival is None:
            raise NotOurs(f"section {section.id} is here already")
        row = row or Section(id=section.id)
        if row.locale not in (None, section.locale):
            _move_along(section)
        row.locale, row.slug = section.locale, section.slug
        row.translation_of = None if is_doubled(section) else section.translation_of
        if row.keeper != "staff":
            row.title, row.description = section.title, section.description
            row.position = section.position
        db.session.add(row)
    _note(section.key, section.id, section.locale, state)
    revisions.bump_generation()
    db.session.flush()
    return outcome


def _move_along(section: ArrivingSection) -> None:
    """A language that is called otherwise from now on takes along what staff have put into it."""
    own = select(Article).where(Article.section_id == section.id)
    for article in db.session.scalars(own).all():
        before = drafts.place_of(article)
        article.locale = section.locale
        following.follow_in_pages(before.address, replace(before, locale=section.locale).address)


def is_doubled(section: ArrivingSection) -> bool:
    """Whether another section here is its translation already, so that this one must stand by itself."""
    number, original = section.id, section.translation_of
    return number is not None and renditions.has_other_section(number, section.locale, original)


def made_ready(arriving: Arriving, shelf: ArrivingShelf) -> Draft:
    """Everything that is made of the text; raises Broken."""
    place = arriving.place
    name = f"{arriving.key.kind} {arriving.key.source_id} ({arriving.key.locale})"
    source = manuscript.compose(arriving.text, place)
    file = SourceFile(PurePosixPath(place.path), name, source)
    matter = read_article(name, source, locale=place.locale, section=place.section)
    press = Press(shelf, Snippets(stored_text))
    return press.draft(file, matter, press.checksum(file, arriving.section_id))


def take_in(arriving: Arriving, draft: Draft) -> Outcome:
    """Store the guide in one transaction, which is begun here and not ended; raises NotOurs."""
    begin_write()
    revisions.bump_generation()
    arrival = _arrival(arriving.key)
    article = db.session.get(Article, arriving.place.id)
    if article and arrival is None:
        raise NotOurs(f"guide {article.id} is here already, and did not come from there")
    _refuse_taken_language(arriving)
    if article is None:
        article = _new(arriving)
    last = drafts.revision_by_id(arrival.revision_id if arrival else None)
    is_theirs = _is_theirs(article, arriving, last)
    if last and manuscript.read(last) == manuscript.of(draft.written, draft.source):
        outcome = _placed(article, arriving, draft, last) if is_theirs else "same"
        _note_age(arriving, last)
        _note(
            arriving.key, article.id, article.locale, arriving.state, last.id, arriving.is_outdated
        )
        return outcome
    revision = _revision(article, arriving, draft, last)
    if not is_theirs:
        article.offered_revision_id = revision.id
        outcome = "offered"
    else:
        _show(article, arriving, draft, revision)
        outcome = "changed" if last else "new"
    _note_age(arriving, revision)
    _note(
        arriving.key,
        article.id,
        arriving.place.locale,
        arriving.state,
        revision.id,
        arriving.is_outdated,
    )
    return outcome


def _refuse_taken_language(arriving: Arriving) -> None:
    other = None if arriving.is_hidden else renditions.title_of_other(arriving.place)
    if other is not None:
        raise NotOurs(
            f"“{other}” is guide {arriving.place.translation_of} in {arriving.place.locale} already:"
            " archive it in the editor and run this again, or leave it at that"
        )


def _note_age(arriving: Arriving, revision: Revision) -> None:
    """A translation that was called outdated there says the same as no revision that is here."""
    if arriving.is_outdated and arriving.place.translation_of is not None:
        revision.translated = 0


def _is_theirs(article: Article, arriving: Arriving, last: Revision | None) -> bool:
    """A file has the last word on its guide, and staff on what they have changed or begun to change.

    A draft beside what is published stays there, and is brought up to date when it is published.
    """
    is_begun = article.draft_revision_id not in (None, last.id if last else None)
    would_be_lost = is_begun and (article.status != "published" or arriving.is_hidden)
    return article.keeper == "file" and article.file is None and not would_be_lost


def _new(arriving: Arriving) -> Article:
    place = arriving.place
    article = Article(
        id=place.id,
        section_id=arriving.section_id,
        locale=place.locale,
        translation_of=place.translation_of,
        slug=place.slug,
        position=place.order,
        is_promoted=arriving.text.promoted,
        status="draft",
        keeper="file",
        created_at=arriving.created_at,
    )
    db.session.add(article)
    db.session.flush()
    return article


def _revision(
    article: Article, arriving: Arriving, draft: Draft, last: Revision | None
) -> Revision:
    offered = drafts.revision_by_id(article.offered_revision_id)
    # An offer that nobody has answered is part of the next one.
    base = offered.base if offered else (last.number if last else None)
    note = Note("file", reason=arriving.reason)
    revision = revisions.add(draft, drafts.next_number(article.id), base, note)
    revision.edited_on = arriving.edited_at.date()
    revision.created_at = arriving.edited_at
    return revision


def _show(article: Article, arriving: Arriving, draft: Draft, revision: Revision) -> None:
    """As it was there: published, or a draft."""
    if arriving.is_hidden:
        place, article.section_id = arriving.place, arriving.section_id
        article.locale, article.slug, article.position = place.locale, place.slug, place.order
        article.status, article.draft_revision_id = "draft", revision.id
        return
    _publish(article, arriving, draft, revision)
    audit.record("guide_published", subject=f"article:{article.id}", revision=revision.number)


def _placed(article: Article, arriving: Arriving, draft: Draft, last: Revision) -> Outcome:
    """The same words; where it stands, and whether it is shown, may have changed."""
    status = "draft" if arriving.is_hidden else "published"
    before = (article.section_id, article.slug, article.locale, article.position)
    place = arriving.place
    wanted = (arriving.section_id, place.slug, place.locale, place.order)
    is_linked = article.translation_of == place.translation_of
    if is_linked and (*before, article.status) == (*wanted, status):
        return "same"
    _show(article, arriving, draft, last)
    return "changed"


def _publish(article: Article, arriving: Arriving, draft: Draft, revision: Revision) -> None:
    before = drafts.place_of(article)
    if article.status == "draft":
        article.draft_revision_id = None
    db.session.flush()
    was_published = revision.published_at
    revisions.publish(draft, revision, arriving.section_id, keeper="file")
    revision.published_at = was_published or revision.published_at
    db.session.expire(article)
    if before.path != arriving.place.path:
        revisions.lead(alias_path(before.locale, before.slug), article.id)
        following.follow(before, arriving.place, None)


def _arrival(key: Key) -> Arrival | None:
    return db.session.get(Arrival, (key.kind, key.source_id, key.locale))


def _note(
    key: Key,
    target_id: int | None,
    locale: str,
    state: str,
    revision_id: object = None,
    is_outdated: bool = False,
) -> None:
    db.session.merge(
        Arrival(
            kind=key.kind,
            source_id=key.source_id,
            locale=key.locale,
            target_id=target_id,
            target_locale=locale,
            state=state,
            revision_id=revision_id,
            is_outdated=is_outdated,
        )
    )


def path_of(kind: Kind, source_id: int, locale: str, here: str | None = None) -> str | None:
    """Where the thing is by now that had this address in another help centre, if readers can see it.

    `here` is where the number leads that it has on this site: only the language that was asked for comes before.
    """
    rows = db.session.scalars(
        select(Arrival).where(Arrival.kind == kind, Arrival.source_id == source_id)
    ).all()
    wanted = locale.lower()
    asked = [row for row in rows if wanted in (row.locale, row.target_locale)]
    found = next(filter(None, map(_path, asked)), None)
    return found or here or next(filter(None, map(_path, rows)), None)


def _path(row: Arrival) -> str | None:
    if row.kind == "category":
        return home_path(row.target_locale)
    if row.kind == "section":
        section = db.session.get(Section, row.target_id)
        return section_path(section.locale, section.id, section.slug) if section else None
    query = select(Article.locale, Article.id, Article.slug)
    found = db.session.execute(
        query.join(Revision, is_visible(sight="addressed")).where(Article.id == row.target_id)
    ).one_or_none()
    return article_path(*found) if found else None


def absent(seen: frozenset[Key]) -> list[Key]:
    """Articles that came once and are not among these any more; they stay here."""
    query = select(Arrival).where(Arrival.kind == "article").order_by(Arrival.source_id)
    keys = (Key("article", row.source_id, row.locale) for row in db.session.scalars(query))
    return [key for key in keys if key not in seen]
