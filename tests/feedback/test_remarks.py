"""Why a reader voted as they did, what is wrong with a page, and where they were when they said so."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.feedback.pace import unhurried
from tests.feedback.test_vote import ARTICLE, PAGE, VOTE
from xero_onboard.feedback import remarks
from xero_onboard.feedback.models import Remark, Vote
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

REMARK = f"/hc/articles/{ARTICLE}/remark"
PROBLEM = f"/hc/articles/{ARTICLE}/problem"
ORIGIN = "http://localhost:8000"


def test_nobody_is_asked_why_before_they_have_voted(client: Client) -> None:
    assert "What was wrong with it?" not in article(client)


def test_a_no_is_followed_by_its_own_question_and_reasons(client: Client) -> None:
    client.post(VOTE, data={"value": "down"})

    page = article(client)
    assert "What was wrong with it?" in page
    assert "It did not match what I saw in Xero" in page
    assert "It solved my problem" not in page
    assert "Please write nothing personal" in page


def test_a_yes_is_followed_by_another_question(client: Client) -> None:
    client.post(VOTE, data={"value": "up"})

    page = article(client)
    assert "What was good about it?" in page
    assert "It solved my problem" in page


def test_a_reason_is_kept_beside_the_vote_and_thanked_for(app: Flask, client: Client) -> None:
    client.post(VOTE, data={"value": "down"})

    answer = client.post(
        REMARK, data=unhurried(client, {"reason": "outdated", "words": "Two lines,\r\nno less."})
    )

    assert answer.location == f"{PAGE}#feedback"
    kept = only(app)
    assert (kept.kind, kept.reason, kept.words) == ("down", "outdated", "Two lines,\nno less.")
    page = article(client)
    assert "Thank you for telling us why." in page
    assert "What was wrong with it?" not in page


def test_said_twice_is_said_once(app: Flask, client: Client) -> None:
    client.post(VOTE, data={"value": "down"})
    client.post(REMARK, data={"reason": "outdated"})

    client.post(
        REMARK, data=unhurried(client, {"reason": "unclear", "words": "On second thoughts."})
    )

    assert (only(app).reason, only(app).words) == ("unclear", "On second thoughts.")


@pytest.mark.parametrize("value", ["up", "none"])
def test_who_changes_their_mind_has_not_said_why(app: Flask, client: Client, value: str) -> None:
    client.post(VOTE, data={"value": "down"})
    client.post(REMARK, data={"reason": "outdated"})

    client.post(VOTE, data={"value": value})

    assert found(app) == []


def test_voting_the_same_again_keeps_what_was_said(app: Flask, client: Client) -> None:
    client.post(VOTE, data={"value": "down"})
    client.post(REMARK, data={"reason": "outdated"})

    client.post(VOTE, data={"value": "down"})

    assert only(app).reason == "outdated"


@pytest.mark.parametrize("fields", [{}, {"reason": "solved"}, {"words": " \r\n "}])
def test_what_explains_nothing_is_refused(
    app: Flask, client: Client, fields: dict[str, str]
) -> None:
    client.post(VOTE, data={"value": "down"})

    assert client.post(REMARK, data=fields).status_code == 400
    assert found(app) == []


def test_a_reason_without_a_vote_is_refused_in_words(app: Flask, client: Client) -> None:
    answer = client.post(REMARK, data={"reason": "outdated"})

    assert answer.status_code == 409
    assert "Answer the question first" in answer.text


def test_a_reason_follows_the_reader_who_signs_in(app: Flask, client: Client) -> None:
    client.post(VOTE, data={"value": "down"})
    client.post(REMARK, data={"reason": "outdated"})

    sign_in(app, CASEY, client)

    assert str(only(app).voter).startswith("u:")
    assert "Thank you for telling us why." in article(client)


def test_a_vote_says_where_its_reader_was(app: Flask, client: Client) -> None:
    came_from = f"{ORIGIN}/hc/en-gb/search?query=two+step+casey%40example.com"

    client.post(VOTE, data={"value": "down", **seen(), "referrer": came_from})
    client.post(REMARK, data={"reason": "off_topic"})

    for kept in (vote(app), only(app)):
        assert (kept.revision, kept.locale, kept.standing) == (1, "en-gb", "not_connected")
        assert (kept.referrer, kept.query) == ("/hc/en-gb/search", "two step …")


@pytest.mark.parametrize(
    ("came_from", "kept"),
    [
        ("https://www.google.com/search?q=casey@example.com", "www.google.com"),
        (f"{ORIGIN}/hc/en-gb?token=x", "/hc/en-gb"),
        ("javascript:alert(1)", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_of_the_page_before_nothing_personal_is_kept(
    app: Flask, client: Client, came_from: str, kept: str | None
) -> None:
    client.post(VOTE, data={"value": "up", "referrer": came_from})

    assert vote(app).referrer == kept


@pytest.mark.parametrize("edition", ["7-1", "1", f"{ARTICLE}-0", f"{ARTICLE}-1'--"])
def test_an_edition_that_no_page_of_ours_says_is_left_out(
    app: Flask, client: Client, edition: str
) -> None:
    client.post(VOTE, data={"value": "up", "edition": edition, "locale": "<b>"})

    assert (vote(app).revision, vote(app).locale) == (None, None)


def test_a_problem_is_reported_without_a_vote(app: Flask, client: Client) -> None:
    answer = client.post(
        PROBLEM,
        data=unhurried(client, {"doing": "Step 2.", "wrong": "The picture is missing.", **seen()}),
    )

    assert answer.location == f"/hc/en-gb/articles/{ARTICLE}#problem"
    kept = only(app)
    assert (kept.kind, kept.vote_id, kept.revision) == ("problem", None, 1)
    assert kept.words == "The picture is missing.\n\nWhat they were doing: Step 2."
    assert "Your report has reached" in article(client)
    assert "Your report has reached" not in article(client)


@pytest.mark.parametrize(("read", "asked_for"), [("en-gb", "fr-CA"), ("fr-ca", "en-GB")])
def test_a_stranger_goes_back_to_the_page_they_reported(
    client: Client, read: str, asked_for: str
) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = asked_for
    page = client.get(f"/hc/{read}/articles/{ARTICLE}", follow_redirects=True)
    said = re.search(r'name="locale" value="([^"]+)"', page.text)
    assert said

    told = unhurried(client, {"wrong": "A picture is missing.", "locale": said[1]})
    answer = client.post(PROBLEM, data=told, follow_redirects=True)

    assert answer.request.path == page.request.path
    assert ("Your report has reached" in answer.text) == (read == "en-gb")


def test_a_problem_without_words_or_guide_is_refused(client: Client) -> None:
    assert client.post(PROBLEM, data=unhurried(client, {"doing": "x"})).status_code == 400
    assert client.post("/hc/articles/7/problem", data={"wrong": "x"}).status_code == 404


def test_one_network_reports_so_many_problems_an_hour(app: Flask, client: Client) -> None:
    """Row I3."""
    answers = [
        app.test_client()
        .post(PROBLEM, data=unhurried(client, {"wrong": f"Number {number}"}))
        .status_code
        for number in range(remarks.PROBLEMS_BY_NETWORK.most + 1)
    ]

    assert answers == [303] * remarks.PROBLEMS_BY_NETWORK.most + [429]
    assert len(found(app)) == remarks.PROBLEMS_BY_NETWORK.most


def test_what_was_written_is_forgotten_after_a_year(app: Flask, client: Client) -> None:
    """Row M3."""
    client.post(PROBLEM, data=unhurried(client, {"wrong": "Old"}))
    with app.app_context():
        db.session.scalars(select(Remark)).one().created_at = now() - timedelta(days=366)
        db.session.flush()

        remarks.forget_old()

        assert db.session.scalars(select(Remark)).all() == []


def article(client: Client) -> str:
    return client.get(PAGE, follow_redirects=True).get_data(as_text=True)


def seen() -> dict[str, str]:
    return {"edition": f"{ARTICLE}-1", "locale": "en-gb"}


def vote(app: Flask) -> Vote:
    with app.app_context():
        return db.session.scalars(select(Vote)).one()


def only(app: Flask) -> Remark:
    (one,) = found(app)
    return one


def found(app: Flask) -> list[Remark]:
    with app.app_context():
        return list(db.session.scalars(select(Remark)))
