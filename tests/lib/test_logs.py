"""The log: one line for each record whatever is in it, and every line says which request it is from."""

import json
import logging
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from tests.client import Client
from tests.house.test_settings import PRODUCTION
from xero_onboard.config import ROOT, Settings
from xero_onboard.factory import create_app
from xero_onboard.lib import logs
from xero_onboard.lib.web import access
from xero_onboard.ops.stage import parts_of

HOSTILE = {
    "line breaks": 'a\r\n{"level": "forged"}\nb\u2028c\u0085d',
    "a terminal's commands": "\x1b[2J\x1b[31mred\x07\x7f\x9b",
    "far too much": "x" * 100_000,
    "far too much that has to be escaped": "\x1b" * 100_000,
    "far too much from everywhere": "\U0001f600" * 50_000,
}
log = logging.getLogger("xero_onboard.tests")


@pytest.fixture
def live_environ(tmp_path: Path, filled_database: Path) -> dict[str, str]:
    """A production site's settings, with a database that is ready."""
    instance = tmp_path / "live"
    instance.mkdir(mode=0o700)
    (instance / "site.db").write_bytes(filled_database.read_bytes())
    return {**PRODUCTION, "INSTANCE_DIR": str(instance)}


@pytest.fixture
def live(live_environ: dict[str, str]) -> Iterator[Flask]:
    """The site in production, with a door behind which something of the visitor's is logged."""
    root, level = logging.getLogger(), logging.getLogger().level
    site = create_app(Settings.from_environ(live_environ))
    site.test_client_class = Client

    def note() -> str:
        log.warning("somebody said %s", HOSTILE[request.form["kind"]])
        return ""

    def fail(token: str) -> str:
        raise RuntimeError(f"for casey@example.com\nDETAIL:  Key (email)=(casey) {token}")

    site.add_url_rule("/note", view_func=access.anyone(note), methods=["POST"])
    site.add_url_rule("/reset/<token>", view_func=access.anyone(fail))
    yield site
    root.setLevel(level)


