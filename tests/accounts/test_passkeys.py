"""Passkeys, with a device in software that does what a phone does and what an attacker's would."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from tests import mailbox
from tests.accounts.device import Device
from tests.accounts.owner import Owner, codes_in, events, give_role, is_in, options_from
from xero_onboard.accounts.models import Passkey, RecoveryCode
from xero_onboard.lib.db import db

SIGN_IN = "/sign-in/passkey"


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


@pytest.fixture
def device(robin: Owner) -> Device:
    """A phone with a passkey of Robin's."""
    phone = Device()
    robin.recovery_codes = codes_in(robin.add_passkey(phone))
    return phone


def passkeys(app: Flask) -> list[Passkey]:
    with app.app_context():
        return list(db.session.scalars(select(Passkey)))


def test_a_passkey_signs_in_with_both_steps(robin: Owner, device: Device) -> None:
    browser = robin.another_browser()

    signed = device.sign(options_from(browser, f"{SIGN_IN}/options"))
    answer = browser.post(SIGN_IN, data={"answer": signed, "next": "/account"})

    assert answer.location == "/account"
    assert is_in(browser)


def test_a_passkey_is_the_second_step_after_the_password(robin: Owner, device: Device) -> None:
    half = robin.enter()
    assert not is_in(half)

    signed = device.sign(options_from(half, f"{SIGN_IN}/options"))

    assert half.post(SIGN_IN, data={"answer": signed}).status_code == 303
    assert is_in(half)


def test_the_first_passkey_brings_recovery_codes(app: Flask, robin: Owner, device: Device) -> None:
    assert len(robin.recovery_codes) == 10

    second = robin.add_passkey(Device())

    assert second.location == "/account/passkeys"
    code = {"code": robin.recovery_codes[0]}
    assert robin.enter().post("/sign-in/recovery-code", data=code).status_code == 303


def test_staff_who_choose_a_passkey_go_on_from_where_they_were(app: Flask, robin: Owner) -> None:
    give_role(app, robin.login, "editor")
    page = robin.browser.get("/staff/articles", follow_redirects=True).text
    link = re.search(r'href="(/account/passkeys\?next=[^"]+)"', page)
    assert link is not None
    field = re.search(r'name="next" value="([^"]*)"', robin.browser.get(link[1]).text)
    assert field is not None

    options = options_from(robin.browser, "/account/passkeys/options")
    form = {"name": "Phone", "answer": Device().make(options), "next": field[1]}
    told = robin.browser.post("/account/passkeys", data=form)

    assert codes_in(told)
    assert 'href="/staff/articles">I have kept them, go on' in told.text
    assert robin.browser.get("/staff/articles").status_code == 200


def test_adding_is_told_noted_and_ends_the_other_sessions(app: Flask, robin: Owner) -> None:
    """Row C3: a passkey is added."""
    other = robin.enter()

    robin.add_passkey(Device())

    assert is_in(robin.browser)
    assert not is_in(other)
    assert "passkey_added" in events(app)
    assert mailbox.newest(app, robin.login).startswith("A passkey was added")


@pytest.mark.parametrize(
    "device",
    [
        Device(origin="https://evil.example"),
        Device(origin="http://localhost:8001"),
        Device(host="evil.example"),
        Device(asks_for_pin=False),
    ],
    ids=["another site", "another port", "another host", "no finger and no PIN"],
)
def test_what_another_site_could_have_made_is_not_kept(
    app: Flask, robin: Owner, device: Device
) -> None:
    answer = robin.add_passkey(device)

    assert answer.status_code == 400
    assert "could not be added" in answer.text
    assert passkeys(app) == []


@pytest.mark.parametrize("key", [[1], 7])
def test_a_key_that_is_none_is_not_kept(app: Flask, robin: Owner, key: object) -> None:
    answer = robin.add_passkey(Device(key=key))

    assert answer.status_code == 400
    assert "could not be added" in answer.text
    assert passkeys(app) == []


