"""Tokens that are refused, that lie, or that lack something: over sockets, each in one way and no other."""

import base64
import hashlib
import hmac
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tests.faults_client import Faults
from tests.sandbox.dance import RILEY
from tests.sandbox.online import Online, came_back, claims_of, head_of

Values = dict[str, str | float]


def signed_by_xero(online: Online, token: str) -> bool:
    """Whether a key that is published has signed it."""
    try:
        jwt.decode(token, KeySet.import_key_set(online.keys().json()), algorithms=["RS256"])
    except (JoseError, ValueError):
        return False
    return True


def redeemed(online: Online, faults: Faults, fault: str, **values: str | float) -> dict[str, Any]:
    """The answer to a good code when the exchange meets this fault."""
    code = online.code(RILEY)
    armed = faults.arm("code", fault, **values)
    answer = online.redeem(code)
    assert answer.status_code == 200
    assert armed.met == 1
    tokens: dict[str, Any] = answer.json()
    return tokens


def code_again(online: Online) -> str:
    """Riley, who has connected before, goes through consent once more."""
    return came_back(online.person(RILEY).go_on(online.authorize_url()))["code"]


def at_hash(access_token: str) -> str:
    return encoded(hashlib.sha256(access_token.encode()).digest()[:16])


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize("place", ["code", "refresh"])
def test_invalid_grant_leaves_everything_as_it_is(
    online: Online, faults: Faults, place: str
) -> None:
    code = online.code(RILEY)
    token = online.redeem(code).json()["refresh_token"] if place == "refresh" else ""
    ask = (lambda: online.refresh(token)) if token else (lambda: online.redeem(code))
    faults.arm(place, "invalid_grant")

    refused = ask()

    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})
    assert ask().status_code == 200


def test_a_code_was_used_by_somebody_faster(online: Online, faults: Faults) -> None:
    code = online.code(RILEY)
    faults.arm("code", "code_used")

    assert online.redeem(code).json() == {"error": "invalid_grant"}
    assert online.redeem(code).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize("status", ["400", "401"])
def test_the_secret_is_refused(online: Online, faults: Faults, status: str) -> None:
    token = online.tokens(RILEY)["refresh_token"]
    faults.arm("any", "invalid_client", times=2, status=status)

    for answer in (online.refresh(token), online.revoke(token)):
        assert (answer.status_code, answer.json()) == (int(status), {"error": "invalid_client"})
    assert online.refresh(token).status_code == 200


@pytest.mark.parametrize(
    "error",
    [
        *("invalid_request", "invalid_scope", "unauthorized_client", "unsupported_grant_type"),
        *("server_error", "temporarily_unavailable"),
    ],
)
def test_another_error_is_one_word(online: Online, faults: Faults, error: str) -> None:
    faults.arm("code", "token_error", error=error)

    answer = online.redeem("any-code")

    assert (answer.status_code, answer.json()) == (400, {"error": error})


# What is changed in the identity token; None stands for what is left out.
LIES: list[tuple[str, Values, dict[str, Any]]] = [
    ("wrong_issuer", {"issuer": "another"}, {"iss": "https://identity.evil.example"}),
    ("wrong_issuer", {"issuer": "slash"}, {"iss": "ORIGIN/"}),
    ("wrong_issuer", {"issuer": "missing"}, {"iss": None}),
    ("wrong_audience", {"audience": "another"}, {"aud": "another-app"}),
    ("wrong_audience", {"audience": "authorized"}, {"aud": "another-app", "azp": "CLIENT"}),
    ("wrong_audience", {"audience": "several"}, {"aud": ["CLIENT", "another-app"]}),
    ("wrong_audience", {"audience": "missing"}, {"aud": None}),
    ("wrong_nonce", {"nonce": "another"}, {"nonce": "another-nonce"}),
    ("wrong_nonce", {"nonce": "missing"}, {"nonce": None}),
    ("empty_subject", {"claim": "empty"}, {"sub": ""}),
    ("empty_subject", {"claim": "missing"}, {"sub": None}),
    ("empty_subject", {"claim": "user"}, {"xero_userid": None}),
    ("timeless", {"claim": "exp"}, {"exp": None}),
    ("timeless", {"claim": "iat"}, {"iat": None}),
]


@pytest.mark.parametrize(
    ("fault", "values", "changed"),
    [pytest.param(*lie, id=f"{lie[0]} {'-'.join(map(str, lie[1].values()))}") for lie in LIES],
)
def test_one_claim_is_wrong_and_the_signature_right(
    online: Online, faults: Faults, fault: str, values: Values, changed: dict[str, Any]
) -> None:
    false = redeemed(online, faults, fault, **values)["id_token"]
    true = online.redeem(code_again(online)).json()["id_token"]

    kept = {name: value for name, value in claims_of(true).items() if name not in changed}
    told = {name: value for name, value in claims_of(false).items() if name not in changed}
    assert told.keys() == kept.keys()
    for name, value in changed.items():
        said = str(claims_of(false).get(name)).replace(online.settings.client_id, "CLIENT")
        assert said.replace(online.origin, "ORIGIN") == str(value)
    assert signed_by_xero(online, false)


