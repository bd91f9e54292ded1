"""Everything that is done in the editor is done once with the keyboard alone."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.journeys.editing import (
    TITLE,
    VIEWS,
    begin,
    body_of,
    expect_script,
    frame_of,
    picture,
    publish,
    text_of,
    work,
    write,
)
from tests.journeys.window import Window
from tests.servers import Stage

PICTURE: FilePayload = {"name": "shot.png", "mimeType": "image/png", "buffer": picture()}
WRITTEN = re.compile(
    r"""Press \*\*Connect\*\*

<Warning title="First of all">
What the reader must know\.
</Warning>

<Steps>
<Step title="The first action">
Press \*\*the button\*\*\.
</Step>
</Steps>

<Frame caption="The first page">
!\[Where to press\]\([^)]+\)
</Frame>

<Accordion title="More" open>
Text\.
</Accordion>

<When connection="connecting active">
You are done already\.
</When>

<Connect provider="xero" />"""
)


@pytest.fixture
def published(eddie: Page) -> Page:
    """A guide of three paragraphs that readers see, in the editor."""
    begin(eddie)
    write(eddie, "First.\n\nMiddle.\n\nLast.")
    publish(eddie)
    return eddie


def test_a_guide_is_written_looked_at_and_published(eddie: Page) -> None:
    begin_by_keyboard(eddie)
    write_everything(eddie)
    expect(body_of(eddie)).to_have_value(WRITTEN)

    tab_to(eddie, "view")
    for view, words in VIEWS.items():
        choose(eddie, "View as", re.compile(f"^{view}$"))
        expect(frame_of(eddie).get_by_text(words).first).to_be_visible()
    press_and_wait(eddie, "Control+Enter")

    expect(eddie.get_by_text("Published.")).to_be_visible()
    expect(body_of(eddie)).to_have_value(WRITTEN)


def test_what_another_person_changed_meanwhile_is_kept(
    published: Page, window: Window, stage: Stage
) -> None:
    ada = work(window().new_page(), stage, "ada")
    ada.goto(published.url)
    write(ada, "First.\n\nMiddle.\n\nLast, by Ada.")
    publish(ada)

    rewrite(published, "First, by Eddie.\n\nMiddle.\n\nLast.")
    press_and_wait(published, "Control+Enter")
    expect(published.get_by_text("Both changes are in the draft")).to_be_visible()
    expect(body_of(published)).to_have_value("First, by Eddie.\n\nMiddle.\n\nLast, by Ada.")
    expect_script(published)
    tab_to(published, "body")
    press_and_wait(published, "Control+Enter")
    expect(published.get_by_text("Published.")).to_be_visible()

    ada.goto(published.url)
    write(ada, "First, by Ada.\n\nMiddle.\n\nLast, by Ada.")
    publish(ada)
    rewrite(published, "First, by nobody.\n\nMiddle.\n\nLast, by Ada.")
    press_and_wait(published, "Control+Enter")
    expect(published.get_by_role("alert")).to_contain_text("Nothing was saved or overwritten")
    expect(published.locator(".difference").first).to_contain_text("First, by Ada.")
    rewrite(published, "First, by both.\n\nMiddle.\n\nLast, by Ada.")
    press_and_wait(published, "Control+Enter")

    expect(published.get_by_text("Published.")).to_be_visible()
    assert text_of(published) == "First, by both.\n\nMiddle.\n\nLast, by Ada."


def test_an_earlier_text_comes_back(published: Page) -> None:
    rewrite(published, "A mistake.")
    press_and_wait(published, "Control+Enter")
    expect(published.get_by_text("Published.")).to_be_visible()

    follow(published, "History", f"History of “{TITLE}”")
    follow(published, "Revision 2", f"Revision 2 of “{TITLE}”")
    follow(published, "Make this the draft", TITLE)
    expect(published.get_by_text("The draft says again what revision 2 said.")).to_be_visible()
    expect_script(published)
    tab_to(published, "body")
    press_and_wait(published, "Control+Enter")

    expect(published.get_by_text("Published.")).to_be_visible()
    assert text_of(published) == "First.\n\nMiddle.\n\nLast."


def begin_by_keyboard(page: Page) -> None:
    page.goto("/staff/articles")
    follow(page, "Write a new guide", "Write a new guide")
    tab_to(page, "title")
    page.keyboard.type(TITLE)
    tab_to(page, "skeleton")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("An empty page")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(TITLE)
    expect_script(page)
    tab_to(page, "description")
    page.keyboard.type("What to do first.")


def write_everything(page: Page) -> None:
    """One of each kind of what the tools above the text offer."""
    keys = page.keyboard
    tab_to(page, "body")
    keys.press("Control+a")
    keys.type("Press ")
    keys.press("Control+b")
    keys.type("Connect")
    keys.press("Control+End")
    insert(page, "Warning", "First of all")
    insert(page, "Steps")
    add_picture(page)
    insert(page, "Accordion", "More", ticks=("Open from the start",))
    keys.type("\n\nYou are done already.")
    keys.press("Shift+Home")
    insert(page, "When", ticks=("In the middle of connecting", "Connected"))
    insert(page, "Connect")


def insert(page: Page, component: str, title: str = "", ticks: tuple[str, ...] = ()) -> None:
    """Choose a component, fill in what it asks for, and put it around what is selected."""
    keys, dialog = page.keyboard, page.get_by_role("dialog")
    choose_insert(page, NAMES.get(component, component))
    if title:
        expect(dialog.get_by_label("Title")).to_be_focused()
        keys.type(title)
    for tick in ticks:
        tab_to(page, tick)
        keys.press("Space")
        expect(dialog.get_by_label(tick, exact=True)).to_be_checked()
    tab_to(page, "Insert")
    keys.press("Enter")
    expect(body_of(page)).to_be_focused()
    keys.press("Control+End")


def choose_insert(page: Page, label: str) -> None:
    """Choose a component by what the menu calls it, and wait until it asks for what it needs."""
    keys = page.keyboard
    keys.press("Control+/")
    expect(page.get_by_label("Component to insert")).to_be_focused()
    keys.press("Home")
    choose(page, "Component to insert", re.compile(f"^{label} – "))
    keys.press("Tab")
    expect(page.get_by_role("button", name="Insert", exact=True)).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


NAMES = {"Accordion": "One folded part", "When": "Only for some", "Connect": "Connect button"}


def add_picture(page: Page) -> None:
    """By the button above the text; the file itself is chosen in a window of the browser."""
    # The browser must have heard that its window is ours to answer before the key is pressed.
    with page.expect_file_chooser() as chooser:
        tab_to(page, "Picture", key="Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_label("PNG, JPEG, GIF")).to_be_focused()
        page.keyboard.press("Space")
    chooser.value.set_files([PICTURE])
    for name, words in (("alt", "Where to press"), ("caption", "The first page")):
        tab_to(page, name)
        page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(body_of(page)).to_be_focused()
    page.keyboard.press("Control+End")


def choose(page: Page, label: str, option: re.Pattern[str]) -> None:
    """Go down a list that has the focus, as far as this option."""
    field = page.get_by_label(label)
    wanted = field.locator("option").filter(has_text=option).first.get_attribute("value") or ""
    while (value := field.input_value()) != wanted:
        page.keyboard.press("ArrowDown")
        expect(field).not_to_have_value(value)


def rewrite(page: Page, text: str) -> None:
    """Type another text over the one that stands there."""
    expect_script(page)
    tab_to(page, "body")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    expect(body_of(page)).to_have_value(text)


def follow(page: Page, words: str, heading: str) -> None:
    """Go to a link or a button and press it, which leads to a page with this heading."""
    tab_to(page, words)
    press_and_wait(page, "Enter")
    expect(page.locator("h1")).to_have_text(heading)


def press_and_wait(page: Page, key: str) -> None:
    """Press a key that leads on, and wait for the page that answers: its words may stand here already."""
    with page.expect_navigation():
        page.keyboard.press(key)


def tab_to(page: Page, wanted: str, key: str = "Tab") -> None:
    """Press Tab until a field of this name or label, or a link with these words, has the focus."""
    for _ in range(60):
        page.keyboard.press(key)
        found = page.evaluate(
            """() => {
              const { name, textContent, labels } = document.activeElement;
              return [name, textContent.trim(), labels?.[0]?.textContent.trim()];
            }"""
        )
        if wanted in found:
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")
