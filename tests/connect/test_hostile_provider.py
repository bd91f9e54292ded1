"""A provider that lies, hangs, redirects and floods: nothing is stored, and the reader is told in words."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.client import Client
from tests.connect.conftest import ARTICLE, count, serving, the_only
from tests.connect.hostile import (
    ACCESS,
    LEFT_OUT,
    REFRESH,
    Hostile,
    Reply,
    at_hash,
    dripping,
    flooding,
    said,
    signed,
)
from xero_onboard.accounts.models import User
from xero_onboard.config import Settings
from xero_onboard.connect.models import Attempt, Connection, Grant
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.providers.base import CodeToExchange, Patience, ProviderUnavailable
from xero_onboard.lib.db import db


@pytest.fixture
def hostile(settings: Settings, provider_port: int) -> Iterator[Hostile]:
    xero = settings.xero
    provider = Hostile(xero.identity_url, xero.client_id, xero.client_secret, xero.scopes)
    with serving(provider, provider_port):
        yield provider


def come_back(client: FlaskClient, hostile: Hostile, button: str = "/connect/xero") -> str:
    """Press Connect and come back at once with a code; the way back into the guide."""
    form = {"next": ARTICLE, "anchor": "connect"}
    asked = parse_qs(urlsplit(client.post(button, data=form).location).query)
    hostile.nonce = asked["nonce"][0]
    answer = client.get(f"/connect/sandbox/callback?code=a-code&state={asked['state'][0]}")
    assert answer.status_code == 303
    return answer.location


def page_of(client: Client, way: str) -> str:
    """The outcome's words, which the page of connections shows as an article does."""
    answer = client.get(way.replace(ARTICLE, "/connect"))
    assert answer.status_code == 200
    return answer.text


def stored(app: Flask) -> tuple[int, int, int]:
    return count(app, User), count(app, Grant), count(app, Connection)


def test_an_honest_answer_is_believed(app: Flask, client: Client, hostile: Hostile) -> None:
    come_back(client, hostile)

    assert the_only(app, Attempt).outcome == "connected"
    assert stored(app) == (1, 1, 1)


def test_a_name_of_the_consent_that_no_row_holds_is_none(
    app: Flask, client: Client, hostile: Hostile
) -> None:
    def token(played: Hostile) -> Reply:
        access = signed(
            played.claims(aud=f"{played.origin}/resources", authentication_event_id="e" * 65)
        )
        identity = signed(played.claims(at_hash=at_hash(access)))
        return said(played.tokens(access_token=access, id_token=identity))

    hostile.token, hostile.connections = token, lambda _: said({}, "503 Service Unavailable")
    come_back(client, hostile)

    attempt = the_only(app, Attempt)
    assert (attempt.outcome, attempt.event_id) == ("organisations_unavailable", None)


def test_a_code_is_used_up_whatever_is_missing_afterwards(
    app: Flask, settings: Settings, provider_port: int
) -> None:
    """Nobody is there to give the keys: that request was not sent, but the code was."""
    xero = settings.xero
    hostile = Hostile(xero.identity_url, xero.client_id, xero.client_secret, xero.scopes)
    code = CodeToExchange("http://localhost:8000/x", xero.scopes, "a-code", "", "a-verifier")

    with serving(hostile, provider_port) as served:

        def answer_and_leave(h: Hostile) -> Reply:
            served.go_down()
            return said(h.tokens())

        hostile.token = answer_and_leave
        with app.app_context(), pytest.raises(ProviderUnavailable) as caught:
            current_provider().exchange(code, Patience(5))

    assert caught.value.sent


def token(**changes: object) -> Callable[[Hostile], Reply]:
    return lambda hostile: said(hostile.tokens(**changes))


def raw(
    body: bytes, status: str = "200 OK", kind: str = "application/json"
) -> Callable[[Hostile], Reply]:
    return lambda hostile: Reply(body, status, {"Content-Type": kind})


