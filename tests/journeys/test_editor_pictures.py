"""Pictures are pasted and dropped into the text, and the preview is looked at as on a phone."""

import re
from base64 import b64encode

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.editing import (
    begin,
    body_of,
    expect_script,
    frame_of,
    picture,
    press,
    text_of,
    write,
)
from tests.journeys.window import Watch

# What a browser does with a picture from the clipboard, or from a folder on the desktop.
BRING = """(text, { kind, name, type, bytes }) => {
  const files = new DataTransfer();
  const body = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  files.items.add(new File([body], name, { type }));
  const given = { bubbles: true, cancelable: true };
  const event = kind === "paste"
    ? new ClipboardEvent(kind, { ...given, clipboardData: files })
    : new DragEvent(kind, { ...given, dataTransfer: files });
  return text.dispatchEvent(event);
}"""


@pytest.fixture
def writing(eddie: Page) -> Page:
    """A guide that is begun, in which the cursor stands between two paragraphs."""
    begin(eddie)
    expect_script(eddie)
    write(eddie, "Before.\n\nAfter.")
    body_of(eddie).press("Control+Home")
    body_of(eddie).press("End")
    return eddie


def bring(page: Page, kind: str, name: str = "shot.png", media: str = "image/png") -> bool:
    """Paste or drop a file into the text; whether the browser would do what it does by itself."""
    sent = {"kind": kind, "name": name, "type": media, "bytes": b64encode(picture()).decode()}
    return bool(body_of(page).evaluate(BRING, sent))


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_picture_asks_what_it_shows_and_stands_where_the_cursor_was(
    writing: Page, kind: str
) -> None:
    form = writing.locator("#picture-form")
    if kind == "drop":
        # Else the browser leaves the page and shows the file.
        assert bring(writing, "dragover") is False
    assert bring(writing, kind) is False

    expect(form.locator("[name=alt]")).to_be_focused()
    assert form.locator("[name=picture]").evaluate("field => field.files[0].name") == "shot.png"
    writing.keyboard.press("Enter")
    expect(form.locator("[name=alt]")).to_be_focused()
    assert text_of(writing) == "Before.\n\nAfter."

    writing.keyboard.type("Where to press")
    form.locator("[name=caption]").fill("The first page")
    press(writing, "Add the picture")

    expect(body_of(writing)).to_have_value(
        re.compile(
            r"^Before\.\n\n"
            r'<Frame caption="The first page">\n!\[Where to press\]\(images/\w+\.png\)\n</Frame>'
            r"\n\nAfter\.$"
        )
    )
    expect(form).not_to_be_visible()
    shown = frame_of(writing).get_by_role("img", name="Where to press")
    expect(shown).to_be_visible()
    assert shown.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 120
    expect(frame_of(writing).get_by_text("The first page")).to_be_visible()


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_what_is_no_picture_is_left_to_the_browser(writing: Page, kind: str) -> None:
    assert bring(writing, kind, "notes.txt", "text/plain") is True

    expect(writing.locator("#picture-form")).not_to_be_visible()


def test_a_picture_that_is_refused_says_why_and_keeps_what_was_typed(
    writing: Page, watch: Watch
) -> None:
    watch.expected.append("400 for ")
    form = writing.locator("#picture-form")
    wrong = {"kind": "paste", "name": "shot.png", "type": "image/png", "bytes": "bm8gcGljdHVyZQ=="}
    body_of(writing).evaluate(BRING, wrong)
    form.locator("[name=alt]").fill("Where to press")
    press(writing, "Add the picture")

    expect(form.get_by_role("alert")).to_contain_text("The picture")
    expect(form.locator("[name=alt]")).to_have_value("Where to press")
    assert text_of(writing) == "Before.\n\nAfter."


def test_the_preview_is_as_wide_as_a_phone_or_as_a_desktop(writing: Page) -> None:
    write(writing, '<CardGroup cols="3">\n<Card title="One">\nOne.\n</Card>\n</CardGroup>')
    expect(frame_of(writing).get_by_text("One.")).to_be_visible()
    width = "() => innerWidth"
    frame = writing.frame(name="preview")
    assert frame is not None
    assert frame.evaluate(width) > 900

    writing.get_by_label("Phone").check()

    expect(writing.locator(".editor-window")).to_have_css("width", "390px")
    assert 380 <= frame.evaluate(width) <= 390
    assert not frame.evaluate("document.scrollingElement.scrollWidth > innerWidth")
    writing.get_by_label("View as").select_option(label="Connected")
    expect(frame_of(writing).get_by_text("One.")).to_be_visible()
    writing.get_by_label("Desktop").check()
    expect(writing.locator(".editor-window")).not_to_have_css("width", "390px")
    assert frame.evaluate(width) > 900
