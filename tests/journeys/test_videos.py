"""A video of another site: who writes puts it in by keyboard, who reads asks for it, and until then nobody is told."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.content.desk import SECTION, Desk
from tests.journeys.editing import body_of, frame_of
from tests.journeys.eyes import Eyes
from tests.journeys.test_editor_by_keyboard import begin_by_keyboard, choose_insert, tab_to
from tests.journeys.test_embedded import serving
from tests.servers import free_ports

PLAYER = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&start=90"
WRITTEN = '<Video src="https://youtu.be/dQw4w9WgXcQ" title="The button" caption="In brief" start="1m30s" />'
GUIDE = "/hc/en-gb/articles/101-film"
# What the browser forbids is remembered by the page itself.
REMEMBER = """addEventListener("securitypolicyviolation", (event) => {
  document.body.dataset.forbidden = `${document.body.dataset.forbidden ?? ""} ${event.effectiveDirective}`;
});"""

# Live parts are swapped in one go after the page that was fetched again has been read.
TELL_OF_SWAP = """() => {
  const read = DOMParser.prototype.parseFromString;
  DOMParser.prototype.parseFromString = function (...given) {
    setTimeout(() => { document.body.dataset.swapped = "yes"; });
    return read.apply(this, given);
  };
}"""


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    return {**environ, "PORT": str(free_ports(1)[0])}


@pytest.fixture
def told() -> list[str]:
    """Every address of another site that was asked for."""
    return []


@pytest.fixture
def reader(
    browser: Browser, app: Flask, tmp_path: Path, told: list[str], has_script: bool
) -> Iterator[BrowserContext]:
    """A reader of a guide with a video, whose page keeps its content policy; other sites answer with an empty page."""
    desk = Desk(app, tmp_path / "films")
    desk.write("_section.md", SECTION)
    again = WRITTEN.replace("The button", "Again")
    desk.publish(
        101, "film", f'Look.\n\n{WRITTEN}\n\n<When connection="not_connected">\n{again}\n</When>'
    )
    origin = app.extensions["settings"].public_origin

    def answer(route: Route) -> None:
        if urlsplit(route.request.url).netloc == urlsplit(origin).netloc:
            route.continue_()
            return
        told.append(route.request.url)
        route.fulfill(body="<!DOCTYPE html><p>Player</p>", content_type="text/html")

    with ExitStack() as stack:
        stack.enter_context(serving(origin, app))
        context = stack.enter_context(
            browser.new_context(base_url=origin, java_script_enabled=has_script)
        )
        context.add_init_script(REMEMBER)
        context.route("**/*", answer)
        yield context


def test_nothing_is_asked_of_the_other_site_before_play_is_pressed(
    reader: BrowserContext, told: list[str]
) -> None:
    page = reader.new_page()
    page.goto(GUIDE)
    play = page.get_by_role("button", name="Play: The button")
    expect(play).to_contain_text("loads from www.youtube-nocookie.com")
    page.wait_for_load_state("networkidle")
    assert told == []

    play.focus()
    page.keyboard.press("Enter")

    frame = page.locator("iframe")
    expect(frame).to_be_focused()
    expect(frame).to_have_attribute("src", PLAYER)
    expect(frame).to_have_attribute("title", "The button")
    expect(frame).to_have_attribute("referrerpolicy", "strict-origin")
    assert "allow-top-navigation" not in (frame.get_attribute("sandbox") or "allow-top-navigation")
    expect(page.frame_locator("iframe").get_by_text("Player")).to_be_visible()
    assert told == [PLAYER]
    expect(page.locator("body[data-forbidden]")).to_have_count(0)


def test_the_page_lets_no_other_site_in(reader: BrowserContext, told: list[str]) -> None:
    page = reader.new_page()
    page.goto(GUIDE)

    page.evaluate(
        """() => {
          const frame = document.createElement("iframe");
          frame.src = "https://youtube.com.evil.example/embed/a";
          document.body.append(frame);
        }"""
    )

    expect(page.locator("body")).to_have_attribute("data-forbidden", " frame-src")
    assert told == []


@pytest.mark.parametrize("has_script", [False], indirect=True)
def test_without_script_it_is_a_link_to_the_video(reader: BrowserContext) -> None:
    page = reader.new_page()
    page.goto(GUIDE)

    link = page.get_by_role("link", name="Play: The button")

    expect(link).to_have_attribute("href", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=90s")
    expect(link).to_contain_text("opens www.youtube.com")
    expect(link).not_to_contain_text("loads from", use_inner_text=True)


def test_everybody_can_use_it_and_paper_names_it(reader: BrowserContext) -> None:
    page, eyes = reader.new_page(), Eyes(set())
    page.goto(GUIDE)
    expect(page.get_by_role("button", name="Play: The button")).to_be_visible()

    eyes.look(page)

    assert eyes.found == []
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        box = page.locator(".video-stage").first.bounding_box()
        assert box
        assert box["width"] / box["height"] == pytest.approx(16 / 9, rel=0.02)
    page.emulate_media(media="print")
    expect(page.locator(".video-stage").first).to_be_hidden()
    expect(page.locator(".video-address").first).to_have_text(
        "Video: The button, https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=90s"
    )


def test_it_plays_on_while_the_connection_is_looked_at_again(reader: BrowserContext) -> None:
    page, other = reader.new_page(), reader.new_page()
    page.goto(GUIDE)
    page.get_by_role("button", name="Play: Again").click()
    frame = page.locator(".when iframe")
    expect(frame).to_be_visible()
    frame.evaluate("frame => { frame.isTheSame = true; }")
    page.evaluate(TELL_OF_SWAP)

    other.goto("/hc/en-gb")
    other.evaluate("new BroadcastChannel('connect').postMessage('pressed')")

    expect(page.locator("body")).to_have_attribute("data-swapped", "yes")
    assert frame.evaluate("frame => frame.isTheSame")


def test_an_author_puts_it_in_by_keyboard_and_looks_at_it(eddie: Page) -> None:
    begin_by_keyboard(eddie)
    tab_to(eddie, "body")
    eddie.keyboard.press("Control+a")
    choose_insert(eddie, "Video")

    dialog = eddie.get_by_role("dialog")
    expect(dialog.get_by_label("Address of the video")).to_be_focused()
    for words in ("https://youtu.be/dQw4w9WgXcQ", "The button", "In brief", "1m30s"):
        eddie.keyboard.type(words)
        eddie.keyboard.press("Tab")
    eddie.keyboard.press("Enter")

    expect(body_of(eddie)).to_be_focused()
    expect(body_of(eddie)).to_have_value(WRITTEN)
    shown = frame_of(eddie)
    expect(shown.get_by_role("button", name="Play: The button")).to_be_visible()
    expect(shown.get_by_text("In brief")).to_be_visible()

    eddie.keyboard.press("Control+End")
    eddie.keyboard.type("\n\nTell it.")
    eddie.keyboard.press("Shift+Home")
    choose_insert(eddie, "Only for people or machines")
    expect(dialog.get_by_label("Who reads it")).to_be_focused()
    eddie.keyboard.press("ArrowDown")
    tab_to(eddie, "Insert")
    eddie.keyboard.press("Enter")

    told = '<Visibility for="agents">\nTell it.\n</Visibility>'
    expect(body_of(eddie)).to_have_value(f"{WRITTEN}\n\n{told}")
    expect(shown.get_by_role("region", name="For machines alone")).to_contain_text("Tell it.")
