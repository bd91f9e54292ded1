"""What readers think of the guides; another room counts it."""

from collections.abc import Collection, Mapping
from typing import Protocol

from flask import Flask, current_app


class Count(Protocol):
    """How many voters found a guide helpful, out of how many."""

    @property
    def helpful(self) -> int: ...

    @property
    def total(self) -> int: ...


class Ballots(Protocol):
    """The room in which readers vote."""

    def counts(self, article_ids: Collection[int] | None) -> Mapping[int, Count]:
        """The results of these guides, or of all; one without votes may be left out."""

    def take_over(self, article_id: int, helpful: int, total: int) -> bool:
        """Go on counting from what readers said of this guide elsewhere; False where that was done before."""


def register(app: Flask, ballots: Ballots) -> None:
    """Remember whom to ask."""
    app.extensions["content_ballots"] = ballots


def counts(article_ids: Collection[int] | None = None) -> Mapping[int, tuple[int, int]]:
    """How many found each of these guides, or of all, helpful, out of how many; one without votes is left out."""
    found = _ballots().counts(article_ids)
    return {article_id: (count.helpful, count.total) for article_id, count in found.items()}


def take_over(article_id: int, helpful: int, total: int) -> None:
    """Go on counting from what readers said of this guide elsewhere."""
    _ballots().take_over(article_id, helpful, total)


def _ballots() -> Ballots:
    ballots: Ballots = current_app.extensions["content_ballots"]
    return ballots