def edited(old: bytes, new: bytes) -> Callable[[Hostile], Reply]:
    """The honest answer but for its first, or last, such bytes."""

    def lie(hostile: Hostile) -> Reply:
        body = json.dumps(hostile.tokens()).encode()
        before, _, after = body.rpartition(old) if old == b"}" else body.partition(old)
        return Reply(before + new + after)

    return lie


def without(scope: str) -> Callable[[Hostile], Reply]:
    return lambda h: said(h.tokens(scope=" ".join(each for each in h.scopes if each != scope)))


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        (raw(b"{}"), "provider_unavailable"),
        (raw(b'{"message": "slow down"}', "429 Too Many Requests"), "provider_unavailable"),
        (token(id_token=LEFT_OUT), "bad_identity"),
        (token(id_token=None), "bad_identity"),
        (token(access_token=LEFT_OUT), "provider_unavailable"),
        (token(access_token=None), "provider_unavailable"),
        (token(access_token=""), "provider_unavailable"),
        (token(access_token=["a", "b"]), "provider_unavailable"),
        (token(access_token="a b\r\nX-Evil: 1"), "provider_unavailable"),
        (token(expires_in="abc"), "provider_unavailable"),
        (token(expires_in=-1), "provider_unavailable"),
        (token(expires_in=True), "provider_unavailable"),
        (raw(b'{"access_token": "a", "expires_in": 1e400}'), "provider_unavailable"),
        (token(token_type="mac"), "provider_unavailable"),
        (token(refresh_token=LEFT_OUT), "no_refresh_token"),
        (token(refresh_token=None), "no_refresh_token"),
        (without("offline_access"), "no_refresh_token"),
        (without("accounting.invoices"), "scope_missing"),
        (token(scope=["openid"]), "provider_unavailable"),
        (raw(b"<html>Welcome</html>", kind="text/html"), "provider_unavailable"),
        (raw(b'{"access_token": "a'), "provider_unavailable"),
        (raw(b'["access_token"]'), "provider_unavailable"),
        (raw(b'{"access_token": "\xff"}'), "provider_unavailable"),
        (raw(b"[" * 100_000), "provider_unavailable"),
        (raw(b"", "204 No Content"), "provider_unavailable"),
        (raw(b"busy", "503 Service Unavailable", "text/plain"), "provider_unavailable"),
        (raw(b"<html>Denied</html>", "403 Forbidden", "text/html"), "provider_unavailable"),
        (raw(b'{"error": {"a": 1}}', "400 Bad Request"), "provider_unavailable"),
        (raw(b'{"error": "invalid_grant"}'), "provider_unavailable"),
        (raw(b'{"error": "invalid_grant"}', "400 Bad Request"), "code_refused"),
        (raw(b'{"error": "invalid_client"}', "401 Unauthorized"), "client_refused"),
        (lambda h: Reply(b"x", headers={"Content-Encoding": "gzip"}), "provider_unavailable"),
        (raw(b""), "provider_unavailable"),
        (raw(b" \r\n "), "provider_unavailable"),
        (raw(b"null"), "provider_unavailable"),
        (raw(b'"access_token"'), "provider_unavailable"),
        (raw(b"true"), "provider_unavailable"),
        (raw(b"NaN"), "provider_unavailable"),
        (raw(b"access_token=a&token_type=Bearer&expires_in=1800"), "provider_unavailable"),
        (edited(b'"expires_in": 1800', b'"expires_in": NaN'), "provider_unavailable"),
        (edited(b'"expires_in": 1800', b'"expires_in": 1800, "more": NaN'), "provider_unavailable"),
        (edited(b'"expires_in": 1800', b'"expires_in": -Infinity'), "provider_unavailable"),
        (edited(b'"expires_in": 1800', b'"expires_in": 1' + b"0" * 5000), "provider_unavailable"),
        (edited(b"{", b'{"access_token": "another", '), "provider_unavailable"),
        (edited(b"{", b'{"refresh_token": "another", '), "provider_unavailable"),
        (
            edited(b"{", b'{"more": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b","),
            "provider_unavailable",
        ),
        (edited(b"}", b"} and more"), "provider_unavailable"),
        (token(expires_in=0), "provider_unavailable"),
        (token(expires_in=10**30), "provider_unavailable"),
        (token(expires_in=1800.5), "provider_unavailable"),
        (token(expires_in="1800"), "provider_unavailable"),
        (token(expires_in=None), "provider_unavailable"),
        (token(expires_in=LEFT_OUT), "provider_unavailable"),
        (token(token_type=["Bearer"]), "provider_unavailable"),
        (token(refresh_token=""), "no_refresh_token"),
        (token(refresh_token=7), "provider_unavailable"),
        (token(refresh_token="a\nb"), "provider_unavailable"),
        (token(refresh_token="x" * 20_000), "provider_unavailable"),
        (token(id_token=7), "bad_identity"),
        (token(scope=""), "no_refresh_token"),
        (token(scope=None), "provider_unavailable"),
        (lambda h: raw(said(h.tokens()).body, kind="text/html")(h), "provider_unavailable"),
        (lambda h: raw(said(h.tokens()).body, kind="text/plain")(h), "provider_unavailable"),
        (lambda h: Reply(said(h.tokens()).body, headers={}), "provider_unavailable"),
        (lambda h: raw(said(h.tokens()).body, "201 Created")(h), "provider_unavailable"),
        (lambda h: raw(said(h.tokens()).body, "400 Bad Request")(h), "provider_unavailable"),
        (lambda h: raw(json.dumps(h.tokens()).encode("utf-16"))(h), "provider_unavailable"),
    ],
)
def test_a_lying_token_endpoint_connects_nothing(
    app: Flask, client: Client, hostile: Hostile, lie: Callable[[Hostile], Reply], code: str
) -> None:
    """Row A6, and fault row 13."""
    hostile.token = lie

    way = come_back(client, hostile)

    assert the_only(app, Attempt).outcome == code
    assert page_of(client, way)
    assert stored(app) == (0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json; charset=utf-8", b""),
        ("Application/JSON", b""),
        ("application/json", b"\xef\xbb\xbf"),
        ("application/json", b" \r\n"),
    ],
)
def test_what_is_odd_and_harmless_is_believed(
    app: Flask, client: Client, hostile: Hostile, kind: str, body: bytes
) -> None:
    hostile.token = lambda h: raw(body + json.dumps(h.tokens()).encode(), kind=kind)(h)

    come_back(client, hostile)

    assert the_only(app, Attempt).outcome == "connected"


