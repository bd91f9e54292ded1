"""What whoever sends such a link does not get by it, and what is said when it goes wrong."""

import logging
import threading
from html import unescape
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.company import noted
from tests.client import Client
from tests.connect.conftest import Visitor, count, the_only
from tests.connect.errands.errand import (
    AMARA,
    HARBOUR,
    PAGE,
    PLACE,
    Another,
    ask,
    change,
    come_back,
    go_on,
    mailed,
    open_link,
    outcomes,
    run_errand,
)
from tests.connect.test_colleagues import sign_in
from tests.connect.test_states import limited
from xero_onboard.accounts.models import Membership
from xero_onboard.config import Settings
from xero_onboard.connect import errands
from xero_onboard.connect.models import Attempt, Connection, Errand
from xero_onboard.connect.outcomes import CATALOGUE
from xero_onboard.connect.outcomes.connecting import CONNECTING
from xero_onboard.connect.outcomes.errands import ERRANDS
from xero_onboard.connect.outcomes.sightings import SEEN
from xero_onboard.lib.db import db

# What somebody who sends such a link does not get


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en-GB", "Another link was opened in this browser"),
        ("fr-CA", "Un autre lien a été ouvert entre-temps dans ce navigateur"),
    ],
)
def test_the_link_that_was_read_is_the_one_that_is_answered(
    app: Flask, robin: Visitor, riley: Visitor, amara: Visitor, language: str, words: str
) -> None:
    """Row A10: whatever else the browser was made to open meanwhile."""
    sign_in(riley)
    page = amara.client.get(ask(app, robin), follow_redirects=True).text
    offer = page.partition('name="offer" value="')[2][:36]
    open_link(amara.client, ask(app, riley, "somebody@example.com"))

    said = {"confirm": "yes", "offer": offer}
    answer = amara.client.post(PAGE, data=said, headers={"Accept-Language": language})

    assert answer.status_code == 409
    assert words in unescape(answer.text)
    assert outcomes(app) == []


def test_what_was_allowed_before_is_not_given_to_whoever_sends_a_link(
    app: Flask, robin: Visitor, amara: Visitor, another_visitor: Another
) -> None:
    """Row A10: only what is allowed now is attached; the rest is asked for, and held by its owner."""
    amara.connect(HARBOUR)
    helper = another_visitor(AMARA)
    open_link(helper.client, ask(app, robin))

    page = come_back(helper, helper.person.go_on(go_on(helper.client)))

    assert "One more step: choose the organisation" in page
    assert outcomes(app) == ["choose_organisation"]
    answer = helper.client.post(
        f"{PAGE}/organisations", data={"tenant": the_only(app, Connection).tenant_id}
    )
    assert answer.status_code == 409
    assert "is connected to another Acme Billing account" in unescape(answer.text)
    assert the_only(app, Connection).name == HARBOUR


def test_an_organisation_of_another_customer_is_refused_without_naming_them(
    app: Flask, robin: Visitor, amara: Visitor, another_visitor: Another
) -> None:
    """Row A10."""
    amara.connect(HARBOUR)
    amara.person.disconnect(HARBOUR)

    page = run_errand(another_visitor(AMARA), ask(app, robin))

    assert "Harbour Café Ltd is connected to another Acme Billing account" in page
    assert outcomes(app) == ["held_elsewhere"]
    assert the_only(app, Errand).done_at is None
    assert count(app, Connection) == 1


