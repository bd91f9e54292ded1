"""Snippets from files, and into files again: what staff have changed here waits for their word, as with guides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select

from xero_onboard.content.models import Snippet
from xero_onboard.content.shelf import SourceFile
from xero_onboard.content.snippets import Texts, path_of
from xero_onboard.lib.db import db

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
        return bool(_changes(self))


def look(files: Sequence[SourceFile], broken: frozenset[str]) -> Arrivals:
    """What every snippet says, once the files are taken in."""
    rows = _stored()
    given = {(file.locale, file.slug): file for file in files}
    texts = {
        key: row.body
        for key, row in rows.items()
        if row.keeper == "staff" or key in given or path_of(*key) in broken
    }
    for key, file in given.items():
        row = rows.get(key)
        if row is None or row.keeper == "file":
            texts[key] = _text(file)
    return Arrivals(files, broken, texts)


def apply(arrivals: Arrivals) -> list[str]:
    """Take them in; a line for each change."""
    changes = _changes(arrivals)
    for change in changes:
        change.make()
    return [change.line for change in changes]


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

    @property
    def line(self) -> str:
        """What to say of it."""
        return f"{path_of(self.row.locale, self.row.name)}: removed, because the file is gone"

    def make(self) -> None:
        """Remove the row."""
        db.session.delete(self.row)


def _changes(arrivals: Arrivals) -> list[_Arrival | _Departure]:
    rows = _stored()
    found: list[_Arrival | _Departure] = []
    for file in arrivals.files:
        row = rows.pop((file.locale, file.slug), None)
        if row is None or row.file_digest != _digest(_text(file)):
            found.append(_Arrival(row, file))
    gone = (key for key, row in rows.items() if row.keeper == "file")
    return [
        *found,
        *(_Departure(rows[key]) for key in gone if path_of(*key) not in arrivals.broken),
    ]


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
