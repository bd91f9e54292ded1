"""The components a guide may use: their names, their attributes and where they may stand.

The tags are Mintlify's (https://www.mintlify.com/docs/components), so that authors know them already; the five
live ones are ours.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

CHECKS = ("xero.connected", "xero.organisation_selected", "signed_in")
STATES = (
    "not_connected",
    "connecting",
    "needs_org",
    "limit_blocked",
    "closed",
    "active",
    "expiring_soon",
    "paused",
    "degraded",
    "needs_reauth",
    "org_unavailable",
)
PROVIDERS = ("xero",)
AUDIENCES = ("humans", "agents")

Complaint = str | None
Check = Callable[[str], Complaint]


def text(value: str) -> Complaint:
    """Anything but nothing."""
    return None if value.strip() else "must not be empty"


def slug(value: str) -> Complaint:
    """The name of a file, as it may stand in an address."""
    is_slug = re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", value)
    return None if is_slug else "must be small letters, digits and hyphens"


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    allowed: tuple[str, ...]

    def __call__(self, value: str) -> Complaint:
        return None if value in self.allowed else f"must be {_either(self.allowed)}, not “{value}”"


@dataclass(frozen=True)
class SeveralOf:
    """A few words out of a list, separated by spaces."""

    allowed: tuple[str, ...]

    def __call__(self, value: str) -> Complaint:
        unknown = [word for word in value.split() if word not in self.allowed]
        if unknown:
            return f"does not know “{unknown[0]}”{did_you_mean(unknown[0], self.allowed)}"
        return text(value)


def did_you_mean(word: str, known: tuple[str, ...] | list[str]) -> str:
    """The end of a message about a name that is not known."""
    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.6)
    return f"; did you mean “{by_lower[close[0]]}”?" if close else f"; known are {', '.join(known)}"


def _either(words: tuple[str, ...]) -> str:
    quoted = [f"“{word}”" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


@dataclass(frozen=True)
class Grammar:
    """How one component is written.

    `flags` are attributes without a value; `only` names the children it may have, `inside` the one
    parent it needs; a `live` component is filled in when the page is read.
    """

    template: str
    required: Mapping[str, Check] = field(default_factory=dict)
    allowed: Mapping[str, Check] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    only: str | None = None
    inside: str | None = None
    is_empty: bool = False
    is_live: bool = False

    @property
    def attributes(self) -> Mapping[str, Check]:
        return {**self.required, **self.allowed}


def _callout(name: str) -> Grammar:
    return Grammar(name, allowed={"title": text})


COMPONENTS: Mapping[str, Grammar] = {
    "Steps": Grammar("steps", only="Step"),
    "Step": Grammar(
        "step", required={"title": text}, allowed={"check": OneOf(CHECKS)}, inside="Steps"
    ),
    "Warning": _callout("warning"),
    "Note": _callout("note"),
    "Tip": _callout("tip"),
    "Info": _callout("info"),
    "Check": _callout("check"),
    "Danger": _callout("danger"),
    "Frame": Grammar("frame", allowed={"caption": text}),
    # Which addresses are videos, and of which hosts, is for `videos` and the settings to say.
    "Video": Grammar(
        "video",
        required={"src": text, "title": text},
        allowed={"caption": text, "start": text},
        is_empty=True,
        is_live=True,
    ),
    "Tabs": Grammar("tabs", only="Tab"),
    "Tab": Grammar("tab", required={"title": text}, inside="Tabs"),
    "AccordionGroup": Grammar("accordion_group", only="Accordion"),
    "Accordion": Grammar("accordion", required={"title": text}, flags=("open",)),
    "CardGroup": Grammar("card_group", allowed={"cols": OneOf(("1", "2", "3", "4"))}, only="Card"),
    "Card": Grammar("card", required={"title": text}, allowed={"href": text}),
    "Connect": Grammar(
        "connect", required={"provider": OneOf(PROVIDERS)}, is_empty=True, is_live=True
    ),
    "AskAdministrator": Grammar(
        "ask_administrator", required={"provider": OneOf(PROVIDERS)}, is_empty=True, is_live=True
    ),
    "ConnectionStatus": Grammar("connection_status", is_empty=True, is_live=True),
    # For people it stands in the page alone, for agents in the page’s Markdown alone; see `audiences`.
    "Visibility": Grammar("agents", required={"for": OneOf(AUDIENCES)}),
    # Replaced by what it names before anything is laid out; see `snippets`.
    "Snippet": Grammar("snippet", required={"name": slug}, is_empty=True),
    "When": Grammar("when", required={"connection": SeveralOf(STATES)}, is_live=True),
}

# https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts
ALERTS: Mapping[str, str] = {
    "NOTE": "Note",
    "TIP": "Tip",
    "IMPORTANT": "Info",
    "WARNING": "Warning",
    "CAUTION": "Danger",
}
CALLOUTS: Mapping[str, str] = {
    "Warning": "WARNING",
    "Note": "NOTE",
    "Tip": "TIP",
    "Info": "IMPORTANT",
    "Check": "TIP",
    "Danger": "CAUTION",
}
