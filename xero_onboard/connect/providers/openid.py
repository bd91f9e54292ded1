"""Believing an identity token: every check of OpenID Connect Core 3.1.3.7, and the age of the token.

https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from xero_onboard.connect.providers.base import BadIdentity, ClocksApart
from xero_onboard.lib.clock import now

LEEWAY_SECONDS = 60
# A token is made for our question, so it is as old as the answer was slow.
SLOWEST_SECONDS = 15

Claims = dict[str, Any]


@dataclass(frozen=True)
class Expected:
    """What the token must say to be the answer to our own question."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    access_token: str = field(repr=False)


def claims_of(payload: bytes) -> Claims:
    """The claims of a payload whose signature was verified; raises BadIdentity."""
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise BadIdentity("the payload is not JSON") from error
    if not isinstance(claims, dict):
        raise BadIdentity("the payload is not a set of claims")
    return claims


def check_id_token(claims: Claims, expected: Expected) -> None:
    """Raises BadIdentity unless these claims answer our question; the signature is verified before.

    Raises ClocksApart when all is right but the time: a token that answers a question of ours was
    made a moment ago, whatever it says.
    """
    made_at = claims.get("iat")
    if type(made_at) is not int:
        raise BadIdentity("it does not say when it was made")
    _check_issuer_and_life(claims, expected.issuer, made_at)
    text_claim(claims, "sub")
    if _audience(claims) != [expected.client_id]:
        raise BadIdentity("made for another application")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise BadIdentity("made for another party")
    if not hmac.compare_digest(text_claim(claims, "nonce").encode(), expected.nonce.encode()):
        raise BadIdentity("the answer to another question")
    if "at_hash" in claims and text_claim(claims, "at_hash") != _half_hash(expected.access_token):
        raise BadIdentity("the access token belongs to another identity token")
    ahead = made_at - _seconds_now()
    if not -LEEWAY_SECONDS - SLOWEST_SECONDS <= ahead <= LEEWAY_SECONDS:
        raise ClocksApart(ahead)


def check_issuer_and_time(claims: Claims, issuer: str) -> None:
    """Raises BadIdentity unless the token comes from this issuer, and is good now."""
    _check_issuer_and_life(claims, issuer, _seconds_now())


def _check_issuer_and_life(claims: Claims, issuer: str, moment: int) -> None:
    registry = JWTClaimsRegistry(
        now=moment,
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        registry.validate(claims)
    except (JoseError, OverflowError) as error:
        raise BadIdentity(str(error)) from error


def text_claim(claims: Claims, name: str, longest: int = 320) -> str:
    """A claim that must be there as text; raises BadIdentity."""
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise BadIdentity(f"the claim {name} is missing or malformed")
    return value


def _audience(claims: Claims) -> list[Any]:
    audience = claims.get("aud")
    return audience if isinstance(audience, list) else [audience]


def _half_hash(access_token: str) -> str:
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    return base64.urlsafe_b64encode(half).decode().rstrip("=")


def _seconds_now() -> int:
    return int(now().timestamp())
