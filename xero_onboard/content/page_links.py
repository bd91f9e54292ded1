"""What is stored of the page around a text, with every reference checked; and what readers are shown of it.

A guide is kept by its number: under whatever name it stands, it is found where this reader may see it.
"""

import re
from collections.abc import Iterator
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
    # The numbers of guides that its author named as related; None for those that are alike.
    related: tuple[int, ...] | None = None


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
    if page.related is not None:
        found["related"] = [
            _related(file, matter, name, references, numbers) for name in page.related
        ]
    return found


def load(stored: JSON) -> PageLinks:
    """What was stored."""
    image, before, after = (stored.get(key) for key in ("image", "prev", "next"))
    related = stored.get("related")
    return PageLinks(
        has_contents=stored.get("toc", True),
        canonical=stored.get("canonical", ""),
        image=Shown(**image) if image else None,
        previous=None if before is None else Named(**before),
        next=None if after is None else Named(**after),
        related=None if related is None else tuple(related),
    )


def guides_in(stored: JSON) -> Iterator[tuple[str, int]]:
    """The guides that it leads on to, each with the key that says so."""
    for key in ("prev", "next"):
        number = stored.get(key, {}).get("article_id", 0)
        if number:
            yield key, number
    for number in stored.get("related", ()):
        yield "related", number


def line_of_related(matter: FrontMatter, name: str) -> int:
    """The line on which the top of a guide names this one as related, with the end of its name or without."""
    short = name.removesuffix(".md")
    return matter.line_of("related", name if f"related {name}" in matter.lines else short)


def _address(file: str, turn: Turn, line: int, references: References, numbers: Numbers) -> str:
    if not turn.target.isdigit():
        return references.link(turn.target, line)
    found = numbers.numbered(int(turn.target))
    if found is None:
        raise Broken(file, line, f"no guide has the number {turn.target}")
    return found


def _related(
    file: str, matter: FrontMatter, name: str, references: References, numbers: Numbers
) -> int:
    """The number of a guide that is named as related."""
    line = line_of_related(matter, name)
    if not name.isdigit():
        address = references.guide(name)
        advice = "; name it as a link from here would, or by its number"
    else:
        address, advice = numbers.numbered(int(name)), ""
    guide = _GUIDE.match(address) if address else None
    if guide is None:
        raise Broken(file, line, f"related: there is no guide “{name}”{advice}")
    if int(guide[1]) == matter.id:
        raise Broken(file, line, f"related: “{name}” is this guide itself: leave it out")
    return int(guide[1])


def _turn(turn: Turn, address: str) -> JSON:
    guide = _GUIDE.match(address)
    where = {"article_id": int(guide[1])} if guide else {"href": address}
    return {"title": turn.title, **where}
