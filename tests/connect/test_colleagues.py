"""Several people of one customer: connections are the customer's, and rights count when they are used."""

from collections.abc import Callable
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from tests.connect.conftest import Visitor, count
from xero_onboard.accounts.models import Membership, User
from xero_onboard.connect.models import Connection
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Right

Another = Callable[[str], Visitor]


def test_a_connection_outlives_whoever_made_it(
    app: Flask, riley: Visitor, another_visitor: Another
) -> None:
    riley.connect()
    amara = another_visitor("amara@practice.example")
    sign_in(amara)
    put(app, amara, "administer", of=riley)

    amara.client.post(f"/account/colleagues/{user_id(app, riley)}/remove")

    assert "Riley's Roastery" in amara.read("/connect")
    assert "Riley's Roastery" not in riley.read("/connect")


def test_whoever_is_allowed_less_meanwhile_connects_nothing(app: Flask, riley: Visitor) -> None:
    """Row E1: what they were allowed when they left for Xero counts no more."""
    sign_in(riley)
    callback = riley.person.allow(riley.press_connect())
    allow(app, "see")

    way = riley.come_back(callback)

    assert "You may not connect organisations for your company" in riley.read(way)
    assert count(app, Connection) == 0


def test_a_stranger_who_turns_out_to_be_allowed_less_connects_nothing(
    app: Flask, riley: Visitor, another_visitor: Another
) -> None:
    """Row E1: whoever signs in on the way is asked as well."""
    sign_in(riley)
    allow(app, "see")
    phone = another_visitor("riley@practice.example")

    way = phone.connect()

    assert "You may not connect organisations for your company" in phone.read(way)
    assert count(app, Connection) == 0


def sign_in(visitor: Visitor) -> None:
    asked = visitor.client.post("/sign-in/xero", data={"next": "/connect"}).location
    visitor.come_back(visitor.person.allow(asked))


def allow(app: Flask, right: Right) -> None:
    """Whoever there is may do this for their customer from now on."""
    with app.app_context():
        db.session.execute(update(Membership).values(right=right))
        db.session.commit()


def put(app: Flask, visitor: Visitor, right: Right, of: Visitor) -> None:
    """Let a visitor act for the other's customer alone."""
    mine, theirs = user_id(app, visitor), user_id(app, of)
    with app.app_context():
        query = select(Membership.customer_id).where(Membership.user_id == theirs)
        customer = db.session.scalars(query).one()
        db.session.query(Membership).filter_by(user_id=mine).delete()
        db.session.add(Membership(user_id=mine, customer_id=customer, right=right))
        db.session.commit()


def user_id(app: Flask, visitor: Visitor) -> UUID:
    with app.app_context():
        query = select(User.id).where(User.email == visitor.person.email)
        return db.session.scalars(query).one()
