"""Every guide says once that it was opened: without a cookie, and not again to who reads on."""

import sqlite3
from contextlib import closing

from playwright.sync_api import Page, Request, expect

from tests.journeys.guide import open_guide
from tests.journeys.practice import RILEY
from tests.journeys.reader import ADD_EMAIL, CONNECT, Reader
from tests.journeys.window import awaken, with_and_without_script
from tests.servers import Stage


@with_and_without_script
def test_a_guide_is_counted_where_scripts_run(
    page: Page, stage: Stage, *, has_script: bool
) -> None:
    told = requests_of(page)

    open_guide(page, ADD_EMAIL)
    if has_script:
        awaken(page, "reading")
    page.wait_for_load_state("networkidle")

    assert read(stage) == (1 if has_script else 0)
    cookies = ["cookie" in request.all_headers() for request in told]
    assert cookies == ([False] if has_script else [])
    assert page.context.cookies() == []


def test_who_loads_a_guide_again_or_goes_back_to_it_reads_on(page: Page, stage: Stage) -> None:
    told = requests_of(page)

    with page.expect_response("**/hc/readings"):
        open_guide(page, ADD_EMAIL)
    page.reload()
    page.goto("/hc/en-gb")
    page.go_back()
    awaken(page, "reading")
    page.wait_for_load_state("networkidle")

    assert len(told) == 1
    assert read(stage) == 1


def test_who_comes_back_from_xero_reads_on(page: Page, stage: Stage) -> None:
    Reader(RILEY, page, stage).connect()
    told = requests_of(page)

    page.goto(page.url)
    awaken(page, "reading")
    expect(page.locator("h1")).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert "attempt=" in page.url
    assert told == []


def test_a_reader_who_is_known_counts_as_anybody_does(page: Page, stage: Stage) -> None:
    Reader(RILEY, page, stage).connect()
    told = requests_of(page)

    with page.expect_response("**/hc/readings"):
        open_guide(page, CONNECT)

    assert ["cookie" in request.all_headers() for request in told] == [False]


def requests_of(page: Page) -> list[Request]:
    """What this page tells the site from now on."""
    told: list[Request] = []
    page.on("request", lambda it: told.append(it) if it.url.endswith("/hc/readings") else None)
    return told


def read(stage: Stage) -> int:
    with closing(sqlite3.connect(stage.instance / "site.db", timeout=10)) as database:
        return int(database.execute("SELECT coalesce(sum(count), 0) FROM reading").fetchone()[0])
