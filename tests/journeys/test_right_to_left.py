"""Pages in a language that is written from right to left: everything stands the other way round, and all of it fits."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.cast import CASEY
from tests.client import sign_in
from tests.content.desk import SECTION, Desk
from tests.journeys.eyes import overflows
from tests.journeys.test_embedded import serving
from tests.servers import free_ports
from xero_onboard.config import ROOT

GUIDE = "/hc/ar/articles/201-rabt"
SEARCH = "/hc/ar/search?query=Xero"
PAGES = (GUIDE, SEARCH, "/hc/ar", "/hc/ar/requests/new", "/hc/ar/articles/101-first", "/account")
BODY = """## قبل أن تبدأ

اربط مؤسستك في Xero الآن.

<Steps>
<Step title="اضغط الزر">
<Connect provider="xero" />
</Step>
</Steps>

## بعد ذلك

<AccordionGroup>
<Accordion title="إذا فشل">
حاول مرة أخرى.
</Accordion>
</AccordionGroup>
"""
# To which side the corner of a chevron points: more than 0 is to the right.
POINTS = """(chevron, part) => {
  const turned = new DOMMatrix(getComputedStyle(chevron, part).transform);
  return turned.a - turned.c;
}"""


@pytest.fixture
def environ(environ: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """French words do for Arabic ones here: which way they are written is told by the name of the catalogue."""
    texts = (ROOT / "xero_onboard" / "translations" / "fr-ca.po").read_text()
    (tmp_path / "ar.po").write_text(texts.replace("fr_CA", "ar"))
    chosen = {"LANGUAGES": "ar", "TRANSLATIONS_DIR": str(tmp_path)}
    return {**environ, "PORT": str(free_ports(1)[0]), **chosen}


@pytest.fixture
def casey(browser: Browser, app: Flask, tmp_path: Path) -> Iterator[BrowserContext]:
    """Casey, who reads Arabic, with a guide in it and one that is not translated yet."""
    desk = Desk(app, tmp_path / "guides")
    desk.write("_section.md", SECTION)
    text = desk.guide(101, "first", "Xero in English.").read_text()
    folder = desk.folder / "ar" / "connecting"
    folder.mkdir(parents=True)
    section = SECTION.replace("id: 10", "id: 20").replace("Connecting", "الربط")
    (folder / "_section.md").write_text(f"{section[:-4]}translation_of: 10\n---\n")
    for number, name in ((201, "rabt"), (202, "akhar")):
        top = text.replace("id: 101", f"id: {number}").replace("en-gb", "ar")
        (folder / f"{name}.md").write_text(top.replace("Xero in English.", BODY))
    report = desk.sync()
    assert not report.is_broken, report.lines
    name, origin = app.config["SESSION_COOKIE_NAME"], app.extensions["settings"].public_origin
    cookie = sign_in(app, CASEY).get_cookie(name)
    assert cookie
    with ExitStack() as stack:
        stack.enter_context(serving(origin, app))
        context = stack.enter_context(browser.new_context(base_url=origin))
        context.add_cookies([{"name": name, "value": cookie.value, "url": origin}])
        yield context


def middle(part: Locator) -> float:
    box = part.bounding_box()
    assert box
    return box["x"] + box["width"] / 2


def goes_on_to_the_left(page: Page) -> bool:
    """Whether the masthead begins at the right, as the text does."""
    banner = page.get_by_role("banner")
    return middle(banner.get_by_role("link").first) > middle(banner.get_by_role("button").last)


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_begins_at_the_right_and_fits(casey: BrowserContext, width: int) -> None:
    page = casey.new_page()
    page.set_viewport_size({"width": width, "height": 900})

    for path in PAGES:
        page.goto(f"{path}{'' if path.startswith('/hc/') else '?locale=ar'}")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert not overflows(page), path
        assert goes_on_to_the_left(page), path


def test_what_stands_beside_a_guide_changes_sides(casey: BrowserContext) -> None:
    page = casey.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(GUIDE)

    siblings, contents = page.locator(".siblings"), page.locator(".contents")
    step, card = page.locator(".step").first, page.locator(".step .connect").first

    assert middle(siblings) > middle(page.locator(".prose")) > middle(contents)
    assert middle(step) > middle(card), "the number of a step has its room at the right"


def test_what_points_onward_points_to_the_left(casey: BrowserContext) -> None:
    page = casey.new_page()

    page.goto(GUIDE)
    closed = page.locator(".accordion summary")
    assert closed.evaluate(POINTS, "::before") < 0
    page.goto(SEARCH)
    row = page.locator(".article-row").first
    assert row.evaluate(POINTS, "::after") < 0
    page.goto("/hc/en-gb/search?query=Xero")
    assert row.evaluate(POINTS, "::after") > 0


def test_what_is_not_translated_reads_from_the_left_and_keeps_its_place_in_lists(
    casey: BrowserContext,
) -> None:
    page = casey.new_page()

    page.goto("/hc/ar/articles/101-first")
    expect(page.locator(".prose")).to_have_attribute("dir", "ltr")
    page.goto(SEARCH)
    foreign = page.locator(".article-row p[dir=auto]").first

    assert foreign.evaluate("text => getComputedStyle(text).direction") == "ltr"
    assert foreign.evaluate("text => getComputedStyle(text).textAlign") == "right"
