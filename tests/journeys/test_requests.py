"""A reader who is stuck asks people, and hears from them."""

from playwright.sync_api import Page, expect

from tests.journeys import mailbox
from tests.journeys.guide import open_guide
from tests.journeys.reader import CONNECT
from tests.journeys.window import with_and_without_script

NELL = "nell@example.com"
PICTURE = {"name": "what I see.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n."}


@with_and_without_script
def test_a_stranger_asks_from_a_guide_and_confirms_by_mail(page: Page, has_script: bool) -> None:
    open_guide(page, CONNECT)
    if has_script:
        page.get_by_role("heading", name="If you see something else").scroll_into_view_if_needed()
    page.locator("#main").get_by_role("link", name="Submit a request").click()

    page.get_by_label("Your email address").fill(NELL)
    page.get_by_label("What is it about?").fill("two-step authentication")
    if has_script:
        suggestion = page.locator(".suggestions").get_by_role("link").first
        expect(suggestion).to_contain_text("Set up two-step authentication")
        expect(page.get_by_label("Where you were in it")).to_be_checked()
    page.get_by_label("How can we help?").fill("I have no second telephone.")
    page.get_by_label("Pictures or files").set_input_files([PICTURE])
    expect(page.get_by_label("The guide you were reading")).to_be_checked()
    page.get_by_label("What you read this with").uncheck()
    # People take longer than this to write a sentence.
    page.wait_for_timeout(3100)
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()

    mailbox.open_link(page, NELL, "Confirm your request")
    page.get_by_role("button", name="Yes, that was me: send it").click()

    expect(page.locator(".request-told")).to_contain_text("Your request is with our support staff.")
    expect(page.get_by_role("link", name="what I see.png")).to_be_visible()
    expect(page.get_by_text("What you read it with")).to_have_count(0)
    page.get_by_role("button", name="It is solved, close my request").click()
    expect(page.get_by_text("Closed", exact=True)).to_be_visible()
