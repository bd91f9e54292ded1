"""What is stored of the page around a text, with every reference checked; and what readers are shown of it.

A guide is kept by its number: under whatever name it stands, it is found where this reader may see it.
"""

import re
from dataclasses import dataclass
from typing import Protocol

from xero_onboard.content.front_matter import FrontMatter
from xero_onboard.content.page_matter import Turn
from xero_onboard.content.parts import JSON
from xero_onboard.content.problems import Broken
from xero_onboard.content.references import References, Shown

_GUIDE = re.compile(r"/hc/[^/]+/articles/(\d{1,18})(?!\d)")


class Numbers(Protocol):
    """Where guides are, by their numbers."""

    def numbered(self, number: int) -> str | None:
        """The address of the article with this number, if there is one."""


@dataclass(frozen=True)
class Named:
    """A page that an author chose to lead on to: a guide by its number, or an address; neither where nothing stands."""

    title: str = ""
    article_id: int = 0
    href: str = ""


@dataclass(frozen=True)
class PageLinks:
    """What the page of a guide has; of `previous` and `next` none is the neighbour in its section."""

    has_contents: bool = True
    canonical: str = ""
    image: Shown | None = None
    previous: Named | None = None
    next: Named | None = None


def made(file: str, matter: FrontMatter, references: References, numbers: Numbers) -> JSON:
    """What is stored; raises Broken for what leads nowhere."""
    page, lines = matter.page, matter.lines
    found: JSON = {} if page.has_contents else {"toc": False}
    if page.canonical:
        found["canonical"] = page.canonical
    if page.image:
        shown = references.picture(page.image, matter.title, lines.get("image"))
        found["image"] = vars(shown)
    for key, turn in (("prev", page.previous), ("next", page.next)):
        if turn and turn.is_nowhere:
            found[key] = {}
        elif turn:
            found[key] = _turn(turn, _address(file, turn, lines[key], references, numbers))
    return found


def load(stored: JSON) -> PageLinks:
    """What was stored."""
    image, before, after = (stored.get(key) for key in ("image", "prev", "next"))
    return PageLinks(
        has_contents=stored.get("toc", True),
        canonical=stored.get("canonical", ""),
        image=Shown(**image) if image else None,
        previous=None if before is None else Named(**before),
        next=None if after is None else Named(**after),
    )


def guides_in(stored: JSON) -> dict[str, int]:
    """The guides that it leads on to, by the key that says so."""
    named = {key: stored.get(key, {}).get("article_id", 0) for key in ("prev", "next")}
    return {key: number for key, number in named.items() if number}


def _address(file: str, turn: Turn, line: int, references: References, numbers: Numbers) -> str:
    if not turn.target.isdigit():
        return references.link(turn.target, line)
    found = numbers.numbered(int(turn.target))
    if found is None:
        raise Broken(file, line, f"no guide has the number {turn.target}")
    return found


def _turn(turn: Turn, address: str) -> JSON:
    guide = _GUIDE.match(address)
    where = {"article_id": int(guide[1])} if guide else {"href": address}
    return {"title": turn.title, **where}
