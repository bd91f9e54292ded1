"""Sealing secrets so that they open only in the row and column they were sealed for."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

from xero_onboard.config import VaultKey

_NONCE_BYTES = 12


class KeyMissing(Exception):
    """The key that sealed this is not in the ring; nothing is wrong with the sealed text."""


class Tampered(Exception):
    """The sealed text was changed, or belongs to another place."""


class KeyRing:
    """AES-256-GCM with several keys: the `first` seals, all unseal."""

    def __init__(self, keys: Sequence[VaultKey]) -> None:
        self.first = keys[0].id
        self._ciphers = {key.id: AESGCM(key.key) for key in keys}

    def seal(self, plain: str, bound_to: str) -> str:
        """Seal under the first key; `bound_to` names the place and must be the same when unsealing."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = self._ciphers[self.first]
        sealed = cipher.encrypt(nonce, plain.encode(), _bound(bound_to, self.first))
        return f"{self.first}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def unseal(self, sealed: str, bound_to: str) -> str:
        """The plain text; raises KeyMissing or Tampered."""
        key_id, _, encoded = sealed.partition(".")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise KeyMissing(key_id)
        try:
            raw = base64.b64decode(encoded, altchars=b"-_", validate=True)
            nonce, body = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
            return cipher.decrypt(nonce, body, _bound(bound_to, key_id)).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise Tampered(bound_to) from error


def key_of(sealed: str) -> str:
    """The id of the key that sealed this."""
    return sealed.partition(".")[0]


def digest(value: str) -> str:
    """What is stored of a random secret that only has to be recognised (hex of SHA-256)."""
    return hashlib.sha256(value.encode()).hexdigest()


def pseudonym(value: str, purpose: str) -> str:
    """A stable stand-in for an identifier, different for each purpose and useless without our key."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{purpose}|{value}".encode(), hashlib.sha256).hexdigest()


def key_ring() -> KeyRing:
    """The app's keys."""
    ring: KeyRing = current_app.extensions["key_ring"]
    return ring


def register(app: Flask, keys: Sequence[VaultKey]) -> None:
    """Give the app its keys."""
    app.extensions["key_ring"] = KeyRing(keys)


def _bound(place: str, key_id: str) -> bytes:
    return f"{place}|{key_id}".encode()
