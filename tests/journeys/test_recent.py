"""What a reader has read before is offered again; their browser alone knows it."""

from playwright.sync_api import Locator, Page, expect

from tests.journeys.guide import open_guide
from tests.journeys.reader import ADD_EMAIL, CONNECT
from tests.journeys.test_search import expect_soon
from tests.journeys.window import awaken, with_and_without_script

# Asked by us and not by the page, whose policy lets nothing be evaluated.
IS_KEPT = "localStorage.getItem('recent-guides')?.includes(location.pathname) ?? false"


def recent(page: Page) -> Locator:
    return page.get_by_role("region", name="Recently viewed").get_by_role("link")


def read(page: Page, *guides: int) -> None:
    for number in guides:
        open_guide(page, number)
        awaken(page, "recent")
        expect_soon(lambda: page.evaluate(IS_KEPT), wanted=True)


@with_and_without_script
def test_what_was_read_is_offered_again(page: Page, *, has_script: bool) -> None:
    open_guide(page, CONNECT)
    if has_script:
        read(page, CONNECT, ADD_EMAIL)
        expect(recent(page)).to_have_text(["Connect your Xero organisation"])
    page.goto("/hc/en-gb")
    if has_script:
        expect(recent(page)).to_have_count(2)
        recent(page).nth(1).click()
        expect(page.locator("h1")).to_have_text("Connect your Xero organisation")
    else:
        expect(page.get_by_role("region", name="Recently viewed")).to_have_count(0)
    assert page.context.cookies() == []


def test_the_last_five_are_offered_the_newest_first(page: Page) -> None:
    page.goto("/hc/en-gb")
    links = page.locator(".section-grid .article-list a")
    paths = [links.nth(place).get_attribute("href") or "" for place in range(7)]
    for path in paths:
        page.goto(path)
        expect_soon(lambda: page.evaluate(IS_KEPT), wanted=True)

    page.goto("/hc/en-gb")

    expect(recent(page)).to_have_count(5)
    assert [link.get_attribute("href") for link in recent(page).all()] == paths[:1:-1]


def test_they_are_forgotten_when_asked_to(page: Page) -> None:
    read(page, CONNECT)
    page.goto("/hc/en-gb")

    page.get_by_role("button", name="Forget these").click()

    expect(page.get_by_role("region", name="Recently viewed")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('recent-guides')") is None


def test_what_lies_there_is_shown_as_text_and_leads_to_guides_alone(page: Page) -> None:
    page.goto("/hc/en-gb")
    page.evaluate(
        """localStorage.setItem("recent-guides", JSON.stringify([
          {title: "<img src=x onerror=alert(1)>", href: "/hc/en-gb/articles/1-a"},
          {title: "Away", href: "https://evil.example/hc/en-gb/articles/1-a"},
          {title: "Code", href: "javascript:alert(1)"},
          {title: 7, href: "/hc/en-gb/articles/2-b"}, null]))"""
    )
    page.reload()
    awaken(page, "recent")

    expect(recent(page)).to_have_count(0)
    page.evaluate(
        """localStorage.setItem("recent-guides", JSON.stringify([
          {title: "<img src=x onerror=alert(1)>", href: "/hc/en-gb/articles/1-a"},
          {title: "Away", href: "https://evil.example/hc/en-gb/articles/1-a"}]))"""
    )
    page.reload()
    expect(recent(page)).to_have_text(["<img src=x onerror=alert(1)>"])