@pytest.mark.parametrize("code", ["301", "302", "303", "307", "308"])
@pytest.mark.parametrize("place", ["token", "keys", "connections"])
def test_redirects_are_not_followed(
    app: Flask, client: Client, hostile: Hostile, place: str, code: str
) -> None:
    """Row A7: a 307 would carry code, verifier and secret, or a token, to wherever it points."""
    accomplice = Hostile("http://localhost", "", "", ())
    with serving(accomplice) as served:
        target = {"Location": f"{served.origin}/connect/token"}
        setattr(hostile, place, lambda h: Reply(b"", f"{code} Elsewhere", target))

        come_back(client, hostile)

    expected = "organisations_unavailable" if place == "connections" else "provider_unavailable"
    assert accomplice.received == []
    assert the_only(app, Attempt).outcome == expected
    assert count(app, Connection) == 0


@pytest.mark.parametrize("place", ["token", "keys", "connections"])
def test_a_provider_that_drips_is_left_in_time(
    app: Flask, client: Client, hostile: Hostile, place: str
) -> None:
    """Row A7: fifteen seconds for the whole of it, however alive the other side seems."""
    setattr(hostile, place, lambda h: Reply(dripping()))
    started = time.monotonic()

    come_back(client, hostile)

    expected = "organisations_unavailable" if place == "connections" else "provider_unavailable"
    assert time.monotonic() - started < 16
    assert the_only(app, Attempt).outcome == expected


