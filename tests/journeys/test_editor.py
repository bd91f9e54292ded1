"""Support staff write a guide, look at it as every reader, publish it, and undo what went wrong."""

import json
import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import FrameLocator, Page, expect

from tests.journeys.eyes import Eyes, overflows
from tests.journeys.practice import Phone
from tests.journeys.test_accounts import fill_in
from tests.journeys.window import Window, with_and_without_script
from tests.servers import Stage

TITLE = "Connect before the first invoice"
BODY = """<Warning>
You need the Standard or Adviser role.
</Warning>

<When connection="active expiring_soon paused degraded">
You are done already.
</When>

<Steps>
<Step title="Press the button" check="xero.connected">
<Connect provider="xero" />
</Step>
</Steps>
"""
# As whom the guide is looked at, and what only that reader is shown.
VIEWS = {
    "Anonymous": "Connect to Xero",
    "Signed in, not connected": "Connect to Xero",
    "Connecting": "What did you see at Xero?",
    "Connected": "You are done already.",
    "Needs to reconnect": "Reconnect",
    "Nothing was connected": "Nothing was connected",
}


def work(page: Page, stage: Stage, name: str) -> Page:
    """The page of somebody who works here, with both steps of signing in behind them."""
    address = f"{name}@example.com"
    password = json.loads((stage.instance / "staff.json").read_text())[address]
    phone = Phone()
    page.goto("/sign-in?next=/account/two-step")
    fill_in(page, address, password)
    page.goto("/account/two-step")
    phone.scan(page)
    page.get_by_label("Type the code that the app shows").fill(phone.code())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("h1")).to_have_text("Your recovery codes")
    return page


@pytest.fixture
def eddie(page: Page, stage: Stage) -> Iterator[Page]:
    """An editor; what they have begun is archived in the end, so that nobody else finds it."""
    yield work(page, stage, "eddie")
    for link in links_of(page):
        page.goto(link)
        archive = page.get_by_role("button", name="Archive")
        if archive.count():
            archive.click()


def links_of(page: Page) -> list[str]:
    page.goto(f"/staff/articles?query={TITLE.replace(' ', '+')}")
    return [str(link.get_attribute("href")) for link in page.locator(".staff-entry a").all()]


def begin(page: Page) -> None:
    page.goto("/staff/articles")
    page.get_by_role("link", name="Write a new guide").click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("An empty page").check()
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("h1")).to_have_text(TITLE)
    page.get_by_label("Description").fill("What to do first.")


def text_of(page: Page) -> str:
    return page.get_by_label("Text", exact=True).input_value()


def write(page: Page, text: str) -> None:
    page.get_by_label("Text", exact=True).fill(text)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def frame_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (120, 80), "teal").save(out, "PNG")
    return out.getvalue()


@with_and_without_script
def test_a_guide_is_written_looked_at_by_everybody_and_published(
    eddie: Page, window: Window, has_script: bool
) -> None:
    begin(eddie)
    write(eddie, BODY)
    add_picture(eddie, has_script)

    for view, words in VIEWS.items():
        eddie.get_by_label("View as").select_option(label=view)
        press(eddie, "Look at it")
        expect(frame_of(eddie).get_by_text(words).first).to_be_visible()
    press(eddie, "Save the draft")
    expect(eddie.get_by_text("Saved as a draft")).to_be_visible()
    press(eddie, "Publish")
    expect(eddie.get_by_text("Published.")).to_be_visible()

    eddie.get_by_role("link", name="See the page").click()
    reader = window().new_page()
    reader.goto(eddie.url)
    expect(reader.locator("h1")).to_have_text(TITLE)
    expect(reader.get_by_role("button", name="Connect to Xero")).to_be_visible()
    expect(reader.get_by_role("img", name="Where to press")).to_be_visible()


def add_picture(page: Page, has_script: bool) -> None:
    """Without script the page says what to write, in the frame of the preview."""
    page.get_by_text("Add a picture", exact=True).click()
    file = {"name": "shot.png", "mimeType": "image/png", "buffer": picture()}
    form = page.locator("#picture-form")
    form.locator("[name=picture]").set_input_files(file)
    form.locator("[name=alt]").fill("Where to press")
    form.locator("[name=caption]").fill("The first page")
    if has_script:
        page.get_by_label("Text", exact=True).press("Control+End")
        page.get_by_role("button", name="Add the picture").click()
        expect(page.get_by_label("Text", exact=True)).to_have_value(
            re.compile(r"!\[Where to press\]")
        )
        return
    page.get_by_role("button", name="Add the picture").click()
    markdown = frame_of(page).locator("pre").inner_text()
    write(page, f"{text_of(page)}\n{markdown}\n")


