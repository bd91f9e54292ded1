"""The authenticator app and its recovery codes, over HTTP."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, text

from tests import mailbox
from tests.accounts.device import Device
from tests.accounts.owner import Owner, codes_in, events, give_role, is_in, options_from
from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.house.world import address_of
from xero_onboard.accounts.models import Authenticator, RecoveryCode, StoredSession, UserIdentity
from xero_onboard.lib.db import db
from xero_onboard.lib.web.access import mark_of


@pytest.fixture
def robin(app: Flask) -> Owner:
    """Signed up, with a password alone."""
    return Owner(app).sign_up()


@pytest.fixture
def careful(robin: Owner) -> Owner:
    """Signed up, with an authenticator app."""
    robin.recovery_codes = robin.set_up_app()
    return robin


def count(app: Flask, table: type[Authenticator] | type[RecoveryCode]) -> int:
    with app.app_context():
        return len(db.session.scalars(select(table)).all())


# Setting up


def test_the_app_counts_only_after_a_code_of_it(app: Flask, robin: Owner) -> None:
    """Row D5: setting up needs a confirmed code."""
    robin.browser.get("/account/two-step")
    wrong = robin.browser.post("/account/two-step", data={"code": "000000"})

    assert wrong.status_code == 400
    assert "This code is not right" in wrong.text
    assert count(app, Authenticator) == 0


def test_the_picture_says_what_the_key_says(robin: Owner) -> None:
    page = robin.browser.get("/account/two-step").text

    assert "<svg" in page
    assert 'fill="#fff"' in page
    assert re.search(r"<code[^>]*>(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}</code>", page)


def test_a_page_that_is_loaded_again_shows_the_same_key(robin: Owner) -> None:
    first, second = (robin.browser.get("/account/two-step").text for _ in range(2))

    assert first == second


def test_the_key_lies_nowhere_in_clear(app: Flask, robin: Owner) -> None:
    robin.browser.get("/account/two-step")
    with app.app_context():
        waiting = str(db.session.scalars(select(StoredSession.content)).all())
    robin.set_up_app()
    with app.app_context():
        kept = str(db.session.scalars(select(Authenticator.secret_sealed)).all())

    assert "new_authenticator" in waiting
    assert robin.key not in waiting + kept


def test_a_key_that_another_session_was_shown_sets_up_nothing(app: Flask, robin: Owner) -> None:
    robin.browser.get("/account/two-step")
    with app.app_context():
        mine = db.session.scalars(select(StoredSession).where(StoredSession.user_id.is_not(None)))
        sealed = mine.one().content["new_authenticator"]
    other = robin.enter()
    with app.app_context():
        for row in db.session.scalars(select(StoredSession)):
            row.content = {**row.content, "new_authenticator": sealed}
        db.session.commit()

    answer = other.post("/account/two-step", data={"code": "123456"})

    assert "This page is too old" in answer.text
    assert count(app, Authenticator) == 0


def test_setting_up_is_told_noted_and_ends_the_other_sessions(app: Flask, robin: Owner) -> None:
    """Row C3: two-step authentication is turned on."""
    other = robin.enter()

    robin.set_up_app()

    assert is_in(robin.browser)
    assert not is_in(other)
    assert "two_step_set_up" in events(app)
    assert mailbox.newest(app, robin.login).startswith("Two-step authentication was set up")


def test_recovery_codes_are_shown_once(careful: Owner) -> None:
    """Row D6: no page shows them again."""
    pages = ("/account", "/account/two-step", "/account/passkeys")

    assert len(careful.recovery_codes) == 10
    assert [codes_in(careful.browser.get(page)) for page in pages] == [[], [], []]


def test_staff_are_led_through_setting_up(app: Flask, robin: Owner) -> None:
    give_role(app, robin.login, "editor")

    page = robin.browser.get("/account/two-step?next=/staff").text

    assert "People who work here need a second step" in page
    assert '<input type="hidden" name="next" value="/staff">' in page


# Signing in


def test_the_password_alone_opens_nothing(careful: Owner) -> None:
    browser = careful.enter()

    assert not is_in(browser)
    assert "Your second step" in browser.get("/sign-in/second-step").text


def test_a_code_signs_in_under_a_new_handle(app: Flask, careful: Owner) -> None:
    """Row C2: the handle is another one after the second step."""
    browser = careful.enter()
    before = browser.get_cookie("sid")

    answer = browser.post("/sign-in/second-step", data={"code": careful.code()})

    after = browser.get_cookie("sid")
    assert answer.location == "/connect"
    assert before and after and before.value != after.value
    assert is_in(browser)


def test_the_code_that_set_up_the_app_is_spent(careful: Owner) -> None:
    """Row D4: no code twice."""
    answer = careful.enter().post("/sign-in/second-step", data={"code": careful.typed})

    assert answer.status_code == 400


def test_a_code_works_once(careful: Owner) -> None:
    """Row D4: no code twice."""
    code = careful.code()
    first, second = careful.enter(), careful.enter()

    assert first.post("/sign-in/second-step", data={"code": code}).status_code == 303
    assert second.post("/sign-in/second-step", data={"code": code}).status_code == 400
    assert not is_in(second)


def test_codes_are_good_for_the_step_before_and_after_and_no_longer(careful: Owner) -> None:
    """Row D4: one step to either side."""
    careful.code()
    totp, browser = pyotp.TOTP(careful.key), careful.enter()
    present = int(time.time())

    answers = [
        browser.post(
            "/sign-in/second-step", data={"code": totp.at(present + 30 * steps)}
        ).status_code
        for steps in (-3, 3, -1)
    ]

    assert answers == [400, 400, 303]


def test_one_code_at_the_same_moment_signs_in_one(app: Flask, careful: Owner) -> None:
    """Row D4: fifty at once, of many half-open sessions."""
    link_casey(app, careful)
    half = [sign_in(app, CASEY) for _ in range(10)]
    code = careful.code()

    def attempt(browser: Client) -> str:
        copy = careful.another_browser()
        cookie = browser.get_cookie("sid")
        assert cookie is not None
        copy.set_cookie("sid", cookie.value)
        return copy.post("/sign-in/second-step", data={"code": code}).location or ""

    with ThreadPoolExecutor(10) as pool:
        went_to = list(pool.map(attempt, half * 5))

    assert went_to.count("/connect") == 1


def test_the_sixth_try_ends_the_sign_in(app: Flask, careful: Owner) -> None:
    """Rows D4 and L2: five tries for each half-open session, and each is noted."""
    browser = careful.enter()
    for _ in range(5):
        assert browser.post("/sign-in/second-step", data={"code": "000000"}).status_code == 400
    assert events(app).count("two_step_failed") == 5

    sixth = browser.post("/sign-in/second-step", data={"code": careful.code()})

    assert sixth.status_code == 400
    assert "we stopped for your safety" in sixth.text
    assert browser.get("/sign-in/second-step").location == "/sign-in"


# Half signed in


def test_half_signed_in_is_a_stranger_everywhere_else(app: Flask, careful: Owner) -> None:
    """Row D5: the whole route list."""
    half = careful.enter()
    closed = [
        rule
        for rule in app.url_map.iter_rules()
        if (mark := mark_of(app.view_functions[rule.endpoint])) and mark.who != "anybody"
    ]

    doors = [
        (method, address_of(rule, {}))
        for rule in closed
        for method in (rule.methods or set()) & {"GET", "POST"}
    ]
    answers = {door: half.open(door[1], method=door[0]).location for door in doors}

    assert len(answers) > 20
    assert {door for door, to in answers.items() if not (to or "").startswith("/sign-in?")} == set()


def test_signing_in_with_xero_owes_the_second_step_as_well(app: Flask, careful: Owner) -> None:
    """Row D5: Xero is no way around it."""
    link_casey(app, careful)

    browser = sign_in(app, CASEY)

    assert not is_in(browser)
    assert browser.get("/sign-in/second-step").status_code == 200


def test_another_users_passkey_is_no_second_step(app: Flask, careful: Owner) -> None:
    """Row D5: an attacker with a password and a passkey of their own."""
    attacker = Owner(app, "mallory@example.com", "Mallory").sign_up()
    device = Device()
    attacker.add_passkey(device)
    half = careful.enter()

    signed = device.sign(options_from(half, "/sign-in/passkey/options"))
    answer = half.post("/sign-in/passkey", data={"answer": signed})

    assert answer.status_code == 400
    assert not is_in(half)


# Recovery codes


def test_a_recovery_code_stands_in_once(app: Flask, careful: Owner) -> None:
    """Row D6: each code once, however it is typed."""
    typed = careful.recovery_codes[0].lower().replace("-", " ")
    first, second = careful.enter(), careful.enter()

    assert first.post("/sign-in/recovery-code", data={"code": typed}).status_code == 303
    assert second.post("/sign-in/recovery-code", data={"code": typed}).status_code == 400
    assert "9 of 10 are unused" in first.get("/account").text
    assert "recovery_code_used" in events(app)
    assert "Recovery codes left: 9." in mailbox.newest(app, careful.login)


def test_whoever_has_used_the_last_code_is_told_to_make_new_ones(
    app: Flask, careful: Owner
) -> None:
    for code in careful.recovery_codes:
        careful.enter().post("/sign-in/recovery-code", data={"code": code})

    assert "It was the last one: make new recovery codes" in mailbox.newest(app, careful.login)


def test_one_recovery_code_at_the_same_moment_signs_in_one(app: Flask, careful: Owner) -> None:
    """Row D6: twenty at once."""
    link_casey(app, careful)
    half = [sign_in(app, CASEY) for _ in range(10)]
    code = careful.recovery_codes[0]

    def attempt(browser: Client) -> str:
        copy = careful.another_browser()
        cookie = browser.get_cookie("sid")
        assert cookie is not None
        copy.set_cookie("sid", cookie.value)
        return copy.post("/sign-in/recovery-code", data={"code": code}).location or ""

    with ThreadPoolExecutor(10) as pool:
        went_to = list(pool.map(attempt, half * 2))

    assert went_to.count("/connect") == 1


def test_new_codes_end_the_old_ones_and_their_owner_is_told(app: Flask, careful: Owner) -> None:
    """Row D6: a new set."""
    new = codes_in(careful.browser.post("/account/recovery-codes"))
    assert events(app).count("recovery_codes_made") == 1
    browser = careful.enter()

    old = browser.post("/sign-in/recovery-code", data={"code": careful.recovery_codes[1]})

    assert len(new) == 10
    assert old.status_code == 400
    assert browser.post("/sign-in/recovery-code", data={"code": new[1]}).status_code == 303
    assert any(
        "You have new recovery codes" in each for each in mailbox.letters(app, careful.login)
    )


def test_no_code_lies_in_clear(app: Flask, careful: Owner) -> None:
    """Row D6: what is stored cannot be typed."""
    with app.app_context():
        rows = str(db.session.execute(text("SELECT * FROM recovery_code")).all())

    assert not [code for code in careful.recovery_codes if code in rows]
    assert not [code for code in careful.recovery_codes if code.replace("-", "") in rows]


# Taking it away


def test_the_app_can_be_removed_with_its_codes(app: Flask, careful: Owner) -> None:
    other = careful.enter_fully()

    answer = careful.browser.post("/account/two-step/remove")

    assert answer.location == "/account"
    assert [count(app, Authenticator), count(app, RecoveryCode)] == [0, 0]
    assert not is_in(other)
    assert is_in(careful.enter())
    assert "Your authenticator app was removed" in mailbox.newest(app, careful.login)


@pytest.mark.parametrize("role", ["editor", "admin"])
def test_staff_keep_their_last_second_step(app: Flask, careful: Owner, role: str) -> None:
    """Row D9: support staff and administrators."""
    give_role(app, careful.login, role)

    answer = careful.browser.post("/account/two-step/remove")

    assert answer.status_code == 409
    assert "People who work here need a second step" in answer.text
    assert count(app, Authenticator) == 1


def test_a_short_password_keeps_its_second_step(app: Flask, careful: Owner) -> None:
    """Row D1: eight characters are enough only beside a second step."""
    short = {"password": "plum7Trellis"}
    assert careful.browser.post("/account/password", data=short).status_code == 303

    answer = careful.browser.post("/account/two-step/remove")

    assert answer.status_code == 409
    assert "too short to stand alone" in answer.text


def link_casey(app: Flask, owner: Owner) -> None:
    """Let Casey's Xero login open this account, too."""
    with app.app_context():
        user_id = db.session.scalars(select(Authenticator.user_id)).one()
        db.session.add(UserIdentity(user_id=user_id, issuer=CASEY.issuer, subject=CASEY.subject))
        db.session.commit()
