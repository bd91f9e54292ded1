"""Stands before the practice Xero and writes down who refreshed when, with what, and what came of it."""

import io
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from xero_onboard.lib.crypto import digest

# Each process reaches Xero under a path of its own, so that its calls are known for its own.
OWN_PATH = "/by/"


@dataclass
class Call:
    """One refresh that reached the provider; the tokens are told apart by their digests alone."""

    caller: str
    sent: str
    began: float
    ended: float = 0.0
    status: str = ""
    given: str = ""


def nothing(_call: Call) -> None:
    """Let it pass."""


class Front:
    """Lets everything through, and has `on_arrival` and `on_answer` do something to a refresh on its way.

    What `on_arrival` does happens when the request has come and Xero has not seen it, what
    `on_answer` does when Xero has rotated and the caller does not know it.
    """

    def __init__(self, xero: WSGIApplication) -> None:
        self._xero = xero
        self.calls: list[Call] = []
        self.on_arrival: Callable[[Call], None] = nothing
        self.on_answer: Callable[[Call], None] = nothing

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        caller = ""
        if environ["PATH_INFO"].startswith(OWN_PATH):
            caller, _, path = environ["PATH_INFO"].removeprefix(OWN_PATH).partition("/")
            environ["PATH_INFO"] = f"/{path}"
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        asked = parse_qs(body.decode(errors="replace"))
        if asked.get("grant_type") != ["refresh_token"]:
            return self._xero(environ, start)
        call = Call(caller, digest(asked["refresh_token"][0]), time.monotonic())
        self.calls.append(call)
        return self._passed(call, environ, start)

    def _passed(
        self, call: Call, environ: WSGIEnvironment, start: StartResponse
    ) -> Iterable[bytes]:
        said: list[Any] = []

        def hear(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], None]:
            said[:] = [status, headers]
            return lambda _chunk: None

        self.on_arrival(call)
        body = b"".join(self._xero(environ, hear))  # type: ignore[arg-type]
        call.status = said[0].partition(" ")[0]
        if call.status == "200":
            call.given = digest(json.loads(body)["refresh_token"])
        call.ended = time.monotonic()
        self.on_answer(call)
        start(*said)
        return [body]
