"""A tab that follows a trip to Xero in another one, when not everything goes well."""

from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.guide import open_guide
from tests.journeys.practice import RILEY
from tests.journeys.reader import CONNECT, Reader
from tests.servers import Stage


def test_a_page_that_cannot_be_had_for_a_moment_is_asked_for_again(
    browser: Browser, stage: Stage
) -> None:
    """A window of its own: what fails here is not to be complained about."""
    context = browser.new_context(base_url=stage.site, locale="en-GB")
    riley = Reader(RILEY, context.new_page(), stage)
    with riley.connecting() as steps:
        riley.press_connect(steps)
        second = context.new_page()
        open_guide(second, CONNECT)
        expect(second.locator("#connect")).to_contain_text("Xero is waiting for you")
        failures = fail_once_after_the_trip(second)
        riley.log_in(steps)
        riley.allow_access(steps)

        expect(second.locator("#connect")).to_contain_text("Riley's Roastery", timeout=15_000)

    assert len(failures) == 1
    context.close()


def fail_once_after_the_trip(page: Page) -> list[str]:
    """The first page that says how the trip ended is lost on its way."""
    failures: list[str] = []

    def lose(route: Route) -> None:
        answer = route.fetch()
        if failures or "Riley's Roastery" not in answer.text().replace("&#39;", "'"):
            route.fulfill(response=answer)
            return
        failures.append(route.request.url)
        route.fulfill(status=503, body="busy")

    page.route("**/hc/**", lose)
    return failures


def test_help_with_what_was_seen_at_xero_stays_while_the_page_follows(
    page: Page, stage: Stage
) -> None:
    riley = Reader(RILEY, page, stage)
    open_guide(page, CONNECT)
    riley.press("Connect to Xero")
    expect(page.get_by_role("heading", name="Log in", exact=True)).to_be_visible()
    open_guide(page, CONNECT)
    page.locator("#connect summary").filter(has_text="What did you see at Xero?").click()
    page.locator("#connect [value=saw_no_permission]").check()
    riley.press("Show me what to do")
    expect(page.locator("#outcome")).to_be_focused()

    look_twice(page)

    expect(page.locator("#outcome")).to_contain_text("Your role")
    expect(page.locator("#outcome")).to_be_focused()


def test_what_a_button_told_and_what_is_typed_outlast_other_news(page: Page, stage: Stage) -> None:
    riley = Reader(RILEY, page, stage)
    riley.connect()
    page.goto("/connect")
    riley.press("Make a link to send myself")
    page.get_by_role("link", name="I have kept it, go back").click()
    page.get_by_role("button", name="Check now").click()
    expect(page.locator("#outcome")).to_contain_text("Xero answered")
    # Whoever arrives begins at the outcome, and goes on from there.
    expect(page.locator("#outcome")).to_be_focused()
    email = page.get_by_label("Their email address")
    email.fill("boss@practice.example")

    look_twice(page)

    expect(page.locator("#outcome")).to_contain_text("Xero answered")
    expect(email).to_have_value("boss@practice.example")
    with riley.other_tab() as second:
        second.goto("/connect")
        second.get_by_role("button", name="Check now").click()
        # What was told before the newer look is told no longer.
        expect(page.locator("#outcome")).to_have_count(0)
    expect(email).to_have_value("boss@practice.example")
    assert page.evaluate("document.activeElement.id") == "ask-email"


def look_twice(page: Page) -> None:
    """Wait until the page has asked for news again, so that what it found before is on it."""
    for _look in range(2):
        page.wait_for_event("requestfinished", lambda sent: sent.url.endswith("/connect/status"))
