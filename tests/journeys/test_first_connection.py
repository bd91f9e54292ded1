"""A reader who has never been here goes from a guide to a connected organisation."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.guide import open_guide
from tests.journeys.practice import CASEY, ROBIN
from tests.journeys.reader import BACKUP_EMAIL, CONNECT, QUESTIONS, Reader
from tests.journeys.window import Window, with_and_without_script
from tests.servers import Stage


@with_and_without_script
@pytest.mark.parametrize("backup", [BACKUP_EMAIL, QUESTIONS])
def test_a_first_time_reader_gets_from_the_guide_to_the_name_of_the_organisation(
    page: Page, stage: Stage, backup: str
) -> None:
    casey = Reader(CASEY, page, stage)
    page.goto("/")
    page.get_by_role("link", name="Connect your Xero organisation").first.click()

    with casey.following(CONNECT, "Connect") as steps:
        casey.press_connect(steps)
        steps.follow("Log in", CASEY.login)
        steps.leave_out("Type the six-digit code")
        casey.set_up(backup)
        casey.allow_access(steps)

    casey.expect_back("Wattle Street Bakery is connected")
    expect(page.locator(".status-line")).to_contain_text("Wattle Street Bakery")
    expect(page.locator(".tick-done")).to_have_count(1)


@pytest.mark.parametrize("with_email", [True, False], ids=["with-email", "without-email"])
def test_the_older_set_up_leads_to_the_organisation_as_well(
    page: Page, stage: Stage, with_email: bool
) -> None:
    casey = Reader(CASEY, page, stage)

    with casey.connecting() as steps:
        casey.press_connect(steps)
        steps.follow("Log in", CASEY.login)
        steps.leave_out("Type the six-digit code")
        casey.set_up_the_older_way(with_email)
        casey.allow_access(steps)

    casey.expect_back("Wattle Street Bakery is connected")


def test_the_focus_is_on_what_happened(page: Page, stage: Stage) -> None:
    casey = Reader(CASEY, page, stage)

    casey.connect()

    expect(page.locator("#outcome")).to_be_focused()
    assert page.url.startswith(f"{stage.site}/hc/en-gb/articles/{CONNECT}-")
    assert page.url.endswith("#connect")


def test_somebody_who_may_only_read_is_told_so_and_comes_back(page: Page, stage: Stage) -> None:
    robin = Reader(ROBIN, page, stage)

    with robin.connecting() as steps:
        robin.press_connect(steps)
        robin.log_in(steps)
        expect(page.get_by_role("heading", name="More permission required")).to_be_visible()
        expect(page.get_by_role("button", name="Allow access")).to_have_count(0)
        steps.leave_out("Choose your organisation and allow access")
        robin.press("Cancel")

    robin.expect_back("Nothing was connected")


def test_signing_out_and_in_again_shows_the_same_organisation(page: Page, stage: Stage) -> None:
    casey = Reader(CASEY, page, stage)
    casey.connect()

    casey.sign_out()
    page.goto("/connect")
    page.get_by_role("link", name="Sign in", exact=True).click()
    casey.press("Sign in with Xero")

    expect(page.locator("#outcome")).to_contain_text("You are signed in")
    expect(page.get_by_role("heading", name="Wattle Street Bakery")).to_be_visible()


def test_a_reader_on_another_computer_sees_nothing_of_it(
    page: Page, stage: Stage, window: Window
) -> None:
    Reader(CASEY, page, stage).connect()

    stranger = window().new_page()
    open_guide(stranger, CONNECT)

    expect(stranger.get_by_role("button", name="Connect to Xero")).to_be_visible()
    expect(stranger.get_by_text("Wattle Street Bakery")).to_have_count(0)
