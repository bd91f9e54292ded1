"""Asking somebody else to connect, by a link: what they can do with it, and what nobody else can."""

import re
from datetime import timedelta
from html import unescape
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import delete, update

from tests.accounts.company import letters
from tests.client import Client
from tests.connect.conftest import Visitor, count, pause, the_only
from tests.connect.errands.errand import (
    AMARA,
    HARBOUR,
    LINK,
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
from tests.connect.test_colleagues import allow, put, sign_in
from xero_onboard.accounts.models import Membership, User
from xero_onboard.connect import errands
from xero_onboard.connect.models import Attempt, Connection, Errand, Grant, Removal
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

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


def test_of_many_links_those_are_left_out_that_ended_first(app: Flask, robin: Visitor) -> None:
    names = "abcdefg"
    for name in names:
        ask(app, robin, f"{name}@practice.example")
    page = robin.read("/connect")
    assert [name for name in names if f"Waiting for {name}@" in page] == list(names)

    change(app, expires_at=now() - timedelta(minutes=1))

    page = robin.read("/connect")
    assert page.count("was not used and has run out") == errands.MOST_ENDED


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
    first = go_on(amara.client)
    pause(app)
    second = go_on(amara.client)

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


def test_who_is_in_no_company_yet_is_not_told_that_they_may_not_connect(
    app: Flask, robin: Visitor
) -> None:
    with app.app_context():
        db.session.execute(delete(Membership))
        db.session.commit()

    page = robin.read("/connect")

    assert "you belong to none here yet" in page
    assert "You may see your company’s connections" not in page
    assert "Connect to Xero</button>" in page


def test_whoever_may_only_look_makes_no_link(app: Flask, robin: Visitor) -> None:
    allow(app, "see")

    answer = robin.client.post("/connect/errands", data={**PLACE, "email": AMARA})

    assert answer.status_code == 403
    assert count(app, Errand) == 0


def test_a_stranger_signs_in_first(app: Flask) -> None:
    browser = cast(Client, app.test_client())

    assert browser.post("/connect/errands", data={"email": AMARA}).location.startswith("/sign-in")
    assert count(app, Errand) == 0
