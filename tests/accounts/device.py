"""A software authenticator: makes and uses passkeys as a phone does, or as an attacker's would."""

import base64
import hashlib
import json
import os
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Device:
    """One passkey, and the page on which its owner believes to be."""

    def __init__(
        self,
        *,
        host: str = "localhost",
        origin: str = "http://localhost:8000",
        asks_for_pin: bool = True,
        key: object = None,
    ) -> None:
        self.host, self.origin, self.asks_for_pin = host, origin, asks_for_pin
        # What it calls its key, if that is not what it is.
        self.claims = key
        self.id = os.urandom(32)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._owner: str | None = None

    def make(self, options: dict[str, Any]) -> str:
        """Answer what asks for a new passkey."""
        self._owner = options["user"]["id"]
        attestation = cbor2.dumps(
            {"fmt": "none", "attStmt": {}, "authData": self._facts(is_new=True)}
        )
        client = self._client("webauthn.create", options)
        return self._answer(clientDataJSON=encoded(client), attestationObject=encoded(attestation))

    def sign(self, options: dict[str, Any]) -> str:
        """Answer what asks for a passkey that there is."""
        client, facts = self._client("webauthn.get", options), self._facts()
        signed = self._key.sign(facts + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=encoded(client),
            authenticatorData=encoded(facts),
            signature=encoded(signed),
            userHandle=self._owner,
        )

    def _answer(self, **response: str | None) -> str:
        name = encoded(self.id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": response,
            }
        )

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps({**said, "crossOrigin": False}).encode()

    def _facts(self, *, is_new: bool = False) -> bytes:
        flags = PRESENT | (VERIFIED if self.asks_for_pin else 0) | (ATTESTED if is_new else 0)
        facts = hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + struct.pack(">I", 0)
        if not is_new:
            return facts
        key = self._public() if self.claims is None else self.claims
        return facts + bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(key)

    def _public(self) -> dict[int, Any]:
        public = self._key.public_key().public_numbers()
        return {
            1: 2,
            3: -7,
            -1: 1,
            -2: public.x.to_bytes(32, "big"),
            -3: public.y.to_bytes(32, "big"),
        }


def encoded(raw: bytes) -> str:
    """Base64 as WebAuthn writes it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
