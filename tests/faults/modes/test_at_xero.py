"""Modes 11 to 20: the reader is at Xero, and Xero sends nobody back, or sends them back with a no."""

from datetime import timedelta

import httpx
import pytest

from tests.connect.person import Person
from tests.faults.modes.conftest import Witness
from tests.faults.modes.reader import Reader, words
from tests.faults_client import Faults
from tests.servers import Stage

NORTHSIDE = "Northside Builders Ltd"


def stay_at_xero(reader: Reader) -> str:
    """Press Connect; the words of the page at Xero from which nothing leads back."""
    page = reader.xero.open(reader.press_connect())
    assert not page.is_redirect
    return words(page.text)


def test_an_address_that_xero_does_not_know(mode: Witness, amara: Reader, faults: Faults) -> None:
    faults.arm("authorize", "error_page", error="redirect_uri")

    assert "redirect_uri" in stay_at_xero(amara)

    mode.sees(amara.saw("saw_error_page"))


@pytest.mark.parametrize("error", ["scope", "scope_for_client", "client"])
def test_a_scope_or_an_app_that_xero_does_not_know(
    mode: Witness, amara: Reader, faults: Faults, error: str
) -> None:
    faults.arm("authorize", "error_page", error=error)

    assert error.partition("_")[0] in stay_at_xero(amara).lower()

    mode.sees(amara.saw("saw_error_page"))


def test_the_page_of_the_limit(mode: Witness, amara: Reader, faults: Faults) -> None:
    faults.arm("consent", "app_full")

    assert "needs to complete certification" in stay_at_xero(amara)

    mode.sees(amara.saw("saw_limit"))


def test_two_uncertified_apps(mode: Witness, amara: Reader, faults: Faults) -> None:
    faults.happen("app_limit", organisation=NORTHSIDE, value="reached")

    assert f"{NORTHSIDE} (App limit reached)" in stay_at_xero(amara)

    mode.sees(amara.saw("saw_two_apps"))


def test_too_low_a_role(mode: Witness, amara: Reader, faults: Faults) -> None:
    faults.happen("role_changed", person=amara.email, organisation=NORTHSIDE, value="Read only")

    assert f"{NORTHSIDE} (More permission required)" in stay_at_xero(amara)

    mode.sees(amara.saw("saw_no_permission"), amara.read())


def test_another_login_that_xero_remembered(mode: Witness, stage: Stage, amara: Reader) -> None:
    own, amara.xero = amara.xero, Person(stage.sandbox, "riley@practice.example")

    assert "Riley Reed" in stay_at_xero(amara)

    mode.sees(amara.saw("saw_wrong_login"))
    amara.xero = own
    assert f"{NORTHSIDE} is connected" in amara.connect(NORTHSIDE)


def test_no_way_in_at_xero(mode: Witness, amara: Reader, faults: Faults) -> None:
    at_xero = amara.press_connect()
    faults.happen("gone", value="2")
    with pytest.raises(httpx.TransportError):
        httpx.get(at_xero, trust_env=False)

    mode.sees(amara.saw("saw_outage"), amara.saw("saw_login_trouble"))

    faults_are_over(faults)


def test_closing_the_tab(mode: Witness, stage: Stage, amara: Reader) -> None:
    stay_at_xero(amara)
    stage.let_pass(timedelta(minutes=11), "attempt", "connection")

    mode.sees(amara.read(), amara.saw("saw_nothing_wrong"))


def test_declining(mode: Witness, amara: Reader) -> None:
    mode.sees(amara.come_back(amara.xero.cancel(amara.press_connect())))


def test_going_back_from_xero(mode: Witness, amara: Reader) -> None:
    at_xero = amara.press_connect()
    amara.xero.open(at_xero)

    mode.sees(amara.read())

    assert f"{NORTHSIDE} is connected" in amara.come_back(amara.xero.allow(at_xero, NORTHSIDE))


def faults_are_over(faults: Faults) -> None:
    """Wait until somebody answers again."""
    transport = httpx.HTTPTransport(retries=5)
    with httpx.Client(transport=transport, trust_env=False) as client:
        client.get(faults.origin)
