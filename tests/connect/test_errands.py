"""Asking somebody else to connect, by a link: what they can do with it, and what nobody else can."""

import logging
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.accounts.company import letters, noted
from tests.client import Client
from tests.connect.conftest import Visitor, count, the_only
from tests.connect.test_colleagues import allow, put, sign_in
from tests.connect.test_states import limited
from xero_onboard.accounts.models import Membership, User
from xero_onboard.config import Settings
from xero_onboard.connect import errands
from xero_onboard.connect.models import Attempt, Connection, Errand, Grant, Removal
from xero_onboard.connect.outcomes import CATALOGUE
from xero_onboard.connect.outcomes.connecting import CONNECTING
from xero_onboard.connect.outcomes.errands import ERRANDS
from xero_onboard.connect.outcomes.sightings import SEEN
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

AMARA = "amara@practice.example"
HARBOUR = "Harbour Café Ltd"
PAGE = "/for-a-colleague"
LINK = re.compile(r"http://localhost:8000(/for-a-colleague/[A-Za-z0-9_-]{43})")
PLACE = {"next": "/connect", "anchor": "ask"}

Another = Callable[[str], Visitor]


@pytest.fixture
def robin(another_visitor: Another) -> Visitor:
    """Signed in here, with a role at Xero that is too low to connect."""
    visitor = another_visitor("robin@practice.example")
    sign_in(visitor)
    return visitor


def mailed(app: Flask) -> list[str]:
    """The links that were mailed, the oldest first."""
    return [found for letter in letters(app) for found in LINK.findall(letter.text)]


def ask(app: Flask, visitor: Visitor, email: str = AMARA) -> str:
    """Have a link mailed; where it leads."""
    answer = visitor.client.post("/connect/errands", data={**PLACE, "email": email})
    assert (answer.status_code, answer.location) == (303, "/connect#ask"), answer.text
    return mailed(app)[-1]


def open_link(browser: Client, link: str) -> str:
    """The words of the page behind the link."""
    return unescape(browser.get(link, follow_redirects=True).text)


def go_on(browser: Client) -> str:
    """Say yes; the address at Xero to which that leads."""
    answer = browser.post(PAGE, data={"confirm": "yes"})
    assert answer.status_code == 303, answer.text
    return answer.location


def come_back(visitor: Visitor, callback: str) -> str:
    """Open what Xero sent us to; the words of the page that the browser ends at."""
    return open_link(visitor.client, visitor.come_back(callback))


def run_errand(visitor: Visitor, link: str, organisation: str | None = HARBOUR) -> str:
    """Open the link, say yes and allow access; the words of the last page."""
    open_link(visitor.client, link)
    return come_back(visitor, visitor.person.allow(go_on(visitor.client), organisation))


def change(app: Flask, **values: object) -> None:
    with app.app_context():
        db.session.execute(update(Errand).values(values))
        db.session.commit()


def outcomes(app: Flask) -> list[str | None]:
    with app.app_context():
        trips = select(Attempt.outcome).where(Attempt.purpose == "errand")
        return list(db.session.scalars(trips.order_by(Attempt.started_at)))


# The way it is meant


