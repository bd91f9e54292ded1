"""Links that follow a guide to its new place, in pages and in texts."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from sqlalchemy import or_, select, update

from xero_onboard.content import drafts, editing, manuscript, revisions, sharing
from xero_onboard.content.links import mentioning
from xero_onboard.content.manuscript import Manuscript, Place
from xero_onboard.content.models import Approval, Arrival, Article, Revision
from xero_onboard.content.problems import Broken
from xero_onboard.content.relinking import Change, targets_moved, with_matter
from xero_onboard.content.revisions import Note
from xero_onboard.content.stored_shelf import by_path
from xero_onboard.lib.db import db
from xero_onboard.lib.web import settings


def follow(before: Place, after: Place, author_id: UUID | None) -> None:
    """Have every link lead to where a guide stands now; raises Broken for a guide that cannot be written anew."""
    if before.slug != after.slug:
        follow_in_pages(before.address, after.address)
    moves, reason = {before.path: after.path}, f"Follows {before.slug} to {after.path}"
    sharing.follow(moves)
    for other in _without_file():
        if other.id != after.id:
            _follow_in_text(other, moves, author_id, reason)


def catch_up(before: Mapping[str, Place]) -> None:
    """The same after files have moved guides: all of them at once, because two may have changed names.

    A guide that cannot be written anew keeps its links: it was out of order already, and the files are not to wait for it.
    """
    after = by_path()
    places = {place.id: place for place in after.values()}
    for place in {place.id: place for place in before.values()}.values():
        now = places.get(place.id, place)
        if now.address != place.address:
            follow_in_pages(place.address, now.address)
    moves = {
        path: places[place.id].path
        for path, place in before.items()
        if place.id in places and (path not in after or after[path].id != place.id)
    }
    if not moves:
        return
    sharing.follow(moves)
    for other in _without_file():
        with suppress(Broken):
            _follow_in_text(other, moves, None, "Follows guides whose files have moved")


def rewrite(article: Article, note: Note, change: Change) -> None:
    """Change what is published and what is being written, each as one more revision; not what stays the same."""
    shown, draft = drafts.shown(article), drafts.revision_by_id(article.draft_revision_id)
    if shown:
        text = _changed(shown, change)
        if text:
            _publish(article, shown, text, note)
    if draft and (draft is not shown):
        _rewrite_draft(article, draft, shown, note, change)


def _rewrite_draft(
    article: Article, draft: Revision, before: Revision | None, note: Note, change: Change
) -> None:
    """It goes on from what is published now, even where it stays; `before` is what was until here.

    One that went on from something older still lacks what came between, and has to be put together with it.
    """
    now_shown, base = drafts.shown(article), draft.base
    if before and now_shown and base == before.number:
        base = now_shown.number
    text = _changed(draft, change)
    if text is None:
        draft.base = base
        return
    # Who wrote it has written it still, and cannot approve it now either.
    own = Note(note.origin, draft.author_id, draft.reason, draft.significance)
    added = drafts.add(article, text, drafts.next_number(article.id), base, own)
    _is_what_came(draft, added)
    _is_what_was_asked(draft, added)


def follow_in_pages(old: str, new: str) -> None:
    """Write the new address into what is published: a reader need not be led on, and no guide is changed by it."""
    origin = settings().public_origin
    shown = select(Revision).join(Article, Article.published_revision_id == Revision.id)
    for revision in db.session.scalars(shown.where(mentioning(old))):
        parts = json.dumps(revision.parts)
        for end in ('\\"', "#"):
            parts = parts.replace(f"{old}{end}", f"{new}{end}")
        revision.parts = json.loads(parts)
        revision.machine = revision.machine.replace(
            f"{origin}{old}.md", f"{origin}{new}.md"
        ).replace(f"{origin}{old}#", f"{origin}{new}#")


def _without_file() -> Sequence[Article]:
    """Guides that no file holds, in every language; files keep their links, in which the old name still means the guide."""
    has_no_file = or_(Article.keeper == "staff", Article.file.is_(None))
    return db.session.scalars(select(Article).where(has_no_file)).all()


def _follow_in_text(
    other: Article, moves: Mapping[str, str], author_id: UUID | None, reason: str
) -> None:
    # What staff keep does not come from a file by this, which would then seem to have said it.
    origin = "staff" if author_id or other.keeper == "staff" else "file"
    change = targets_moved(drafts.place_of(other).path, moves)
    rewrite(other, Note(origin, author_id, reason, "typo"), change)


def _changed(revision: Revision, change: Change) -> Manuscript | None:
    text = manuscript.read(revision)
    changed = with_matter(text, change)
    return changed if changed != text else None


def _publish(article: Article, shown: Revision, text: Manuscript, note: Note) -> None:
    draft = editing.press(drafts.place_of(article), text)
    revision = revisions.add(draft, drafts.next_number(article.id), shown.number, note)
    revisions.publish(draft, revision, article.section_id, keeper=article.keeper)
    _is_what_came(shown, revision)


def _is_what_came(before: Revision, after: Revision) -> None:
    """Only its links are others now: what comes next from another help centre is a change of this."""
    came = update(Arrival).where(Arrival.revision_id == before.id)
    db.session.execute(came.values(revision_id=after.id))


def _is_what_was_asked(before: Revision, after: Revision) -> None:
    """Nobody needs to approve a link that follows: what was asked and answered is about this text now."""
    asked = update(Approval).where(Approval.revision_id == before.id)
    db.session.execute(asked.values(revision_id=after.id))
