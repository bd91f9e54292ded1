"""An article's stored HTML, cut at the places that each reader's own state fills."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

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
class VideoPart:
    """A video of another site, of which nothing is fetched until its reader asks for it."""

    host: str
    player: str
    page: str
    title: str
    caption: str
    kind: str = "video"

    @property
    def page_host(self) -> str:
        """The host of the page to which those are led who have no script."""
        return urlsplit(self.page).hostname or ""


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


@dataclass(frozen=True)
class AgentsPart:
    """Parts that stand in the Markdown of the page; on the page, those who write it see them."""

    parts: tuple["Part", ...]
    kind: str = "agents"


Part = HtmlPart | ConnectPart | AskPart | StatusPart | VideoPart | TickPart | WhenPart | AgentsPart

# Those whose fields are what is stored of them.
_AS_STORED: Mapping[str, type[ConnectPart | AskPart | StatusPart | VideoPart | TickPart]] = {
    "connect": ConnectPart,
    "ask": AskPart,
    "status": StatusPart,
    "video": VideoPart,
    "tick": TickPart,
}


def load_parts(stored: Sequence[JSON], *, with_agents: bool = False) -> tuple[Part, ...]:
    """The parts as they were stored with the revision; those for machines only where they are asked for."""
    shown = (part for part in stored if with_agents or part["kind"] != "agents")
    return tuple(_load(part, with_agents=with_agents) for part in shown)


def players_of(parts: Sequence[Part]) -> Iterator[str]:
    """The hosts of all videos, those included that readers in other states are shown."""
    for part in parts:
        if isinstance(part, VideoPart):
            yield part.host
        elif isinstance(part, WhenPart):
            yield from players_of(part.parts)


def _load(part: JSON, *, with_agents: bool) -> Part:
    match part["kind"]:
        case "html":
            return HtmlPart(trust_html(part["html"]))
        case "when":
            inner = load_parts(part["parts"], with_agents=with_agents)
            return WhenPart(tuple(part["states"]), inner)
        case "agents":
            return AgentsPart(load_parts(part["parts"], with_agents=with_agents))
        case kind:
            return _AS_STORED[kind](**part)
