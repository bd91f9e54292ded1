"""Logging in: password, lock-out, log out, trusted devices."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.sandbox.dance import (
    AMARA,
    CASEY,
    RILEY,
    Browser,
    authorize_address,
    change,
    heading,
    problem,
)
from xero_onboard.lib import clock
from xero_onboard.sandbox.models import LoginSession, Person, TrustedDevice

LOGIN = "/identity/user/login"
LOCKED = (
    "Your account has been locked due to repeated failed login attempts. Try again in 15 minutes."
)


def test_the_page_lists_the_people_and_the_password(browser: Browser) -> None:
    page = browser.get(LOGIN).text

    for email in (RILEY, AMARA, CASEY, "robin@practice.example"):
        assert email in page
    assert "practice-xero" in page


def test_a_person_can_be_filled_in(browser: Browser) -> None:
    page = browser.get(f"{LOGIN}?email={RILEY}").text

    assert f'value="{RILEY}"' in page
    assert 'value="practice-xero"' in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Enter your email address"),
        ({"email": RILEY}, "Enter your password"),
        ({"email": RILEY, "password": "wrong"}, "Your email or password is incorrect"),
        ({"email": "nobody@x.example", "password": "x"}, "Your email or password is incorrect"),
    ],
)
def test_a_refused_log_in_says_why(browser: Browser, fields: dict[str, str], sentence: str) -> None:
    assert problem(browser.post(LOGIN, **fields)) == sentence


def test_the_email_address_may_be_typed_in_capitals(browser: Browser) -> None:
    page = browser.begin("Riley@Practice.Example")

    assert heading(page) == "Set up multi-factor authentication"


@pytest.mark.parametrize("value", ["x" * 201, "a\x00b"])
def test_a_hostile_value_is_refused_in_words(browser: Browser, value: str) -> None:
    assert browser.post(LOGIN, email=value, password="x").status_code == 400


def test_five_failures_lock_the_account_for_fifteen_minutes(xero: Flask, browser: Browser) -> None:
    for _ in range(5):
        browser.post(LOGIN, email=RILEY, password="wrong")

    assert problem(browser.begin(RILEY)) == LOCKED
    change(xero, update(Person).values(locked_until=clock.now()))
    assert heading(browser.begin(RILEY)) == "Set up multi-factor authentication"


def test_the_lock_is_one_persons_own(browser: Browser) -> None:
    for _ in range(5):
        browser.post(LOGIN, email=RILEY, password="wrong")

    assert heading(browser.log_in(AMARA)) == "Connected apps"


def test_getting_in_forgets_earlier_failures(browser: Browser) -> None:
    for _ in range(4):
        browser.post(LOGIN, email=RILEY, password="wrong")
    browser.log_in(RILEY)

    assert problem(browser.post(LOGIN, email=RILEY, password="wrong")) != LOCKED
    assert heading(browser.begin(RILEY)) == "Set up multi-factor authentication"


def test_wrong_codes_lock_the_account_too(browser: Browser) -> None:
    browser.begin(AMARA)
    for _ in range(5):
        page = browser.post("/account/two-step-authentication", code="000000")
    assert problem(page)

    page = browser.post("/account/two-step-authentication", code=browser.phone(AMARA))

    assert problem(page) == LOCKED


def test_whoever_is_in_goes_straight_on(xero: Flask, browser: Browser) -> None:
    browser.log_in(RILEY)

    assert heading(browser.get(LOGIN)) == "Connected apps"


def test_logging_out_ends_the_session_on_the_server(xero: Flask, browser: Browser) -> None:
    browser.log_in(RILEY)
    cookie = browser.client.get_cookie("sandbox_sid")
    assert cookie

    browser.post("/logout")
    browser.client.set_cookie("sandbox_sid", cookie.value)

    assert heading(browser.get("/connected-apps")) == "Log in"


def test_a_session_ends_by_itself(xero: Flask, browser: Browser) -> None:
    browser.log_in(RILEY)

    change(xero, update(LoginSession).values(began_at=clock.now() - timedelta(hours=12)))

    assert heading(browser.get("/connected-apps")) == "Log in"


def test_the_session_cookie_is_out_of_reach_of_scripts(browser: Browser) -> None:
    browser.begin(RILEY)

    cookie = browser.client.get_cookie("sandbox_sid")
    assert cookie
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/connect/token",
        "/connected-apps/x",
    ],
)
def test_nobody_is_sent_elsewhere_after_logging_in(browser: Browser, page: str) -> None:
    browser.log_in(RILEY, goes_on_to=page)

    assert browser.client.get("/identity/user/go-on").location == "/connected-apps"


def test_a_trusted_device_is_not_asked_for_a_code(xero: Flask, browser: Browser) -> None:
    browser.begin(AMARA)
    browser.post("/account/two-step-authentication", code=browser.phone(AMARA), trust="yes")
    browser.post("/logout")

    assert heading(browser.begin(AMARA)) == "Connected apps"

    browser.post("/logout")
    change(xero, update(TrustedDevice).values(expires_at=clock.now()))
    assert heading(browser.begin(AMARA)) == "Enter the six-digit code"


def test_trust_is_not_handed_to_somebody_else(xero: Flask, browser: Browser) -> None:
    casey = Browser(xero)
    casey.log_in(CASEY)
    browser.begin(AMARA)
    browser.post("/account/two-step-authentication", code=browser.phone(AMARA), trust="yes")
    browser.post("/logout")

    assert heading(browser.begin(CASEY)) == "Enter the six-digit code"


def test_a_form_of_another_site_is_refused(browser: Browser) -> None:
    response = browser.client.post(
        LOGIN, data={"email": RILEY}, headers={"Sec-Fetch-Site": "same-site"}
    )

    assert response.status_code == 403


def test_a_new_request_replaces_where_a_half_finished_log_in_goes(
    xero: Flask, browser: Browser
) -> None:
    browser.begin(AMARA)

    browser.get(authorize_address(xero))
    page = browser.post("/account/two-step-authentication", code=browser.phone(AMARA))

    assert heading(page) == "Acme Billing wants access to your organisation"
