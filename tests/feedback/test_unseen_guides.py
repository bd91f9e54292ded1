"""Of a guide that readers do not see nothing can be said: its number answers as its page does."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.feedback.asking import asked_and_confirmed, only, send
from tests.feedback.pace import unhurried
from tests.feedback.test_vote import ARTICLE, VOTE
from xero_onboard.content import revisions
from xero_onboard.content.models import Article
from xero_onboard.feedback.models import Comment, Following, Remark, Vote
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

UNSEEN = ("draft", "archived", "ended", "internal")
POSTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "vote": (VOTE, {"value": "up"}),
    "vote taken back": (VOTE, {"value": "none"}),
    "reason": (f"/hc/articles/{ARTICLE}/remark", {"reason": "easy"}),
    "problem": (f"/hc/articles/{ARTICLE}/problem", {"wrong": "A picture is missing."}),
    "comment": (f"/hc/articles/{ARTICLE}/comments", {"words": "Thank you."}),
    "following": (
        "/hc/following/new",
        {"kind": "article", "target": str(ARTICLE), "locale": "en-gb", "email": "nell@example.com"},
    ),
}


def hide(app: Flask, state: str, article_id: int | None = ARTICLE) -> None:
    """Let readers not see the guide any more, or any guide."""
    told = {"unpublish_at": now() - timedelta(hours=1)} if state == "ended" else {"status": state}
    told = {"visibility": state} if state == "internal" else told
    with app.app_context():
        guides = update(Article).values(**told)
        db.session.execute(guides.where(Article.id == article_id) if article_id else guides)
        revisions.bump_generation()
        db.session.commit()


@pytest.mark.parametrize("state", UNSEEN)
def test_nothing_is_taken_for_a_guide_that_nobody_sees(app: Flask, state: str) -> None:
    """Row E4: for a stranger, and for somebody with an account."""
    hide(app, state)
    browsers = {"a stranger": app.test_client(), "a reader": sign_in(app, CASEY)}

    told = {
        (name, post): browser.post(path, data=unhurried(browser, fields)).status_code
        for name, browser in browsers.items()
        for post, (path, fields) in POSTS.items()
    }

    # Whoever would have to sign in first learns nothing on the way.
    assert told.pop(("a stranger", "comment")) in (303, 404)
    assert set(told.values()) == {404}, told
    with app.app_context():
        for table in (Vote, Remark, Comment, Following):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0, table


def test_a_section_in_which_nothing_can_be_read_is_not_followed(app: Flask, client: Client) -> None:
    """Row E4."""
    with app.app_context():
        section = db.session.get_one(Article, ARTICLE).section_id
    hide(app, "archived", None)

    fields = {**POSTS["following"][1], "kind": "section", "target": str(section)}

    assert client.post("/hc/following/new", data=unhurried(client, fields)).status_code == 404


def test_a_request_about_a_guide_taken_back_meanwhile_arrives_without_it(
    app: Flask, client: Client
) -> None:
    hide(app, "archived")

    assert send(client, ticked=["guide"]).status_code == 303

    assert only(app).article_id is None


def test_a_guide_that_nobody_sees_has_solved_nothing(app: Flask, client: Client) -> None:
    asked_and_confirmed(app, client)
    hide(app, "draft")
    place = f"/hc/en-gb/requests/{only(app).reference}/solved"

    assert client.post(place, data={"article": str(ARTICLE)}).status_code == 400
    assert only(app).status == "open"


def test_a_comment_below_it_can_be_deleted_and_not_changed(app: Flask) -> None:
    casey = sign_in(app, CASEY)
    casey.post(POSTS["comment"][0], data=unhurried(casey, POSTS["comment"][1]))
    with app.app_context():
        place = f"/hc/comments/{db.session.scalars(select(Comment.id)).one()}"
    hide(app, "archived")

    assert casey.post(f"{place}/edit", data={"words": "Otherwise."}).status_code == 404
    assert casey.post(f"{place}/delete").status_code == 303
