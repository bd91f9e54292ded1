"""Names that could be taken for those of the people who work here."""

import re
import unicodedata
from collections.abc import Callable, Collection

from flask import Flask, current_app

from xero_onboard.lib.names import turns_around
from xero_onboard.lib.web import settings

# What nobody else may seem to be, wherever it stands in a name.
_RESERVED = ("support", "staff", "admin", "moderator", "official", "helpdesk", "xero")
# Letters and digits that look alike in most typefaces, as in https://www.unicode.org/reports/tr39/;
# those that are used, not all there are: whoever is not caught here is read by a person before.
_ALIKE = str.maketrans(
    "01i|3457аеорсхуіѕјԁкмтвнѵԛԝɡһαορενικτυχօոսցհզյԍ",
    "ollleastaeopcxylsjdkmtbhvqwghaopevlktuxonughqjg",
)
# Letters that Unicode takes for others than those they look like, by what it calls them: ı, ᴇ, ɑ, ɛ, ø, ɪ.
_LATIN = re.compile(
    r"LATIN (?:SMALL |CAPITAL )?LETTER "
    r"(?:SMALL CAPITAL |DOTLESS |SCRIPT |OPEN |LONG |REVERSED |TURNED )?"
    r"(ALPHA|IOTA|UPSILON|[A-Z])(?: WITH .*)?"
)
_GREEK = {"ALPHA": "a", "IOTA": "i", "UPSILON": "u"}
# Scripts that words of Japanese and Korean mix.
_MIXED = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"})


def looks_like_staff(name: str) -> bool:
    """Whether a reader of this name could be taken for one of the staff."""
    return bool(like_staff((name,)))


def like_staff(names: Collection[str]) -> Collection[str]:
    """Those of these names by which a reader could be taken for one of the staff."""
    ask: Callable[[], Collection[str]] = current_app.extensions["staff_names"]
    staff = ask() if names else ()
    return {name for name in names if _is_alike(name, staff)}


def register(app: Flask, staff_names: Callable[[], Collection[str]]) -> None:
    """Remember whom to ask what the staff are called."""
    app.extensions["staff_names"] = staff_names


def _is_alike(name: str, staff: Collection[str]) -> bool:
    bare, reserved = _bare(name), (*_RESERVED, settings().product_name)
    return (
        turns_around(name)
        or any(map(_is_mixed, name.split()))
        or any(_bare(word) in bare for word in reserved)
        or any(_is_theirs(each, bare) for each in staff)
    )


def _is_theirs(name: str, bare: str) -> bool:
    """A full name wherever it stands; a short one stands in many names, and is only that of who has no other."""
    own = _bare(name)
    return bool(own) and (own in bare if len(name.split()) > 1 else own == bare)


def _bare(name: str) -> str:
    """The name without anything by which two that look alike differ."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    latin = "".join(map(_latin, plain)).translate(_ALIKE)
    return "".join(letter for letter in latin if letter.isalnum())


def _latin(letter: str) -> str:
    """The plain letter that one of the Latin script is drawn after."""
    found = None if letter.isascii() else _LATIN.fullmatch(unicodedata.name(letter, ""))
    return _GREEK.get(found[1], found[1].lower()) if found else letter


def _is_mixed(word: str) -> bool:
    """Whether its letters are of several scripts: nobody is called so, but it looks like somebody who is."""
    plain = unicodedata.normalize("NFKC", word)
    scripts = {unicodedata.name(each, "?").split()[0] for each in plain if each.isalpha()}
    return len(scripts) > 1 and not scripts <= _MIXED
