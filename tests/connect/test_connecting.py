"""From a press of Connect in a guide to an organisation's name in the same place of it."""

from flask import Flask

from tests.connect.conftest import ARTICLE, Visitor, the_only
from xero_onboard.connect.models import Attempt, Connection


def test_connecting_ends_where_it_began_with_the_organisation(app: Flask, riley: Visitor) -> None:
    way_back = riley.connect()

    connection, attempt = the_only(app, Connection), the_only(app, Attempt)
    assert way_back == f"{ARTICLE}?attempt={attempt.id}#connect"
    assert (attempt.status, attempt.outcome) == ("finished", "connected")
    assert (connection.name, connection.status) == ("Riley's Roastery", "active")
    assert connection.is_selected
    assert connection.country == "NZ"
    assert connection.connected_by == "Riley Reed"
    page = riley.read(f"/connect?attempt={attempt.id}")
    assert "Riley's Roastery is connected" in page
