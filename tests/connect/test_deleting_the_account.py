"""Deleting an account ends at Xero what only this person had connected."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select, text, update

from tests.connect.conftest import Served, Visitor, sealed_columns, the_only
from tests.connect.errands.errand import ask, run_errand
from tests.connect.test_colleagues import sign_in
from xero_onboard.accounts.closing import delete_closed_customers, forget_dead_grants
from xero_onboard.accounts.models import Customer
from xero_onboard.connect import upkeep
from xero_onboard.connect.models import Connection, Errand, Grant, Removal
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db

SURE = {"confirmation": "delete my account"}


def test_the_connection_ends_at_xero_and_then_nothing_is_left_of_it(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    """Row M2, and row B6."""
    riley.connect()
    connection = the_only(app, Connection)

    answer = riley.client.post("/account/privacy/delete", data=SURE)
    assert (answer.status_code, answer.location) == (303, "/")
    assert the_only(app, Connection).status == "disconnecting"
    work(app)

    assert f"DELETE /connections/{connection.remote_id}" in xero.requests
    assert xero.asked("/connect/revocation") == 1
    assert counts(app) == (0, 0, 0, 0)


def test_while_xero_is_down_the_end_waits_without_a_name(
    app: Flask, riley: Visitor, xero: Served
) -> None:
    """Row M2, and row B6: our tokens leave the grant at once, and Xero is told until it confirms."""
    riley.connect()
    xero.go_down()

    riley.client.post("/account/privacy/delete", data=SURE)
    work(app)

    customer, connection = the_only(app, Customer), the_only(app, Connection)
    assert customer.name == connection.name == "A closed account"
    assert connection.connected_by is None
    assert the_only(app, Removal).status == "pending"
    assert the_only(app, Grant).status == "dead"

    xero.come_up()
    work(app)
    assert counts(app) == (0, 0, 0, 0)
    assert sealed_columns(app) == []


def test_whoever_connected_by_a_link_for_others_is_forgotten_there(
    app: Flask, riley: Visitor, amara: Visitor
) -> None:
    """Rows M1 and M2: the connection is the others', and the name is not."""
    sign_in(riley)
    sign_in(amara)
    run_errand(amara, ask(app, riley))
    assert the_only(app, Errand).done_by == "Amara Osei"
    assert "Amara Osei" in amara.client.post("/account/privacy/export").text

    assert amara.client.post("/account/privacy/delete", data=SURE).status_code == 303

    connection = the_only(app, Connection)
    assert connection.status == "active"
    assert connection.connected_by is None
    with app.app_context():
        for table in db.metadata.sorted_tables:
            rows = db.session.execute(text(f'SELECT * FROM "{table.name}"'))  # noqa: S608
            assert [row for row in rows if "Amara Osei" in str(row)] == []


def work(app: Flask) -> None:
    """What the worker does a while later."""
    with app.app_context():
        db.session.execute(update(Removal).values(due_at=now() - timedelta(seconds=1)))
        db.session.commit()
        upkeep.deliver_removals()
        begin_write()
        delete_closed_customers()
        forget_dead_grants()
        commit()


def counts(app: Flask) -> tuple[int, ...]:
    with app.app_context():
        return tuple(
            db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Customer, Connection, Removal, Grant)
        )
