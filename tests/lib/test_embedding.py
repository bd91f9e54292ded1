"""Guides within the pages of the vendor's own app: which pages, whose, and for nobody but strangers."""

from typing import cast

import pytest
from flask import Flask

from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.feedback.test_vote import ARTICLE, VOTE
from tests.staff.conftest import eddie, editor
from xero_onboard.config import Settings
from xero_onboard.factory import create_app

__all__ = ["eddie", "editor"]

APP = "https://app.example.com"
LOCAL = "http://localhost:3000"
GUIDE = f"/hc/en-gb/articles/{ARTICLE}-connect-your-xero-organisation"
MAY_BE_FRAMED = ("/hc/en-gb", GUIDE, f"{GUIDE}.md", "/hc/en-gb/search?query=connect")
FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-site"}


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    return {**environ, "EMBED_ORIGINS": f"{APP}/ {LOCAL} {APP}"}


def ancestors(client: Client, path: str) -> str:
    policy = client.get(path, follow_redirects=True).headers["Content-Security-Policy"]
    return policy.partition("frame-ancestors ")[2].partition(";")[0]


@pytest.mark.parametrize("path", [*MAY_BE_FRAMED, "/hc/articles/360001000102"])
def test_what_is_read_may_stand_in_the_pages_that_are_named(client: Client, path: str) -> None:
    assert ancestors(client, path) == f"{APP} {LOCAL}"
    assert "X-Frame-Options" not in client.get(path).headers


@pytest.mark.parametrize(
    "path",
    [
        *("/sign-in", "/sign-up", "/connect", "/account", "/staff", "/hc/en-gb/requests/new"),
        *("/connect/problem", "/nowhere", "/hc/search/suggest?query=a"),
    ],
)
def test_nothing_else_may(client: Client, path: str) -> None:
    assert ancestors(client, path) == "'none'"


def test_without_the_setting_no_page_may(settings: Settings, app: Flask) -> None:
    plain = create_app(Settings.from_environ({"INSTANCE_DIR": str(settings.instance)}))
    plain.test_client_class = Client

    for path in MAY_BE_FRAMED:
        assert ancestors(cast(Client, plain.test_client()), path) == "'none'"


@pytest.mark.parametrize("destination", ["iframe", "frame", "embed", "object", "fencedframe"])
def test_within_a_frame_everybody_is_a_stranger(
    app: Flask, client: Client, destination: str
) -> None:
    stranger = client.get(GUIDE)
    casey = sign_in(app, CASEY)

    framed = casey.get(GUIDE, headers={**FRAME, "Sec-Fetch-Dest": destination})

    assert framed.data == stranger.data
    assert framed.data != casey.get(GUIDE).data
    assert framed.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in framed.headers


def test_a_cache_may_keep_what_strangers_see_in_a_frame(client: Client) -> None:
    framed = client.get(GUIDE, headers=FRAME)

    assert framed.headers["Cache-Control"].startswith("public")
    assert framed.headers["ETag"] == client.get(GUIDE).headers["ETag"]


@pytest.mark.parametrize("path", [VOTE, "/connect/xero"])
def test_no_form_is_sent_within_a_frame(client: Client, path: str) -> None:
    own = {**FRAME, "Sec-Fetch-Site": "same-origin"}

    answer = client.post(path, data={"value": "up", "next": "/connect"}, headers=own)

    assert answer.status_code == 403
    assert "Open the guide by itself" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_the_preview_of_an_editor_is_sent_within_a_frame_of_ours(editor: Client) -> None:
    own = {**FRAME, "Sec-Fetch-Site": "same-origin"}

    answer = editor.get(f"/staff/articles/{ARTICLE}/preview", headers=own)

    assert answer.status_code == 200
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_connect_leads_out_of_the_frame_without_a_script(client: Client) -> None:
    page = " ".join(client.get(GUIDE).text.split())

    assert '<form method="post" action="/connect/xero" target="_top">' in page