def test_a_flood_is_left_early(app: Flask, client: Client, hostile: Hostile) -> None:
    """Row A7: of 200 megabytes no more is taken than fits between two sockets."""
    taken: list[bytes] = []
    hostile.token = lambda h: Reply(noted(flooding(200), taken))

    come_back(client, hostile)

    assert len(taken) < 20
    assert the_only(app, Attempt).outcome == "provider_unavailable"


def noted(chunks: Iterable[bytes], taken: list[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        taken.append(chunk)
        yield chunk


def test_nobody_answering_is_said_as_it_is(app: Flask, client: Client, settings: Settings) -> None:
    """Row A7: the port is closed."""
    come_back(client, Hostile("", "", "", ()))

    assert the_only(app, Attempt).outcome == "provider_unavailable"


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        ([], "no_organisation"),
        ({"a": 1}, "organisations_unavailable"),
        (["x"], "organisations_unavailable"),
        ([{"id": "../../etc", "tenantId": "x"}], "organisations_unavailable"),
    ],
)
def test_a_list_that_cannot_be_read_connects_nothing(
    app: Flask, client: Client, hostile: Hostile, listed: object, code: str
) -> None:
    hostile.connections = lambda h: said(listed)

    come_back(client, hostile)

    assert the_only(app, Attempt).outcome == code
    assert count(app, Connection) == 0


@pytest.mark.parametrize("character", ["\ud800", "\0", "\x1b"])
@pytest.mark.parametrize(
    ("lie", "code"),
    [
        (lambda h, c: {"token": said(h.tokens(scope=f"{' '.join(h.scopes)} {c}"))}, None),
        (lambda h, c: {"token": named(h, f"Riley{c}".replace("\ud800", "\x7f"))}, "connected"),
        (lambda h, c: {"connections": said([h.organisation(tenantName=f"A{c}")])}, "connected"),
        (lambda h, c: {"connections": said([h.organisation(tenantName=c)])}, None),
    ],
)
def test_text_that_cannot_be_stored_is_no_error_of_ours(
    app: Flask,
    client: Client,
    hostile: Hostile,
    lie: Callable[[Hostile, str], dict[str, Reply]],
    code: str | None,
    character: str,
) -> None:
    """Row A6: half a character is legal JSON."""
    if "token" in lie(hostile, character):
        hostile.token = lambda h: lie(h, character)["token"]
    else:
        hostile.connections = lambda h: lie(h, character)["connections"]

    way = come_back(client, hostile)

    attempt = the_only(app, Attempt)
    assert attempt.status == "finished"
    assert attempt.outcome == (code or attempt.outcome)
    assert page_of(client, way)


def named(hostile: Hostile, name: str) -> Reply:
    return said(hostile.tokens(id_token=signed(hostile.claims(given_name=name))))


def test_a_database_that_is_busy_is_asked_again(
    app: Flask, client: Client, hostile: Hostile
) -> None:
    """Xero gives these tokens once: they are not dropped because somebody else writes for long."""
    failures = iter([True])

    def refuse(*given: Any) -> None:
        if given[2].startswith("INSERT") and "refresh_sealed" in given[2] and next(failures, False):
            raise OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", refuse)

    come_back(client, hostile)

    assert next(failures, None) is None
    assert the_only(app, Attempt).outcome == "connected"
    assert stored(app) == (1, 1, 1)


def test_a_practice_is_not_an_organisation(app: Flask, client: Client, hostile: Hostile) -> None:
    hostile.connections = lambda h: said([h.organisation(tenantType="PRACTICE")])

    come_back(client, hostile)

    assert the_only(app, Attempt).outcome == "wrong_kind"
    assert count(app, Connection) == 0


def test_no_token_is_ever_shown(app: Flask, client: Client, hostile: Hostile) -> None:
    way = come_back(client, hostile)

    pages = page_of(client, way) + client.get("/connect/status").text
    assert ACCESS not in pages
    assert REFRESH not in pages
