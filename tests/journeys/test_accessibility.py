"""axe finds nothing on any page in either scheme, nothing scrolls sideways, and the keyboard suffices."""

import json
import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.eyes import Eyes, overflows
from tests.journeys.guide import open_guide
from tests.journeys.practice import AMARA, CASEY, RILEY, ROBIN, Phone
from tests.journeys.reader import (
    BACKUP_EMAIL,
    CONNECT,
    DISCONNECT,
    WITH_EMAIL,
    WITH_QUESTIONS,
    Reader,
)
from tests.journeys.test_accounts import enter, expect_in, set_up_app, sign_out
from tests.journeys.window import Window
from tests.servers import Stage

ADDRESS = re.compile(r"<loc>([^<]+)</loc>")
# Chromium reports a width for outlines that are not drawn as well.
IS_OUTLINED = """() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  return outlineStyle !== "none" && parseFloat(outlineWidth) > 1;
}"""
BEYOND_THE_SITEMAP = (
    "/connect",
    "/sign-in",
    "/register",
    "/password/forgotten",
    "/password/reset/unknown",
    "/not-me/unknown",
    "/invitations/unknown",
    "/for-a-colleague/unknown",
    "/hc/en-gb/requests",
    "/hc/en-gb/requests/new",
    "/hc/en-gb/requests/R-2222-2222",
    "/connect/states",
    "/connect/states/errand_waiting",
    "/connect/states/unfinished",
    "/connect/states/outcomes/held_elsewhere",
    "/connect/states/colleagues/declined",
    "/hc/en-gb/search?query=phone",
    "/hc/en-gb/search?query=zzzzzz",
    "/hc/en-gb/articles/1-no-such-guide",
    "/connect/sandbox/callback?state=unknown&code=unknown",
)
OF_AN_ACCOUNT = (
    *("/account", "/account/password", "/account/passkeys", "/account/alternative"),
    *("/account/sessions", "/account/privacy", "/account/colleagues", "/account/prove"),
    *("/staff", "/staff/audit", "/staff/people", "/inbox"),
    *("/staff/connections", "/staff/connections?kind=attempts", "/staff/funnel"),
    *("/staff/certification", "/staff/feedback", "/staff/feedback/votes", "/staff/searches"),
    *("/staff/requests", "/staff/comments"),
    *("/staff/articles", "/staff/articles/new", "/staff/snippets"),
    *("/staff/sections", "/staff/sections/360000100001"),
    *(f"/staff/articles/360001000101{part}" for part in ("", "/place", "/history", "/history/1")),
    *(f"/staff/articles/{number}/translations" for number in (360001000101, DISCONNECT)),
    "/staff/articles/360001000101/preview?view=active",
)
OF_THE_SANDBOX = (
    "/",
    "/identity/user/login",
    "/inbox",
    "/authenticator",
    "/authenticator?email=amara@practice.example",
    "/identity/connect/authorize?client_id=nobody",
    "/webhooks",
    "/faults",
)


