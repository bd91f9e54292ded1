"""A reader who prefers French changes the language of a guide and connects in it, without a word of English of ours."""

from playwright.sync_api import Page, expect

from tests.journeys.guide import open_guide
from tests.journeys.practice import RILEY
from tests.journeys.reader import CONNECT, DISCONNECT, Reader
from tests.journeys.window import with_and_without_script
from tests.servers import Stage


@with_and_without_script
def test_a_reader_changes_the_language_and_connects_in_french(page: Page, stage: Stage) -> None:
    riley = Reader(RILEY, page, stage)
    open_guide(page, CONNECT)

    page.get_by_role("navigation", name="Language").get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr-CA")
    expect(page.get_by_role("heading", level=1)).to_have_text("Connecter votre organisation Xero")
    page.get_by_role("button", name="Connecter à Xero").click()
    riley.type_login()
    riley.press("Allow access")

    expect(page.locator("#outcome")).to_contain_text("Riley's Roastery est connectée")
    assert page.url.startswith(f"{stage.site}/hc/fr-ca/articles/")
    expect(page.locator(".status-line")).to_contain_text("Connectée")
    page.get_by_role("link", name="Toutes les connexions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos connexions à Xero")


def test_what_lacks_a_translation_is_read_in_the_original(page: Page, stage: Stage) -> None:
    open_guide(page, DISCONNECT)

    page.get_by_role("navigation", name="Language").get_by_role("link", name="Français").click()

    expect(page.get_by_text("n’a pas encore été traduit")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_attribute("lang", "en-GB")
