"""What goes wrong on the line: late, slow, cut off, or no answer at all.

A WSGI application cannot close or reset its connection, so these reach for the socket, which the
server started by `python -m xero_onboard.sandbox` (and any of Werkzeug's) hands over with the request.
On a server that keeps its socket to itself the connection is closed by failing in the middle of the
answer: the app still gets none, but a reset is then an ordinary close.
"""

import os
import socket
import struct
import time
from collections.abc import Iterator

from flask import Flask, Response, request

from xero_onboard.sandbox.faults import present

# A close with this set sends RST: https://man7.org/linux/man-pages/man7/socket.7.html (SO_LINGER)
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def register(app: Flask) -> None:
    """Stand between every answer and the line; register before the store, so that answers are kept first."""
    app.after_request(_send)


def wait(work: str) -> None:
    """Let the while pass, where the fault wants the work done then; nobody else waits, nothing is locked."""
    pace = present.of_kind("pace")
    if pace and pace.name == "delay" and pace.values["work"] == work:
        time.sleep(pace.number("seconds"))


def _hang_up() -> Response:
    """Close the connection; what is returned fails when it is sent."""
    # Bytes that nobody has read would turn the close into a reset.
    request.get_data()
    connection = _connection()
    if connection:
        connection.shutdown(socket.SHUT_RDWR)
    return Response(_Nothing())


def _reset() -> Response:
    """Reset the connection; what is returned fails when it is sent."""
    connection = _connection()
    if connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        _close_under_the_server(connection)
    return Response(_Nothing())


def _connection() -> socket.socket | None:
    found: socket.socket | None = request.environ.get("werkzeug.socket")
    return found


def _close_under_the_server(connection: socket.socket) -> None:
    """The server would say goodbye before it closes: leave it a line that nobody listens at instead."""
    line, end = socket.socketpair()
    end.close()
    os.dup2(line.fileno(), connection.fileno())
    line.close()


class _Nothing:
    """An answer that fails before its first byte, with what Werkzeug takes for a person who has left."""

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        raise ConnectionAbortedError("as was asked for at /faults")


_ENDS = {"refuse": _hang_up, "reset": _reset, "lost": _hang_up}


def _send(response: Response) -> Response:
    pace, answer = present.of_kind("pace"), present.of_kind("answer")
    wait("first")
    if answer and answer.name in _ENDS:
        return _ENDS[answer.name]()
    if answer and answer.name == "truncated":
        response = _cut(response, answer.values["announced"])
    if pace and pace.name == "drip":
        return _dripping(response, pace.number("seconds"))
    return response


def _cut(response: Response, announced: str) -> Response:
    whole = response.get_data()
    half = whole[: len(whole) // 2]
    response.set_data(half)
    if announced == "whole":
        response.response = [half]
        response.headers["Content-Length"] = str(len(whole))
    return response


def _dripping(response: Response, seconds: float) -> Response:
    whole = response.get_data()
    length = response.headers.get("Content-Length", str(len(whole)))

    def drops() -> Iterator[bytes]:
        for number in range(len(whole)):
            time.sleep(seconds)
            yield whole[number : number + 1]

    response.response = drops()
    response.headers["Content-Length"] = length
    return response
