"""Searching guides as Zendesk's API does: https://developer.zendesk.com/api-reference/help_center/help-center-api/search/"""

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from xero_onboard.content import library, listing, search
from xero_onboard.content.front_matter import LARGEST_ID
from xero_onboard.content.listing import Asked, Found, Guide
from xero_onboard.content.zendesk_paging import Piece, among, number, piece_of
from xero_onboard.content.zendesk_shape import CATEGORY
from xero_onboard.content.zendesk_sifting import sifted_by_days
from xero_onboard.lib.web import optional

_USUAL = 25
# So many results are ranked; who wants more has to say more.
_MOST_RESULTS = 100
_ORDERS = ("created_at", "updated_at")
_ONE_OF = ("query", "category", "section", "label_names")


@dataclass(frozen=True)
class Wanted:
    """What is looked for, and how much of it; without an order the best comes first."""

    query: str
    asked: Asked
    piece: Piece
    is_ranked: bool
    is_nowhere: bool


def wanted(values: MultiDict[str, str], locale: str) -> Wanted:
    """What the address asks for, in the language that it names or else in this one; raises BadRequest."""
    said = {name: optional(values, name, longest=search.LONGEST_QUERY) for name in _ONE_OF}
    named = (optional(values, "locale", longest=20) or locale).lower()
    category, section = (_number(name, said[name]) for name in ("category", "section"))
    order = optional(values, "sort_by", longest=20)
    direction = optional(values, "sort_order", longest=20) or ("desc" if order else "asc")
    size = optional(values, "per_page", longest=9)
    if size and number("per_page", size) > listing.MOST:
        raise BadRequest(f"per_page must be a number from 1 to {listing.MOST}.")
    if not any(said.values()):
        raise BadRequest(f"One of these must be said: {', '.join(_ONE_OF)}.")
    piece = piece_of(values, _USUAL)
    asked = Asked(
        locale=named,
        section_number=section and _original(section),
        order=among("sort_by", order, _ORDERS) if order else "position",
        direction=among("sort_order", direction, listing.DIRECTIONS),
        first=piece.first,
        size=piece.size,
        sifted=sifted_by_days(values),
    )
    # A language or a category that there is not holds nothing, which is no mistake.
    is_nowhere = named not in library.locales() or category not in (None, CATEGORY)
    return Wanted(said["query"] or "", asked, piece, bool(said["query"] and not order), is_nowhere)


def find(wanted: Wanted) -> tuple[Found[Guide], Mapping[int, str]]:
    """The guides, and of those that words led to what stands around these."""
    if wanted.is_nowhere:
        return Found((), 0), {}
    if not wanted.query:
        return listing.guides(wanted.asked), {}
    locale = wanted.asked.locale or ""
    results = search.search(wanted.query, locale, _MOST_RESULTS, is_strict=True).results
    snippets = {each.id: _emphasised(str(each.snippet)) for each in results}
    fitting = listing.guides_by_id(snippets.keys(), wanted.asked)
    rows = [fitting[key] for key in snippets if key in fitting]
    if not wanted.is_ranked:
        is_backwards = wanted.asked.direction == "desc"
        rows.sort(key=lambda row: (getattr(row, wanted.asked.order), row.id), reverse=is_backwards)
    first = wanted.asked.first
    return Found(rows[first : first + wanted.asked.size], len(rows)), snippets


def _number(name: str, given: str | None) -> int | None:
    return None if given is None else number(name, given)


def _original(section: int) -> int:
    found = listing.shelf_in_languages(section) if section <= LARGEST_ID else ()
    return found[0].number if found else 0


def _emphasised(snippet: str) -> str:
    return snippet.replace("<mark>", "<em>").replace("</mark>", "</em>")
