"""Modes 36 to 42: Xero has said yes, and it is not clear to what."""

import pytest

from tests.faults.modes.conftest import HARBOUR, Witness
from tests.faults.modes.reader import Reader
from tests.faults_client import Faults

NORTHSIDE = "Northside Builders Ltd"
OSEI = "Osei & Partners"


def test_no_organisation_was_chosen(mode: Witness, robin: Reader, faults: Faults) -> None:
    faults.happen("role_changed", person=robin.email, organisation=HARBOUR, value="Standard")
    callback = robin.xero.allow(robin.press_connect(), HARBOUR)
    faults.arm("connections", "no_connections")

    mode.sees(robin.come_back(callback))

    assert f"{HARBOUR} is connected" in robin.connect_once_more(HARBOUR)


@pytest.mark.parametrize("fault", ["failing", "truncated", "empty_object", "reset"])
def test_no_list_of_organisations(mode: Witness, amara: Reader, faults: Faults, fault: str) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)
    armed = faults.stay("connections", fault)

    mode.sees(amara.come_back(callback))

    assert "We could not read your list of organisations" in amara.check_again()
    armed.switch_off()
    assert f"{NORTHSIDE} is connected" in amara.check_again()


def test_several_organisations(mode: Witness, riley: Reader, amara: Reader, faults: Faults) -> None:
    faults.arm("decision", "bulk")
    callback = amara.xero.allow_several(amara.press_connect(), NORTHSIDE, OSEI)

    told = amara.come_back(callback)

    mode.sees(told, amara.choose(OSEI))
    assert f"Disconnect {NORTHSIDE}" not in amara.read()


def test_an_event_that_matches_nothing(mode: Witness, amara: Reader, faults: Faults) -> None:
    callback = amara.xero.go_on(amara.press_connect())
    faults.stay("connections", "unmatched_event")

    mode.sees(amara.come_back(callback))


def test_the_wrong_organisation(mode: Witness, amara: Reader) -> None:
    amara.connect(OSEI)

    selected = amara.press("select", OSEI)
    back = amara.press("select", HARBOUR)

    mode.sees(selected, back, amara.press("disconnect", OSEI))


def test_organisations_that_look_alike(mode: Witness, amara: Reader, faults: Faults) -> None:
    faults.happen("condition_changed", organisation=NORTHSIDE, value="demo")
    faults.happen("renamed", organisation=NORTHSIDE, value=OSEI)
    at_xero = amara.press_connect()
    faults.arm("decision", "bulk")
    faults.arm("connections", "practice_tenants")
    callback = amara.xero.allow_several(at_xero, OSEI)

    amara.come_back(callback)

    mode.sees(amara.picker())


def test_what_another_customer_has(
    mode: Witness, amara: Reader, robin: Reader, faults: Faults
) -> None:
    faults.happen("role_changed", person=robin.email, organisation=HARBOUR, value="Standard")

    told = robin.connect(HARBOUR)

    mode.sees(told)
    assert "Amara" not in told
