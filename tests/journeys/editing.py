"""What those who write guides do in the editor, and wait for before they go on."""

import json
from io import BytesIO
from urllib.parse import quote_plus

from PIL import Image
from playwright.sync_api import FilePayload, FrameLocator, Locator, Page, expect

from tests.journeys.practice import Phone
from tests.journeys.test_accounts import fill_in
from tests.servers import Stage

TITLE = "Connect before the first invoice"
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
    page.goto("/sign-in?next=/staff")
    fill_in(page, address, password)
    expect(page.locator("h1")).to_have_text("Set up your authenticator app")
    phone.scan(page)
    page.get_by_label("Type the code that the app shows").fill(phone.code())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("h1")).to_have_text("Your recovery codes")
    return page


def put_away(page: Page, title: str = TITLE) -> None:
    """Archive what was begun, so that nobody else finds it."""
    page.goto(f"/staff/articles?query={quote_plus(title)}")
    links = page.locator(".staff-entry a").all()
    for link in [str(each.get_attribute("href")) for each in links]:
        page.goto(link)
        if page.get_by_role("button", name="Archive").count():
            press(page, "Archive")
            expect(page.get_by_text("The guide is archived.")).to_be_visible()


def begin(page: Page) -> None:
    """Begin a guide, and wait until the editor is there."""
    page.goto("/staff/articles")
    page.get_by_role("link", name="Write a new guide").click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("An empty page").check()
    press(page, "Begin")
    expect(page.locator("h1")).to_have_text(TITLE)
    page.get_by_label("Description").fill("What to do first.")


def body_of(page: Page) -> Locator:
    return page.get_by_label("Text", exact=True)


def text_of(page: Page) -> str:
    return body_of(page).input_value()


def write(page: Page, text: str) -> None:
    body_of(page).fill(text)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def send(page: Page, name: str) -> None:
    """Press a button of the form, and wait for the page that answers: its words may stand here already."""
    with page.expect_navigation():
        press(page, name)


def publish(page: Page) -> None:
    send(page, "Publish")
    expect(page.get_by_text("Published.")).to_be_visible()


def expect_script(page: Page) -> None:
    """Its tools show that the editor's script has arrived: from now on it takes keys and files."""
    expect(page.locator("[data-tools]")).to_be_visible()


def fill_in_picture(page: Page) -> None:
    """Choose a picture, and say what it shows."""
    page.get_by_text("Add a picture", exact=True).click()
    file: FilePayload = {"name": "shot.png", "mimeType": "image/png", "buffer": picture()}
    form = page.locator("#picture-form")
    form.locator("[name=picture]").set_input_files([file])
    form.locator("[name=alt]").fill("Where to press")
    form.locator("[name=caption]").fill("The first page")


def frame_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (120, 80), "teal").save(out, "PNG")
    return out.getvalue()
