"""The form in which somebody asks: what it is filled with, what is sent along, and what it refuses."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.feedback.asking import (
    ALL,
    EDITION,
    FIREFOX,
    NEW,
    asked_and_confirmed,
    choices,
    found,
    only,
    send,
)
from tests.feedback.test_vote import ARTICLE
from tests.staff.forms import fields
from xero_onboard.content import revisions
from xero_onboard.content.models import Article
from xero_onboard.feedback import spam
from xero_onboard.lib.db import db


def test_an_article_leads_to_the_form_and_says_which_it_is(client: Client) -> None:
    page = client.get(f"/hc/articles/{ARTICLE}", follow_redirects=True).text

    assert f'href="{NEW}?edition={EDITION}"' in page


def test_what_would_be_sent_along_is_shown_first_and_ticked(client: Client) -> None:
    page = client.get(
        f"{NEW}?edition={EDITION}&step=Allow+access&reference=XC-7F3K&subject=Stuck",
        headers=FIREFOX,
    ).text

    assert choices(page) == {
        "guide": "The guide you were reading: Connect your Xero organisation, revision 1",
        "step": "Where you were in it: Allow access",
        "standing": "Your connection: Not connected",
        "attempt": "The reference of your last try: XC-7F3K",
        "browser": "What you read this with: Firefox on Linux",
    }
    assert 'value="Stuck"' in page


def test_a_guide_in_no_list_is_sent_along_too(app: Flask, client: Client) -> None:
    with app.app_context():
        db.session.execute(
            update(Article).where(Article.id == ARTICLE).values(visibility="unlisted")
        )
        revisions.bump_generation()
        db.session.commit()

    page = client.get(f"{NEW}?edition={EDITION}").text
    sent = client.get(asked_and_confirmed(app, client)).text

    guide = "The guide you were reading: Connect your Xero organisation, revision 1"
    assert choices(page)["guide"] == guide
    assert f'name="edition" value="{EDITION}"' in " ".join(page.split())
    assert "Connect your Xero organisation</a>, revision 1" in sent


def test_a_stranger_who_only_looks_gets_no_cookie(client: Client) -> None:
    """Row C6."""
    assert "Set-Cookie" not in client.get(NEW).headers


@pytest.mark.parametrize("asked", ["edition=7-1", "edition=x", "reference=XC-aeio", "step=x"])
def test_what_no_page_of_ours_says_is_not_offered(client: Client, asked: str) -> None:
    page = client.get(f"{NEW}?{asked}").text

    assert set(choices(page)) == {"standing", "browser"}


def test_what_is_ticked_is_sent_along(app: Flask, client: Client) -> None:
    send(client, ticked=ALL)

    asked = only(app)
    assert (asked.article_id, asked.revision, asked.step) == (ARTICLE, 1, "Allow access")
    assert (asked.standing, asked.attempt_reference) == ("not_connected", "XC-7F3K")
    assert asked.browser == "Firefox on Linux"


def test_what_was_taken_out_is_not(app: Flask, client: Client) -> None:
    send(client, ticked=[])

    asked = only(app)
    assert (asked.article_id, asked.revision, asked.step) == (None, None, None)
    assert (asked.standing, asked.attempt_reference, asked.browser) == (None, None, None)


def test_a_guide_that_is_not_here_is_left_out(app: Flask, client: Client) -> None:
    assert send(client, ticked=["guide"], edition="7-1").status_code == 303
    assert only(app).article_id is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "nell"}, "That is not an email address"),
        ({"email": ""}, "Write your email address"),
        ({"subject": ""}, "Write what it is about"),
        ({"words": " \r\n"}, "Write what you need help with"),
        ({"website": "x"}, "A field that must stay empty"),
        ({"shown_at": ""}, "One more press"),
        ({"shown_at": "1.x"}, "One more press"),
        ({"ticked": ["everything"]}, "has a value this page does not offer"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    app: Flask, client: Client, fields: dict[str, Any], words: str
) -> None:
    answer = send(client, **fields)

    assert answer.status_code == 400
    assert words in answer.text
    assert "ticked" in fields or "words" in fields or "I see no button." in answer.text
    assert found(app) == []


def test_a_form_that_was_shown_just_now_is_too_quick(app: Flask, client: Client) -> None:
    with app.app_context():
        stamp = spam.stamp()

    assert "quicker than we expect" in send(client, shown_at=stamp).text


def test_a_long_search_leads_to_the_form_with_as_much_of_it_as_fits(client: Client) -> None:
    query = "zebra " + "organisation " * 14
    page = client.get(f"/hc/en-gb/search?query={query}").text
    link = re.search(rf'href="({NEW}\?subject=[^"]+)"', page)
    assert link is not None

    form = client.get(unescape(link[1]))

    assert form.status_code == 200
    subject = fields(form.text, NEW)["subject"]
    assert subject.startswith("zebra organisation ")
    assert subject.endswith(" organisation…")
