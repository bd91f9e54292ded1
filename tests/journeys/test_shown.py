"""A guide says once that its button was shown: without a cookie, and not again to who comes back."""

import sqlite3
from contextlib import closing

from playwright.sync_api import Page, Request

from tests.journeys.guide import open_guide
from tests.journeys.practice import RILEY
from tests.journeys.reader import ADD_EMAIL, CONNECT, Reader
from tests.journeys.window import awaken, with_and_without_script
from tests.servers import Stage


@with_and_without_script
def test_a_guide_with_a_button_is_counted_where_scripts_run(
    page: Page, stage: Stage, *, has_script: bool
) -> None:
    told = requests_of(page)

    open_guide(page, CONNECT)
    if has_script:
        awaken(page, "shown")
    page.wait_for_load_state("networkidle")

    assert shown(stage) == (1 if has_script else 0)
    assert ["cookie" in request.all_headers() for request in told] == (
        [False] if has_script else []
    )
    assert page.context.cookies() == []


def test_a_guide_without_a_button_is_not_counted(page: Page, stage: Stage) -> None:
    open_guide(page, ADD_EMAIL)
    page.wait_for_load_state("networkidle")

    assert shown(stage) == 0


def test_who_comes_back_from_xero_is_not_counted_again(page: Page, stage: Stage) -> None:
    told = requests_of(page)

    riley = Reader(RILEY, page, stage)
    with page.expect_request("**/connect/shown"):
        open_guide(page, CONNECT)
    with riley.following(CONNECT, "Connect") as steps:
        riley.press_connect(steps)
        riley.log_in(steps)
        riley.allow_access(steps)
    riley.expect_back("Riley's Roastery is connected")
    awaken(page, "shown")
    page.wait_for_load_state("networkidle")

    assert len(told) == 1


def test_a_reader_who_is_known_counts_as_anybody_does(page: Page, stage: Stage) -> None:
    Reader(RILEY, page, stage).connect()
    told = requests_of(page)
    before = shown(stage)

    with page.expect_response("**/connect/shown"):
        open_guide(page, CONNECT)

    assert shown(stage) == before + 1
    assert ["cookie" in request.all_headers() for request in told] == [False]


def requests_of(page: Page) -> list[Request]:
    """What this page tells the site from now on."""
    told: list[Request] = []
    page.on("request", lambda it: told.append(it) if it.url.endswith("/connect/shown") else None)
    return told


def shown(stage: Stage) -> int:
    with closing(sqlite3.connect(stage.instance / "site.db", timeout=10)) as database:
        return int(database.execute("SELECT coalesce(sum(count), 0) FROM showing").fetchone()[0])
