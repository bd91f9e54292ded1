"""What belongs to one file each: ids, old names and the codes of problems.

What is published stays with the file it came from: of two files with the same claim, the newcomer is the broken one,
whichever comes first in the folder.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xero_onboard.content.addresses import alias_path
from xero_onboard.content.catalogue import Known, Stored
from xero_onboard.content.front_matter import FrontMatter, SectionMatter, read_section
from xero_onboard.content.problems import Broken
from xero_onboard.content.shelf import SECTION_FILE, Scan, SourceFile

Sections = list[tuple[SourceFile, SectionMatter]]


@dataclass(frozen=True)
class Guide:
    """A file whose front matter could be read."""

    file: SourceFile
    matter: FrontMatter

    @property
    def aliases(self) -> tuple[str, ...]:
        """The paths that lead to it besides its own."""
        return tuple(alias_path(self.file.locale, alias) for alias in self.matter.aliases)


def read_sections(found: Scan, known: Known) -> tuple[Sections, list[Broken]]:
    """The sections of a folder whose id is their own, and what is wrong with the others."""
    read: Sections = []
    problems: list[Broken] = []
    for file in found.sections:
        try:
            read.append((file, read_section(file.name, file.source)))
        except Broken as problem:
            problems.append(problem)
    admitted, clashes = _admit_sections(read, found, known)
    return admitted, problems + clashes


def _admit_sections(read: Sections, found: Scan, known: Known) -> tuple[Sections, list[Broken]]:
    claimed = {file.folder: matter.id for file, matter in read}
    holders = {
        section_id: f"{found.folder}/{folder}/{SECTION_FILE}"
        for folder, section_id in known.sections.items()
        if folder in found.shelves and claimed.get(folder, section_id) == section_id
    }
    admitted: Sections = []
    problems: list[Broken] = []
    for file, matter in read:
        holder = holders.setdefault(matter.id, file.name)
        before = known.sections.get(file.folder, matter.id)
        if holder != file.name:
            problems.append(Broken(file.name, matter.lines["id"], f"{holder} has the same id"))
        elif before != matter.id and before not in claimed.values():
            message = f"the section was published with the id {before}, which must stay"
            problems.append(Broken(file.name, matter.lines["id"], message))
        else:
            admitted.append((file, matter))
    return admitted, problems


def admit_guides(
    read: Sequence[Guide], found: Scan, known: Known
) -> tuple[list[Guide], list[Broken]]:
    """Those that claim nothing of another guide, and what is wrong with the others."""
    taken = _held(read, found, known)
    admitted: list[Guide] = []
    problems: list[Broken] = []
    for guide in read:
        problem = _first_clash(guide, taken)
        if problem:
            problems.append(problem)
        else:
            taken.update(dict.fromkeys(_claims(guide), guide.file.name))
            admitted.append(guide)
    return admitted, problems


def _held(read: Sequence[Guide], found: Scan, known: Known) -> dict[str, str]:
    """Each published claim that its file still makes, or would make if it could be read, with the file's name."""
    guides = {str(guide.file.path): guide for guide in read}
    files = {guide.matter.id: guide.file.name for guide in read}
    held: dict[str, str] = {}
    for article in known.articles.values():
        if article.status == "archived":
            continue
        if article.keeper == "staff":
            # A file with its number is the same guide; its claims are those that staff have published.
            holder = files.get(article.id, f"guide {article.id}, which staff have written,")
            held.update(dict.fromkeys(_stored_claims(article, known), holder))
            continue
        if article.file not in found.present:
            continue
        guide = guides.get(article.file)
        stored = _stored_claims(article, known)
        kept = set(stored) if guide is None else set(stored) & _claims(guide).keys()
        if guide is None or guide.matter.id == article.id:
            held.update(dict.fromkeys(kept, f"{found.folder}/{article.file}"))
    return held


def _stored_claims(article: Stored, known: Known) -> Iterable[str]:
    yield _id(article.id)
    yield from (_alias(path) for path, owner in known.aliases.items() if owner == article.id)
    yield from (_code(article.locale, code) for code in article.codes)


def _claims(guide: Guide) -> Mapping[str, int]:
    """What the guide claims, each with the line it stands on."""
    file, matter = guide.file, guide.matter
    claims = {_id(matter.id): matter.lines["id"]}
    for alias in matter.aliases:
        claims[_alias(alias_path(file.locale, alias))] = matter.line_of("aliases", alias)
    for code in matter.errors:
        claims[_code(file.locale, code)] = matter.line_of("errors", code)
    return claims


def _first_clash(guide: Guide, taken: Mapping[str, str]) -> Broken | None:
    for claim, line in _claims(guide).items():
        holder = taken.get(claim, guide.file.name)
        if holder != guide.file.name:
            kind = claim.partition(" ")[0]
            return Broken(guide.file.name, line, f"{holder} has the same {kind}")
    return None


def _id(article_id: int) -> str:
    return f"id {article_id}"


def _alias(path: str) -> str:
    return f"alias {path}"


def _code(locale: str, code: str) -> str:
    return f"code {locale} {code}"
