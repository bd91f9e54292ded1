"""One browser, several people after each other: nobody goes on with, or sees, what another began."""

from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from tests.connect.conftest import Served, Visitor, the_only
from tests.connect.person import Person
from xero_onboard.connect import vault
from xero_onboard.connect.models import Connection
from xero_onboard.lib.crypto import Tampered
from xero_onboard.lib.db import new_id

ORGANISATION = "Riley's Roastery"


@pytest.fixture
def amara_sits_down(xero: Served) -> Callable[[Visitor], None]:
    """Amara signs in, in the browser in which somebody else has been signed in."""

    def sit_down(visitor: Visitor) -> None:
        asked = visitor.client.post("/sign-in/xero").location
        back = Person(xero.origin, "amara@practice.example").allow(asked)
        visitor.client.get(back.removeprefix("http://localhost:8000"))

    return sit_down


def test_an_attempt_of_one_person_is_not_finished_by_the_next(
    app: Flask, riley: Visitor, amara_sits_down: Callable[[Visitor], None]
) -> None:
    riley.connect()
    riley.press("disconnect", the_connection(app))
    begun = riley.press_connect()
    amara_sits_down(riley)

    way = riley.come_back(riley.person.allow(begun))

    page = unescape(riley.client.get(way).text)
    assert way.startswith("/connect/problem/another_account?attempt=")
    assert "You began this as Riley Reed, and are signed in as Amara Osei now" in page
    assert ORGANISATION not in riley.read("/connect")


def test_the_next_person_does_not_see_what_became_of_the_last_attempt(
    riley: Visitor, amara_sits_down: Callable[[Visitor], None]
) -> None:
    way = riley.connect()
    assert ORGANISATION in riley.read(way)

    amara_sits_down(riley)

    assert ORGANISATION not in riley.read(way)


def test_the_next_person_does_not_see_an_attempt_under_way(
    app: Flask, riley: Visitor, amara_sits_down: Callable[[Visitor], None]
) -> None:
    riley.connect()
    riley.press("disconnect", the_connection(app))
    riley.press_connect()
    assert "data-following" in riley.read("/connect")

    amara_sits_down(riley)

    assert "data-following" not in riley.read("/connect")


def test_what_was_sealed_for_practice_does_not_open_for_real(app: Flask) -> None:
    row = new_id()
    with app.app_context():
        sealed = vault.seal("grant", row, "access", "sandbox", "a-token")

        assert vault.unseal("grant", row, "access", "sandbox", sealed) == "a-token"
        with pytest.raises((Tampered, vault.VaultLocked)):
            vault.unseal("grant", row, "access", "live", sealed)


def the_connection(app: Flask) -> object:
    return the_only(app, Connection).id
