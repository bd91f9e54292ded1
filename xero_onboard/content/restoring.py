"""A site from an archive: the same guides at the same addresses, with their dates, votes, comments and drafts; or nothing at all."""

from dataclasses import asdict
from pathlib import Path
from typing import IO
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import DataError, IntegrityError

from xero_onboard.content import (
    archived,
    drafts,
    owners,
    revisions,
    section_files,
    snippet_files,
    talk,
    votes,
)
from xero_onboard.content.archived import Contents
from xero_onboard.content.archiving import Packed
from xero_onboard.content.manifest import Entry, Kept, Manifest, Shelf
from xero_onboard.content.models import (
    Arrival,
    Article,
    ArticleFile,
    EarlierNews,
    Revision,
    Section,
    Snippet,
)
from xero_onboard.content.pictures import read_picture
from xero_onboard.content.revisions import Draft
from xero_onboard.content.terms import Terms
from xero_onboard.content.unpacking import FILES, FOLDER, MANIFEST, BadArchive, unpacked
from xero_onboard.lib.brand import moving
from xero_onboard.lib.db import begin_read, begin_write, db, new_id


class NotEmpty(Exception):
    """There are guides here already, which an archive would have to be merged with."""


def restore(file: IO[bytes]) -> Packed:
    """Take in everything that the archive holds, in one transaction that is left to be committed.

    Raises NotEmpty, and BadArchive when anything is wrong with any of it.
    """
    begin_read()
    _refuse_guides()
    begin_read()  # rendering takes time, in which nothing is asked of the database
    with unpacked(file) as folder:
        contents = archived.read(folder)
        begin_write()
        _refuse_guides()
        try:
            _store(contents, folder)
        except (IntegrityError, DataError) as error:
            raise BadArchive("what it says of its guides contradicts itself") from error
    guides, people = contents.manifest.guides, owners.by_address()
    ownerless = sum(each.owner.casefold() not in ("", *people) for each in guides)
    sections, pictures = len(contents.sections), len(contents.pictures)
    count = Packed(sections, len(guides), pictures, len(contents.comments), ownerless)
    count.note("guides_imported")
    return count


def _refuse_guides() -> None:
    for table in (Article, Section):
        if db.session.scalar(select(table.id).limit(1)) is not None:
            raise NotEmpty


def _store(contents: Contents, folder: Path) -> None:
    revisions.bump_generation()
    shelves = {shelf.id: shelf for shelf in contents.manifest.sections}
    for file, matter in contents.sections:
        kept = shelves.get(matter.id, Shelf(matter.id, "file", None))
        db.session.add(Section(**vars(kept), **section_files.values(file, matter)))
    db.session.flush()
    sections = {file.folder: matter.id for file, matter in contents.sections}
    people, taken = owners.by_address(), set[str]()
    for entry in sorted(contents.manifest.guides, key=lambda entry: not entry.is_shown):
        place, draft = entry.place, contents.drafts.get(entry.place.id)
        # Of two guides that came from one file, the one that readers see has it.
        has_file = entry.is_from_file and place.path not in taken
        taken.add(place.path)
        owner_id = people.get(entry.owner.casefold())
        section_id = sections[f"{place.locale}/{place.section}"]
        _store_guide(entry, draft, section_id, place.path if has_file else None, owner_id)
        talk.room().take_over(place.id, entry.comments, contents.comments)
    for picture in contents.pictures:
        path = folder / FOLDER / picture
        revisions.keep_pictures({picture: read_picture(path.name, path.read_bytes())})
    db.session.flush()
    _store_snippets(contents)
    _store_origins(contents.manifest, folder / FILES)
    if contents.manifest.look:
        moving.arrive(contents.manifest.look, contents.look)


def _store_guide(
    entry: Entry, draft: Draft | None, section_id: int, file: str | None, owner_id: UUID | None
) -> None:
    place = entry.place
    article = Article(
        id=place.id,
        section_id=section_id,
        locale=place.locale,
        slug=place.slug,
        position=place.order,
        is_promoted=draft.matter.promoted if draft else False,
        provider=draft.matter.provider if draft else None,
        status=entry.status,
        keeper=entry.keeper,
        owner_id=owner_id,
        is_turn_chosen=entry.is_turn_chosen,
        is_owner_chosen=entry.is_owner_chosen,
        publish_at=entry.publish_at,
        missed_because=entry.missed_because,
        unpublish_at=entry.unpublish_at,
        **asdict(draft.matter.terms if draft else Terms()),
        translation_of=place.translation_of,
        file=file,
        created_at=entry.created_at,
    )
    db.session.add(article)
    db.session.flush()
    ids = {kept.number: _store_revision(place.id, kept, draft) for kept in entry.revisions}
    article.published_revision_id = ids.get(entry.published or 0)
    article.draft_revision_id = ids.get(entry.draft or 0)
    article.offered_revision_id = ids.get(entry.offered or 0)
    db.session.flush()
    for path in entry.aliases:
        revisions.lead(path, place.id)
    for news in entry.news:
        db.session.add(EarlierNews(article_id=place.id, **vars(news)))
    if entry.total:
        votes.take_over(place.id, entry.helpful, entry.total)


def _store_revision(article_id: int, kept: Kept, draft: Draft | None) -> UUID:
    """One revision with its own dates; what readers see is made of the file."""
    if kept.text is not None:
        made = drafts.values_of(kept.text)
    elif draft is not None:
        made = revisions.values_of(draft)
    else:
        raise BadArchive(f"guide {article_id} has a revision without a text")
    revision = Revision(
        id=new_id(),
        article_id=article_id,
        number=kept.number,
        base=kept.base,
        origin=kept.origin,
        reason=kept.reason,
        significance=kept.significance,
        created_at=kept.created_at,
        edited_on=kept.edited_on,
        published_at=kept.published_at,
        renewed_at=kept.renewed_at,
        translated=kept.translated,
        **made,
    )
    db.session.add(revision)
    db.session.flush()
    return revision.id


def _store_snippets(contents: Contents) -> None:
    snippet_files.arrive(contents.snippets)
    db.session.flush()
    for shared in contents.manifest.snippets:
        is_this = (Snippet.locale == shared.locale, Snippet.name == shared.name)
        kept = {"keeper": shared.keeper, "offered": shared.offered}
        db.session.execute(update(Snippet).where(*is_this).values(**kept))


def _store_origins(told: Manifest, files: Path) -> None:
    """Under which numbers readers may still come, from the help centre that the guides were in before."""
    ids = {
        (article_id, number): revision_id
        for article_id, number, revision_id in db.session.execute(
            select(Revision.article_id, Revision.number, Revision.id)
        )
    }
    for each in told.arrivals:
        values = {name: value for name, value in vars(each).items() if name != "revision"}
        made = ids.get((each.target_id or 0, each.revision or 0))
        db.session.add(Arrival(**values, revision_id=made))
    for beside in told.files:
        path = files / str(beside.id)
        body = path.read_bytes() if path.is_file() else None
        if (body is None) == (beside.picture_id is None):
            raise BadArchive(f"{MANIFEST} speaks of file {beside.id}, which the archive has not")
        db.session.add(ArticleFile(**vars(beside), body=body))
    db.session.flush()
