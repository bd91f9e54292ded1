"""A guide within the vendor's own app: it is read there as a stranger, and done in a tab of its own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
from werkzeug.serving import make_server

from tests.cast import CASEY
from tests.client import sign_in
from tests.journeys.guide import do_nothing
from tests.servers import free_ports

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

GUIDE = "/hc/en-gb/articles/360001000101-connect-your-xero-organisation"


@dataclass(frozen=True)
class Around:
    """Where the site is, and two apps that show a guide of it; only `own` may.

    Another port of the same host is another origin of the same site: the session comes along.
    """

    site: str
    own: str
    others: str


@pytest.fixture
def around() -> Around:
    return Around(*(f"http://localhost:{port}" for port in free_ports(3)))


@pytest.fixture
def environ(environ: dict[str, str], around: Around) -> dict[str, str]:
    port = str(urlsplit(around.site).port)
    return {**environ, "PORT": port, "EMBED_ORIGINS": around.own}


@pytest.fixture
def casey(browser: Browser, app: Flask, around: Around) -> Iterator[BrowserContext]:
    """Casey's browser, signed in to the site."""
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = sign_in(app, CASEY).get_cookie(name)
    assert cookie
    with ExitStack() as stack:
        stack.enter_context(serving(around.site, app))
        for origin in (around.own, around.others):
            stack.enter_context(serving(origin, app_around(f"{around.site}{GUIDE}")))
        context = stack.enter_context(browser.new_context(base_url=around.site))
        context.add_cookies(
            [{"name": name, "value": cookie.value, "url": around.site, "sameSite": "Lax"}]
        )
        yield context


def whole(app: Flask) -> "WSGIApplication":
    """Its answers in one piece: Werkzeug's server leaves the file open of which a browser hangs up on it."""

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        pieces = app(environ, start)
        try:
            return [b"".join(pieces)]
        finally:
            getattr(pieces, "close", do_nothing)()

    return answer


@contextmanager
def serving(origin: str, app: Flask) -> Iterator[None]:
    server = make_server("localhost", urlsplit(origin).port or 0, whole(app), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def app_around(address: str) -> Flask:
    """The vendor's app: a page with a frame in it."""
    app = Flask("app_around", static_folder=None)
    page = f'<!DOCTYPE html><title>App</title><iframe src="{address}" title="Help"></iframe>'
    app.add_url_rule("/", view_func=lambda: page, endpoint="page")
    return app


def framed(page: Page, app: str) -> FrameLocator:
    page.goto(f"{app}/")
    page.wait_for_load_state("networkidle")
    return page.frame_locator("iframe")


def test_a_guide_in_the_app_knows_nobody_and_beside_it_its_reader(
    casey: BrowserContext, around: Around
) -> None:
    page = casey.new_page()

    guide = framed(page, around.own)

    expect(guide.locator("h1")).to_have_text("Connect your Xero organisation")
    expect(guide.get_by_role("banner").get_by_role("link", name="Sign in")).to_have_count(1)
    page.goto(GUIDE)
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_have_count(0)


def test_connect_and_votes_open_the_guide_by_itself(casey: BrowserContext, around: Around) -> None:
    page = casey.new_page()
    guide = framed(page, around.own)

    for name in ("Connect to Xero", "Yes, this article was helpful"):
        with casey.expect_page() as opened:
            guide.get_by_role("button", name=name).first.click()

        expect(opened.value.locator("h1")).to_have_text("Connect your Xero organisation")
        assert urlsplit(opened.value.url).path == GUIDE
        expect(guide.get_by_text("0 out of 0 found this helpful")).to_have_count(1)
    assert page.url == f"{around.own}/"


def test_guides_stay_in_the_frame_and_other_pages_leave_it(
    casey: BrowserContext, around: Around
) -> None:
    page = casey.new_page()
    guide = framed(page, around.own)

    guide.get_by_role("link", name="Help centre").first.click()
    expect(guide.locator(".search-field").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    with casey.expect_page() as opened:
        guide.get_by_role("link", name="Submit a request").first.click()

    assert urlsplit(opened.value.url).path == "/hc/en-gb/requests/new"
    assert page.url == f"{around.own}/"


def test_another_app_shows_nothing(casey: BrowserContext, around: Around) -> None:
    page = casey.new_page()

    guide = framed(page, around.others)

    expect(guide.locator("h1", has_text="Connect your Xero organisation")).to_have_count(0)
