"""A reader with a second step comes back from Xero signed out: nothing is connected by half a proof."""

from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.connect.conftest import ARTICLE, Visitor, count
from xero_onboard.accounts import second_step
from xero_onboard.accounts.models import Customer, Membership, User
from xero_onboard.connect import upkeep
from xero_onboard.connect.models import Attempt, Connection, Removal
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, db


@pytest.fixture
def secret(app: Flask, amara: Visitor) -> str:
    """Amara has connected one organisation, set up an authenticator app, and signed out."""
    amara.connect("Harbour Café Ltd")
    key = second_step.new_secret()
    with app.app_context():
        begin_write()
        user_id = db.session.scalars(select(User.id)).one()
        code = pyotp.TOTP(key).at(int(now().timestamp()) - second_step.STEP_SECONDS)
        assert second_step.confirm(user_id, key, code)
        db.session.commit()
    amara.client.post("/sign-out")
    return key


def newest(app: Flask) -> Attempt:
    with app.app_context():
        query = select(Attempt).order_by(Attempt.started_at.desc()).limit(1)
        return db.session.scalars(query).one()


def test_nothing_is_connected_by_one_proof(app: Flask, amara: Visitor, secret: str) -> None:
    """Row D5: Xero is one of two proofs, for connecting too."""
    way = amara.connect("Northside Builders Ltd")

    assert way == "/sign-in/second-step"
    assert count(app, Connection) == 1
    assert "Harbour" not in amara.read("/connect")
    assert "Northside" not in amara.read("/connect")


def test_the_second_step_finishes_what_was_begun(app: Flask, amara: Visitor, secret: str) -> None:
    amara.connect("Northside Builders Ltd")
    code = pyotp.TOTP(secret).at(int(now().timestamp()))

    done = amara.client.post("/sign-in/second-step", data={"code": code})

    attempt = newest(app)
    assert done.location == f"{ARTICLE}?attempt={attempt.id}#connect"
    assert attempt.outcome == "connected_another"
    assert "Northside Builders Ltd is connected as well" in amara.read(done.location)
    assert count(app, Connection) == 2


def test_reloading_meanwhile_does_no_harm(app: Flask, amara: Visitor, secret: str) -> None:
    callback = amara.person.allow(amara.press_connect(), "Northside Builders Ltd")
    ways = [amara.come_back(callback) for _ in range(2)]

    assert ways[0] == "/sign-in/second-step"
    assert count(app, Connection) == 1


def test_a_second_step_that_never_comes_leaves_nothing_behind(
    app: Flask, amara: Visitor, secret: str
) -> None:
    amara.connect("Northside Builders Ltd")
    with app.app_context():
        db.session.execute(update(Attempt).values(claimed_at=now() - timedelta(minutes=11)))
        db.session.commit()
        upkeep.end_old_attempts()
        db.session.commit()

    assert newest(app).outcome == "permission_ended"
    assert count(app, Connection) == 1
    assert count(app, Removal) == 0


def test_whoever_acts_for_another_customer_after_it_is_asked(
    app: Flask, amara: Visitor, secret: str
) -> None:
    """Failure 26: they began for one of their customers, and are signed in for another."""
    amara.connect("Northside Builders Ltd")
    with app.app_context():
        other = Customer(name="Other Ltd")
        db.session.add(other)
        db.session.flush()
        user_id = db.session.scalars(select(User.id)).one()
        db.session.add(Membership(user_id=user_id, customer_id=other.id, right="connect"))
        waits = update(Attempt).where(Attempt.status == "proving")
        db.session.execute(waits.values(owner_customer_id=other.id))
        db.session.commit()

    code = pyotp.TOTP(secret).at(int(now().timestamp()))
    amara.client.post("/sign-in/second-step", data={"code": code})

    assert count(app, Connection) == 1
    assert (newest(app).status, newest(app).outcome) == ("choosing", "customer_changed")
