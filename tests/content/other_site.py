"""A site of somebody else over a socket, whose addresses say what it answers: /404, /to/301/fine, /no-head."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext


@dataclass
class Elsewhere:
    """Where it is, what it was asked for, and with which headers."""

    origin: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    def __init__(self, site: Elsewhere) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site = site

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hangs up on it is right to."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_HEAD(self) -> None:
        self.server.site.asked.append((self.command, self.path))
        self.server.site.headers.append(dict(self.headers))
        if self.path == "/silence":
            return
        first, _, rest = self.path[1:].partition("/")
        self.send_response(self._status(first, rest))
        if first == "to":
            self.send_header("Location", f"/{rest.partition('/')[2]}")
        if first == "circle":
            self.send_header("Location", self.path)
        self.send_header("Set-Cookie", "seen=1")
        self.send_header("Content-Encoding", "gzip")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()

    def _status(self, first: str, rest: str) -> int:
        if first == "no-head":
            return 405 if self.command == "HEAD" else 200
        if first == "to":
            return int(rest.partition("/")[0])
        return 302 if first == "circle" else int(first) if first.isdigit() else 200

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nobody reads it."""


@contextmanager
def site_elsewhere(context: SSLContext | None = None) -> Iterator[Elsewhere]:
    """The site while it is up; with a certificate where one is given."""
    site = Elsewhere()
    server = _Server(site)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site.origin = f"http{'s' if context else ''}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
