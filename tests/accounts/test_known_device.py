"""A browser in which the owner has signed in before: guesses from elsewhere do not lock them out."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import mailbox
from tests.accounts.owner import NEW_PASSWORD, ROBIN, Owner, is_in
from xero_onboard.accounts.devices import KEEP, forget_devices
from xero_onboard.accounts.models import KnownDevice
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import db

WRONG = {"email": ROBIN, "password": "a guess among many 17"}


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


@pytest.fixture
def attacked(robin: Owner) -> Owner:
    """Somebody has used up what is allowed for this login."""
    attacker = robin.another_browser()
    while attacker.post("/sign-in/password", data=WRONG).status_code != 429:
        pass
    return robin


def known(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(KnownDevice.id)))


def test_the_owner_enters_on_a_known_device_while_others_guess(attacked: Owner) -> None:
    """Row D2: guessing does not lock the owner out."""
    attacked.browser.post("/sign-out")
    stranger = attacked.another_browser()
    right = {"email": ROBIN, "password": attacked.password}

    assert stranger.post("/sign-in/password", data=right).status_code == 429
    assert is_in(attacked.enter(attacked.browser))


def test_a_known_device_has_no_more_tries_than_others(robin: Owner) -> None:
    """Row D2: a stolen device cookie is a small advantage."""
    statuses = [robin.browser.post("/sign-in/password", data=WRONG).status_code for _ in range(11)]

    assert statuses == [400] * 10 + [429]


def test_a_new_password_by_mail_forgets_the_other_devices(app: Flask, robin: Owner) -> None:
    """Row D2: whoever has been in for a while keeps no advantage."""
    thief, asking = robin.enter(), robin.enter()
    asking.post("/password/forgotten", data={"email": ROBIN})
    link = mailbox.link(app, ROBIN, "/password/reset/")
    assert len(known(app)) == 3

    assert asking.post(link, data={"password": NEW_PASSWORD}).status_code == 303

    this = asking.get_cookie("device")
    assert this is not None
    assert known(app) == [digest(this.value)]
    assert not is_in(thief)


def test_a_device_is_known_for_its_owner_alone(app: Flask, attacked: Owner) -> None:
    """Row D2: an attacker's own account helps nothing."""
    attacker = Owner(app, "mallory@example.com", "Mallory").sign_up()

    assert attacker.browser.post("/sign-in/password", data=WRONG).status_code == 429


def test_half_signed_in_makes_no_device_known(app: Flask, robin: Owner) -> None:
    robin.set_up_app()
    before = known(app)

    half = robin.enter()

    assert half.get_cookie("device") is None
    assert known(app) == before


def test_the_table_holds_no_cookie(app: Flask, robin: Owner) -> None:
    cookie = robin.browser.get_cookie("device")

    assert cookie is not None
    assert known(app) == [digest(cookie.value)]


def test_a_name_that_the_browser_brought_is_not_adopted(app: Flask, robin: Owner) -> None:
    browser = robin.another_browser()
    browser.set_cookie("device", "chosen-by-an-attacker")

    robin.enter(browser)

    assert digest("chosen-by-an-attacker") not in known(app)


def test_the_same_browser_is_known_once(app: Flask, robin: Owner) -> None:
    robin.browser.post("/sign-out")
    robin.enter(robin.browser)

    assert len(known(app)) == 1


def test_a_device_that_was_not_used_for_long_is_forgotten(app: Flask, robin: Owner) -> None:
    with app.app_context():
        past = now() - KEEP - timedelta(days=1)
        db.session.execute(update(KnownDevice).values(seen_at=past))
        forget_devices()
        db.session.commit()

    assert known(app) == []


def test_wrong_codes_elsewhere_leave_the_owner_their_second_step(robin: Owner) -> None:
    """Row D2: somebody has the password, and tries codes until the account's limit is reached."""
    robin.set_up_app()
    robin.browser.post("/sign-out")
    statuses: list[int] = []
    while 429 not in statuses:
        attacker = robin.enter()
        wrong = [
            attacker.post("/sign-in/second-step", data={"code": "000000"}).status_code
            for _ in range(5)
        ]
        statuses += wrong
    robin.enter(robin.browser)

    entered = robin.browser.post("/sign-in/second-step", data={"code": robin.code()})

    assert entered.status_code == 303
    assert is_in(robin.browser)


def test_links_that_strangers_ask_for_leave_the_owner_theirs(robin: Owner) -> None:
    """Row I3: five mails an hour for an address, and yet the owner's own browser may ask."""
    stranger = robin.another_browser()
    asked = [
        stranger.post("/password/forgotten", data={"email": ROBIN}).status_code for _ in range(6)
    ]

    own = robin.browser.post("/password/forgotten", data={"email": ROBIN})

    assert asked[-1] == 429
    assert own.status_code == 200
