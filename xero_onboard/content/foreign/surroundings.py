"""What a guide from elsewhere needs to be told while it is converted, and what comes of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Note:
    """Something that is not as it was, with its line in the HTML."""

    line: int
    message: str


@dataclass(frozen=True)
class Converted:
    """The Markdown of a guide, and what a person should look at."""

    markdown: str
    notes: tuple[Note, ...]


class NoPicture(Exception):
    """The picture could not be had; the message says why."""


class Surroundings(Protocol):
    """Where the references of one guide lead, and what readers would get of a text."""

    @property
    def video_hosts(self) -> Collection[str]:
        """The hosts whose videos guides here show."""

    def link(self, href: str) -> tuple[str, str]:
        """The target as guides here write it, empty where there can be none; and what there is to say of it."""

    def picture(self, src: str) -> str:
        """The picture beside the guide, as guides here write it; raises NoPicture."""

    def render(self, markdown: str) -> str:
        """The HTML that readers would get; raises Broken."""
