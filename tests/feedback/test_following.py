"""Following a guide or a section by mail, and everything new as a feed."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests import mailbox
from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.employees import EDDIE, make
from tests.feedback.pace import unhurried
from tests.feedback.test_comments import moderate, say
from tests.feedback.test_vote import ARTICLE
from tests.post_office import PostOffice
from tests.staff.test_articles import form_of
from tests.staff.test_articles import send as write
from xero_onboard.content.models import Article, Revision
from xero_onboard.feedback import following
from xero_onboard.feedback.models import Following
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

PLACE = "/hc/following/"
ASK = f"{PLACE}new"
NELL = "nell@example.com"
ATOM = "{http://www.w3.org/2005/Atom}"


def test_nothing_is_mailed_before_the_owner_of_the_address_says_so(
    app: Flask, client: Client
) -> None:
    answer = ask(client)
    assert "Look into your mailbox" in client.get(answer.location, follow_redirects=True).text
    link = mailbox.link(app, NELL, PLACE)
    page = client.get(link).text
    assert "Do you want to follow a guide?" in page
    assert "Connect your Xero organisation" in page
    publish(app)
    assert len(mailbox.letters(app, NELL)) == 1

    client.post(f"{link}/confirm")
    publish(app)

    assert "Changed: Connect your Xero organisation" in mailbox.newest(app, NELL)
    assert len(mailbox.letters(app, NELL)) == 2


def test_opening_the_link_confirms_nothing(app: Flask, client: Client) -> None:
    """Row C5: mail scanners open every link."""
    ask(client)

    client.get(mailbox.link(app, NELL, PLACE))

    assert only(app).confirmed_at is None


def test_each_mail_has_the_way_to_end_it(app: Flask, client: Client) -> None:
    confirmed(app, client)
    publish(app)
    link = mailbox.link(app, NELL, PLACE)
    assert "You follow a guide" in client.get(link).text

    answer = client.post(link)

    assert answer.status_code == 200
    assert "we have forgotten your address" in answer.text
    assert client.get(link).status_code == 404
    with app.app_context():
        assert db.session.scalars(select(Following)).all() == []


def test_a_follower_hears_of_comments_once_they_are_shown(app: Flask, client: Client) -> None:
    confirmed(app, client)
    editor = make(app, EDDIE, "editor", has_second_step=True).sign_in(app)
    say(sign_in(app, CASEY), "It works.")
    assert len(mailbox.letters(app, NELL)) == 1

    moderate(app, editor, "shown")

    assert "1 new comment on Connect your Xero organisation" in mailbox.newest(app, NELL)
    assert len(mailbox.letters(app, NELL)) == 2


def test_a_section_is_followed_as_well(app: Flask, client: Client) -> None:
    with app.app_context():
        section = db.session.get_one(Article, ARTICLE).section_id
    confirmed(app, client, kind="section", target=str(section))

    publish(app)

    assert "Connect your Xero organisation" in mailbox.newest(app, NELL)


def test_a_slip_of_the_pen_is_no_news(app: Flask, client: Client) -> None:
    confirmed(app, client)
    with app.app_context():
        section = db.session.get_one(Article, ARTICLE).section_id
    confirmed(app, client, kind="section", target=str(section), email="nora@example.com")
    editor = make(app, EDDIE, "editor", has_second_step=True).sign_in(app)

    write(editor, "publish", form_of(editor) | {"body": "Slipped.", "significance": "typo"})
    letters = [len(mailbox.letters(app, each)) for each in (NELL, "nora@example.com")]
    write(editor, "publish", form_of(editor) | {"body": "Changed.", "significance": "major"})

    assert letters == [1, 1]
    for each in (NELL, "nora@example.com"):
        assert "Changed: Connect your Xero organisation" in mailbox.newest(app, each)


def test_asking_twice_follows_once(app: Flask, client: Client) -> None:
    ask(client)
    ask(client, email=NELL.upper())

    assert only(app).email == NELL


@pytest.mark.parametrize(
    "fields",
    [
        *({"email": "nell"}, {"kind": "x"}, {"target": "x"}, {"locale": "x"}, {"website": "y"}),
    ],
)
def test_what_is_wrong_is_refused(app: Flask, client: Client, fields: dict[str, str]) -> None:
    assert ask(client, **fields).status_code == 400
    assert mailbox.letters(app, NELL) == []


class TestByTheMailProgram:
    """https://www.rfc-editor.org/rfc/rfc8058"""

    @pytest.fixture
    def environ(self, environ: dict[str, str], office: PostOffice) -> dict[str, str]:
        return {**environ, "MAIL_URL": office.url}

    def test_one_press_ends_it(self, app: Flask, client: Client, office: PostOffice) -> None:
        """It knows the letter alone: no cookie, and no page of ours."""
        ask(client)
        assert jobs.run_due(app)
        (letter,) = office.arrived
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        place = str(letter["List-Unsubscribe"]).strip(" <>").removeprefix("http://localhost:8000")

        answer = app.test_client().post(place, data={"List-Unsubscribe": "One-Click"})

        assert answer.status_code == 200
        with app.app_context():
            assert db.session.scalars(select(Following)).all() == []


