"""A guide is taken along as Markdown: viewed without a script, copied with one."""

from playwright.sync_api import Page, expect

from tests.journeys.guide import open_guide
from tests.journeys.reader import ADD_EMAIL
from tests.journeys.window import awaken, with_and_without_script


@with_and_without_script
def test_a_guide_is_viewed_as_markdown(page: Page, *, has_script: bool) -> None:
    open_guide(page, ADD_EMAIL)
    if has_script:
        awaken(page, "copy-page")

    page.get_by_text("This page as Markdown").click()

    expect(page.get_by_role("button", name="Copy page")).to_have_count(1 if has_script else 0)
    link = page.get_by_role("link", name="View as Markdown")
    expect(link).to_be_visible()
    assert (link.get_attribute("href") or "").endswith(".md")


def test_a_guide_is_copied_as_markdown(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_guide(page, ADD_EMAIL)
    address = page.get_by_text("View as Markdown").get_attribute("href") or ""

    page.get_by_text("This page as Markdown").click()
    page.get_by_role("button", name="Copy page").click()

    expect(page.locator(".page-form").get_by_role("status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == page.request.get(address).text().strip()


def test_what_cannot_be_had_is_not_said_to_be_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_guide(page, ADD_EMAIL)
    page.route("**/*.md", lambda route: route.abort())

    page.get_by_text("This page as Markdown").click()
    page.get_by_role("button", name="Copy page").click()

    expect(page.locator(".page-form").get_by_role("status")).to_contain_text("did not work")
