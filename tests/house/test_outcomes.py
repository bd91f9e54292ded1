"""Whatever can become of a press of Connect is explained by a guide, and guides explain nothing else."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask

from xero_onboard.config import ROOT
from xero_onboard.connect.outcomes import CATALOGUE, SIGHTINGS
from xero_onboard.connect.outcomes.people import CONFIRMING, SIGNING_IN
from xero_onboard.content import library
from xero_onboard.content.front_matter import read_article

GUIDES = [path for path in (ROOT / "content").rglob("*.md") if not path.name.startswith("_")]
TROUBLE = [code for code, entry in CATALOGUE.items() if entry.who != "done"]


def claims_of(guide: Path) -> Mapping[str, str]:
    locale, section, _ = guide.relative_to(ROOT / "content").parts
    return read_article(guide.name, guide.read_text(), locale=locale, section=section).errors


@pytest.fixture
def shipped(app: Flask) -> Flask:
    """The site with the guides that it ships with."""
    answer = app.test_cli_runner().invoke(args=["content", "sync"])
    assert answer.exit_code == 0, answer.output
    return app


def test_every_code_that_asks_somebody_to_act_has_its_part_of_a_guide(shipped: Flask) -> None:
    with shipped.app_context():
        helps = {code: library.help_for(code) for code in TROUBLE}

    assert len(helps) > 30
    assert [code for code, found in helps.items() if found is None or not found.section] == []


def test_no_guide_explains_a_code_that_does_not_exist() -> None:
    unknown = {
        f"{guide.name}: {code}"
        for guide in GUIDES
        for code in claims_of(guide)
        if code not in CATALOGUE
    }

    assert GUIDES
    assert unknown == set()


def test_what_a_reader_can_have_seen_has_words() -> None:
    assert set(SIGHTINGS) == {code for code in CATALOGUE if code.startswith("saw_")}


def test_other_words_are_for_codes_that_exist() -> None:
    assert {*SIGNING_IN, *CONFIRMING} <= set(CATALOGUE)


def test_a_button_that_would_lead_to_the_same_again_is_not_offered() -> None:
    hopeless = [
        code
        for code, entry in CATALOGUE.items()
        if entry.retry and entry.who in ("operator", "done") and code != "storage_failed"
    ]

    assert hopeless == []