@pytest.mark.parametrize(("fault", "seconds"), [("expired", -500), ("from_the_future", 500)])
def test_the_identity_token_is_of_another_time(
    online: Online, faults: Faults, fault: str, seconds: int
) -> None:
    token = redeemed(online, faults, fault, seconds=abs(seconds))["id_token"]

    claims, now = claims_of(token), time.time()
    moment = claims["exp"] if fault == "expired" else claims["iat"]
    assert abs(moment - now - seconds) < 5
    assert claims["iat"] == claims["nbf"] < claims["exp"]
    assert signed_by_xero(online, token)


def test_the_identity_token_was_changed(online: Online, faults: Faults) -> None:
    token = redeemed(online, faults, "bad_signature")["id_token"]

    assert head_of(token)["kid"] == online.keys().json()["keys"][0]["kid"]
    assert not signed_by_xero(online, token)


@pytest.mark.parametrize("kid", ["same", "unknown", "own"])
def test_a_stranger_has_signed_the_identity_token(online: Online, faults: Faults, kid: str) -> None:
    token = redeemed(online, faults, "foreign_key", kid=kid)["id_token"]

    head = head_of(token)
    assert head["alg"] == "RS256"
    assert (head["kid"] == online.keys().json()["keys"][0]["kid"]) is (kid != "unknown")
    assert not signed_by_xero(online, token)
    if kid == "own":
        assert head["jwk"]["n"] != online.keys().json()["keys"][0]["n"]


def test_the_apps_own_secret_has_signed_the_identity_token(online: Online, faults: Faults) -> None:
    token = redeemed(online, faults, "weak_algorithm", alg="HS256")["id_token"]

    signed, _, signature = token.rpartition(".")
    secret = online.settings.client_secret.encode()
    digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    assert head_of(token)["alg"] == "HS256"
    assert signature == encoded(digest)


def test_nobody_has_signed_the_identity_token(online: Online, faults: Faults) -> None:
    token = redeemed(online, faults, "weak_algorithm", alg="none")["id_token"]

    assert head_of(token)["alg"] == "none"
    assert token.endswith(".")


def test_the_identity_token_belongs_to_another_access_token(online: Online, faults: Faults) -> None:
    tokens = redeemed(online, faults, "wrong_at_hash")

    assert claims_of(tokens["id_token"])["at_hash"] != at_hash(tokens["access_token"])
    assert signed_by_xero(online, tokens["id_token"])


@pytest.mark.parametrize(
    ("fault", "missing"),
    [
        ("no_id_token", "id_token"),
        ("no_refresh_token", "refresh_token"),
    ],
)
@pytest.mark.parametrize("place", ["code", "refresh"])
def test_a_token_is_left_out(
    online: Online, faults: Faults, fault: str, missing: str, place: str
) -> None:
    code = online.code(RILEY)
    faults.arm(place, fault)

    first = online.redeem(code).json()
    second = online.refresh(first["refresh_token"]).json() if place == "refresh" else first

    assert missing not in second
    assert "access_token" in second


@pytest.mark.parametrize(("value", "is_there"), [("null", True), ("missing", False)])
def test_there_is_no_access_token(
    online: Online, faults: Faults, value: str, is_there: bool
) -> None:
    tokens = redeemed(online, faults, "no_access_token", value=value)

    assert ("access_token" in tokens) is is_there
    assert tokens.get("access_token") is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("text", '"expires_in":"abc"'),
        ("negative", '"expires_in":-1'),
        ("zero", '"expires_in":0'),
        ("endless", '"expires_in":1e400'),
        ("null", '"expires_in":null'),
        ("missing", None),
    ],
)
def test_the_access_token_lives_for_no_sensible_time(
    online: Online, faults: Faults, value: str, said: str | None
) -> None:
    code = online.code(RILEY)
    faults.arm("code", "odd_expiry", value=value)

    text = online.redeem(code).text

    assert (said or '"access_token"') in text
    assert ("expires_in" in text) is (said is not None)


@pytest.mark.parametrize(
    "without",
    [
        *("accounting.settings.read", "accounting.contacts", "accounting.invoices"),
        *("accounting.payments", "offline_access", "accounting"),
    ],
)
def test_less_was_allowed_than_asked_for(online: Online, faults: Faults, without: str) -> None:
    tokens = redeemed(online, faults, "fewer_scopes", without=without)

    granted = tokens["scope"].split()
    assert claims_of(tokens["access_token"])["scope"] == granted
    assert [scope for scope in granted if scope.startswith(without)] == []
    assert "openid" in granted
    assert ("refresh_token" in tokens) is (without != "offline_access")
    assert claims_of(tokens["id_token"])["at_hash"] == at_hash(tokens["access_token"])


def test_what_was_not_allowed_is_refused_by_the_api(online: Online, faults: Faults) -> None:
    tokens = redeemed(online, faults, "fewer_scopes", without="accounting.settings.read")
    access = tokens["access_token"]

    answer = online.organisation(access, online.connections(access)[0]["tenantId"])

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "insufficient_scope")


def test_the_access_token_does_not_say_where_it_came_from(online: Online, faults: Faults) -> None:
    tokens = redeemed(online, faults, "no_event_id")

    assert "authentication_event_id" not in claims_of(tokens["access_token"])
    assert claims_of(tokens["id_token"])["at_hash"] == at_hash(tokens["access_token"])
    assert len(online.connections(tokens["access_token"])) == 1
