"""What a journey's reader finds in their mailbox: the site's own inbox page, in a tab of its own."""

import re

from playwright.sync_api import Page, expect


def read(page: Page, address: str, subject: str) -> str:
    """The newest mail to an address with this subject; waits until the worker has written it."""
    inbox = page.context.new_page()
    inbox.goto("/inbox")
    row = inbox.locator(".article-row", has_text=f"To {address}").filter(has_text=subject).first
    for _ in range(20):
        if row.count():
            break
        inbox.wait_for_timeout(500)
        inbox.reload()
    row.get_by_role("link").click()
    text = inbox.locator(".letter").inner_text()
    inbox.close()
    return text


def code(page: Page, address: str, subject: str) -> str:
    """The six digits in it."""
    found = re.search(r"\b([0-9]{3}) ?([0-9]{3})\b", read(page, address, subject))
    assert found is not None
    return found[1] + found[2]


def open_link(page: Page, address: str, subject: str) -> None:
    """Click the link in it."""
    found = re.search(r"http://localhost:\S+", read(page, address, subject))
    assert found is not None
    page.goto(found[0])
    expect(page.locator("h1")).to_be_visible()
