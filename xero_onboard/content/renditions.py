"""Each guide, and each section, stands once in each language: of two, the newcomer is told.

Readers could be led to one of them only. As with other claims, what is here stays what it is, whichever file comes
first in the folder; and what no file has the last word on is for staff to put away.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import or_, select

from xero_onboard.content.claims import Guide, Sections
from xero_onboard.content.front_matter import FrontMatter, SectionMatter
from xero_onboard.content.manuscript import Place
from xero_onboard.content.models import Arrival, Article, Revision, Section
from xero_onboard.content.problems import Broken
from xero_onboard.content.shelf import SECTION_FILE, Scan, SourceFile
from xero_onboard.lib.db import db

_Matter = TypeVar("_Matter", FrontMatter, SectionMatter)
# A language, and the number of the original.
_Rendition = tuple[str, int]


@dataclass(frozen=True)
class _Standing:
    """What is here; `is_kept` where no file has the last word on it."""

    id: int
    rendition: _Rendition
    file: str | None
    is_kept: bool


def admit_sections(read: Sections, found: Scan) -> tuple[Sections, list[Broken]]:
    """Those that no other section is in their language already, and what is wrong with the others."""
    present = {f"{folder}/{SECTION_FILE}" for folder in found.shelves}
    return _admit("section", read, found.folder, present, list(_sections()))


def admit_guides(read: Sequence[Guide], found: Scan) -> tuple[list[Guide], list[Broken]]:
    """Those that no other guide is in their language already, and what is wrong with the others."""
    pairs = [(guide.file, guide.matter) for guide in read]
    admitted, problems = _admit("guide", pairs, found.folder, found.present, list(_guides()))
    return [Guide(*pair) for pair in admitted], problems


def title_of_other(place: Place) -> str | None:
    """The title of another guide that readers see as this one in its language."""
    original = place.translation_of
    if original is None:
        return None
    query = (
        select(Revision.title)
        .join(Article, Article.published_revision_id == Revision.id)
        .where(
            Article.status == "published",
            Article.locale == place.locale,
            Article.id != place.id,
            or_(Article.translation_of == original, Article.id == original),
        )
    )
    return db.session.scalar(query.limit(1))


def has_other_section(section_id: int, locale: str, translation_of: int | None) -> bool:
    """Whether another section is what this one would be in this language."""
    if translation_of is None:
        return False
    is_one = or_(Section.translation_of == translation_of, Section.id == translation_of)
    query = select(Section.id).where(Section.locale == locale, Section.id != section_id, is_one)
    return db.session.scalar(query.limit(1)) is not None


def _admit(
    kind: str,
    read: Sequence[tuple[SourceFile, _Matter]],
    folder: str,
    present: Collection[str],
    standing: Sequence[_Standing],
) -> tuple[list[tuple[SourceFile, _Matter]], list[Broken]]:
    numbers = {matter.id for _, matter in read}
    paths = {str(file.path) for file, _ in read}
    holders: dict[_Rendition, str] = {}
    for each in standing:
        # A file that cannot be read now keeps what it had.
        is_silent = each.file in present and each.file not in paths
        if each.id not in numbers and (is_silent or each.is_kept):
            name = f"{folder}/{each.file}" if is_silent else f"{kind} {each.id} in the editor"
            holders[each.rendition] = name
    before = {each.id: each.rendition for each in standing}

    def turn(pair: tuple[SourceFile, _Matter]) -> tuple[bool, bool]:
        _, matter = pair
        return before.get(matter.id) != _rendition(*pair), matter.translation_of is not None

    problems: dict[str, Broken] = {}
    for file, matter in sorted(read, key=turn):
        locale, original = _rendition(file, matter)
        holder = holders.setdefault((locale, original), file.name)
        if holder != file.name:
            line = matter.lines.get("translation_of", matter.lines["id"])
            message = f"translation_of: {holder} is {kind} {original} in {locale} already"
            problems[file.name] = Broken(file.name, line, message)
    return [pair for pair in read if pair[0].name not in problems], list(problems.values())


def _rendition(file: SourceFile, matter: FrontMatter | SectionMatter) -> _Rendition:
    return file.locale, matter.translation_of or matter.id


def _sections() -> Iterator[_Standing]:
    for row in db.session.scalars(select(Section).where(Section.archived_at.is_(None))):
        yield _Standing(
            row.id,
            (row.locale, row.translation_of or row.id),
            f"{row.locale}/{row.slug}/{SECTION_FILE}",
            row.keeper == "staff",
        )


def _guides() -> Iterator[_Standing]:
    arrived = set(db.session.scalars(select(Arrival.target_id).where(Arrival.kind == "article")))
    columns = (Article.id, Article.locale, Article.translation_of, Article.file, Article.keeper)
    for row in db.session.execute(select(*columns).where(Article.status != "archived")):
        yield _Standing(
            row.id,
            (row.locale, row.translation_of or row.id),
            row.file,
            row.keeper == "staff" or (row.file is None and row.id in arrived),
        )
