"""The consent page: which organisations can be added, and by whom."""

import re

from flask import Flask

from tests.sandbox.dance import (
    AMARA,
    RILEY,
    ROBIN,
    Backend,
    Browser,
    authorize_address,
    came_back,
    problem,
)
from xero_onboard.sandbox import people

SIGN_IN = "openid profile email"


def test_the_permissions_are_told_in_words(xero: Flask, browser: Browser) -> None:
    browser.log_in(RILEY)

    page = browser.get(authorize_address(xero)).text

    assert "View and manage contacts and contact groups" in page
    assert "View the organisation’s details, accounts, tax rates and settings" in page
    assert "Keep this access while you are away" in page


def test_somebody_with_one_organisation_finds_it_chosen(xero: Flask, browser: Browser) -> None:
    browser.log_in(RILEY)

    page = browser.get(authorize_address(xero)).text

    assert "Choose an organisation" not in page
    assert re.search(r'<option value="[0-9a-f-]{36}">Riley&#39;s Roastery</option>', page)


def test_an_accountant_must_choose(xero: Flask, browser: Browser) -> None:
    browser.log_in(AMARA)

    assert problem(browser.decide("allow")) == "Choose an organisation"


def test_connected_organisations_are_greyed_and_can_be_continued_with(
    xero: Flask, browser: Browser
) -> None:
    browser.log_in(AMARA)
    browser.allow("Harbour Café Ltd")

    page = browser.get(authorize_address(xero)).text

    assert re.search(r"<option [^>]*disabled>Harbour Café Ltd \(Already connected\)", page)
    assert "Continue with 1 organisation\n" in page


def test_continuing_adds_nothing(browser: Browser, backend: Backend) -> None:
    browser.log_in(AMARA)
    first = backend.redeem(browser.allow("Harbour Café Ltd")).get_json()["access_token"]
    before = backend.connections(first)

    code = came_back(browser.decide("continue"))["code"]

    again = backend.redeem(code).get_json()["access_token"]
    assert backend.connections(again) == before


def test_with_everything_connected_there_is_nothing_to_choose(
    xero: Flask, browser: Browser
) -> None:
    browser.log_in(AMARA)
    for name in ("Harbour Café Ltd", "Northside Builders Ltd", "Osei & Partners"):
        browser.allow(name)

    page = browser.get(authorize_address(xero)).text

    assert "<select" not in page
    assert "Allow access" not in page
    assert "Continue with 3 organisations\n" in page


def test_a_read_only_person_may_not_authorise(xero: Flask, browser: Browser) -> None:
    browser.log_in(ROBIN)

    page = browser.get(authorize_address(xero)).text

    assert "More permission required" in page
    assert "Standard or Adviser role" in page
    assert "Allow access" not in page


def test_an_organisation_out_of_reach_cannot_be_forced(xero: Flask, browser: Browser) -> None:
    browser.log_in(ROBIN)
    address = authorize_address(xero)
    with xero.app_context():
        robin = people.find(ROBIN)
        assert robin
        harbour = str(robin.memberships[0].organisation_id)

    allowed = browser.client.post(address, data={"decision": "allow", "organisation": harbour})
    continued = browser.client.post(address, data={"decision": "continue"})

    assert problem(allowed) == "Choose an organisation"
    assert problem(continued) == "Choose an organisation"


def test_signing_in_asks_once_and_needs_no_organisation(xero: Flask, browser: Browser) -> None:
    browser.log_in(ROBIN)
    first = browser.get(authorize_address(xero, scope=SIGN_IN))

    browser.decide("allow", scope=SIGN_IN)
    second = browser.client.get(authorize_address(xero, scope=SIGN_IN))

    assert "Acme Billing wants to know who you are" in first.text
    assert "code" in came_back(second)


def test_logging_out_on_the_consent_page_comes_back_to_it(xero: Flask, browser: Browser) -> None:
    browser.log_in(ROBIN)
    address = authorize_address(xero)
    offered = re.search(r'name="ReturnUrl" value="([^"]+)"', browser.get(address).text)
    assert offered

    browser.post("/logout", ReturnUrl=offered[1].replace("&amp;", "&"))
    page = browser.log_in(RILEY, goes_on_to=address)

    assert "Logged in as Riley Reed" in page.text
