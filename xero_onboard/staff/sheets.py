"""Tables for spreadsheet programs, in which nothing that a reader wrote is calculated."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

# What such a program takes for the beginning of a formula, with the blanks it looks past.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Writable(Protocol):
    def __str__(self) -> str: ...


def sheet(headings: Sequence[str], rows: Iterable[Sequence[_Writable | None]]) -> str:
    """The rows as CSV; begins with the mark by which Excel knows that it is UTF-8."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return f"\ufeff{written.getvalue()}"


def _cell(value: _Writable | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    words = str(value)
    is_dangerous = words.lstrip(" ").startswith(_FORMULA) and not isinstance(value, int)
    return f"'{words}" if is_dangerous else words
