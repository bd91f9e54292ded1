"""A guide is written by one person, sent back by another, mended, approved, and read by everybody."""

from playwright.sync_api import Page, expect

from tests.journeys.editing import begin, send, work, write
from tests.journeys.eyes import overflows
from tests.journeys.window import Window, with_and_without_script
from tests.servers import Stage


@with_and_without_script
def test_a_guide_is_sent_back_mended_and_published_by_a_colleague(
    eddie: Page, window: Window, stage: Stage
) -> None:
    ada = work(window().new_page(), stage, "ada")
    begin(eddie)
    write(eddie, "Press the button.")
    send(eddie, "Ask for approval")
    eddie.get_by_label("Whom you ask").select_option(index=1)
    eddie.get_by_label("What they should know").fill("Is it clear?")
    send(eddie, "Ask for approval")
    expect(eddie.get_by_text("You have asked for approval.")).to_be_visible()

    ada.goto("/staff")
    ada.get_by_role("link", name="1 waits for approval").click()
    ada.locator(".staff-entry a").first.click()
    ada.get_by_role("link", name="See what is new, and answer").click()
    expect(ada.get_by_text("Is it clear?")).to_be_visible()
    expect(ada.locator(".difference").first).to_contain_text("Press the button.")
    assert not overflows(ada)
    ada.get_by_label("What is to be changed first").fill("Which button?")
    send(ada, "Send back")
    expect(ada.get_by_text("Sent back.")).to_be_visible()

    eddie.get_by_role("link", name="Open it in the editor").click()
    expect(eddie.get_by_text("Which button?")).to_be_visible()
    write(eddie, "Press **Connect**.")
    send(eddie, "Ask for approval")
    send(eddie, "Ask for approval")

    ada.reload()
    expect(ada.locator(".difference").first).to_contain_text("Press Connect.")
    send(ada, "Approve and publish")
    expect(ada.get_by_text("Approved and published.")).to_be_visible()
    ada.get_by_role("link", name="See the page").click()
    expect(ada.locator("strong", has_text="Connect").first).to_be_visible()
