"""Coming back from Xero, honestly and otherwise."""

import logging
import threading
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.connect.conftest import ARTICLE, Served, Visitor, count, pause, the_only
from tests.disguises import DISGUISES
from xero_onboard.accounts.models import User
from xero_onboard.connect import vault
from xero_onboard.connect.models import Attempt, Connection, Grant
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

PAYLOAD = "<script>alert(1)</script>"


def state_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


def stored(app: Flask) -> tuple[int, int, int]:
    return count(app, User), count(app, Grant), count(app, Connection)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "unknown_attempt"),
        ({"code": "a-code"}, "unknown_attempt"),
        ({"code": "a-code", "state": "never-given"}, "unknown_attempt"),
        ({"error": "access_denied"}, "unknown_attempt"),
        ({"error": PAYLOAD, "error_description": PAYLOAD, "state": PAYLOAD}, "unknown_attempt"),
        ({"code": "a-code", "state": "x" * 5000}, "unknown_attempt"),
        ({"code": "a-code", "state": ["one", "two"]}, "unknown_attempt"),
    ],
)
def test_a_callback_without_a_state_of_ours_does_nothing(
    app: Flask, riley: Visitor, xero: Served, query: dict[str, str], code: str
) -> None:
    """Row A1: forged callbacks, whatever they bring."""
    riley.press_connect()

    way = riley.come_back(f"/connect/sandbox/callback?{urlencode(query, doseq=True)}")

    page = riley.client.get(way)
    assert (way, page.status_code) == (f"/connect/problem/{code}", 400)
    assert "Connect to Xero" in page.text
    assert PAYLOAD not in page.text
    assert xero.asked("/connect/token") == 0
    assert stored(app) == (0, 0, 0)
    assert the_only(app, Attempt).status == "redirected"


def test_a_callback_in_another_browser_is_refused_and_uses_nothing_up(
    app: Flask, riley: Visitor, amara: Visitor, xero: Served
) -> None:
    """Row A1: another browser's state, with and without a session of its own."""
    callback = riley.person.allow(riley.press_connect())
    amara.press_connect()

    for stranger in (amara.client, app.test_client()):
        assert stranger.get(callback).location == "/connect/problem/other_browser"
    assert xero.asked("/connect/token") == 0

    assert riley.come_back(callback).startswith(ARTICLE)
    assert the_only(app, Connection).name == "Riley's Roastery"


def test_the_state_is_looked_at_before_the_error(app: Flask, riley: Visitor) -> None:
    """Row A1: an error of somebody else's making does not end the reader's attempt."""
    url = riley.press_connect()

    riley.come_back("/connect/sandbox/callback?error=access_denied&state=forged")
    assert the_only(app, Attempt).status == "redirected"

    way = riley.come_back(
        "/connect/sandbox/callback?"
        + urlencode({"error": "x", "error_description": PAYLOAD, "state": state_of(url)})
    )
    page = riley.read(way)
    assert "Xero stopped before it finished" in page
    assert PAYLOAD not in page


def test_declining_returns_to_the_article_and_says_so(app: Flask, riley: Visitor) -> None:
    way = riley.come_back(riley.person.cancel(riley.press_connect()))

    assert way.startswith(f"{ARTICLE}?attempt=")
    assert way.endswith("#connect")
    assert the_only(app, Attempt).outcome == "declined"
    assert "Nothing was connected" in riley.read(way)
    assert stored(app) == (0, 0, 0)


