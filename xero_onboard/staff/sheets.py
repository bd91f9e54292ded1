"""Tables for spreadsheet programs, in which nothing that a reader wrote is calculated."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

# What such a program takes for the beginning of a formula, with the blanks and quotation marks it looks past: at the
# beginning of a cell, and after what begins a new one where cells are parted by semicolons or tabs.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"""^(?=[ "]*[=+\-@\t\r\n＝＋－＠])|(?<=[;\t\r\n])(?=[ "]*[=+\-@＝＋－＠])""")


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
    return str(value) if isinstance(value, int) else _FORMULA.sub("'", str(value))
