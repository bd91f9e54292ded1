"""Values from outside, checked where they enter: each a single one, of bounded length, without control characters."""

import re
import unicodedata
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from flask import current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from xero_onboard.config import LOCALE
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.names import seen

_LOCAL_PAGE = re.compile(
    rf"/hc/{LOCALE.pattern}(?:/(?:articles|sections)/[0-9]+(?:-[a-z0-9-]+)?)?"
    rf"|/hc/{LOCALE.pattern}/requests(?:/[A-Za-z0-9-]{{1,20}})?"
    r"|/connect(?:/organisations/[0-9a-f-]{36})?"
    r"|/account(?:/[a-z-]+)?"
    r"|/invitations"
    r"|/staff(?:/[a-z0-9-]+)*"
)
# Browsers send the ends of lines in a way of their own (https://html.spec.whatwg.org/#normalize-newlines), and
# Word has kinds of them for lines and pages.
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85]")
# Copied out of a PDF, a long text holds characters that nobody sees, and so nobody could take out.
_UNSEEN = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}

View = TypeVar("View", bound=Callable[..., Any])


def takes(longest: int) -> Callable[[View], View]:
    """Let a form of this view be so many bytes long; everywhere else the setting of the site holds."""

    def mark(view: View) -> View:
        view.longest_form = longest  # type: ignore[attr-defined]
        return view

    return mark


def allow_long_form() -> None:
    """Read as much of this request as its view takes; nothing has been read before."""
    view = current_app.view_functions.get(request.endpoint or "")
    longest: int | None = getattr(view, "longest_form", None)
    if longest is not None:
        request.max_content_length = request.max_form_memory_size = longest


def optional(values: MultiDict[str, str], name: str, *, longest: int = 200) -> str | None:
    """The value, or None when it is absent or blank; raises BadRequest in words."""
    given = values.getlist(name)
    if not given:
        return None
    if len(given) > 1:
        raise BadRequest(
            _(
                "The field “%(field)s” was sent %(count)s times; send it once.",
                field=_label(name),
                count=len(given),
            )
        )
    value = given[0].strip()
    if len(value) > longest:
        raise BadRequest(
            _(
                "The field “%(field)s” is too long: %(longest)s characters at most.",
                field=_label(name),
                longest=longest,
            )
        )
    if has_controls(value):
        raise BadRequest(
            _("The field “%(field)s” contains characters that cannot be typed.", field=_label(name))
        )
    return value or None


def several_lines(values: MultiDict[str, str], name: str, *, longest: int = 1000) -> str | None:
    """What somebody wrote in lines, or None when it is absent or blank; raises BadRequest in words."""
    return written(values, name, longest=longest).strip() or None


def required(
    values: MultiDict[str, str], name: str, *, among: Collection[str] = (), longest: int = 200
) -> str:
    """The value; raises BadRequest in words when it is absent, malformed or not `among` the known ones."""
    value = optional(values, name, longest=longest)
    if value is None:
        raise BadRequest(_("The field “%(field)s” is missing.", field=_label(name)))
    if among and value not in among:
        raise BadRequest(
            _("The field “%(field)s” has a value this page does not offer.", field=_label(name))
        )
    return value


def required_name(values: MultiDict[str, str], name: str) -> str:
    """A name without what nobody sees; raises BadRequest in words when there is nothing to be seen."""
    value = seen(required(values, name))
    if not value:
        raise BadRequest(_("The field “%(field)s” is missing.", field=_label(name)))
    return value


def written(values: MultiDict[str, str], name: str, *, longest: int) -> str:
    """A text of several lines, of characters that are seen; empty when absent. Raises BadRequest in words."""
    given = values.getlist(name)
    if len(given) > 1:
        raise BadRequest(
            _(
                "The field “%(field)s” was sent %(count)s times; send it once.",
                field=_label(name),
                count=len(given),
            )
        )
    text = _LINE_END.sub("\n", given[0] if given else "").translate(_UNSEEN)
    if len(text) > longest:
        raise BadRequest(
            _(
                "The field “%(field)s” is too long: %(longest)s characters at most.",
                field=_label(name),
                longest=longest,
            )
        )
    if any(unicodedata.category(character) == "Cs" for character in text):
        raise BadRequest(
            _("The field “%(field)s” contains characters that cannot be typed.", field=_label(name))
        )
    return text


def secret(values: MultiDict[str, str], name: str, *, longest: int = 1024) -> str:
    """A password as it was typed, blanks included; empty when absent. Raises BadRequest in words."""
    given = values.getlist(name)
    if len(given) > 1:
        raise BadRequest(
            _(
                "The field “%(field)s” was sent %(count)s times; send it once.",
                field=_label(name),
                count=len(given),
            )
        )
    value = given[0] if given else ""
    if len(value) > longest:
        raise BadRequest(
            _(
                "The field “%(field)s” is too long: %(longest)s characters at most.",
                field=_label(name),
                longest=longest,
            )
        )
    if has_controls(value):
        raise BadRequest(
            _("The field “%(field)s” contains characters that cannot be typed.", field=_label(name))
        )
    return value


def safe_next(value: str | None) -> str:
    """Where to go back to: a page of ours that can carry a form, else the home page."""
    return value if value and _LOCAL_PAGE.fullmatch(value) else "/"


def refuse_unwritable_paths() -> None:
    """Refuse an address with control characters, which no link has and no database stores."""
    if has_controls(request.path):
        raise BadRequest(_("The address contains characters that cannot be typed."))


def has_controls(value: str) -> bool:
    """Whether it holds characters that nobody types, ends of lines among them."""
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in value)


def _label(name: str) -> str:
    return name.replace("_", " ")
