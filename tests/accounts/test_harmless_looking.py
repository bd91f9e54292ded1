"""Ways in, and ways to harm, that look harmless: links of two people, addresses that nobody proved, and closed accounts."""

import time

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from tests import mailbox
from tests.accounts.company import COLLEAGUES, customer_of, invite, letters, right_of
from tests.accounts.owner import NEW_PASSWORD, Owner
from tests.cast import CASEY, DANA, ISSUER
from tests.client import Client, sign_in
from tests.employees import make, run
from xero_onboard.accounts import passwords
from xero_onboard.accounts.models import AlternativeAddress, User
from xero_onboard.feedback.models import HelpRequest
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.mail.models import Mail
from xero_onboard.lib.reader import Identity

SPARE, VICTIM = "spare@example.net", "victim@example.org"
# Every sign that stands in for a letter, so that what it may spell is without number.
SIGNS = ('4@8({[<369&#!1|0$5+7%2"*' * 4)[:72]


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


@pytest.fixture
def liar(app: Flask) -> Client:
    """Somebody who has written another person's address into their profile at the provider."""
    return sign_in(app, Identity(ISSUER, "liar", VICTIM, "Lionel Liar"))


def add_spare(app: Flask, robin: Owner) -> None:
    """An alternative address, and three days pass."""
    robin.browser.post("/account/alternative", data={"email": SPARE})
    form = {"code": mailbox.code(app, SPARE)}
    assert robin.browser.post("/account/alternative/code", data=form).status_code == 303
    with app.app_context():
        db.session.execute(update(AlternativeAddress).values(counts_from=now()))
        db.session.commit()


def test_no_password_takes_long_to_judge(app: Flask) -> None:
    """Rows D1 and F2: in time of the processor."""
    began = time.thread_time()

    with app.app_context():
        assert passwords.complaint(SIGNS, has_second_step=False, known=()) is None

    assert time.thread_time() - began < 1


def test_a_closed_account_that_is_tried_stands_in_the_log(app: Flask) -> None:
    """Row L2."""
    riley = make(app, "riley@example.com")
    run(app, "disable", riley.email)

    assert app.test_client().post("/sign-in/password", data=riley.proof).status_code == 403

    with app.app_context():
        (entry,) = audit.search(event="sign_in_failed").entries
    assert entry.subject == f"user:{riley.id}"


def test_a_link_of_a_reader_sets_no_password_of_staff(app: Flask, robin: Owner) -> None:
    """Row D7: asked for by a second mailbox before the role was given."""
    add_spare(app, robin)
    asking = robin.another_browser()
    asking.post("/password/forgotten", data={"email": SPARE})
    link = mailbox.link(app, SPARE, "/password/reset/")

    run(app, "role", robin.login, "admin")

    assert asking.post(link, data={"password": NEW_PASSWORD}).status_code == 410


def test_a_mailbox_that_was_given_up_does_not_bring_itself_back(app: Flask, robin: Owner) -> None:
    """Row D7: it helps for three days, and no longer."""
    add_spare(app, robin)
    robin.browser.post("/account/alternative/remove")
    thief = robin.another_browser()
    thief.post("/password/forgotten", data={"email": SPARE})
    link = mailbox.link(app, SPARE, "/password/reset/")

    assert thief.post(link, data={"password": NEW_PASSWORD}).status_code == 303

    with app.app_context():
        assert db.session.scalars(select(AlternativeAddress.ends_at)).one() is not None


def test_the_invitation_that_was_read_is_the_one_that_is_accepted(app: Flask) -> None:
    """Row A10: whatever else the browser was made to open meanwhile."""
    casey, dana = sign_in(app, CASEY), sign_in(app, DANA)
    wanted = invite(app, casey, "kim@example.com", "see")
    other = invite(app, dana, "kim@example.com", "see")
    kim = make(app, "kim@example.com").sign_in(app)
    page = kim.get(wanted, follow_redirects=True).text
    offer = page.partition('name="offer" value="')[2][:36]
    kim.get(other)

    answer = kim.post("/invitations", data={"confirm": "yes", "offer": offer})

    assert answer.status_code == 409
    assert "Another invitation was opened" in answer.text
    with app.app_context():
        kims = db.session.scalars(select(User).where(User.email == "kim@example.com")).one()
    identity = Identity(ISSUER, "", kims.email, kims.name)
    for colleague in (CASEY, DANA):
        assert right_of(app, identity, customer_of(app, colleague)) is None


def test_nothing_of_an_address_that_nobody_proved_is_given_away_or_deleted(
    app: Flask, liar: Client
) -> None:
    """Rows M1 and M2: a request of somebody who has no account here."""
    with app.app_context():
        values = {"email": VICTIM, "locale": "en-gb", "subject": "A private matter"}
        db.session.add(HelpRequest(**values, status="open", confirmed_at=now()))
        db.session.commit()

    assert "A private matter" not in liar.post("/account/privacy/export").text
    form = {"confirmation": "delete my account"}
    assert liar.post("/account/privacy/delete", data=form).status_code == 303

    with app.app_context():
        assert db.session.scalars(select(HelpRequest.subject)).one() == "A private matter"


def test_nobody_fills_a_mailbox_by_what_they_do_here(app: Flask, liar: Client) -> None:
    """Row I3: least of all one that they have not proven."""
    for _ in range(40):
        liar.post("/account/privacy/export")

    with app.app_context():
        got = db.session.scalars(select(Mail.id).where(Mail.recipient == VICTIM)).all()
    assert len(got) == 30


def test_leaving_is_told_to_both(app: Flask) -> None:
    """Row D8."""
    casey, dana = make(app, "casey@example.com"), make(app, "dana@example.com")
    browser = casey.sign_in(app)
    link = invite(app, browser, dana.email, "administer")
    leaving = dana.sign_in(app)
    leaving.get(link)
    leaving.post("/invitations", data={"confirm": "yes"})
    with app.app_context():
        db.session.execute(delete(Mail))
        db.session.commit()

    assert leaving.post("/account/customers/leave").location == COLLEAGUES

    told = {(each.to, each.subject) for each in letters(app)}
    assert told == {
        (dana.email, "You have left a company"),
        (casey.email, "A colleague has left"),
    }


def test_signing_up_with_such_a_password_is_answered_soon(app: Flask) -> None:
    """Row F2: at the door itself."""
    client = app.test_client()
    form = {"name": "Robin", "email": "robin@example.com", "password": SIGNS}
    began = time.thread_time()

    assert client.post("/register", data=form).status_code == 303

    assert time.thread_time() - began < 2