@pytest.mark.parametrize(("method", "verb"), [("GET", ""), ("POST", ""), ("POST", "/confirm")])
def test_a_wrong_link_does_nothing(app: Flask, client: Client, method: str, verb: str) -> None:
    """Row E2."""
    ask(client)
    place = f"{PLACE}{only(app).id}/verify/{'0' * 64}{verb}"

    answer = client.open(place, method=method)

    assert answer.status_code == 404
    assert only(app).confirmed_at is None


def test_one_address_is_asked_so_often_an_hour(app: Flask) -> None:
    """Row I3."""
    most = following.TO_ADDRESS.most
    answers = [ask(app.test_client()).status_code for _ in range(most + 1)]

    assert answers == [303] * most + [429]
    assert len(mailbox.letters(app, NELL)) == most


def test_an_address_nobody_confirmed_is_forgotten(app: Flask, client: Client) -> None:
    """Row M3."""
    ask(client)
    with app.app_context():
        db.session.execute(update(Following).values(created_at=now() - timedelta(days=3)))
        db.session.commit()

    assert jobs.run_due(app)

    with app.app_context():
        assert db.session.scalars(select(Following)).all() == []


def test_everything_new_is_a_feed(client: Client) -> None:
    answer = client.get("/feed.xml")

    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.text)  # noqa: S314 - our own
    entries = {
        entry.findtext(f"{ATOM}id"): entry.findtext(f"{ATOM}title")
        for entry in feed.iter(f"{ATOM}entry")
    }
    assert (
        entries[f"http://localhost:8000/hc/articles/{ARTICLE}"] == "Connect your Xero organisation"
    )
    assert feed.findtext(f"{ATOM}updated")
    assert "/feed.xml" in client.get("/hc/en-gb").text


def test_what_is_archived_is_in_no_feed(app: Flask, client: Client) -> None:
    """Row E4."""
    with app.app_context():
        one = update(Article).where(Article.id == ARTICLE)
        db.session.execute(one.values(status="archived"))
        db.session.commit()

    assert f"/hc/articles/{ARTICLE}<" not in client.get("/feed.xml").text


def ask(client: Client, **fields: str) -> TestResponse:
    form = {"kind": "article", "target": str(ARTICLE), "locale": "en-gb", "email": NELL}
    return client.post(ASK, data=unhurried(client, {**form, **fields}))


def confirmed(app: Flask, client: Client, **fields: str) -> None:
    ask(client, **fields)
    address = fields.get("email", NELL)
    assert client.post(f"{mailbox.link(app, address, PLACE)}/confirm").status_code == 303


def publish(app: Flask) -> None:
    """The guide was published just now."""
    with app.app_context():
        revision = update(Revision).where(Revision.article_id == ARTICLE)
        db.session.execute(revision.values(published_at=now()))
        db.session.commit()


def only(app: Flask) -> Following:
    with app.app_context():
        return db.session.scalars(select(Following)).one()
