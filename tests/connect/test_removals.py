"""What waits to be removed at Xero, while others connect the same organisation, or the same login comes back."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.connect.conftest import Visitor, the_only
from tests.connect.test_colleagues import Another, put, sign_in
from tests.connect.test_disconnect import connections, deliver
from tests.faults_client import Faults
from xero_onboard.connect.models import Attempt, Candidate, Removal
from xero_onboard.lib.db import db

HARBOUR = "Harbour Café Ltd"
NORTHSIDE = "Northside Builders Ltd"


@pytest.fixture
def robin(app: Flask, amara: Visitor, another_visitor: Another, faults: Faults) -> Visitor:
    """Amara's colleague in both organisations at Xero, and for her customer here."""
    for organisation in (HARBOUR, NORTHSIDE):
        faults.happen(
            "role_changed",
            person="robin@practice.example",
            organisation=organisation,
            value="Adviser",
        )
    sign_in(amara)
    visitor = another_visitor("robin@practice.example")
    sign_in(visitor)
    put(app, visitor, "administer", of=amara)
    return visitor


def disconnect(app: Flask, visitor: Visitor, faults: Faults, *organisations: str) -> None:
    """Here, while Xero hears nothing of it."""
    armed = faults.stay("disconnection", "failing"), faults.stay("revocation", "failing")
    for organisation in organisations:
        visitor.press("disconnect", connections(app)[organisation].id)
    for each in armed:
        each.switch_off()


def is_connected_at_xero(visitor: Visitor, organisation: str) -> bool:
    page = visitor.person.browser.get(f"{visitor.person.origin}/connected-apps").text
    return organisation in page


def statuses(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Removal.status).order_by(Removal.created_at)))


def test_a_colleague_who_connects_it_keeps_nobodys_consent_alive(
    app: Flask, amara: Visitor, robin: Visitor, faults: Faults
) -> None:
    """Row B6: each login's link is another to Xero."""
    amara.connect(HARBOUR)
    disconnect(app, amara, faults, HARBOUR)

    robin.connect(HARBOUR)
    assert is_connected_at_xero(amara, HARBOUR)
    deliver(app)

    assert statuses(app) == ["delivered"]
    assert not is_connected_at_xero(amara, HARBOUR)
    assert f"Xero answered: {HARBOUR} is connected" in robin.press(
        "check", connections(app)[HARBOUR].id
    )


def test_what_waits_beside_it_is_not_said_to_be_confirmed(
    app: Flask, amara: Visitor, robin: Visitor, faults: Faults
) -> None:
    """Row B6: the tokens for both lie in the removal of the one that a colleague connects."""
    amara.connect(HARBOUR)
    amara.connect(NORTHSIDE)
    disconnect(app, amara, faults, HARBOUR, NORTHSIDE)

    robin.connect(NORTHSIDE)
    deliver(app)
    deliver(app)

    assert statuses(app) == ["delivered", "delivered"]
    assert connections(app)[HARBOUR].status == "disconnected"
    assert not is_connected_at_xero(amara, HARBOUR)
    assert not is_connected_at_xero(amara, NORTHSIDE)


def test_it_is_confirmed_when_nobodys_login_has_it_any_more(
    app: Flask, amara: Visitor, robin: Visitor, faults: Faults
) -> None:
    amara.connect(HARBOUR)
    disconnect(app, amara, faults, HARBOUR)
    robin.connect(HARBOUR)

    robin.press("disconnect", connections(app)[HARBOUR].id)
    assert statuses(app) == ["pending", "delivered"]
    assert "Xero has not confirmed it yet" in robin.read("/connect")
    deliver(app)

    assert statuses(app) == ["delivered", "delivered"]
    assert connections(app)[HARBOUR].status == "disconnected"


def test_tokens_that_nobody_can_open_confirm_nothing(
    app: Flask, amara: Visitor, faults: Faults
) -> None:
    """Row B6: neither of the one they lay with, nor of the one that waited for it."""
    amara.connect(HARBOUR)
    amara.connect(NORTHSIDE)
    disconnect(app, amara, faults, HARBOUR, NORTHSIDE)
    with app.app_context():
        db.session.execute(update(Removal).values(refresh_sealed=Removal.access_sealed))
        db.session.commit()

    deliver(app)
    deliver(app)

    assert statuses(app) == ["unconfirmed", "unconfirmed"]
    assert {each.reason for each in connections(app).values()} == {"remote_unknown"}


def test_what_is_just_being_chosen_again_is_not_removed_meanwhile(
    app: Flask, amara: Visitor, faults: Faults
) -> None:
    amara.connect(HARBOUR)
    amara.connect(NORTHSIDE)
    disconnect(app, amara, faults, NORTHSIDE)

    amara.come_back(amara.person.go_on(amara.press_connect()))
    deliver(app)
    choice = the_only(app, Attempt, status="choosing")
    chosen = the_only(app, Candidate, attempt_id=choice.id, name=NORTHSIDE)
    amara.client.post(f"/connect/organisations/{choice.id}", data={"tenant": chosen.tenant_id})

    assert statuses(app) == ["withdrawn"]
    assert f"Xero answered: {NORTHSIDE} is connected" in amara.press(
        "check", connections(app)[NORTHSIDE].id
    )
