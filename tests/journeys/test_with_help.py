"""Readers whose role in Xero is too low, and readers with colleagues, follow the guides for that."""

import sqlite3
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.journeys import mailbox
from tests.journeys.guide import open_guide
from tests.journeys.practice import AMARA, CASEY, RILEY, ROBIN
from tests.journeys.reader import ASK, COLLEAGUES, NOT_IN_LIST, QUESTIONS, Reader
from tests.journeys.window import Window
from tests.servers import Stage


def test_somebody_asks_for_the_role_and_connects(page: Page, stage: Stage) -> None:
    robin = Reader(ROBIN, page, stage)
    open_guide(page, NOT_IN_LIST)
    robin.press("Connect to Xero")
    robin.type_login()
    expect(page.get_by_role("heading", name="More permission required")).to_be_visible()
    robin.press("Cancel")

    with (
        robin.following(NOT_IN_LIST, "Your role is too low") as role_is_low,
        robin.following(ASK, "Second way: get the role and connect yourself") as second_way,
    ):
        role_is_low.follow("Ask for the role", but_not=("Standard", "Adviser"))
        page.get_by_role("main").get_by_role(
            "link", name="Ask your Xero administrator"
        ).first.click()
        expect(page.get_by_text("Could you please change my role")).to_be_visible()
        second_way.follow("Send the message")
        give_role(stage, ROBIN.email, "Standard")
        robin.leave_xero()
        role_is_low.follow("Log out of Xero and log in again")
        second_way.follow("Log out of Xero and log in again")
        page.get_by_role("main").get_by_role(
            "link", name="Connect your Xero organisation"
        ).first.click()
        second_way.follow("Connect")
        open_guide(page, NOT_IN_LIST)
        robin.press("Connect to Xero")
        robin.type_login()
        page.get_by_label("Organisation", exact=True).select_option(label=ROBIN.organisation)
        robin.press("Allow access")
        role_is_low.follow("Connect again")

    robin.expect_back("Harbour Café Ltd is connected")


def test_an_administrator_connects_by_a_link_at_their_own_computer(
    page: Page, stage: Stage, window: Window
) -> None:
    robin, amara = Reader(ROBIN, page, stage), Reader(AMARA, window().new_page(), stage)
    open_guide(page, ASK)

    with robin.following(ASK, "First way: send a link") as steps:
        steps.follow("Sign in here as yourself", before={"Allow access": robin.type_login})
        open_guide(page, ASK)
        answers = {"Their email address": AMARA.email}
        steps.follow("Send the link", answers, without=("Would you rather send it yourself?",))
        expect(page.get_by_text(f"Waiting for {AMARA.email}")).to_be_visible()
        mailbox.open_link(amara.page, AMARA.email, "asks you to connect")
        steps.page = amara.page
        steps.follow("Your administrator opens the link")
        amara.type_login()
        amara.page.get_by_label("Organisation", exact=True).select_option(label=AMARA.organisation)
        steps.follow("Your administrator allows access")

    done = f"Done: {AMARA.organisation} is connected"
    expect(amara.page.get_by_role("heading", name=done)).to_be_visible()
    # The reader's page has been open all the time, and follows by itself.
    expect(page.get_by_text(done)).to_be_visible()
    assert "Amara Osei used your link" in mailbox.read(page, ROBIN.email, "is done")


def test_an_administrator_allows_access_in_the_readers_browser(page: Page, stage: Stage) -> None:
    robin, amara = Reader(ROBIN, page, stage), Reader(AMARA, page, stage)
    open_guide(page, ASK)

    with robin.following(
        ASK, "Third way: your administrator allows access in your browser"
    ) as steps:
        steps.follow("Sign in here as yourself", before={"Allow access": robin.type_login})
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        robin.leave_xero()
        steps.follow("Log out of Xero")
        open_guide(page, ASK)
        robin.press("Connect to Xero")
        amara.type_login()
        page.get_by_label("Organisation", exact=True).select_option(label=AMARA.organisation)
        steps.follow(
            "Press the button, and let your administrator log in", but_not=("Trust this device",)
        )
        amara.leave_xero()
        steps.follow("Log out of Xero again")

    robin.expect_back("Harbour Café Ltd is connected")
    page.goto("/account")
    expect(page.get_by_text("Robin Patel").first).to_be_visible()


def test_a_colleague_is_invited_and_sees_the_connection(
    page: Page, stage: Stage, window: Window
) -> None:
    casey, colleague = Reader(CASEY, page, stage), Reader(RILEY, window().new_page(), stage)
    casey.connect()
    open_guide(page, COLLEAGUES)

    with casey.following(COLLEAGUES, "Invite a colleague") as steps:
        page.get_by_role("main").get_by_role(
            "link", name="Your colleagues", exact=True
        ).first.click()
        steps.follow("Open your colleagues")
        page.get_by_label("Email address", exact=False).fill(RILEY.email)
        steps.follow("Send the invitation")
        colleague.page.goto("/sign-in")
        colleague.press("Sign in with Xero")
        colleague.type_login()
        colleague.press("Allow access")
        expect(colleague.page.get_by_role("button", name="Sign out")).to_be_visible()
        mailbox.open_link(colleague.page, RILEY.email, "invit")
        steps.page = colleague.page
        steps.follow("Your colleague accepts")

    colleague.page.goto("/connect")
    expect(colleague.page.get_by_role("heading", name=CASEY.organisation)).to_be_visible()


def test_two_step_authentication_is_set_up_on_the_way(page: Page, stage: Stage) -> None:
    casey = Reader(CASEY, page, stage)

    casey.set_up(QUESTIONS, from_the_start=True)

    expect(page.get_by_label("Organisation", exact=True)).to_be_visible()


def give_role(stage: Stage, email: str, role: str) -> None:
    """What somebody who manages the users of an organisation does in Xero."""
    with closing(sqlite3.connect(stage.instance / "sandbox.db", timeout=10)) as xero, xero:
        changed = xero.execute(
            "UPDATE membership SET role = ?"
            " WHERE person_id = (SELECT id FROM person WHERE email = ?)",
            (role, email),
        )
        assert changed.rowcount == 1
