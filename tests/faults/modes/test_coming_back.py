"""Modes 21 to 28: the browser comes back from Xero, and not as it left."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.connect.person import Person
from tests.faults.modes.conftest import Witness
from tests.faults.modes.reader import Reader
from tests.faults_client import Faults
from tests.servers import Stage

NORTHSIDE = "Northside Builders Ltd"


@pytest.mark.parametrize("query", ["", "?state=&code=a", "?state=nobodys&code=a", "?error=x"])
def test_a_state_that_is_nobodys(mode: Witness, amara: Reader, query: str) -> None:
    mode.sees(amara.come_back(f"/connect/sandbox/callback{query}"))


def test_coming_back_too_late(mode: Witness, stage: Stage, amara: Reader) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)
    stage.let_pass(timedelta(minutes=11), "attempt", "connection")

    mode.sees(amara.come_back(callback))

    assert f"{NORTHSIDE} is connected" in amara.connect_once_more(NORTHSIDE)


def test_coming_back_twice(mode: Witness, amara: Reader) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)
    amara.come_back(callback)

    mode.sees(amara.come_back(callback))

    assert amara.read().count(f"Disconnect {NORTHSIDE}") == 1


@pytest.mark.parametrize(
    ("method", "header"), [("GET", "Sec-Purpose"), ("GET", "Purpose"), ("HEAD", "Accept")]
)
def test_a_way_back_that_is_fetched_ahead(
    mode: Witness, amara: Reader, method: str, header: str
) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)

    ahead = amara.site.request(method, callback, headers={header: "prefetch"})

    assert ahead.status_code == 204
    mode.sees(amara.come_back(callback))


def test_a_lost_cookie(mode: Witness, amara: Reader) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)
    amara.site.cookies.clear()

    mode.sees(amara.come_back(callback))

    assert f"{NORTHSIDE} is connected" in amara.connect_once_more(NORTHSIDE)


def test_somebody_else_has_signed_in(mode: Witness, stage: Stage, amara: Reader) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)
    sign_in(amara, Person(stage.sandbox, "riley@practice.example"))

    mode.sees(amara.come_back(callback))

    sign_in(amara, amara.xero)


@pytest.mark.parametrize("error", ["server_error", "temporarily_unavailable"])
def test_an_error_of_xeros(mode: Witness, amara: Reader, faults: Faults, error: str) -> None:
    faults.arm("authorize", "error_by_redirect", error=error)

    way_back = amara.xero.open(amara.press_connect()).headers["Location"]

    assert parse_qs(urlsplit(way_back).query)["error"] == [error]
    mode.sees(amara.come_back(way_back))


def test_a_site_that_is_started_anew(mode: Witness, stage: Stage, amara: Reader) -> None:
    callback = amara.xero.allow(amara.press_connect(), NORTHSIDE)

    stage.restart()

    mode.sees(amara.come_back(callback))


def sign_in(reader: Reader, person: Person) -> None:
    """Sign in at the site with this person's Xero login."""
    answer = reader.site.post("/sign-in/xero", data={"next": "/connect"})
    reader.come_back(person.allow(answer.headers["Location"]))
