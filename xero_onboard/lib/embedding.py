"""Guides within the pages of the vendor's own app: which pages may stand there, and for whom.

A page that somebody is signed in to could have its buttons pressed by the page around it. What stands within
another page is therefore made for strangers, whatever cookies come with the request: those of an app on a
neighbouring host (`app.example.com` beside `help.example.com`) do come, because browsers call both one site.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., Any])

# What browsers say a page is fetched for. https://fetch.spec.whatwg.org/#concept-request-destination
_FRAMES = frozenset({"iframe", "frame", "embed", "object", "fencedframe"})


def embeddable(view: View) -> View:
    """Let the origins that the operator names show this page within theirs, as strangers see it."""
    view.is_embeddable = True  # type: ignore[attr-defined]
    return view


def is_embeddable() -> bool:
    """Whether the page that was asked for is one of those."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "is_embeddable", False)


def is_embedded() -> bool:
    """Whether one of those pages was asked for to stand within another."""
    return is_embeddable() and is_in_frame()


def is_in_frame() -> bool:
    """Whether the browser says that what it asks for will stand within a page."""
    return request.headers.get("Sec-Fetch-Dest", "") in _FRAMES
