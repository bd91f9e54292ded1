"""The guides that are shipped can all be published, and lead only to places that exist."""

from flask import Flask

from tests.client import Client
from xero_onboard.config import ROOT
from xero_onboard.content import intake
from xero_onboard.content.front_matter import read_article


def test_every_shipped_guide_can_be_published(app: Flask) -> None:
    with app.app_context():
        report = intake.check(ROOT / "content")

    assert not report.is_broken, "\n".join(report.lines)
    told = ("readers get no page", "this sentence has", "stands here twice")
    assert [line for line in report.lines if any(words in line for words in told)] == []


def test_every_shipped_guide_begins_with_its_warning() -> None:
    guides = [path for path in (ROOT / "content").rglob("*.md") if not path.name.startswith("_")]

    without = [
        path.name
        for path in guides
        if not path.read_text().split("---\n", 2)[2].lstrip().startswith("<Warning>")
    ]

    assert guides
    assert without == []


def test_the_example_in_the_readme_is_a_guide() -> None:
    example = (ROOT / "README.md").read_text().partition("```markdown\n")[2].partition("```")[0]

    matter = read_article("README.md", example, locale="en-gb", section="connect-to-xero")

    assert matter.title == "Connect your Xero organisation"


def test_the_help_centre_shows_an_unfilled_database(client: Client) -> None:
    assert client.get("/hc/en-gb").status_code == 200
    assert client.get("/llms.txt").status_code == 200
    assert client.get("/sitemap.xml").status_code == 200
    assert client.get("/hc/en-gb/search").status_code in (200, 301)
