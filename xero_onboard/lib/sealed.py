"""Every sealed column of the database: checking that all of it opens, and sealing it anew under another key."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import InstrumentedAttribute

from xero_onboard.lib.crypto import KeyMissing, Tampered, key_of, key_ring
from xero_onboard.lib.db import begin_read, begin_write, commit, db

BATCH = 100

SealedRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class SealedColumn:
    """A column that holds sealed text; `place` is what it is bound to in one row.

    `bound_by` are the columns that `place` reads, `key_column` the one that repeats the key's id.
    """

    column: InstrumentedAttribute[Any]
    bound_by: tuple[InstrumentedAttribute[Any], ...]
    place: Callable[[SealedRow], str]
    key_column: InstrumentedAttribute[Any] | None = None

    @property
    def name(self) -> str:
        return f"{self.column.class_.__tablename__}.{self.column.key}"


@dataclass(frozen=True)
class Unopened:
    """A sealed text that does not open: its row, the key that sealed it, and why."""

    column: str
    row: str
    key_id: str
    reason: str


@dataclass
class Findings:
    """What was found: how many texts each key seals, what was sealed anew, and what does not open."""

    by_key: Counter[str] = field(default_factory=Counter)
    renewed: int = 0
    unopened: list[Unopened] = field(default_factory=list)


_columns: dict[str, SealedColumn] = {}


def declare(*columns: SealedColumn) -> None:
    """Have these columns checked and sealed anew with all others."""
    _columns.update({column.name: column for column in columns})


def columns() -> Mapping[str, SealedColumn]:
    """Every sealed column, by table and name."""
    return dict(_columns)


def check() -> Findings:
    """Open everything, and change nothing. Call it with nothing uncommitted."""
    findings = Findings()
    for column in _columns.values():
        for batch in _batches(column):
            for row in batch:
                _opened(column, row, findings)
    return findings


def renew(tell: Callable[[Findings], None]) -> Findings:
    """Seal under the first key what another one sealed; `tell` hears of it after each batch.

    It can be stopped at any moment and begun again: what is done is known by its key. Whatever was
    changed since it was read is left as it is, because whoever changed it sealed it under the first
    key. What does not open stays as it was. Call it with nothing uncommitted.
    """
    findings = Findings()
    for column in _columns.values():
        for batch in _batches(column, but=key_ring().first):
            opened = [(row, _opened(column, row, findings)) for row in batch]
            fresh = [
                (row, key_ring().seal(plain, column.place(row)))
                for row, plain in opened
                if plain is not None
            ]
            findings.renewed += _replace(column, fresh)
            tell(findings)
    return findings


def _batches(column: SealedColumn, but: str | None = None) -> Iterator[Sequence[SealedRow]]:
    """The rows that hold something, with no transaction open between one batch and the next."""
    key = column.column.class_.__mapper__.primary_key[0]
    query = select(key, *column.bound_by, column.column.label("sealed"))
    query = query.where(column.column.is_not(None), column.column != "")
    if but is not None:
        query = query.where(~column.column.startswith(f"{but}.", autoescape=True))
    page = query
    while True:
        begin_read()
        batch = db.session.execute(page.order_by(key).limit(BATCH)).all()
        commit()
        if batch:
            yield batch
        if len(batch) < BATCH:
            return
        page = query.where(key > batch[-1][0])


def _opened(column: SealedColumn, row: SealedRow, findings: Findings) -> str | None:
    findings.by_key[key_of(row.sealed)] += 1
    try:
        return key_ring().unseal(row.sealed, column.place(row))
    except KeyMissing:
        reason = "its key is not in VAULT_KEYS"
    except Tampered:
        reason = "the key is not the one that sealed it, or the row was changed"
    findings.unopened.append(Unopened(column.name, str(row[0]), key_of(row.sealed), reason))
    return None


def _replace(column: SealedColumn, fresh: Sequence[tuple[SealedRow, str]]) -> int:
    """Replace the very texts that were read, and nothing that came after them; how many."""
    key = column.column.class_.__mapper__.primary_key[0]
    count = 0
    begin_write()
    for row, sealed in fresh:
        values = {column.column.key: sealed}
        if column.key_column is not None:
            values[column.key_column.key] = key_of(sealed)
        replacing = (
            update(column.column.class_)
            .where(key == row[0], column.column == row.sealed)
            .values(values)
            .returning(key)
        )
        without_copies = replacing.execution_options(synchronize_session=False)
        count += db.session.scalar(without_copies) is not None
    commit()
    return count
