"""What an archive holds, looked at and rendered: for those who take it in, and for those who have just written it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from xero_onboard.content import manifest, snippet_files, talk
from xero_onboard.content.addresses import article_path
from xero_onboard.content.catalogue import Known
from xero_onboard.content.claims import Guide, Sections, admit_guides, read_sections
from xero_onboard.content.declared import BadManifest
from xero_onboard.content.front_matter import read_article
from xero_onboard.content.manifest import Entry, Manifest
from xero_onboard.content.pictures import read_picture
from xero_onboard.content.press import Press
from xero_onboard.content.problems import Broken
from xero_onboard.content.references import BadPicture
from xero_onboard.content.revisions import Draft
from xero_onboard.content.shelf import FolderShelf, Scan, scan
from xero_onboard.content.snippet_files import Arrivals
from xero_onboard.content.snippets import Snippets
from xero_onboard.content.unpacking import FOLDER, LOOK, MANIFEST, BadArchive
from xero_onboard.lib.brand import moving

_NOTHING = Known({}, {}, {})
_MOST_COMPLAINTS = 20


@dataclass(frozen=True)
class Contents:
    """Everything that is to be stored, made ready: drafts by the number of their guide, pictures by their place."""

    manifest: Manifest
    sections: Sections
    drafts: Mapping[int, Draft]
    snippets: Arrivals
    pictures: Sequence[str]
    # The bytes of each piece of the look that it brings along.
    look: Mapping[str, bytes]
    # What is shown of each comment.
    comments: Mapping[UUID, str]


def read(folder: Path) -> Contents:
    """What is in the folder, rendered outside any transaction that writes; raises BadArchive."""
    told = _told(folder / MANIFEST)
    entries, content = told.guides, folder / FOLDER
    found = scan(content)
    sections, mistakes = read_sections(found, _NOTHING)
    problems = [*found.problems, *mistakes]
    guides = {guide.matter.id: guide for guide in _guides(found, problems)}
    _refuse(problems)
    _agree(entries, guides, sections)
    shelf = FolderShelf(content, _addresses(entries))
    shared = snippet_files.alone(found.snippets)
    press = Press(shelf, Snippets(lambda locale, name: shared.texts.get((locale, name))))
    ids = {file.folder: matter.id for file, matter in sections}
    made: dict[int, Draft] = {}
    for number, guide in guides.items():
        file = guide.file
        try:
            state = shelf.state_of_references(file, guide.matter.page.references)
            checksum = press.checksum(file, ids[file.folder], state)
            made[number] = press.draft(file, guide.matter, checksum)
        except Broken as problem:
            problems.append(problem)
    pictures = list(_pictures(content, problems))
    _refuse(problems)
    look, comments = _look(told, folder / LOOK), _comments(entries)
    return Contents(told, sections, made, shared, pictures, look, comments)


def _told(file: Path) -> Manifest:
    try:
        return manifest.read(json.loads(file.read_bytes()))
    except (ValueError, RecursionError) as error:
        raise BadArchive(f"{MANIFEST} is no JSON: {error}") from error
    except BadManifest as problem:
        raise BadArchive(f"{MANIFEST}: {problem}") from problem


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


def _pictures(content: Path, problems: list[Broken]) -> Iterator[str]:
    for path in sorted(content.rglob("*")):
        if not path.is_file() or path.suffix == ".md":
            continue
        place = path.relative_to(content).as_posix()
        try:
            read_picture(path.name, path.read_bytes())
        except BadPicture as problem:
            problems.append(Broken(f"{FOLDER}/{place}", 1, f"the picture {problem}"))
        yield place


def _comments(entries: Sequence[Entry]) -> Mapping[UUID, str]:
    """What readers will see of each comment; raises BadArchive for one that could not have been written here."""
    pressed: dict[UUID, str] = {}
    for entry in entries:
        try:
            pressed.update(talk.room().press(entry.comments))
        except ValueError as error:
            raise BadArchive(f"{MANIFEST}: guide {entry.place.id}: {error}") from error
    return pressed


def _look(told: Manifest, folder: Path) -> Mapping[str, bytes]:
    """The pictures of the look, when all of it can be worn; raises BadArchive."""
    if told.look is None:
        return {}
    present = {path.name: path for path in folder.glob("*")}
    if not set(told.look.files.values()) <= present.keys():
        raise BadArchive(f"{MANIFEST} speaks of pictures of its look, which the archive has not")
    bodies = {piece: present[name].read_bytes() for piece, name in told.look.files.items()}
    try:
        moving.check(told.look, bodies)
    except moving.BadLook as problem:
        raise BadArchive(f"the look of its pages cannot be worn: {problem}") from problem
    return bodies


def _refuse(problems: Sequence[Broken]) -> None:
    if problems:
        lines = [str(problem) for problem in problems]
        more = [f"… and {len(lines) - _MOST_COMPLAINTS} more"] * (len(lines) > _MOST_COMPLAINTS)
        raise BadArchive("\n".join(["", *lines[:_MOST_COMPLAINTS], *more]))
