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
