"""The one door out: what a bad server can and cannot do to us."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from xero_onboard.lib import http

Answer = Callable[[socket.socket], None]


@contextmanager
def server(answer: Answer) -> Iterator[str]:
    """A server that lets `answer` write whatever it likes to each caller."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve() -> None:
        try:
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    answer(connection)
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def saying(*lines: str, body: bytes = b"") -> Answer:
    head = "\r\n".join(("HTTP/1.1 200 OK", *lines, f"Content-Length: {len(body)}", "", "")).encode()
    return lambda connection: connection.sendall(head + body)


def test_an_answer_comes_through() -> None:
    with server(saying(body=b"hello")) as address, http.client() as client:
        response = client.get(address)

    assert (response.status_code, response.text) == (200, "hello")


def test_a_server_that_drips_is_left_at_the_deadline() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            connection.sendall(b".")
            time.sleep(0.1)

    with server(drip) as address, http.client(deadline=0.6) as client:
        started = time.monotonic()
        with pytest.raises(http.Unanswered) as caught:
            client.get(address)

    assert time.monotonic() - started < 3
    assert caught.value.sent


def test_a_flood_is_cut_off() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n")
        for _ in range(200):
            connection.sendall(b"x" * 1024 * 1024)

    with (
        server(flood) as address,
        http.client() as client,
        pytest.raises(http.Unanswered, match="long"),
    ):
        client.get(address)


def test_a_packed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b"0" * 10_000_000)

    with (
        server(saying("Content-Encoding: gzip", body=bomb)) as address,
        http.client() as client,
        pytest.raises(http.Unanswered, match="packed"),
    ):
        client.get(address)


def test_a_redirect_is_not_followed() -> None:
    def redirect(connection: socket.socket) -> None:
        head = "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(head.encode())

    with server(redirect) as address, http.client() as client:
        response = client.post(address, data={"code": "secret"})

    assert response.status_code == 307


def test_a_closed_port_says_that_nothing_was_sent() -> None:
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()

    with http.client() as client, pytest.raises(http.Unanswered) as caught:
        client.get(f"http://127.0.0.1:{port}")

    assert not caught.value.sent


def test_a_name_without_an_address_says_that_nothing_was_sent() -> None:
    with http.client() as client, pytest.raises(http.Unanswered) as caught:
        client.get("http://nobody.invalid/")

    assert not caught.value.sent


def test_a_broken_answer_says_that_the_request_was_sent() -> None:
    with (
        server(lambda connection: connection.sendall(b"gibberish\r\n\r\n")) as address,
        http.client() as client,
        pytest.raises(http.Unanswered) as caught,
    ):
        client.get(address)

    assert caught.value.sent
