"""Long lists in Zendesk's two ways: by pages with numbers, and by cursors.

https://developer.zendesk.com/api-reference/introduction/pagination/
"""

import binascii
import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from xero_onboard.content.listing import MOST
from xero_onboard.content.parts import JSON
from xero_onboard.lib.web import optional

_OWN = ("page", "per_page", "page[size]", "page[after]", "page[before]")
_LONGEST_CURSOR = 16


@dataclass(frozen=True)
class Piece:
    """The part of a list that is asked for."""

    first: int
    size: int
    is_by_cursor: bool = False
    is_backwards: bool = False


def piece_of(values: MultiDict[str, str], usual: int) -> Piece:
    """What the address asks for; of more than is given at once, as much as is given. Raises BadRequest."""
    size = optional(values, "page[size]", longest=9)
    if size is None:
        size = optional(values, "per_page", longest=9) or f"{usual}"
        most = min(number("per_page", size), MOST)
        page = number("page", optional(values, "page", longest=9) or "1")
        return Piece((page - 1) * most, most)
    most = min(number("page[size]", size), MOST)
    before = optional(values, "page[before]", longest=_LONGEST_CURSOR)
    if before is None:
        after = optional(values, "page[after]", longest=_LONGEST_CURSOR)
        return Piece(_place("page[after]", after) if after else 0, most, is_by_cursor=True)
    end = _place("page[before]", before)
    first = max(0, end - most)
    return Piece(first, end - first, is_by_cursor=True, is_backwards=True)


def told(piece: Piece, shown: int, count: int, address: str, values: MultiDict[str, str]) -> JSON:
    """What is said beside the rows, of which so many are shown and so many there are."""
    asked = [(name, value) for name, value in values.items(multi=True) if name not in _OWN]
    if piece.is_by_cursor:
        return _by_cursor(piece, shown, count, f"{address}?", asked)
    last = max(1, math.ceil(count / piece.size))
    page = piece.first // piece.size + 1
    pages = {
        name: f"{address}?{urlencode([('page', each), ('per_page', piece.size), *asked])}"
        if 1 <= each <= last
        else None
        for name, each in (("next_page", page + 1), ("previous_page", page - 1))
    }
    return {**pages, "count": count, "page": page, "page_count": last, "per_page": piece.size}


def number(name: str, given: str) -> int:
    """A number from 1; raises BadRequest."""
    if not (given.isascii() and given.isdigit() and int(given)):
        raise BadRequest(f"{name} must be a number from 1.")
    return int(given)


def among(name: str, given: str, offered: Collection[str]) -> str:
    """One of these; raises BadRequest."""
    if given not in offered:
        raise BadRequest(f"{name} must be one of: {', '.join(offered)}.")
    return given


def _by_cursor(
    piece: Piece, shown: int, count: int, address: str, asked: Sequence[tuple[str, str]]
) -> JSON:
    def leading(name: str, place: int) -> str:
        values = [(f"page[{name}]", _cursor(place)), ("page[size]", f"{piece.size}"), *asked]
        return f"{address}{urlencode(values)}"

    end = piece.first + shown
    has_next, has_previous = end < count, piece.first > 0
    return {
        "meta": {
            "has_more": has_previous if piece.is_backwards else has_next,
            "after_cursor": _cursor(end) if shown else None,
            "before_cursor": _cursor(piece.first) if shown else None,
        },
        "links": {
            "first": leading("after", 0),
            "last": leading("before", count),
            "prev": leading("before", piece.first) if has_previous else None,
            "next": leading("after", end) if has_next else None,
        },
    }


def _cursor(place: int) -> str:
    return urlsafe_b64encode(f"{place}".encode()).decode()


def _place(name: str, cursor: str) -> int:
    try:
        place = urlsafe_b64decode(cursor.encode()).decode("ascii")
    except (binascii.Error, UnicodeError):
        place = ""
    if not (place.isdigit() and len(place) <= 9):
        raise BadRequest(f"{name} must be a cursor that a list has named.")
    return int(place)
