"""Faults of the line, and answers that are no answer: over sockets, against the server of `make run`."""

import gzip
import http.client
import io
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import httpx
import pytest

from tests.faults_client import Faults
from tests.sandbox.dance import AMARA, RILEY
from tests.sandbox.online import Online, claims_of

KEYS = "/.well-known/openid-configuration/jwks"
TOO_LATE = "2001-01-01 00:00:00.000000"
PATHS = {
    "authorize": ("GET", "/identity/connect/authorize"),
    "decision": ("POST", "/identity/connect/authorize"),
    "code": ("POST", "/connect/token"),
    "revocation": ("POST", "/connect/revocation"),
    "jwks": ("GET", KEYS),
    "discovery": ("GET", "/.well-known/openid-configuration"),
    "userinfo": ("GET", "/connect/userinfo"),
    "connections": ("GET", "/Connections"),
    "disconnection": ("DELETE", "/connections/00000000-0000-4000-8000-000000000000"),
    "organisation": ("GET", "/api.xro/2.0/Organisation"),
}


@pytest.mark.parametrize("place", PATHS)
def test_each_place_can_be_armed_alone(online: Online, faults: Faults, place: str) -> None:
    armed = faults.arm(place, "refuse")
    others = {name: way for name, way in PATHS.items() if name != place}

    answered = {name: online.raw(path, method)[:8] for name, (method, path) in others.items()}
    method, path = PATHS[place]

    assert set(answered.values()) == {b"HTTP/1.1"}
    assert armed.met == 0
    assert online.raw(path, method) == b""
    assert online.raw(path, method).startswith(b"HTTP/1.1")
    assert (armed.met, armed.remaining) == (1, 0)


def test_tokens_for_a_code_and_for_a_refresh_token_are_two_places(
    online: Online, faults: Faults
) -> None:
    faults.arm("refresh", "failing")
    tokens = online.tokens(RILEY)
    assert online.refresh(tokens["refresh_token"]).status_code == 503

    faults.arm("token", "failing", times=2)
    assert online.redeem("any-code").status_code == 503
    assert online.refresh(tokens["refresh_token"]).status_code == 503
    assert online.refresh(tokens["refresh_token"]).status_code == 200


def test_a_call_that_is_hung_up_on_is_not_taken(online: Online, faults: Faults) -> None:
    code = online.code(RILEY)
    faults.arm("code", "refuse")

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        online.redeem(code)

    assert online.redeem(code).status_code == 200


def test_a_reset_is_a_reset(online: Online, faults: Faults) -> None:
    faults.arm("jwks", "reset")

    with pytest.raises(ConnectionResetError):
        online.raw(KEYS)

    assert online.raw(KEYS).startswith(b"HTTP/1.1 200")


def test_nobody_answers_for_a_while(online: Online, faults: Faults) -> None:
    faults.happen("gone", value="2")
    time.sleep(0.5)

    with pytest.raises(ConnectionRefusedError):
        online.raw(KEYS)
    time.sleep(2.5)

    assert online.raw(KEYS).startswith(b"HTTP/1.1 200")


