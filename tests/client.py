"""A test client that inspects every HTML page it is given, and that a request left nothing uncommitted."""

import threading
from html.parser import HTMLParser
from typing import Any, cast

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session
from werkzeug.test import TestResponse

from xero_onboard.accounts import recognise
from xero_onboard.lib.reader import Identity, current_reader

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
DATA_TYPES = {"application/ld+json"}


class Client(FlaskClient):
    """Behaves as a browser on our own origin, and complains about pages a reader should not get."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        headers = dict(kwargs.pop("headers", None) or {})
        if kwargs.get("method", "GET") not in ("GET", "HEAD"):
            headers.setdefault("Sec-Fetch-Site", "same-origin")
        # A header given as None is one that this browser does not send.
        headers = {name: value for name, value in headers.items() if value is not None}
        _watch.is_left = False
        response = super().open(*args, **{**kwargs, "headers": headers, "buffered": True})
        assert not _watch.is_left, (
            f"{response.request.path} wrote to the database and did not commit"
        )
        if response.mimetype == "text/html" and response.data:
            complaints = inspect(response.get_data(as_text=True))
            assert not complaints, f"{response.request.path}: " + "; ".join(complaints)
        return response


class _Watch(threading.local):
    """What the request of this thread has sent to the database and neither kept nor taken back."""

    is_left = False


_watch = _Watch()


# Once for all requests: SQLAlchemy walks its listeners without a lock, and tests ask in threads.
@event.listens_for(Session, "after_flush")
def _wrote(*_: object) -> None:
    _watch.is_left = True


@event.listens_for(Session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        _watch.is_left = True


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _settled(session: Session) -> None:
    # The end of a savepoint keeps nothing yet.
    if not session.in_nested_transaction():
        _watch.is_left = False


def inspect(page: str) -> list[str]:
    """What is wrong with this page, in words."""
    inspector = Inspector()
    inspector.feed(page)
    return inspector.complaints()


class Inspector(HTMLParser):
    """Collects what the rules of the house are about."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []
        self.label_targets: set[str] = set()
        self.fields: list[tuple[str, dict[str, str | None], bool]] = []
        self.headings: list[str] = []
        self.title = ""
        self._reading: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        self._check_inline(tag, values)
        if tag == "img" and "alt" not in values:
            self.found.append(f"an image without alt text: {values.get('src')}")
        if tag == "form" and not values.get("action"):
            self.found.append("a form without an action")
        if tag == "label" and values.get("for"):
            self.label_targets.add(str(values["for"]))
        if tag in ("input", "select", "textarea") and values.get("type") not in (
            "hidden",
            "submit",
        ):
            self.fields.append((tag, values, "label" in self._open))
        if tag == "h1":
            self.headings.append("")

    def _check_inline(self, tag: str, values: dict[str, str | None]) -> None:
        if "style" in values or tag == "style":
            self.found.append(f"inline style on <{tag}>")
        if any(name.startswith("on") for name in values):
            self.found.append(f"inline script on <{tag}>")
        if tag == "script" and "src" not in values and values.get("type") not in DATA_TYPES:
            self.found.append("an inline script")
        if str(values.get("href", "")).startswith("javascript:"):
            self.found.append("a javascript: link")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        elif tag not in VOID:
            self.found.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if "h1" in self._open:
            self.headings[-1] += data
        if self._open and self._open[-1] == "title":
            self.title += data

    def complaints(self) -> list[str]:
        """Everything found, after the whole page was read."""
        found = list(self.found)
        if len(self.headings) != 1:
            found.append(f"{len(self.headings)} h1 headings instead of one")
        elif not _plain(self.headings[0]):
            found.append("an h1 without words")
        elif not _plain(self.title).startswith(_plain(self.headings[0])):
            found.append(f"title {self.title!r} does not begin with the h1 {self.headings[0]!r}")
        found += [f"id {name!r} twice" for name in {i for i in self.ids if self.ids.count(i) > 1}]
        found += [
            f"<{tag} name={values.get('name')}> without a label"
            for tag, values, is_inside_label in self.fields
            if not is_inside_label
            and values.get("id") not in self.label_targets
            and not values.get("aria-label")
            and not values.get("aria-labelledby")
        ]
        return found


def _plain(text: str) -> str:
    return " ".join(text.split())


def sign_in(app: Flask, identity: Identity, client: Client | None = None) -> Client:
    """This browser, or a new one, after its owner has come back from the provider as this identity."""
    browser = client or cast(Client, app.test_client())
    name = app.config["SESSION_COOKIE_NAME"]
    before = browser.get_cookie(name)
    headers = {"Sec-Fetch-Site": "same-origin"}
    if before:
        headers["Cookie"] = f"{name}={before.value}"
    with app.test_request_context("/", method="POST", headers=headers):
        app.preprocess_request()
        recognise(identity, current_reader())
        response = app.process_response(app.make_response(""))
    for cookie in response.headers.getlist("Set-Cookie"):
        key, _, rest = cookie.partition("=")
        browser.set_cookie(key, rest.partition(";")[0])
    return browser
