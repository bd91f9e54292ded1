"""Xero as a way into one's account: linked, unlinked, and as a proof of who is there."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from tests import mailbox
from tests.accounts.owner import PASSWORD, Owner, events, grow_stale, is_in, let_password_settle
from tests.client import Client
from tests.connect.conftest import (
    Served,
    Visitor,
    environ,
    filled_sandbox,
    provider_port,
    xero,
)
from xero_onboard.accounts.models import User, UserIdentity
from xero_onboard.lib import audit
from xero_onboard.lib.db import db

__all__ = ["environ", "filled_sandbox", "provider_port", "xero"]

RILEY = "riley@practice.example"


@pytest.fixture
def robin(app: Flask) -> Owner:
    """Has a password, and Riley's login at Xero."""
    return Owner(app).sign_up()


@pytest.fixture
def at_xero(app: Flask, xero: Served, robin: Owner) -> Visitor:
    """Robin at both windows."""
    visitor = Visitor(app, xero, RILEY)
    visitor.client = robin.browser
    return visitor


@pytest.fixture
def riley(app: Flask, xero: Served) -> Visitor:
    """Came with Xero and has no password."""
    visitor = Visitor(app, xero, RILEY)
    trip(visitor, "/sign-in/xero")
    return visitor


def trip(visitor: Visitor, door: str, **form: str) -> str:
    """Press a button that leads to Xero, agree there and come back."""
    answer = visitor.client.post(door, data=form)
    assert answer.status_code == 303, answer.text
    assert "/identity/connect/authorize?" in answer.location, answer.location
    return visitor.come_back(visitor.person.allow(answer.location))


def identities(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(UserIdentity)).all())


def refused(app: Flask) -> list[object]:
    """What the audit log says of those who were not let in."""
    with app.app_context():
        return [dict(each.details) for each in audit.search(event="sign_in_failed").entries]


def users(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(User)).all())


def test_a_linked_login_opens_the_account(app: Flask, at_xero: Visitor, xero: Served) -> None:
    """Row A9: linked by whoever is signed in and proved it, never by an e-mail address."""
    page = at_xero.client.get(trip(at_xero, "/account/xero/link")).text

    fresh = Visitor(app, xero, RILEY)
    trip(fresh, "/sign-in/xero")

    assert "Your Xero login is linked" in page
    assert users(app) == 1
    assert "You sign in as robin@example.com" in fresh.client.get("/account").text
    assert "identity_linked" in events(app)
    assert "A Xero login was linked" in mailbox.newest(app, "robin@example.com")


def test_a_login_that_somebody_else_linked_is_taken_back_by_the_letter(
    app: Flask, at_xero: Visitor, robin: Owner, xero: Served
) -> None:
    """Row D8: it opens nothing of this account any more, and nor does the session it was linked in."""
    trip(at_xero, "/account/xero/link")
    link = mailbox.link(app, robin.login, "/not-me/")

    told = robin.another_browser().post(link)

    fresh = Visitor(app, xero, RILEY)
    trip(fresh, "/sign-in/xero")
    assert "Set a new password" in told.text
    assert users(app) == 2
    assert not is_in(robin.browser)
    assert is_in(robin.enter())


def test_linking_ends_the_other_sessions(at_xero: Visitor, robin: Owner) -> None:
    """Row C3: another way in was added."""
    other = robin.enter()

    trip(at_xero, "/account/xero/link")

    assert is_in(robin.browser)
    assert not is_in(other)


def test_a_login_of_another_account_is_not_linked(
    app: Flask, at_xero: Visitor, riley: Visitor
) -> None:
    """Row A9: one login, one account."""
    page = at_xero.client.get(trip(at_xero, "/account/xero/link")).text

    assert "This Xero login belongs to another account" in page
    assert "identity-taken" in page
    assert identities(app) == 1
    assert "identity_linked" not in events(app)


def test_linking_asks_for_only_who_they_are(at_xero: Visitor) -> None:
    answer = at_xero.client.post("/account/xero/link")

    scopes = parse_qs(urlsplit(answer.location).query)["scope"][0]
    assert "accounting" not in scopes
    assert "offline_access" not in scopes