def test_an_account_in_the_browser_of_whoever_helps_gets_nothing(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    """Row A10: the organisation goes where the page said, whoever is signed in."""
    sign_in(amara)

    run_errand(amara, ask(app, robin))

    assert HARBOUR not in amara.read("/connect")
    assert HARBOUR in robin.read("/connect")
    assert count(app, Membership) == 2


def test_the_callback_of_a_link_works_in_its_browser_only(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    open_link(amara.client, ask(app, robin))
    callback = amara.person.allow(go_on(amara.client), HARBOUR)

    elsewhere = app.test_client().get(callback)

    assert elsewhere.location == "/connect/problem/errand_elsewhere"
    assert outcomes(app) == [None]
    assert "Done" in come_back(amara, callback)


def test_the_reader_who_asked_does_not_answer_in_its_place(
    app: Flask, robin: Visitor, amara: Visitor, another_visitor: Another
) -> None:
    amara.connect(HARBOUR)
    helper = another_visitor(AMARA)
    open_link(helper.client, ask(app, robin))
    come_back(helper, helper.person.go_on(go_on(helper.client)))
    trip = the_only(app, Attempt, purpose="errand")

    assert robin.client.get(f"/connect/organisations/{trip.id}").status_code == 404
    cancelling = robin.client.post(f"/connect/attempts/{trip.id}/cancel")
    assert cancelling.location == "/connect/problem/unknown_attempt"
    assert the_only(app, Attempt, purpose="errand").status == "choosing"


def test_no_link_lies_anywhere_in_clear(
    app: Flask,
    robin: Visitor,
    amara: Visitor,
    settings_folder: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Rows B1 and L1."""
    caplog.set_level(logging.DEBUG)
    link = ask(app, robin)
    run_errand(amara, link)

    token = link.rpartition("/")[2]
    assert token not in caplog.text
    for file in settings_folder.iterdir():
        assert file.is_dir() or token.encode() not in file.read_bytes()


# When it goes wrong


def test_cancelling_is_told_in_words_for_them_and_can_be_tried_again(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    open_link(amara.client, ask(app, robin))

    page = come_back(amara, amara.person.cancel(go_on(amara.client)))

    assert "You pressed Cancel at Xero" in page
    assert "press Go on to Xero again" in page
    assert "Press Connect to Xero" not in page
    page = come_back(amara, amara.person.allow(go_on(amara.client), HARBOUR))
    assert "Done: Harbour Café Ltd is connected" in page
    assert outcomes(app) == ["declined", "connected"]


def test_what_they_saw_at_xero_is_answered_in_words_for_them(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    open_link(amara.client, ask(app, robin))
    go_on(amara.client)
    trip = the_only(app, Attempt, purpose="errand")
    assert "What did you see at Xero?" in amara.read(PAGE)

    way = amara.client.post(
        f"/connect/attempts/{trip.id}/saw", data={"saw": "saw_no_permission"}
    ).location

    assert "Please tell Robin Patel who has one of these roles" in amara.read(way)


def test_where_nothing_can_be_connected_nobody_is_sent_to_xero(
    app: Flask, settings: Settings, robin: Visitor, amara: Visitor
) -> None:
    link = ask(app, robin)
    amara.connect(HARBOUR)
    full = cast(Client, limited(app, settings, 1).test_client())
    open_link(full, link)

    answer = full.post(PAGE, data={"confirm": "yes"})

    assert answer.status_code == 409
    assert "Acme Billing cannot add organisations at the moment" in answer.text
    assert the_only(app, Errand).opened_at is None


def test_every_end_of_such_a_trip_has_words_for_them() -> None:
    not_theirs = {
        *("unknown_attempt", "other_browser", "not_allowed", "signed_in_as_another"),
        *("another_account", "customer_changed", "take_over", "wrong_organisation"),
        "errand_elsewhere",
    }

    assert set(ERRANDS) <= set(CATALOGUE)
    assert (set(CONNECTING) | set(SEEN)) - set(ERRANDS) == not_theirs
    words = " ".join(f"{each.title} {each.detail} {each.next_step}" for each in ERRANDS.values())
    assert "Connect to Xero" not in words


@pytest.mark.parametrize(
    "typed", ["", "nobody", "two@example.com, three@example.com", "a@b\u00e4@c"]
)
def test_a_link_goes_to_one_plain_address(app: Flask, robin: Visitor, typed: str) -> None:
    answer = robin.client.post("/connect/errands", data={**PLACE, "email": typed})

    assert answer.status_code == 400
    assert "not an email address" in answer.text
    assert (count(app, Errand), mailed(app)) == (0, [])


def test_nobody_is_flooded_with_links(app: Flask, robin: Visitor) -> None:
    """Row I3."""
    for _ in range(errands.TO_ADDRESS.most):
        ask(app, robin)

    answer = robin.client.post("/connect/errands", data={**PLACE, "email": AMARA.upper()})

    assert answer.status_code == 429
    assert len(mailed(app)) == errands.TO_ADDRESS.most


def test_what_is_done_with_a_link_is_noted(app: Flask, robin: Visitor, amara: Visitor) -> None:
    """Row L2."""
    run_errand(amara, ask(app, robin))
    ask(app, robin)
    with app.app_context():
        newest = select(Errand.id).where(Errand.done_at.is_(None))
        errand_id = db.session.scalars(newest).one()
    robin.client.post(f"/connect/errands/{errand_id}/withdraw", data=PLACE)

    told = ("errand_asked", "errand_opened", "errand_done", "errand_withdrawn", "connected")
    assert [noted(app, event) for event in told] == [2, 1, 1, 1, 1]


def test_a_link_of_the_practice_xero_is_worth_nothing_beside_the_real_one(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    """Row A11."""
    link = ask(app, robin)
    change(app, environment="live")

    assert amara.client.get(link).status_code == 410
    assert "Waiting for" not in robin.read("/connect")


def test_of_many_browsers_that_go_on_at_once_one_does(app: Flask, robin: Visitor) -> None:
    """Row A10: the link was sent on, and everybody presses at the same moment."""
    link = ask(app, robin)
    app.test_client_class = FlaskClient
    browsers = [app.test_client() for _ in range(6)]
    for browser in browsers:
        browser.get(link)
    start, answers = threading.Barrier(len(browsers)), []

    def press(browser: FlaskClient) -> None:
        start.wait()
        headers = {"Sec-Fetch-Site": "same-origin"}
        answers.append(browser.post(PAGE, data={"confirm": "yes"}, headers=headers).status_code)

    threads = [threading.Thread(target=press, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [303] + [410] * 5
    assert len(outcomes(app)) == 1
