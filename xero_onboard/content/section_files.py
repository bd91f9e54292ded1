"""Sections from files: what their files say of them, until staff have changed them here."""

from collections.abc import Sequence

from sqlalchemy import select, update

from xero_onboard.content.front_matter import SectionMatter
from xero_onboard.content.models import Section
from xero_onboard.content.shelf import SourceFile
from xero_onboard.lib.db import db

_Sections = Sequence[tuple[SourceFile, SectionMatter]]


def changed(sections: _Sections) -> _Sections:
    """Those whose files have something to say."""
    rows = {row.id: row for row in db.session.scalars(select(Section))}
    return [
        (file, matter)
        for file, matter in sections
        if matter.id not in rows or _is_news(rows[matter.id], values(file, matter))
    ]


def values(file: SourceFile, matter: SectionMatter) -> dict[str, object]:
    """The columns of a section, but for its number."""
    return {
        "locale": file.locale,
        "slug": file.section,
        "title": matter.title,
        "description": matter.description,
        "position": matter.order,
        "translation_of": matter.translation_of,
    }


def arrive(sections: _Sections) -> list[str]:
    """Take in what has changed; a line for each."""
    news = changed(sections)
    # Two sections may have swapped their folders: each lets go of its name before any takes a new one.
    for _, matter in news:
        letting_go = update(Section).where(Section.id == matter.id).values(slug=f"~{matter.id}")
        db.session.execute(letting_go)
    for file, matter in news:
        db.session.merge(Section(id=matter.id, keeper="file", **values(file, matter)))
    db.session.flush()
    return [f"{file.name}: section “{matter.title}”" for file, matter in news]


def _is_news(row: Section, said: dict[str, object]) -> bool:
    """Whether the file has something to say: to what staff have changed only that it says the same by now."""
    return ({name: getattr(row, name) for name in said} == said) == (row.keeper == "staff")
