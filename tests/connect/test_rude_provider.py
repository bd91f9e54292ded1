"""A provider that hangs up, says nothing, or talks without end, below what a web server lets anybody do (row A7)."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from flask import Flask

from tests.client import Client
from tests.connect.conftest import the_only
from tests.connect.hostile import Hostile
from tests.connect.test_hostile_provider import come_back, page_of, stored
from xero_onboard.connect.models import Attempt

Behaviour = Callable[[socket.socket], None]
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def behaving(port: int, behave: Behaviour) -> Iterator[None]:
    """Whoever calls is treated like this."""
    with socket.create_server(("127.0.0.1", port)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = listener.accept()
                    threading.Thread(target=treat, args=(caller,), daemon=True).start()

        def treat(caller: socket.socket) -> None:
            with caller, suppress(OSError):
                behave(caller)

        threading.Thread(target=serve, daemon=True).start()
        yield
        listener.shutdown(socket.SHUT_RDWR)


def hang_up(caller: socket.socket) -> None:
    caller.recv(65536)


def reset(caller: socket.socket) -> None:
    caller.recv(65536)
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def say_nothing(caller: socket.socket) -> None:
    while caller.recv(65536):
        pass


def speak_another_language(caller: socket.socket) -> None:
    caller.recv(65536)
    caller.sendall(b"220 mail.example ESMTP\r\n")


def stop_in_the_middle(caller: socket.socket) -> None:
    caller.recv(65536)
    caller.sendall(ANSWER + b'Content-Length: 900\r\n\r\n{"access_token": "a')


def never_end_the_head(caller: socket.socket) -> None:
    caller.recv(65536)
    caller.sendall(ANSWER)
    while True:
        caller.sendall(b"X-More: " + b"x" * 8000 + b"\r\n")


def drip_the_head(caller: socket.socket) -> None:
    caller.recv(65536)
    for byte in ANSWER * 100:
        caller.sendall(bytes([byte]))
        time.sleep(0.5)


def lie_about_the_length(caller: socket.socket) -> None:
    caller.recv(65536)
    caller.sendall(ANSWER + b"Content-Length: 99999999999999999999\r\n\r\n{}")
    say_nothing(caller)


def send_odd_pieces(caller: socket.socket) -> None:
    caller.recv(65536)
    caller.sendall(ANSWER + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    "behave",
    [
        hang_up,
        reset,
        say_nothing,
        speak_another_language,
        stop_in_the_middle,
        never_end_the_head,
        drip_the_head,
        lie_about_the_length,
        send_odd_pieces,
    ],
)
def test_a_provider_that_is_rude_is_left_in_time(
    app: Flask, client: Client, provider_port: int, behave: Behaviour
) -> None:
    """Row A7: said in words, within fifteen seconds, and nothing is stored."""
    began = time.monotonic()

    with behaving(provider_port, behave):
        way = come_back(client, Hostile("", "", "", ()))

    assert time.monotonic() - began < 16
    assert the_only(app, Attempt).outcome == "provider_unavailable"
    assert "Xero did not answer us" in page_of(client, way)
    assert stored(app) == (0, 0, 0)
