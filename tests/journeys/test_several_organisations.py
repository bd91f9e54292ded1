"""An accountant connects two organisations, one after the other, and chooses the one to work with."""

from playwright.sync_api import Page, expect

from tests.journeys.guide import open_guide
from tests.journeys.practice import AMARA
from tests.journeys.reader import CHOOSE, Reader
from tests.journeys.window import with_and_without_script
from tests.servers import Stage


@with_and_without_script
def test_an_accountant_connects_two_organisations_and_chooses_one(page: Page, stage: Stage) -> None:
    amara = Reader(AMARA, page, stage)
    amara.connect()
    amara.leave_xero()

    amara.connect_another("Northside Builders Ltd")
    choose(amara, "Northside Builders Ltd")

    selected = page.locator("section").filter(has_text="Selected")
    expect(selected.get_by_role("heading")).to_contain_text("Northside Builders Ltd")
    expect(page.get_by_role("heading", name="Harbour Café Ltd")).to_be_visible()


def choose(reader: Reader, organisation: str) -> None:
    """Follow the guide to the other organisation."""
    page = reader.page
    open_guide(page, CHOOSE)
    with reader.following(CHOOSE, "Change the organisation") as steps:
        steps.follow("Open your connections")
        page.get_by_role("main").get_by_role("link", name="your connections").first.click()
        steps.follow("Press Select", about=organisation)
        steps.follow("Look for the mark Selected")
    expect(page.locator("#outcome")).to_contain_text(organisation)
