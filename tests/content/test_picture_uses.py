"""Pictures and files are seen by those who see a guide that shows them, and by those who write guides."""

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, update

from tests.client import Client
from tests.content.desk import Desk, png
from tests.content.test_visibility import STATES, UNLISTED
from tests.employees import EDDIE, RILEY, make
from xero_onboard.content import revisions
from xero_onboard.content.models import Article, ArticleFile, Picture, PictureUse
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

SHOWN = "![A form](shot.png)"
FILE = "/hc/article_attachments/900/prices.pdf"


@pytest.fixture
def browsers(desk: Desk) -> Mapping[str, Client]:
    """Two who read, and one who writes."""
    return {
        "a stranger": cast(Client, desk.app.test_client()),
        "a reader": make(desk.app, RILEY, "reader").sign_in(desk.app),
        "an editor": make(desk.app, EDDIE, "editor", has_second_step=True).sign_in(desk.app),
    }


@pytest.fixture
def picture(desk: Desk) -> str:
    """The address of a picture that guide 101 shows; beside it lies a file."""
    desk.write("shot.png", "").write_bytes(png())
    desk.publish(101, "first", SHOWN)
    with desk.app.app_context():
        db.session.add(ArticleFile(id=900, article_id=101, name="prices.pdf", body=b"%PDF"))
        db.session.commit()
        row = db.session.scalars(select(Picture)).one()
        return f"/hc/article_attachments/{row.id}/{row.name}"


def put(app: Flask, article_id: int, state: str) -> None:
    told = {"publish_at": None, "unpublish_at": None, "visibility": "public", **STATES[state][0]}
    moments = {name: now() + each for name, each in told.items() if isinstance(each, timedelta)}
    with app.app_context():
        guide = update(Article).where(Article.id == article_id)
        db.session.execute(guide.values({**told, **moments}))
        revisions.bump_generation()
        db.session.commit()


def answers(browsers: Mapping[str, Client], address: str) -> dict[str, int]:
    return {name: browser.get(address).status_code for name, browser in browsers.items()}


@pytest.mark.parametrize("state", STATES)
def test_a_picture_and_a_file_are_seen_as_long_as_their_guide(
    desk: Desk, picture: str, browsers: Mapping[str, Client], state: str
) -> None:
    """Row E4."""
    put(desk.app, 101, state)

    expected = 200 if STATES[state][1] or state == UNLISTED else 404
    for address in (picture, FILE):
        told = answers(browsers, address)
        assert told == {"a stranger": expected, "a reader": expected, "an editor": 200}, address


def test_a_picture_stays_as_long_as_one_guide_shows_it(
    desk: Desk, picture: str, client: Client
) -> None:
    desk.publish(102, "second", SHOWN)
    put(desk.app, 101, "archived")
    is_seen_still = client.get(picture).status_code == 200
    put(desk.app, 102, "draft")

    assert is_seen_still
    assert client.get(picture).status_code == 404


def test_a_picture_goes_with_the_revision_that_showed_it(
    desk: Desk, picture: str, client: Client
) -> None:
    desk.publish(101, "first", "Words instead.")

    assert client.get(picture).status_code == 404


def test_a_picture_in_a_shared_text_is_seen_with_the_guides_that_hold_it(
    desk: Desk, picture: str, client: Client
) -> None:
    snippets = desk.folder / "en-gb" / "_snippets"
    snippets.mkdir()
    (snippets / "form.md").write_text("![A form](../connecting/shot.png)\n")

    desk.publish(101, "first", '<Snippet name="form" />')

    assert client.get(picture).status_code == 200


def test_a_shared_cache_soon_asks_again_and_a_browser_need_not(
    desk: Desk, picture: str, client: Client
) -> None:
    first = client.get(picture)
    again = client.get(picture, headers={"If-None-Match": first.headers["ETag"]})
    put(desk.app, 101, "archived")
    gone = client.get(picture, headers={"If-None-Match": first.headers["ETag"]})

    assert "max-age=31536000, immutable, s-maxage=60" in first.headers["Cache-Control"]
    assert (again.status_code, gone.status_code) == (304, 404)


def test_what_only_staff_see_is_kept_nowhere(
    desk: Desk, picture: str, browsers: Mapping[str, Client]
) -> None:
    """Row C6."""
    put(desk.app, 101, "draft")

    for address in (picture, FILE):
        told = browsers["an editor"].get(address).headers["Cache-Control"]
        assert "private, no-store" in told, address


def test_an_upgrade_finds_the_pictures_of_what_is_there(
    desk: Desk, picture: str, client: Client
) -> None:
    with desk.app.app_context():
        before = set(db.session.execute(select(PictureUse.revision_id, PictureUse.picture_id)))
        db.session.remove()
        downgrade(revision="0022")
        upgrade()
        after = set(db.session.execute(select(PictureUse.revision_id, PictureUse.picture_id)))
        db.session.remove()

    assert len(before) == 1
    assert after == before
    assert client.get(picture).status_code == 200
