"""Row D8: what somebody else has added is taken back by the letter that tells of it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from tests import mailbox
from tests.accounts.device import Device
from tests.accounts.owner import (
    NEW_PASSWORD,
    Owner,
    choose_a_password,
    codes_in,
    events,
    give_role,
    is_in,
    options_from,
)
from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.accounts.models import (
    AlternativeAddress,
    Authenticator,
    MailedProof,
    NewLogin,
    Passkey,
    Password,
    RecoveryCode,
    User,
)
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, db

START = "/not-me/"
SPARE, PLANTED = "robin.spare@example.net", "mallory@example.net"


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


def add_passkey(owner: Owner, browser: Client) -> None:
    assert owner.add_passkey(Device(), browser).status_code == 200


def set_up_app(owner: Owner, browser: Client) -> None:
    owner.set_up_app(browser)


ADDITIONS: dict[type[Table], Callable[[Owner, Client], None]] = {
    Passkey: add_passkey,
    Authenticator: set_up_app,
}


@pytest.mark.parametrize("table", ADDITIONS)
def test_one_link_takes_back_what_a_thief_has_added(
    app: Flask, robin: Owner, table: type[Table]
) -> None:
    thief = robin.enter()
    ADDITIONS[table](robin, thief)
    link = mailbox.link(app, robin.login, START)

    told = take_back(robin.another_browser(), link, robin.password)

    assert "Set a new password" in told.text
    assert (count(app, table), count(app, RecoveryCode)) == (0, 0)
    assert not is_in(thief)
    assert not is_in(robin.browser)
    # As it was before: the password alone opens it, the same one until its owner sets another.
    assert is_in(robin.enter())
    assert "addition_taken_back" in events(app)
    assert "taken back by the link" in mailbox.newest(app, robin.login)


def test_a_thiefs_passkey_no_longer_keeps_its_owner_out(app: Flask, robin: Owner) -> None:
    phone, thief = Device(), robin.enter()
    robin.add_passkey(phone, thief)
    take_back(robin.another_browser(), mailbox.link(app, robin.login, START), robin.password)
    browser = robin.another_browser()
    browser.post("/password/forgotten", data={"email": robin.login})
    link = mailbox.link(app, robin.login, "/password/reset/")
    browser.post(link, data={"password": NEW_PASSWORD})
    robin.password = NEW_PASSWORD

    options = options_from(thief, "/sign-in/passkey/options")
    thief.post("/sign-in/passkey", data={"answer": phone.sign(options)})

    assert is_in(robin.enter())
    assert not is_in(thief)


def test_looking_at_the_link_uses_nothing_up_and_it_works_once(app: Flask, robin: Owner) -> None:
    robin.add_passkey(Device())
    link, browser = mailbox.link(app, robin.login, START), robin.another_browser()

    looked = [browser.get(link) for _ in range(2)]

    assert {each.status_code for each in looked} == {200}
    assert "A passkey was added to your account" in looked[0].text
    assert is_in(robin.browser)
    assert count(app, Passkey) == 1
    assert [take_back(browser, link, robin.password).status_code for _ in range(2)] == [200, 410]
    assert browser.get(link).status_code == 410


def test_the_link_lasts_three_days_and_lies_nowhere_in_clear(app: Flask, robin: Owner) -> None:
    robin.add_passkey(Device())
    link = mailbox.link(app, robin.login, START)
    with app.app_context():
        row = db.session.scalars(select(MailedProof).where(MailedProof.kind == "undo")).one()
        assert row.expires_at - row.created_at >= timedelta(hours=71)
        assert link.removeprefix(START) not in repr({**row.content, "digest": row.secret_digest})
        row.expires_at = now()
        db.session.commit()

    assert robin.another_browser().post(link).status_code == 410
    assert count(app, Passkey) == 1


def test_what_was_there_before_stays(app: Flask, robin: Owner) -> None:
    """Row D7: no link removes a second step beside the one it tells of."""
    robin.add_passkey(Device())
    with app.app_context():
        own = db.session.scalars(select(Passkey.id)).one()
    robin.add_passkey(Device())

    take_back(robin.another_browser(), mailbox.link(app, robin.login, START), robin.password)

    with app.app_context():
        assert db.session.scalars(select(Passkey.id)).all() == [own]
    assert not is_in(robin.enter())


def test_the_codes_that_came_with_it_are_worthless_beside_an_older_step(
    app: Flask, robin: Owner
) -> None:
    robin.add_passkey(Device())
    thief = robin.browser
    robin.scan(thief)
    codes = codes_in(thief.post("/account/two-step", data={"code": robin.code()}))

    take_back(robin.another_browser(), mailbox.link(app, robin.login, START), robin.password)

    half = robin.enter()
    assert half.post("/sign-in/recovery-code", data={"code": codes[0]}).status_code == 400
    assert count(app, Passkey) == 1


def test_an_app_in_place_of_another_is_not_taken_back_by_mail(app: Flask, robin: Owner) -> None:
    """The account would be left with less than it had."""
    robin.set_up_app()
    robin.set_up_app()

    letter = mailbox.newest(app, robin.login)

    assert START not in letter
    assert "a new password is not enough" in letter


def test_a_link_does_not_touch_what_was_set_up_later(app: Flask, robin: Owner) -> None:
    robin.set_up_app()
    link = mailbox.link(app, robin.login, START)
    robin.browser.post("/account/two-step/remove")
    robin.set_up_app()

    assert robin.another_browser().post(link).status_code == 410
    assert count(app, Authenticator) == 1


def test_a_short_password_does_not_stand_alone_afterwards(app: Flask, robin: Owner) -> None:
    robin.set_up_app()
    link = mailbox.link(app, robin.login, START)
    before, robin.password = robin.password, "zq7Kv2xRw9"
    robin.browser.post("/account/password", data={"password": robin.password})

    assert take_back(robin.another_browser(), link, before).status_code == 200

    refused = robin.another_browser().post(
        "/sign-in/password", data={"email": robin.login, "password": robin.password}
    )
    assert refused.status_code == 400


def test_the_last_way_in_is_not_taken_by_a_link(app: Flask, robin: Owner) -> None:
    robin.add_passkey(Device())
    link = mailbox.link(app, robin.login, START)
    with app.app_context():
        db.session.delete(db.session.scalars(select(Password)).one())
        db.session.commit()

    answer = take_back(robin.another_browser(), link, robin.password)

    assert answer.status_code == 409
    assert "Write to us" in answer.text
    assert count(app, Passkey) == 1


def test_a_mailbox_alone_takes_no_second_step(app: Flask, robin: Owner) -> None:
    """Row D7: it sets the password, so it must not take away both; a password set by it shows nobody."""
    robin.add_passkey(Device())
    link, thief = mailbox.link(app, robin.login, START), robin.another_browser()
    assert "Your password as it was before" in thief.get(link).text
    thief.post("/password/forgotten", data={"email": robin.login})
    reset = mailbox.link(app, robin.login, "/password/reset/")
    assert thief.post(reset, data={"password": NEW_PASSWORD}).status_code == 303

    answers = [take_back(thief, link, each) for each in ("", NEW_PASSWORD)]

    assert [each.status_code for each in answers] == [400, 400]
    assert "This is not the password that you had then" in answers[0].text
    assert count(app, Passkey) == 1
    assert take_back(thief, link, robin.password).status_code == 200


def test_the_password_for_it_cannot_be_guessed(app: Flask, robin: Owner) -> None:
    robin.add_passkey(Device())
    link, thief = mailbox.link(app, robin.login, START), robin.another_browser()

    tries = [take_back(thief, link, f"guess number {each}").status_code for each in range(12)]

    assert tries == [400] * 10 + [429] * 2
    assert take_back(thief, link, robin.password).status_code == 429


def test_whoever_changed_the_password_before_does_not_lock_its_owner_out(
    app: Flask, robin: Owner
) -> None:
    """However often they change it."""
    thief = robin.enter()
    for changed in (NEW_PASSWORD, "third copper lagoon harbour 5"):
        assert thief.post("/account/password", data={"password": changed}).status_code == 303
    robin.add_passkey(Device(), thief)
    link = mailbox.link(app, robin.login, START)

    assert take_back(robin.another_browser(), link, robin.password).status_code == 200

    assert count(app, Passkey) == 0


def test_what_a_password_was_is_forgotten_after_three_days(app: Flask, robin: Owner) -> None:
    robin.browser.post("/account/password", data={"password": NEW_PASSWORD})
    with app.app_context():
        earlier = now() - timedelta(hours=73)
        db.session.execute(update(Password).values(changed_at=earlier))
        db.session.commit()
        assert db.session.scalar(select(Password.earlier)) is not None

    jobs.run_due(app)

    with app.app_context():
        assert db.session.scalar(select(Password.earlier)) is None


def test_a_password_planted_in_an_account_of_xeros_is_taken_back(app: Flask) -> None:
    """Row D7: or whoever had a session for a minute has a login of their own, and a link to it whenever they ask."""
    casey = sign_in(app, CASEY)
    choose_a_password(app, casey, PLANTED)
    link = mailbox.link(app, CASEY.email, START)
    assert START not in mailbox.newest(app, PLANTED)
    owner = stranger(app)
    assert "A password was added to your account" in owner.get(link).text

    assert owner.post(link).status_code == 200

    assert count(app, Password) == 0
    assert is_in(sign_in(app, CASEY))


def test_a_second_step_that_follows_a_planted_password_takes_it_along(app: Flask) -> None:
    """Row D7: the account is as it was, and the planted address gets no link."""
    link = planted(app)

    assert stranger(app).post(link).status_code == 200

    assert (count(app, Password), count(app, Passkey)) == (0, 0)
    assert is_in(sign_in(app, CASEY))


def test_a_planted_password_that_is_taken_back_takes_along_what_came_after_it(app: Flask) -> None:
    """Row D7: whatever whoever planted it tries in the meantime to be alone in the account."""
    casey = sign_in(app, CASEY)
    choose_a_password(app, casey, PLANTED)
    link = mailbox.link(app, CASEY.email, START)
    assert "we write to both" in casey.get("/account/address").text
    casey.post("/account/address/give-up")
    options = options_from(casey, "/account/passkeys/options")
    answer = Device().make(options)
    casey.post("/account/passkeys", data={"name": "Phone", "answer": answer})
    assert START in mailbox.newest(app, CASEY.email)
    refused = casey.post("/account/xero/unlink")
    assert (refused.status_code, "for three days" in refused.text) == (409, True)

    assert stranger(app).post(link).status_code == 200

    assert (count(app, Password), count(app, Passkey), count(app, RecoveryCode)) == (0, 0, 0)
    assert "was taken back" in mailbox.newest(app, CASEY.email)
    assert is_in(sign_in(app, CASEY))


def test_no_passkey_that_was_there_is_removed_beside_a_new_one(app: Flask, robin: Owner) -> None:
    """Row D7: while the letter about the new one can still take it back."""
    robin.add_passkey(Device())
    with app.app_context():
        own = db.session.scalars(select(Passkey)).one()
        own.created_at = now() - timedelta(days=4)
        db.session.delete(db.session.scalars(select(Password)).one())
        db.session.commit()
        own_id = own.id
    robin.add_passkey(Device())

    assert robin.browser.post(f"/account/passkeys/{own_id}/remove").status_code == 409

    assert count(app, Passkey) == 2


def test_only_an_address_that_could_recover_gets_the_link(app: Flask, robin: Owner) -> None:
    """Or whoever planted one an hour ago could take away what the owner protects the account with."""
    with app.app_context():
        user_id, soon = db.session.scalars(select(User.id)).one(), now() + timedelta(hours=1)
        db.session.add(NewLogin(user_id=user_id, address="new@example.net", counts_from=soon))
        for address, counts_from in ((SPARE, now() - timedelta(days=1)), (PLANTED, soon)):
            row = AlternativeAddress(user_id=user_id, address=address, counts_from=counts_from)
            row.ends_at = None if address == SPARE else soon
            db.session.add(row)
        db.session.execute(update(User).values(email="written@example.net"))
        db.session.commit()

    robin.add_passkey(Device())

    has_link = {
        address: START in mailbox.newest(app, address)
        for address in (robin.login, SPARE, PLANTED, "new@example.net", "written@example.net")
    }
    assert {address for address, has in has_link.items() if has} == {robin.login, SPARE}


def test_support_staff_are_let_back_in_by_an_administrator_alone(app: Flask, robin: Owner) -> None:
    robin.add_passkey(Device())
    link = mailbox.link(app, robin.login, START)
    give_role(app, robin.login, "editor")

    assert robin.another_browser().post(link).status_code == 410
    robin.add_passkey(Device())

    assert not re.search(START, mailbox.newest(app, robin.login))
    assert count(app, Passkey) == 2


def take_back(browser: Client, link: str, password: str) -> TestResponse:
    """Open the link and prove by the password from before who it was not."""
    return browser.post(link, data={"password": password})


def planted(app: Flask) -> str:
    """Somebody gives an account of Xero's alone a password, and then a passkey; the link to take that back."""
    casey = sign_in(app, CASEY)
    choose_a_password(app, casey, PLANTED)
    answer = Device().make(options_from(casey, "/account/passkeys/options"))
    casey.post("/account/passkeys", data={"name": "Phone", "answer": answer})
    return mailbox.link(app, CASEY.email, START)


def stranger(app: Flask) -> Client:
    return cast(Client, app.test_client())


def count(app: Flask, table: type[Table]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0
