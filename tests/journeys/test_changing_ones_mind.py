"""A reader cancels at Xero and tries again, or finishes in another tab."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.guide import open_guide
from tests.journeys.practice import RILEY
from tests.journeys.reader import CONNECT, Reader
from tests.journeys.window import with_and_without_script
from tests.servers import Stage


@with_and_without_script
def test_cancelling_at_xero_says_so_and_the_next_try_succeeds(page: Page, stage: Stage) -> None:
    riley = Reader(RILEY, page, stage)
    cancel_at_xero(riley)
    riley.expect_back("Nothing was connected")

    with riley.following(CONNECT, "Connect") as steps:
        riley.press_connect(steps)
        # Xero remembers the login.
        steps.leave_out("Log in")
        steps.leave_out("Type the six-digit code")
        riley.allow_access(steps)

    riley.expect_back("Riley's Roastery is connected")


def test_another_tab_follows_without_being_loaded_again(page: Page, stage: Stage) -> None:
    riley = Reader(RILEY, page, stage)
    with riley.connecting() as steps:
        riley.press_connect(steps)
        with riley.other_tab() as second:
            open_guide(second, CONNECT)
            expect(second.locator("#connect")).to_contain_text("Waiting for Xero")
            second.evaluate("document.body.dataset.stayed = 'yes'")
            riley.log_in(steps)
            riley.allow_access(steps)

            expect(second.locator("#connect")).to_contain_text("Riley's Roastery")
            expect(second.locator(".status-line")).to_contain_text("Riley's Roastery")
            expect(second.locator("body")).to_have_attribute("data-stayed", "yes")


@pytest.mark.parametrize("guide", [360001000103, 360001000302], ids=["choose", "reconnect"])
def test_a_guide_without_the_button_follows_as_well(page: Page, stage: Stage, guide: int) -> None:
    """Whatever live part it has: the state, what is for some states only, or a tick."""
    riley = Reader(RILEY, page, stage)
    with riley.connecting() as steps:
        riley.press_connect(steps)
        with riley.other_tab() as second:
            open_guide(second, guide)
            assert second.locator("#connect").count() == 0
            expect(second.locator(".status-line").first).to_contain_text("Waiting for Xero")
            riley.log_in(steps)
            riley.allow_access(steps)

            expect(second.locator(".status-line").first).to_contain_text("Riley's Roastery")


def test_a_press_on_any_page_is_noticed_by_the_others(page: Page, stage: Stage) -> None:
    riley = Reader(RILEY, page, stage)
    with riley.other_tab() as second:
        open_guide(second, CONNECT)
        expect(second.locator("#connect")).to_contain_text("Connect to Xero")
        page.goto("/connect/problem/unknown_attempt")
        page.get_by_role("button", name="Connect to Xero").click()
        expect(page.get_by_role("heading", name="Log in", exact=True)).to_be_visible()

        expect(second.locator("#connect")).to_contain_text("Xero is waiting for you")


def test_a_reader_who_goes_back_from_xero_can_press_again(page: Page, stage: Stage) -> None:
    riley = Reader(RILEY, page, stage)
    open_guide(page, CONNECT)
    page.get_by_role("button", name="Connect to Xero", exact=True).click()
    expect(page.get_by_role("heading", name="Log in", exact=True)).to_be_visible()

    page.go_back()
    page.get_by_role("button", name=re.compile("Connect to Xero|Start again")).click()

    expect(page.get_by_role("heading", name="Log in", exact=True)).to_be_visible()
    assert page.url.startswith(riley.stage.sandbox)


def cancel_at_xero(reader: Reader) -> None:
    """Go as far as the consent, then decline."""
    with reader.connecting() as steps:
        reader.press_connect(steps)
        reader.log_in(steps)
        steps.leave_out("Choose your organisation and allow access")
        reader.press("Cancel")
