"""Deleting an account: the person goes, and what others need goes on without them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from tests.accounts.belongings import fill
from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.employees import ADA, Account, make
from xero_onboard.accounts.models import Customer, MailedProof, Membership, StoredSession, User
from xero_onboard.config import Settings
from xero_onboard.connect.models import Attempt, Connection, Grant
from xero_onboard.feedback.models import Vote
from xero_onboard.lib import audit, jobs
from xero_onboard.lib.db import begin_write, commit, db
from xero_onboard.lib.mail.models import Mail
from xero_onboard.lib.reader import Identity

MARK = "quaggazeb"
PERSON = f"{MARK}@example.com"
COLLEAGUE = "dana@example.com"
SURE = {"confirmation": "Delete my account"}


@pytest.fixture
def casey(app: Flask) -> Account:
    """Somebody with a row in every table."""
    account = make(app, PERSON, has_second_step=True)
    fill(app, account, MARK)
    return account


@pytest.fixture
def dana(app: Flask, casey: Account) -> Account:
    """A colleague of theirs, who may connect."""
    account = make(app, COLLEAGUE)
    with app.app_context():
        db.session.execute(
            update(Membership)
            .where(Membership.user_id == account.id)
            .values(customer_id=customer_of(casey), right="connect")
        )
        db.session.commit()
    return account


def test_neither_name_nor_address_is_left_anywhere(
    app: Flask, settings: Settings, casey: Account
) -> None:
    """Row M2: in no row, and after a clean-up in no byte of the file."""
    browser = casey.sign_in(app)
    assert any(MARK in row for row in rows(app))

    answer = browser.post("/account/privacy/delete", data=SURE)

    assert (answer.status_code, answer.location) == (303, "/")
    # Nothing but a farewell that is on its way, to each address that was theirs.
    left = [row for row in rows(app) if MARK in row]
    assert len(left) == 3
    assert all(row.startswith("mail ") and "your account was deleted" in row for row in left)
    assert jobs.run_due(app)
    assert [row for row in rows(app) if MARK in row] == []
    assert MARK.encode() not in bytes_of(app, settings).lower()


def test_the_log_keeps_the_number_alone(app: Flask, casey: Account) -> None:
    """Row M2, and row L2: no address, no browser, and it is still whole."""
    casey.sign_in(app).post("/account/privacy/delete", data=SURE)
    assert jobs.run_due(app)

    found = [row for row in rows(app) if casey.id.hex in row or str(casey.id) in row]

    assert found
    assert {row.partition(" ")[0] for row in found} == {"audit"}
    with app.app_context():
        theirs = audit.search(actor=casey.id).entries
        assert [entry.event for entry in theirs if entry.address or entry.user_agent] == []
        assert "user_deleted" in [entry.event for entry in theirs]
        assert audit.verify().is_whole


def test_every_session_is_dead_and_nobody_signs_in_any_more(app: Flask, casey: Account) -> None:
    """Row M2."""
    laptop, phone = casey.sign_in(app), casey.sign_in(app)

    laptop.post("/account/privacy/delete", data=SURE)

    for browser in (laptop, phone):
        assert browser.get("/account/privacy").location.startswith("/sign-in")
        assert browser.post("/sign-in/password", data=casey.proof).status_code == 400


def test_a_company_that_only_they_acted_for_is_deleted(app: Flask, casey: Account) -> None:
    """Row M2, and row L2."""
    casey.sign_in(app).post("/account/privacy/delete", data=SURE)
    assert jobs.run_due(app)

    with app.app_context():
        assert db.session.scalars(select(Customer)).all() == []
        assert db.session.scalars(select(Connection)).all() == []
        assert len(audit.search(event="disconnected").entries) == 1
        assert len(audit.search(event="customer_deleted").entries) == 1


def test_a_company_with_colleagues_is_handed_over_first(
    app: Flask, casey: Account, dana: Account
) -> None:
    """Row M2."""
    browser = casey.sign_in(app)

    answer = browser.post("/account/privacy/delete", data=SURE)

    assert answer.status_code == 400
    assert "Hand it over to a colleague first" in answer.get_data(as_text=True)
    assert browser.get("/account/privacy").status_code == 200


def test_a_company_with_another_administrator_goes_on_without_them(
    app: Flask, casey: Account, dana: Account
) -> None:
    """Row M2: connections stay, and no longer say who made them."""
    promote(app, dana)

    casey.sign_in(app).post("/account/privacy/delete", data=SURE)
    assert jobs.run_due(app)

    with app.app_context():
        # It had the name of whoever signed up first.
        assert db.session.scalars(select(Customer.name)).all()[0] == "Dana Testperson"
        connection = db.session.scalars(select(Connection)).one()
        assert connection.status == "active"
        assert (connection.connected_by, connection.connected_by_id) == (None, None)
        attempt = db.session.scalars(select(Attempt)).one()
        assert (attempt.actor, attempt.subject, attempt.owner_user_id) == (None, None, None)
    # What its owner has called the organisation is the company's and stays.
    left = [row for row in rows(app) if MARK in row]
    assert {row.partition(" ")[0] for row in left} <= {"connection", "candidate"}


def test_votes_go_on_counting_without_a_person(app: Flask, casey: Account) -> None:
    """Row M2."""
    casey.sign_in(app).post("/account/privacy/delete", data=SURE)

    with app.app_context():
        vote = db.session.scalars(select(Vote)).one()
        assert vote.value == 1
        assert str(casey.id) not in vote.voter


def test_the_last_administrator_cannot_be_deleted(app: Flask) -> None:
    """Row E1."""
    browser = make(app, ADA, "admin", has_second_step=True).sign_in(app)

    answer = browser.post("/account/privacy/delete", data=SURE)

    assert answer.status_code == 400
    assert "last administrator" in answer.get_data(as_text=True)
    assert browser.get("/staff").status_code == 200


def test_while_connections_cannot_be_ended_nothing_is_deleted(app: Flask, casey: Account) -> None:
    """Row M2: the key that sealed the tokens is missing, so Xero could not be told."""
    with app.app_context():
        lost = {"status": "ok", "access_sealed": "lost.AAAA", "refresh_sealed": "lost.AAAA"}
        db.session.execute(update(Grant).values(lost))
        db.session.commit()
    browser = casey.sign_in(app)

    answer = browser.post("/account/privacy/delete", data=SURE)

    assert answer.status_code == 503
    assert "nothing was deleted" in answer.get_data(as_text=True)
    assert browser.get("/account/privacy").status_code == 200


@pytest.mark.parametrize("typed", ["", "delete", "DELETE MY ACCOUNT!"])
def test_deleting_must_be_typed(app: Flask, casey: Account, typed: str) -> None:
    browser = casey.sign_in(app)

    answer = browser.post("/account/privacy/delete", data={"confirmation": typed})

    assert answer.status_code == 400
    assert "so that nobody deletes it by accident" in answer.get_data(as_text=True)
    assert browser.get("/account/privacy").status_code == 200


def test_deleting_asks_who_it_is_when_the_proof_is_old(app: Flask, casey: Account) -> None:
    """Row M2: a browser that was left open does not end an account."""
    browser = casey.sign_in(app)
    with app.app_context():
        for row in db.session.scalars(select(StoredSession)):
            hour = timedelta(hours=1).total_seconds()
            row.content = {**row.content, "proved_at": row.content.get("proved_at", 0) - hour}
        db.session.commit()

    answer = browser.post("/account/privacy/delete", data=SURE)

    assert answer.location.endswith("/prove?next=/account/privacy")
    with app.app_context():
        assert db.session.get(User, casey.id) is not None


def test_mail_to_an_address_that_somebody_else_claims_is_left_alone(
    app: Flask, casey: Account
) -> None:
    """Row M2: whoever writes another's address into their profile at Xero deletes none of their mail."""
    thief = sign_in(app, Identity(CASEY.issuer, "thief", PERSON, "Thief"))

    thief.post("/account/privacy/delete", data=SURE)

    with app.app_context():
        assert db.session.scalars(select(Mail).where(Mail.subject.contains(MARK))).all()
        assert len(db.session.scalars(select(MailedProof)).all()) == 2


