"""What the log says of an account from its first day to its last: no proof, no link, and nobody's name."""

import logging
import re

import pytest
from flask import Flask
from sqlalchemy import update

from tests import mailbox
from tests.accounts.company import COLLEAGUES, links
from tests.accounts.device import Device
from tests.accounts.owner import NEW_PASSWORD, PASSWORD, Owner, codes_in, is_in, options_from
from tests.client import Client
from tests.employees import run
from xero_onboard.accounts.models import NewLogin
from xero_onboard.config import Settings
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.web import access

SPARE, NEW, COLLEAGUE = "robins-spare@example.net", "robins-new@example.org", "kim.lee@example.com"
NAME = "Robinette Halewood"
WRONG = "a-wrong-password-canary-42"


def test_nothing_that_opens_an_account_and_nobodys_name_is_ever_logged(
    app: Flask, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Row L1: with everything at DEBUG, through a whole life with its troubles."""
    caplog.set_level(logging.DEBUG)
    app.add_url_rule("/fails", view_func=access.anyone(fails), methods=["POST"])
    robin = Owner(app, name=NAME)

    secrets = [settings.secret_key, NAME, *NAME.split(), robin.login, PASSWORD, NEW_PASSWORD, WRONG]
    secrets += arrive(robin)
    secrets += protect(robin)
    secrets += add_ways_back(robin)
    secrets += work_with_others(robin)
    secrets += get_back_in(robin)
    run_into_trouble(robin)
    secrets += leave(robin)
    guess(robin)

    said = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert caplog.text.count("Exception on /fails") == 2
    assert len(secrets) > 40
    assert [secret for secret in secrets if re.search(rf"\b{re.escape(secret)}\b", said)] == []


def arrive(robin: Owner) -> list[str]:
    """Sign up by a mailed code, mistype the password, sign in elsewhere."""
    before = robin.browser.get_cookie("sid")
    robin.sign_up()
    typed = {"email": robin.login, "password": WRONG}
    assert robin.another_browser().post("/sign-in/password", data=typed).status_code == 400
    elsewhere = robin.enter()
    assert before is None
    code = mailbox.code(robin.app, robin.login)
    return [code, cookie(robin.browser), cookie(elsewhere)]


def protect(robin: Owner) -> list[str]:
    """An authenticator app with its recovery codes, used and mistyped, and a passkey."""
    codes = robin.set_up_app()
    half = robin.enter()
    half.post("/sign-in/second-step", data={"code": "ABCD-EFGH"})
    assert half.post("/sign-in/recovery-code", data={"code": codes[0]}).status_code == 303
    phone = Device()
    robin.add_passkey(phone)
    undo = mailbox.link(robin.app, robin.login, "/not-me/")
    assert robin.another_browser().get(undo).status_code == 200
    options = options_from(robin.another_browser(), "/sign-in/passkey/options")
    fresh = codes_in(robin.browser.post("/account/recovery-codes"))
    assert len(fresh) == 10
    grouped = re.findall("....", robin.key)
    secrets = [robin.key, " ".join(grouped), *codes, *fresh, cookie(half), options["challenge"]]
    return [*secrets, undo.rpartition("/")[2]]


def add_ways_back(robin: Owner) -> list[str]:
    """An alternative address, and another one to sign in with."""
    said = []
    for path, address in (("/account/alternative", SPARE), ("/account/address", NEW)):
        assert robin.browser.post(path, data={"email": address}).status_code == 303
        code = mailbox.code(robin.app, address)
        assert robin.browser.post(f"{path}/code", data={"code": code}).status_code == 303
        said += [address, code]
    with robin.app.app_context():
        # Three days later.
        db.session.execute(update(NewLogin).values(counts_from=now()))
        db.session.commit()
    assert jobs.run_due(robin.app)
    robin.login = NEW
    return said


def work_with_others(robin: Owner) -> list[str]:
    """An invitation that is opened and taken back."""
    form = {"email": COLLEAGUE, "right": "connect"}
    assert robin.browser.post(f"{COLLEAGUES}/invite", data=form).location == COLLEAGUES
    link = links(robin.app)[-1]
    assert robin.another_browser().get(link).status_code in (200, 303)
    return [COLLEAGUE, link.rpartition("/")[2]]


def get_back_in(robin: Owner) -> list[str]:
    """A forgotten password, and a link of support's on the command line."""
    browser = robin.another_browser()
    browser.post("/password/forgotten", data={"email": robin.login})
    link = mailbox.link(robin.app, robin.login, "/password/reset/")
    assert browser.post(link, data={"password": NEW_PASSWORD}).status_code == 303
    robin.password = NEW_PASSWORD
    found = re.search(r"/password/recover/(\S+)", run(robin.app, "recovery-link", NEW).output)
    assert found is not None
    robin.another_browser().get(found[0])
    return [link.rpartition("/")[2], found[1]]


def run_into_trouble(robin: Owner) -> None:
    """Failures of our own, with everything in hand that a person types."""
    typed = {"password": PASSWORD, "code": robin.shown(), "email": robin.login}
    for browser in (robin.enter(), robin.enter_fully()):
        assert browser.post(f"/fails?code={robin.shown()}", data=typed).status_code == 500


def guess(robin: Owner) -> None:
    """Too many tries by somebody else."""
    stranger, form = robin.another_browser(), {"email": robin.login, "password": WRONG}
    answers = [stranger.post("/sign-in/password", data=form).status_code for _ in range(30)]
    assert answers[-1] == 429


def fails() -> str:
    """What a view of ours must never do."""
    raise RuntimeError("on purpose")


def leave(robin: Owner) -> list[str]:
    """Take everything away as a file, and delete the account."""
    browser = robin.enter_fully()
    assert is_in(browser)
    handle = cookie(browser)
    assert browser.post("/account/privacy/export").status_code == 200
    form = {"confirmation": "delete my account"}
    assert browser.post("/account/privacy/delete", data=form).status_code == 303
    assert jobs.run_due(robin.app)
    return [handle]


def cookie(browser: Client) -> str:
    found = browser.get_cookie("sid")
    assert found is not None
    return str(found.value)
