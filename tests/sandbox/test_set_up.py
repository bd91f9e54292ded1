"""Turning two-step authentication on, in the way of today and in the older one."""

import pytest
from flask import Flask

from tests.sandbox.dance import CASEY, QUESTIONS, RILEY, Browser, heading, person, problem
from xero_onboard.sandbox import totp

SET_UP = "/account/set-up"
BACKUP = "casey.backup@practice.example"


def test_it_may_be_put_off_by_those_who_may(xero: Flask, browser: Browser) -> None:
    page = browser.begin(RILEY)
    assert "Not now" in page.text

    assert heading(browser.post(f"{SET_UP}/not-now")) == "Connected apps"
    assert not person(xero, RILEY).has_two_step


def test_it_may_not_be_put_off_with_an_australian_organisation(browser: Browser) -> None:
    page = browser.begin(CASEY)
    assert "Not now" not in page.text
    assert "Australian organisation" in page.text

    assert problem(browser.post(f"{SET_UP}/not-now")).startswith("You must set up")
    assert heading(browser.get("/connected-apps")) == "Set up multi-factor authentication"


def test_todays_way_with_a_backup_email(xero: Flask, browser: Browser) -> None:
    browser.begin(CASEY)

    assert heading(browser.confirm_app()) == "Choose a backup method"
    page = browser.post(f"{SET_UP}/multi-factor/backup", method="email")
    assert heading(page) == "Add a backup email address"
    browser.post(f"{SET_UP}/multi-factor/email", email=BACKUP)
    page = browser.post(f"{SET_UP}/multi-factor/email-code", code=browser.mail(BACKUP))

    assert heading(page) == "Multi-factor authentication is on"
    assert 'href="/connected-apps">Finish' in page.text
    assert person(xero, CASEY).has_two_step
    assert person(xero, CASEY).backup_email == BACKUP


def test_todays_way_with_questions(xero: Flask, browser: Browser) -> None:
    browser.begin(CASEY)
    browser.confirm_app()

    page = browser.post(f"{SET_UP}/multi-factor/backup", method="questions")
    assert heading(page) == "Choose three security questions"
    page = browser.post(f"{SET_UP}/multi-factor/questions", **QUESTIONS)

    assert heading(page) == "Multi-factor authentication is on"
    assert person(xero, CASEY).backup_email is None


def test_the_older_way_asks_for_questions_and_then_offers_an_email(
    xero: Flask, browser: Browser
) -> None:
    page = browser.begin(RILEY)
    assert "Use the older set-up" in page.text
    page = browser.get(f"{SET_UP}/two-step/app")
    assert heading(page) == "Set up two-step authentication"
    assert "Enter key" in page.text

    assert heading(browser.confirm_app("two-step")) == "Choose three security questions"
    page = browser.post(f"{SET_UP}/two-step/questions", **QUESTIONS)
    assert heading(page) == "Add an alternative email"
    browser.post(f"{SET_UP}/two-step/email", email="riley.backup@practice.example")
    code = browser.mail("riley.backup@practice.example")
    page = browser.post(f"{SET_UP}/two-step/email-code", code=code)

    assert heading(page) == "Two-step authentication is on"
    assert person(xero, RILEY).backup_email == "riley.backup@practice.example"


def test_the_older_ways_email_may_be_left_out(browser: Browser) -> None:
    browser.begin(RILEY)
    browser.confirm_app("two-step")
    page = browser.post(f"{SET_UP}/two-step/questions", **QUESTIONS)

    assert 'href="/connected-apps">Finish' in page.text
    assert heading(browser.get("/connected-apps")) == "Connected apps"


def test_the_code_that_confirmed_the_app_does_not_log_in_as_well(
    xero: Flask, browser: Browser
) -> None:
    browser.begin(CASEY)
    browser.set_up()
    browser.post("/logout")
    browser.begin(CASEY)
    casey = person(xero, CASEY)
    assert casey.authenticator_key
    used = totp.code_at(casey.authenticator_key, casey.last_step)

    page = browser.post("/account/two-step-authentication", code=used)

    assert problem(page) == "That code has been used already. Wait for the next one."


def test_a_wrong_code_does_not_confirm_the_app(browser: Browser) -> None:
    browser.begin(CASEY)
    browser.get(f"{SET_UP}/multi-factor/app")

    assert problem(browser.post(f"{SET_UP}/multi-factor/code", code="000000"))
    for page in ("backup", "questions", "email"):
        found = browser.get(f"{SET_UP}/multi-factor/{page}")
        assert heading(found) == "Scan the QR code"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"question_2": QUESTIONS["question_1"]}, "Choose three different questions"),
        ({"question_2": "What is your password?"}, "Choose three different questions"),
        ({"answer_2": ""}, "at least 5 characters"),
        ({"answer_2": "four"}, "at least 5 characters"),
        ({"answer_2": "not-plain!"}, "letters and digits only"),
    ],
)
def test_questions_and_answers_are_checked(
    xero: Flask, browser: Browser, changes: dict[str, str], sentence: str
) -> None:
    browser.begin(CASEY)
    browser.confirm_app()

    page = browser.post(f"{SET_UP}/multi-factor/questions", **QUESTIONS | changes)

    assert sentence in problem(page)
    assert QUESTIONS["answer_3"] in page.text
    assert not person(xero, CASEY).has_two_step


def test_the_key_stays_the_same_until_it_is_used(browser: Browser) -> None:
    browser.begin(CASEY)

    first = browser.get(f"{SET_UP}/multi-factor/app").text
    second = browser.get(f"{SET_UP}/two-step/app").text

    key = first.partition('<code id="key">')[2].partition("<")[0]
    assert key
    assert key in second


def test_the_qr_code_is_a_picture(browser: Browser) -> None:
    browser.begin(CASEY)

    response = browser.client.get(f"{SET_UP}/qr-code.svg")

    assert response.mimetype == "image/svg+xml"
    assert "<svg" in response.text
    assert "style=" not in response.text


def test_there_is_no_third_way(browser: Browser) -> None:
    browser.begin(CASEY)

    assert browser.get(f"{SET_UP}/three-step/app").status_code == 404
    browser.confirm_app()
    for page in ("backup", "questions", "email"):
        assert browser.get(f"{SET_UP}/three-step/{page}").status_code == 404


def test_a_backup_method_nobody_offered_is_refused(browser: Browser) -> None:
    browser.begin(CASEY)
    browser.confirm_app()

    page = browser.post(f"{SET_UP}/multi-factor/backup", method="pigeon")

    assert page.status_code == 400


def test_without_a_code_sent_there_is_none_to_type(browser: Browser) -> None:
    browser.begin(CASEY)
    browser.confirm_app()

    page = browser.get(f"{SET_UP}/multi-factor/email-code")

    assert heading(page) == "Add a backup email address"


def test_the_code_can_be_sent_again_to_the_same_address(browser: Browser) -> None:
    browser.begin(CASEY)
    browser.confirm_app()
    browser.post(f"{SET_UP}/multi-factor/email", email=BACKUP)

    page = browser.post("/account/send-the-code-again", style="multi-factor")

    assert page.request.path == f"{SET_UP}/multi-factor/email-code"
    page = browser.post(page.request.path, code=browser.mail(BACKUP))
    assert heading(page) == "Multi-factor authentication is on"
