"""Somebody adds an alternative email, and gets in with it, or with the questions, without the phone."""

import pytest
from playwright.sync_api import Page

from tests.journeys.practice import CASEY
from tests.journeys.reader import WITH_EMAIL, WITH_QUESTIONS, Reader
from tests.journeys.window import with_and_without_script
from tests.servers import Stage


@pytest.fixture
def casey(page: Page, stage: Stage) -> Reader:
    """Casey, who has connected, chosen security questions as backup, and logged out everywhere."""
    casey = Reader(CASEY, page, stage)
    casey.connect()
    casey.sign_out()
    casey.leave_xero()
    return casey


@with_and_without_script
def test_an_alternative_email_that_was_added_later_lets_its_owner_in(casey: Reader) -> None:
    casey.add_alternative_email()
    casey.leave_xero()

    casey.connect_without_the_phone(WITH_EMAIL)
    # Nothing is left to add, so Xero offers nothing else.
    casey.press("Continue with 1 organisation")

    casey.expect_back("Wattle Street Bakery was already connected")


@with_and_without_script
def test_the_security_questions_let_their_owner_in(casey: Reader) -> None:
    casey.connect_without_the_phone(WITH_QUESTIONS)
    casey.press("Continue with 1 organisation")

    casey.expect_back("Wattle Street Bakery was already connected")
