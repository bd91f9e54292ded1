"""Colleagues: invited by mail, joined once, and able to do what an administrator of the customer says."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from tests.accounts.company import (
    COLLEAGUES,
    accept,
    customer_of,
    invite,
    join,
    letters,
    links,
    noted,
    right_of,
    stranger,
    user_of,
    words,
)
from tests.cast import CASEY, DANA, ISSUER
from tests.client import Client, sign_in
from tests.house.test_bad_input import rows
from xero_onboard.accounts.models import Invitation, StoredSession, User
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Identity

RILEY = Identity(ISSUER, "riley-at-the-provider", "riley@example.com", "Riley Marsh")


@pytest.fixture
def casey(app: Flask) -> Client:
    """Administers a customer, alone."""
    return sign_in(app, CASEY)


@pytest.mark.parametrize(
    ("right", "meaning", "in_french"),
    [
        ("see", "see the connections and check them", "voir les connexions et les vérifier"),
        ("connect", "see, connect and disconnect organisations", "voir, connecter et déconnecter"),
        ("administer", "connect organisations, invite", "connecter des organisations, inviter"),
    ],
)
def test_an_invited_colleague_may_do_what_the_invitation_says(
    app: Flask, casey: Client, right: str, meaning: str, in_french: str
) -> None:
    dana = join(app, casey, DANA, right)

    assert right_of(app, DANA, customer_of(app, CASEY)) == right
    assert f"dana@example.com May {meaning}" in words(casey)
    assert "acts for Casey Nguyen" in words(dana)
    casey.get("/hc/fr-ca")
    assert f"dana@example.com Peut {in_french}" in words(casey)


def test_the_link_leads_through_the_sign_in_and_back(app: Flask, casey: Client) -> None:
    browser = stranger(app)
    browser.get(invite(app, casey, DANA.email, "see"), follow_redirects=True)
    page = browser.get("/invitations").text
    assert "Casey Nguyen invites you" in words(browser, "/invitations")
    assert 'href="/sign-in?next=/invitations"' in page
    assert 'href="/register?next=/invitations"' in page

    sign_in(app, DANA, browser)

    assert "Accept the invitation" in browser.get("/invitations").text
    assert browser.post("/invitations").location == COLLEAGUES


def test_looking_uses_nothing_up(app: Flask, casey: Client) -> None:
    link = invite(app, casey, DANA.email)

    for _ in range(3):
        assert stranger(app).get(link).status_code == 303

    assert accept(sign_in(app, DANA), link) == 303


def test_a_link_lets_one_person_in(app: Flask, casey: Client) -> None:
    link = invite(app, casey, DANA.email)

    assert accept(sign_in(app, DANA), link) == 303
    assert accept(sign_in(app, RILEY), link) == 410

    assert right_of(app, RILEY, customer_of(app, CASEY)) is None


def test_of_many_at_once_one_gets_in(app: Flask, casey: Client) -> None:
    link = invite(app, casey, "anybody@example.com")
    people = [Identity(ISSUER, f"s-{n}", f"p{n}@example.com", f"Person {n}") for n in range(8)]
    browsers = [sign_in(app, each) for each in people]
    for browser in browsers:
        browser.get(link)

    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda each: each.post("/invitations", data={"confirm": "yes"}).status_code, browsers
        )
        assert sorted(answers) == [303, *[410] * 7]

    customer = customer_of(app, CASEY)
    assert sum(right_of(app, each, customer) is not None for each in people) == 1


def test_used_withdrawn_overdue_and_unknown_links_are_told_alike(app: Flask, casey: Client) -> None:
    used, withdrawn = invite(app, casey, DANA.email), invite(app, casey, "x@example.com")
    accept(sign_in(app, DANA), used)
    withdraw(app, casey, "x@example.com")
    overdue = invite(app, casey, "y@example.com")
    change_invitation(app, "y@example.com", expires_at=now() - timedelta(seconds=1))

    answers = [stranger(app).get(each) for each in (used, withdrawn, overdue, "/invitations/x")]

    assert {each.status_code for each in answers} == {410}
    assert len({each.text.replace(each.request.path, "…") for each in answers}) == 1
    assert "This invitation cannot be used" in answers[0].text


def test_a_new_invitation_takes_the_place_of_the_one_before(app: Flask, casey: Client) -> None:
    first, second = (invite(app, casey, DANA.email) for _ in range(2))

    assert stranger(app).get(first).status_code == 410
    assert stranger(app).get(second).status_code == 303


@pytest.mark.parametrize(
    ("has", "offered", "then"),
    [
        ("administer", "see", "administer"),
        ("connect", "connect", "connect"),
        ("see", "connect", "connect"),
    ],
)
def test_accepting_never_lowers_what_somebody_may(
    app: Flask, casey: Client, has: str, offered: str, then: str
) -> None:
    dana = join(app, casey, DANA, has)

    assert accept(dana, invite(app, casey, DANA.email, offered)) == 303

    assert right_of(app, DANA, customer_of(app, CASEY)) == then


def test_another_address_has_to_say_that_it_is_meant(app: Flask, casey: Client) -> None:
    riley = sign_in(app, RILEY)
    riley.get(invite(app, casey, DANA.email))
    assert "not the address the invitation was sent to" in words(riley, "/invitations")

    refused = riley.post("/invitations")
    taken = riley.post("/invitations", data={"confirm": "yes"})

    assert (refused.status_code, taken.status_code) == (400, 303)
    assert "Tick the box" in refused.text


def test_the_secret_of_a_link_lies_in_no_row(app: Flask, casey: Client) -> None:
    """Row B1."""
    link = invite(app, casey, DANA.email)
    browser = stranger(app)
    browser.get(link)
    browser.post("/sign-in/xero", data={"next": "/invitations"})

    with app.app_context():
        assert not any(link.rpartition("/")[2] in row for row in rows())


def test_nobody_learns_by_inviting_who_has_an_account(app: Flask, casey: Client) -> None:
    """Row D3."""
    sign_in(app, DANA)

    answers = [
        casey.post(f"{COLLEAGUES}/invite", data={"email": email, "right": "see"})
        for email in (DANA.email, "nobody@example.com")
    ]

    assert len({(each.status_code, each.location, each.text) for each in answers}) == 1
    known, unknown = letters(app)[-2:]
    assert known.subject == unknown.subject
    assert len(known.text) == len(unknown.text)


def test_an_address_is_not_flooded_with_invitations(app: Flask, casey: Client) -> None:
    """Row I3."""
    for _ in range(5):
        invite(app, casey, DANA.email)

    refused = casey.post(f"{COLLEAGUES}/invite", data={"email": DANA.email, "right": "see"})

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert len(links(app)) == 5


@pytest.mark.parametrize("email", ["", "nonsense", "a@b", "a@b.example, c@d.example"])
def test_what_is_no_address_is_not_written_to(app: Flask, casey: Client, email: str) -> None:
    answer = casey.post(f"{COLLEAGUES}/invite", data={"email": email, "right": "see"})

    assert answer.status_code == 400
    assert "Write an email address" in answer.text
    assert letters(app) == []


def test_a_right_that_does_not_exist_is_not_given(app: Flask, casey: Client) -> None:
    dana = join(app, casey, DANA)
    path = f"{COLLEAGUES}/{user_of(app, DANA)}/right"

    assert casey.post(path, data={"right": "everything"}).status_code == 400
    assert casey.post(path, data={}).status_code == 400
    assert dana.get(COLLEAGUES).status_code == 200


@pytest.mark.parametrize("verb", ["remove", "right"])
def test_an_invitation_is_worth_as_much_as_the_right_of_its_sender(
    app: Flask, casey: Client, verb: str
) -> None:
    """Row E1: nobody comes back by an invitation of their own."""
    dana = join(app, casey, DANA, "administer")
    link = invite(app, dana, "second-self@example.com", "administer")

    casey.post(f"{COLLEAGUES}/{user_of(app, DANA)}/{verb}", data={"right": "see"})

    assert accept(dana, link) == 410
    assert "second-self@example.com" not in words(casey)


def test_those_who_administer_are_told_who_has_joined(app: Flask, casey: Client) -> None:
    join(app, casey, DANA, "see")

    (told,) = (each for each in letters(app) if each.to == CASEY.email)

    assert told.subject == "A colleague has joined"
    assert "Dana Whitfield has accepted the invitation to dana@example.com." in told.text
    assert "For Casey Nguyen they may see" in told.text


def test_whoever_is_removed_loses_it_with_the_next_request_everywhere(
    app: Flask, casey: Client
) -> None:
    """Row E1."""
    dana = join(app, casey, DANA)
    customer = customer_of(app, CASEY)
    phone = sign_in(app, DANA)
    phone.post("/account/customers/switch", data={"customer": str(customer)})

    casey.post(f"{COLLEAGUES}/{user_of(app, DANA)}/remove")

    for browser in (dana, phone):
        assert "Casey Nguyen" not in words(browser)
        lost = browser.post("/account/customers/switch", data={"customer": str(customer)})
        assert lost.status_code == 404
    with app.app_context():
        sessions = db.session.query(StoredSession).all()
        assert not any(each.content.get("customer") == str(customer) for each in sessions)


def test_a_changed_right_counts_with_the_next_request(app: Flask, casey: Client) -> None:
    """Row E1."""
    dana, path = join(app, casey, DANA, "see"), f"{COLLEAGUES}/{user_of(app, DANA)}/right"
    assert dana.post("/connect/xero").status_code == 403

    casey.post(path, data={"right": "connect"})
    assert dana.post("/connect/xero").status_code == 303
    assert dana.post(f"{COLLEAGUES}/invite").status_code == 403

    casey.post(path, data={"right": "see"})
    assert dana.post("/connect/xero").status_code == 403
    assert noted(app, "colleague_role_changed") == 2


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/account/customers/leave", {}),
        (f"{COLLEAGUES}/<self>/remove", {}),
        (f"{COLLEAGUES}/<self>/right", {"right": "connect"}),
    ],
)
def test_the_last_one_who_administers_stays(
    app: Flask, casey: Client, path: str, form: dict[str, str]
) -> None:
    """Row E1."""
    join(app, casey, DANA, "administer")
    with app.app_context():
        # She cannot sign in any more, so she does not count.
        gone = update(User).where(User.name == DANA.name).values(disabled_at=now())
        db.session.execute(gone)
        db.session.commit()

    answer = casey.post(path.replace("<self>", str(user_of(app, CASEY))), data=form)

    assert answer.status_code == 409
    assert "Hand over to a colleague who can sign in" in answer.text
    assert right_of(app, CASEY, customer_of(app, CASEY)) == "administer"


def test_handing_over_lets_go(app: Flask, casey: Client) -> None:
    join(app, casey, DANA, "see")
    customer = customer_of(app, CASEY)

    casey.post(f"{COLLEAGUES}/{user_of(app, DANA)}/hand-over")

    assert right_of(app, DANA, customer) == "administer"
    assert right_of(app, CASEY, customer) == "connect"
    assert casey.post("/account/customers/leave").status_code == 303
    assert right_of(app, CASEY, customer) is None
    assert noted(app, "colleague_left") == 1


def test_nobody_hands_over_to_themselves(app: Flask, casey: Client) -> None:
    path = f"{COLLEAGUES}/{user_of(app, CASEY)}/hand-over"

    assert casey.post(path).status_code == 404


def test_an_old_sign_in_does_not_change_who_may_what(app: Flask, casey: Client) -> None:
    """Row D8."""
    dana = join(app, casey, DANA)
    with app.app_context():
        for row in db.session.query(StoredSession):
            row.content = {**row.content, "proved_at": row.content["proved_at"] - 16 * 60}
        db.session.commit()

    for path in ("invite", f"{user_of(app, DANA)}/remove", f"{user_of(app, DANA)}/right"):
        answer = casey.post(f"{COLLEAGUES}/{path}", data={"right": "see"})
        assert answer.status_code == 303
        assert "/account/prove" in answer.location
    assert dana.post("/account/customers/leave").location.startswith("/account/prove")
    assert right_of(app, DANA, customer_of(app, CASEY)) == "connect"


def test_what_is_done_to_colleagues_is_in_the_audit_log(app: Flask, casey: Client) -> None:
    """Row L2."""
    dana = join(app, casey, DANA)
    invite(app, casey, "x@example.com")
    withdraw(app, casey, "x@example.com")
    casey.post("/account/customers/rename", data={"name": "Wattle Street Bakery"})
    dana.post("/account/customers/leave")

    events = ("colleague_invited", "colleague_joined", "invitation_withdrawn", "customer_renamed")
    assert [noted(app, each) for each in events] == [2, 1, 1, 1]
    assert noted(app, "colleague_left") == 1


def test_a_colleague_who_is_nobody_is_not_found(app: Flask, casey: Client) -> None:
    """Row E2."""
    sign_in(app, DANA)

    for verb in ("right", "remove", "hand-over"):
        answers = [
            casey.post(f"{COLLEAGUES}/{each}/{verb}", data={"right": "see"})
            for each in (user_of(app, DANA), uuid4())
        ]
        assert {each.status_code for each in answers} == {404}
        assert len({each.text for each in answers}) == 1


def test_no_subject_names_anybody(app: Flask, casey: Client) -> None:
    """Subjects are stored and sent in clear; the names stand in the text."""
    join(app, casey, DANA, "see")
    path = f"{COLLEAGUES}/{user_of(app, DANA)}"
    casey.post(f"{path}/right", data={"right": "connect"})
    casey.post(f"{path}/remove")
    join(app, casey, DANA, "see")
    casey.post(f"{path}/hand-over")

    assert len(told := letters(app)) == 8
    assert all("Casey Nguyen" in each.text for each in told)
    assert not any(name in each.subject for each in told for name in ("Casey", "Dana"))


def test_a_colleague_is_not_flooded_with_notices(app: Flask, casey: Client) -> None:
    """Row I3."""
    join(app, casey, DANA, "connect")
    join(app, casey, RILEY, "connect")
    path = f"{COLLEAGUES}/{user_of(app, DANA)}"
    before = len(letters(app))

    for turn in range(10):
        changed = casey.post(f"{path}/right", data={"right": ("see", "connect")[turn % 2]})
        assert changed.status_code == 303
    verbs = ("right", "hand-over", "remove")
    refused = [casey.post(f"{path}/{verb}", data={"right": "see"}) for verb in verbs]

    assert [each.status_code for each in refused] == [429] * 3
    assert len(letters(app)) == before + 10
    assert right_of(app, DANA, customer_of(app, CASEY)) == "connect"
    assert right_of(app, CASEY, customer_of(app, CASEY)) == "administer"
    other = f"{COLLEAGUES}/{user_of(app, RILEY)}/right"
    assert casey.post(other, data={"right": "see"}).status_code == 303


def withdraw(app: Flask, by: Client, email: str) -> None:
    with app.app_context():
        found = db.session.query(Invitation).filter_by(email=email).one()
    answer = by.post(f"{COLLEAGUES}/invitations/{found.id}/withdraw")
    assert answer.status_code == 303


def change_invitation(app: Flask, email: str, **values: object) -> None:
    with app.app_context():
        db.session.execute(update(Invitation).where(Invitation.email == email).values(**values))
        db.session.commit()
