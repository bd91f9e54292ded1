"""A reader who is stuck asks people, and hears from them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import mailbox
from tests.journeys.guide import open_guide
from tests.journeys.reader import CONNECT
from tests.journeys.window import Watch, awaken, with_and_without_script
from tests.zoo import encoded

NELL = "nell@example.com"
PICTURE = {"name": "what I see.png", "mimeType": "image/png", "buffer": encoded("PNG")}
LOG = {"name": "long.txt", "mimeType": "text/plain", "buffer": b"a line\n" * 100_000}


@with_and_without_script
def test_a_stranger_asks_from_a_guide_and_confirms_by_mail(page: Page, has_script: bool) -> None:
    open_guide(page, CONNECT)
    if has_script:
        awaken(page, "where")
        page.get_by_role("heading", name="If you see something else").scroll_into_view_if_needed()
        expect(page.locator(".contents a[aria-current]")).to_be_attached()
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


def test_what_is_suggested_is_said_in_the_language_of_the_page(page: Page) -> None:
    page.goto("/hc/fr-ca/requests/new")

    page.locator("[name=subject]").fill("organisation Xero")

    suggestion = page.locator(".suggestions").get_by_role("link").first
    expect(suggestion).to_contain_text("(s’ouvre dans un nouvel onglet)")


@pytest.fixture
def written(page: Page) -> Page:
    """A request that is written and not sent, by somebody who took their time."""
    page.goto("/hc/en-gb/requests/new")
    page.get_by_label("Your email address").fill(NELL)
    page.get_by_label("What is it about?").fill("It stops in the middle")
    page.get_by_label("How can we help?").fill("The whole log is in the file.")
    page.wait_for_timeout(3100)
    return page


def test_files_show_how_far_they_are(written: Page) -> None:
    line = written.context.new_cdp_session(written)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
    line.send("Network.emulateNetworkConditions", slow)
    written.get_by_label("Pictures or files").set_input_files([LOG])

    written.get_by_role("button", name="Send the request").click()
    bar = written.get_by_role("progressbar", name="How much is sent")
    expect(bar).to_be_visible()
    expect(written.get_by_text("Sending. Stay on this page until it is done.")).to_be_visible()
    # So far, and not all of it: a bar that only comes and goes shows nothing.
    expect(bar).to_have_attribute("value", re.compile(r"^0\.\d*[1-9]"))

    expect(written.get_by_role("heading", name="One more step")).to_be_visible()
    assert "/requests/" in written.url
    written.go_back()
    expect(written.get_by_role("heading", name="Submit a request")).to_be_visible()


def test_nothing_is_lost_when_files_do_not_arrive(written: Page, watch: Watch) -> None:
    watch.expected.append("400 for ")
    field = written.get_by_label("Pictures or files")
    send = written.get_by_role("button", name="Send the request")

    huge = {**LOG, "name": "huge.txt", "buffer": b"x" * (4 * 1024 * 1024 + 1)}
    field.set_input_files([huge])
    send.click()
    expect(written.get_by_text("“huge.txt” is too large: 4 MB at most")).to_be_visible()

    large = b"a line\n" * 500_000
    field.set_input_files([{**LOG, "name": f"{n}.log", "buffer": large} for n in range(4)])
    send.click()
    expect(written.get_by_text("too large together: 10 MB at most")).to_be_visible()

    field.set_input_files([{**LOG, "name": "page.html"}])
    send.click()
    expect(written.get_by_text("“page.html” is of a kind we do not take")).to_be_visible()
    expect(written.get_by_label("How can we help?")).to_have_value("The whole log is in the file.")

    field.set_input_files([LOG])
    written.get_by_label("What is it about?").fill("")
    send.click()
    expect(written.get_by_text("Write what it is about, in a few words.")).to_be_visible()
    assert field.evaluate("field => field.files[0].name") == LOG["name"]
    written.get_by_label("What is it about?").fill("It stops in the middle")

    written.context.set_offline(True)
    send.click()
    expect(written.get_by_text("Nothing arrived, and nothing you wrote is lost")).to_be_visible()

    written.context.set_offline(False)
    send.click()
    expect(written.get_by_role("heading", name="One more step")).to_be_visible()
