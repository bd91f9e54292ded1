"""Was this article helpful? One vote for each person or browser, changeable, withdrawable, counted."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import CASEY, DANA
from tests.client import Client, sign_in
from tests.employees import EDDIE, make
from xero_onboard.config import Settings
from xero_onboard.factory import create_app
from xero_onboard.feedback import ballot
from xero_onboard.feedback.models import Vote
from xero_onboard.lib.db import db

ARTICLE = 360001000101
PAGE = f"/hc/articles/{ARTICLE}"
VOTE = f"/hc/articles/{ARTICLE}/vote"


def test_an_article_begins_at_none_out_of_none(client: Client) -> None:
    assert result(client) == "0 out of 0"


def test_a_vote_goes_back_to_the_question(client: Client) -> None:
    response = client.post(VOTE, data={"value": "up"})

    assert response.status_code == 303
    assert response.location == f"{PAGE}#feedback"


def test_a_strangers_vote_is_counted_once_however_often_it_is_cast(client: Client) -> None:
    for _ in range(3):
        client.post(VOTE, data={"value": "up"})

    assert result(client) == "1 out of 1"


def test_a_vote_can_be_changed(client: Client) -> None:
    client.post(VOTE, data={"value": "up"})

    client.post(VOTE, data={"value": "down"})

    assert result(client) == "0 out of 1"


def test_a_vote_can_be_taken_back(client: Client) -> None:
    client.post(VOTE, data={"value": "up"})

    client.post(VOTE, data={"value": "none"})

    assert result(client) == "0 out of 0"


def test_two_browsers_are_two_voters(app: Flask) -> None:
    app.test_client().post(VOTE, data={"value": "up"})
    app.test_client().post(VOTE, data={"value": "down"})

    assert result(app.test_client()) == "1 out of 2"


def test_the_reader_sees_which_answer_is_theirs(client: Client) -> None:
    client.post(VOTE, data={"value": "up"})

    page = client.get(PAGE, follow_redirects=True).get_data(as_text=True)

    assert pressed(page) == {"vote-up": "true", "vote-down": "false"}


def test_a_vote_follows_the_reader_who_signs_in(app: Flask, client: Client) -> None:
    client.post(VOTE, data={"value": "up"})

    sign_in(app, CASEY, client)

    assert voters(app) == 1
    assert (
        pressed(client.get(PAGE, follow_redirects=True).get_data(as_text=True))["vote-up"] == "true"
    )


def test_the_vote_a_person_cast_before_stands(app: Flask, client: Client) -> None:
    sign_in(app, CASEY).post(VOTE, data={"value": "down"})
    client.post(VOTE, data={"value": "up"})

    sign_in(app, CASEY, client)

    assert result(client) == "0 out of 1"


def test_people_vote_for_themselves_alone(app: Flask) -> None:
    casey, dana = sign_in(app, CASEY), sign_in(app, DANA)

    casey.post(VOTE, data={"value": "up"})

    page = dana.get(PAGE, follow_redirects=True).get_data(as_text=True)
    assert pressed(page) == {"vote-up": "false", "vote-down": "false"}


def test_fifty_votes_of_one_person_are_one(app: Flask) -> None:
    """Row E5: many at once, from two browsers of the same person."""
    browsers = [sign_in(app, CASEY), sign_in(app, CASEY)] * 25
    cookies = [browser.get_cookie("sid") for browser in browsers]
    assert all(cookies)

    def vote(number: int) -> int:
        tab = app.test_client()
        cookie = cookies[number]
        tab.set_cookie("sid", cookie.value if cookie else "")
        return tab.post(VOTE, data={"value": "up"}).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(vote, range(50)))

    assert answers == {303}
    assert result(app.test_client()) == "1 out of 1"


def test_votes_at_the_same_moment_are_all_counted(app: Flask) -> None:
    browsers = [app.test_client() for _ in range(12)]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda browser: browser.post(VOTE, data={"value": "up"}), browsers))

    assert {answer.status_code for answer in answers} == {303}
    assert result(app.test_client()) == "12 out of 12"


def test_one_network_has_so_many_strangers_a_day(app: Flask) -> None:
    """Rows E5 and I3: for each guide; nobody gets a cookie for a vote that is not taken."""
    most = ballot.STRANGERS_OF_NETWORK.most
    browsers = [app.test_client() for _ in range(most + 1)]

    answers = [browser.post(VOTE, data={"value": "down"}) for browser in browsers]

    assert [answer.status_code for answer in answers] == [303] * most + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "Set-Cookie" not in answers[-1].headers
    assert result(browsers[0]) == f"0 out of {most}"


def test_a_full_network_shuts_out_nobody_else(app: Flask) -> None:
    """Who has answered may change it, who signs in is a person; other networks and guides are open."""
    browsers = [app.test_client() for _ in range(ballot.STRANGERS_OF_NETWORK.most)]
    for browser in browsers:
        browser.post(VOTE, data={"value": "down"})
    elsewhere = {"REMOTE_ADDR": "192.0.2.77"}

    told = [
        browsers[0].post(VOTE, data={"value": "up"}),
        browsers[1].post(VOTE, data={"value": "none"}),
        sign_in(app, CASEY).post(VOTE, data={"value": "up"}),
        app.test_client().post(VOTE, data={"value": "up"}, environ_base=elsewhere),
        app.test_client().post(VOTE.replace("101", "201"), data={"value": "up"}),
    ]

    assert [answer.status_code for answer in told] == [303] * 5
    assert result(app.test_client()) == f"3 out of {len(browsers) + 1}"


@pytest.mark.parametrize(
    "fields",
    [{}, {"value": ""}, {"value": "sideways"}, {"value": ["up", "down"]}, {"value": "u" * 5000}],
)
def test_a_wrong_vote_is_refused_and_nothing_is_kept(
    app: Flask, client: Client, fields: dict[str, str]
) -> None:
    response = client.post(VOTE, data=fields)

    assert response.status_code == 400
    assert voters(app) == 0
    assert "Set-Cookie" not in response.headers


def test_a_vote_on_no_article_is_not_found(client: Client) -> None:
    assert client.post("/hc/articles/7/vote", data={"value": "up"}).status_code == 404
    assert client.post(f"/hc/articles/{2**70}/vote", data={"value": "up"}).status_code == 404


def result(client: Client) -> str:
    page = client.get(PAGE, follow_redirects=True).get_data(as_text=True)
    found = re.search(r"(\d+ out of \d+) found this helpful", page)
    assert found
    return found.group(1)


def pressed(page: str) -> dict[str, str]:
    return dict(re.findall(r'id="(vote-\w+)"[^>]*aria-pressed="(\w+)"', page))


def voters(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Vote)) or 0


@pytest.fixture
def from_two(environ: dict[str, str], app: Flask) -> Flask:
    """The same site where readers are told of two votes and more."""
    site = create_app(Settings.from_environ({**environ, "VOTES_SHOWN_FROM": "2"}))
    site.test_client_class = Client
    return site


def test_readers_are_told_from_as_many_votes_as_the_operator_says(from_two: Flask) -> None:
    one, other = from_two.test_client(), from_two.test_client()

    one.post(VOTE, data={"value": "up"})
    first = one.get(PAGE, follow_redirects=True).text
    other.post(VOTE, data={"value": "down"})

    assert "votes-count" not in first
    assert pressed(first) == {"vote-up": "true", "vote-down": "false"}
    assert result(one) == "1 out of 2"


def test_staff_and_the_api_are_told_of_every_vote(from_two: Flask, client: Client) -> None:
    client.post(VOTE, data={"value": "up"})
    editor = make(from_two, EDDIE, "editor", has_second_step=True).sign_in(from_two)

    told = from_two.test_client().get(f"/api/v2/help_center/articles/{ARTICLE}").json

    assert result(editor) == "1 out of 1"
    assert told
    assert (told["article"]["vote_sum"], told["article"]["vote_count"]) == (1, 1)
