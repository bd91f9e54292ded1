"""What readers say below the guides; another room keeps it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from flask import Flask, current_app

from xero_onboard.lib.carried import CarriedComment


class Said(Protocol):
    """A comment that everybody sees, as news."""

    @property
    def id(self) -> UUID: ...

    @property
    def author(self) -> str: ...

    @property
    def html(self) -> str: ...

    @property
    def shown_at(self) -> datetime: ...


class Comments(Protocol):
    """The room in which readers comment."""

    def newest(self, article_id: int, most: int) -> Sequence[Said]:
        """What was shown last below this guide."""

    def packed(self) -> Mapping[int, Sequence[CarriedComment]]:
        """What everybody sees, by the number of the guide below which it stands, in the order in which it does."""

    def press(self, found: Sequence[CarriedComment]) -> Mapping[UUID, str]:
        """What is shown of each; raises ValueError in words for one that nobody could have written here."""

    def take_over(
        self, article_id: int, found: Sequence[CarriedComment], pressed: Mapping[UUID, str]
    ) -> None:
        """Show below this guide what was shown below it elsewhere; it belongs to nobody here."""


def register(app: Flask, comments: Comments) -> None:
    """Remember whom to ask."""
    app.extensions["content_comments"] = comments


def room() -> Comments:
    """Whom to ask."""
    comments: Comments = current_app.extensions["content_comments"]
    return comments
