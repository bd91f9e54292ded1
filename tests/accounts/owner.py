"""Somebody with an account and a phone, who does with them what owners do."""

import json
import re
from datetime import timedelta
from typing import Any, cast

import pyotp
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests import mailbox
from tests.accounts.device import Device
from tests.client import Client
from xero_onboard.accounts.models import Authenticator, Password, StoredSession, User
from xero_onboard.lib.audit.models import Entry
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

ROBIN = "robin@example.com"
PASSWORD = "velvet-harbour-quill-91"
NEW_PASSWORD = "copper thistle lagoon 47 march"
_CODES = re.compile(r"<code>((?:[A-Z2-7]{4}-){3}[A-Z2-7]{4})</code>")
_KEY = re.compile(r"<code[^>]*>((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})</code>")


class Owner:
    """One person with one browser at a time, and an authenticator app."""

    def __init__(self, app: Flask, login: str = ROBIN, name: str = "Robin Hale") -> None:
        self.app, self.login, self.name, self.password = app, login, name, PASSWORD
        self.browser = self.another_browser()
        self.key = self.typed = ""
        self.recovery_codes: list[str] = []

    def sign_up(self) -> "Owner":
        """Register, with the code out of the mailbox."""
        form = {"name": self.name, "email": self.login, "password": self.password}
        self.browser.post("/register", data=form)
        code = mailbox.code(self.app, self.login)
        assert self.browser.post("/register/code", data={"code": code}).status_code == 303
        return self

    def another_browser(self) -> Client:
        return cast(Client, self.app.test_client())

    def enter(self, browser: Client | None = None) -> Client:
        """Sign in with the password; half only, if there is a second step."""
        used = browser or self.another_browser()
        answer = used.post(
            "/sign-in/password", data={"email": self.login, "password": self.password}
        )
        assert answer.status_code == 303, answer.text
        return used

    def enter_fully(self) -> Client:
        """Sign in with both steps."""
        used = self.enter()
        answer = used.post("/sign-in/second-step", data={"code": self.code()})
        assert answer.status_code == 303, answer.text
        return used

    def set_up_app(self, browser: Client | None = None) -> list[str]:
        """Scan the key, type the code; the recovery codes that are shown."""
        used = browser or self.browser
        self.scan(used)
        answer = used.post("/account/two-step", data={"code": self.code()})
        assert answer.status_code == 200, answer.text
        return codes_in(answer)

    def scan(self, browser: Client) -> None:
        """Take the key that this browser is shown."""
        found = _KEY.search(browser.get("/account/two-step").text)
        assert found is not None
        self.key = found[1].replace(" ", "")

    def code(self) -> str:
        """What the app shows; and nothing that it has shown before, as if half a minute had passed."""
        with self.app.app_context():
            # Time is not patched: the account forgets which codes were used instead.
            db.session.execute(update(Authenticator).values(last_step=0))
            db.session.commit()
        self.typed = self.shown()
        return self.typed

    def shown(self) -> str:
        """What the app shows now, used before or not."""
        return pyotp.TOTP(self.key).now()

    def add_passkey(self, device: Device, browser: Client | None = None) -> TestResponse:
        used = browser or self.browser
        options = options_from(used, "/account/passkeys/options")
        return used.post(
            "/account/passkeys", data={"name": "Phone", "answer": device.make(options)}
        )


def options_from(browser: Client, path: str) -> dict[str, Any]:
    """What a page would ask the device for."""
    answer = browser.post(path)
    assert answer.status_code == 200, answer.text
    options: dict[str, Any] = json.loads(answer.data)
    return options


def codes_in(answer: TestResponse) -> list[str]:
    """The recovery codes on a page."""
    return _CODES.findall(answer.text)


def is_in(browser: Client) -> bool:
    """Whether somebody is signed in here."""
    return browser.get("/account").status_code == 200


def grow_stale(app: Flask) -> None:
    """Let twenty minutes pass since everybody proved who they are."""
    with app.app_context():
        for row in db.session.scalars(select(StoredSession)):
            past = int(now().timestamp()) - 20 * 60
            row.content = {**row.content, "proved_at": past}
        db.session.commit()


def give_role(app: Flask, login: str, role: str) -> None:
    """Make somebody support staff or an administrator."""
    with app.app_context():
        db.session.execute(update(User).where(User.email == login).values(role=role))
        db.session.commit()


def events(app: Flask) -> list[str]:
    """What the audit log has noted, in order."""
    with app.app_context():
        return list(db.session.scalars(select(Entry.event).order_by(Entry.number)))


def let_password_settle(app: Flask) -> None:
    """Three days pass, in which nobody took back the password that was added."""
    with app.app_context():
        db.session.execute(update(Password).values(added_at=now() - timedelta(hours=73)))
        db.session.commit()


def choose_a_password(app: Flask, browser: Client, address: str) -> None:
    """For an account that has none."""
    form = {"email": address, "password": NEW_PASSWORD}
    assert browser.post("/account/password", data=form).status_code == 303
    code = {"code": mailbox.code(app, address)}
    assert browser.post("/account/password/code", data=code).status_code == 303
