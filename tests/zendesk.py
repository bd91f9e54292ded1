"""A help centre that speaks Zendesk's API over a socket, a page at a time, and misbehaves when it is told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from click.testing import Result
from flask import Flask

Json = dict[str, Any]
Misbehaviour = Callable[["Handler"], None]

_API = "/api/v2/help_center/"


@dataclass
class HelpCentre:
    """What stands in it; lists are given in the language that the address names."""

    origin: str = ""
    locales: list[str] = field(default_factory=lambda: ["en-us"])
    categories: list[Json] = field(default_factory=list)
    sections: list[Json] = field(default_factory=list)
    articles: list[Json] = field(default_factory=list)
    attachments: dict[int, list[Json]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    is_cursored: bool = False
    page_size: int = 2
    asked: list[str] = field(default_factory=list)
    # The next answers to addresses that hold a text are these instead.
    faults: list[tuple[str, Misbehaviour]] = field(default_factory=list)

    def category(self, number: int, name: str, **more: object) -> Json:
        row = {"id": number, "name": name, **self._usual(more)}
        self.categories.append(row)
        return row

    def section(self, number: int, name: str, category: int | None = None, **more: object) -> Json:
        row = {
            "id": number,
            "name": name,
            "description": "",
            "category_id": category,
            **self._usual(more),
        }
        self.sections.append(row)
        return row

    def article(self, number: int, title: str, body: str = "<p>Words.</p>", **more: object) -> Json:
        locale = more.get("locale", "en-us")
        row = {
            "id": number,
            "title": title,
            "name": title,
            "body": body,
            "section_id": 20,
            "html_url": f"{self.origin}/hc/{locale}/articles/{number}-{title.replace(' ', '-')}",
            "draft": False,
            "promoted": False,
            "outdated": False,
            "user_segment_id": None,
            "label_names": [],
            "vote_sum": 0,
            "vote_count": 0,
            "created_at": "2021-03-04T05:06:07Z",
            "edited_at": "2022-03-04T05:06:07Z",
            "updated_at": "2023-03-04T05:06:07Z",
            **self._usual(more),
        }
        self.articles.append(row)
        return row

    def attachment(self, article: int, number: int, name: str, body: bytes, **more: object) -> Json:
        """A file beside an article."""
        path = f"/hc/article_attachments/{number}/{name}"
        row = {
            "id": number,
            "file_name": name,
            "content_url": f"{self.origin}{path}",
            "inline": False,
            **more,
        }
        self.attachments.setdefault(article, []).append(row)
        self.files[path] = body
        return row

    def misbehave(self, place: str, *answers: Misbehaviour) -> None:
        """Give these answers to the next who ask for an address with this text."""
        self.faults += [(place, answer) for answer in answers]

    def export(self) -> dict[str, Json]:
        """Everything, as a file holds it."""
        return {
            "categories": {"categories": self.categories},
            "sections": {"sections": self.sections},
            "articles": {
                "articles": [
                    {**row, "attachments": self.attachments.get(row["id"], [])}
                    for row in self.articles
                ]
            },
        }

    def _usual(self, more: dict[str, Any]) -> Json:
        return {"locale": "en-us", "source_locale": "en-us", "position": 0, **more}

    def answer(self, path: str, page: int) -> Json | None:
        """The page of a list."""
        if path == "locales":
            return {"locales": self.locales, "default_locale": self.locales[0]}
        locale, _, rest = path.partition("/")
        lists = {
            "categories": self.categories,
            "sections": self.sections,
            "articles": self.articles,
        }
        if rest in lists:
            return self._page(
                rest, [row for row in lists[rest] if row["locale"] == locale], path, page
            )
        number = rest.removeprefix("articles/").removesuffix("/attachments")
        if rest.endswith("/attachments") and number.isdigit():
            return self._page(
                "article_attachments", self.attachments.get(int(number), []), path, page
            )
        return None

    def _page(self, name: str, rows: list[Json], path: str, page: int) -> Json:
        first, last = (page - 1) * self.page_size, page * self.page_size
        following = f"{self.origin}{_API}{path}.json?page={page + 1}" if last < len(rows) else None
        found: Json = {name: rows[first:last]}
        if self.is_cursored:
            return {**found, "meta": {"has_more": bool(following)}, "links": {"next": following}}
        return {**found, "count": len(rows), "next_page": following}


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    centre: HelpCentre

    def do_GET(self) -> None:
        self.centre.asked.append(self.path)
        for number, (place, answer) in enumerate(self.centre.faults):
            if place in self.path:
                del self.centre.faults[number]
                answer(self)
                return
        parts = urlsplit(self.path)
        if parts.path in self.centre.files:
            self.say(200, self.centre.files[parts.path], "application/octet-stream")
            return
        page = int(parse_qs(parts.query).get("page", ["1"])[0])
        path = parts.path.removeprefix(_API).removesuffix(".json")
        found = self.centre.answer(path, page) if parts.path.startswith(_API) else None
        if found is None:
            self.say(404, b"{}")
        else:
            self.say(200, json.dumps(found).encode())

    def say(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


def saying(
    status: int, body: bytes = b"{}", kind: str = "application/json", **headers: str
) -> Misbehaviour:
    """Another answer."""
    return lambda handler: handler.say(status, body, kind, **headers)


def breaking_off(handler: Handler) -> None:
    """Promise more than is said."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"articles": [')
    handler.close_connection = True


@contextmanager
def running() -> Iterator[HelpCentre]:
    """An empty help centre with one section, on a port of its own."""
    centre = HelpCentre()
    handler = type("Handler", (Handler,), {"centre": centre})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        centre.origin = f"http://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            centre.category(1, "Getting started")
            centre.section(20, "First steps", 1)
            yield centre
        finally:
            server.shutdown()
            thread.join(timeout=5)


class Import:
    """Runs the import as an operator does."""

    def __init__(self, app: Flask, centre: HelpCentre) -> None:
        self._app = app
        self.centre = centre

    def run(self, *words: str, source: str = "") -> Result:
        args = ["content", "import", "zendesk", source or self.centre.origin, *words]
        return self._app.test_cli_runner().invoke(args=args)

    def __call__(self, *words: str, source: str = "") -> str:
        """Take it in, and say what was said; it must succeed."""
        result = self.run(*words, source=source)
        assert result.exit_code == 0, result.output
        return result.output
