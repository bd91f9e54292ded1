"""The practice Xero misbehaves as it was told at /faults, and the site takes it."""

from flask import Flask

from tests.connect.conftest import Visitor, count, the_only
from tests.faults_client import Faults
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
