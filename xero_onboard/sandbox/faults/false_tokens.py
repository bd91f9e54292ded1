"""Token answers that are wrong in one way and right in every other."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from flask import json
from joserfc import jwt
from joserfc.jwk import RSAKey

from xero_onboard.lib import clock
from xero_onboard.sandbox import scopes, signing
from xero_onboard.sandbox.faults.armed import Met
from xero_onboard.sandbox.settings import settings

Claims = dict[str, Any]
Tokens = dict[str, Any]

_ANOTHER = "https://identity.evil.example"
_ODD_EXPIRY = {"text": "abc", "negative": -1, "zero": 0, "endless": "1e400", "null": None}


def _claiming(change: Callable[[Claims, Met], Claims]) -> Callable[[Tokens, Met], Tokens]:
    """The change made to what the identity token says, and signed as ever; None leaves a claim out."""

    def lie(tokens: Tokens, met: Met) -> Tokens:
        return _with_id_token(
            tokens, lambda claims: signing.sign(_present(claims | change(claims, met)))
        )

    return lie


def _signing(sign: Callable[[Claims, Met], str]) -> Callable[[Tokens, Met], Tokens]:
    """True claims, signed in another way."""

    def lie(tokens: Tokens, met: Met) -> Tokens:
        return _with_id_token(tokens, lambda claims: sign(claims, met))

    return lie


def _without(name: str) -> Callable[[Tokens, Met], Tokens]:
    def lie(tokens: Tokens, _met: Met) -> Tokens:
        return {key: value for key, value in tokens.items() if key != name}

    return lie


def _with_id_token(tokens: Tokens, sign: Callable[[Claims], str]) -> Tokens:
    # Somebody who asked for no identity gets none, and so none that lies.
    if "id_token" not in tokens:
        return tokens
    return {**tokens, "id_token": sign(_claims_of(tokens["id_token"]))}


def _with_access_token(tokens: Tokens, change: Claims) -> Tokens:
    """Another access token, and an identity token that goes with it."""
    access = signing.sign(_present(_claims_of(tokens["access_token"]) | change))
    fitting = {"at_hash": signing.half_digest(access)}
    told = _with_id_token(tokens, lambda claims: signing.sign(claims | fitting))
    return {**told, "access_token": access}


def _issuer(claims: Claims, met: Met) -> Claims:
    issuers = {"another": _ANOTHER, "slash": f"{claims['iss']}/", "missing": None}
    return {"iss": issuers[met.values["issuer"]]}


def _audience(claims: Claims, met: Met) -> Claims:
    ours = claims["aud"]
    lies: dict[str, Claims] = {
        "another": {"aud": "another-app"},
        "authorized": {"aud": "another-app", "azp": ours},
        "several": {"aud": [ours, "another-app"]},
        "missing": {"aud": None},
    }
    return lies[met.values["audience"]]


def _nonce(_claims: Claims, met: Met) -> Claims:
    return {"nonce": "another-nonce" if met.values["nonce"] == "another" else None}


def _expired(claims: Claims, met: Met) -> Claims:
    return {"exp": int(clock.now().timestamp() - met.number("seconds"))} | _begun_before(
        claims, met
    )


def _begun_before(claims: Claims, met: Met) -> Claims:
    """A life that has ended began before its end."""
    earlier = int(met.number("seconds")) + 300
    return {"iat": claims["iat"] - earlier, "nbf": claims["nbf"] - earlier}


def _from_the_future(claims: Claims, met: Met) -> Claims:
    later = int(met.number("seconds"))
    return {name: claims[name] + later for name in ("iat", "nbf", "exp")}


def _timeless(_claims: Claims, met: Met) -> Claims:
    return {met.values["claim"]: None}


def _subject(_claims: Claims, met: Met) -> Claims:
    lies: dict[str, Claims] = {
        "empty": {"sub": ""},
        "missing": {"sub": None},
        "user": {"xero_userid": None},
    }
    return lies[met.values["claim"]]


def _at_hash(_claims: Claims, _met: Met) -> Claims:
    return {"at_hash": signing.half_digest("another access token")}


def _changed_afterwards(claims: Claims, _met: Met) -> str:
    signed, _, signature = signing.sign(claims).rpartition(".")
    # The last letter carries padding bits; the first ones are nothing but signature.
    changed = "AAAA" if not signature.startswith("AAAA") else "BBBB"
    return f"{signed}.{changed}{signature[4:]}"


def _by_a_stranger(claims: Claims, met: Met) -> str:
    key = _strangers_key()
    header: dict[str, Any] = {"alg": "RS256", "typ": "JWT"}
    if met.values["kid"] == "unknown":
        return jwt.encode({**header, "kid": "A-KEY-THAT-NOBODY-PUBLISHED"}, claims, key)
    header["kid"] = signing.current_kid()
    if met.values["kid"] == "own":
        header["jwk"] = key.as_dict(private=False)
    return jwt.encode(header, claims, key)


def _weakly(claims: Claims, met: Met) -> str:
    alg = met.values["alg"]
    header = {"alg": alg, "typ": "JWT", "kid": signing.current_kid()}
    signed = f"{_part(header)}.{_part(claims)}"
    if alg == "none":
        return f"{signed}."
    secret = settings().client_secret.encode()
    digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_encoded(digest)}"


def _no_access_token(tokens: Tokens, met: Met) -> Tokens:
    if met.values["value"] == "missing":
        return _without("access_token")(tokens, met)
    return {**tokens, "access_token": None}


def _odd_expiry(tokens: Tokens, met: Met) -> Tokens:
    if met.values["value"] == "missing":
        return _without("expires_in")(tokens, met)
    return {**tokens, "expires_in": _ODD_EXPIRY[met.values["value"]]}


def _fewer_scopes(tokens: Tokens, met: Met) -> Tokens:
    asked = tokens["scope"].split()
    left_out = {met.values["without"]}
    if left_out == {"accounting"}:
        left_out = set(scopes.of_organisation(asked))
    granted = [scope for scope in asked if scope not in left_out]
    told = _with_access_token(tokens, {"scope": granted}) | {"scope": " ".join(granted)}
    return told if scopes.OFFLINE in granted else _without("refresh_token")(told, met)


def _no_event_id(tokens: Tokens, _met: Met) -> Tokens:
    return _with_access_token(tokens, {"authentication_event_id": None})


FALSE_TOKENS: Mapping[str, Callable[[Tokens, Met], Tokens]] = {
    "wrong_issuer": _claiming(_issuer),
    "wrong_audience": _claiming(_audience),
    "wrong_nonce": _claiming(_nonce),
    "bad_signature": _signing(_changed_afterwards),
    "foreign_key": _signing(_by_a_stranger),
    "weak_algorithm": _signing(_weakly),
    "expired": _claiming(_expired),
    "from_the_future": _claiming(_from_the_future),
    "timeless": _claiming(_timeless),
    "empty_subject": _claiming(_subject),
    "wrong_at_hash": _claiming(_at_hash),
    "no_id_token": _without("id_token"),
    "no_refresh_token": _without("refresh_token"),
    "no_access_token": _no_access_token,
    "odd_expiry": _odd_expiry,
    "fewer_scopes": _fewer_scopes,
    "no_event_id": _no_event_id,
}


@cache
def _strangers_key() -> RSAKey:
    return signing.key_of(signing.new_key())


def _claims_of(token: str) -> Claims:
    body = token.split(".")[1]
    claims: Claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def _present(claims: Claims) -> Claims:
    return {name: value for name, value in claims.items() if value is not None}


def _part(values: Mapping[str, Any]) -> str:
    return _encoded(json.dumps(values).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
