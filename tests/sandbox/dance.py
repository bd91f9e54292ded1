"""The two who dance with the practice Xero: a person's browser, and the app's backend."""

import re
from base64 import b64encode
from dataclasses import dataclass
from html import unescape
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask
from sqlalchemy import Executable
from werkzeug.test import TestResponse

from tests.client import Client
from xero_onboard.sandbox import people, second_step, totp
from xero_onboard.sandbox.models import Person
from xero_onboard.sandbox.settings import settings
from xero_onboard.sandbox.store import store, write

RILEY = "riley@practice.example"
AMARA = "amara@practice.example"
CASEY = "casey@practice.example"
ROBIN = "robin@practice.example"

CALLBACK = "http://localhost:8000/connect/sandbox/callback"
SCOPES = (
    "openid profile email offline_access "
    "accounting.contacts accounting.invoices accounting.payments accounting.settings.read"
)


def authorize_address(xero: Flask, **changes: str | None) -> str:
    """Where the app sends somebody; a change to None leaves the value out."""
    with xero.app_context():
        values = {
            "response_type": "code",
            "client_id": settings().client_id,
            "redirect_uri": CALLBACK,
            "scope": SCOPES,
            "state": "state-of-the-app",
            **changes,
        }
    present = {name: value for name, value in values.items() if value is not None}
    return f"/identity/connect/authorize?{urlencode(present)}"


def change(xero: Flask, statement: Executable) -> None:
    """Make it later, or otherwise, in the practice store."""
    with xero.app_context():
        write()
        store.session.execute(statement)
        store.session.commit()


def person(xero: Flask, email: str) -> Person:
    """The person as the store has them now."""
    with xero.app_context():
        found = people.find(email)
        assert found
        return found


@dataclass
class Browser:
    """A person at the practice Xero's pages."""

    xero: Flask

    def __post_init__(self) -> None:
        self.client = cast(Client, self.xero.test_client())

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, follow_redirects=True)

    def post(self, address: str, **fields: str) -> TestResponse:
        return self.client.post(address, data=fields, follow_redirects=True)

    def begin(self, email: str, goes_on_to: str = "/connected-apps") -> TestResponse:
        """Type email address and password."""
        return self.post(
            "/identity/user/login", email=email, password=people.PASSWORD, ReturnUrl=goes_on_to
        )

    def log_in(self, email: str, goes_on_to: str = "/connected-apps") -> TestResponse:
        """All the way in, by the shortest way this person has."""
        page = self.begin(email, goes_on_to)
        if page.request.path == "/account/two-step-authentication":
            return self.post(page.request.path, code=self.phone(email))
        if email == CASEY:
            return self.set_up()
        return self.post("/account/set-up/not-now")

    def set_up(self, style: str = "multi-factor") -> TestResponse:
        """Two-step by questions, from the offer on."""
        self.confirm_app(style)
        self.post(f"/account/set-up/{style}/questions", **QUESTIONS)
        return self.get("/identity/user/go-on")

    def confirm_app(self, style: str = "multi-factor") -> TestResponse:
        """Put the key shown into an app, and type the code it shows."""
        page = self.get(f"/account/set-up/{style}/app").text
        key = re.search(r'<code id="key">([A-Z2-7 ]+)</code>', page)
        assert key
        code = totp.code_at(key[1].replace(" ", ""), totp.current_step())
        return self.post(f"/account/set-up/{style}/code", code=code)

    def phone(self, email: str) -> str:
        """The code that this person's authenticator app shows."""
        with self.xero.app_context():
            found = people.find(email)
            code = second_step.next_code(found) if found else None
        assert code
        return code

    def mail(self, to: str) -> str:
        """The code in the newest email to this address."""
        page = self.client.get("/inbox", query_string={"to": to}).text
        found = re.search(r'<strong class="code">(\d{6})</strong>', page)
        assert found
        return found[1]

    def decide(self, decision: str, organisation: str = "", **changes: str | None) -> TestResponse:
        """Press a button of the consent page; the organisation is chosen by its name."""
        address = authorize_address(self.xero, **changes)
        page = unescape(self.client.get(address).text)
        chosen = re.search(rf'<option value="([^"]+)">{re.escape(organisation)}</option>', page)
        fields = {"decision": decision, "organisation": chosen[1] if chosen else ""}
        return self.client.post(address, data=fields)

    def allow(self, organisation: str, **changes: str | None) -> str:
        """Allow access to this organisation, and return the code the app gets."""
        return came_back(self.decide("allow", organisation, **changes))["code"]


@dataclass
class Backend:
    """The app that was registered at the practice Xero."""

    xero: Flask

    def __post_init__(self) -> None:
        self.client = self.xero.test_client()

    @property
    def secrets(self) -> dict[str, str]:
        with self.xero.app_context():
            return {"client_id": settings().client_id, "client_secret": settings().client_secret}

    @property
    def basic(self) -> dict[str, str]:
        pair = ":".join(self.secrets.values())
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def token(self, **fields: str) -> TestResponse:
        return self.client.post("/connect/token", data=fields, headers=self.basic)

    def redeem(self, code: str, **changes: str) -> TestResponse:
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return self.token(**fields | changes)

    def refresh(self, token: str) -> TestResponse:
        return self.token(grant_type="refresh_token", refresh_token=token)

    def revoke(self, token: str) -> TestResponse:
        return self.client.post("/connect/revocation", data={"token": token}, headers=self.basic)

    def call(self, address: str, token: str, method: str = "GET", **headers: str) -> TestResponse:
        headers["Authorization"] = f"Bearer {token}"
        return self.client.open(address, method=method, headers=headers)

    def connections(self, token: str) -> list[dict[str, Any]]:
        return cast(list[dict[str, Any]], self.call("/connections", token).get_json())

    def organisation(self, token: str, tenant: str) -> TestResponse:
        headers = {"xero-tenant-id": tenant}
        return self.call("/api.xro/2.0/Organisation", token, **headers)


QUESTIONS = {
    "question_1": "What was the name of your first pet?",
    "answer_1": "Biscuit",
    "question_2": "In which town did your parents meet?",
    "answer_2": "Ballarat",
    "question_3": "What was the name of your first school?",
    "answer_3": "Hillside7",
}
ANSWERS = {name: value for name, value in QUESTIONS.items() if name.startswith("answer")}


def came_back(response: TestResponse) -> dict[str, str]:
    """What the browser carries back to the app."""
    assert response.status_code == 302, response.text
    assert response.location.startswith(f"{CALLBACK}?")
    return dict(parse_qsl(urlsplit(response.location).query, strict_parsing=True))


def heading(page: TestResponse) -> str:
    """The words of the page's h1."""
    found = re.search(r"<h1>\s*(.*?)\s*</h1>", page.text, re.DOTALL)
    assert found, page.text
    return unescape(found[1])


def problem(page: TestResponse) -> str:
    """The sentence above the form."""
    assert page.status_code == 422
    found = re.search(r'<div class="problem" role="alert">(.*?)</div>', page.text, re.DOTALL)
    assert found, page.text
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())
