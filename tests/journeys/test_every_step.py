"""No step of a guide is there that no journey has performed; runs after all other journeys."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.guide import performed, read_every_step
from tests.journeys.reader import IN_PRODUCT
from tests.outside import ENVIRON
from tests.servers import Stage

# Words for what is not on this stage: in the vendor's own product, and in the real Xero alone.
ELSEWHERE = {IN_PRODUCT, "Settings", "Use another authentication method"}
# Words that a guide only explains.
EXPLAINED = {"Standard", "Adviser", "Trust this device"}
# Shows support staff how steps are written; `content/test_staff_guide.py` does what its own say.
FOR_STAFF = "360001000401"


def test_every_step_of_every_guide_was_performed(
    page: Page, stage: Stage, request: pytest.FixtureRequest
) -> None:
    ran = {item.path for item in request.session.items}
    missing = set(Path(__file__).parent.glob("test_*.py")) - ran
    # On a person's own machine only, where a part of the journeys was asked for; never in CI.
    if missing and not ENVIRON.get("CI"):
        pytest.skip("only some of the journeys run, so most steps have not been performed")
    asked: set[tuple[str, str, str]] = set()
    for guide in guides(page, stage):
        page.goto(guide)
        for step in read_every_step(page):
            asked.update((step.place, step.title, word) for word in step.all_words)

    assert len(asked) > 80
    left = {each for each in asked - performed if each[2] not in ELSEWHERE | EXPLAINED}
    assert left == set(), "\n".join(map(str, sorted(left)))


def guides(page: Page, stage: Stage) -> list[str]:
    """The address of every guide but the one for staff; translations have the steps of their originals."""
    sitemap = page.request.get(f"{stage.site}/sitemap.xml").text()
    found = re.findall(r"<loc>([^<]+/en-gb/articles/[^<]+)</loc>", sitemap)
    assert found
    return [guide for guide in found if FOR_STAFF not in guide]
