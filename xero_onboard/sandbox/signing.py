"""The key that signs tokens, and the tokens it has signed."""

import base64
import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import RSAKey
from sqlalchemy import delete, select

from xero_onboard.sandbox import clock
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
    event_id: UUID | None
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
    row = _current()
    header = {"alg": "RS256", "kid": row.kid, "typ": "JWT", "x5t": thumbprint(row.kid)}
    return jwt.encode(header, claims, key_of(row))


def change_key(*, keeps_name: bool) -> None:
    """Sign with a fresh key from now on, under the old one's name or its own."""
    fresh = new_key()
    if keeps_name:
        fresh.kid = current_kid()
    store.session.add(fresh)
    store.session.flush()


def forget_old_keys() -> None:
    """Tokens of all keys but the newest are somebody else's from now on."""
    store.session.execute(delete(SigningKey).where(SigningKey.id != _current().id))


def current_kid() -> str:
    """The name of the key that signs now."""
    return _current().kid


def read_access_token(token: str) -> Bearer:
    """Who calls, and what for; raises NotOurs or Expired."""
    try:
        claims = _verified(token)
        # Left out only where that was asked for at /faults.
        event_id = claims.get("authentication_event_id")
        bearer = Bearer(
            person_id=UUID(claims["xero_userid"]),
            event_id=UUID(event_id) if event_id else None,
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
    row = _current()
    public = key_of(row).as_dict(private=False)
    return {
        "keys": [
            {
                "kty": "RSA",
                "use": "sig",
                "kid": row.kid,
                "x5t": thumbprint(row.kid),
                "e": public["e"],
                "n": public["n"],
                "alg": "RS256",
            }
        ]
    }


def key_of(row: SigningKey) -> RSAKey:
    """The key itself."""
    return _key(row.pem)


def thumbprint(kid: str) -> str:
    """The key's name in the form of the header's `x5t`."""
    return _base64url(bytes.fromhex(kid))


def half_digest(token: str) -> str:
    """What an id_token says of the access token beside it (`at_hash`)."""
    digest = hashlib.sha256(token.encode("ascii")).digest()
    return _base64url(digest[:16])


@cache
def _key(pem: str) -> RSAKey:
    """Reading a private key means checking its primes, which takes longer than all else here."""
    return RSAKey.import_key(pem)


def _current() -> SigningKey:
    return _keys()[0]


def _keys() -> list[SigningKey]:
    return list(store.session.scalars(select(SigningKey).order_by(SigningKey.id.desc())))


def _verified(token: str) -> dict[str, Any]:
    """What it says; a token outlives the key that signed it. Raises JoseError or ValueError."""
    for row in _keys():
        with suppress(BadSignatureError):
            return jwt.decode(token, key_of(row), algorithms=["RS256"]).claims
    raise BadSignatureError


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
