"""Connections and the organisation behind them, as an app sees them."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update

from tests.sandbox.dance import AMARA, RILEY, Backend, Browser, change
from xero_onboard.lib import clock
from xero_onboard.sandbox import signing
from xero_onboard.sandbox.models import CallCount, Membership

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}")


@pytest.fixture
def token(browser: Browser, backend: Backend) -> str:
    """Riley's app may work with the roastery."""
    browser.log_in(RILEY)
    return access_token(browser, backend, "Riley's Roastery")


def access_token(browser: Browser, backend: Backend, name: str, **changes: str) -> str:
    token: str = backend.redeem(browser.allow(name, **changes)).get_json()["access_token"]
    return token


def tenant(backend: Backend, token: str) -> str:
    found: str = backend.connections(token)[0]["tenantId"]
    return found


@pytest.mark.parametrize("address", ["/connections", "/Connections", "/CONNECTIONS"])
def test_connections_answer_in_any_letter_case(backend: Backend, token: str, address: str) -> None:
    (connection,) = backend.call(address, token).get_json()

    assert list(connection) == [
        "id",
        "authEventId",
        "tenantId",
        "tenantType",
        "tenantName",
        "createdDateUtc",
        "updatedDateUtc",
    ]
    assert connection["tenantName"] == "Riley's Roastery"
    assert connection["tenantType"] == "ORGANISATION"
    assert DATE.fullmatch(connection["createdDateUtc"])
    assert connection["createdDateUtc"] == connection["updatedDateUtc"]


def test_the_newest_connection_is_not_the_first(browser: Browser, backend: Backend) -> None:
    browser.log_in(AMARA)
    access_token(browser, backend, "Northside Builders Ltd")
    token = access_token(browser, backend, "Harbour Café Ltd")

    names = [one["tenantName"] for one in backend.connections(token)]

    assert names == ["Northside Builders Ltd", "Harbour Café Ltd"]


def test_an_event_finds_what_was_connected_in_it(browser: Browser, backend: Backend) -> None:
    browser.log_in(AMARA)
    access_token(browser, backend, "Northside Builders Ltd")
    token = access_token(browser, backend, "Harbour Café Ltd")
    event = backend.connections(token)[1]["authEventId"]

    found = backend.call(f"/connections?authEventId={event.upper()}", token).get_json()

    assert [one["tenantName"] for one in found] == ["Harbour Café Ltd"]


def test_an_event_of_nobody_finds_nothing(backend: Backend, token: str) -> None:
    assert backend.call("/connections?authEventId=x", token).get_json() == []


def test_one_person_never_sees_anothers_connections(
    xero: Flask, backend: Backend, token: str
) -> None:
    amara = Browser(xero)
    amara.log_in(AMARA)
    hers = access_token(amara, backend, "Harbour Café Ltd")
    connection = backend.connections(token)[0]["id"]

    response = backend.call(f"/connections/{connection}", hers, "DELETE")

    assert response.status_code == 404
    assert len(backend.connections(token)) == len(backend.connections(hers)) == 1


def test_deleting_a_connection_ends_it(backend: Backend, token: str) -> None:
    connection, organisation = backend.connections(token)[0]["id"], tenant(backend, token)

    response = backend.call(f"/Connections/{connection.upper()}", token, "DELETE")

    assert (response.status_code, response.data) == (204, b"")
    assert backend.connections(token) == []
    assert backend.organisation(token, organisation).status_code == 403
    assert backend.call(f"/connections/{connection}", token, "DELETE").status_code == 404


def test_the_tenant_id_is_not_the_connection_id(backend: Backend, token: str) -> None:
    address = f"/connections/{tenant(backend, token)}"

    assert backend.call(address, token, "DELETE").status_code == 404


def test_connecting_again_keeps_the_first_date(browser: Browser, backend: Backend) -> None:
    browser.log_in(RILEY)
    token = access_token(browser, backend, "Riley's Roastery")
    before = backend.connections(token)[0]
    backend.call(f"/connections/{before['id']}", token, "DELETE")

    again = backend.connections(access_token(browser, backend, "Riley's Roastery"))[0]

    assert again["createdDateUtc"] == before["createdDateUtc"]
    assert again["updatedDateUtc"] > before["updatedDateUtc"]
    assert again["authEventId"] != before["authEventId"]