@pytest.mark.parametrize("kind", HOSTILE)
def test_each_record_is_one_line_whatever_is_in_it(
    live: Flask, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    """Row L3."""
    visit(live, "/note", method="POST", data={"kind": kind})

    noted, answered = lines(capfd.readouterr().err)
    assert noted["message"].startswith(f"somebody said {HOSTILE[kind][:1]}")
    assert noted["level"] == "WARNING"
    assert answered["logger"] == "xero_onboard.access"


def test_a_failure_with_its_trace_is_one_line(
    live: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    """Row L3; and rows a database refuses, addresses and links that open something are left out."""
    token = "canary-of-a-link-that-opens-something"

    visit(live, f"/reset/{token}?from=casey@example.com")

    written = capfd.readouterr().err
    failed, answered = lines(written)
    assert "RuntimeError" in failed["trace"]
    assert answered["message"].startswith("GET /reset/<token> 500 ")
    assert token not in failed["message"]
    assert "casey" not in written


def test_a_record_says_which_request_it_is_from(
    live: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    """Row L2: the same id stands in the answer."""
    first = visit(live, "/hc/en-gb", headers={"X-Request-Id": "chosen"})
    second = visit(live, "/hc/en-gb")

    ids = [line["request"] for line in lines(capfd.readouterr().err)]
    name, other = first.headers["X-Request-Id"], second.headers["X-Request-Id"]
    assert ids == [name, other]
    assert name != other
    assert re.fullmatch(r"[0-9a-f]{32}", name)


@pytest.mark.parametrize("path", ["/nowhere", "/connect/xero/callback", "/hc/en-gb/search"])
def test_the_access_log_leaves_out_every_query(
    live: Flask, capfd: pytest.CaptureFixture[str], path: str
) -> None:
    """Row L1."""
    visit(live, f"{path}?code=canary&state=canary&query=canary")

    written = capfd.readouterr().err
    assert f"GET {path} " in written
    assert "canary" not in written


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("GET /sign-in/xero/callback?code=1&state=2 303", "GET /sign-in/xero/callback?… 303"),
        ("/reset/abcdefghijklmnopqrstuvwxyz", "/reset/…"),
        ("http://h/invitations/abcdefghijklmnopqrstuvwxyz/accept", "http://h/invitations/…/accept"),
        ("to <casey.n+x@mail.example.com>, twice", "to <<e-mail address>>, twice"),
        ("DETAIL:  Key (name)=(Casey) exists.\nmore", "DETAIL: …\nmore"),
        ("GET /hc/en-gb/articles/1?page=2", "GET /hc/en-gb/articles/1?page=2"),
    ],
)
def test_what_others_write_into_messages_is_taken_out(said: str, written: str) -> None:
    """Row L1: the messages of servers, libraries and databases."""
    assert logs.clean(said) == written


def test_libraries_that_talk_of_secrets_are_silent(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """Row L1: Authlib tells the verifier, httpcore headers, SQLAlchemy rows."""
    caplog.set_level(logging.DEBUG)
    silent = ("authlib.oauth2.client", "httpcore.http11", "httpx", "sqlalchemy.engine.Engine")

    assert not any(logging.getLogger(name).isEnabledFor(logging.INFO) for name in silent)


def test_a_person_at_a_terminal_reads_text_that_cannot_command_it(
    app: Flask, client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    """Row L3: in development."""

    def note() -> str:
        log.warning("somebody said %s", "\x1b[2J\r\nand more")
        return ""

    app.add_url_rule("/note", view_func=access.anyone(note))
    client.get("/note")

    written = capfd.readouterr().err
    assert written.count("\n") == 1
    assert r"WARNING  xero_onboard.tests: somebody said \x1b[2J\x0d\x0aand more" in written


def test_the_running_site_writes_nothing_but_such_lines(live_environ: dict[str, str]) -> None:
    """Row L3: over a socket, with a header of 100 kB, line breaks in the address, and a violent end."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    environ = {**live_environ, "PORT": str(port)}
    command = parts_of(Settings.from_environ(environ))[0].command
    with subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=environ, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            answers = [
                ask(port, "/hc/en-gb"),
                ask(port, "/%0d%0a%1b[31mcanary"),
                ask(port, "/nowhere", "X-Long: " + "x" * 100_000),
                ask(port, "/connect/xero/callback?code=canary&state=canary"),
            ]
            assert process.stdout is not None
            written = process.stdout.readline()
            os.kill(int(lines(written)[0]["process"]), signal.SIGKILL)
            written += process.stdout.read()
        finally:
            process.terminate()

    said = lines(written)
    assert answers[0].startswith(b"HTTP/1.1 200")
    assert all(answer.startswith(b"HTTP/1.1 ") for answer in answers)
    assert len(said) >= 3
    assert written.count("canary") <= 1  # the address that is no secret
    assert {line["logger"] for line in said} == {"xero_onboard.access", "_granian"}


def visit(live: Flask, path: str, **options: Any) -> TestResponse:
    client = cast(Client, live.test_client())
    return client.open(path, base_url="https://help.example.com", **options)


def lines(written: str) -> list[dict[str, Any]]:
    """What was written, each line read by a machine."""
    found = written.removesuffix("\n").split("\n")
    assert all(len(line.encode()) <= 8192 for line in found)
    assert all(line.isascii() and line.isprintable() for line in found)
    return [json.loads(line) for line in found]


def ask(port: int, path: str, header: str = "Accept: */*") -> bytes:
    """The beginning of the answer, once the site answers at all."""
    ends_at = time.monotonic() + 30
    while True:
        try:
            with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as link:
                head = f"GET {path} HTTP/1.1\r\nHost: help.example.com\r\nConnection: close"
                link.sendall(f"{head}\r\n{header}\r\n\r\n".encode())
                return link.recv(1000)
        except ConnectionRefusedError:
            assert time.monotonic() < ends_at
            time.sleep(0.1)