@pytest.mark.parametrize("change", [{"origin": "https://evil.example"}, {"asks_for_pin": False}])
def test_what_another_site_could_have_asked_for_signs_nobody_in(
    robin: Owner, device: Device, change: dict[str, str]
) -> None:
    browser = robin.another_browser()
    vars(device).update(change)

    signed = device.sign(options_from(browser, f"{SIGN_IN}/options"))

    assert browser.post(SIGN_IN, data={"answer": signed}).status_code == 400
    assert not is_in(browser)


def test_an_answer_works_once(robin: Owner, device: Device) -> None:
    browser = robin.another_browser()
    signed = device.sign(options_from(browser, f"{SIGN_IN}/options"))
    assert browser.post(SIGN_IN, data={"answer": signed}).status_code == 303
    browser.post("/sign-out")
    options_from(browser, f"{SIGN_IN}/options")

    assert browser.post(SIGN_IN, data={"answer": signed}).status_code == 400
    assert not is_in(browser)


def test_an_answer_at_the_same_moment_works_once(robin: Owner, device: Device) -> None:
    browser = robin.another_browser()
    signed = device.sign(options_from(browser, f"{SIGN_IN}/options"))
    cookie = browser.get_cookie("sid")
    assert cookie is not None

    def replay(_number: int) -> int:
        copy = robin.another_browser()
        copy.set_cookie("sid", cookie.value)
        return copy.post(SIGN_IN, data={"answer": signed}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(replay, range(8)))

    assert statuses.count(303) == 1


def test_an_answer_works_in_the_browser_that_was_asked(robin: Owner, device: Device) -> None:
    asked, other = robin.another_browser(), robin.another_browser()
    signed = device.sign(options_from(asked, f"{SIGN_IN}/options"))
    options_from(other, f"{SIGN_IN}/options")

    assert other.post(SIGN_IN, data={"answer": signed}).status_code == 400
    assert not is_in(other)


def test_an_answer_serves_the_purpose_it_was_asked_for(robin: Owner, device: Device) -> None:
    signed = device.sign(options_from(robin.browser, "/account/prove/passkey/options"))
    robin.browser.post("/sign-out")

    assert robin.browser.post(SIGN_IN, data={"answer": signed}).status_code == 400


@pytest.mark.parametrize("answer", ["", "{}", "[1]", "null", "x" * 500, '{"response": 7}'])
def test_garbage_is_refused_in_words(robin: Owner, answer: str) -> None:
    added = robin.browser.post("/account/passkeys", data={"answer": answer})
    used = robin.another_browser().post(SIGN_IN, data={"answer": answer})

    assert [added.status_code, used.status_code] == [400, 400]


def test_a_passkey_belongs_to_one_person(app: Flask, robin: Owner, device: Device) -> None:
    other = Owner(app, "dana@example.com", "Dana Whitfield").sign_up()

    assert other.add_passkey(device).status_code == 400
    assert len(passkeys(app)) == 1


def test_a_removed_passkey_opens_nothing(app: Flask, robin: Owner, device: Device) -> None:
    (kept,) = passkeys(app)

    answer = robin.browser.post(f"/account/passkeys/{kept.id}/remove")

    browser = robin.another_browser()
    signed = device.sign(options_from(browser, f"{SIGN_IN}/options"))
    assert answer.location == "/account/passkeys"
    assert browser.post(SIGN_IN, data={"answer": signed}).status_code == 400
    assert is_in(robin.enter())
    assert "passkey_removed" in events(app)
    with app.app_context():
        assert db.session.scalars(select(RecoveryCode)).all() == []


def test_somebody_elses_passkey_cannot_be_removed(app: Flask, robin: Owner, device: Device) -> None:
    other = Owner(app, "dana@example.com", "Dana Whitfield").sign_up()
    (kept,) = passkeys(app)

    assert other.browser.post(f"/account/passkeys/{kept.id}/remove").status_code == 404
    assert len(passkeys(app)) == 1


def test_staff_keep_their_last_passkey_without_an_app(
    app: Flask, robin: Owner, device: Device
) -> None:
    """Row D9: a passkey may be the last second step."""
    give_role(app, robin.login, "admin")
    (kept,) = passkeys(app)

    answer = robin.browser.post(f"/account/passkeys/{kept.id}/remove")

    assert answer.status_code == 409
    assert len(passkeys(app)) == 1