def test_the_organisation_comes_in_xeros_envelope(backend: Backend, token: str) -> None:
    response = backend.organisation(token, tenant(backend, token))

    answer: dict[str, Any] = response.get_json()
    (organisation,) = answer["Organisations"]
    assert answer["Status"] == "OK"
    assert organisation["Name"] == "Riley's Roastery"
    assert organisation["CountryCode"] == "NZ"
    assert re.fullmatch(r"/Date\(\d+\)/", organisation["CreatedDateUTC"])
    assert response.headers["X-MinLimit-Remaining"] == "59"
    assert response.headers["X-DayLimit-Remaining"] == "4999"
    assert response.headers["X-AppMinLimit-Remaining"] == "9999"


@pytest.mark.parametrize("header", ["", "not-a-tenant", "b0a1e3a4-0000-4000-8000-000000000000"])
def test_another_tenant_is_forbidden(backend: Backend, token: str, header: str) -> None:
    response = backend.organisation(token, header)

    problem = response.get_json()
    assert response.status_code == 403
    assert list(problem) == ["Type", "Title", "Status", "Detail", "Instance", "Extensions"]
    assert problem["Title"] == "Forbidden"
    assert problem["Detail"] == "AuthenticationUnsuccessful"


def test_a_role_that_was_lowered_forbids_the_organisation_but_not_the_list(
    xero: Flask, backend: Backend, token: str
) -> None:
    change(xero, update(Membership).values(role="Read only"))

    assert backend.organisation(token, tenant(backend, token)).status_code == 403


def test_a_missing_scope_is_unauthorised(browser: Browser, backend: Backend) -> None:
    browser.log_in(RILEY)
    token = access_token(browser, backend, "Riley's Roastery", scope="openid accounting.contacts")

    response = backend.organisation(token, tenant(backend, token))

    assert response.status_code == 401
    assert response.get_json()["Detail"] == "AuthorizationUnsuccessful"
    assert response.headers["WWW-Authenticate"] == "insufficient_scope"


def test_an_expired_token_says_since_when(xero: Flask, backend: Backend, token: str) -> None:
    with xero.app_context():
        bearer = signing.read_access_token(token)
        expired = signing.sign(
            {
                "xero_userid": str(bearer.person_id),
                "authentication_event_id": str(bearer.event_id),
                "scope": sorted(bearer.scopes),
                "exp": 978_307_200,
            }
        )

    response = backend.call("/connections", expired)

    assert response.status_code == 401
    assert response.get_json() == {
        "Type": None,
        "Title": "Unauthorized",
        "Status": 401,
        "Detail": "TokenExpired: token expired at 01/01/2001 00:00:00",
        "Instance": response.get_json()["Instance"],
        "Extensions": {},
    }


@pytest.mark.parametrize("broken", ["", "rubbish", "a.b.c"])
def test_a_token_that_is_not_ours_is_refused(backend: Backend, broken: str) -> None:
    response = backend.call("/connections", broken)

    assert response.status_code == 401
    assert response.get_json()["Detail"] == "AuthenticationUnsuccessful"


def test_an_id_token_opens_nothing(browser: Browser, backend: Backend) -> None:
    browser.log_in(RILEY)
    id_token = backend.redeem(browser.allow("Riley's Roastery")).get_json()["id_token"]

    assert backend.call("/connections", id_token).status_code == 401


def test_a_token_changed_by_one_letter_is_refused(backend: Backend, token: str) -> None:
    head, body, signature = token.split(".")
    other = "A" if signature[5] != "A" else "B"

    changed = f"{head}.{body}.{signature[:5]}{other}{signature[6:]}"

    assert backend.call("/connections", changed).status_code == 401


@pytest.mark.parametrize(("limit", "calls"), [("minute", 60), ("day", 5000)])
def test_too_many_calls_are_told_to_wait(
    xero: Flask, backend: Backend, token: str, limit: str, calls: int
) -> None:
    organisation = tenant(backend, token)
    seconds = 60 if limit == "minute" else 86_400
    now = int(clock.now().timestamp())
    # Whichever of the two windows the next call falls into.
    windows = [now - now % seconds, now - now % seconds + seconds]
    rows = [{"limit": f"{limit} {organisation}", "window": w, "calls": calls} for w in windows]
    change(xero, insert(CallCount).values(rows))

    response = backend.organisation(token, organisation)

    assert response.status_code == 429
    assert response.headers["X-Rate-Limit-Problem"] == limit
    assert 0 < int(response.headers["Retry-After"]) <= 86_400
