"""Everything that is done in the editor is done once with the keyboard alone."""

from playwright.sync_api import Page, expect

from tests.journeys.editing import TITLE, body_of, expect_script, frame_of, text_of


def test_the_keyboard_alone_is_enough(eddie: Page) -> None:
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

    expect_script(eddie)
    tab_to(eddie, "description")
    keys.type("What to do first.")
    tab_to(eddie, "body")
    keys.press("Control+a")
    keys.type("Press ")
    keys.press("Control+b")
    keys.type("Connect")
    keys.press("Control+End")
    insert(eddie, "Connect")
    keys.press("Tab")
    expect(eddie.get_by_role("dialog").get_by_role("button", name="Insert")).to_be_focused()
    keys.press("Enter")
    expect(body_of(eddie)).to_be_focused()
    expect(frame_of(eddie).get_by_role("button", name="Connect to Xero")).to_be_visible()
    keys.press("Control+Enter")

    expect(eddie.get_by_text("Published.")).to_be_visible()
    assert text_of(eddie) == 'Press **Connect**\n\n<Connect provider="xero" />'


def insert(page: Page, component: str) -> None:
    """Open what asks for a component's fields; the first of them has the focus then."""
    page.keyboard.press("Control+/")
    menu = page.get_by_label("Component to insert")
    expect(menu).to_be_focused()
    page.keyboard.press("Home")
    while menu.input_value() != component:
        before = menu.input_value()
        page.keyboard.press("ArrowDown")
        expect(menu).not_to_have_value(before)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Insert", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


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
