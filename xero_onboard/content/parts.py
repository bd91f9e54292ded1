"""An article's stored HTML, cut at the places that each reader's own state fills."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup  # noqa: TID251

from xero_onboard.lib.web import trust_html

JSON = dict[str, Any]


@dataclass(frozen=True)
class Heading:
    """One line of the contents list."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class HtmlPart:
    """HTML that is the same for everybody."""

    html: Markup
    kind: str = "html"


@dataclass(frozen=True)
class ConnectPart:
    """The live button."""

    provider: str
    anchor: str
    kind: str = "connect"


@dataclass(frozen=True)
class AskPart:
    """Asking somebody else to press the button."""

    provider: str
    anchor: str
    kind: str = "ask"


@dataclass(frozen=True)
class StatusPart:
    """One line about the reader's connection."""

    kind: str = "status"


@dataclass(frozen=True)
class TickPart:
    """The mark on a step that is known to be done."""

    check: str
    kind: str = "tick"


@dataclass(frozen=True)
class WhenPart:
    """Parts that only readers in one of these states are shown."""

    states: tuple[str, ...]
    parts: tuple["Part", ...]
    kind: str = "when"


Part = HtmlPart | ConnectPart | AskPart | StatusPart | TickPart | WhenPart


def load_parts(stored: Sequence[JSON]) -> tuple[Part, ...]:
    """The parts as they were stored with the revision."""
    return tuple(_load(part) for part in stored)


def _load(part: JSON) -> Part:
    match part["kind"]:
        case "html":
            return HtmlPart(trust_html(part["html"]))
        case "connect":
            return ConnectPart(part["provider"], part["anchor"])
        case "ask":
            return AskPart(part["provider"], part["anchor"])
        case "status":
            return StatusPart()
        case "tick":
            return TickPart(part["check"])
        case _:
            return WhenPart(tuple(part["states"]), load_parts(part["parts"]))
