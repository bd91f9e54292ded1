"""Who comes back from Xero without a word of Xero's is asked what they saw, and helped with exactly that."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.connect.conftest import Visitor, the_only
from xero_onboard.connect.models import Attempt
from xero_onboard.connect.outcomes import CATALOGUE, SIGHTINGS
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db


def buttons(page: str) -> list[str]:
    """Where the question leads, wherever the page asks it."""
    return re.findall(r'action="(/connect/attempts/[0-9a-f-]+/saw)"', page)


def say(visitor: Visitor, saw: str) -> str:
    """Answer the question on the connections page; the page that follows."""
    (button,) = buttons(visitor.read("/connect"))
    answer = visitor.client.post(button, data={"saw": saw})
    assert answer.status_code == 303, answer.text
    return visitor.read(answer.location)


@pytest.mark.parametrize("saw", SIGHTINGS)
def test_each_answer_gets_its_own_help(app: Flask, riley: Visitor, saw: str) -> None:
    riley.press_connect()

    page = say(riley, saw)

    title = CATALOGUE[saw].title.format(product_name="Acme Billing")
    assert f'<p class="outcome-title">{title}</p>' in page
    assert the_only(app, Attempt).saw == saw
    assert str(the_only(app, Attempt).reference) in page


def test_the_part_of_the_guide_stands_on_the_page_itself(app: Flask, riley: Visitor) -> None:
    app.test_cli_runner().invoke(args=["content", "sync"])
    riley.press_connect()

    page = say(riley, "saw_wrong_login")

    assert "From the guide: Xero opened with a login that is not the right one" in page
    assert "open a private window, come to this page in it" in page.replace("Or open", "open")
    assert page.count('id="wrong-login"') == 0


def test_who_was_given_up_is_asked_too(app: Flask, riley: Visitor) -> None:
    riley.press_connect()
    with app.app_context():
        ended = {"status": "finished", "outcome": "abandoned", "finished_at": now()}
        db.session.execute(update(Attempt).values(ended))
        db.session.commit()

    assert '<details class="sighting" open>' in riley.read("/connect")
    assert "Xero says that Acme Billing is full" in say(riley, "saw_limit")


def test_who_goes_on_at_xero_after_all_is_connected(app: Flask, riley: Visitor) -> None:
    at_xero = riley.press_connect()
    say(riley, "saw_outage")

    page = riley.read(riley.come_back(riley.person.allow(at_xero)))

    assert "Riley's Roastery is connected" in page
    assert "Xero was not there" not in page
    assert the_only(app, Attempt).saw == "saw_outage"


def test_who_came_back_is_not_asked(riley: Visitor) -> None:
    riley.connect()

    assert buttons(riley.read("/connect")) == []


def test_after_a_day_nobody_is_asked(app: Flask, riley: Visitor) -> None:
    riley.press_connect()
    with app.app_context():
        db.session.execute(update(Attempt).values(started_at=now() - timedelta(days=2)))
        db.session.commit()

    assert buttons(riley.read("/connect")) == []


@pytest.mark.parametrize("saw", ["", "saw_", "declined", "x" * 31])
def test_another_answer_is_refused_in_words(app: Flask, riley: Visitor, saw: str) -> None:
    riley.press_connect()
    (button,) = buttons(riley.read("/connect"))

    answer = riley.client.post(button, data={"saw": saw})

    assert answer.status_code == 400
    assert the_only(app, Attempt).saw is None


def test_nobody_answers_for_another(app: Flask, riley: Visitor, client: Client) -> None:
    riley.press_connect()
    (button,) = buttons(riley.read("/connect"))

    answer = client.post(button, data={"saw": "saw_limit"})

    assert answer.location == "/connect/problem/unknown_attempt"
    assert the_only(app, Attempt).saw is None
