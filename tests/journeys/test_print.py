"""A guide on paper: what it says and where its links lead, and nothing that can only be pressed."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.content.desk import SECTION, Desk
from tests.journeys.test_embedded import serving
from tests.servers import free_ports

GUIDE = "/hc/en-gb/articles/101-on-paper"
LINES = "\n".join(f"- Line {number} of what is done in this step" for number in range(20))
STEPS = "\n".join(f'<Step title="Step {number}">\n{LINES}\n</Step>' for number in range(1, 5))
BODY = f"""See [the other guide](other.md) and [the terms](https://example.com/terms?of=use).

<Steps>
{STEPS}
</Steps>

<Connect provider="xero" />

<AccordionGroup>
<Accordion title="If it fails">
What helps then.
</Accordion>
</AccordionGroup>
"""
PAGES = re.compile(rb"/Type\s*/Page\b(?!s)")
ADDRESS = "link => getComputedStyle(link, '::after').content"
COLOURS = (
    "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
)
# As it would be without our rule.
TORN = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".step { break-inside: auto !important; }");
  document.adoptedStyleSheets = [sheet];
}"""
LIGHT = 600  # what red, green and blue add up to


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    return {**environ, "PORT": str(free_ports(1)[0])}


@pytest.fixture
def paper(browser: Browser, app: Flask, tmp_path: Path) -> Iterator[Page]:
    """A guide in a window whose owner likes it dark, about to be printed."""
    desk = Desk(app, tmp_path / "guides")
    desk.write("_section.md", SECTION)
    desk.guide(102, "other")
    desk.publish(101, "on-paper", BODY)
    origin = app.extensions["settings"].public_origin
    with ExitStack() as stack:
        stack.enter_context(serving(origin, app))
        context = browser.new_context(base_url=origin, color_scheme="dark", locale="en-GB")
        page = stack.enter_context(context).new_page()
        page.goto(GUIDE)
        page.emulate_media(media="print", color_scheme="dark")
        yield page


def test_what_can_only_be_pressed_is_not_printed(paper: Page) -> None:
    expect(paper.get_by_role("heading", level=1)).to_have_text("Guide 101")
    expect(paper.get_by_text("Line 3 of what").first).to_be_visible()
    expect(paper.get_by_text("What helps then.")).to_be_visible()

    for role in ("navigation", "banner", "contentinfo", "search"):
        expect(paper.get_by_role(role)).to_have_count(0)
    for name in ("Connect to Xero", "Yes, this article was helpful", "Follow", "Send"):
        expect(paper.get_by_role("button", name=name)).to_have_count(0)
    for words in ("Have more questions?", "This page as Markdown", "On this page"):
        assert [each for each in paper.get_by_text(words).all() if each.is_visible()] == []


def test_links_to_other_sites_say_where_they_lead(paper: Page) -> None:
    outside = paper.get_by_role("link", name="the terms")
    inside = paper.get_by_role("link", name="the other guide")

    assert "https://example.com/terms?of=use" in outside.evaluate(ADDRESS)
    assert inside.evaluate(ADDRESS) == "none"


def test_paper_stays_white_for_whoever_likes_it_dark(paper: Page) -> None:
    ground, ink = (
        sum(int(each) for each in re.findall(r"\d+", colour)[:3])
        for colour in paper.evaluate(COLOURS)
    )

    assert ground > LIGHT > 3 * ink


def test_a_step_stays_on_one_page(paper: Page) -> None:
    """Each fills more than half a page, so that no two of them fit on one."""
    pages = len(PAGES.findall(paper.pdf(format="A4")))
    paper.evaluate(TORN)

    torn = len(PAGES.findall(paper.pdf(format="A4")))

    assert torn < pages
