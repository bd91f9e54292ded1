"""Deleting an account while something else happens in it, on the database where requests run side by side."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from werkzeug.test import TestResponse

from tests.accounts.owner import Owner
from tests.accounts.test_closing import SURE
from tests.accounts.test_taking_back import count, stranger
from xero_onboard.accounts.models import StoredSession, User
from xero_onboard.lib.db import db

Act = Callable[[], TestResponse]


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url}


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


def test_nobody_signs_in_to_an_account_that_goes(app: Flask, robin: Owner) -> None:
    """Row M2: their session would refer to somebody who is gone, and the deletion fail."""
    form = {"email": robin.login, "password": robin.password}

    with meanwhile(app, lambda: stranger(app).post("/sign-in/password", data=form)) as other:
        gone = robin.browser.post("/account/privacy/delete", data=SURE)

    assert (gone.status_code, other[0].result().status_code) == (303, 400)
    assert (count(app, User), count(app, StoredSession)) == (0, 0)


def test_ending_sessions_and_deleting_do_not_wait_for_each_other(app: Flask, robin: Owner) -> None:
    browser = robin.enter()

    with meanwhile(app, lambda: browser.post("/account/sessions/end-others")) as other:
        gone = robin.browser.post("/account/privacy/delete", data=SURE)

    assert (gone.status_code, other[0].result().status_code) == (303, 401)
    assert count(app, User) == 0


def test_a_session_that_was_ended_meanwhile_deletes_nothing(app: Flask, robin: Owner) -> None:
    """Row C3: as it changes nothing else of what protects the account."""
    with app.app_context():
        user_id = db.session.scalars(select(User.id)).one()
        db.session.scalar(select(User.id).where(User.id == user_id).with_for_update())
        with ThreadPoolExecutor(1) as pool:
            gone = pool.submit(robin.browser.post, "/account/privacy/delete", data=SURE)
            wait_until_blocked(gone)
            db.session.query(StoredSession).delete()
            db.session.commit()

    assert gone.result().status_code == 401
    assert count(app, User) == 1


@contextmanager
def meanwhile(app: Flask, act: Act) -> Iterator[list["Future[TestResponse]"]]:
    """Let somebody act once the deletion is half done, which goes on when they are done or have to wait."""
    pool, acting = ThreadPoolExecutor(1), list[Future[TestResponse]]()
    with app.app_context():
        engine = db.engine

    def begin(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("DELETE FROM user_identity") and not acting:
            acting.append(pool.submit(act))
            with app.app_context():
                wait_until_blocked(acting[0])

    event.listen(engine, "before_cursor_execute", begin)
    try:
        yield acting
    finally:
        pool.shutdown()
        event.remove(engine, "before_cursor_execute", begin)


def wait_until_blocked(acting: "Future[TestResponse]") -> None:
    """Until somebody waits in the database, or nobody has to."""
    gives_up_at = time.monotonic() + 20
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with db.engine.connect() as connection:
        while not acting.done() and time.monotonic() < gives_up_at:
            if connection.scalar(waiting):
                return
            time.sleep(0.02)
