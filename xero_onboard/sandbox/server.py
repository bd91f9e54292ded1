"""The server of the practice Xero, which lets faults reach the socket and can go away for a while.

Werkzeug's own: it is for development, as this is; it hands the socket over with each request, and gives
each call a thread, so that slow answers do not keep others waiting.
"""

import threading
import time

from flask import Flask, current_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

HOST = "127.0.0.1"


class CannotGoAway(Exception):
    """Somebody else's server answers for the app."""


class _Door:
    """The listening socket, which can be shut; whoever knocks then is refused by the machine itself."""

    def __init__(self, app: Flask, port: int) -> None:
        self._app = app
        self._port = port
        self._away = 0.0
        self._server: BaseWSGIServer | None = None

    def keep_open(self) -> None:
        """Answer until the process ends, but for the times of absence."""
        while True:
            self._server = make_server(
                HOST, self._port, self._app, threaded=True, request_handler=Handler
            )
            self._server.serve_forever(0.05)
            time.sleep(self._away)

    def shut(self, seconds: float) -> None:
        """Nobody answers for so long; calls under way are finished."""
        self._away = seconds
        if self._server:
            # It waits for the loop to end, which the answer to this very call need not.
            threading.Thread(target=self._server.shutdown, daemon=True).start()


class Handler(WSGIRequestHandler):
    """Leaves the time of an answer to the app, whose clock can be wrong, and notes no calls."""

    def send_response(self, code: int, message: str | None = None) -> None:
        self.send_response_only(code, message)
        self.send_header("Server", "practice")

    def log_request(self, *_: object) -> None:
        """What was asked for carries codes and states, which belong into no log."""


def serve(app: Flask, port: int) -> None:
    """Answer on this computer alone."""
    door = _Door(app, port)
    app.extensions["sandbox_door"] = door
    door.keep_open()


def go_away(seconds: float) -> None:
    """Refuse every connection for a while; raises CannotGoAway."""
    door: _Door | None = current_app.extensions.get("sandbox_door")
    if door is None:
        raise CannotGoAway
    door.shut(seconds)
