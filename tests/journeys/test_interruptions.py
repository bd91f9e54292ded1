"""A browser loses its cookies, or its reader is quick with the button."""

import sqlite3
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.journeys.guide import open_guide
from tests.journeys.practice import RILEY
from tests.journeys.reader import CONNECT, Reader
from tests.journeys.window import with_and_without_script
from tests.servers import Stage


def attempts(stage: Stage) -> int:
    with closing(sqlite3.connect(stage.instance / "site.db", timeout=10)) as database:
        return int(database.execute("SELECT count(*) FROM attempt").fetchone()[0])


def test_a_double_click_begins_once(page: Page, stage: Stage) -> None:
    """Failure 5."""
    riley = Reader(RILEY, page, stage)
    open_guide(page, CONNECT)

    page.get_by_role("button", name="Connect to Xero", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Log in", exact=True)).to_be_visible()

    assert attempts(riley.stage) == 1


@with_and_without_script
def test_cookies_that_are_gone_cost_one_press(page: Page, stage: Stage) -> None:
    """Failure 25."""
    riley = Reader(RILEY, page, stage)
    open_guide(page, CONNECT)
    riley.press("Connect to Xero")
    riley.type_login()
    page.context.clear_cookies(name="sid")
    riley.press("Allow access")

    expect(page.get_by_role("heading", name="You came back in a different browser")).to_be_visible()
    riley.press("Connect to Xero")
    # Xero remembers the login and what was allowed.
    riley.press("Continue with 1 organisation")

    expect(page.get_by_text("Riley's Roastery is connected")).to_be_visible()


def test_the_page_behind_the_back_button_tells_the_present(page: Page, stage: Stage) -> None:
    """Failure 20: a page out of the browser's memory looks again."""
    riley = Reader(RILEY, page, stage)
    open_guide(page, CONNECT)
    riley.press("Connect to Xero")
    expect(page.get_by_role("heading", name="Log in", exact=True)).to_be_visible()

    page.go_back()

    expect(page.locator("#connect")).to_contain_text("Waiting for Xero")
    expect(page.locator("#connect")).to_contain_text("What did you see at Xero?")
