"""What the top of a guide says of the page around its text: where it leads on, where else it stands, how it is shown."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from xero_onboard.content.terms import Unfit, flag

# Where authors write that a guide leads on to nothing at all; in files also “false”.
NOWHERE = "none"
LONGEST_TARGET = 300
MOST_RELATED = 10
_LONGEST_TITLE = 150

_NUMBER = re.compile(r"[1-9]\d{0,18}")
_GUIDE = re.compile(r"[^\s#?:]+\.md")
# The name of a guide without the end that all of their files have.
_BARE = re.compile(r"(?:\.{1,2}/)*[a-z0-9-]+(?:/[a-z0-9-]+)*")
_ADDRESS = re.compile(r"(?:https?://|/(?!/))[^\s<>\"]+")


@dataclass(frozen=True)
class Turn:
    """Where a guide leads on to, as its author named it: a guide by path or number, an address, or nowhere.

    A guide has a title of its own; an address needs one here.
    """

    target: str
    title: str = ""

    @property
    def is_nowhere(self) -> bool:
        """Whether nothing stands there, where otherwise a neighbour would."""
        return self.target == NOWHERE

    @property
    def written(self) -> Any:
        """As a file says it."""
        if self.is_nowhere:
            return False
        target = int(self.target) if _NUMBER.fullmatch(self.target) else self.target
        return {"title": self.title, "path": target} if self.title else target


@dataclass(frozen=True)
class PageMatter:
    """What the page of a guide has; of `previous` and `next` none is the neighbour in its section."""

    has_contents: bool = True
    canonical: str = ""
    image: str = ""
    previous: Turn | None = None
    next: Turn | None = None
    # The guides that its author names as related, as links name them or by number; None for those that are alike.
    related: tuple[str, ...] | None = None

    @property
    def turns(self) -> Iterator[tuple[str, Turn]]:
        """Where it leads on to, by the key that says so; not what leads nowhere."""
        for key, turn in (("prev", self.previous), ("next", self.next)):
            if turn and not turn.is_nowhere:
                yield key, turn

    @property
    def references(self) -> tuple[str, ...]:
        """What it refers to, of which each may change or go."""
        named = (turn.target for _, turn in self.turns)
        return tuple(filter(None, (self.image, *named, *(self.related or ()))))


def of(found: Mapping[str, Any]) -> PageMatter:
    """What these values of keys say of the page."""
    return PageMatter(
        has_contents=found.get("toc", True),
        canonical=found.get("canonical", ""),
        image=found.get("image", ""),
        previous=found.get("prev"),
        next=found.get("next"),
        related=found.get("related"),
    )


def named_guide(name: str) -> str:
    """The name of a guide as links say it, where its end was left out; any other stays as it is."""
    is_bare = _BARE.fullmatch(name) and not _NUMBER.fullmatch(name) and name != NOWHERE
    return f"{name}.md" if is_bare else name


def written_related(names: tuple[str, ...]) -> Any:
    """Related guides as a file says them."""
    if names == (NOWHERE,):
        return False
    return [int(name) if _NUMBER.fullmatch(name) else name for name in names]


def _turn(value: object) -> Turn:
    if value is False or value == NOWHERE:
        return Turn(NOWHERE)
    if isinstance(value, dict):
        if not {"path"} <= value.keys() <= {"title", "path"}:
            raise Unfit("must say title and path, as in “{title: Your invoices, path: /invoices}”")
        return _named(value["path"], _title(value.get("title", "")))
    return _named(value, "")


def _named(value: object, title: str) -> Turn:
    target = str(value) if type(value) in (int, str) else ""
    if _NUMBER.fullmatch(target) or _GUIDE.fullmatch(target):
        return Turn(target, title)
    if not _ADDRESS.fullmatch(target) or len(target) > LONGEST_TARGET:
        raise Unfit(
            "must be a guide, as links name it (“pay-an-invoice.md”) or by its number, an address, or false"
        )
    if not title:
        raise Unfit(f"needs words for {target}: write “{{title: Your invoices, path: {target}}}”")
    return Turn(target, title)


def _related(value: object) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    if value is False or names == [NOWHERE]:
        return ()
    if not names or value is True:
        raise Unfit("must be a list of guides, as in “[pay-an-invoice.md, 360001000101]”, or false")
    if len(names) > MOST_RELATED:
        raise Unfit(f"names {len(names)} guides, and {MOST_RELATED} is the most")
    return tuple(map(_related_guide, names))


def _related_guide(value: object) -> str:
    name = named_guide(str(value)) if type(value) in (int, str) else ""
    if not (_NUMBER.fullmatch(name) or _GUIDE.fullmatch(name)) or len(name) > LONGEST_TARGET:
        given = f"has “{value}”, but" if type(value) in (int, str) else "is a list in which each"
        raise Unfit(f"{given} must be a guide, as links name it (“pay-an-invoice.md”) or by number")
    return name


def _title(value: object) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if len(text) > _LONGEST_TITLE or not text.isprintable() or (value and not text):
        raise Unfit(f"has a title that is no text of at most {_LONGEST_TITLE} characters")
    return text


def canonical_address(value: object) -> str:
    """An address under which the same text stands elsewhere; raises Unfit."""
    text = value if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    is_clean = re.fullmatch(r"[^\s#<>\"\\@]{1,300}", text)
    if not is_whole or not is_clean:
        raise Unfit("must be a whole address that begins with https:// and has no “#”")
    return text


def _image(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[^\s:#?]{1,300}", value):
        raise Unfit("must be a picture beside the guide, as in “images/cover.png”")
    return value


KEYS: Mapping[str, Callable[[object], object]] = {
    "toc": flag,
    "canonical": canonical_address,
    "image": _image,
    "prev": _turn,
    "next": _turn,
    "related": _related,
}
