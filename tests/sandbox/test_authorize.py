"""The authorize address: what it accepts, and what it answers to everything else."""

import pytest
from flask import Flask

from tests.sandbox.dance import CALLBACK, RILEY, Browser, authorize_address, came_back, heading

OLD = "openid accounting.transactions"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_stranger_logs_in_first_and_then_gives_consent(xero: Flask, browser: Browser) -> None:
    address = authorize_address(xero)

    login_page = browser.get(address)
    consent_page = browser.log_in(RILEY, goes_on_to=address)

    assert heading(login_page) == "Log in"
    assert heading(consent_page) == "Acme Billing wants access to your organisation"


def test_allowing_brings_code_state_scope_and_session_state(browser: Browser) -> None:
    browser.log_in(RILEY)

    brought = came_back(browser.decide("allow", "Riley's Roastery", nonce="n-1"))

    assert set(brought) == {"code", "state", "scope", "session_state"}
    assert brought["state"] == "state-of-the-app"
    assert brought["scope"].startswith("openid profile email offline_access")


def test_the_state_comes_back_to_the_letter(browser: Browser) -> None:
    browser.log_in(RILEY)
    state = " +&=é%20 "

    brought = came_back(browser.decide("cancel", state=state))

    assert brought["state"] == state


def test_cancelling_is_told_in_xeros_words(browser: Browser) -> None:
    browser.log_in(RILEY)

    brought = came_back(browser.decide("cancel"))

    assert brought == {
        "error": "access_denied",
        "error_description": "TenantConsent status DENIED",
        "state": "state-of-the-app",
    }


def test_unknown_extras_are_tolerated(browser: Browser) -> None:
    browser.log_in(RILEY)

    response = browser.decide(
        "cancel", prompt="login", login_hint=RILEY, acr_values="bulk_connect:false"
    )

    assert came_back(response)["error"] == "access_denied"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "other"}, "unauthorized_client : Unknown client or client not enabled"),
        ({"client_id": None}, "unauthorized_client : Unknown client or client not enabled"),
        ({"redirect_uri": None}, "unauthorized_client : Invalid redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}/"}, "unauthorized_client : Invalid redirect_uri"),
        ({"redirect_uri": "http://[evil"}, "unauthorized_client : Invalid redirect_uri"),
        (
            {"redirect_uri": CALLBACK.replace("localhost", "127.0.0.1")},
            "unauthorized_client : Invalid redirect_uri",
        ),
        ({"response_type": None}, "unsupported_response_type : Response type not supported"),
        ({"response_type": "id_token"}, "unauthorized_client : Invalid grant type for client"),
        ({"scope": OLD}, "unauthorized_client : Invalid scope for client"),
        ({"scope": "openid app.connections"}, "unauthorized_client : Invalid scope for client"),
        ({"scope": "openid,profile"}, "invalid_scope : Invalid scope"),
        ({"scope": "openid  profile"}, "invalid_scope : Invalid scope"),
        ({"scope": "openid accounting.reports.balancesheets.read"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope : Invalid scope"),
        ({"scope": "accounting.contacts practicemanager"}, "invalid_scope : Invalid scope"),
        ({"code_challenge": CHALLENGE}, "invalid_request : Transform algorithm not supported"),
        (
            {"code_challenge": CHALLENGE, "code_challenge_method": "plain"},
            "invalid_request : Transform algorithm not supported",
        ),
        (
            {"code_challenge": "short", "code_challenge_method": "S256"},
            "invalid_request : Invalid code_challenge",
        ),
        ({"state": "x" * 4001}, "invalid_request : Invalid state"),
    ],
)
def test_a_wrong_request_ends_on_our_own_error_page(
    xero: Flask, browser: Browser, changes: dict[str, str | None], words: str
) -> None:
    response = browser.client.get(authorize_address(xero, **changes))

    assert response.location.startswith("/identity/error?errorId=")
    page = browser.get(response.location)
    assert heading(page) == "Sorry, something went wrong"
    assert "If the issue continues, check out our Status Page." in page.text
    assert "Error code: 500" in page.text
    assert f"Error: {words}" in page.text


def test_a_value_sent_twice_is_refused(xero: Flask, browser: Browser) -> None:
    response = browser.get(f"{authorize_address(xero)}&state=another")

    assert "invalid_request : Invalid state" in response.text


def test_127_0_0_1_is_refused_with_advice(xero: Flask, browser: Browser) -> None:
    address = authorize_address(xero, redirect_uri="http://127.0.0.1:8000/connect/sandbox/callback")

    assert "Use localhost." in browser.get(address).text


def test_a_decision_is_checked_like_the_question(xero: Flask, browser: Browser) -> None:
    browser.log_in(RILEY)

    response = browser.post(authorize_address(xero, scope=OLD), decision="allow")

    assert heading(response) == "Sorry, something went wrong"


def test_a_decision_nobody_offered_is_refused(xero: Flask, browser: Browser) -> None:
    browser.log_in(RILEY)

    assert browser.post(authorize_address(xero), decision="perhaps").status_code == 400


def test_an_invented_error_is_not_shown(browser: Browser) -> None:
    assert browser.get("/identity/error?errorId=WyJsaWVzIiwiYWQiXQ.forged").status_code == 404
    assert browser.get("/identity/error").status_code == 404
