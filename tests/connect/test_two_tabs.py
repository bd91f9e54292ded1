"""One reader with two tabs, both of which come back at the same moment, and the database lets both in."""

import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.connect.conftest import ARTICLE, pause, serving
from tests.connect.hostile import Hostile, Reply, at_hash, said, signed
from xero_onboard.config import Settings
from xero_onboard.connect.models import Attempt, Connection
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Meeting(Hostile):
    """Answers neither tab before both have asked; the code says which tab it is."""

    def meet(self, nonces: dict[str, str], logins: dict[str, str], tenants: list[int]) -> None:
        self.together = threading.Barrier(2)
        self.nonces, self.logins, self.tenants = nonces, logins, iter(tenants)
        self.connections = Meeting.next_organisation

    def answer(self, path: str, body: bytes) -> Reply:
        form = parse_qs(body.decode())
        if path != "/connect/token" or form.get("code", [""])[0] not in ("one", "two"):
            return super().answer(path, body)
        self.together.wait(5)
        code = form["code"][0]
        access = f"access-{code}"
        claims = self.claims(
            nonce=self.nonces[code], xero_userid=self.logins[code], at_hash=at_hash(access)
        )
        return said(self.tokens(id_token=signed(claims), access_token=access))

    def next_organisation(self) -> Reply:
        number = next(self.tenants)
        self.together.wait(5)
        today = now().strftime("%Y-%m-%dT%H:%M:%S.0000000")
        return said([self.organisation(number, updatedDateUtc=today)])


@pytest.fixture
def provider(settings: Settings, provider_port: int) -> Iterator[Meeting]:
    xero = settings.xero
    played = Meeting(xero.identity_url, xero.client_id, xero.client_secret, xero.scopes)
    with serving(played, provider_port):
        yield played


def pressed(browser: FlaskClient, path: str = "/connect/xero") -> dict[str, str]:
    """Press the button; what Xero is asked."""
    location = browser.post(path, data={"next": ARTICLE}, headers=SAME_ORIGIN).location
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def signed_in(app: Flask, provider: Meeting) -> FlaskClient:
    """A reader's browser, with nothing connected."""
    app.test_client_class = FlaskClient
    browser = app.test_client()
    asked = pressed(browser, "/sign-in/xero")
    provider.nonce = asked["nonce"]
    browser.get(f"/sign-in/sandbox/callback?code=a-code&state={asked['state']}")
    return browser


def come_back_together(
    app: Flask, browser: FlaskClient, asked: dict[str, dict[str, str]]
) -> list[int]:
    """Both tabs open their callback; what they are answered with."""
    cookie, answers = browser.get_cookie("sid"), []
    assert cookie is not None

    def come_back(code: str, state: str) -> None:
        tab = app.test_client()
        tab.set_cookie("sid", cookie.value)
        path = f"/connect/sandbox/callback?code={code}&state={state}"
        answers.append(tab.get(path).status_code)

    threads = [
        threading.Thread(target=come_back, args=(code, asked[code]["state"])) for code in asked
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def outcomes(app: Flask) -> list[str | None]:
    with app.app_context():
        query = select(Attempt.outcome).where(Attempt.purpose == "connect")
        return sorted(db.session.scalars(query), key=str)


def selected(app: Flask) -> list[bool]:
    with app.app_context():
        return sorted(db.session.scalars(select(Connection.is_selected)))


def both(app: Flask, provider: Meeting, logins: tuple[str, str], tenants: list[int]) -> list[int]:
    browser = signed_in(app, provider)
    asked = {"one": pressed(browser)}
    pause(app)
    asked["two"] = pressed(browser)
    provider.meet(
        {code: asked[code]["nonce"] for code in asked},
        dict(zip(("one", "two"), logins, strict=True)),
        tenants,
    )
    return come_back_together(app, browser, asked)


def test_two_organisations_of_two_logins_are_both_connected(app: Flask, provider: Meeting) -> None:
    """Nothing was selected yet, and only one of them may be."""
    assert both(app, provider, ("login-1", "login-2"), [1, 2]) == [303, 303]

    assert set(outcomes(app)) <= {"connected", "connected_another"}
    assert selected(app) == [False, True]


def test_one_organisation_of_two_logins_is_the_readers_own(app: Flask, provider: Meeting) -> None:
    assert both(app, provider, ("login-1", "login-2"), [1, 1]) == [303, 303]

    assert outcomes(app) == ["connected", "take_over"]
    assert selected(app) == [True]


def test_one_login_is_stored_once_and_both_organisations_kept(
    app: Flask, provider: Meeting
) -> None:
    assert both(app, provider, ("login-1", "login-1"), [1, 2]) == [303, 303]

    assert set(outcomes(app)) <= {"connected", "connected_another"}
    assert len(selected(app)) == 2
