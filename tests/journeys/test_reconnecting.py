"""Access ends on Xero's side; Check now notices, and the guide brings the organisation back."""

from playwright.sync_api import Page, expect

from tests.journeys.guide import open_guide
from tests.journeys.practice import RILEY
from tests.journeys.reader import DISCONNECT, RECONNECT, Reader
from tests.journeys.window import with_and_without_script
from tests.servers import Stage


@with_and_without_script
def test_an_organisation_disconnected_in_xero_is_noticed_and_brought_back(
    page: Page, stage: Stage
) -> None:
    riley = Reader(RILEY, page, stage)
    riley.connect()
    disconnect_in_xero(riley)
    riley.leave_xero()

    reconnect(riley)

    expect(page.locator("#outcome")).to_contain_text("Riley's Roastery is connected again")
    expect(page.locator(".state-active").first).to_be_visible()


def test_disconnecting_here_ends_it_in_xero_too(page: Page, stage: Stage) -> None:
    riley = Reader(RILEY, page, stage)
    riley.connect()
    open_guide(page, DISCONNECT)

    with riley.following(DISCONNECT, "Here") as steps:
        steps.follow("Open your connections")
        go_to_connections(page)
        steps.follow("Press Disconnect", about=RILEY.organisation)
        steps.follow("Press Yes, disconnect", about=RILEY.organisation)

    expect(page.locator("#outcome")).to_contain_text("Riley's Roastery is disconnected")
    page.goto(f"{stage.sandbox}/connected-apps")
    expect(page.get_by_text("No app is connected to your organisations.")).to_be_visible()


def disconnect_in_xero(reader: Reader) -> None:
    """Follow the guide's part for people who go to Xero themselves."""
    reader.leave_xero()
    reader.page.goto(f"{reader.stage.sandbox}/identity/user/login")
    with reader.following(DISCONNECT, "In Xero") as steps:
        steps.follow("Log in to Xero", reader.person.login)
        reader.press("Not now")
        steps.follow("Open Connected apps", but_not=("Settings",))
        steps.follow("Press Disconnect", about=reader.person.organisation)
    expect(reader.page.get_by_text("no longer has access to Riley's Roastery.")).to_be_visible()


def reconnect(reader: Reader) -> None:
    """Follow the guide from a connection that looks sound to one that is."""
    page, organisation = reader.page, reader.person.organisation
    open_guide(page, RECONNECT)
    with reader.following(RECONNECT, "Reconnect") as steps:
        steps.follow(
            "Open your connections",
            before={"Check now": lambda: go_to_connections(page)},
            about=organisation,
        )
        expect(page.locator(".state-org_unavailable, .state-needs_reauth").first).to_be_visible()
        steps.follow("Press Reconnect", about=organisation)
        steps.follow("Log in at Xero", reader.person.login)
        reader.press("Not now")
        steps.follow("Choose the same organisation and allow access", without=("If it is marked",))


def go_to_connections(page: Page) -> None:
    """The link that the guides set into their text."""
    page.get_by_role("main").get_by_role("link", name="your connections", exact=True).first.click()
