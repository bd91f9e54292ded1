"""`/` leads to the field for searching, and is typed like any letter where something is typed."""

from playwright.sync_api import Page, expect

from tests.journeys.guide import open_guide
from tests.journeys.reader import ADD_EMAIL
from tests.journeys.window import awaken


def test_a_slash_leads_to_the_search_field(page: Page) -> None:
    open_guide(page, ADD_EMAIL)
    awaken(page, "shortcut")
    field = page.get_by_role("banner").locator(".search-field")
    expect(field).to_have_attribute("aria-keyshortcuts", "/")
    expect(page.get_by_role("banner").locator(".search-key")).to_be_visible()

    page.keyboard.press("Control+/")
    expect(field).not_to_be_focused()
    page.keyboard.press("/")

    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.keyboard.press("/")
    expect(field).to_have_value("/")


def test_a_slash_in_another_field_is_a_slash(page: Page) -> None:
    page.goto("/sign-in")
    awaken(page, "shortcut")
    email = page.get_by_label("Email address").first

    email.press("/")

    expect(email).to_have_value("/")
    expect(email).to_be_focused()


def test_the_slash_can_be_switched_off(page: Page) -> None:
    page.goto("/hc/en-gb/search")
    choice = page.get_by_role("checkbox", name="On every page, the key “/” leads to the search")
    expect(choice).to_be_checked()

    choice.uncheck()
    open_guide(page, ADD_EMAIL)
    awaken(page, "shortcut")
    field = page.get_by_role("banner").locator(".search-field")
    page.keyboard.press("/")

    expect(field).not_to_be_focused()
    expect(page.get_by_role("banner").locator(".search-key")).to_be_hidden()
    page.goto("/hc/en-gb/search")
    choice.check()
    open_guide(page, ADD_EMAIL)
    awaken(page, "shortcut")
    page.keyboard.press("/")
    expect(field).to_be_focused()
