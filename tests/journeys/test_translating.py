"""Support staff translate a guide in the site, and see when a translation has fallen behind."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.editing import TITLE, begin, publish, put_away, send, text_of, write
from tests.journeys.eyes import Eyes, overflows
from tests.journeys.window import Window, with_and_without_script

FRENCH = "Se connecter avant la première facture"
BEGIN = "Begin the translation into Français"


@with_and_without_script
def test_a_guide_is_translated_read_and_falls_behind(eddie: Page, window: Window) -> None:
    begin(eddie)
    write(eddie, "Connect first.")
    publish(eddie)
    original = eddie.url
    eddie.get_by_role("link", name="Translations").click()
    expect(eddie.locator("h1")).to_have_text(f"“{TITLE}” in other languages")
    expect(entry(eddie, "English")).to_contain_text("Original")
    expect(entry(eddie, "Français")).to_contain_text("Not translated yet")

    eddie.get_by_role("button", name=BEGIN).click()
    expect(eddie.get_by_text("Write over what stands here")).to_be_visible()
    assert text_of(eddie) == "Connect first."
    eddie.get_by_role("textbox", name="Title").fill(FRENCH)
    eddie.get_by_label("Description").fill("Par où commencer.")
    write(eddie, "Connectez-vous d’abord.")
    publish(eddie)

    reader = window().new_page()
    reader.goto(original.replace("/staff/", "/hc/en-gb/"))
    expect(reader.locator("h1")).to_have_text(TITLE)
    languages = reader.get_by_role("navigation", name="Language")
    languages.get_by_role("link", name="Français").click()
    expect(reader.locator("h1")).to_have_text(FRENCH)
    expect(reader.get_by_text("Connectez-vous d’abord.")).to_be_visible()

    eddie.goto(original)
    write(eddie, "Connect first, and then go on.")
    publish(eddie)
    eddie.goto(f"{original}/translations")
    expect(entry(eddie, "Français")).to_contain_text("Older than the original")
    reader.reload()
    expect(reader.get_by_text("plus ancienne que l’original")).to_be_visible()
    entry(eddie, "Français").get_by_role("link", name=FRENCH).click()
    send(eddie, "Publish")
    expect(eddie.locator("h1")).to_have_text(FRENCH)
    put_away(eddie, FRENCH)


def test_the_languages_of_a_guide_are_clear_to_everybody_and_fit_a_phone(eddie: Page) -> None:
    """With a language that is missing, and with one that has been begun."""
    eyes = Eyes(set())
    begin(eddie)
    publish(eddie)
    place = eddie.url
    for is_begun in (False, True):
        eddie.goto(f"{place}/translations")
        eyes.look(eddie)
        eddie.set_viewport_size({"width": 390, "height": 844})
        assert not overflows(eddie)
        eddie.set_viewport_size({"width": 1280, "height": 900})
        expect(entry(eddie, "Français").get_by_role("link")).to_have_count(int(is_begun))
        if not is_begun:
            eddie.get_by_role("button", name=BEGIN).click()
            expect(eddie.get_by_text("Write over what stands here")).to_be_visible()

    assert eyes.found == []


def entry(page: Page, language: str) -> Locator:
    return page.locator(".staff-entry").filter(has_text=re.compile(rf"^\s*{language}"))