def test_somebody_without_an_account_connects_for_the_customer_that_asked(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    link = ask(app, robin)

    offered = open_link(amara.client, link)
    page = come_back(amara, amara.person.allow(go_on(amara.client), HARBOUR))

    connection = the_only(app, Connection)
    assert "Robin Patel (robin@practice.example) asks you" in " ".join(
        re.sub(r"<[^>]+>", "", offered).split()
    )
    assert "Done: Harbour Café Ltd is connected" in page
    assert "you may close this page" in page
    assert connection.connected_by == "Amara Osei"
    assert connection.customer_id == the_only(app, Membership).customer_id
    assert HARBOUR in robin.read("/connect")


def test_whoever_connects_by_a_link_becomes_nobody_here(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    run_errand(amara, ask(app, robin))

    assert (count(app, User), count(app, Membership)) == (1, 1)
    assert the_only(app, Connection).connected_by_id is None
    assert "Sign in" in amara.read("/connect")
    assert HARBOUR not in amara.read("/connect")
    # The consent is that of the one who gave it.
    assert the_only(app, Grant).subject == the_only(app, Attempt, purpose="errand").subject


def test_the_reader_sees_it_waiting_then_opened_then_done(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    link = ask(app, robin)
    waiting = robin.client.get("/connect/status").json
    assert "Waiting for amara@practice.example" in robin.read("/connect")
    assert "data-following" in robin.read("/connect")

    open_link(amara.client, link)
    at_xero = go_on(amara.client)
    assert "Opened, not finished yet" in robin.read("/connect")
    assert robin.client.get("/connect/status").json != waiting

    come_back(amara, amara.person.allow(at_xero, HARBOUR))
    page = robin.read("/connect")
    assert "Done: Harbour Café Ltd is connected" in page
    assert "Amara Osei connected it for you" in page


def test_the_one_who_asked_is_told_by_mail(app: Flask, robin: Visitor, amara: Visitor) -> None:
    run_errand(amara, ask(app, robin))

    told = letters(app)[-1]
    assert (told.to, told.subject) == ("robin@practice.example", "What you asked for is done")
    assert "Amara Osei used your link, and Harbour Café Ltd is connected" in told.text


def test_a_link_can_be_taken_along_and_is_shown_once(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    answer = robin.client.post("/connect/errands/link", data=PLACE)

    (link,) = set(LINK.findall(answer.text))
    assert mailed(app) == []
    assert link.rpartition("/")[2] not in robin.read("/connect")
    assert "Done: Harbour Café Ltd is connected" in run_errand(amara, link)


def test_a_broken_connection_is_mended_by_a_link(
    app: Flask, amara: Visitor, robin: Visitor, another_visitor: Another
) -> None:
    sign_in(amara)
    put(app, amara, "connect", of=robin)
    amara.connect(HARBOUR)
    with app.app_context():
        broken = {"status": "needs_reauth", "reason": "revoked_in_xero"}
        db.session.execute(update(Connection).values(broken))
        db.session.commit()

    helper = another_visitor(AMARA)
    open_link(helper.client, ask(app, robin))
    page = come_back(helper, helper.person.go_on(go_on(helper.client)))

    assert "Done: Harbour Café Ltd is connected again" in page
    assert the_only(app, Connection).status == "active"


# What uses it up, and what does not


def test_looking_at_a_link_uses_nothing_up_and_binds_nobody(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    """Row A10: scanners of mail look at every link, some with a browser and its cookies."""
    link = ask(app, robin)
    scanner = cast(Client, app.test_client())
    for _ in range(3):
        open_link(scanner, link)
        scanner.head(link)

    assert the_only(app, Errand).opened_at is None
    assert "Done: Harbour Café Ltd is connected" in run_errand(amara, link)


def test_nothing_begins_before_somebody_says_that_they_know_who_asks(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    """Row A10."""
    open_link(amara.client, ask(app, robin))

    answer = amara.client.post(PAGE)

    assert answer.status_code == 400
    assert "Tick the box" in answer.text
    assert outcomes(app) == []
    assert the_only(app, Errand).opened_at is None


def test_a_link_belongs_to_the_first_browser_that_goes_on(
    app: Flask, robin: Visitor, amara: Visitor, another_visitor: Another
) -> None:
    """Row A10: whoever is sent it on comes too late."""
    link = ask(app, robin)
    late = another_visitor("casey@practice.example")
    open_link(late.client, link)
    open_link(amara.client, link)
    at_xero = go_on(amara.client)

    assert late.client.get(PAGE).status_code == 410
    assert late.client.post(PAGE, data={"confirm": "yes"}).status_code == 410
    assert late.client.get(link).status_code in (303, 410)
    assert late.client.get(PAGE).status_code == 410
    assert "Done" in come_back(amara, amara.person.allow(at_xero, HARBOUR))


def test_a_link_works_once(app: Flask, robin: Visitor, amara: Visitor) -> None:
    """Row A10."""
    link = ask(app, robin)
    run_errand(amara, link)

    assert cast(Client, app.test_client()).get(link).status_code == 410
    assert amara.client.post(PAGE, data={"confirm": "yes"}).location == PAGE
    assert "Done: Harbour Café Ltd is connected" in amara.read(PAGE)
    assert len(outcomes(app)) == 1


def test_of_two_trips_by_one_link_one_connects_and_the_other_is_given_back(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    """Row A10: a link is worth one answer, however often somebody goes on with it."""
    open_link(amara.client, ask(app, robin))
    first, second = go_on(amara.client), go_on(amara.client)

    come_back(amara, amara.person.allow(first, HARBOUR))
    come_back(amara, amara.person.allow(second, "Osei & Partners"))

    assert outcomes(app) == ["connected", "errand_over"]
    assert the_only(app, Connection).name == HARBOUR
    assert the_only(app, Removal).remote_id is not None


@pytest.mark.parametrize(
    ("is_opened", "passed"),
    [(False, errands.LIFE), (True, errands.ONCE_OPENED)],
    ids=["three days", "thirty minutes"],
)
def test_a_link_runs_out(
    app: Flask, robin: Visitor, amara: Visitor, *, is_opened: bool, passed: timedelta
) -> None:
    """Row A10: days until somebody goes on with it, and half an hour from then."""
    link = ask(app, robin)
    open_link(amara.client, link)
    at_xero = go_on(amara.client) if is_opened else None
    ends_at = the_only(app, Errand).expires_at
    assert ends_at - now() <= passed
    change(app, expires_at=now() - timedelta(seconds=1))

    assert amara.client.get(PAGE).status_code == 410
    if at_xero is not None:
        callback = amara.person.allow(at_xero, HARBOUR)
        page = unescape(amara.client.get(amara.come_back(callback)).text)
        assert "The link you came by does not count any more" in page
    assert count(app, Connection) == 0
    assert ("Begun, and not finished" if is_opened else "Not answered") in robin.read("/connect")


# Who may end it, and what ends it


def test_its_maker_can_withdraw_it_even_while_somebody_is_at_xero(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    open_link(amara.client, ask(app, robin))
    at_xero = go_on(amara.client)

    button = f"/connect/errands/{the_only(app, Errand).id}/withdraw"
    assert robin.client.post(button, data=PLACE).location == "/connect#ask"
    amara.come_back(amara.person.allow(at_xero, HARBOUR))

    assert outcomes(app) == ["errand_over"]
    assert count(app, Connection) == 0
    assert "Waiting for" not in robin.read("/connect")


def test_sending_again_makes_the_old_link_worthless(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    old = ask(app, robin)
    open_link(amara.client, old)

    robin.client.post(f"/connect/errands/{the_only(app, Errand).id}/again", data=PLACE)

    new = mailed(app)[-1]
    assert new != old
    assert amara.client.get(PAGE).status_code == 410
    assert amara.client.get(old).status_code == 410
    assert "Done: Harbour Café Ltd is connected" in run_errand(amara, new)


def test_whoever_may_not_connect_any_more_has_asked_for_nothing(
    app: Flask, robin: Visitor, amara: Visitor
) -> None:
    """Row E1: what the maker was allowed when they made the link counts no more."""
    link = ask(app, robin)
    open_link(amara.client, link)
    at_xero = go_on(amara.client)
    allow(app, "see")

    amara.come_back(amara.person.allow(at_xero, HARBOUR))

    assert outcomes(app) == ["errand_over"]
    assert count(app, Connection) == 0
    assert amara.client.get(PAGE).status_code == 410


def test_whoever_may_only_look_makes_no_link(app: Flask, robin: Visitor) -> None:
    allow(app, "see")

    answer = robin.client.post("/connect/errands", data={**PLACE, "email": AMARA})

    assert answer.status_code == 403
    assert count(app, Errand) == 0


def test_a_stranger_signs_in_first(app: Flask) -> None:
    browser = cast(Client, app.test_client())

    assert browser.post("/connect/errands", data={"email": AMARA}).location.startswith("/sign-in")
    assert count(app, Errand) == 0


# What somebody who sends such a link does not get


def test_the_link_that_was_read_is_the_one_that_is_answered(
    app: Flask, robin: Visitor, riley: Visitor, amara: Visitor
) -> None:
    """Row A10: whatever else the browser was made to open meanwhile."""
    sign_in(riley)
    page = amara.client.get(ask(app, robin), follow_redirects=True).text
    offer = page.partition('name="offer" value="')[2][:36]
    open_link(amara.client, ask(app, riley, "somebody@example.com"))

    answer = amara.client.post(PAGE, data={"confirm": "yes", "offer": offer})

    assert answer.status_code == 409
    assert "Another link was opened in this browser" in unescape(answer.text)
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
