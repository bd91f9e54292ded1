"""People made on the command line, as an operator makes them, and signed in by the pages."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

import pyotp
from click.testing import Result
from flask import Flask

from tests.client import Client
from xero_onboard.accounts import people, second_step
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit

ADA, EDDIE, RILEY = "ada@example.com", "eddie@example.com", "riley@example.com"


@dataclass(frozen=True)
class Account:
    """Somebody's account: what they know, and what their phone knows if they have a second step."""

    email: str
    password: str
    id: UUID
    secret: str | None = None

    def sign_in(self, app: Flask, client: Client | None = None) -> Client:
        """A browser in which they have given every proof they have."""
        browser = client or cast(Client, app.test_client())
        first = browser.post("/sign-in/password", data=self.proof)
        assert first.status_code == 303, first.get_data(as_text=True)
        if self.secret:
            # A code counts once, so that whoever signs in twice within half a minute needs the next.
            codes = (pyotp.TOTP(self.secret).at(_now() + later) for later in (0, 30))
            answers = (browser.post("/sign-in/second-step", data={"code": each}) for each in codes)
            assert any(answer.status_code == 303 for answer in answers)
        return browser

    @property
    def proof(self) -> dict[str, str]:
        return {"email": self.email, "password": self.password}


def run(app: Flask, *words: str) -> Result:
    """`flask users …`, with everything it says in `output`."""
    return app.test_cli_runner().invoke(args=["users", *words])


def make(app: Flask, email: str, role: str = "reader", *, has_second_step: bool = False) -> Account:
    """An account, and an authenticator app if asked for."""
    name = email.partition("@")[0].capitalize()
    said = run(app, "create", email, "--name", f"{name} Testperson", "--role", role)
    assert said.exit_code == 0, said.output
    password = said.output.strip().rpartition(" ")[2]
    with app.app_context():
        user_id = people.whom(email)
    secret = set_up(app, user_id) if has_second_step else None
    return Account(email, password, user_id, secret)


def set_up(app: Flask, user_id: UUID) -> str:
    """Give this user an authenticator app; the key that is in their phone."""
    secret = second_step.new_secret()
    with app.app_context():
        begin_write()
        # The half minute before now: the present one and the next are still to be used.
        assert second_step.confirm(user_id, secret, pyotp.TOTP(secret).at(_now() - 30))
        commit()
    return secret


def _now() -> int:
    return int(now().timestamp())
