"""A section and a guide are followed by a feed as by mail: what changed, and what is said below."""

import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.employees import EDDIE, make
from tests.feedback.test_comments import moderate, say
from tests.feedback.test_unseen_guides import hide
from tests.feedback.test_vote import ARTICLE, PAGE
from tests.staff.test_articles import form_of, send
from xero_onboard.content.models import Revision
from xero_onboard.lib.db import db

ATOM = "{http://www.w3.org/2005/Atom}"
ORIGIN = "http://localhost:8000"
OF_GUIDE = f"/hc/en-gb/articles/{ARTICLE}/feed.xml"
OF_SECTION = "/hc/en-gb/sections/360000100001/feed.xml"
TITLE = "Connect your Xero organisation"
FRENCH = "/hc/fr-ca/articles/360001000101/feed.xml"


@pytest.fixture
def editor(app: Flask) -> Client:
    return make(app, EDDIE, "editor", has_second_step=True).sign_in(app)


def read(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.content_type == "application/atom+xml; charset=utf-8", answer.status_code
    return ElementTree.fromstring(answer.text)  # noqa: S314 - our own


def titles(client: Client, path: str) -> list[str | None]:
    return [entry.findtext(f"{ATOM}title") for entry in read(client, path).iter(f"{ATOM}entry")]


def change(app: Flask, editor: Client, body: str, significance: str) -> None:
    """Publish another text, after what was published before has grown old."""
    with app.app_context():
        for row in db.session.scalars(select(Revision).where(Revision.article_id == ARTICLE)):
            row.published_at = row.published_at and row.published_at - timedelta(hours=1)
        db.session.commit()
    send(editor, "publish", form_of(editor) | {"body": body, "significance": significance})


def test_a_guide_tells_its_changes_and_no_slip_of_the_pen(
    app: Flask, client: Client, editor: Client
) -> None:
    change(app, editor, "Something else.", "content")
    change(app, editor, "Something else!", "typo")
    change(app, editor, "Do it otherwise.", "major")

    assert titles(client, OF_GUIDE) == [f"Changed: {TITLE}", f"Changed: {TITLE}", f"New: {TITLE}"]


def test_a_slip_of_the_pen_moves_nothing_in_the_feed_of_a_section(
    app: Flask, client: Client, editor: Client
) -> None:
    change(app, editor, "Something else.", "content")
    assert titles(client, OF_SECTION)[0] == TITLE

    change(app, editor, "Something else!", "typo")

    # By now the change is older than all other guides, which came together.
    assert titles(client, OF_SECTION)[-1] == TITLE
    change(app, editor, "Do it otherwise.", "major")
    assert titles(client, OF_SECTION)[0] == TITLE


def test_what_is_said_below_is_news_once_it_is_shown(
    app: Flask, client: Client, editor: Client
) -> None:
    """Row F1: and it is text in a text, whatever it says; what no XML can hold is left out."""
    say(sign_in(app, CASEY), "**It** works \uffff<script>alert(1)</script>")
    assert titles(client, OF_GUIDE) == [f"New: {TITLE}"]

    moderate(app, editor, "shown")

    entry = next(read(client, OF_GUIDE).iter(f"{ATOM}entry"))
    assert entry.findtext(f"{ATOM}title") == f"Comment by {CASEY.name}"
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.get("type") == "html"
    assert "<strong>It</strong> works" in str(content.text)
    assert "<script" not in str(content.text)
    assert "#comment-" in entry.find(f"{ATOM}link").get("href")
    moderate(app, editor, "rejected")
    assert titles(client, OF_GUIDE) == [f"New: {TITLE}"]


def test_pages_name_their_feed_in_their_head_and_beside_follow(client: Client) -> None:
    for path, feed in ((PAGE, OF_GUIDE), ("/hc/en-gb/sections/360000100001-x", OF_SECTION)):
        page = re.sub(r"\s+", " ", client.get(path, follow_redirects=True).text)
        head, _, body = page.partition("</head>")
        assert re.search(rf'type="application/atom\+xml" title="[^"]+" href="{feed}"', head), path
        assert f'<a href="{feed}">' in body.partition('id="follow"')[2], path


def test_a_feed_speaks_the_language_of_its_address(client: Client) -> None:
    answer = client.get(FRENCH)
    assert answer.status_code == 301

    feed = read(client, answer.location)

    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr-CA"
    assert str(feed.find(f"{ATOM}link[2]").get("href")).startswith(f"{ORIGIN}/hc/fr-ca/articles/")
    assert titles(client, answer.location)[0].startswith("Nouveau")  # type: ignore[union-attr]


@pytest.mark.parametrize("state", ["draft", "archived", "ended"])
def test_the_feed_goes_with_its_page(app: Flask, client: Client, state: str) -> None:
    """Row E4."""
    hide(app, state)

    assert client.get(OF_GUIDE).status_code == 404
    assert f"{ORIGIN}/hc/articles/{ARTICLE}" not in client.get(OF_SECTION).text
    hide(app, state, None)
    assert client.get(OF_SECTION).status_code == 404


def test_a_number_of_nothing_has_no_feed(client: Client) -> None:
    for path in ("/hc/en-gb/articles/7/feed.xml", "/hc/en-gb/sections/7/feed.xml"):
        assert client.get(path).status_code == 404
