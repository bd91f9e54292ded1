"""The second step: codes by app, by e-mail, by answers; and adding an alternative email."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.sandbox.dance import (
    AMARA,
    ANSWERS,
    CASEY,
    RILEY,
    Browser,
    change,
    heading,
    person,
    problem,
)
from xero_onboard.lib import clock
from xero_onboard.sandbox import totp
from xero_onboard.sandbox.models import EmailCode

CODE = "/account/two-step-authentication"
ALTERNATIVE = "/account/alternative-email"
BACKUP = "amara.backup@practice.example"


def test_the_code_lets_in(browser: Browser) -> None:
    assert heading(browser.begin(AMARA)) == "Enter the six-digit code"

    assert heading(browser.post(CODE, code=browser.phone(AMARA))) == "Connected apps"


def test_the_code_may_be_typed_with_its_space(browser: Browser) -> None:
    browser.begin(AMARA)
    code = browser.phone(AMARA)

    assert heading(browser.post(CODE, code=f"{code[:3]} {code[3:]}")) == "Connected apps"


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_something_that_is_no_code_is_not_a_failure(
    xero: Flask, browser: Browser, code: str
) -> None:
    browser.begin(AMARA)

    assert problem(browser.post(CODE, code=code)) == "Enter the six digits of the code"
    assert person(xero, AMARA).failures == 0


def test_a_code_is_good_once(xero: Flask, browser: Browser) -> None:
    browser.begin(AMARA)
    code = browser.phone(AMARA)
    browser.post(CODE, code=code)
    other = Browser(xero)
    other.begin(AMARA)

    sentence = problem(other.post(CODE, code=code))

    assert sentence == "That code has been used already. Wait for the next one."


@pytest.mark.usefixtures("steady")
@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 200), (1, 200), (2, 422)])
def test_a_phone_may_be_one_step_early_or_late(
    xero: Flask, browser: Browser, steps: int, status: int
) -> None:
    browser.begin(AMARA)
    key = person(xero, AMARA).authenticator_key
    assert key

    code = totp.code_at(key, totp.current_step() + steps)

    assert browser.post(CODE, code=code).status_code == status


def test_the_code_page_is_for_those_who_gave_a_password(browser: Browser) -> None:
    assert heading(browser.get(CODE)) == "Log in"
    assert heading(browser.post(CODE, code="123456")) == "Log in"


def test_a_half_finished_log_in_reaches_nothing_else(browser: Browser) -> None:
    browser.begin(AMARA)

    for address in ("/connected-apps", "/account/set-up", f"{ALTERNATIVE}/address"):
        assert heading(browser.get(address)) == "Enter the six-digit code"


def test_a_code_by_email_lets_in(browser: Browser) -> None:
    browser.begin(AMARA)
    page = browser.get(f"{CODE}/backup")
    assert "a•••@practice.example" in page.text
    assert BACKUP not in page.text

    browser.post(f"{CODE}/backup")
    page = browser.post(f"{CODE}/email", code=browser.mail(BACKUP), trust="yes")

    assert heading(page) == "Connected apps"
    browser.post("/logout")
    assert heading(browser.begin(AMARA)) == "Connected apps"


def test_only_the_newest_email_counts(browser: Browser) -> None:
    browser.begin(AMARA)
    browser.post(f"{CODE}/backup")
    first = browser.mail(BACKUP)

    page = browser.post("/account/send-the-code-again")

    assert heading(page) == "Check your email"
    assert problem(browser.post(f"{CODE}/email", code=first)).startswith("That code is not correct")
    assert heading(browser.post(f"{CODE}/email", code=browser.mail(BACKUP))) == "Connected apps"


def test_a_code_by_email_runs_out(xero: Flask, browser: Browser) -> None:
    browser.begin(AMARA)
    browser.post(f"{CODE}/backup")
    change(xero, update(EmailCode).values(expires_at=clock.now() - timedelta(seconds=1)))

    page = browser.post(f"{CODE}/email", code=browser.mail(BACKUP))

    assert problem(page) == "That code has run out. Send a new one."


def test_a_code_by_email_is_for_the_browser_that_asked(xero: Flask, browser: Browser) -> None:
    browser.begin(AMARA)
    browser.post(f"{CODE}/backup")
    other = Browser(xero)
    other.begin(AMARA)

    page = other.post(f"{CODE}/email", code=browser.mail(BACKUP))

    assert heading(page) == "Use a backup method"


def test_without_a_backup_address_no_code_is_sent(xero: Flask, browser: Browser) -> None:
    browser.log_in(CASEY)
    browser.post("/logout")
    browser.begin(CASEY)

    assert problem(browser.post(f"{CODE}/backup"))
    assert heading(browser.get(f"{CODE}/email")) == "Use a backup method"


def test_answers_let_in_whatever_their_letter_case(browser: Browser) -> None:
    browser.log_in(CASEY)
    browser.post("/logout")
    browser.begin(CASEY)

    shouted = {name: answer.upper() for name, answer in ANSWERS.items()}

    assert heading(browser.post(f"{CODE}/questions", **shouted)) == "Connected apps"


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"answer_1": "Biscuit"}, "Answer every question"),
        (ANSWERS | {"answer_3": "Hillside8"}, "At least one answer is not correct"),
    ],
)
def test_answers_must_all_be_right(
    browser: Browser, answers: dict[str, str], sentence: str
) -> None:
    browser.log_in(CASEY)
    browser.post("/logout")
    browser.begin(CASEY)

    assert problem(browser.post(f"{CODE}/questions", **answers)) == sentence


def test_somebody_without_questions_is_not_asked_any(browser: Browser) -> None:
    browser.begin(AMARA)

    assert heading(browser.get(f"{CODE}/questions")) == "Use a backup method"
    assert problem(browser.post(f"{CODE}/questions", **ANSWERS)) == "Answer every question"


def test_an_alternative_email_is_added_and_then_lets_in(browser: Browser) -> None:
    browser.log_in(CASEY)
    browser.post("/logout")
    browser.begin(CASEY)
    assert heading(browser.get(ALTERNATIVE)) == "Confirm it is you"

    browser.post(ALTERNATIVE, code=browser.phone(CASEY))
    browser.post(f"{ALTERNATIVE}/address", email="Casey.Backup@practice.example")
    page = browser.post(f"{ALTERNATIVE}/code", code=browser.mail("casey.backup@practice.example"))
    assert heading(page) == "Your alternative email is confirmed"

    browser.post("/logout")
    browser.begin(CASEY)
    browser.post(f"{CODE}/backup")
    code = browser.mail("casey.backup@practice.example")
    assert heading(browser.post(f"{CODE}/email", code=code)) == "Connected apps"


def test_answers_prove_as_well_as_a_code(browser: Browser) -> None:
    browser.log_in(CASEY)
    browser.post("/logout")
    browser.begin(CASEY)

    page = browser.post(f"{ALTERNATIVE}/questions", **ANSWERS)

    assert heading(page) == "Add an alternative email"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Enter a complete email address, like name@example.com"),
        ("casey", "Enter a complete email address, like name@example.com"),
        ("casey@example", "Enter a complete email address, like name@example.com"),
        ("a@b.example@c.example", "Enter a complete email address, like name@example.com"),
        ("AMARA@practice.example", "Use an address that differs from the one you log in with"),
    ],
)
def test_an_address_must_be_complete_and_another(
    browser: Browser, address: str, sentence: str
) -> None:
    browser.log_in(AMARA)

    assert problem(browser.post(f"{ALTERNATIVE}/address", email=address)) == sentence


def test_an_address_is_kept_only_when_it_is_confirmed(xero: Flask, browser: Browser) -> None:
    browser.log_in(AMARA)
    browser.post(f"{ALTERNATIVE}/address", email="new@practice.example")

    assert problem(browser.post(f"{ALTERNATIVE}/code", code="000000"))
    assert person(xero, AMARA).backup_email == BACKUP


@pytest.mark.usefixtures("steady")
def test_the_phone_is_shown_for_those_who_have_one(browser: Browser) -> None:
    page = browser.get(f"/authenticator?email={AMARA}")

    code = browser.phone(AMARA)
    assert f"{code[:3]} {code[3:]}" in page.text
    assert browser.get(f"/authenticator?email={RILEY}").status_code == 404
    assert browser.get("/authenticator?email=nobody@x.example").status_code == 404


@pytest.mark.usefixtures("steady")
def test_the_phone_shows_the_next_code_when_one_is_used(browser: Browser) -> None:
    browser.begin(AMARA)
    first = browser.phone(AMARA)
    browser.post(CODE, code=first)

    page = browser.get(f"/authenticator?email={AMARA}").text

    assert f"{first[:3]} {first[3:]}" not in page
    assert "has been used" in page
