"""Snippets as those who write them see them: changed once, and made anew in every page that uses them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from xero_onboard.content import approvals, drafts, editing, manuscript, revisions
from xero_onboard.content.manuscript import Manuscript, Place
from xero_onboard.content.models import Article, Revision, Snippet
from xero_onboard.content.press import Press
from xero_onboard.content.problems import Broken
from xero_onboard.content.relinking import in_text, targets_moved
from xero_onboard.content.revisions import Draft
from xero_onboard.content.shelf import SourceFile
from xero_onboard.content.snippets import Find, Snippets, Texts, names_in, path_of
from xero_onboard.content.stored_shelf import StoredShelf
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_read, begin_write, db


class NoSuchSnippet(LookupError):
    """There is no snippet of this name."""


class TakenName(Exception):
    """There is a snippet of this name already."""


class Overtaken(Exception):
    """Somebody else has changed it; `theirs` is what it says now."""

    def __init__(self, theirs: "Written") -> None:
        super().__init__(theirs.name)
        self.theirs = theirs


class NotApproved(Exception):
    """Readers would see it at once, and nobody approves it or says why that need not be."""


class InUse(Exception):
    """Guides or other snippets hold it."""


@dataclass(frozen=True)
class Written:
    """A snippet to go on writing."""

    locale: str
    name: str
    body: str
    number: int
    keeper: str
    offered: str | None
    author_id: UUID | None
    changed_at: datetime


@dataclass(frozen=True)
class Use:
    """A guide that holds the snippet, published or in a draft."""

    article_id: int
    title: str
    is_published: bool


def all_snippets() -> tuple[Written, ...]:
    """Every snippet, in order."""
    query = select(Snippet).order_by(Snippet.locale, Snippet.name)
    return tuple(map(_written, db.session.scalars(query)))


def opened(locale: str, name: str) -> Written:
    """The snippet; raises NoSuchSnippet."""
    return _written(_held(locale, name))


def uses(locale: str, name: str) -> tuple[Use, ...]:
    """The guides that hold it, directly or in another snippet."""
    names = _holding(locale, {name})
    heads = or_(
        Revision.id == Article.published_revision_id, Revision.id == Article.draft_revision_id
    )
    query = select(Article, Revision).join(Revision, heads)
    query = query.where(Article.locale == locale, Article.status != "archived", _mentions())
    found: dict[int, Use] = {}
    for article, revision in db.session.execute(query.order_by(Article.id)):
        if names_in(revision.source) & names:
            is_shown = revision.id == article.published_revision_id
            is_public = article.status == "published" and is_shown
            known = found.get(article.id)
            is_public |= known is not None and known.is_published
            found[article.id] = Use(article.id, revision.title, is_public)
    return tuple(found.values())


def needs_approval(locale: str, name: str) -> bool:
    """Whether a change of it would change what readers see, or what somebody is asked about or has approved."""
    if not approvals.are_needed():
        return False
    found = uses(locale, name)
    is_seen = any(use.is_published for use in found)
    return is_seen or approvals.are_about({use.article_id for use in found})


def create(locale: str, name: str, body: str, author_id: UUID) -> None:
    """Begin a snippet; raises TakenName and Broken."""
    _look_at(locale, name, body)
    begin_write()
    if _found(locale, name):
        raise TakenName(name)
    row = Snippet(locale=locale, name=name, number=0, keeper="staff", body="")
    db.session.add(row)
    _change(row, body, author_id)


def save(locale: str, name: str, base: int, body: str, author_id: UUID, why: str = "") -> int:
    """Change it in every page; answers how many. Raises Overtaken, NoSuchSnippet, and Broken for a page it would break.

    Where texts are approved, `why` says why this one need not be: raises NotApproved without it.
    """
    begin_read()  # rendering takes time, in which others may write
    seen, instead = revisions.generation(), {(locale, name): body}
    _look_at(locale, name, body)
    renewed = list(_renewed(locale, {name}, instead))
    begin_write()
    row = _held(locale, name)
    if row.number != base:
        raise Overtaken(_written(row))
    is_unapproved = needs_approval(locale, name)
    if is_unapproved and not why:
        raise NotApproved(name)
    revisions.bump_generation()
    if revisions.generation() != seen + 1:
        # Guides were published meanwhile, and may hold it.
        renewed = list(_renewed(locale, {name}, instead))
    _change(row, body, author_id)
    row.offered = None
    if is_unapproved:
        subject = f"snippet:{locale}/{name}"
        audit.record("approval_overridden", subject=subject, reason=audit.plainly(why))
    _show(renewed)
    return len(renewed)


def leave_offer(locale: str, name: str) -> None:
    """Keep what staff wrote."""
    begin_write()
    _held(locale, name).offered = None


def remove(locale: str, name: str) -> None:
    """Give it up; raises InUse while anything holds it, and NoSuchSnippet."""
    begin_write()
    row = _held(locale, name)
    if uses(locale, name) or _holding(locale, {name}) != {name}:
        raise InUse(name)
    revisions.bump_generation()
    db.session.delete(row)
    audit.record("snippet_removed", subject=f"snippet:{locale}/{name}")


def renew(changed: frozenset[tuple[str, str]]) -> None:
    """Make anew what staff keep, in the transaction in which files change snippets; the other guides come in with them.

    Not after it: whoever syncs next sees no change any more, and would leave undone what was cut short here.
    """
    for locale in sorted({locale for locale, _ in changed}):
        names = {name for each, name in changed if each == locale}
        _show(list(_renewed(locale, names, {}, Article.keeper == "staff")))


def follow(moves: Mapping[str, str]) -> None:
    """Change the links in what staff keep, after guides have moved from these paths to others."""
    kept = select(Snippet).where(Snippet.keeper == "staff")
    for row in db.session.scalars(kept):
        body = in_text(row.body, targets_moved(path_of(row.locale, row.name), moves))
        if body != row.body:
            row.body, row.number = body, row.number + 1


def _look_at(locale: str, name: str, body: str) -> None:
    file = SourceFile(PurePosixPath(path_of(locale, name)), name, body)
    Press(StoredShelf(), Snippets(_find({(locale, name): body}))).look_at_snippet(file)


def _find(instead: Texts) -> Find:
    """The stored snippets, with these texts in place of some."""
    rows = {(row.locale, row.name): row.body for row in db.session.scalars(select(Snippet))}
    texts = {**rows, **instead}
    return lambda locale, name: texts.get((locale, name))


def _renewed(
    locale: str, names: set[str], instead: Texts, *conditions: ColumnElement[bool]
) -> Iterator[tuple[UUID, Draft]]:
    """The published guides that hold one of them, as they will be; not one that is out of order already."""
    holding, snippets = _holding(locale, names), Snippets(_find(instead))
    query = select(Article, Revision).join(Revision, Revision.id == Article.published_revision_id)
    query = query.where(Article.locale == locale, Article.status == "published", _mentions())
    for article, revision in db.session.execute(query.where(*conditions).order_by(Article.id)):
        if not names_in(revision.source) & holding:
            continue
        place, text = drafts.place_of(article), manuscript.read(revision)
        try:
            yield revision.id, editing.press(place, text, snippets)
        except Broken as problem:
            if instead and _is_in_order(place, text):
                words = f"the guide “{revision.title}” would break: {problem.message}"
                raise Broken(problem.file, 1, words) from problem


def _is_in_order(place: Place, text: Manuscript) -> bool:
    try:
        editing.press(place, text)
    except Broken:
        return False
    return True


def _show(renewed: Sequence[tuple[UUID, Draft]]) -> None:
    """Put what was made anew into the revisions that readers see; what their authors wrote is the same."""
    for revision_id, draft in renewed:
        revision = db.session.get(Revision, revision_id)
        if revision:
            values = revisions.values_of(draft)
            del values["checksum"]  # that of the text as it came in
            for name, value in values.items():
                setattr(revision, name, value)
            revision.renewed_at = now()


def _change(row: Snippet, body: str, author_id: UUID) -> None:
    row.body, row.number, row.keeper = body, row.number + 1, "staff"
    row.author_id, row.changed_at = author_id, now()
    audit.record("snippet_changed", subject=f"snippet:{row.locale}/{row.name}")


def _holding(locale: str, names: set[str]) -> set[str]:
    """These snippets, and all that hold one of them."""
    query = select(Snippet.name, Snippet.body).where(Snippet.locale == locale)
    held = {row.name: names_in(row.body) for row in db.session.execute(query)}
    found = set(names)
    while more := {name for name, inner in held.items() if inner & found} - found:
        found |= more
    return found


def _mentions() -> ColumnElement[bool]:
    return Revision.source.contains("<Snippet")


def _found(locale: str, name: str) -> Snippet | None:
    return db.session.scalar(
        select(Snippet)
        .where(Snippet.locale == locale, Snippet.name == name)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _held(locale: str, name: str) -> Snippet:
    row = _found(locale, name)
    if row is None:
        raise NoSuchSnippet(name)
    return row


def _written(row: Snippet) -> Written:
    return Written(
        locale=row.locale,
        name=row.name,
        body=row.body,
        number=row.number,
        keeper=row.keeper,
        offered=row.offered,
        author_id=row.author_id,
        changed_at=row.changed_at,
    )
