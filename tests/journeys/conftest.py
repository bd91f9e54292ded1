"""One browser and one running stage for all journeys; each gets a window and a world of its own."""

from collections.abc import Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import browser as browsers
from tests.journeys.editing import put_away, work
from tests.journeys.window import Watch, Window
from tests.outside import do_without
from tests.servers import Stage

PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with browsers.running() as found:
            yield found.browser
    except browsers.NoBrowser as error:
        do_without("a browser", str(error))


@pytest.fixture
def has_script(request: pytest.FixtureRequest) -> bool:
    """Whether the reader's browser runs JavaScript; `with_and_without_script` asks for both."""
    return bool(getattr(request, "param", True))


@pytest.fixture
def watch(stage: Stage) -> Iterator[Watch]:
    """Fails the journey at its end for requests to strangers, failed parts, errors and CSP reports."""
    watch = Watch(frozenset({urlsplit(stage.site).netloc, urlsplit(stage.sandbox).netloc}))
    yield watch
    assert watch.complaints == []


@pytest.fixture
def window(browser: Browser, stage: Stage, watch: Watch, has_script: bool) -> Iterator[Window]:
    """Opens browser windows that know nothing of each other, as if on different computers."""
    opened: list[BrowserContext] = []

    def open_window(width: int = 1280, bypass_csp: bool = False) -> BrowserContext:
        context = browser.new_context(
            base_url=stage.site,
            java_script_enabled=has_script,
            bypass_csp=bypass_csp,
            locale="en-GB",
            reduced_motion="reduce",
            viewport={"width": width, "height": 900},
        )
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        opened.append(context)
        return context

    yield open_window
    for context in opened:
        context.close()


@pytest.fixture
def page(window: Window, tmp_path: Path) -> Page:
    """A fresh page of a reader whom the site has never seen; failures leave pictures in `tmp_path`."""
    return window().new_page()


@pytest.fixture
def eddie(page: Page, stage: Stage) -> Iterator[Page]:
    """The page of an editor; what they have begun is archived in the end, so that nobody else finds it."""
    yield work(page, stage, "eddie")
    put_away(page)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the journeys have performed is looked at after all of them."""
    items.sort(key=lambda item: item.path.name == "test_every_step.py")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what the reader saw when a journey failed, and say where it lies."""
    report = yield
    fixtures: dict[str, object] = getattr(item, "funcargs", {})
    page, folder = fixtures.get("page"), fixtures.get("tmp_path")
    if report.failed and isinstance(page, Page) and isinstance(folder, Path):
        for number, seen in enumerate(page.context.pages):
            seen.screenshot(path=folder / f"{number}.png", full_page=True)
            (folder / f"{number}.html").write_text(seen.content())
            report.sections.append((f"Page {number}: {seen.title()}", f"{seen.url}\n{folder}"))
    return report
