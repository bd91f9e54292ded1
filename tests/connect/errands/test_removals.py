"""What a customer disconnects and the same login gives to another is not taken from that one."""

from flask import Flask

from tests.connect.conftest import Visitor, the_only
from tests.connect.errands.errand import HARBOUR, Another, ask, go_on, open_link
from tests.connect.test_disconnect import connections, deliver
from tests.faults_client import Faults
from xero_onboard.accounts.models import Membership, User
from xero_onboard.connect.models import Connection, Removal

NORTHSIDE = "Northside Builders Ltd"


def test_a_removal_that_waits_does_not_take_it_from_whom_it_was_given_to(
    app: Flask, robin: Visitor, amara: Visitor, another_visitor: Another, faults: Faults
) -> None:
    """The provider knows one link for both, as the login is the same."""
    amara.connect(HARBOUR)
    amara.connect(NORTHSIDE)
    armed = faults.stay("disconnection", "failing")
    amara.press("disconnect", connections(app)[NORTHSIDE].id)
    robins = the_only(app, Membership, user_id=the_only(app, User, name="Robin Patel").id)

    give(another_visitor("amara@practice.example"), ask(app, robin))
    armed.switch_off()
    deliver(app)

    given = the_only(app, Connection, name=NORTHSIDE, customer_id=robins.customer_id)
    assert the_only(app, Removal).status == "withdrawn"
    assert f"Xero answered: {NORTHSIDE} is connected" in robin.press("check", given.id)
    assert NORTHSIDE not in amara.read("/connect")


def give(visitor: Visitor, link: str) -> None:
    """Go through the link, where Xero remembers everything, and choose Northside on the way back."""
    open_link(visitor.client, link)
    way = visitor.come_back(visitor.person.go_on(go_on(visitor.client)))
    page = open_link(visitor.client, way)
    picks = [
        part for part in page.split('<div class="pick">') if f'"pick-name">{NORTHSIDE}<' in part
    ]
    tenant = picks[0].partition('value="')[2].partition('"')[0]
    visitor.client.post("/for-a-colleague/organisations", data={"tenant": tenant})
