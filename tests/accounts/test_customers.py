"""Several customers: for which one a button acts, and what holds when everything happens at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.accounts.company import (
    COLLEAGUES,
    accept,
    customer_of,
    invite,
    join,
    noted,
    right_of,
    stranger,
    user_of,
    words,
)
from tests.accounts.owner import grow_stale
from tests.cast import CASEY, DANA, ISSUER
from tests.client import Client, sign_in
from tests.employees import run
from xero_onboard.accounts.models import Membership, User
from xero_onboard.connect.models import Attempt
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Identity

RILEY = Identity(ISSUER, "riley-at-the-provider", "riley@example.com", "Riley Marsh")
SWITCH = "/account/customers/switch"
GUIDE = "/hc/en-gb/articles/360001000101-connect-your-xero-organisation"


@pytest.fixture
def casey(app: Flask) -> Client:
    """Administers a customer."""
    return sign_in(app, CASEY)


@pytest.fixture
def dana(app: Flask, casey: Client) -> Client:
    """Has a customer of her own, and may see what Casey's has."""
    return join(app, casey, DANA, "see")


def test_whoever_has_one_customer_is_not_asked_which(casey: Client) -> None:
    assert "You act for" not in casey.get("/connect").text
    assert "You act for" not in casey.get(GUIDE).text


@pytest.mark.parametrize("path", ["/connect", GUIDE, COLLEAGUES])
def test_whoever_has_several_sees_and_switches_for_which_a_button_acts(
    app: Flask, dana: Client, path: str
) -> None:
    own = customer_of(app, DANA)

    answer = dana.post(SWITCH, data={"customer": str(own), "next": path, "anchor": "connect"})

    assert answer.location == f"{path}#connect"
    assert f'value="{own}" selected' in " ".join(dana.get(path).text.split())
    assert noted(app, "customer_switched") == 1


def test_whoever_signed_up_for_an_invitation_has_that_customer_alone(
    app: Flask, casey: Client
) -> None:
    link = invite(app, casey, DANA.email, "see")
    dana = sign_in(app, DANA)
    assert "You act for" not in dana.get("/connect").text

    accept(dana, link)

    assert "acts for Casey Nguyen" in words(dana)
    assert "You act for" not in dana.get("/connect").text


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (f"{COLLEAGUES}/invite", {"email": "assistant@example.com", "right": "administer"}),
        ("/connect/errands", {"email": "owner@example.com", "next": "/connect"}),
        ("/connect/xero", {"next": "/connect"}),
    ],
)
def test_whoever_has_begun_with_a_customer_of_their_own_keeps_it(
    app: Flask, casey: Client, path: str, form: dict[str, str]
) -> None:
    """Though they signed up after they were invited, and have connected nothing yet."""
    link = invite(app, casey, DANA.email, "see")
    dana = sign_in(app, DANA)
    assert dana.post(path, data=form).status_code == 303

    accept(dana, link)

    assert "You act for" in dana.get("/connect").text
    assert customer_of(app, DANA)


def test_connecting_is_for_the_chosen_customer(app: Flask, dana: Client) -> None:
    """Row E1: what is allowed for one customer is not allowed for the other."""
    assert dana.post("/connect/xero").status_code == 403

    dana.post(SWITCH, data={"customer": str(customer_of(app, DANA))})

    assert dana.post("/connect/xero").status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Attempt.customer_id)).all() == [customer_of(app, DANA)]


def test_a_customer_of_somebody_else_is_as_unknown_as_none(app: Flask, dana: Client) -> None:
    """Row E2."""
    sign_in(app, RILEY)

    answers = [
        dana.post(SWITCH, data={"customer": str(each)})
        for each in (customer_of(app, RILEY), uuid4(), "nonsense")
    ]

    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1


def test_a_choice_is_this_browsers_alone(app: Flask, dana: Client) -> None:
    phone = sign_in(app, DANA)

    phone.post(SWITCH, data={"customer": str(customer_of(app, CASEY))})
    dana.post(SWITCH, data={"customer": str(customer_of(app, DANA))})

    assert "acts for Casey Nguyen" in words(phone)
    assert "acts for Dana Whitfield" in words(dana)


