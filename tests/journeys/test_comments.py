"""What hostile comments do in a browser that no content policy protects: nothing."""

from playwright.sync_api import Browser

from tests.feedback.test_comments import HOSTILE
from xero_onboard.feedback import writing


def test_nothing_runs_and_nothing_is_asked_for(browser: Browser) -> None:
    """Row F1: and F3, for every hostile text there is."""
    happened: list[str] = []
    page = browser.new_page()
    page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: happened.append(request.url))

    for source in HOSTILE:
        page.set_content(writing.render(source))
        for link in page.locator("a").all():
            link.dispatch_event("mouseover")
    page.close()

    assert happened == []
