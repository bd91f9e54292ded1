"""A public guide can be opened in assistants of others, which are told its address and nothing of its reader."""

import re
from collections.abc import Callable
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.client import Client
from tests.content.desk import Desk
from xero_onboard.config import Settings
from xero_onboard.factory import create_app

PUBLIC = "https://help.example.com"
LINK = re.compile(
    r'<a class="actions-link"\s+href="(https://[^"]+)"\s+target="_blank"\s+rel="([^"]+)"'
)

Open = Callable[[str, dict[str, str]], str]


@pytest.fixture
def opened(desk: Desk, environ: dict[str, str]) -> Open:
    """What a stranger gets of a page of this desk where the site stands elsewhere."""

    def page(path: str, chosen: dict[str, str]) -> str:
        environ.update({"CONTENT_DIR": str(desk.folder), "PUBLIC_ORIGIN": PUBLIC, **chosen})
        site = create_app(Settings.from_environ(environ))
        site.test_client_class = Client
        return cast(Client, site.test_client()).get(path, base_url=environ["PUBLIC_ORIGIN"]).text

    return page


def test_a_public_guide_is_opened_by_its_address_alone(desk: Desk, opened: Open) -> None:
    path = desk.publish(101, "first")

    links = LINK.findall(opened(path, {}))

    assert [urlsplit(href).netloc for href, _ in links] == ["chatgpt.com", "claude.ai"]
    for href, rel in links:
        (question,) = parse_qs(urlsplit(href.replace("&amp;", "&")).query)["q"]
        assert question == f"Read {PUBLIC}{path}.md and answer my questions about it."
        assert set(rel.split()) == {"noopener", "nofollow", "noreferrer"}


@pytest.mark.parametrize(
    "chosen",
    [{"ASSISTANTS": "off"}, {"PUBLIC_ORIGIN": "http://localhost:8000"}],
    ids=["the operator wants none", "nobody else can read it"],
)
def test_none_are_offered_where(desk: Desk, opened: Open, chosen: dict[str, str]) -> None:
    page = opened(desk.publish(101, "first"), chosen)

    assert "This page as Markdown" in page
    assert "claude.ai" not in page


def test_what_is_in_no_list_is_told_to_nobody(desk: Desk, opened: Open) -> None:
    page = opened(desk.publish(101, "first", visibility="unlisted"), {})

    assert "View as Markdown" in page
    assert "claude.ai" not in page
