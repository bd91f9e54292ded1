"""Who somebody is: what their provider proves, and never an e-mail address."""

from flask import Flask
from sqlalchemy import func, select

from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.accounts.models import Customer, Membership, User
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Identity


def test_a_new_identity_becomes_a_user_and_a_customer(app: Flask) -> None:
    casey = sign_in(app, CASEY)

    assert counts(app) == (1, 1, 1)
    assert "Sign out" in casey.get("/hc/en-gb").get_data(as_text=True)


def test_a_known_identity_is_the_same_user_again(app: Flask) -> None:
    sign_in(app, CASEY)
    sign_in(app, Identity(CASEY.issuer, CASEY.subject, "new-address@example.com", "Casey N."))

    assert counts(app) == (1, 1, 1)


def test_the_same_address_does_not_make_the_same_person(app: Flask) -> None:
    sign_in(app, CASEY)
    sign_in(app, Identity(CASEY.issuer, "somebody-else", CASEY.email, CASEY.name))
    sign_in(app, Identity("https://another.test", CASEY.subject, CASEY.email, CASEY.name))

    assert counts(app) == (3, 3, 3)


def test_a_reader_who_is_signed_in_stays_who_they_are(app: Flask) -> None:
    casey = sign_in(app, CASEY)

    casey.get("/hc/en-gb")
    page = casey.get("/sign-in")

    assert page.status_code == 303
    assert page.location == "/connect"


def test_the_sign_in_page_goes_on_to_pages_of_ours_alone(client: Client) -> None:
    page = client.get("/sign-in?next=https://evil.example").get_data(as_text=True)

    assert "evil.example" not in page


def test_signing_in_starts_at_the_provider_with_the_least_it_needs(client: Client) -> None:
    response = client.post("/sign-in/xero")

    assert response.status_code == 303
    assert "/identity/connect/authorize?" in response.location
    assert "offline_access" not in response.location
    assert "sign-in%2Fsandbox%2Fcallback" in response.location


def counts(app: Flask) -> tuple[int, int, int]:
    with app.app_context():
        users, customers, members = (
            db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in (User, Customer, Membership)
        )
        return users, customers, members
