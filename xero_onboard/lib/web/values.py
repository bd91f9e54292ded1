"""Values from outside, checked where they enter: each a single one, of bounded length, without control characters."""

import re
import unicodedata
from collections.abc import Collection

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

_LOCAL_PAGE = re.compile(
    r"/hc/[a-z]{2}(?:-[a-z]{2})?(?:/(?:articles|sections)/[0-9]+(?:-[a-z0-9-]+)?)?"
    r"|/hc/[a-z]{2}(?:-[a-z]{2})?/requests(?:/[A-Za-z0-9-]{1,20})?"
    r"|/connect(?:/organisations/[0-9a-f-]{36})?"
    r"|/account(?:/[a-z-]+)?"
    r"|/invitations"
    r"|/staff(?:/[a-z0-9-]+)*"
)

_BREAK = re.compile(r"\r\n?|\n")
# A break while the rest is looked at: the sign for it, which people do not type.
_MARK = "\u2028"


def optional(values: MultiDict[str, str], name: str, *, longest: int = 200) -> str | None:
    """The value, or None when it is absent or blank; raises BadRequest in words."""
    given = values.getlist(name)
    if not given:
        return None
    if len(given) > 1:
        raise BadRequest(f"The field “{_label(name)}” was sent {len(given)} times; send it once.")
    value = given[0].strip()
    if len(value) > longest:
        raise BadRequest(f"The field “{_label(name)}” is too long: {longest} characters at most.")
    if _has_controls(value):
        raise BadRequest(f"The field “{_label(name)}” contains characters that cannot be typed.")
    return value or None


def several_lines(values: MultiDict[str, str], name: str, *, longest: int = 1000) -> str | None:
    """What somebody wrote in lines, each break a single one, or None when there is nothing."""
    broken = values.getlist(name)
    joined = MultiDict((name, _BREAK.sub(_MARK, each)) for each in broken)
    value = optional(joined, name, longest=longest)
    return value.replace(_MARK, "\n").strip() or None if value else None


def required(
    values: MultiDict[str, str], name: str, *, among: Collection[str] = (), longest: int = 200
) -> str:
    """The value; raises BadRequest in words when it is absent, malformed or not `among` the known ones."""
    value = optional(values, name, longest=longest)
    if value is None:
        raise BadRequest(f"The field “{_label(name)}” is missing.")
    if among and value not in among:
        raise BadRequest(f"The field “{_label(name)}” has a value this page does not offer.")
    return value


def secret(values: MultiDict[str, str], name: str, *, longest: int = 1024) -> str:
    """A password as it was typed, blanks included; empty when absent. Raises BadRequest in words."""
    given = values.getlist(name)
    if len(given) > 1:
        raise BadRequest(f"The field “{_label(name)}” was sent {len(given)} times; send it once.")
    value = given[0] if given else ""
    if len(value) > longest:
        raise BadRequest(f"The field “{_label(name)}” is too long: {longest} characters at most.")
    if _has_controls(value):
        raise BadRequest(f"The field “{_label(name)}” contains characters that cannot be typed.")
    return value


def safe_next(value: str | None) -> str:
    """Where to go back to: a page of ours that can carry a form, else the home page."""
    return value if value and _LOCAL_PAGE.fullmatch(value) else "/"


def refuse_unwritable_paths() -> None:
    """Refuse an address with control characters, which no link has and no database stores."""
    if _has_controls(request.path):
        raise BadRequest("The address contains characters that cannot be typed.")


def _has_controls(value: str) -> bool:
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in value)


def _label(name: str) -> str:
    return name.replace("_", " ")
