"""What Xero lists and nobody uses here, and what is used here and Xero no longer lists."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.client import Client
from tests.connect.conftest import (
    Served,
    Visitor,
    amara,
    count,
    environ,
    faults,
    filled_sandbox,
    provider_port,
    riley,
    the_only,
    xero,
)
from tests.employees import Account
from tests.faults_client import Faults
from tests.house.test_bad_input import HOSTILE
from tests.staff.test_connections import HARBOUR, LIST, NORTHSIDE, ROASTERY, change, text
from tests.staff.test_people import newest_entry
from xero_onboard.connect import upkeep
from xero_onboard.connect.models import Attempt, Connection, Grant, Removal, Stray
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

__all__ = ["amara", "environ", "faults", "filled_sandbox", "provider_port", "riley", "xero"]


def test_what_xero_lists_and_nobody_uses_is_found_and_removed(
    app: Flask, administrator: Client, ada: Account, amara: Visitor, xero: Served
) -> None:
    amara.connect(HARBOUR)
    amara.come_back(amara.person.allow(amara.press_connect(), NORTHSIDE))
    grant_id = the_only(app, Grant).id
    forget_second(app)

    administrator.post(f"{LIST}/logins/{grant_id}/look")
    page = text(administrator, f"{LIST}/logins/{grant_id}")
    assert NORTHSIDE in page
    assert "With organisations not used here" in text(
        administrator, f"{LIST}?kind=logins&state=strays"
    )
    stray = the_only(app, Stray)
    answer = administrator.post(
        f"{LIST}/logins/{grant_id}/remove", data={"remote_id": stray.remote_id}
    )

    assert "Xero has removed the organisation" in text(administrator, answer.location)
    assert count(app, Stray) == 0
    assert the_only(app, Removal).status == "delivered"
    assert f"DELETE /connections/{stray.remote_id}" in xero.requests
    entry = newest_entry(app, "stray_removed")
    assert (entry.actor_id, entry.subject) == (ada.id, f"grant:{grant_id}")


def test_what_xero_has_not_heard_is_not_said_to_be_removed(
    app: Flask, administrator: Client, amara: Visitor, faults: Faults
) -> None:
    amara.connect(HARBOUR)
    amara.come_back(amara.person.allow(amara.press_connect(), NORTHSIDE))
    forget_second(app)
    look_after(app)
    faults.stay("disconnection", "failing")
    stray, grant = the_only(app, Stray), the_only(app, Grant)

    answer = administrator.post(
        f"{LIST}/logins/{grant.id}/remove", data={"remote_id": stray.remote_id}
    )

    page = text(administrator, answer.location)
    assert "Xero has not confirmed that the organisation is removed" in page
    assert the_only(app, Removal).status == "pending"


def test_the_worker_finds_them_as_well(app: Flask, editor: Client, amara: Visitor) -> None:
    amara.connect(HARBOUR)
    amara.come_back(amara.person.allow(amara.press_connect(), NORTHSIDE))
    forget_second(app)

    look_after(app)

    assert the_only(app, Stray).name == NORTHSIDE
    assert NORTHSIDE in text(editor, f"{LIST}/logins/{the_only(app, Grant).id}")


def test_what_is_connected_after_all_is_no_longer_listed(
    app: Flask, administrator: Client, amara: Visitor
) -> None:
    amara.connect(HARBOUR)
    amara.come_back(amara.person.allow(amara.press_connect(), NORTHSIDE))
    forget_second(app)
    look_after(app)
    stray = the_only(app, Stray)
    way = amara.come_back(amara.person.go_on(amara.press_connect()))
    with app.app_context():
        newest = select(Attempt.id).order_by(Attempt.started_at.desc()).limit(1)
        attempt_id = db.session.scalar(newest)
    amara.client.post(f"/connect/organisations/{attempt_id}", data={"tenant": stray.tenant_id})

    place = f"{LIST}/logins/{stray.grant_id}"
    refused = administrator.post(f"{place}/remove", data={"remote_id": stray.remote_id})

    assert way
    assert refused.status_code == 409
    assert count(app, Removal) == 0
    administrator.post(f"{place}/look")
    assert count(app, Stray) == 0


def test_what_xero_no_longer_lists_is_counted_and_found(
    app: Flask, administrator: Client, riley: Visitor
) -> None:
    riley.connect()
    riley.person.disconnect("Riley's Roastery")

    administrator.post(f"{LIST}/{the_only(app, Connection).id}/check")

    page = text(administrator, f"{LIST}?kind=connections&code=organisation_gone")
    assert ROASTERY in page
    assert 'code=organisation_gone">1</a>' in page


def test_what_was_listed_for_a_login_that_ended_is_forgotten(app: Flask, amara: Visitor) -> None:
    """Row M3."""
    amara.connect(HARBOUR)
    amara.come_back(amara.person.allow(amara.press_connect(), NORTHSIDE))
    forget_second(app)
    look_after(app)
    change(app, Grant, status="dead", reason="revoked_in_xero")

    with app.app_context():
        upkeep.forget_ended_connections()
        db.session.commit()

    assert count(app, Stray) == 0


@pytest.mark.parametrize("given", ["", "  ", *HOSTILE.values()])
def test_what_is_to_be_removed_must_be_named(
    app: Flask, administrator: Client, riley: Visitor, given: str | list[str]
) -> None:
    riley.connect()

    answer = administrator.post(
        f"{LIST}/logins/{the_only(app, Grant).id}/remove", data={"remote_id": given}
    )

    assert answer.status_code == 400
    assert count(app, Removal) == 0


def forget_second(app: Flask) -> None:
    """As when an old copy of the database was put back."""
    with app.app_context():
        second = db.session.scalars(select(Connection).where(Connection.name == NORTHSIDE)).one()
        db.session.execute(update(Attempt).values(connection_id=None))
        db.session.delete(second)
        db.session.commit()


def look_after(app: Flask) -> None:
    """The worker's daily look."""
    change(app, Grant, next_refresh_at=now())
    with app.app_context():
        upkeep.look_after_grants()
        db.session.commit()
