"""Reading is between the reader and this site."""

from playwright.sync_api import Page, expect

from tests.journeys.window import with_and_without_script
from tests.servers import Stage


@with_and_without_script
def test_reading_talks_to_our_own_origin_alone(page: Page, stage: Stage) -> None:
    """Row M3: from the home page to an article and to signing in, nobody else hears of the reader."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto("/")
    page.get_by_role("main").get_by_role(
        "link", name="Connect your Xero organisation"
    ).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect your Xero organisation")
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.wait_for_load_state("networkidle")

    assert len([url for url in asked if ".css" in url]) > 3
    assert [url for url in asked if not url.startswith((f"{stage.site}/", "data:"))] == []
    assert page.context.cookies() == []
