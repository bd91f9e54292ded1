"""What a fault is: its words, the places where it can be met, and the values it takes."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from xero_onboard.sandbox.problems import Refused

# A call meets at most one fault of each kind.
Kind = Literal["clock", "pace", "answer"]

PLACES: Mapping[str, str] = {
    "authorize": "the address that the app sends people to",
    "consent": "the consent page, once somebody has logged in",
    "decision": "a press of a button on the consent page",
    "code": "tokens for a code",
    "refresh": "tokens for a refresh token",
    "revocation": "taking a token back",
    "jwks": "the keys",
    "discovery": "the discovery document",
    "userinfo": "who somebody is",
    "connections": "the list of connections",
    "disconnection": "ending a connection",
    "organisation": "an organisation’s details",
}
WIDER_PLACES: Mapping[str, str] = {
    "token": "tokens for either",
    "any": "everywhere it can happen",
}
EVERYWHERE = tuple(place for place in PLACES if place != "consent")
TOKENS = ("code", "refresh")
# What an app calls with an access token.
API = ("userinfo", "connections", "disconnection", "organisation")
CALLS = (*TOKENS, "revocation", "jwks", "discovery", *API)


@dataclass(frozen=True)
class Number:
    """A value that is a number within limits."""

    name: str
    label: str
    default: float
    least: float
    most: float

    def read(self, given: str) -> str:
        """The number as it is kept; raises Refused."""
        try:
            number = float(given)
        except ValueError:
            number = math.nan
        if not self.least <= number <= self.most:
            raise Refused(f"{self.label}: a number from {self.least:g} to {self.most:g}")
        return f"{number:g}" if number < 1_000_000 else f"{number:.0f}"

    def words(self, kept: str) -> str:
        """The number for the eye."""
        return kept


@dataclass(frozen=True)
class Choice:
    """A value that is one of a few; the first one where nothing is said."""

    name: str
    label: str
    options: Mapping[str, str]

    @property
    def default(self) -> str:
        return next(iter(self.options))

    def read(self, given: str) -> str:
        """The option; raises Refused."""
        if given not in self.options:
            raise Refused(f"{self.label}: one of {', '.join(self.options)}")
        return given

    def words(self, kept: str) -> str:
        """What the option means."""
        return self.options.get(kept, kept)


@dataclass(frozen=True)
class Text:
    """A value that is any line of text which a header can carry."""

    name: str
    label: str
    default: str
    hint: str
    longest: int = 200

    def read(self, given: str) -> str:
        """The text; raises Refused."""
        is_printable = given.isascii() and (given.isprintable() or not given)
        if not is_printable or len(given) > self.longest:
            raise Refused(f"{self.label}: at most {self.longest} plain characters in one line")
        return given

    def words(self, kept: str) -> str:
        """The text, or that there is none."""
        return f"“{kept}”" if kept else "none"


@dataclass(frozen=True)
class Address:
    """A value that is an address on this computer: no fault sends a secret to somebody else's machine."""

    name: str
    label: str
    default: str
    hint: str = "Only http, and only this computer."

    def read(self, given: str) -> str:
        """The address; raises Refused."""
        if not given.isascii() or not given.isprintable() or not _is_on_this_computer(given):
            raise Refused(f"{self.label}: an http address on this computer")
        return given

    def words(self, kept: str) -> str:
        """The address as it is."""
        return kept


Value = Number | Choice | Text | Address


@dataclass(frozen=True)
class Fault:
    """One way to misbehave."""

    name: str
    title: str
    says: str
    places: tuple[str, ...]
    kind: Kind = "answer"
    takes: tuple[Value, ...] = ()

    @property
    def offered_at(self) -> tuple[str, ...]:
        """Where it can be armed: at each of its places, and at the wider ones that hold several."""
        wider = ["token"] if set(TOKENS) <= set(self.places) else []
        wider += ["any"] if len(self.places) > 1 else []
        return (*self.places, *wider)

    @property
    def choice_of_places(self) -> Mapping[str, str]:
        """The same with their words, the widest first."""
        return {place: words_of(place).capitalize() for place in reversed(self.offered_at)}

    def read(self, given: Mapping[str, object]) -> dict[str, str]:
        """Every value it takes, the usual one where none is given; raises Refused."""
        unknown = given.keys() - {value.name for value in self.takes}
        if unknown:
            raise Refused(f"“{self.name}” takes no {', '.join(sorted(unknown))}")
        return {value.name: _read(value, given) for value in self.takes}


@dataclass(frozen=True)
class Group:
    """Faults that belong together on the page."""

    title: str
    faults: tuple[Fault, ...]


def wider_places_of(place: str) -> tuple[str, ...]:
    """The names under which a fault armed for this place, among others, is found."""
    return (place, "token", "any") if place in TOKENS else (place, "any")


def words_of(place: str) -> str:
    """What happens at this place."""
    return PLACES.get(place) or WIDER_PLACES[place]


def _read(value: Value, given: Mapping[str, object]) -> str:
    try:
        return value.read(str(given.get(value.name, value.default)))
    except Refused as problem:
        raise Refused(str(problem), value.name) from problem


def _is_on_this_computer(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_loopback = host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", host)
    return parts.scheme == "http" and bool(is_loopback)
