"""A site from an archive: the same guides at the same addresses, with their dates, votes and drafts; or nothing at all."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import DataError, IntegrityError

from xero_onboard.content import catalogue, drafts, manifest, revisions, snippet_files, votes
from xero_onboard.content.addresses import article_path
from xero_onboard.content.archiving import FILES, FOLDER, MANIFEST, Packed
from xero_onboard.content.catalogue import Known
from xero_onboard.content.claims import Guide, Sections, admit_guides, admit_sections
from xero_onboard.content.front_matter import read_article, read_section
from xero_onboard.content.manifest import BadManifest, Entry, Kept, Manifest, Shelf
from xero_onboard.content.models import Arrival, Article, ArticleFile, Revision, Section, Snippet
from xero_onboard.content.pictures import read_picture
from xero_onboard.content.press import Press
from xero_onboard.content.problems import Broken
from xero_onboard.content.references import BadPicture
from xero_onboard.content.revisions import Draft
from xero_onboard.content.shelf import FolderShelf, Scan, scan
from xero_onboard.content.snippet_files import Arrivals
from xero_onboard.content.snippets import Snippets
from xero_onboard.content.unpacking import BadArchive, unpacked
from xero_onboard.lib import audit
from xero_onboard.lib.db import begin_read, begin_write, db, new_id

_NOTHING = Known({}, {}, {})
_MOST_COMPLAINTS = 20


class NotEmpty(Exception):
    """There are guides here already, which an archive would have to be merged with."""


@dataclass(frozen=True)
class _Prepared:
    """Everything that is to be stored, made ready: drafts by the number of their guide."""

    manifest: Manifest
    sections: Sections
    drafts: Mapping[int, Draft]
    snippets: Arrivals
    pictures: Sequence[Path]

    @property
    def entries(self) -> Sequence[Entry]:
        return self.manifest.guides


def restore(file: IO[bytes]) -> Packed:
    """Take in everything that the archive holds, in one transaction that is left to be committed.

    Raises NotEmpty, and BadArchive when anything is wrong with any of it.
    """
    begin_read()
    _refuse_guides()
    with unpacked(file) as folder:
        prepared = _prepared(folder)
        begin_write()
        _refuse_guides()
        try:
            _store(prepared, folder)
        except (IntegrityError, DataError) as error:
            raise BadArchive("what it says of its guides contradicts itself") from error
    count = Packed(len(prepared.sections), len(prepared.entries), len(prepared.pictures))
    audit.record("guides_imported", guides=count.guides, pictures=count.pictures)
    return count


def _refuse_guides() -> None:
    for table in (Article, Section):
        if db.session.scalar(select(table.id).limit(1)) is not None:
            raise NotEmpty


def _prepared(folder: Path) -> _Prepared:
    """What is in the folder, rendered outside any transaction that writes; raises BadArchive."""
    told = _told(folder / MANIFEST)
    entries, content = told.guides, folder / FOLDER
    found = scan(content)
    problems = list(found.problems)
    sections = _sections(found, problems)
    guides = {guide.matter.id: guide for guide in _guides(found, problems)}
    _refuse(problems)
    _agree(entries, guides, sections)
    shelf = FolderShelf(content, _addresses(entries))
    shared = snippet_files.look(found.snippets, frozenset())
    press = Press(shelf, Snippets(lambda locale, name: shared.texts.get((locale, name))))
    ids = {file.folder: matter.id for file, matter in sections}
    made: dict[int, Draft] = {}
    for number, guide in guides.items():
        file = guide.file
        try:
            checksum = press.checksum(file, ids[file.folder], shelf.state_of_references(file))
            made[number] = press.draft(file, guide.matter, checksum)
        except Broken as problem:
            problems.append(problem)
    _refuse(problems)
    return _Prepared(told, sections, made, shared, list(_pictures(content)))


def _told(file: Path) -> Manifest:
    try:
        return manifest.read(json.loads(file.read_bytes()))
    except (ValueError, RecursionError) as error:
        raise BadArchive(f"{MANIFEST} is no JSON: {error}") from error
    except BadManifest as problem:
        raise BadArchive(f"{MANIFEST}: {problem}") from problem


def _sections(found: Scan, problems: list[Broken]) -> Sections:
    read: Sections = []
    for file in found.sections:
        try:
            read.append((file, read_section(file.name, file.source)))
        except Broken as problem:
            problems.append(problem)
    admitted, clashes = admit_sections(read, found, _NOTHING)
    problems += clashes
    return admitted


def _guides(found: Scan, problems: list[Broken]) -> list[Guide]:
    read: list[Guide] = []
    for file in found.articles:
        try:
            matter = read_article(file.name, file.source, locale=file.locale, section=file.section)
            read.append(Guide(file, matter))
        except Broken as problem:
            problems.append(problem)
    admitted, clashes = admit_guides(read, found, _NOTHING)
    problems += clashes
    return admitted


def _agree(entries: Sequence[Entry], guides: Mapping[int, Guide], sections: Sections) -> None:
    """What the archive says of its guides must fit the files that it holds; raises BadArchive."""
    folders = {file.folder for file, _ in sections}
    shown = {entry.place.id: entry.place for entry in entries if entry.is_shown}
    strays = shown.keys() ^ guides.keys()
    if strays:
        raise BadArchive(
            f"{MANIFEST} and the files of {FOLDER}/ do not agree on guide {min(strays)}"
        )
    for number, place in shown.items():
        guide = guides[number]
        if (str(guide.file.path), guide.matter.order) != (place.path, place.order):
            raise BadArchive(
                f"{guide.file.name} is not where {MANIFEST} says that guide {number} is"
            )
    for entry in entries:
        if f"{entry.place.locale}/{entry.place.section}" not in folders:
            raise BadArchive(f"guide {entry.place.id} is in a section that the archive has not")


def _addresses(entries: Sequence[Entry]) -> Mapping[str, str]:
    """Where each guide is, by its path; of two with one path, the one that readers see."""
    in_turn = sorted(entries, key=lambda entry: (entry.is_shown, entry.status == "draft"))
    return {
        entry.place.path: article_path(entry.place.locale, entry.place.id, entry.place.slug)
        for entry in in_turn
    }


def _pictures(content: Path) -> Iterator[Path]:
    yield from sorted(
        path for path in content.rglob("*") if path.is_file() and path.suffix != ".md"
    )


def _refuse(problems: Sequence[Broken]) -> None:
    if problems:
        lines = [str(problem) for problem in problems]
        more = [f"… and {len(lines) - _MOST_COMPLAINTS} more"] * (len(lines) > _MOST_COMPLAINTS)
        raise BadArchive("\n".join(["", *lines[:_MOST_COMPLAINTS], *more]))


def _store(prepared: _Prepared, folder: Path) -> None:
    revisions.bump_generation()
    shelves = {shelf.id: shelf for shelf in prepared.manifest.sections}
    for file, matter in prepared.sections:
        kept = shelves.get(matter.id, Shelf(matter.id, "file", None))
        db.session.add(Section(**vars(kept), **catalogue.section_values(file, matter)))
    db.session.flush()
    sections = {file.folder: matter.id for file, matter in prepared.sections}
    taken: set[str] = set()
    for entry in sorted(prepared.entries, key=lambda entry: not entry.is_shown):
        place, draft = entry.place, prepared.drafts.get(entry.place.id)
        # Of two guides that came from one file, the one that readers see has it.
        has_file = entry.is_from_file and place.path not in taken
        taken.add(place.path)
        section_id = sections[f"{place.locale}/{place.section}"]
        _store_guide(entry, draft, section_id, place.path if has_file else None)
    for path in prepared.pictures:
        _store_picture(path, path.relative_to(folder / FOLDER).as_posix())
    db.session.flush()
    _store_snippets(prepared)
    _store_origins(prepared.manifest, folder / FILES)


def _store_guide(entry: Entry, draft: Draft | None, section_id: int, file: str | None) -> None:
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
        publish_at=entry.publish_at,
        unpublish_at=entry.unpublish_at,
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


def _store_snippets(prepared: _Prepared) -> None:
    snippet_files.arrive(prepared.snippets)
    db.session.flush()
    for shared in prepared.manifest.snippets:
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


def _store_picture(path: Path, place: str) -> None:
    try:
        revisions.keep_pictures({place: read_picture(path.name, path.read_bytes())})
    except BadPicture as problem:
        raise BadArchive(f"“{place}” {problem}") from problem
