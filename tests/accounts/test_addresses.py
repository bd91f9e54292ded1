"""Addresses: each mailbox in one form, counted once, and never standing for both proofs of an account."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests import mailbox
from tests.accounts.company import COLLEAGUES
from tests.accounts.owner import NEW_PASSWORD, PASSWORD, Owner, is_in
from tests.cast import CASEY, ISSUER
from tests.client import Client, sign_in
from tests.employees import ADA, make
from xero_onboard.accounts.models import AlternativeAddress, MailedProof, Password, User
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.mail.models import Mail
from xero_onboard.lib.reader import Identity

# No mail server that we may meet takes these.
UNWRITABLE = [
    "j\u00fcrgen@example.com",
    "stra\u00dfe@example.com",
    "a..b@example.com",
    ".a@example.com",
    "a.@example.com",
    "ro\u00adbin@example.com",
    "robin@exa..mple.com",
    "robin@" + "a" * 64 + ".com",
    "robin@xn--\u00fc.example",
]
# One mailbox, as a keyboard, a word processor or somebody who means no good may write it.
SPELLINGS = [
    "victim@example.com",
    " Victim@EXAMPLE.com ",
    "victim@\uff45xample.com",
    "\uff56ictim@example.com",
    "victim@e\u00adxample.com",
    "victim@exa\u200bmple.com",
    "victim@example\u3002com",
]
SPARE = "spare@example.net"


@pytest.mark.parametrize("address", UNWRITABLE)
@pytest.mark.parametrize("door", ["register", "forgotten", "alternative", "password", "invite"])
def test_an_address_no_mail_goes_to_is_refused_at_every_door(
    app: Flask, door: str, address: str
) -> None:
    browser = sign_in(app, CASEY)
    form = {"name": "X", "email": address, "password": PASSWORD, "right": "see"}

    answer = browser.post(DOORS[door], data=form)

    assert answer.status_code == 400
    assert "email address" in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(MailedProof)) == 0


def test_one_unwritable_address_does_not_hold_up_everybody(app: Flask) -> None:
    for email in ("first@example.com", "second@example.com", "third@example.com"):
        ask_to_register(app, email)
    with app.app_context():
        # As it may stand there from before addresses were checked like this.
        bad = update(MailedProof).where(MailedProof.address == "first@example.com")
        db.session.execute(bad.values(address="a..b@example.com"))
        db.session.commit()

    assert jobs.run_due(app)

    assert recipients(app) == ["second@example.com", "third@example.com"]
    with app.app_context():
        left = select(func.count()).where(MailedProof.mailed_at.is_(None))
        assert db.session.scalar(left) == 0


@pytest.mark.parametrize("verb", ["disable", "role"])
def test_an_account_with_an_unwritable_address_can_be_administered(app: Flask, verb: str) -> None:
    ada = make(app, ADA, "admin", has_second_step=True).sign_in(app)
    sign_in(app, Identity(ISSUER, "odd", "j\u00fcrgen@example.com", "J\u00fcrgen"))
    with app.app_context():
        user_id = db.session.scalars(select(User.id).where(User.name == "J\u00fcrgen")).one()

    answer = ada.post(f"/staff/people/{user_id}/{verb}", data={"role": "editor"})

    assert answer.status_code == 303


def test_however_an_address_is_written_its_mailbox_is_counted(app: Flask) -> None:
    """Row I3."""
    answers = [ask_to_register(app, each) for each in SPELLINGS]

    assert answers == [303] * 5 + [429] * 2
    assert jobs.run_due(app)
    assert recipients(app) == ["victim@example.com"] * 5


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_however_a_login_is_written_it_is_the_same(app: Flask, spelling: str) -> None:
    Owner(app, login="victim@example.com").sign_up()

    assert is_in(Owner(app, login=spelling).enter())


def test_a_login_at_a_host_with_other_letters_goes_over_the_wire(app: Flask) -> None:
    ask_to_register(app, "Robin@B\u00dcCHER.example")
    ask_to_register(app, "robin@fa\u00df.example")

    assert jobs.run_due(app)

    assert recipients(app) == ["robin@xn--bcher-kva.example", "robin@xn--fa-hia.example"]


@pytest.mark.parametrize("spelling", ["robin@b\u00fccher.example", "ROBIN@XN--bcher-kva.example"])
def test_the_login_in_another_spelling_is_no_alternative(app: Flask, spelling: str) -> None:
    """Row D7."""
    robin = Owner(app, login="robin@xn--bcher-kva.example").sign_up()

    answer = robin.browser.post("/account/alternative", data={"email": spelling})

    assert answer.status_code == 400
    assert "You have this address here already" in answer.text


def test_the_address_somebody_came_with_is_no_alternative(app: Flask) -> None:
    came = Identity(ISSUER, "odd", "Robin@b\u00fccher.example", "Robin")
    browser = sign_in(app, came)

    answer = browser.post("/account/alternative", data={"email": "robin@xn--bcher-kva.example"})

    assert answer.status_code == 400


def test_an_alternative_that_became_the_login_meanwhile_is_refused(app: Flask) -> None:
    browser = sign_in(app, CASEY)
    for_login = ask_for(app, browser, "/account/password")
    for_alternative = ask_for(app, browser, "/account/alternative")
    assert browser.post("/account/password/code", data={"code": for_login}).status_code == 303

    answer = browser.post("/account/alternative/code", data={"code": for_alternative})

    assert answer.status_code == 400
    assert "You have this address here already" in answer.text


def test_after_five_wrong_codes_the_page_asks_for_no_other(app: Flask) -> None:
    browser = sign_in(app, CASEY)
    right, path = ask_for(app, browser, "/account/alternative"), "/account/alternative"
    wrong = "111111" if right != "111111" else "222222"
    for _ in range(5):
        answer = browser.post(f"{path}/code", data={"code": wrong})

    assert "That was the fifth wrong code" in answer.text
    assert "Type the code" not in answer.text
    assert "Type the code" not in browser.get(path).text


def test_a_login_that_became_the_alternative_meanwhile_is_refused(app: Flask) -> None:
    browser = sign_in(app, CASEY)
    for_login = ask_for(app, browser, "/account/password")
    for_alternative = ask_for(app, browser, "/account/alternative")
    path = "/account/alternative/code"
    assert browser.post(path, data={"code": for_alternative}).status_code == 303

    answer = browser.post("/account/password/code", data={"code": for_login})

    assert answer.status_code == 400
    assert "This is your alternative address" in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Password)) == 0


@pytest.mark.parametrize("stored", ["login", "email"])
@pytest.mark.parametrize("spell", [str, str.upper])
def test_an_alternative_that_is_the_login_after_all_counts_for_nothing(
    app: Flask, stored: str, spell: Callable[[str], str]
) -> None:
    robin = Owner(app).sign_up()
    robin.set_up_app()
    with app.app_context():
        # However it came to be so.
        user = db.session.scalars(select(User)).one()
        if stored == "email":
            user.email = SPARE
        same = SPARE if stored == "email" else robin.login
        past = now() - timedelta(days=4)
        db.session.add(
            AlternativeAddress(
                user_id=user.id, address=spell(same), verified_at=past, counts_from=past
            )
        )
        db.session.commit()
    thief = robin.another_browser()
    thief.post("/password/forgotten", data={"email": robin.login})
    link = mailbox.link(app, robin.login, "/password/reset/")
    thief.post(link, data={"password": NEW_PASSWORD})
    thief.post("/sign-in/password", data={"email": robin.login, "password": NEW_PASSWORD})

    assert "alternative" not in thief.get("/sign-in/second-step").text
    thief.post("/sign-in/mailed-code/ask")

    with app.app_context():
        asked = select(func.count()).where(MailedProof.kind == "second_step")
        assert db.session.scalar(asked) == 0


DOORS = {
    "register": "/register",
    "forgotten": "/password/forgotten",
    "alternative": "/account/alternative",
    "password": "/account/password",
    "invite": f"{COLLEAGUES}/invite",
}


def ask_to_register(app: Flask, email: str) -> int:
    form = {"name": "X", "email": email, "password": PASSWORD}
    return cast(Client, app.test_client()).post("/register", data=form).status_code


def ask_for(app: Flask, browser: Client, path: str) -> str:
    """The code by which the same mailbox is to become one thing or the other."""
    answer = browser.post(path, data={"email": SPARE, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return mailbox.code(app, SPARE)


def recipients(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(db.session.scalars(select(Mail.recipient)))
