"""Places in a guide that links lead to: each keeps its name, at a heading or a paragraph."""

import re
from collections.abc import Mapping

from bs4 import BeautifulSoup, Tag

from xero_onboard.content.anchors import is_reserved, slug
from xero_onboard.content.foreign.surroundings import Note
from xero_onboard.content.foreign.tree import HEADING, attr, line_of

PLACE = "data-place"

_NAME = re.compile(r"[A-Za-z0-9][\w:.-]{0,100}", re.ASCII)
# In these a paragraph is no block of its own.
_NO_HOME = ("table", "figure", "summary", "dl", "pre")


def settle(soup: BeautifulSoup, notes: list[Note]) -> Mapping[str, str]:
    """Where each name is found from now on; two names of one place become one."""
    found: dict[str, str] = {}
    for tag in soup.find_all(True):
        for name in dict.fromkeys((attr(tag, "id"), attr(tag, "name") if tag.name == "a" else "")):
            if not name or name in found:
                continue
            home = _home(tag)
            if home is None or is_reserved(name) or not _NAME.fullmatch(name):
                notes.append(
                    Note(line_of(tag), f"the place “{name[:80]}” cannot be linked to here")
                )
                continue
            if (
                _has_by_itself(home, name)
                and PLACE not in home.attrs
                and name not in found.values()
            ):
                found[name] = name
                continue
            if PLACE not in home.attrs:
                home[PLACE] = name
            found[name] = attr(home, PLACE)
    return found


def _has_by_itself(home: Tag, name: str) -> bool:
    """A heading is given this very name when the guide is rendered."""
    return home.name != "p" and slug(" ".join(home.get_text().split())) == name


def _home(tag: Tag) -> Tag | None:
    """The heading or paragraph that it is, stands in, holds or stands before."""
    around = [tag, *tag.parents]
    home = next((each for each in around if _is_home(each)), None)
    if home is None:
        home = next((each for each in tag.find_all_next(True, limit=20) if _is_home(each)), None)
    return home


def _is_home(tag: Tag) -> bool:
    is_block = tag.name == "p" or HEADING.fullmatch(tag.name) is not None
    return is_block and tag.find_parent(_NO_HOME) is None and tag.get_text(strip=True) != ""
