"""What the pages of staff read from an address."""

from collections.abc import Collection

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


def chosen(name: str, given: str | None, among: Collection[str]) -> str:
    """One of the values that a field offers, empty for all."""
    if given is not None and given not in among:
        raise BadRequest(f"The field “{name}” has a value this page does not offer.")
    return given or ""
