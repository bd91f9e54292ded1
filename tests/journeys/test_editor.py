"""Support staff write a guide, look at it as every reader, publish it, and undo what went wrong."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.editing import (
    TITLE,
    VIEWS,
    begin,
    body_of,
    expect_script,
    fill_in_picture,
    frame_of,
    press,
    publish,
    send,
    text_of,
    work,
    write,
)
from tests.journeys.eyes import Eyes, overflows
from tests.journeys.window import Window, late, with_and_without_script
from tests.servers import Stage

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
    send(eddie, "Save the draft")
    expect(eddie.get_by_text("Saved as a draft")).to_be_visible()
    publish(eddie)

    eddie.get_by_role("link", name="See the page").click()
    expect(eddie).to_have_url(re.compile("/hc/en-gb/articles/"))
    reader = window().new_page()
    reader.goto(eddie.url)
    expect(reader.locator("h1")).to_have_text(TITLE)
    expect(reader.get_by_role("button", name="Connect to Xero")).to_be_visible()
    expect(reader.get_by_role("img", name="Where to press")).to_be_visible()


def add_picture(page: Page, has_script: bool) -> None:
    """Without script the page says what to write, in the frame of the preview."""
    if has_script:
        expect_script(page)
        body_of(page).press("Control+End")
    fill_in_picture(page)
    press(page, "Add the picture")
    if has_script:
        expect(body_of(page)).to_have_value(re.compile(r"!\[Where to press\]"))
        return
    markdown = frame_of(page).locator("pre").inner_text()
    write(page, f"{text_of(page)}\n{markdown}\n")


def test_two_write_at_once_and_nothing_is_lost(eddie: Page, window: Window, stage: Stage) -> None:
    begin(eddie)
    write(eddie, "First.\n\nMiddle.\n\nLast.")
    publish(eddie)
    ada = work(window().new_page(), stage, "ada")
    ada.goto(eddie.url)

    write(ada, "First.\n\nMiddle.\n\nLast, by Ada.")
    publish(ada)
    write(eddie, "First, by Eddie.\n\nMiddle.\n\nLast.")
    send(eddie, "Publish")

    expect(eddie.get_by_text("Both changes are in the draft")).to_be_visible()
    assert text_of(eddie) == "First, by Eddie.\n\nMiddle.\n\nLast, by Ada."
    publish(eddie)

    write(ada, "First.\n\nMiddle, by Ada.\n\nLast, by Ada.")
    write(eddie, "First, by Eddie.\n\nMiddle, by Eddie.\n\nLast, by Ada.")
    publish(eddie)
    send(ada, "Publish")

    expect(ada.get_by_role("alert").filter(has_text="Nothing was saved")).to_be_visible()
    expect(ada.locator(".difference").first).to_contain_text("Middle, by Eddie.")
    assert "Middle, by Ada." in text_of(ada)
    # What is looked at is what stands in the form.
    expect(frame_of(ada).get_by_text("Middle, by Ada.")).to_be_visible()


def test_an_old_text_is_looked_up_and_comes_back(eddie: Page) -> None:
    begin(eddie)
    write(eddie, "The good text.")
    publish(eddie)
    write(eddie, "A mistake that nobody saw.")
    eddie.get_by_label("Why you change it").fill("Shorter")
    publish(eddie)

    eddie.get_by_role("link", name="History").click()
    expect(eddie.get_by_text("Shorter")).to_be_visible()
    eddie.get_by_role("link", name="Revision 2", exact=True).click()
    eddie.get_by_role("link", name="Against what is written now").click()
    expect(eddie.locator(".difference").first).to_contain_text("The good text.")
    press(eddie, "Make this the draft")
    expect(eddie.get_by_text("The draft says again what revision 2 said.")).to_be_visible()
    publish(eddie)

    assert text_of(eddie) == "The good text."


def test_what_is_typed_before_the_preview_has_its_script_is_shown(eddie: Page) -> None:
    with late(eddie, "**/preview.js"):
        begin(eddie)
        with eddie.expect_response("**/preview"):
            write(eddie, "Typed very early.")

    expect(frame_of(eddie).get_by_text("Typed very early.")).to_be_visible()


def test_who_types_elsewhere_while_a_picture_is_sent_goes_on_there(eddie: Page) -> None:
    begin(eddie)
    expect_script(eddie)
    with late(eddie, "**/pictures"):
        fill_in_picture(eddie)
        press(eddie, "Add the picture")
        eddie.get_by_label("Why you change it").press_sequentially("A pic")

    expect(body_of(eddie)).to_have_value(re.compile(r"!\[Where to press\]"))
    eddie.keyboard.type("ture")
    expect(eddie.get_by_label("Why you change it")).to_have_value("A picture")


def test_what_was_typed_and_not_saved_is_found_again(eddie: Page, window: Window) -> None:
    begin(eddie)
    place = eddie.url
    write(eddie, "Typed, and the window closed.")
    expect(eddie.get_by_text("What you type is kept for you.")).to_be_visible()

    eddie.goto("/staff/articles")
    eddie.goto(place)
    eddie.get_by_role("link", name="Go on with it").click()

    assert text_of(eddie) == "Typed, and the window closed."


def test_who_is_signed_out_while_writing_is_told_and_loses_nothing(eddie: Page) -> None:
    begin(eddie)
    expect_script(eddie)
    place, session = eddie.url, eddie.context.cookies()
    eddie.context.clear_cookies()
    told = eddie.locator("#editor-kept")

    write(eddie, "An hour of writing.")
    expect(told).to_contain_text("You are signed out")
    expect(told).not_to_contain_text("is kept for you", use_inner_text=True)
    expect(frame_of(eddie).get_by_label("Password")).to_have_count(0)
    for button in ("Look at it", "Save the draft", "Publish"):
        with eddie.expect_response("**/unsaved"):
            press(eddie, button)
    assert (eddie.url, text_of(eddie)) == (place, "An hour of writing.")
    expect(frame_of(eddie).get_by_label("Password")).to_have_count(0)

    with eddie.expect_popup() as opened:
        told.get_by_role("link", name="sign in in a new tab").click()
    expect(opened.value.get_by_label("Password", exact=True)).to_be_visible()
    eddie.context.add_cookies([{**each} for each in session])  # type: ignore[typeddict-item]
    opened.value.close()
    send(eddie, "Save the draft")

    expect(eddie.get_by_text("Saved as a draft")).to_be_visible()
    assert text_of(eddie) == "An hour of writing."


def test_the_editor_is_clear_to_everybody_and_fits_a_phone(eddie: Page) -> None:
    begin(eddie)
    write(eddie, "<Nonsense>")
    send(eddie, "Publish")
    expect(eddie.get_by_text("This keeps the guide from being published")).to_be_visible()
    eyes = Eyes(set())

    eyes.look(eddie)
    press(eddie, "Insert")
    eyes.look(eddie)
    eddie.keyboard.press("Escape")
    eddie.set_viewport_size({"width": 390, "height": 844})

    assert eyes.found == []
    assert not overflows(eddie)