def test_two_write_at_once_and_nothing_is_lost(eddie: Page, window: Window, stage: Stage) -> None:
    begin(eddie)
    write(eddie, "First.\n\nMiddle.\n\nLast.")
    press(eddie, "Publish")
    expect(eddie.get_by_text("Published.")).to_be_visible()
    ada = work(window().new_page(), stage, "ada")
    ada.goto(eddie.url)

    write(ada, "First.\n\nMiddle.\n\nLast, by Ada.")
    press(ada, "Publish")
    write(eddie, "First, by Eddie.\n\nMiddle.\n\nLast.")
    press(eddie, "Publish")

    expect(eddie.get_by_text("Both changes are in the draft")).to_be_visible()
    assert text_of(eddie) == "First, by Eddie.\n\nMiddle.\n\nLast, by Ada."
    press(eddie, "Publish")
    expect(eddie.get_by_text("Published.")).to_be_visible()

    write(ada, "First.\n\nMiddle, by Ada.\n\nLast, by Ada.")
    write(eddie, "First, by Eddie.\n\nMiddle, by Eddie.\n\nLast, by Ada.")
    press(eddie, "Publish")
    press(ada, "Publish")

    expect(ada.get_by_role("alert").filter(has_text="Nothing was saved")).to_be_visible()
    expect(ada.locator(".difference").first).to_contain_text("Middle, by Eddie.")
    assert "Middle, by Ada." in text_of(ada)


def test_an_old_text_is_looked_up_and_comes_back(eddie: Page) -> None:
    begin(eddie)
    write(eddie, "The good text.")
    press(eddie, "Publish")
    write(eddie, "A mistake that nobody saw.")
    eddie.get_by_label("Why you change it").fill("Shorter")
    press(eddie, "Publish")
    expect(eddie.get_by_text("Published.")).to_be_visible()

    eddie.get_by_role("link", name="History").click()
    expect(eddie.get_by_text("Shorter")).to_be_visible()
    eddie.get_by_role("link", name="Revision 2", exact=True).click()
    eddie.get_by_role("link", name="Against what is written now").click()
    expect(eddie.locator(".difference").first).to_contain_text("The good text.")
    press(eddie, "Make this the draft")
    press(eddie, "Publish")

    expect(eddie.get_by_text("Published.")).to_be_visible()
    assert text_of(eddie) == "The good text."


def test_the_keyboard_alone_is_enough(eddie: Page, stage: Stage) -> None:
    """From the list to the published page without touching the mouse."""
    eddie.goto("/staff/articles")
    keys = eddie.keyboard
    tab_to(eddie, "Write a new guide")
    keys.press("Enter")
    expect(eddie.locator("h1")).to_have_text("Write a new guide")
    tab_to(eddie, "title")
    keys.type(TITLE)
    tab_to(eddie, "skeleton")
    keys.press("ArrowUp")
    keys.press("Enter")
    expect(eddie.locator("h1")).to_have_text(TITLE)

    tab_to(eddie, "description")
    keys.type("What to do first.")
    tab_to(eddie, "body")
    keys.press("Control+a")
    keys.type("Press ")
    keys.press("Control+b")
    keys.type("Connect")
    keys.press("Control+End")
    keys.press("Control+/")
    keys.type("Connect b")
    keys.press("Tab")
    keys.press("Enter")
    expect(eddie.locator("dialog[open]")).to_be_visible()
    keys.press("Tab")
    keys.press("Enter")
    expect(eddie.locator("dialog[open]")).to_have_count(0)
    expect(frame_of(eddie).get_by_role("button", name="Connect to Xero")).to_be_visible()
    keys.press("Control+Enter")

    expect(eddie.get_by_text("Published.")).to_be_visible()
    assert text_of(eddie) == 'Press **Connect**\n\n<Connect provider="xero" />'


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until a field of this name, or a link with these words, has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "[document.activeElement.name, document.activeElement.textContent.trim()]"
        )
        if wanted in found:
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


def test_what_was_typed_and_not_saved_is_found_again(eddie: Page, window: Window) -> None:
    begin(eddie)
    place = eddie.url
    write(eddie, "Typed, and the window closed.")
    expect(eddie.get_by_text("What you type is kept for you.")).to_be_visible()

    eddie.goto("/staff/articles")
    eddie.goto(place)
    eddie.get_by_role("link", name="Go on with it").click()

    assert text_of(eddie) == "Typed, and the window closed."


def test_the_editor_is_clear_to_everybody_and_fits_a_phone(eddie: Page) -> None:
    begin(eddie)
    write(eddie, "<Nonsense>")
    press(eddie, "Publish")
    expect(eddie.get_by_text("This keeps the guide from being published")).to_be_visible()
    eyes = Eyes(set())

    eyes.look(eddie)
    press(eddie, "Insert")
    eyes.look(eddie)
    eddie.keyboard.press("Escape")
    eddie.set_viewport_size({"width": 390, "height": 844})

    assert eyes.found == []
    assert not overflows(eddie)
