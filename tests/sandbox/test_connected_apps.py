"""Disconnecting an app from Xero's side."""

import re
from html import unescape

from flask import Flask

from tests.sandbox.dance import AMARA, RILEY, Backend, Browser, heading


def test_connected_apps_ask_to_log_in(browser: Browser) -> None:
    assert heading(browser.get("/connected-apps")) == "Log in"


def test_disconnecting_is_felt_by_the_app(browser: Browser, backend: Backend) -> None:
    browser.log_in(RILEY)
    tokens = backend.redeem(browser.allow("Riley's Roastery")).get_json()
    tenant = backend.connections(tokens["access_token"])[0]["tenantId"]

    page = _press_disconnect(browser)

    assert "Acme Billing no longer has access to Riley's Roastery." in page
    assert "No app is connected to your organisations." in page
    assert backend.connections(tokens["access_token"]) == []
    assert backend.organisation(tokens["access_token"], tenant).status_code == 403
    assert backend.refresh(tokens["refresh_token"]).status_code == 200


def test_others_connections_cannot_be_ended(xero: Flask, browser: Browser) -> None:
    browser.log_in(AMARA)
    browser.allow("Harbour Café Ltd")
    address = _disconnect_address(browser)
    riley = Browser(xero)
    riley.log_in(RILEY)

    assert riley.post(address).status_code == 404
    assert "Harbour Café Ltd" in browser.get("/connected-apps").text


def test_disconnecting_twice_is_told_in_words(browser: Browser) -> None:
    browser.log_in(RILEY)
    browser.allow("Riley's Roastery")
    address = _disconnect_address(browser)
    browser.post(address)

    page = browser.post(address)

    assert page.status_code == 404
    assert "it may have been disconnected already" in page.text


def _disconnect_address(browser: Browser) -> str:
    found = re.search(r'action="(/connected-apps/[^"]+)"', browser.get("/connected-apps").text)
    assert found
    return found[1]


def _press_disconnect(browser: Browser) -> str:
    return unescape(browser.post(_disconnect_address(browser)).text)
