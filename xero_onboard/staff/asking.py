"""What the pages of staff read from an address."""

from collections.abc import Collection
from urllib.parse import urlencode
from uuid import UUID

from flask import request
from werkzeug.exceptions import BadRequest

from xero_onboard.lib.web import optional

LAST_PAGE = 10_000


def page_number() -> int:
    """Which page of a list; the first, unless another one is asked for."""
    given = optional(request.args, "page", longest=5) or "1"
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= LAST_PAGE:
        raise BadRequest("The field “page” must be a number.")
    return int(given)


def same_list(place: str) -> str:
    """The list on which a form stood, with what was asked of it: whoever works it off stays there."""
    asked = urlencode({name: value for name, value in request.args.items() if value})
    return f"{place}?{asked}" if asked else place


def chosen(name: str, given: str | None, among: Collection[str]) -> str:
    """One of the values that a field offers, empty for all."""
    if given is not None and given not in among:
        raise BadRequest(f"The field “{name}” has a value this page does not offer.")
    return given or ""


def article_id() -> int | None:
    """The guide that is asked for, None for all."""
    given = optional(request.args, "article", longest=18)
    if given and not (given.isascii() and given.isdigit()):
        raise BadRequest("The field “article” must be the number of a guide.")
    return int(given) if given else None


def id_of(name: str, given: str | None) -> UUID | None:
    """The id in a field, None when it is empty."""
    try:
        return UUID(given) if given else None
    except ValueError as error:
        raise BadRequest(f"The field “{name}” has a value this page does not offer.") from error
