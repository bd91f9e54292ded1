"""Where a help centre is read from: what both ways have in common."""

from collections.abc import Iterator
from typing import Protocol

from xero_onboard.ops.zendesk.shape import Attachment, Json


class Unreadable(Exception):
    """The help centre cannot be read; the message says why, and what to do."""


class NoFile(Exception):
    """A file cannot be had; `is_passing` when it may be there another time."""

    def __init__(self, reason: str, *, is_passing: bool = False) -> None:
        super().__init__(reason)
        self.is_passing = is_passing


class Source(Protocol):
    """A help centre in the shape of Zendesk's API; every method raises Unreadable."""

    @property
    def name(self) -> str:
        """What it is called in reports and in the history of guides."""

    @property
    def origin(self) -> str:
        """Where its pages were, without a slash at the end; empty where that is not known."""

    def categories(self) -> Iterator[Json]:
        """Every category."""

    def sections(self) -> Iterator[Json]:
        """Every section."""

    def articles(self) -> Iterator[Json]:
        """Every article."""

    def attachments(self, article_id: int, locale: str) -> tuple[Attachment, ...]:
        """The files beside an article that does not name them itself."""

    def fetch(self, address: str) -> bytes:
        """A picture or another file; raises NoFile."""
