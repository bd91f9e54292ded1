"""Rows D7 and D8: whose passwords take back a second step, what goes with it, and what is never left behind."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import mailbox
from tests.accounts.device import Device
from tests.accounts.owner import (
    NEW_PASSWORD,
    Owner,
    codes_in,
    is_in,
    options_from,
)
from tests.accounts.test_taking_back import START, count, planted, stranger, take_back
from tests.cast import CASEY
from tests.client import Client
from xero_onboard.accounts.models import (
    Authenticator,
    MailedProof,
    Passkey,
    Password,
    RecoveryCode,
)
from xero_onboard.lib.audit.models import Entry
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

THIRD = "third copper lagoon harbour 5"


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


@pytest.fixture
def old(app: Flask, robin: Owner) -> Device:
    """A passkey that the owner has had for a month."""
    device = Device()
    robin.add_passkey(device)
    with app.app_context():
        db.session.execute(update(Passkey).values(created_at=now() - timedelta(days=30)))
        db.session.query(MailedProof).delete()
        db.session.commit()
    return device


def test_a_mailbox_alone_undoes_no_exchange_of_second_steps(
    app: Flask, robin: Owner, old: Device
) -> None:
    """Row D7: it would remove both factors, once the owner has a new passkey in place of the old one."""
    thief = robin.another_browser()
    forgotten(app, robin, thief, NEW_PASSWORD)
    owner, own = enter_by(robin, old), the_passkey(app)
    robin.add_passkey(Device(), owner)
    link = newest_link(app, robin)
    assert owner.post(f"/account/passkeys/{own}/remove").status_code == 303

    answers = [take_back(thief, link, each) for each in (NEW_PASSWORD, robin.password)]

    assert [each.status_code for each in answers] == [409, 409]
    assert "had a second step before this one was added" in answers[0].text
    assert "Write to us" in thief.get(link).text
    assert count(app, Passkey) == 1
    robin.password = NEW_PASSWORD
    assert not is_in(robin.enter())


def test_a_password_from_a_mailed_link_does_not_show_the_owner(
    app: Flask, robin: Owner, old: Device
) -> None:
    """Row D7: that of before does."""
    thief = robin.another_browser()
    forgotten(app, robin, thief, NEW_PASSWORD)
    robin.add_passkey(Device(), enter_by(robin, old))
    link = newest_link(app, robin)

    assert take_back(thief, link, NEW_PASSWORD).status_code == 400
    assert "does not count" in thief.get(link).text
    assert take_back(thief, link, robin.password).status_code == 200

    assert count(app, Passkey) == 1


def test_it_shows_the_owner_once_it_has_been_there_for_three_days(
    app: Flask, robin: Owner, old: Device
) -> None:
    forgotten(app, robin, robin.another_browser(), NEW_PASSWORD)
    with app.app_context():
        db.session.execute(update(Password).values(changed_at=now() - timedelta(hours=73)))
        db.session.commit()
    robin.add_passkey(Device(), enter_by(robin, old))

    answer = take_back(robin.another_browser(), newest_link(app, robin), NEW_PASSWORD)

    assert answer.status_code == 200


@pytest.mark.parametrize("changes", [1, 8])
def test_every_password_that_the_owner_had_these_days_shows_them(
    app: Flask, robin: Owner, changes: int
) -> None:
    """Row D8: the latest of them is what they remember, however often a thief has changed it since."""
    first = robin.password
    robin.browser.post("/account/password", data={"password": NEW_PASSWORD})
    robin.password = NEW_PASSWORD
    thief = robin.enter()
    for number in range(changes):
        form = {"password": f"{THIRD} {number}"}
        assert thief.post("/account/password", data=form).status_code == 303
    owner = robin.another_browser()
    for known in (NEW_PASSWORD, first):
        robin.add_passkey(Device(), thief)
        assert take_back(owner, newest_link(app, robin), known).status_code == 200
        robin.password = f"{THIRD} {changes - 1}"
        thief = robin.enter()

    assert count(app, Passkey) == 0
    with app.app_context():
        kept = db.session.scalars(select(Password.earlier)).one()
    assert kept is not None
    assert len(kept.split()) <= 5


def test_codes_that_a_thief_has_renewed_end_as_well(app: Flask, robin: Owner, old: Device) -> None:
    """Row D7: told in the page and in the letter; nor would a new password end them."""
    thief = enter_by(robin, old)
    robin.set_up_app(thief)
    link = newest_link(app, robin)
    codes = codes_in(thief.post("/account/recovery-codes"))
    assert "make new recovery codes" in mailbox.newest(app, robin.login)
    assert "all your recovery codes" in robin.another_browser().get(link).text

    told = take_back(robin.another_browser(), link, robin.password)

    assert "Make new ones once you are signed in" in told.text
    assert "Make new ones once you are signed in" in mailbox.newest(app, robin.login)
    half = robin.enter()
    half.post("/sign-in/recovery-code", data={"code": codes[0]})
    assert not is_in(half)
    assert (count(app, RecoveryCode), count(app, Passkey)) == (0, 1)


def test_the_page_the_letter_and_the_log_name_all_that_goes(app: Flask) -> None:
    """Row L2; and to an account that is left without a password none is mailed."""
    link = planted(app)

    page, told = stranger(app).get(link).text, stranger(app).post(link).text

    assert "A passkey was added to your account" in page
    assert "the password, added" in page
    assert "all your recovery codes" in page
    assert "sign in as you did before" in page
    assert 'href="/sign-in">Sign in' in told
    assert "/password/forgotten" not in told
    letter = mailbox.newest(app, CASEY.email)
    assert "A passkey was taken away" in letter
    assert "The password was taken away" in letter
    assert "http://localhost:8000/sign-in" in letter
    with app.app_context():
        query = select(Entry.details).where(Entry.event == "addition_taken_back")
        gone = [each["what"] for each in db.session.scalars(query.order_by(Entry.number))]
    assert gone == ["passkey", "password"]


def test_an_app_on_another_phone_is_dated_anew_and_still_taken_back(
    app: Flask, robin: Owner
) -> None:
    """Row D8: a thief who moves their own app to another phone must not void the owner's link by it."""
    robin.set_up_app()
    link = mailbox.link(app, robin.login, START)
    let_two_days_pass(app)
    robin.set_up_app()

    assert f"In use since {today()}" in re.sub(r"<[^>]+>", "", robin.browser.get("/account").text)
    assert take_back(robin.another_browser(), link, robin.password).status_code == 200
    assert count(app, Authenticator) == 0


