"""An administrator gives the site its colours and logos; readers see them in light, in dark, and within the vendor's app."""

from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.employees import ADA, make
from tests.journeys.eyes import Eyes, overflows
from tests.journeys.test_embedded import GUIDE, Around, app_around, serving
from tests.servers import free_ports

ORANGE, READABLE = "#ff7a00", "#af5400"
IN_LIGHT, IN_DARK = "rgb(175, 84, 0)", "rgb(255, 122, 0)"
ON_LIGHT, ON_DARK = "rgb(255, 255, 255)", "rgb(16, 18, 23)"


@pytest.fixture
def around() -> Around:
    return Around(*(f"http://localhost:{port}" for port in free_ports(3)))


@pytest.fixture
def environ(environ: dict[str, str], around: Around) -> dict[str, str]:
    port = str(urlsplit(around.site).port)
    return {**environ, "PORT": port, "EMBED_ORIGINS": around.own}


@pytest.fixture
def ada(browser: Browser, app: Flask, around: Around) -> Iterator[BrowserContext]:
    """Ada's browser, signed in to the site."""
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = make(app, ADA, "admin", has_second_step=True).sign_in(app).get_cookie(name)
    assert cookie
    with ExitStack() as stack:
        stack.enter_context(serving(around.site, app))
        stack.enter_context(serving(around.own, app_around(f"{around.site}{GUIDE}")))
        context = stack.enter_context(browser.new_context(base_url=around.site))
        context.add_cookies(
            [{"name": name, "value": cookie.value, "url": around.site, "sameSite": "Lax"}]
        )
        yield context


def test_a_look_is_tried_used_and_seen_by_everybody(
    ada: BrowserContext, browser: Browser, around: Around
) -> None:
    page, eyes = ada.new_page(), Eyes(set())

    page.goto("/staff/brand")
    choose_colours(page)
    choose_logos(page)
    eyes.look(page)
    page.set_viewport_size({"width": 390, "height": 900})
    assert not overflows(page)
    page.get_by_role("button", name="Use this look").click()
    expect(page.get_by_text("All pages wear this look now.")).to_be_visible()

    with browser.new_context(base_url=around.site, color_scheme="light") as stranger:
        reader = stranger.new_page()
        reader.goto(GUIDE)
        expect_look(reader, IN_LIGHT, ON_LIGHT, "Acme by day")
        reader.emulate_media(color_scheme="dark")
        expect_look(reader, IN_DARK, ON_DARK, "Acme by day", number=1)
        reader.emulate_media(color_scheme="light")
        reader.get_by_role("button", name="Dark colours").click()
        expect_look(reader, IN_DARK, ON_DARK, "Acme by day", number=1)
        eyes.look(reader)
        reader.goto(around.own)
        framed = reader.frame_locator("iframe")
        expect(framed.locator(".brand-logo").first).to_have_attribute("alt", "Acme by day")
    assert eyes.found == []


def choose_colours(page: Page) -> None:
    """The first is refused, and what is offered instead is taken."""
    light = page.get_by_label("Your colour, on light pages", exact=True)
    light.fill(ORANGE)
    expect(page.get_by_label("Pick a colour: Your colour")).to_have_value(ORANGE)
    page.get_by_label("Pick a colour: On dark pages").fill(ORANGE)
    expect(page.get_by_label("On dark pages", exact=True)).to_have_value(ORANGE)
    page.get_by_role("button", name="Try these colours").click()
    expect(page.get_by_role("alert")).to_contain_text("a contrast of 2.32 to 1")
    expect(light).to_have_value(READABLE)
    page.get_by_role("button", name="Try these colours").click()
    expect(page.get_by_role("button", name="Use this look")).to_have_css(
        "background-color", IN_LIGHT
    )
    samples = page.locator(".look-sample .button-primary")
    expect(samples.nth(0)).to_have_css("background-color", IN_LIGHT)
    expect(samples.nth(1)).to_have_css("background-color", IN_DARK)


def choose_logos(page: Page) -> None:
    page.get_by_label("Logo", exact=True).set_input_files(logo("black"))
    page.get_by_label("Logo for dark pages").set_input_files(logo("white"))
    page.get_by_label("What the logo says").fill("Acme by day")
    page.get_by_role("button", name="Try these pictures").click()
    expect(page.locator(".look-sample .on-dark:visible")).to_have_count(1)


def expect_look(page: Page, accent: str, on_accent: str, alt: str, number: int = 0) -> None:
    """What stands out has the colour, and the logo that is seen is the first or the second."""
    button = page.locator("main .button-primary").first
    expect(button).to_have_css("background-color", accent)
    expect(button).to_have_css("color", on_accent)
    expect(page.locator(".callout-body a").first).to_have_css("color", accent)
    logos = page.locator(".masthead .brand-logo")
    expect(logos.nth(number)).to_be_visible()
    expect(logos.nth(1 - number)).to_be_hidden()
    expect(logos.nth(number)).to_have_js_property("naturalHeight", 96)
    expect(page.get_by_role("link", name=f"{alt} Help")).to_be_visible()


def logo(colour: str) -> FilePayload:
    sheet, out = Image.new("RGBA", (360, 120)), BytesIO()
    sheet.paste(colour, (0, 0, 200, 120))
    sheet.save(out, "PNG")
    return {"name": f"{colour}.png", "mimeType": "image/png", "buffer": out.getvalue()}