def test_a_replayed_callback_shows_the_first_result(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    """Row A2: the same address again, and by the cookie from before."""
    callback = riley.person.allow(riley.press_connect())
    before = riley.client.get_cookie("sid")
    assert before is not None

    first = riley.come_back(callback)
    assert riley.come_back(callback) == first

    thief = app.test_client()
    thief.set_cookie("sid", before.value)
    assert thief.get(callback).location == "/connect/problem/other_browser"
    assert xero.asked("/connect/token") == 1
    assert stored(app) == (1, 1, 1)


def test_of_twenty_callbacks_at_once_one_is_exchanged(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    """Row A2: double clicks, reloads and impatient browsers."""
    callback = riley.person.allow(riley.press_connect())
    cookie = riley.client.get_cookie("sid")
    assert cookie is not None
    app.test_client_class = FlaskClient
    start, ways = threading.Barrier(20), []

    def open_callback() -> None:
        browser = app.test_client()
        browser.set_cookie("sid", cookie.value)
        start.wait()
        ways.append(browser.get(callback).location)

    threads = [threading.Thread(target=open_callback) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    attempt = the_only(app, Attempt)
    assert xero.asked("/connect/token") == 1
    assert set(ways) <= {
        f"{ARTICLE}?attempt={attempt.id}#connect",
        "/connect/problem/other_browser",
    }
    assert ways.count(f"{ARTICLE}?attempt={attempt.id}#connect") >= 1
    assert stored(app) == (1, 1, 1)


def test_coming_back_after_ten_minutes_is_too_late(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    """Row A2: a state lives ten minutes at most."""
    callback = riley.person.allow(riley.press_connect())
    with app.app_context():
        db.session.execute(update(Attempt).values(started_at=now() - timedelta(minutes=11)))
        db.session.commit()

    riley.come_back(callback)

    assert the_only(app, Attempt).outcome == "attempt_expired"
    assert xero.asked("/connect/token") == 0


def test_the_verifier_leaves_no_trace(
    app: Flask, riley: Visitor, caplog: pytest.LogCaptureFixture, settings_folder: Path
) -> None:
    """Row A3: not in a cookie, a log, a page or the database."""
    caplog.set_level(logging.DEBUG)
    url = riley.press_connect()
    query = parse_qs(urlsplit(url).query)
    attempt = the_only(app, Attempt)
    with app.app_context():
        verifier = unsealed_verifier(attempt)

    riley.come_back(riley.person.allow(url))

    assert query["code_challenge_method"] == ["S256"]
    assert len(verifier) >= 43
    assert verifier not in caplog.text
    assert verifier not in str(riley.client.get_cookie("sid"))
    for file in settings_folder.iterdir():
        assert verifier.encode() not in file.read_bytes()


def test_a_code_from_another_attempt_is_refused(app: Flask, riley: Visitor, xero: Served) -> None:
    """Row A3: an intercepted code is worth nothing without the verifier it was asked for with."""
    code = parse_qs(urlsplit(riley.person.allow(riley.press_connect())).query)["code"][0]
    pause(app)
    state = state_of(riley.press_connect())

    way = riley.come_back(f"/connect/sandbox/callback?code={code}&state={state}")

    assert "Xero asked us to start again" in riley.read(way)
    assert stored(app) == (0, 0, 0)


def test_an_answer_from_another_issuer_is_refused(app: Flask, riley: Visitor, xero: Served) -> None:
    """Row A4: the mix-up attack."""
    callback = riley.person.allow(riley.press_connect())

    riley.come_back(f"{callback}&iss=https%3A%2F%2Fevil.example")

    assert the_only(app, Attempt).outcome == "bad_identity"
    assert xero.asked("/connect/token") == 0


def test_our_own_issuer_is_accepted(app: Flask, riley: Visitor, xero: Served) -> None:
    callback = riley.person.allow(riley.press_connect())

    riley.come_back(f"{callback}&{urlencode({'iss': xero.origin})}")

    assert the_only(app, Attempt).outcome == "connected"


def test_the_callbacks_of_signing_in_and_connecting_do_not_mix(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    """Row A4: each has a path of its own, and neither takes the other's state."""
    url = riley.press_connect()

    answer = riley.client.get(f"/sign-in/sandbox/callback?code=a&state={state_of(url)}")

    assert answer.location == "/connect/problem/unknown_attempt"
    assert the_only(app, Attempt).status == "redirected"


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}],
)
def test_fetching_ahead_uses_nothing_up(
    app: Flask, riley: Visitor, headers: dict[str, str]
) -> None:
    callback = riley.person.allow(riley.press_connect())

    assert riley.client.get(callback, headers=headers).status_code == 204
    assert riley.client.head(callback).status_code == 204
    assert the_only(app, Attempt).status == "redirected"


@pytest.mark.parametrize("evil", DISGUISES)
def test_the_way_back_is_one_of_our_pages(app: Flask, riley: Visitor, evil: str) -> None:
    """Row A8: an address from outside, in sixteen disguises."""
    answer = riley.client.post("/connect/xero", data={"next": evil})
    if answer.status_code == 400:
        return

    way = riley.come_back(riley.person.cancel(answer.location))

    assert way.startswith("/?attempt=")


def test_the_redirect_address_comes_from_the_settings(riley: Visitor) -> None:
    """Row A8: a forged Host changes nothing."""
    answer = riley.client.post("/connect/xero", data={"next": "/connect"}, headers={"Host": "evil"})
    assert answer.status_code == 400

    asked = parse_qs(urlsplit(riley.press_connect()).query)
    assert asked["redirect_uri"] == ["http://localhost:8000/connect/sandbox/callback"]


@pytest.mark.parametrize("anchor", ["connect#x", "<b>", "a b", "x" * 61, "connect\nx"])
def test_the_anchor_is_a_plain_name(app: Flask, riley: Visitor, anchor: str) -> None:
    answer = riley.client.post("/connect/xero", data={"next": "/connect", "anchor": anchor})

    assert answer.status_code == 400 or the_only(app, Attempt).anchor == ""


def test_the_same_address_at_another_provider_is_another_person(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    """Row A9: an account is never found by its e-mail address."""
    with app.app_context():
        db.session.add(User(name="The victim", email="riley@practice.example"))
        db.session.commit()

    riley.connect()

    assert count(app, User) == 2
    assert the_only(app, Connection).connected_by == "Riley Reed"


def unsealed_verifier(attempt: Attempt) -> str:
    return vault.unseal(
        "attempt", attempt.id, "verifier", attempt.environment, attempt.verifier_sealed
    )
