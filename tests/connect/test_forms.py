"""What the buttons send, when somebody else than our pages sends it."""

from typing import Any

import pytest
from flask import Flask

from tests.client import Client
from tests.connect.conftest import ARTICLE, Visitor, count, the_only
from xero_onboard.connect.models import Attempt, Connection


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"next": [ARTICLE, ARTICLE]}, 400),
        ({"next": "x" * 5000}, 400),
        ({"next": "/connect\x00"}, 400),
        ({"next": ARTICLE, "anchor": ["a", "b"]}, 400),
        ({"next": ARTICLE, "anchor": "a" * 61}, 400),
    ],
)
def test_a_malformed_press_of_connect_starts_nothing(
    app: Flask, client: Client, form: dict[str, Any], status: int
) -> None:
    assert client.post("/connect/xero", data=form).status_code == status

    assert count(app, Attempt) == 0


@pytest.mark.parametrize("form", [{}, {"next": ""}, {"next": "", "anchor": ""}])
def test_a_press_without_a_page_still_works(client: Client, form: dict[str, str]) -> None:
    assert "/identity/connect/authorize?" in client.post("/connect/xero", data=form).location


@pytest.mark.parametrize("locale", ["fr-ca", "es-419", "zh-hans", "fil"])
def test_a_guide_in_any_language_is_come_back_to(riley: Visitor, locale: str) -> None:
    guide = f"/hc/{locale}/articles/7-a-guide"
    press = riley.client.post("/connect/xero", data={"next": guide})

    way = riley.come_back(riley.person.cancel(press.location))

    assert way.startswith(f"{guide}?attempt=")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_press_the_buttons(app: Flask, riley: Visitor, site: str) -> None:
    riley.connect()
    connection = the_only(app, Connection)

    for path in ("/connect/xero", f"/connect/connections/{connection.id}/disconnect"):
        answer = riley.client.post(path, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403

    assert the_only(app, Connection).status == "active"


@pytest.mark.parametrize("code", ["connected", "nonsense", "<script>", "unknown_attempt%20"])
def test_only_trouble_has_a_page_of_its_own(client: Client, code: str) -> None:
    assert client.get(f"/connect/problem/{code}").status_code == 404


@pytest.mark.parametrize("attempt", ["x", "00000000-0000-4000-8000-000000000000", "' OR 1=1", ""])
def test_an_attempt_that_is_not_the_readers_shows_nothing(riley: Visitor, attempt: str) -> None:
    riley.connect()

    assert 'id="outcome"' not in riley.read(f"/connect?attempt={attempt}")


def test_an_outcome_is_shown_to_its_reader_alone(
    app: Flask, riley: Visitor, amara: Visitor
) -> None:
    way = riley.connect().replace(ARTICLE, "/connect")
    amara.press_connect()

    assert 'id="outcome"' in riley.read(way)
    assert 'id="outcome"' not in amara.read(way)
    assert 'id="outcome"' not in app.test_client().get(way).text


def test_a_connection_that_ended_has_no_working_buttons(app: Flask, riley: Visitor) -> None:
    riley.connect()
    connection = the_only(app, Connection)
    riley.press("disconnect", connection.id)

    for button in ("select", "check", "disconnect"):
        path = f"/connect/connections/{connection.id}/{button}"
        assert riley.client.post(path, data={"next": "/connect"}).status_code == 409
