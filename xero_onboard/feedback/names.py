"""Names that could be taken for those of the people who work here."""

import unicodedata
from collections.abc import Callable, Collection

from flask import Flask, current_app

from xero_onboard.lib.web import settings

# What nobody else may seem to be, wherever it stands in a name.
_RESERVED = ("support", "staff", "admin", "moderator", "official", "helpdesk", "xero")
# Letters and digits that look alike in most typefaces, as in https://www.unicode.org/reports/tr39/;
# those that are used, not all there are: whoever is not caught here is read by a person before.
_ALIKE = str.maketrans(
    "01i|3457аеорсхуіѕјԁкмтвнαορενικτ",
    "ollleastaeopcxylsjdkmtbhaopevlkt",
)


def looks_like_staff(name: str) -> bool:
    """Whether a reader of this name could be taken for one of the staff."""
    ask: Callable[[], Collection[str]] = current_app.extensions["staff_names"]
    bare = _bare(name)
    reserved = (*_RESERVED, settings().product_name)
    return bare in {_bare(each) for each in ask()} or any(_bare(word) in bare for word in reserved)


def register(app: Flask, staff_names: Callable[[], Collection[str]]) -> None:
    """Remember whom to ask what the staff are called."""
    app.extensions["staff_names"] = staff_names


def _bare(name: str) -> str:
    """The name without anything by which two that look alike differ."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_ALIKE)
    return "".join(letter for letter in plain if letter.isalnum())
