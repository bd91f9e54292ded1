"""Snippets from files, and into files again: what staff have changed here waits for their word, as with guides.

A snippet whose file is gone stays for as long as something needs it. Where that is a guide that staff keep, it is
theirs from then on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sqlalchemy import ColumnElement, or_, select

from xero_onboard.content.models import Article, Revision, Snippet
from xero_onboard.content.shelf import SourceFile
from xero_onboard.content.snippets import Texts, names_in, path_of
from xero_onboard.lib.db import db

# What no file says: guides that staff keep or that came from elsewhere, and drafts.
_BY_STAFF = or_(
    Article.keeper == "staff", Article.file.is_(None), Revision.id == Article.draft_revision_id
)

_Key = tuple[str, str]


@dataclass(frozen=True)
class Arrivals:
    """What the folder says of snippets, held against what is stored."""

    files: Sequence[SourceFile] = ()
    # Files that cannot be read or have a mistake change nothing, and their snippets stay.
    broken: frozenset[str] = frozenset()
    texts: Texts = field(default_factory=dict)

    @property
    def changed(self) -> frozenset[_Key]:
        """The snippets that say something else as soon as this is taken in."""
        stored = {key: row.body for key, row in _stored().items()}
        return frozenset(
            key
            for key in stored.keys() | self.texts.keys()
            if stored.get(key) != self.texts.get(key)
        )

    @property
    def is_news(self) -> bool:
        """Whether taking them in changes anything."""
        return bool(_arriving(self) or _departing(self))


def look(files: Sequence[SourceFile], broken: frozenset[str]) -> Arrivals:
    """What every snippet says, once the files are taken in."""
    rows = _stored()
    given = {(file.locale, file.slug): file for file in files}
    needed = _needed(_BY_STAFF)
    texts = {
        key: row.body
        for key, row in rows.items()
        if row.keeper == "staff" or key in given or path_of(*key) in broken or key in needed
    }
    for key, file in given.items():
        row = rows.get(key)
        if row is None or row.keeper == "file":
            texts[key] = _text(file)
    return Arrivals(files, broken, texts)


def alone(files: Sequence[SourceFile]) -> Arrivals:
    """What every snippet says where there are no others."""
    texts = {(file.locale, file.slug): _text(file) for file in files}
    return Arrivals(files, frozenset(), texts)


def arrive(arrivals: Arrivals) -> list[str]:
    """Take in what is new or has changed; a line for each change."""
    return _made(_arriving(arrivals))


def depart(arrivals: Arrivals) -> list[str]:
    """Part with those whose file is gone, once guides are as they will be; a line for each change."""
    return _made(_departing(arrivals))


@dataclass(frozen=True)
class _Arrival:
    """What a new text in a file means for its snippet."""

    row: Snippet | None
    file: SourceFile

    @property
    def is_offer(self) -> bool:
        """Whether staff have the last word on it."""
        row = self.row
        return row is not None and row.keeper == "staff" and row.body != _text(self.file)

    @property
    def line(self) -> str:
        """What to say of it."""
        if self.is_offer:
            return f"{self.file.name}: waits in the editor, because staff have changed the snippet"
        return f"{self.file.name}: snippet “{self.file.slug}”"

    def make(self) -> None:
        """Change the row."""
        file, text = self.file, _text(self.file)
        row = self.row or Snippet(locale=file.locale, name=file.slug, number=0, body="")
        row.file_digest = _digest(text)
        if self.is_offer:
            row.offered = text
            return
        row.keeper, row.body, row.offered, row.number = "file", text, None, row.number + 1
        db.session.add(row)


@dataclass(frozen=True)
class _Departure:
    """A snippet whose file is gone."""

    row: Snippet
    is_needed: bool

    @property
    def line(self) -> str:
        """What to say of it."""
        path = path_of(self.row.locale, self.row.name)
        if self.is_needed:
            return f"{path}: the file is gone; the snippet stays in the editor, because what staff have written uses it"
        return f"{path}: removed, because the file is gone"

    def make(self) -> None:
        """Remove the row, or leave it to staff until there is a file again."""
        if self.is_needed:
            self.row.keeper, self.row.file_digest = "staff", None
        else:
            db.session.delete(self.row)


_Changes = Sequence[_Arrival | _Departure]


def _arriving(arrivals: Arrivals) -> _Changes:
    rows = _stored()
    found = [_Arrival(rows.get((file.locale, file.slug)), file) for file in arrivals.files]
    return [
        each
        for each in found
        if each.row is None or each.row.file_digest != _digest(_text(each.file))
    ]


def _departing(arrivals: Arrivals) -> _Changes:
    there = {(file.locale, file.slug) for file in arrivals.files}
    gone = {
        key: row
        for key, row in _stored().items()
        if row.keeper == "file" and key not in there and path_of(*key) not in arrivals.broken
    }
    if not gone:
        return []
    # Of a guide whose file has the mistake that it still uses one, readers see what it said before.
    by_staff, by_anybody = _needed(_BY_STAFF), _needed()
    return [
        _Departure(row, key in by_staff)
        for key, row in gone.items()
        if key in by_staff or key not in by_anybody
    ]


def _made(changes: _Changes) -> list[str]:
    for change in changes:
        change.make()
    return [change.line for change in changes]


def _needed(*conditions: ColumnElement[bool]) -> set[_Key]:
    """The snippets in guides, published or in a draft; those that staff keep; and what all of these hold in turn."""
    heads = (Article.published_revision_id, Article.draft_revision_id)
    query = (
        select(Article.locale, Revision.source)
        .join(Revision, or_(*(Revision.id == head for head in heads)))
        .where(Article.status != "archived", Revision.source.contains("<Snippet"), *conditions)
    )
    rows = _stored()
    waiting = {key for key, row in rows.items() if row.keeper == "staff"}
    for locale, source in db.session.execute(query):
        waiting |= {(locale, name) for name in names_in(source)}
    found: set[_Key] = set()
    while waiting:
        key = waiting.pop()
        found.add(key)
        inner = names_in(rows[key].body) if key in rows else ()
        waiting |= {(key[0], name) for name in inner} - found
    return found


def write(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """The files that the folder lacks, or in which something else stands."""
    for (locale, name), row in sorted(_stored().items()):
        path = folder / path_of(locale, name)
        if row.keeper == "staff" or not path.exists():
            yield path, f"{row.body}\n".encode()


def _stored() -> dict[_Key, Snippet]:
    return {(row.locale, row.name): row for row in db.session.scalars(select(Snippet))}


def _text(file: SourceFile) -> str:
    return file.source.strip("\n")


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
