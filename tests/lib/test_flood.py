"""Limits on floods: they spare what caches carry, and no trouble with Redis becomes a reader's."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask

from tests.caches import Redis
from tests.client import Client
from xero_onboard.config import Settings, UnsafeSettingError
from xero_onboard.factory import create_app
from xero_onboard.lib.web import access, flood

ADDRESS = "192.0.2.1"
SUGGEST = "/hc/search/suggest?query=xero"


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    return environ | {"PROXY_HOPS": "1"}


def test_a_costly_page_is_answered_so_often_a_minute_and_no_more(client: Client) -> None:
    """Row I3: searching, from one network; the next network is served."""
    answers = [ask(client, SUGGEST) for _ in range(flood.COSTLY_PER_MINUTE)]

    refused = client.get(SUGGEST, headers={"X-Forwarded-For": ADDRESS})

    assert set(answers) == {200}
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert "Wait a minute, then try again." in refused.get_data(as_text=True)
    assert ask(client, SUGGEST, "192.0.2.2") == 200


@pytest.mark.parametrize(
    "path", ["/hc/articles/360001000101/vote", "/connect/xero", "/sign-in/xero"]
)
def test_what_writes_is_limited_as_well(path: str, client: Client) -> None:
    """Row I3: votes, presses of Connect, sign-ins."""
    headers = {"X-Forwarded-For": ADDRESS}
    answers = [
        client.post(path, data={"value": "up"}, headers=headers).status_code
        for _ in range(flood.COSTLY_PER_MINUTE + 1)
    ]

    assert (answers.count(429), answers[-1]) == (1, 429)


def test_hopping_within_ones_own_network_gains_nothing(app: Flask, client: Client) -> None:
    """Row I2: the addresses of one /64 count together."""
    add_costly(app)

    hops = [ask(client, "/costly", f"2001:db8::{n:x}") for n in range(flood.COSTLY_PER_MINUTE + 5)]

    assert hops.count(429) == 5
    assert ask(client, "/costly", "2001:db8:0:1::1") == 200


def test_every_page_for_one_person_has_a_limit(app: Flask, client: Client) -> None:
    """Row I3: nobody has to remember it for a new page."""
    app.add_url_rule("/plain", view_func=access.anyone(blank()), endpoint="plain")

    answers = [ask(client, "/plain") for _ in range(flood.PER_MINUTE + 1)]

    assert (answers.count(200), answers[-1]) == (flood.PER_MINUTE, 429)
    assert ask(client, "/sign-in") == 200


def test_what_caches_carry_is_never_refused(app: Flask, client: Client) -> None:
    """Row I3: a flood of one page leaves the guides and their files alone."""
    app.add_url_rule("/public", view_func=access.public(blank()), endpoint="public")

    answers = {ask(client, "/public") for _ in range(flood.PER_MINUTE + 100)}
    files = {ask(client, "/static/css/tokens.css") for _ in range(flood.PER_MINUTE + 100)}

    assert (answers, files) == ({200}, {200})


def test_counting_leaves_no_trace_in_the_answer(client: Client) -> None:
    headers = client.get(SUGGEST, headers={"X-Forwarded-For": ADDRESS}).headers

    assert "Set-Cookie" not in headers
    assert headers["Cache-Control"].startswith("public")
    assert [name for name in headers.keys() if "ratelimit" in name.lower()] == []  # noqa: SIM118


def test_two_processes_with_redis_share_one_limit(redis_server: Redis, tmp_path: Path) -> None:
    """Row I1: what is counted lies outside the processes that count."""
    one, other = (site_with(redis_server.url, tmp_path / name) for name in ("one", "other"))

    answers = [
        ask(site, "/costly") for _ in range(flood.COSTLY_PER_MINUTE // 2) for site in (one, other)
    ]

    assert set(answers) == {200}
    assert (ask(one, "/costly"), ask(other, "/costly")) == (429, 429)


def test_no_address_leaves_the_process(
    redis_server: Redis, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site = site_with(redis_server.url, tmp_path)
    for _ in range(flood.COSTLY_PER_MINUTE + 1):
        ask(site, "/costly")

    with redis_server.client as client:
        keys = list(client.scan_iter())

    assert len(keys) == 1
    assert ADDRESS not in str(keys)
    assert "exceeded" in caplog.text
    assert ADDRESS not in caplog.text


def test_a_redis_that_stops_is_nobodys_trouble_and_is_used_again(
    redis_server: Redis, tmp_path: Path
) -> None:
    site = site_with(redis_server.url, tmp_path)
    before = ask(site, "/costly")
    redis_server.stop()
    while_away = [ask(site, "/costly") for _ in range(flood.COSTLY_PER_MINUTE + 1)]
    redis_server.start()

    wait_until(lambda: ask(site, "/costly") == 200 and is_counting(redis_server))

    assert before == 200
    assert (while_away.count(200), while_away[-1]) == (flood.COSTLY_PER_MINUTE, 429)


def test_a_redis_that_hangs_holds_up_one_reader_for_a_moment(
    redis_server: Redis, tmp_path: Path
) -> None:
    site = site_with(redis_server.url, tmp_path)
    ask(site, "/costly")
    redis_server.hold_up()

    answers, waits = [], []
    for _ in range(100):
        started = time.monotonic()
        answers.append(ask(site, "/costly"))
        waits.append(time.monotonic() - started)
    redis_server.go_on()

    assert set(answers) == {200}
    # One reader waited for it; the few besides are this machine's own pauses.
    assert sum(seconds >= flood.ANSWER_SECONDS for seconds in waits) in range(1, 6)


def test_a_redis_that_is_emptied_counts_anew(redis_server: Redis, tmp_path: Path) -> None:
    site = site_with(redis_server.url, tmp_path)
    ask(site, "/costly")
    with redis_server.client as client:
        client.flushall()
        client.script_flush()

    assert ask(site, "/costly") == 200
    assert is_counting(redis_server)


@pytest.mark.parametrize("manner", ["nobody", "silent", "resetting"])
def test_a_redis_that_never_was_is_done_without(
    manner: str, unused_port: int, tmp_path: Path
) -> None:
    with not_redis(manner, unused_port):
        site = site_with(f"redis://127.0.0.1:{unused_port}/0", tmp_path)

        answers = [ask(site, "/costly") for _ in range(flood.COSTLY_PER_MINUTE + 1)]

    assert (answers.count(200), answers[-1]) == (flood.COSTLY_PER_MINUTE, 429)


@pytest.mark.parametrize(
    "url", ["http://localhost:6379", "localhost:6379", "redis://:s3cret@localhost:port/0"]
)
def test_an_address_that_is_not_redis_stops_the_start(url: str, tmp_path: Path) -> None:
    environ = {"INSTANCE_DIR": str(tmp_path / "instance"), "REDIS_URL": url}

    with pytest.raises(UnsafeSettingError, match="^REDIS_URL: must look like") as stopped:
        create_app(Settings.from_environ(environ))

    assert "s3cret" not in str(stopped.value)


def site_with(redis_url: str, folder: Path) -> Client:
    """A browser on a site that counts in this Redis."""
    secret = "kq3-vTz8_HfLx2pWc9RbNs6YdAe1Mg0J"
    environ = {"INSTANCE_DIR": str(folder / "instance"), "REDIS_URL": redis_url}
    app = create_app(Settings.from_environ(environ | {"PROXY_HOPS": "1", "SECRET_KEY": secret}))
    app.test_client_class = Client
    add_costly(app)
    client = app.test_client()
    assert isinstance(client, Client)
    return client


def add_costly(app: Flask) -> None:
    app.add_url_rule("/costly", "costly", flood.costly(access.anyone(blank())))


def blank() -> Callable[[], str]:
    """A view of its own, for marks of its own."""

    def view() -> str:
        return ""

    return view


def ask(client: Client, path: str, address: str = ADDRESS) -> int:
    return client.get(path, headers={"X-Forwarded-For": address}).status_code


def is_counting(server: Redis) -> bool:
    with server.client as client:
        return bool(client.dbsize())


def wait_until(is_so: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < ends_at
        time.sleep(0.2)


class not_redis:  # noqa: N801 - reads as the statement it is
    """Something else where Redis should be: nothing, a server that says nothing, one that hangs up."""

    def __init__(self, manner: str, port: int) -> None:
        self.manner = manner
        self.listener = None if manner == "nobody" else socket.create_server(("127.0.0.1", port))
        self.calls: list[socket.socket] = []

    def __enter__(self) -> None:
        threading.Thread(target=self._serve, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        for open_socket in (*self.calls, *([self.listener] if self.listener else [])):
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
            open_socket.close()

    def _serve(self) -> None:
        for call in self._accepted():
            if self.manner == "resetting":
                call.close()
            else:
                self.calls.append(call)

    def _accepted(self) -> Iterator[socket.socket]:
        with suppress(OSError):
            while self.listener:
                yield self.listener.accept()[0]
