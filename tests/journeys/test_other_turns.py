"""The turns that a guide describes for some readers only: each is taken once."""

import sqlite3
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.journeys.guide import open_guide
from tests.journeys.practice import CASEY, RILEY
from tests.journeys.reader import (
    ADD_EMAIL,
    ASK,
    CONNECT,
    CONNECT_ANOTHER,
    PERMISSIONS,
    PROBLEMS,
    RECONNECT,
    SET_UP,
    Reader,
)
from tests.servers import Stage


def test_setting_up_codes_can_be_put_off(page: Page, stage: Stage) -> None:
    riley = Reader(RILEY, page, stage)
    open_guide(page, SET_UP)
    riley.press("Connect to Xero")

    with riley.following(SET_UP, "Set it up") as steps:
        steps.follow("Log in at Xero", RILEY.login)
        steps.follow("Press Set up", but_not=("Set up",))
        steps.leave_out_the_rest()

    expect(page.get_by_label("Organisation", exact=True)).to_be_visible()


def test_without_a_phone_the_guide_leads_to_the_backup(page: Page, stage: Stage) -> None:
    casey = Reader(CASEY, page, stage)
    casey.connect()
    casey.leave_xero()

    open_guide(page, CONNECT)
    casey.press("Connect another organisation")
    with casey.following(CONNECT, "Connect") as steps:
        steps.leave_out("Press Connect to Xero")
        steps.follow("Log in", CASEY.login)
        steps.follow("Type the six-digit code", without=("If two-step authentication",))
        steps.leave_out_the_rest()

    expect(page.get_by_role("heading", name="Use a backup method")).to_be_visible()


def test_an_alternative_email_is_added_by_the_questions_and_replaced_later(
    page: Page, stage: Stage
) -> None:
    casey = Reader(CASEY, page, stage)
    casey.connect()
    for is_first in (True, False):
        casey.leave_xero()
        page.goto(f"{stage.sandbox}/identity/user/login")
        with casey.following(ADD_EMAIL, "Add it") as steps:
            steps.follow("Log in as far as the code", CASEY.login)
            older = ("Use another authentication method",)
            steps.follow("Press Use a backup method instead", but_not=older)
            other = "Change" if is_first else "Set up"
            steps.follow("Press Set up under Alternative email", but_not=(other,))
            steps.follow(
                "Confirm it is you",
                without=("Type the code",),
                before={"Continue": casey.answer_questions},
            )
            address = CASEY.other_email if is_first else f"new.{CASEY.other_email}"
            steps.follow("Type the new address", {"Alternative email": address})
            code = {"Six-digit code": lambda to=address: casey.mailed_code(to)}
            steps.follow("Confirm the address", code)
            steps.follow("Press Finish")


def test_a_connection_that_xero_still_has_is_renewed_by_going_on(page: Page, stage: Stage) -> None:
    riley = Reader(RILEY, page, stage)
    riley.connect()
    let_fifty_days_pass(stage)
    riley.leave_xero()
    page.goto("/connect")
    expect(page.get_by_text("Reconnect soon").first).to_be_visible()

    with riley.following(RECONNECT, "Reconnect") as steps:
        steps.leave_out("Open your connections")
        steps.follow("Press Reconnect", about=RILEY.organisation)
        steps.follow("Log in at Xero", RILEY.login)
        riley.press("Not now")
        steps.follow("Choose the same organisation and allow access", without=("Choose the",))

    expect(page.locator("#outcome")).to_contain_text("Riley's Roastery is connected again")


def test_pressing_once_more_repairs_what_got_half_way(page: Page, stage: Stage) -> None:
    riley = Reader(RILEY, page, stage)
    for is_first in (True, False):
        open_guide(page, PROBLEMS)
        with riley.following(PROBLEMS, "What helps most often") as steps:
            riley.press("Connect to Xero")
            if is_first:
                riley.type_login()
            steps.follow("Press the button once more")
            half_way = ("Already connected", "Continue with 1 organisation")
            done = half_way if is_first else ("Allow access",)
            steps.follow("Choose your organisation", but_not=done)
            steps.follow("Still stuck? Look for the message")
        riley.expect_back("Riley's Roastery")
        # The answer was lost, here and not at Xero.
        stage.forget_readers()


def test_the_first_organisation_can_be_connected_where_others_are_added(
    page: Page, stage: Stage
) -> None:
    riley = Reader(RILEY, page, stage)
    open_guide(page, CONNECT_ANOTHER)

    with riley.following(CONNECT_ANOTHER) as steps:
        steps.follow(
            "Press Connect another organisation", but_not=("Connect another organisation",)
        )
        steps.follow("Log in at Xero")
        riley.type_login()
        steps.leave_out("Choose the next organisation")
        steps.follow("Press Allow access")

    riley.expect_back("Riley's Roastery is connected")


def test_a_link_is_copied_by_who_wants_to_send_it_themselves(page: Page, stage: Stage) -> None:
    riley = Reader(RILEY, page, stage)
    riley.connect()
    open_guide(page, ASK)

    with riley.following(ASK, "First way: send a link") as steps:
        steps.leave_out("Sign in here as yourself")
        steps.follow("Send the link", without=("Type the address",))
        steps.leave_out_the_rest()

    expect(page.get_by_text(f"{stage.site}/for-a-colleague/").first).to_be_visible()


def test_a_reader_looks_at_xero_what_we_can_see(page: Page, stage: Stage) -> None:
    riley = Reader(RILEY, page, stage)
    riley.connect()
    riley.leave_xero()
    page.goto(f"{stage.sandbox}/identity/user/login")

    with riley.following(PERMISSIONS, "See for yourself at Xero") as steps:
        steps.follow("Log in to Xero", RILEY.login)
        riley.press("Not now")
        steps.follow("Open Connected apps")
        expect(page.get_by_role("heading", name=RILEY.organisation)).to_be_visible()
        steps.follow("Look for the organisations")


def let_fifty_days_pass(stage: Stage) -> None:
    """As if nothing had been renewed since."""
    with closing(sqlite3.connect(stage.instance / "site.db", timeout=10)) as site, site:
        changed = site.execute(
            "UPDATE \"grant\" SET rotated_at = datetime(rotated_at, '-50 days'),"
            " next_refresh_at = datetime('now', '+1 day')"
        )
        assert changed.rowcount == 1
