"""What the log says while people connect: nothing that opens anything, and nobody's name."""

import logging
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.connect.conftest import Served, Visitor, the_only
from tests.connect.test_callback import unsealed_verifier
from xero_onboard.accounts.models import User
from xero_onboard.config import Settings
from xero_onboard.connect.models import Attempt, Connection, Grant
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.web import access


def test_nothing_secret_and_nobodys_name_is_ever_logged(
    app: Flask, riley: Visitor, xero: Served, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Row L1: with everything at DEBUG, through a whole life with its troubles."""
    caplog.set_level(logging.DEBUG)
    app.add_url_rule("/fails", view_func=access.anyone(fails))
    secrets = [settings.xero.client_secret, settings.secret_key]

    secrets += live(app, riley)
    secrets += fail(riley, xero)

    with app.app_context():
        person = db.session.scalars(select(User)).one()
    secrets += [*xero.tokens(), person.name, person.email, *person.name.split()]
    said = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "ended: connected" in said
    assert "Exception on /fails" in said
    assert [secret for secret in secrets if re.search(rf"\b{re.escape(secret)}\b", said)] == []
    assert len(secrets) > 15


def live(app: Flask, riley: Visitor) -> list[str]:
    """Connect, come back a second time, check with a new token, disconnect, sign out and in again."""
    url = riley.press_connect()
    with app.app_context():
        verifier = unsealed_verifier(the_only(app, Attempt))
    callback = riley.person.allow(url)
    cookies = [cookie(riley)]
    riley.come_back(callback)
    riley.come_back(callback)
    cookies.append(cookie(riley))
    with app.app_context():
        db.session.execute(update(Grant).values(access_expires_at=now(), next_refresh_at=now()))
        db.session.commit()
    connection_id = the_only(app, Connection).id
    riley.press("check", connection_id)
    jobs.run_due(app)
    riley.press("disconnect", connection_id)
    riley.client.post("/sign-out")
    back = riley.client.post("/sign-in/xero", data={"next": "/connect"}).location
    answer = riley.person.allow(back)
    riley.come_back(answer)
    cookies.append(cookie(riley))
    return [verifier, *cookies, *secrets_in(url), *secrets_in(callback), *secrets_in(answer)]


def fail(riley: Visitor, xero: Served) -> list[str]:
    """A forged answer, one that nobody exchanges because Xero is down, and a failure of our own."""
    riley.come_back("/connect/sandbox/callback?code=forged-code-canary&state=forged-state-canary")
    assert riley.client.get("/fails?token=canary-of-a-query").status_code == 500
    callback = riley.person.allow(riley.press_connect())
    xero.go_down()
    riley.come_back(callback)
    xero.come_up()
    return [
        *("forged-code-canary", "forged-state-canary", "canary-of-a-query"),
        *secrets_in(callback),
    ]


def fails() -> str:
    """What a view of ours must never do."""
    raise RuntimeError("on purpose")


def cookie(riley: Visitor) -> str:
    found = riley.client.get_cookie("sid")
    assert found is not None
    return str(found.value)


def secrets_in(url: str) -> list[str]:
    query = parse_qs(urlsplit(url).query)
    names = ("code", "state", "nonce", "code_challenge")
    return [query[name][0] for name in names if name in query]
