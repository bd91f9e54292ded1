"""The key that signs tokens, and the tokens it has signed."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from sqlalchemy import select

from xero_onboard.lib import clock
from xero_onboard.sandbox.models import SigningKey
from xero_onboard.sandbox.store import store


class NotOurs(Exception):
    """The token was not signed here."""


class Expired(Exception):
    """The token was good until `at`."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


@dataclass(frozen=True)
class Bearer:
    """What an access token says about who calls and what for."""

    person_id: UUID
    event_id: UUID
    scopes: frozenset[str]


def new_key() -> SigningKey:
    """A fresh key, named by its own fingerprint as Xero names its keys by their certificates'."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    name = hashlib.sha1(public, usedforsecurity=False).hexdigest().upper()
    return SigningKey(kid=name, pem=pem.decode())


def sign(claims: dict[str, Any]) -> str:
    """The claims as a signed token."""
    row = _row()
    header = {"alg": "RS256", "kid": row.kid, "typ": "JWT", "x5t": _thumbprint(row.kid)}
    return jwt.encode(header, claims, _key(row.pem))


def read_access_token(token: str) -> Bearer:
    """Who calls, and what for; raises NotOurs or Expired."""
    try:
        claims = jwt.decode(token, _key(_row().pem), algorithms=["RS256"]).claims
        bearer = Bearer(
            person_id=UUID(claims["xero_userid"]),
            event_id=UUID(claims["authentication_event_id"]),
            scopes=frozenset(claims["scope"]),
        )
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotOurs from error
    if expires_at <= clock.now():
        raise Expired(expires_at)
    return bearer


def public_keys() -> dict[str, list[dict[str, Any]]]:
    """The key set that apps check signatures with."""
    row = _row()
    public = _key(row.pem).as_dict(private=False)
    return {
        "keys": [
            {
                "kty": "RSA",
                "use": "sig",
                "kid": row.kid,
                "x5t": _thumbprint(row.kid),
                "e": public["e"],
                "n": public["n"],
                "alg": "RS256",
            }
        ]
    }


def half_digest(token: str) -> str:
    """What an id_token says of the access token beside it (`at_hash`)."""
    digest = hashlib.sha256(token.encode("ascii")).digest()
    return _base64url(digest[:16])


@cache
def _key(pem: str) -> RSAKey:
    """Reading a private key means checking its primes, which takes longer than all else here."""
    return RSAKey.import_key(pem)


def _row() -> SigningKey:
    return store.session.scalars(select(SigningKey)).one()


def _thumbprint(kid: str) -> str:
    return _base64url(bytes.fromhex(kid))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
