"""Links by which a password can be set: none outlives what should end it."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests import mailbox
from tests.accounts.owner import NEW_PASSWORD, Owner
from tests.client import Client
from tests.employees import ADA, run
from xero_onboard.accounts.models import AlternativeAddress
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

SPARE, OTHER_SPARE = "spare@example.net", "other@example.net"
THIRD_PASSWORD = "third copper lagoon harbour 5"


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


def test_a_second_link_ends_the_first_whichever_browser_asked(app: Flask, robin: Owner) -> None:
    """Row D7."""
    one, other = robin.another_browser(), robin.another_browser()
    first, second = ask(app, one, robin.login), ask(app, other, robin.login)

    assert use(one, first) == 410
    assert use(other, second) == 303


def test_two_links_that_are_mailed_together_are_one(app: Flask, robin: Owner) -> None:
    """Row D7: the one that was asked for last."""
    browsers = [robin.another_browser() for _ in range(2)]
    for browser in browsers:
        browser.post("/password/forgotten", data={"email": robin.login})
    links = {
        found[1]
        for letter in mailbox.letters(app, robin.login)
        if (found := re.search(r"(/password/reset/\S+)", letter))
    }

    opened = [[browser.get(link).status_code for link in links] for browser in browsers]

    assert [sorted(each) for each in opened] == [[410, 410], [200, 410]]


def test_a_link_ends_when_the_password_is_changed(app: Flask, robin: Owner) -> None:
    """Row D7."""
    thief = robin.another_browser()
    link = ask(app, thief, robin.login)

    robin.browser.post("/account/password", data={"password": NEW_PASSWORD})

    assert use(thief, link) == 410


def test_a_link_ends_when_the_address_it_was_mailed_to_is_removed(app: Flask, robin: Owner) -> None:
    """Rows D7 and D8."""
    prove_spare(app, robin, SPARE)
    thief = robin.another_browser()
    link = ask(app, thief, SPARE)

    robin.browser.post("/account/alternative/remove")

    assert use(thief, link) == 410


def test_a_link_ends_when_another_address_takes_the_place(app: Flask, robin: Owner) -> None:
    """Rows D7 and D8."""
    prove_spare(app, robin, SPARE)
    thief = robin.another_browser()
    link = ask(app, thief, SPARE)

    prove_spare(app, robin, OTHER_SPARE)

    assert use(thief, link) == 410


def test_a_link_of_support_ends_when_the_owner_gets_in(app: Flask, robin: Owner) -> None:
    """Row D7."""
    robin.set_up_app()
    link = hand_over(app, robin)

    robin.browser.post("/account/password", data={"password": NEW_PASSWORD})

    assert use(robin.another_browser(), link) == 410


def test_a_link_of_support_outlives_what_strangers_ask_for(app: Flask, robin: Owner) -> None:
    """Row D7: anybody may ask for a link to an address they know."""
    link = hand_over(app, robin)

    ask(app, robin.another_browser(), robin.login)

    assert use(robin.another_browser(), link) == 303


def test_a_link_of_support_ends_when_a_mailed_one_was_used(app: Flask, robin: Owner) -> None:
    """Row D7."""
    link, browser = hand_over(app, robin), robin.another_browser()

    assert use(browser, ask(app, browser, robin.login)) == 303

    assert use(robin.another_browser(), link) == 410


def test_whose_account_is_closed_is_mailed_no_link(app: Flask, robin: Owner) -> None:
    """A new password would open nothing; the page says the same to everybody."""
    assert run(app, "disable", robin.login).exit_code == 0

    pages = [
        robin.another_browser().post("/password/forgotten", data={"email": each}).text
        for each in (ADA, robin.login)
    ]

    assert mailbox.newest(app, robin.login).startswith("Your account was closed")
    assert pages[0].replace(ADA, robin.login) == pages[1]


def test_a_link_ends_when_the_account_is_closed(app: Flask, robin: Owner) -> None:
    """Row D7: also for when it is opened again."""
    browser = robin.another_browser()
    link = ask(app, browser, robin.login)

    for verb in ("disable", "enable"):
        assert run(app, verb, robin.login).exit_code == 0

    assert use(browser, link) == 410


def test_a_short_password_by_a_link_of_support_needs_the_second_step(
    app: Flask, robin: Owner
) -> None:
    """Row D1: however it was set."""
    robin.set_up_app()
    link = hand_over(app, robin)
    robin.password = "zq7Kv2xRw9"
    form = {"password": robin.password}
    assert robin.another_browser().post(link, data=form).status_code == 303
    browser = robin.enter_fully()

    answer = browser.post("/account/two-step/remove")

    assert answer.status_code == 409
    assert "too short to stand alone" in answer.text


def hand_over(app: Flask, owner: Owner) -> str:
    """The link that support gets for them on the command line."""
    found = re.search(r"(/password/recover/\S+)", run(app, "recovery-link", owner.login).output)
    assert found is not None
    return found[1]


def ask(app: Flask, browser: Client, address: str) -> str:
    """Ask for a link in this browser; it, out of the mailbox."""
    browser.post("/password/forgotten", data={"email": address})
    return mailbox.link(app, address, "/password/reset/")


def use(browser: Client, link: str) -> int:
    return browser.post(link, data={"password": THIRD_PASSWORD}).status_code


def prove_spare(app: Flask, owner: Owner, address: str) -> None:
    """Name an alternative address three days ago."""
    owner.browser.post("/account/alternative", data={"email": address})
    form = {"code": mailbox.code(app, address)}
    assert owner.browser.post("/account/alternative/code", data=form).status_code == 303
    with app.app_context():
        past = now() - timedelta(hours=1)
        db.session.execute(update(AlternativeAddress).values(counts_from=past))
        db.session.commit()
