"""The page of states: whoever works on the site can see what readers see, and no reader can."""

from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import cast

import pytest
from flask import Flask

from tests.client import Client
from xero_onboard.config import Settings
from xero_onboard.connect import samples
from xero_onboard.connect.outcomes import CATALOGUE
from xero_onboard.connect.outcomes.errands import ERRANDS
from xero_onboard.content.grammar import STATES
from xero_onboard.factory import create_app


@pytest.fixture
def site(app: Flask) -> Client:
    """The site with the guides that it ships with."""
    assert app.test_cli_runner().invoke(args=["content", "sync"]).exit_code == 0
    return cast(Client, app.test_client())


def test_every_state_is_listed_and_shown_in_the_guide(app: Flask, site: Client) -> None:
    index = site.get("/connect/states").text
    with app.test_request_context():
        names = list(samples.samples())

    for name in names:
        page = site.get(f"/connect/states/{name}")
        assert f'href="/connect/states/{name}"' in index
        assert page.status_code == 200
        assert '<meta name="robots" content="noindex">' in page.text
        assert "connect-title" in page.text


def test_no_state_that_a_guide_can_name_is_left_out(app: Flask) -> None:
    with app.test_request_context():
        shown = {sample.state.status for sample in samples.samples().values()}

    assert set(STATES) <= shown


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_outcome_is_listed_and_told_in_the_guide(site: Client, code: str) -> None:
    path = f"/connect/states/outcomes/{code}"

    page = unescape(site.get(path).text)

    assert f'href="{path}"' in site.get("/connect/states").text
    assert 'id="outcome"' in page
    assert "{" not in page.partition('id="outcome"')[2].partition("</div>")[0]


@pytest.mark.parametrize("code", ERRANDS)
def test_every_outcome_for_a_colleague_is_told(site: Client, code: str) -> None:
    page = unescape(site.get(f"/connect/states/colleagues/{code}").text)

    assert ERRANDS[code].title.partition("{")[0] in page
    assert "{" not in page.partition('id="outcome"')[2].partition("</div>")[0]


@pytest.mark.parametrize("path", ["nothing", "outcomes/nothing", "colleagues/nothing"])
def test_what_does_not_exist_is_not_shown(site: Client, path: str) -> None:
    assert site.get(f"/connect/states/{path}").status_code == 404


def test_it_is_in_no_map_of_the_site(site: Client) -> None:
    assert "/connect/states" not in site.get("/sitemap.xml").text
    assert "Disallow: /connect/" in site.get("/robots.txt").text


def test_it_is_there_only_beside_the_practice_xero(settings: Settings, tmp_path: Path) -> None:
    live = replace(settings, xero=replace(settings.xero, is_sandbox=False))
    serious = replace(settings, environment="production")

    for chosen in (live, serious):
        rules = {rule.rule for rule in create_app(chosen).url_map.iter_rules()}
        assert not any(rule.startswith("/connect/states") for rule in rules)