@pytest.mark.parametrize("way", ["used", "removed"])
def test_no_verifier_outlives_its_link(app: Flask, robin: Owner, way: str) -> None:
    robin.add_passkey(Device())
    link = mailbox.link(app, robin.login, START)
    with app.app_context():
        assert "argon2" in repr(contents())

    if way == "used":
        assert take_back(robin.another_browser(), link, robin.password).status_code == 200
    else:
        passkey = f"/account/passkeys/{the_passkey(app)}/remove"
        assert robin.browser.post(passkey).status_code == 303

    with app.app_context():
        assert "argon2" not in repr(contents())
    assert robin.another_browser().get(link).status_code == 410


def forgotten(app: Flask, owner: Owner, browser: Client, password: str) -> None:
    """Set a password by what is in the mailbox."""
    browser.post("/password/forgotten", data={"email": owner.login})
    link = mailbox.link(app, owner.login, "/password/reset/")
    assert browser.post(link, data={"password": password}).status_code == 303


def enter_by(owner: Owner, device: Device) -> Client:
    """Sign in by a passkey, in another browser."""
    browser = owner.another_browser()
    options = options_from(browser, "/sign-in/passkey/options")
    browser.post("/sign-in/passkey", data={"answer": device.sign(options)})
    assert is_in(browser)
    return browser


def newest_link(app: Flask, owner: Owner) -> str:
    """The way back in the newest letter that has one."""
    found = (re.search(rf"({START}\S+)", each) for each in mailbox.letters(app, owner.login))
    return next(each[1] for each in found if each)


def the_passkey(app: Flask) -> object:
    with app.app_context():
        return db.session.scalars(select(Passkey.id)).one()


def contents() -> list[object]:
    return list(db.session.scalars(select(MailedProof.content)))


def let_two_days_pass(app: Flask) -> None:
    """The app is so old, and its link says the same."""
    with app.app_context():
        since = now() - timedelta(days=2)
        db.session.execute(update(Authenticator).values(created_at=since))
        proof = db.session.scalars(select(MailedProof).where(MailedProof.kind == "undo")).one()
        proof.content = {**proof.content, "since": since.isoformat()}
        db.session.commit()


def today() -> str:
    return f"{now().day} {now():%B %Y}"