@pytest.fixture
def public_addresses(stage: Stage) -> list[str]:
    """Every page a stranger can reach."""
    sitemap = httpx.get(f"{stage.site}/sitemap.xml").raise_for_status().text
    found = ADDRESS.findall(sitemap)
    assert len(found) > 10
    return [*found, *(stage.site + path for path in BEYOND_THE_SITEMAP)]


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The pages of the way through Xero that one of these tests has looked at already."""
    return set()


@pytest.fixture
def eyes(seen: set[str]) -> Eyes:
    return Eyes(seen)


@pytest.fixture
def inspected(window: Window) -> Page:
    """A page into which axe can be put, past the rule that nothing but our own scripts may run."""
    return window(bypass_csp=True).new_page()


def test_axe_finds_nothing_on_what_strangers_see(
    inspected: Page, stage: Stage, eyes: Eyes, public_addresses: list[str]
) -> None:
    for address in [*public_addresses, *(stage.sandbox + path for path in OF_THE_SANDBOX)]:
        inspected.goto(address)
        eyes.look(inspected)

    assert eyes.found == []


def test_axe_finds_nothing_on_the_pages_of_an_account(
    inspected: Page, stage: Stage, eyes: Eyes
) -> None:
    phone = Phone()
    ada = json.loads((stage.instance / "staff.json").read_text())["ada@example.com"]
    enter(inspected, "ada@example.com", ada)
    expect_in(inspected)
    inspected.goto("/account/two-step")
    eyes.look(inspected)
    set_up_app(inspected, phone)

    for path in OF_AN_ACCOUNT:
        inspected.goto(path)
        eyes.look(inspected)
    inspected.set_viewport_size({"width": 390, "height": 844})
    too_wide = [path for path in OF_AN_ACCOUNT if inspected.goto(path) and overflows(inspected)]
    assert too_wide == []
    inspected.set_viewport_size({"width": 1280, "height": 900})
    sign_out(inspected)
    enter(inspected, "ada@example.com", ada)
    expect(inspected.locator("h1")).to_have_text("Your second step")
    eyes.look(inspected)

    assert eyes.found == []


def test_axe_finds_nothing_where_the_practice_xero_is_told_to_misbehave(
    inspected: Page, stage: Stage, eyes: Eyes
) -> None:
    """With something switched on, something refused and everything open; and with webhooks sent."""
    stage.faults.stay("connections", "failing", status="502")
    inspected.goto(f"{stage.sandbox}/faults")
    drip = inspected.locator("#fault-drip")
    drip.locator("summary").click()
    drip.get_by_label("Seconds between bytes").fill("999")
    with inspected.expect_navigation():
        drip.get_by_role("button").click()
    expect(drip.get_by_label("Seconds between bytes")).to_have_value("999")
    eyes.look(inspected)
    inspected.goto(f"{stage.sandbox}/webhooks")
    inspected.get_by_role("button", name="Send “Intent to receive”").click()
    inspected.get_by_text("What was sent").first.click()
    eyes.look(inspected)
    inspected.set_viewport_size({"width": 390, "height": 844})
    assert not overflows(inspected)

    assert eyes.found == []


def test_axe_finds_nothing_on_the_way_through_the_set_up(
    inspected: Page, stage: Stage, eyes: Eyes
) -> None:
    casey = Reader(CASEY, inspected, stage, eyes.glance)

    with casey.connecting() as steps:
        casey.press_connect(steps)
        steps.follow("Log in", CASEY.login)
        steps.leave_out("Type the six-digit code")
        casey.set_up(BACKUP_EMAIL)
        casey.allow_access(steps)
    eyes.look(inspected)

    assert eyes.found == []
    assert {"Log in", "Scan the QR code", "Choose a backup method", "Check your email"} < eyes.seen


def test_axe_finds_nothing_on_the_way_through_the_older_set_up(
    inspected: Page, stage: Stage, eyes: Eyes
) -> None:
    casey = Reader(CASEY, inspected, stage, eyes.glance)

    with casey.connecting() as steps:
        casey.press_connect(steps)
        steps.follow("Log in", CASEY.login)
        steps.leave_out("Type the six-digit code")
        casey.set_up_the_older_way(with_email=True)
        casey.allow_access(steps)

    assert eyes.found == []
    assert {"Set up two-step authentication", "Choose three security questions"} < eyes.seen


def test_axe_finds_nothing_on_the_ways_in_without_the_phone(
    inspected: Page, stage: Stage, eyes: Eyes
) -> None:
    casey = Reader(CASEY, inspected, stage, eyes.glance)
    casey.connect()
    casey.sign_out()
    casey.leave_xero()

    casey.add_alternative_email()
    casey.leave_xero()
    casey.connect_without_the_phone(WITH_EMAIL)
    casey.press("Continue with 1 organisation")
    casey.sign_out()
    casey.leave_xero()
    casey.connect_without_the_phone(WITH_QUESTIONS)

    assert eyes.found == []
    assert {
        "Use a backup method",
        "Confirm it is you",
        "Answer your security questions",
    } < eyes.seen


def test_axe_finds_nothing_in_any_state_of_a_connection(
    inspected: Page, stage: Stage, eyes: Eyes
) -> None:
    riley = Reader(RILEY, inspected, stage, eyes.glance)

    for look_at_state in (while_connecting, after_cancelling, connected, disconnected_in_xero):
        look_at_state(riley, eyes)

    assert eyes.found == []


def test_axe_finds_nothing_where_organisations_are_chosen(
    inspected: Page, stage: Stage, eyes: Eyes
) -> None:
    amara = Reader(AMARA, inspected, stage, eyes.glance)
    amara.connect()
    amara.connect_another("Northside Builders Ltd")
    eyes.look(inspected)
    inspected.goto("/connect")
    eyes.look(inspected)

    stage.forget_readers()
    open_guide(inspected, CONNECT)
    amara.press("Connect to Xero")
    amara.press("Continue with 2 organisations")
    inspected.get_by_role("link", name="Choose your organisation", exact=True).click()
    expect(inspected.get_by_role("checkbox")).to_have_count(2)
    eyes.look(inspected)

    assert eyes.found == []
    assert "Choose your organisation" in eyes.seen


def test_axe_finds_nothing_where_somebody_else_connects(
    inspected: Page, stage: Stage, eyes: Eyes, window: Window
) -> None:
    robin = Reader(ROBIN, window().new_page(), stage)
    amara = Reader(AMARA, inspected, stage, eyes.glance)
    robin.page.goto("/sign-in")
    robin.press("Sign in with Xero")
    robin.type_login()
    robin.press("Allow access")
    expect_in(robin.page)
    robin.page.goto("/connect")
    robin.press("Make a link to send myself")
    message = robin.page.locator(".errand-message").inner_text()

    inspected.goto(message.partition("http://")[1] + message.partition("http://")[2].split()[0])
    eyes.look(inspected)
    amara.press("Go on to Xero")
    expect(inspected.get_by_role("alert")).to_contain_text("Tick the box")
    eyes.look(inspected)
    inspected.get_by_label("I know who asks, and want to connect").check(force=True)
    amara.press("Go on to Xero")
    amara.type_login()
    amara.press("Cancel")
    expect(inspected.locator("#outcome")).to_be_visible()
    eyes.look(inspected)

    assert eyes.found == []


def while_connecting(reader: Reader, eyes: Eyes) -> None:
    """The guide and the connections while a trip to Xero is under way."""
    open_guide(reader.page, CONNECT)
    reader.press("Connect to Xero")
    expect(reader.page.get_by_role("heading", name="Log in", exact=True)).to_be_visible()
    look_at_both(reader, eyes, "connecting")


def after_cancelling(reader: Reader, eyes: Eyes) -> None:
    """The guide when nothing was connected."""
    reader.press("Start again")
    reader.page.get_by_label("Email address").fill(reader.person.email)
    reader.page.get_by_label("Password").fill(reader.person.login["Password"])
    for button in ("Log in", "Not now", "Cancel"):
        reader.press(button)
    expect(reader.page.locator("#outcome")).to_be_visible()
    eyes.look(reader.page)


def connected(reader: Reader, eyes: Eyes) -> None:
    """The guide and the connections when all is well; Xero remembers the login."""
    reader.press("Connect to Xero")
    reader.press("Allow access")
    reader.expect_back(f"{reader.person.organisation} is connected")
    eyes.look(reader.page)
    look_at_both(reader, eyes, "active")


def disconnected_in_xero(reader: Reader, eyes: Eyes) -> None:
    """The guide and the connections when access was ended at Xero."""
    reader.page.goto(f"{reader.stage.sandbox}/connected-apps")
    eyes.look(reader.page)
    reader.press(f"Disconnect {reader.person.organisation}")
    expect(reader.page.get_by_text("no longer has access to")).to_be_visible()
    eyes.look(reader.page)
    open_guide(reader.page, CONNECT)
    reader.press("Check now")
    expect(reader.page.locator("#connect .state-org_unavailable")).to_be_visible()
    look_at_both(reader, eyes, "org_unavailable")


def look_at_both(reader: Reader, eyes: Eyes, state: str) -> None:
    """Look at the connections and at the guide, and be sure of the state they are in."""
    reader.page.goto("/connect")
    eyes.look(reader.page)
    open_guide(reader.page, CONNECT)
    expect(reader.page.locator(f"#connect .state-{state}")).to_be_visible()
    eyes.look(reader.page)


@pytest.mark.parametrize("width", [390, 320])
def test_nothing_scrolls_sideways_on_a_narrow_screen(
    window: Window, stage: Stage, public_addresses: list[str], width: int
) -> None:
    page = window(width=width).new_page()

    addresses = [*public_addresses, *(stage.sandbox + path for path in OF_THE_SANDBOX)]
    too_wide = [address for address in addresses if page.goto(address) and overflows(page)]

    assert too_wide == []


def test_the_focus_can_be_seen_at_every_stop(page: Page) -> None:
    open_guide(page, CONNECT)

    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate(IS_OUTLINED), page.evaluate("document.activeElement.outerHTML")


def test_the_first_tab_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/")

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()