def test_unlinked_it_opens_nothing_of_this_account(
    app: Flask, at_xero: Visitor, xero: Served
) -> None:
    trip(at_xero, "/account/xero/link")

    at_xero.client.post("/account/xero/unlink")

    fresh = Visitor(app, xero, RILEY)
    trip(fresh, "/sign-in/xero")
    assert users(app) == 2
    assert "identity_unlinked" in events(app)


def test_the_last_way_in_stays(app: Flask, riley: Visitor) -> None:
    """Row D9: Xero is not unlinked from an account without a password or a passkey."""
    page = riley.client.get("/account").text
    answer = riley.client.post("/account/xero/unlink")

    assert "/account/xero/unlink" not in page
    assert answer.status_code == 409
    assert "the only way left to sign in" in answer.text
    assert identities(app) == 1


def test_xero_proves_who_is_there(app: Flask, riley: Visitor) -> None:
    """Row D9: people without a password can prove it as well."""
    grow_stale(app)
    assert "Confirm with Xero" in riley.client.get("/account/prove").text

    back = trip(riley, "/account/prove/xero", next="/account/two-step")

    assert back.startswith("/account/two-step?attempt=")
    assert riley.client.get("/account/two-step").status_code == 200
    assert "proved_again" in events(app)


def test_another_login_proves_nothing_and_switches_nobody(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    grow_stale(app)
    somebody = Visitor(app, xero, "amara@practice.example")
    somebody.client = riley.client

    page = riley.client.get(trip(somebody, "/account/prove/xero")).text

    assert "That was another Xero login" in page
    assert refused(app) == [{"by": "xero", "reason": "another_login"}]
    assert riley.client.get("/account/password").location.startswith("/account/prove")
    assert users(app) == 1


def test_cancelling_at_xero_changes_nothing(app: Flask, riley: Visitor) -> None:
    grow_stale(app)
    url = riley.client.post("/account/prove/xero").location

    page = riley.client.get(riley.come_back(riley.person.cancel(url))).text

    assert "Nothing was changed" in page
    assert "Press Connect to Xero" not in page
    assert refused(app) == [{"by": "xero", "reason": "declined"}]


def test_who_is_not_signed_in_by_xero_leaves_a_trace(app: Flask, xero: Served) -> None:
    """Row L2."""
    stranger = Visitor(app, xero, RILEY)
    url = stranger.client.post("/sign-in/xero").location

    stranger.come_back(stranger.person.cancel(url))

    assert refused(app) == [{"by": "xero", "reason": "declined"}]


def test_a_proof_of_somebody_else_who_signed_in_meanwhile_is_refused(
    app: Flask, at_xero: Visitor
) -> None:
    url = at_xero.client.post("/account/xero/link").location
    at_xero.client.post("/sign-out")
    other = Owner(app, "dana@example.com", "Dana Whitfield")
    other.browser = at_xero.client
    other.sign_up()

    where = at_xero.come_back(at_xero.person.allow(url))

    assert where == "/connect/problem/other_browser"
    assert identities(app) == 0


def test_two_step_guards_a_linked_login_too(
    app: Flask, at_xero: Visitor, robin: Owner, xero: Served
) -> None:
    """Row D9: Xero is one of two proofs."""
    trip(at_xero, "/account/xero/link")
    robin.set_up_app()

    fresh = Visitor(app, xero, RILEY)
    where = trip(fresh, "/sign-in/xero")

    assert where == "/sign-in/second-step"
    assert not is_in(fresh.client)


def test_a_password_chosen_frees_xero(app: Flask, riley: Visitor) -> None:
    form = {"email": RILEY, "password": PASSWORD}
    riley.client.post("/account/password", data=form)
    code = {"code": mailbox.code(app, RILEY)}
    riley.client.post("/account/password/code", data=code)

    assert isinstance(riley.client, Client)
    assert riley.client.post("/account/xero/unlink").status_code == 409
    let_password_settle(app)
    assert riley.client.post("/account/xero/unlink").location == "/account"
    assert identities(app) == 0
