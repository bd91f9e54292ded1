"""Mail servers: which are meant by MAIL_URL, which are trusted, and how long they are listened to."""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from tests.lib.test_mail import CASEY, CODE, reach, rows, send_code, the_mail, work
from tests.post_office import HOST, LOGIN, PASSWORD, USER, certificate, post_office
from xero_onboard.config import Settings, UnsafeSettingError
from xero_onboard.lib.mail import servers


def test_the_sender_can_be_another(settings: Settings) -> None:
    url = "smtp://mail.example.com/?from=guides%40example.com"

    server = servers.server_of(replace(settings, mail_url=url))

    assert server is not None
    assert server.sender == "guides@example.com"


@pytest.mark.parametrize("kind", ["starttls", "from_the_start"])
def test_mail_goes_encrypted_to_a_server_that_proves_its_name(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: servers.Tls
) -> None:
    trusted, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))

    with post_office(**encrypted(kind, context)) as office:
        reach(app, office, kind)
        send_code(app)
        work(app)

    assert len(office.arrived) == 1
    assert office.logins == [(USER, PASSWORD)]


@pytest.mark.parametrize("kind", ["starttls", "from_the_start"])
def test_a_server_that_nobody_vouches_for_gets_neither_mail_nor_password(
    app: Flask, tmp_path: Path, kind: servers.Tls
) -> None:
    _, context = certificate(tmp_path)

    with post_office(**encrypted(kind, context)) as office:
        reach(app, office, kind)
        send_code(app)
        work(app)

    assert (office.arrived, office.logins) == ([], [])
    assert the_mail(app).status == "queued"


def test_nothing_is_said_to_a_server_without_encryption(app: Flask) -> None:
    with post_office(auth_require_tls=False) as office:
        reach(app, office, "starttls")
        send_code(app)
        work(app)

    assert (office.arrived, office.logins) == ([], [])
    assert the_mail(app).status == "queued"


def test_mail_waits_for_a_server_that_does_not_know_us(app: Flask, settings: Settings) -> None:
    with post_office() as office:
        url = office.url.replace("//", f"//{LOGIN}@")
        app.extensions["mail_server"] = servers.server_of(replace(settings, mail_url=url))
        send_code(app)

        work(app)

    assert (office.arrived, the_mail(app).status) == ([], "queued")


@pytest.mark.parametrize("part", [b"220 ", b"2", b""], ids=["drips", "stops", "says nothing"])
def test_a_slow_server_is_left_at_the_deadline(settings: Settings, part: bytes) -> None:
    with slow_server(part) as port:
        url = f"smtp://{HOST}:{port}"
        server = servers.server_of(replace(settings, mail_url=url))
        assert server is not None
        started = time.monotonic()

        with pytest.raises(servers.NotNow):
            server.deliver(EmailMessage(), CASEY, seconds=0.6)

    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "url",
    [
        *("mail.example.com", "http://mail.example.com", "smtp://", "smtp://mail.example.com:port"),
        *("smtp://mail.example.com:99999", "smtp://mail.example.com/inbox", "smtp://[::1"),
        *("smtp://help:secret-word#1@mail.example.com", "smtp://help@mail.example.com"),
        *(
            "smtp://help:sécret-word@mail.example.com",
            "smtp://h:secret-word%0d%0a@mail.example.com",
        ),
        *("smtp://mail.example.com?from=nobody", "smtp://mail.example.com?to=eve@example.com"),
        *("smtp://ma il.example.com", "smtp://mail.example.com?from=a@b.example&from=c@d.example"),
    ],
)
def test_a_mail_server_that_cannot_be_meant_is_refused_by_name(
    settings: Settings, url: str
) -> None:
    with pytest.raises(UnsafeSettingError, match="^MAIL_URL: ") as refused:
        servers.server_of(replace(settings, mail_url=url))

    assert "secret-word" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.com", (587, "starttls")),
        ("smtp://192.0.2.7:2525", (2525, "starttls")),
        ("smtp://localhost", (587, "none")),
        ("smtp://[::1]:25", (25, "none")),
        ("smtps://mail.example.com", (465, "from_the_start")),
        ("smtps://localhost:4650", (4650, "from_the_start")),
    ],
)
def test_only_this_machine_may_be_told_without_encryption(
    settings: Settings, url: str, expected: tuple[int, str]
) -> None:
    server = servers.server_of(replace(settings, mail_url=url))

    assert server is not None
    assert (server.port, server.tls) == expected


def test_a_login_is_read_with_its_codes_and_never_shown(settings: Settings) -> None:
    url = f"smtp://{LOGIN}@mail.example.com"

    server = servers.server_of(replace(settings, mail_url=url))

    assert server is not None
    assert (server.user, server.password) == (USER, PASSWORD)
    assert PASSWORD not in repr(server)


def test_nobody_reads_a_mail_in_the_log_or_in_the_database(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Row B1: neither the text, nor the address, nor the log-in at the server is logged."""
    caplog.set_level(logging.DEBUG)
    trusted, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))

    with post_office(**encrypted("starttls", context)) as office:
        reach(app, office, "starttls")
        send_code(app)
        stored = "".join(rows(app))
        for answer in ("452 casey@example.com is full", "550 casey@example.com is gone"):
            office.answers[CASEY] = answer
            work(app)

    # Without what the mail server of the test and its event loop say of themselves.
    logged = "\n".join(
        record.getMessage() + str(record.exc_text)
        for record in caplog.records
        if not record.name.startswith(("mail.", "asyncio"))
    )
    assert len(office.logins) == 2
    assert logged.count(str(the_mail(app).id)) == 2
    assert CODE not in stored + "".join(rows(app)) + logged
    assert CASEY not in logged
    assert PASSWORD not in logged


def encrypted(kind: servers.Tls, context: ssl.SSLContext) -> dict[str, object]:
    if kind == "from_the_start":
        return {"ssl_context": context, "auth_require_tls": False}
    return {"tls_context": context, "require_starttls": True}


@contextmanager
def slow_server(part: bytes) -> Iterator[int]:
    """The port of a server that greets with a part of an answer again and again, never with a whole line."""
    left = threading.Event()
    with socket.create_server((HOST, 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                while not left.wait(0.05):
                    connection.sendall(part)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            left.set()
            thread.join(timeout=10)
