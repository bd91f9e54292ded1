"""Suggestions while somebody types: by keyboard, by mouse, for readers' aids; and without scripts a plain form."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from urllib.parse import quote_plus

from playwright.sync_api import Locator, Page, expect

from tests.journeys.eyes import Eyes
from tests.journeys.window import Window, awaken, late, with_and_without_script
from tests.servers import Stage

PATIENCE = 15


def field_of(page: Page) -> Locator:
    page.goto("/")
    return page.get_by_role("main").locator("[name=query]")


def type_and_wait(page: Page, words: str) -> Locator:
    """Type into the field of the home page, key by key, and wait for the list."""
    field = field_of(page)
    with answered(page, words):
        field.press_sequentially(words, delay=30)
    expect(field).to_have_attribute("aria-expanded", "true")
    return field


@contextmanager
def answered(page: Page, words: str) -> Iterator[None]:
    """Wait until the page has been told what there is for these words, and has shown it."""
    with page.expect_response(f"**/suggest?query={quote_plus(words)}&*") as answer:
        yield
    answer.value.finished()
    page.evaluate("new Promise((done) => setTimeout(done))")


def expect_soon(look: Callable[[], object], wanted: object) -> None:
    """What a page tells while it is left arrives a little later."""
    ends_at = time.monotonic() + PATIENCE
    while look() != wanted and time.monotonic() < ends_at:
        time.sleep(0.1)
    assert look() == wanted


def looked_for(stage: Stage) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(stage.instance / "site.db", timeout=10)) as database:
        return database.execute("SELECT query, count FROM search_count ORDER BY query").fetchall()


def openings(stage: Stage) -> list[tuple[str, int, int]]:
    with closing(sqlite3.connect(stage.instance / "site.db", timeout=10)) as database:
        query = "SELECT query, count, places FROM search_opening"
        return database.execute(query).fetchall()


def test_a_suggestion_is_chosen_with_the_keyboard_alone(page: Page, stage: Stage) -> None:
    field = type_and_wait(page, "lost pho")
    options = page.get_by_role("option")
    expect(field).to_have_role("combobox")
    expect(page.get_by_role("status").filter(has_text="use the up and down keys")).to_be_attached()

    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    chosen = options.first.get_attribute("id") or ""
    expect(field).to_have_attribute("aria-activedescendant", chosen)
    expect(field).to_be_focused()
    field.press("ArrowUp")
    expect(field).not_to_have_attribute("aria-activedescendant", chosen)
    field.press("ArrowDown")
    field.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Lost phone, no code")
    expect_soon(lambda: looked_for(stage), [("lost pho", 1)])
    expect_soon(lambda: openings(stage), [("lost pho", 1, 1)])


def test_what_was_typed_before_the_script_had_arrived_is_answered(page: Page) -> None:
    with late(page, "**/suggest.js*"):
        field = field_of(page)
        field.press_sequentially("lost pho")

    expect(field).to_have_attribute("aria-expanded", "true")
    expect(field).to_have_value("lost pho")


def test_a_late_answer_takes_no_choice_away(page: Page) -> None:
    field = type_and_wait(page, "lost ph")
    chosen = page.get_by_role("option", selected=True)
    more = "**/suggest?query=lost+pho&*"

    with answered(page, "lost pho"), late(page, more):
        with page.expect_request(more):
            field.press("o")
        field.press("ArrowDown")
        expect(chosen).to_have_count(1)

    expect(chosen).to_have_count(1)


def test_escape_closes_the_list_and_keeps_the_words(page: Page) -> None:
    field = type_and_wait(page, "phone")

    field.press("Escape")

    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("phone")
    expect(page.get_by_role("listbox")).to_have_count(0)


@with_and_without_script
def test_enter_leads_to_the_page_of_results(page: Page, stage: Stage, *, has_script: bool) -> None:
    field = field_of(page)
    field.press_sequentially("phnoe", delay=30)
    field.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Search results for “phnoe”")
    expect(page.locator(".search-count")).to_contain_text("phone")
    if has_script:
        awaken(page, "found")
    page.locator(".article-row-link").first.click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Search results")
    expect_soon(lambda: looked_for(stage), [("phnoe", 1)])
    expect_soon(lambda: openings(stage), [("phnoe", 1, 1)] if has_script else [])


def test_what_was_typed_and_left_counts_once(page: Page, stage: Stage) -> None:
    field = type_and_wait(page, "recov")
    with answered(page, "recovery"):
        field.press_sequentially("ery", delay=30)
    expect(page.get_by_role("option").first).to_be_visible()

    with page.expect_response("**/hc/search/told"):
        field.press("Tab")

    assert looked_for(stage) == [("recovery", 1)]


def test_a_suggestion_is_chosen_with_the_mouse(page: Page, stage: Stage) -> None:
    type_and_wait(page, "declined")

    page.get_by_role("option").first.click()

    expect(page).to_have_url(
        f"{stage.site}/hc/en-gb/articles/360001000301-problems-while-connecting#declined"
    )


def test_axe_finds_nothing_while_suggestions_are_shown(window: Window, stage: Stage) -> None:
    page = window(bypass_csp=True).new_page()
    eyes = Eyes(set())

    field = type_and_wait(page, "phone")
    field.press("ArrowDown")
    eyes.look(page)

    for query in ("phnoe", "declined", "XC-7F3K", "zzzz"):
        page.goto(f"/hc/en-gb/search?query={query}")
        eyes.look(page)
    assert eyes.found == []
