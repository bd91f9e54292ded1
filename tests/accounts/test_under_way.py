"""What is under way while its owner changes the account: too late is too late."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select, update

from tests import mailbox
from tests.accounts.device import Device
from tests.accounts.owner import NEW_PASSWORD, Owner, codes_in, is_in
from tests.client import Client
from xero_onboard.accounts.models import Password, RecoveryCode, StoredSession
from xero_onboard.accounts.sessions import LIFETIME
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

SHORT = "zq7Kv2xRw9"
MOMENT = timedelta(minutes=1)

Meanwhile = Callable[[str, Callable[[], Any]], None]


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let something happen while the next password is hashed, which takes long on a busy machine."""

    def let(method: str, happen: Callable[[], Any]) -> None:
        real = getattr(PasswordHasher, method)

        def slow(hasher: PasswordHasher, *given: Any) -> Any:
            monkeypatch.setattr(PasswordHasher, method, real)
            found = real(hasher, *given)
            # In a thread, because within this one it would share the transaction.
            with ThreadPoolExecutor(1) as pool:
                pool.submit(happen).result()
            return found

        monkeypatch.setattr(PasswordHasher, method, slow)

    return let


def test_the_old_password_opens_nothing_once_it_was_changed(
    robin: Owner, meanwhile: Meanwhile
) -> None:
    """Row C3: nor where it had been found right a moment before."""
    thief = robin.another_browser()
    form = {"password": NEW_PASSWORD}
    meanwhile("verify", lambda: robin.browser.post("/account/password", data=form))

    proof = {"email": robin.login, "password": robin.password}
    answer = thief.post("/sign-in/password", data=proof)

    assert answer.status_code == 400
    assert "is not right" in answer.text
    assert not is_in(thief)


def test_an_ended_session_does_not_come_back_by_a_proof(robin: Owner, meanwhile: Meanwhile) -> None:
    """Row C3: the new handle that a proof brings is for a session that is still there."""
    other = robin.enter()
    meanwhile("verify", lambda: robin.browser.post("/account/sessions/end-others"))

    other.post("/account/prove/password", data={"password": robin.password})

    assert not is_in(other)
    assert other.get_cookie("sid") is None
    assert is_in(robin.browser)


def test_two_who_end_each_other_at_once_are_not_both_in(robin: Owner) -> None:
    """Rows C2 and C3."""
    for _ in range(6):
        thief, owner = robin.enter(), robin.enter()
        at_once([thief, owner], "/account/sessions/end-others")

        assert not (is_in(thief) and is_in(owner))


def test_a_new_handle_is_no_longer_life(app: Flask, robin: Owner) -> None:
    """Row C3: ending the others prolongs nothing; a proof does."""
    began, ends = grow_old(app)

    robin.browser.post("/account/sessions/end-others")
    assert life(app) == (began, ends)

    robin.browser.post("/account/prove/password", data={"password": robin.password})
    assert abs(life(app)[1] - now() - LIFETIME) < MOMENT


def test_a_short_password_does_not_outlive_the_second_step(
    app: Flask, robin: Owner, meanwhile: Meanwhile
) -> None:
    """Row D1: the app is removed while the password is hashed."""
    robin.set_up_app()
    other = robin.enter_fully()
    meanwhile("hash", lambda: other.post("/account/two-step/remove"))

    answer = robin.browser.post("/account/password", data={"password": SHORT})

    assert answer.status_code == 400
    assert "at least 15 characters" in answer.text
    assert not has_short(app)


def test_nor_does_one_that_was_set_by_a_link(
    app: Flask, robin: Owner, meanwhile: Meanwhile
) -> None:
    """Row D1: and the link is not used up by it."""
    robin.set_up_app()
    asking = robin.another_browser()
    link = ask_for_link(app, asking, robin.login)
    meanwhile("hash", lambda: robin.browser.post("/account/two-step/remove"))

    answer = asking.post(link, data={"password": SHORT})

    assert answer.status_code == 400
    assert "at least 15 characters" in answer.text
    assert not has_short(app)
    assert asking.post(link, data={"password": NEW_PASSWORD}).status_code == 303


def test_new_recovery_codes_asked_for_at_once_are_ten(app: Flask, robin: Owner) -> None:
    """Row D6."""
    robin.set_up_app()
    for _ in range(4):
        at_once([robin.enter_fully() for _ in range(3)], "/account/recovery-codes")

        assert codes_kept(app) == 10


def test_first_passkeys_that_arrive_at_once_bring_ten_codes(app: Flask, robin: Owner) -> None:
    """Row D6."""
    browsers, both = [robin.browser, robin.enter()], Barrier(2)

    def add(browser: Client) -> list[str]:
        both.wait()
        return codes_in(robin.add_passkey(Device(), browser))

    with ThreadPoolExecutor(2) as pool:
        shown = list(pool.map(add, browsers))

    assert codes_kept(app) == 10
    assert sorted(len(each) for each in shown) == [0, 10]


def at_once(browsers: list[Client], path: str) -> None:
    """Press the same button in all of them together; none may fail."""
    ready = Barrier(len(browsers))

    def press(browser: Client) -> int:
        ready.wait()
        return browser.post(path).status_code

    with ThreadPoolExecutor(len(browsers)) as pool:
        assert max(pool.map(press, browsers)) < 500


def ask_for_link(app: Flask, browser: Client, address: str) -> str:
    browser.post("/password/forgotten", data={"email": address})
    return mailbox.link(app, address, "/password/reset/")


def grow_old(app: Flask) -> tuple[Any, Any]:
    """Let every session have one of its thirty days left."""
    ages = {"created_at": now() - timedelta(days=29), "expires_at": now() + timedelta(days=1)}
    with app.app_context():
        db.session.execute(update(StoredSession).values(**ages))
        db.session.commit()
    return life(app)


def life(app: Flask) -> tuple[Any, Any]:
    """From when until when the one session of somebody lives."""
    with app.app_context():
        query = select(StoredSession.created_at, StoredSession.expires_at)
        began, ends = db.session.execute(query.where(StoredSession.user_id.is_not(None))).one()
        return began, ends


def has_short(app: Flask) -> bool:
    with app.app_context():
        return bool(db.session.scalar(select(Password.is_short)))


def codes_kept(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(RecoveryCode)) or 0
