"""What only a practice copy has, and what marks it as one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from tests.sandbox.conftest import close, told
from tests.sandbox.dance import AMARA, RILEY, Backend, Browser, heading, person
from xero_onboard.config import SandboxSettings, UnsafeSettingError
from xero_onboard.sandbox import create_app, people
from xero_onboard.sandbox.store import store

PAGES = ["/", "/identity/user/login", "/inbox", "/authenticator", "/connected-apps", "/nowhere"]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_says_that_it_is_not_xero(browser: Browser, address: str) -> None:
    page = browser.get(address)

    assert "Practice copy, not Xero." in page.text
    assert '<meta name="robots" content="noindex">' in page.text
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["Cache-Control"] == "private, no-store"


def test_forms_may_lead_to_the_app_and_nowhere_else(browser: Browser) -> None:
    policy = browser.get("/").headers["Content-Security-Policy"]

    assert "form-action 'self' http://localhost:8000;" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_start_page_shows_people_and_the_registered_app(browser: Browser) -> None:
    page = browser.get("/").text

    assert AMARA in page
    assert "PRACTICE0000000000000000000TESTS" in page
    assert "http://localhost:8000/connect/sandbox/callback" in page
    assert "a-secret_of-the-tests" not in page


def test_starting_again_forgets_everything_but_who_people_are(
    xero: Flask, browser: Browser, backend: Backend
) -> None:
    browser.log_in(RILEY)
    tokens = backend.redeem(browser.allow("Riley's Roastery")).get_json()
    before = person(xero, RILEY).id

    page = browser.post("/reset")

    assert "Everything is as it was at the beginning." in page.text
    assert person(xero, RILEY).id == before
    assert backend.connections(tokens["access_token"]) == []
    assert backend.refresh(tokens["refresh_token"]).get_json() == {"error": "invalid_grant"}
    assert heading(browser.get("/connected-apps")) == "Log in"


def test_the_inbox_shows_the_newest_first_and_one_persons_mail(browser: Browser) -> None:
    browser.log_in(AMARA)
    for address in ("first@practice.example", "second@practice.example"):
        browser.post("/account/alternative-email/address", email=address)

    everything = browser.get("/inbox").text
    filtered = browser.get("/inbox?to=First@practice.example").text

    assert everything.index("To second@") < everything.index("To first@")
    assert "To second@" not in filtered
    assert "No mail yet." in browser.get("/inbox?to=nobody@practice.example").text


def test_the_sandbox_refuses_to_start_in_production() -> None:
    with pytest.raises(UnsafeSettingError, match="never runs in production"):
        SandboxSettings.from_environ({"ENVIRONMENT": "production"})


def test_a_store_of_older_models_is_emptied(database: Path) -> None:
    old = create_app(told(database))
    with old.app_context(), store.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 1")
        connection.exec_driver_sql("CREATE TABLE left_over (id INTEGER)")
        connection.exec_driver_sql("DELETE FROM membership")
    close(old)

    new = create_app(told(database))

    with new.app_context():
        assert [len(one.memberships) for one in people.everybody()] == [1, 3, 1, 1]
        tables = store.engine.connect().exec_driver_sql("SELECT name FROM sqlite_master")
        assert "left_over" not in {row[0] for row in tables}
        store.session.remove()
    close(new)


def test_several_may_start_at_once_on_a_fresh_store(tmp_path: Path) -> None:
    asked = told(tmp_path / "fresh.db")

    with ThreadPoolExecutor(3) as pool:
        apps = list(pool.map(lambda _: create_app(asked), range(3)))

    for app in apps:
        with app.app_context():
            assert len(people.everybody()) == 4
        close(app)
