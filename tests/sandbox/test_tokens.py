"""The token endpoint, revocation and userinfo."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import update

from tests.sandbox.dance import AMARA, CALLBACK, RILEY, SCOPES, Backend, Browser, change, person
from xero_onboard.lib import clock
from xero_onboard.sandbox.models import AuthorizationCode, RefreshToken
from xero_onboard.sandbox.settings import settings

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


@pytest.fixture
def code(browser: Browser) -> str:
    """Riley has allowed access to the roastery."""
    browser.log_in(RILEY)
    return browser.allow("Riley's Roastery", nonce="n-0S6")


@pytest.fixture
def tokens(backend: Backend, code: str) -> dict[str, Any]:
    answer: dict[str, Any] = backend.redeem(code).get_json()
    return answer


def claims_of(backend: Backend, token: str) -> dict[str, Any]:
    """The claims, after checking the signature with the published keys."""
    published = backend.client.get("/.well-known/openid-configuration/jwks").get_json()
    return jwt.decode(token, KeySet.import_key_set(published), algorithms=["RS256"]).claims


def test_the_answer_has_the_recorded_shape(backend: Backend, code: str) -> None:
    response = backend.redeem(code)

    answer = response.get_json()
    assert list(answer) == [
        "id_token",
        "access_token",
        "expires_in",
        "token_type",
        "refresh_token",
        "scope",
    ]
    assert answer["expires_in"] == 1800
    assert answer["token_type"] == "Bearer"
    assert answer["scope"] == SCOPES
    assert response.headers["Cache-Control"] == "max-age=0, no-cache, no-store"


def test_the_id_token_says_who_and_for_whom(
    xero: Flask, backend: Backend, tokens: dict[str, Any]
) -> None:
    claims = claims_of(backend, tokens["id_token"])

    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["iss"] == "http://localhost:8001"
    assert claims["aud"] == backend.secrets["client_id"]
    assert claims["exp"] - claims["iat"] == 300
    assert claims["nonce"] == "n-0S6"
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).decode().rstrip("=")
    assert claims["xero_userid"] == str(person(xero, RILEY).id)
    assert claims["email"] == claims["preferred_username"] == RILEY
    assert (claims["given_name"], claims["family_name"]) == ("Riley", "Reed")
    assert "authentication_event_id" not in claims


def test_the_access_token_is_as_xeros(backend: Backend, tokens: dict[str, Any]) -> None:
    claims = claims_of(backend, tokens["access_token"])

    assert claims["aud"] == "http://localhost:8001/resources"
    assert claims["exp"] - claims["iat"] == 1800
    assert claims["scope"] == SCOPES.split()
    assert len(claims["sub"]) == len(claims["global_session_id"]) == len(claims["jti"]) == 32
    assert (
        claims["authentication_event_id"]
        == backend.connections(tokens["access_token"])[0]["authEventId"]
    )


def test_without_offline_access_there_is_no_refresh_token(
    browser: Browser, backend: Backend
) -> None:
    browser.log_in(RILEY)
    code = browser.allow("Riley's Roastery", scope="openid accounting.contacts")

    answer = backend.redeem(code).get_json()

    assert list(answer) == ["id_token", "access_token", "expires_in", "token_type", "scope"]
    assert "email" not in claims_of(backend, answer["id_token"])


def test_the_secret_may_stand_in_the_form(backend: Backend, code: str) -> None:
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}

    response = backend.client.post("/connect/token", data=fields | backend.secrets)

    assert response.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic !!"},
        {"Authorization": "Basic " + base64.b64encode(b"x:y").decode()},
    ],
)
def test_a_wrong_secret_is_invalid_client(
    backend: Backend, code: str, headers: dict[str, str]
) -> None:
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}

    response = backend.client.post("/connect/token", data=fields, headers=headers)

    assert (response.status_code, response.get_json()) == (400, {"error": "invalid_client"})


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "c"}, "invalid_request"),
        (
            {"grant_type": "authorization_code", "code": "c", "redirect_uri": CALLBACK},
            "invalid_grant",
        ),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "r"}, "invalid_grant"),
    ],
)
def test_refusals_are_one_word(backend: Backend, fields: dict[str, str], error: str) -> None:
    response = backend.token(**fields)

    assert response.status_code == 400
    assert response.get_json() == {"error": error}


def test_a_code_is_good_once(backend: Backend, code: str) -> None:
    assert backend.redeem(code).status_code == 200

    assert backend.redeem(code).get_json() == {"error": "invalid_grant"}


def test_a_code_is_good_for_five_minutes(xero: Flask, backend: Backend, code: str) -> None:
    change(xero, update(AuthorizationCode).values(expires_at=clock.now()))

    assert backend.redeem(code).get_json() == {"error": "invalid_grant"}


def test_a_code_belongs_to_its_redirect_address(backend: Backend, code: str) -> None:
    other = "http://localhost:8000/sign-in/sandbox/callback"

    assert backend.redeem(code, redirect_uri=other).get_json() == {"error": "invalid_grant"}


@pytest.mark.parametrize("verifier", [{}, {"code_verifier": "x" * 43}, {"code_verifier": "short"}])
def test_a_challenge_must_be_met(
    browser: Browser, backend: Backend, verifier: dict[str, str]
) -> None:
    browser.log_in(RILEY)
    code = browser.allow("Riley's Roastery", **PKCE)

    assert backend.redeem(code, **verifier).get_json() == {"error": "invalid_grant"}


def test_a_challenge_that_is_met_opens(browser: Browser, backend: Backend) -> None:
    browser.log_in(RILEY)
    code = browser.allow("Riley's Roastery", **PKCE)

    assert backend.redeem(code, code_verifier=VERIFIER).status_code == 200


def test_a_verifier_without_a_challenge_is_refused(backend: Backend, code: str) -> None:
    assert backend.redeem(code, code_verifier=VERIFIER).get_json() == {"error": "invalid_grant"}


def test_refreshing_gives_new_tokens_for_the_same_event(
    backend: Backend, tokens: dict[str, Any]
) -> None:
    renewed = backend.refresh(tokens["refresh_token"]).get_json()

    before, after = (claims_of(backend, one["access_token"]) for one in (tokens, renewed))
    assert renewed["refresh_token"] != tokens["refresh_token"]
    assert after["authentication_event_id"] == before["authentication_event_id"]
    assert "nonce" not in claims_of(backend, renewed["id_token"])


def test_a_used_refresh_token_can_be_retried_for_thirty_minutes_from_first_use(
    xero: Flask, backend: Backend, tokens: dict[str, Any]
) -> None:
    backend.refresh(tokens["refresh_token"])
    used = update(RefreshToken).where(RefreshToken.first_used_at.is_not(None))

    change(xero, used.values(first_used_at=clock.now() - timedelta(minutes=29)))
    assert backend.refresh(tokens["refresh_token"]).status_code == 200
    change(xero, used.values(first_used_at=clock.now() - timedelta(minutes=30)))

    assert backend.refresh(tokens["refresh_token"]).get_json() == {"error": "invalid_grant"}


def test_late_reuse_fails_alone(xero: Flask, backend: Backend, tokens: dict[str, Any]) -> None:
    renewed = backend.refresh(tokens["refresh_token"]).get_json()
    used = update(RefreshToken).where(RefreshToken.first_used_at.is_not(None))
    change(xero, used.values(first_used_at=clock.now() - timedelta(hours=1)))

    backend.refresh(tokens["refresh_token"])

    assert backend.refresh(renewed["refresh_token"]).status_code == 200


def test_a_refresh_token_unused_for_sixty_days_is_over(
    xero: Flask, backend: Backend, tokens: dict[str, Any]
) -> None:
    change(xero, update(RefreshToken).values(expires_at=clock.now()))

    assert backend.refresh(tokens["refresh_token"]).get_json() == {"error": "invalid_grant"}


def test_revoking_ends_everything_this_person_allowed(browser: Browser, backend: Backend) -> None:
    browser.log_in(AMARA)
    first = backend.redeem(browser.allow("Harbour Café Ltd")).get_json()
    second = backend.redeem(browser.allow("Northside Builders Ltd")).get_json()

    response = backend.revoke(first["refresh_token"])

    assert (response.status_code, response.data) == (200, b"")
    assert backend.connections(second["access_token"]) == []
    assert backend.refresh(second["refresh_token"]).get_json() == {"error": "invalid_grant"}


def test_revoking_something_unknown_is_no_error(backend: Backend) -> None:
    assert backend.revoke("no such token").status_code == 200


def test_scopes_add_up_until_they_are_given_back(browser: Browser, backend: Backend) -> None:
    browser.log_in(AMARA)
    wide = "openid offline_access accounting.contacts"
    first = backend.redeem(browser.allow("Harbour Café Ltd", scope=wide)).get_json()
    narrow = "openid accounting.payments"

    added = backend.redeem(browser.allow("Northside Builders Ltd", scope=narrow)).get_json()
    backend.revoke(first["refresh_token"])
    fresh = backend.redeem(browser.allow("Northside Builders Ltd", scope=narrow)).get_json()

    assert added["scope"] == "openid accounting.payments accounting.contacts"
    assert fresh["scope"] == narrow


def test_userinfo_names_the_person(xero: Flask, backend: Backend, tokens: dict[str, Any]) -> None:
    claims = backend.call("/connect/userinfo", tokens["access_token"]).get_json()

    assert claims == {
        "sub": claims_of(backend, tokens["id_token"])["sub"],
        "xero_userid": str(person(xero, RILEY).id),
        "name": "Riley Reed",
        "preferred_username": RILEY,
        "email": RILEY,
        "given_name": "Riley",
        "family_name": "Reed",
    }


def test_userinfo_needs_a_token(backend: Backend) -> None:
    assert backend.client.get("/connect/userinfo").status_code == 401


def test_discovery_names_what_there_is(backend: Backend) -> None:
    found = backend.client.get("/.well-known/openid-configuration").get_json()

    assert found["issuer"] == "http://localhost:8001"
    assert found["authorization_endpoint"].endswith("/identity/connect/authorize")
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert "scopes_supported" not in found
    assert "authorization_response_iss_parameter_supported" not in found


def test_of_many_who_bring_the_same_code_at_once_one_is_served(xero_online: Flask) -> None:
    riley = Browser(xero_online)
    riley.log_in(RILEY)
    code = riley.allow("Riley's Roastery")
    with xero_online.app_context():
        address = f"{settings().origin}/connect/token"
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    fields |= Backend(xero_online).secrets

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: httpx.post(address, data=fields).status_code, range(8)))

    assert sorted(answers) == [200] + [400] * 7
