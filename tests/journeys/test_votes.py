"""Readers say whether an article helped them, change their minds, and take it back."""

from playwright.sync_api import Page, expect

from tests.journeys.guide import open_guide
from tests.journeys.practice import CASEY
from tests.journeys.reader import CONNECT, Reader
from tests.journeys.window import Window, awaken, with_and_without_script
from tests.servers import Stage

YES = "Yes, this article was helpful"
NO = "No, this article was not helpful"

# In milliseconds: people take longer than this to write one.
A_SENTENCE = 3100


@with_and_without_script
def test_a_vote_is_given_changed_and_taken_back(page: Page) -> None:
    open_guide(page, CONNECT)
    expect_count(page, "0 out of 0")

    vote(page, YES)
    expect_count(page, "1 out of 1")
    vote(page, NO)
    expect_count(page, "0 out of 1")
    vote(page, NO)
    expect_count(page, "0 out of 0")


@with_and_without_script
def test_a_vote_follows_the_reader_who_connects(page: Page, stage: Stage) -> None:
    open_guide(page, CONNECT)
    vote(page, YES)
    expect_count(page, "1 out of 1")

    Reader(CASEY, page, stage).connect()

    expect_count(page, "1 out of 1")
    expect(page.get_by_role("button", name=YES, exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_a_vote_counts_however_long_the_address_was_that_led_to_it(page: Page) -> None:
    open_guide(page, CONNECT)
    page.goto(page.url, referer=f"{page.url}?query={'%F0%9F%98%80' * 200}")
    awaken(page, "votes")

    vote(page, YES)

    expect_count(page, "1 out of 1")


def test_everybody_sees_the_count(page: Page, window: Window) -> None:
    open_guide(page, CONNECT)
    vote(page, YES)
    expect_count(page, "1 out of 1")

    other = window().new_page()
    open_guide(other, CONNECT)
    vote(other, NO)

    expect_count(other, "1 out of 2")


def test_a_vote_does_not_load_the_page_again(page: Page) -> None:
    open_guide(page, CONNECT)
    awaken(page, "votes")
    page.evaluate("document.body.dataset.stayed = 'yes'")

    vote(page, YES)

    expect_count(page, "1 out of 1")
    expect(page.locator("body")).to_have_attribute("data-stayed", "yes")


@with_and_without_script
def test_a_reader_says_why_and_reports_a_problem(page: Page) -> None:
    open_guide(page, CONNECT)
    vote(page, NO)
    expect_count(page, "0 out of 1")

    page.get_by_label("It was hard to follow").check()
    page.get_by_label("In your own words, if you like").fill("Too many steps.")
    page.wait_for_timeout(A_SENTENCE)
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_text("Thank you for telling us why.")).to_be_visible()
    expect(page.get_by_text("What was wrong with it?")).to_have_count(0)

    page.get_by_text("Report a problem with this page").click()
    page.get_by_label("What went wrong?").fill("A picture is missing.")
    page.wait_for_timeout(A_SENTENCE)
    page.get_by_role("button", name="Send the report").click()

    expect(page.get_by_text("Your report has reached")).to_be_visible()
    # Only where it is said: people never see the trap.
    for trap in page.get_by_label("Leave this empty").all():
        expect(trap).not_to_be_in_viewport()


@with_and_without_script
def test_a_stranger_on_a_page_that_caches_keep_is_believed(page: Page, has_script: bool) -> None:
    """Without a script it takes one more press, for the page could not say when it was shown."""
    open_guide(page, CONNECT)
    page.get_by_text("Report a problem with this page").click()
    page.get_by_label("What went wrong?").fill("A picture is missing.")
    if has_script:
        expect(page.locator("#problem [name=shown_at]")).not_to_have_value("")
    page.wait_for_timeout(A_SENTENCE)
    page.get_by_role("button", name="Send the report").click()

    if not has_script:
        expect(page.get_by_role("heading", name="Please send it once more")).to_be_visible()
        expect(page.get_by_text("A picture is missing.")).to_be_visible()
        page.wait_for_timeout(A_SENTENCE)
        page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Your report has reached")).to_be_visible()


def vote(page: Page, answer: str) -> None:
    page.get_by_role("button", name=answer, exact=True).click()


def expect_count(page: Page, count: str) -> None:
    expect(page.locator(".votes-count")).to_have_text(f"{count} found this helpful")
