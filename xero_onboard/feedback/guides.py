"""Which guides and sections can be spoken of: those that readers see, as the room knows that keeps them."""

from collections.abc import Callable
from typing import Literal

from flask import Flask, abort, current_app, request

Kind = Literal["article", "section"]
Places = Callable[[Kind, int], str | None]
Said = Literal["comments", "votes"]
Takes = Callable[[Said, int], bool]


def path(kind: Kind, number: int) -> str | None:
    """Where readers find the guide or section of this number; None for what they do not see."""
    ask: Places = current_app.extensions["reader_places"]
    return ask(kind, number)


def refuse_unseen() -> None:
    """Before a view of a guide: whatever is said of one that nobody sees meets no page."""
    article_id = (request.view_args or {}).get("article_id")
    if article_id is not None and path("article", article_id) is None:
        abort(404)


def takes(what: Said, article_id: int) -> bool:
    """Whether this guide takes what readers say; its authors may not want it."""
    ask: Takes = current_app.extensions["reader_says"]
    return ask(what, article_id)


def register(app: Flask, places: Places, may_say: Takes) -> None:
    """Remember whom to ask."""
    app.extensions["reader_places"] = places
    app.extensions["reader_says"] = may_say