def test_another_address_of_this_machine_leads_nowhere(online: Online) -> None:
    """The server listens at one loopback address, and so at none that others reach."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", online.settings.port), timeout=2)


def test_a_refresh_token_rotates_although_the_answer_is_lost(
    online: Online, faults: Faults
) -> None:
    token = online.tokens(RILEY)["refresh_token"]
    faults.arm("refresh", "lost")

    with pytest.raises(httpx.RemoteProtocolError):
        online.refresh(token)

    spent = "SELECT count(*) FROM refresh_token WHERE first_used_at IS NOT NULL"
    assert online.rows(spent) == [(1,)]
    # Within half an hour the same token gets another pair.
    assert online.refresh(token).status_code == 200
    online.rows("UPDATE refresh_token SET first_used_at = ?", TOO_LATE)
    assert online.refresh(token).json() == {"error": "invalid_grant"}


def test_a_code_is_spent_although_the_answer_is_lost(online: Online, faults: Faults) -> None:
    code = online.code(RILEY)
    faults.arm("code", "lost")

    with pytest.raises(httpx.RemoteProtocolError):
        online.redeem(code)

    assert online.redeem(code).json() == {"error": "invalid_grant"}
    assert online.rows("SELECT count(*) FROM connection") == [(1,)]


def test_a_connection_ends_although_the_answer_is_lost(online: Online, faults: Faults) -> None:
    access = online.tokens(RILEY)["access_token"]
    path = f"/connections/{online.connections(access)[0]['id']}"
    faults.arm("disconnection", "lost")

    with pytest.raises(httpx.RemoteProtocolError):
        online.call(path, access, "DELETE")

    assert online.connections(access) == []


def test_an_answer_comes_late_and_nobody_else_waits_for_it(online: Online, faults: Faults) -> None:
    token = online.tokens(RILEY)["refresh_token"]
    faults.stay("refresh", "delay", seconds=1, work="first")

    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{online.origin}/connect/token",
            data={"grant_type": "refresh_token", "refresh_token": token},
            auth=(online.settings.client_id, online.settings.client_secret),
            timeout=0.5,
        )
    began = time.monotonic()
    online.code(AMARA, "Osei & Partners")
    assert online.rows("SELECT count(*) FROM refresh_token") == [(2,)]
    assert time.monotonic() - began < 5

    began = time.monotonic()
    assert online.refresh(token).status_code == 200
    assert time.monotonic() - began >= 1


def test_the_work_is_done_late_as_well(online: Online, faults: Faults) -> None:
    code = online.code(RILEY)
    faults.arm("code", "delay", seconds=1, work="last")
    spent = "SELECT count(*) FROM authorization_code WHERE used_at IS NOT NULL"

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(online.redeem, code)
        time.sleep(0.5)
        before = online.rows(spent)

    assert (before, online.rows(spent)) == ([(0,)], [(1,)])
    assert answer.result().status_code == 200


def test_somebody_waits_before_nobody_answers(online: Online, faults: Faults) -> None:
    faults.arm("jwks", "delay", seconds=0.5)
    faults.arm("jwks", "refuse")
    began = time.monotonic()

    assert online.raw(KEYS) == b""
    assert time.monotonic() - began > 0.5


def test_an_answer_drips(online: Online, faults: Faults) -> None:
    faults.arm("discovery", "drip", seconds=0.002)
    began = time.monotonic()

    with online.client.stream("GET", "/.well-known/openid-configuration") as answer:
        chunks = list(answer.iter_raw())

    assert len(chunks) > 100
    assert time.monotonic() - began > 0.002 * sum(map(len, chunks))


@pytest.mark.parametrize("announced", ["whole", "half"])
def test_half_of_an_answer_is_cut_off(online: Online, faults: Faults, announced: str) -> None:
    code = online.code(RILEY)
    faults.arm("code", "truncated", announced=announced)

    if announced == "whole":
        with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
            online.redeem(code)
    else:
        answer = online.redeem(code)
        assert answer.status_code == 200
        assert answer.text.startswith('{"id_token"')
        assert not answer.text.rstrip().endswith("}")
    assert online.redeem(code).status_code == 400


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("503", "text/plain"),
        ("500", "application/json"),
        ("502", "text/html"),
        ("504", "text/html"),
    ],
)
def test_xero_has_trouble_of_its_own(
    online: Online, faults: Faults, status: str, kind: str
) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(minutes=1), usegmt=True)  # noqa: TID251
    for retry_after in ("7", moment, "99999999999999999999", "soon", ""):
        faults.arm("jwks", "failing", status=status, retry_after=retry_after)
        answer = online.keys()
        assert answer.status_code == int(status)
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers.get("Retry-After", "") == retry_after

    assert online.keys().status_code == 200


@pytest.mark.parametrize("problem", ["minute", "day", "concurrent", "appminute", "app-minute"])
def test_there_were_too_many_calls(online: Online, faults: Faults, problem: str) -> None:
    access = online.tokens(RILEY)["access_token"]
    faults.arm("connections", "rate_limited", problem=problem)

    answer = online.call("/connections", access)

    assert answer.status_code == 429
    assert answer.headers["X-Rate-Limit-Problem"] == problem
    assert answer.headers["Retry-After"] == "22"
    left = {
        header: answer.headers[f"X-{header}-Remaining"]
        for header in ("MinLimit", "DayLimit", "AppMinLimit")
    }
    assert list(left.values()).count("0") == (0 if problem == "concurrent" else 1)
    assert answer.content == b""


def test_too_many_calls_are_told_in_json(online: Online, faults: Faults) -> None:
    faults.arm("code", "rate_limited", body="json", retry_after="")

    answer = online.redeem("any-code")

    assert answer.status_code == 429
    assert "error" not in answer.json()
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize(("fault", "status"), [("html", 200), ("edge", 403)])
def test_a_page_comes_instead_of_json(
    online: Online, faults: Faults, fault: str, status: int
) -> None:
    code = online.code(RILEY)
    faults.arm("token", fault)

    answer = online.redeem(code)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!DOCTYPE html>")
    assert online.redeem(code).status_code == 200


def test_json_is_empty(online: Online, faults: Faults) -> None:
    faults.arm("code", "empty_object")

    answer = online.redeem("any-code")

    assert (answer.status_code, answer.json()) == (200, {})


def test_json_holds_bytes_that_are_no_text(online: Online, faults: Faults) -> None:
    faults.arm("any", "bad_utf8")

    with pytest.raises(UnicodeDecodeError):
        online.keys().content.decode()


def test_an_answer_is_huge(online: Online, faults: Faults) -> None:
    faults.arm("jwks", "huge")
    length = 0

    with online.client.stream("GET", KEYS) as answer:
        assert "Content-Length" not in answer.headers
        for chunk in answer.iter_raw():
            length += len(chunk)

    assert length > 200 * 1024 * 1024


def test_somebody_leaves_in_the_middle_of_a_huge_answer(online: Online, faults: Faults) -> None:
    faults.arm("jwks", "huge", megabytes=1024)

    with online.client.stream("GET", KEYS) as answer:
        next(answer.iter_raw())

    assert online.keys().status_code == 200


def test_a_small_answer_unpacks_into_a_huge_one(online: Online, faults: Faults) -> None:
    faults.arm("jwks", "gzip_bomb", megabytes=50)

    with online.client.stream("GET", KEYS) as answer:
        packed = b"".join(answer.iter_raw())

    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(packed) < 1024 * 1024
    with gzip.open(io.BytesIO(packed)) as unpacked:
        assert sum(len(chunk) for chunk in iter(lambda: unpacked.read(1 << 20), b"")) > 50 << 20


def test_a_call_is_redirected(online: Online, faults: Faults) -> None:
    faults.arm("code", "redirected", to="http://127.0.0.2:8219/elsewhere")

    answer = online.redeem("any-code")

    assert (answer.status_code, answer.headers["Location"]) == (
        307,
        "http://127.0.0.2:8219/elsewhere",
    )


@pytest.mark.parametrize("seconds", [90, -90, 86_400])
def test_the_clock_is_wrong(online: Online, faults: Faults, seconds: int) -> None:
    code = online.code(RILEY)
    faults.arm("code", "clock", seconds=seconds)
    truth = time.time()

    answer = online.redeem(code)

    claims = claims_of(answer.json()["id_token"])
    assert abs(claims["iat"] - truth - seconds) < 5
    assert claims["exp"] - claims["iat"] == 300
    told = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    assert abs(told - truth - seconds) < 5
    now = parsedate_to_datetime(online.keys().headers["Date"]).timestamp()
    assert abs(now - truth) < 5


def test_a_wrong_clock_goes_with_a_lie_and_a_late_answer(online: Online, faults: Faults) -> None:
    code = online.code(RILEY)
    faults.arm("any", "clock", seconds=40)
    faults.arm("code", "delay", seconds=0.3)
    faults.arm("code", "no_refresh_token")
    began = time.monotonic()

    tokens = online.redeem(code).json()

    assert time.monotonic() - began > 0.3
    assert "refresh_token" not in tokens
    assert claims_of(tokens["access_token"])["iat"] > time.time() + 30


def test_the_servers_own_words_hold_no_codes_and_no_traces(online: Online, faults: Faults) -> None:
    for fault in ("refuse", "reset", "lost"):
        faults.arm("jwks", fault)
        with pytest.raises((http.client.HTTPException, ConnectionError, AssertionError)):
            assert online.raw(KEYS)
    online.code(RILEY)

    said = (online.settings.database.parent / "said.txt").read_text()

    assert said == ""
