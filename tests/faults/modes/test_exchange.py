"""Modes 29 to 35: the reader is back, and what we ask of Xero then goes wrong."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.faults.modes.conftest import Witness
from tests.faults.modes.reader import Reader
from tests.faults_client import Faults
from tests.servers import Stage

NORTHSIDE = "Northside Builders Ltd"


@pytest.mark.parametrize(
    ("fault", "values"),
    [
        ("failing", {"status": "503"}),
        ("rate_limited", {"retry_after": "22"}),
        ("refuse", {}),
        ("lost", {}),
        ("html", {}),
    ],
)
def test_xero_does_not_answer(
    mode: Witness, amara: Reader, faults: Faults, fault: str, values: dict[str, str]
) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)
    armed = faults.stay("code", fault, **values)

    mode.sees(amara.come_back(callback))

    armed.switch_off()
    assert f"{NORTHSIDE} is connected" in amara.connect_once_more(NORTHSIDE)


@pytest.mark.parametrize("fault", ["code_used", "invalid_grant"])
def test_a_code_that_is_used_up(mode: Witness, amara: Reader, faults: Faults, fault: str) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)
    faults.arm("code", fault)

    mode.sees(amara.come_back(callback))

    assert f"{NORTHSIDE} is connected" in amara.connect_once_more(NORTHSIDE)


def test_xero_refuses_us(mode: Witness, amara: Reader, faults: Faults) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)
    armed = faults.arm("code", "invalid_client")

    told = amara.come_back(callback)
    pressed = amara.site.post("/connect/xero", data={"next": "/connect"})

    mode.sees(told, amara.follow(pressed), amara.read())
    assert pressed.headers["Location"].startswith("/connect")
    assert armed.met == 1


@pytest.mark.parametrize("side", [1, -1])
def test_a_clock_that_is_off(mode: Witness, amara: Reader, faults: Faults, side: int) -> None:
    """By little and then by much, ahead of ours or behind it."""
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)
    armed = faults.arm("code", "clock", seconds=45 * side)
    connected = amara.come_back(callback)
    assert armed.met == 1

    callback = amara.xero.go_on(amara.press_connect())
    armed = faults.arm("code", "clock", seconds=90 * side)
    refused = amara.come_back(callback)
    assert armed.met == 1

    mode.sees(connected, refused)


def test_no_refresh_token(mode: Witness, amara: Reader, faults: Faults) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)
    faults.arm("code", "no_refresh_token")

    mode.sees(amara.come_back(callback))

    assert f"Disconnect {NORTHSIDE}" not in amara.read()


def test_fewer_scopes(mode: Witness, amara: Reader, faults: Faults) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)
    faults.arm("code", "fewer_scopes", without="accounting.invoices")

    mode.sees(amara.come_back(callback))

    assert f"{NORTHSIDE} is connected" in amara.connect_once_more(NORTHSIDE)


def test_tokens_that_cannot_be_stored(mode: Witness, stage: Stage, amara: Reader) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)

    with refusing_tokens(stage):
        mode.sees(amara.come_back(callback))

    assert f"{NORTHSIDE} is connected" in amara.connect_once_more(NORTHSIDE)


@contextmanager
def refusing_tokens(stage: Stage) -> Iterator[None]:
    """The database takes everything but tokens."""
    with closing(sqlite3.connect(stage.instance / "site.db", timeout=10)) as database:
        database.execute(
            'CREATE TRIGGER refuse BEFORE UPDATE OF refresh_sealed ON "grant" '
            "BEGIN SELECT RAISE(ABORT, 'no tokens'); END"
        )
        try:
            yield
        finally:
            database.execute("DROP TRIGGER refuse")
