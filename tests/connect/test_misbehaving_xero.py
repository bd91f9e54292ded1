"""The practice Xero misbehaves as it was told at /faults, and the site takes it."""

from flask import Flask

from tests.client import Client
from tests.connect.conftest import Visitor, count, serving, the_only
from tests.connect.hostile import Hostile
from tests.connect.test_hostile_provider import come_back, page_of
from tests.faults_client import Faults
from xero_onboard.config import Settings
from xero_onboard.connect.models import Attempt, Connection


def test_xero_sends_somebody_back_with_an_error(app: Flask, riley: Visitor, faults: Faults) -> None:
    armed = faults.arm("authorize", "error_by_redirect", error="server_error")

    riley.read(riley.connect_in_vain())

    assert armed.met == 1
    assert the_only(app, Attempt).outcome == "provider_unavailable"
    assert count(app, Connection) == 0


def test_the_answer_to_an_exchange_is_lost_and_one_more_press_connects(
    app: Flask, riley: Visitor, faults: Faults
) -> None:
    faults.arm("code", "lost")
    riley.connect()
    assert count(app, Connection) == 0

    riley.come_back(riley.person.go_on(riley.press_connect()))

    assert count(app, Connection) == 1


def test_a_site_that_was_started_while_xero_was_away(
    app: Flask, client: Client, settings: Settings, provider_port: int
) -> None:
    """Fault row 16: guides are read, Connect says why not, and nobody has to start it again."""
    xero = settings.xero
    played = Hostile(xero.identity_url, xero.client_id, xero.client_secret, xero.scopes)

    assert client.get("/hc/en-gb").status_code == 200
    assert "Xero did not answer us" in page_of(client, come_back(client, played))
    with serving(played, provider_port):
        come_back(client, played)

    assert count(app, Connection) == 1
