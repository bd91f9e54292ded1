"""Row C3: what a session has under way when its owner ends it from elsewhere is not finished."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Pool, event, text
from werkzeug.test import TestResponse

from tests import mailbox
from tests.accounts.device import Device
from tests.accounts.owner import NEW_PASSWORD, Owner, is_in
from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.accounts import second_step
from xero_onboard.lib.db import db

SPARE = "spare@example.net"
PROTECTION = (
    *("password", "authenticator", "recovery_code", "passkey", "alternative_address", "new_login"),
    "user_identity",
)

# When something else happens while a request is under way.
Moment = Callable[[Callable[[], None]], None]


def test_a_new_password(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    robin = Owner(app).sign_up()
    thief = robin.enter()
    form = {"password": NEW_PASSWORD}

    with ended_while(hashing(monkeypatch), app, robin.browser):
        answer = thief.post("/account/password", data=form)

    assert_thrown_out(thief, answer)


def test_new_recovery_codes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    robin = Owner(app).sign_up()
    robin.set_up_app()
    thief = robin.enter_fully()

    with ended_while(making_codes(monkeypatch), app, robin.browser):
        answer = thief.post("/account/recovery-codes")

    assert_thrown_out(thief, answer)


def test_another_authenticator_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    robin = Owner(app).sign_up()
    thief = robin.enter()
    robin.scan(thief)
    code = robin.shown()

    with ended_while(making_codes(monkeypatch), app, robin.browser):
        answer = thief.post("/account/two-step", data={"code": code})

    assert_thrown_out(thief, answer)


def test_another_passkey(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    robin = Owner(app).sign_up()
    thief = robin.enter()

    with ended_while(making_codes(monkeypatch), app, robin.browser):
        answer = robin.add_passkey(Device(), thief)

    assert_thrown_out(thief, answer)


@pytest.mark.parametrize("path", ["/account/alternative", "/account/address"])
def test_another_address(app: Flask, request: pytest.FixtureRequest, path: str) -> None:
    robin = Owner(app).sign_up()
    thief = robin.enter()
    thief.post(path, data={"email": SPARE})
    code = mailbox.code(app, SPARE)

    with ended_while(counting_the_try(request), app, robin.browser):
        answer = thief.post(f"{path}/code", data={"code": code})

    assert_thrown_out(thief, answer)


def test_a_first_password(app: Flask, request: pytest.FixtureRequest) -> None:
    owner, thief = sign_in(app, CASEY), sign_in(app, CASEY)
    form = {"email": SPARE, "password": NEW_PASSWORD}
    assert thief.post("/account/password", data=form).status_code == 303
    code = mailbox.code(app, SPARE)

    with ended_while(counting_the_try(request), app, owner):
        answer = thief.post("/account/password/code", data={"code": code})

    assert_thrown_out(thief, answer)


@contextmanager
def ended_while(moment: Moment, app: Flask, owner: Client) -> Iterator[None]:
    """Let the owner end all other sessions at that moment; nothing of the account may be changed."""
    before, done = protection(app), []

    def end() -> None:
        # In a thread, because within this one it would share the transaction.
        with ThreadPoolExecutor(1) as pool:
            done.append(pool.submit(lambda: owner.post("/account/sessions/end-others")).result())

    moment(end)
    yield
    assert [each.status_code for each in done] == [303]
    assert protection(app) == before


def assert_thrown_out(browser: Client, answer: TestResponse) -> None:
    assert answer.status_code == 401
    assert "Please sign in first" in answer.text
    assert not is_in(browser)


def hashing(monkeypatch: pytest.MonkeyPatch) -> Moment:
    """While the next password is hashed, which takes long on a busy machine."""
    return lambda happen: slow_down(monkeypatch, PasswordHasher, "hash", happen)


def making_codes(monkeypatch: pytest.MonkeyPatch) -> Moment:
    """While the next recovery code is hashed."""
    return lambda happen: slow_down(monkeypatch, second_step, "hash_secret_raw", happen)


def slow_down(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, happen: Callable[[], None]
) -> None:
    real = getattr(where, name)

    def slow(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(where, name, real)
        happen()
        return real(*given, **named)

    monkeypatch.setattr(where, name, slow)


def counting_the_try(request: pytest.FixtureRequest) -> Moment:
    """After the try at a code was counted and kept, and before the code is looked at."""

    def between(happen: Callable[[], None]) -> None:
        waiting = [lambda: None, happen]

        def next_one(*_given: object) -> None:
            if waiting:
                waiting.pop(0)()

        # A request takes a connection for each of its transactions; nothing is locked in between.
        event.listen(Pool, "checkout", next_one)
        request.addfinalizer(lambda: event.remove(Pool, "checkout", next_one))

    return between


def protection(app: Flask) -> list[str]:
    """Everything that protects accounts, row by row."""
    with app.app_context():
        return [
            f"{table}: {row}"
            for table in PROTECTION
            for row in db.session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
        ]
