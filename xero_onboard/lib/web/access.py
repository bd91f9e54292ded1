"""Who may enter a view, and whether its answer may be kept; a view that does not say is closed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from xero_onboard.lib.clock import now
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import marked
from xero_onboard.lib.reader import Reader, Right, current_reader
from xero_onboard.lib.web.values import optional, safe_next

View = TypeVar("View", bound=Callable[..., Any])


# How long somebody who proved who they are may change what protects them; it is not prolonged by use.
FRESH = timedelta(minutes=15)
_STAFF = {"editor": ("editor", "admin"), "admin": ("admin",)}

Who = Literal["anybody", "signed_in", "editor", "admin"]


@dataclass(frozen=True)
class Mark:
    """`is_cacheable`: for a visitor without a session the answer is the same to the byte.

    `right` is what they must be allowed for their customer; `is_fresh` asks for a proof of who they
    are that is no older than a few minutes.
    """

    who: Who
    is_cacheable: bool = False
    right: Right | None = None
    is_fresh: bool = False


def public(view: View) -> View:
    """Anybody may enter, and caches may keep what a stranger was shown."""
    return _marked(view, Mark("anybody", is_cacheable=True))


def anyone(view: View) -> View:
    """Anybody may enter; the answer is for them alone."""
    return _marked(view, Mark("anybody"))


def signed_in(view: View) -> View:
    """Only a reader who has signed in may enter."""
    return _marked(view, Mark("signed_in"))


def connects(view: View) -> View:
    """Only a reader who may connect for their customer."""
    return _marked(view, Mark("signed_in", right="connect"))


def connects_fresh(view: View) -> View:
    """Only a reader who may connect for their customer, and proved lately who they are."""
    return _marked(view, Mark("signed_in", right="connect", is_fresh=True))


def administers(view: View) -> View:
    """Only a reader who may administer their customer, and proved lately who they are."""
    return _marked(view, Mark("signed_in", right="administer", is_fresh=True))


def fresh(view: View) -> View:
    """Only a reader who has signed in, and proved lately who they are."""
    return _marked(view, Mark("signed_in", is_fresh=True))


def editor(view: View) -> View:
    """Only support staff and administrators, who must have a second step."""
    return _marked(view, Mark("editor"))


def editor_fresh(view: View) -> View:
    """Only support staff and administrators, who must have a second step and proved lately who they are."""
    return _marked(view, Mark("editor", is_fresh=True))


def admin(view: View) -> View:
    """Only administrators, who must have a second step."""
    return _marked(view, Mark("admin"))


def admin_fresh(view: View) -> View:
    """Only administrators, who must have a second step and proved lately who they are."""
    return _marked(view, Mark("admin", is_fresh=True))


def for_shown_customer(view: View) -> View:
    """Act only for the customer that the page showed, which a form says in its field `customer`.

    Whoever acts for several may have switched in another tab, or lost the one they had chosen. Pages
    that caches keep say nothing, because they are the same for everybody.
    """
    view.is_for_shown_customer = True  # type: ignore[attr-defined]
    return view


class AnotherCustomer(Exception):
    """The page of this form was for a customer whom the reader does not act for now."""

    def __init__(self, shown: str) -> None:
        super().__init__(shown)
        self.shown = shown


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
    # So that a form says for whom it is, without every template handing the reader on to its parts.
    app.jinja_env.globals["acted_for"] = lambda: current_reader().customer_id


def _marked(view: View, mark: Mark) -> View:
    view.access = mark  # type: ignore[attr-defined]
    return view


def _enter() -> Response | None:
    if request.endpoint is None:
        return None
    mark = current_mark()
    if mark is None:
        abort(403, _(_NOT_YOURS))
    shown = _shown_customer()
    if mark.who == "anybody" and shown is None:
        return None
    reader = current_reader()
    if not reader.is_signed_in:
        return redirect(url_for("accounts.sign_in", next=_came_from()), code=303)
    if shown is not None and shown != str(reader.customer_id):
        raise AnotherCustomer(shown)
    return _refuse_or_detour(mark, reader)


def _shown_customer() -> str | None:
    """For which customer the page was that this form stood on; None where it does not matter."""
    view = current_app.view_functions[request.endpoint or ""]
    if not getattr(view, "is_for_shown_customer", False):
        return None
    return optional(request.form, "customer", longest=36)


def _refuse_or_detour(mark: Mark, reader: Reader) -> Response | None:
    if mark.who in _STAFF and reader.role not in _STAFF[mark.who]:
        abort(403, _(_NOT_YOURS))
    if mark.who in _STAFF and not reader.works_here:
        return redirect(url_for("account.two_step", next=_came_from()), code=303)
    if mark.right is not None and not reader.may(mark.right):
        abort(403, _(NOT_ALLOWED[mark.right]))
    if mark.is_fresh and not is_fresh(reader):
        return redirect(url_for("account.prove", next=_came_from()), code=303)
    return None


def is_fresh(reader: Reader) -> bool:
    """Whether the reader proved lately who they are."""
    return reader.proved_at is not None and reader.proved_at > now() - FRESH


def _came_from() -> str:
    """Where to go on after signing in; a form that was posted cannot be posted again by a link."""
    if request.method in ("GET", "HEAD"):
        return request.path
    if _shown_customer() is not None and "next" in request.form:
        return safe_next(optional(request.form, "next", longest=300))
    # The page that the form stood on is the nearest one above it that can be looked at.
    pages, place = current_app.url_map.bind(""), request.path
    while place and not pages.test(place, "GET"):
        place = place.rpartition("/")[0]
    return place or "/connect"


_NOT_YOURS = marked("It is for people with another role, so there is nothing for you to do here.")
NOT_ALLOWED: dict[Right, str] = {
    "see": marked("You do not act for this customer."),
    "connect": marked(
        "You may see your company’s connections, but not change them. Ask a colleague who administers your account."
    ),
    "administer": marked("Only a colleague who administers your company’s account may do this."),
}