def test_whoever_may_only_see_is_offered_nothing_else(dana: Client) -> None:
    for path in ("/connect", GUIDE):
        page = dana.get(path).text
        assert 'action="/connect/xero"' not in page
        assert "ask a colleague who may" in page


@pytest.mark.parametrize("role", ["reader", "editor", "admin"])
def test_whoever_has_no_customer_has_pages_all_the_same(
    app: Flask, casey: Client, role: str
) -> None:
    with app.app_context():
        db.session.query(Membership).delete()
        db.session.execute(update(User).values(role=role))
        db.session.commit()

    for path in ("/connect", "/connect/status", GUIDE, COLLEAGUES, "/hc/en-gb"):
        assert casey.get(path).status_code == 200
    assert "do not act for a company yet" in words(casey)
    assert casey.post("/account/customers/leave").status_code == 404
    assert casey.post(f"{COLLEAGUES}/invite").status_code == 403


def test_a_colleague_whose_account_is_closed_can_only_be_removed(app: Flask, casey: Client) -> None:
    join(app, casey, DANA, "see")
    dana = user_of(app, DANA)
    run(app, "disable", str(dana))

    page = casey.get(COLLEAGUES).text
    assert "Dana Whitfield Account closed" in words(casey)
    assert f"{dana}/remove" in page
    assert f"{dana}/right" not in page
    assert f"{dana}/hand-over" not in page

    answer = casey.post(f"{COLLEAGUES}/{dana}/hand-over")
    assert answer.status_code == 409
    assert "who can sign in" in answer.text
    assert casey.post(f"{COLLEAGUES}/{dana}/remove").status_code == 303


@pytest.mark.parametrize("verb", ["rename", "leave"])
def test_who_proves_who_they_are_comes_back_to_the_colleagues(
    app: Flask, casey: Client, verb: str
) -> None:
    page = casey.get(COLLEAGUES).text
    form = re.search(rf'action="/account/customers/{verb}".*?</form>', page, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="(\w+)"\s+value="([^"]*)"', form[0]))
    grow_stale(app)

    answer = casey.post(f"/account/customers/{verb}", data=fields)

    assert answer.location == "/account/prove?next=/account/colleagues"


def test_a_name_is_changed_by_those_who_administer(app: Flask, casey: Client, dana: Client) -> None:
    path, name = "/account/customers/rename", "Wattle <Street> Bakery"

    assert dana.post(path, data={"name": "Mine"}).status_code == 403
    assert casey.post(path, data={"name": name}).status_code == 303
    assert casey.post(path, data={"name": " "}).status_code == 400

    assert name in words(casey)


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, environ: dict[str, str]) -> None:
    """The test runs on both databases."""
    if request.param == "postgresql":
        environ["DATABASE_URL"] = request.getfixturevalue("postgres_url")


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("verb", ["remove", "right", "hand-over"])
def test_two_who_send_each_other_away_at_once_leave_one_in_charge(
    request: pytest.FixtureRequest, verb: str
) -> None:
    """Row E1."""
    app: Flask = request.getfixturevalue("app")
    casey = sign_in(app, CASEY)
    dana = join(app, casey, DANA, "administer")
    customer = customer_of(app, CASEY)
    moves = [(casey, user_of(app, DANA)), (dana, user_of(app, CASEY))]

    def send_away(move: tuple[Client, object]) -> int:
        browser, other = move
        path = f"{COLLEAGUES}/{other}/{verb}"
        return browser.post(path, data={"right": "see"}).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(send_away, moves))

    rights = [right_of(app, each, customer) for each in (CASEY, DANA)]
    assert rights.count("administer") == 1
    assert answers[0] == 303


@pytest.mark.usefixtures("either")
def test_everything_works_on_either_database(request: pytest.FixtureRequest) -> None:
    app: Flask = request.getfixturevalue("app")
    casey = sign_in(app, CASEY)
    dana = join(app, casey, DANA, "administer")
    own = customer_of(app, DANA)

    assert dana.post(SWITCH, data={"customer": str(own)}).status_code == 303
    assert stranger(app).post(SWITCH, data={"customer": str(own)}).status_code == 303
    assert casey.post(f"{COLLEAGUES}/{user_of(app, DANA)}/remove").status_code == 303
    assert words(casey).count("May connect organisations, invite") == 1
