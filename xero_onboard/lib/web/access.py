"""Who may enter a view, and whether its answer may be kept; a view that does not say is closed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from xero_onboard.lib.reader import current_reader

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mark:
    """`is_cacheable`: for a visitor without a session the answer is the same to the byte."""

    who: Literal["anybody", "signed_in"]
    is_cacheable: bool = False


def public(view: View) -> View:
    """Anybody may enter, and caches may keep what a stranger was shown."""
    return _marked(view, Mark("anybody", is_cacheable=True))


def anyone(view: View) -> View:
    """Anybody may enter; the answer is for them alone."""
    return _marked(view, Mark("anybody"))


def signed_in(view: View) -> View:
    """Only a reader who has signed in may enter."""
    return _marked(view, Mark("signed_in"))


def mark_of(view: Callable[..., Any]) -> Mark | None:
    """The view's mark, if it carries one."""
    return getattr(view, "access", None)


def current_mark() -> Mark | None:
    """The mark of the view that answers this request."""
    if request.endpoint is None:
        return None
    return mark_of(current_app.view_functions[request.endpoint])


def register(app: Flask) -> None:
    """Ask for the mark before every view."""
    app.before_request(_enter)


def _marked(view: View, mark: Mark) -> View:
    view.access = mark  # type: ignore[attr-defined]
    return view


def _enter() -> Response | None:
    if request.endpoint is None:
        return None
    mark = current_mark()
    if mark is None:
        abort(403)
    if mark.who == "signed_in" and not current_reader().is_signed_in:
        return redirect(url_for("accounts.sign_in", next=_came_from()), code=303)
    return None


def _came_from() -> str:
    """Where to go on after signing in; a form that was posted cannot be posted again by a link."""
    return request.path if request.method in ("GET", "HEAD") else "/connect"