def test_somebody_who_is_gone_may_come_again_as_new(app: Flask) -> None:
    """Row M2: by the same login at Xero, and nothing is known of before."""
    first = sign_in(app, CASEY)
    first.post("/account/privacy/delete", data=SURE)

    again: Client = sign_in(app, CASEY)

    assert again.get("/account/privacy").status_code == 200
    with app.app_context():
        assert len(db.session.scalars(select(User)).all()) == 1


def promote(app: Flask, account: Account) -> None:
    with app.app_context():
        begin_write()
        whose = Membership.user_id == account.id
        db.session.execute(update(Membership).where(whose).values(right="administer"))
        commit()


def customer_of(account: Account) -> object:
    query = select(Membership.customer_id).where(Membership.user_id == account.id)
    return db.session.scalars(query).one()


def rows(app: Flask) -> list[str]:
    """Every row of every table, in small letters, after the name of its table."""
    with app.app_context():
        return [row.casefold() for row in _rows()]


def _rows() -> Iterator[str]:
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):  # noqa: S608
            yield f"{table.name} {row}"


def bytes_of(app: Flask, settings: Settings) -> bytes:
    """The database as it lies on the disk, with its journal, after a clean-up."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    path = settings.instance / "site.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(each.read_bytes() for each in path.parent.glob("site.db*"))
