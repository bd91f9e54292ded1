"""Our clock was months ahead, and is put right: what it wrote meanwhile keeps the worker from nothing."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.connect.conftest import Served, Visitor, the_only
from tests.connect.test_renewal import change
from tests.faults_client import Faults
from xero_onboard.connect import alarms, upkeep
from xero_onboard.connect.models import Connection, Grant, Removal
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

AHEAD = timedelta(days=200)


def work(app: Flask) -> None:
    with app.app_context():
        upkeep.look_after_grants()
        db.session.commit()
        upkeep.deliver_removals()
        db.session.commit()


def alarm_names(app: Flask) -> set[str]:
    with app.app_context():
        return {alarm.name for alarm in alarms.present()}


@pytest.mark.parametrize("column", ["next_refresh_at", "rotated_at"])
def test_a_login_is_looked_after_all_the_same(
    app: Flask, riley: Visitor, xero: Served, column: str
) -> None:
    riley.connect()
    assert "worker" not in alarm_names(app)
    change(app, **{column: now() + AHEAD})
    assert "worker" in alarm_names(app)

    work(app)
    work(app)

    kept = the_only(app, Grant)
    assert xero.asked("/connect/token") == 2
    assert kept.rotated_at <= now() < kept.next_refresh_at < now() + timedelta(days=2)
    assert "worker" not in alarm_names(app)


def test_a_removal_is_delivered_all_the_same(app: Flask, riley: Visitor, faults: Faults) -> None:
    riley.connect()
    armed = faults.stay("disconnection", "failing")
    riley.press("disconnect", the_only(app, Connection).id)
    armed.switch_off()
    with app.app_context():
        db.session.execute(update(Removal).values(due_at=now() + AHEAD))
        db.session.commit()

    work(app)

    assert the_only(app, Removal).status == "delivered"
    assert the_only(app, Connection).status == "disconnected"
