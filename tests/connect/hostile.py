"""A provider that lies: the token endpoint, keys and lists say whatever the test has it say."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

ACCESS = "hostile-access-token-canary"
REFRESH = "hostile-refresh-token-canary"

# Made once: a key takes longer than a test.
KEY = RSAKey.generate_key(2048, {"kid": "known"})
PRIVATE = load_pem_private_key(KEY.as_pem(private=True), None)
assert isinstance(PRIVATE, RSAPrivateKey)
HEAD = {"alg": "RS256", "kid": "known"}
ANOTHER_KEY = RSAKey.generate_key(2048, {"kid": "known"})

Claims = dict[str, Any]


@dataclass
class Reply:
    """One answer, given as it is."""

    body: bytes | Iterable[bytes] = b""
    status: str = "200 OK"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@dataclass
class Hostile:
    """Behaves like Xero until told otherwise."""

    origin: str
    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    nonce: str = ""
    token: Callable[["Hostile"], Reply] | None = None
    refreshing: Callable[["Hostile", str], Reply] | None = None
    connections: Callable[["Hostile"], Reply] | None = None
    keys: Callable[["Hostile"], Reply] | None = None
    describing: Callable[["Hostile"], Reply] | None = None
    removing: Callable[["Hostile"], Reply] | None = None
    revoking: Callable[["Hostile"], Reply] | None = None
    received: list[tuple[str, bytes]] = field(default_factory=list)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        self.received.append((f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}", body))
        reply = self.answer(environ["PATH_INFO"], body)
        start(reply.status, list(reply.headers.items()))
        return [reply.body] if isinstance(reply.body, bytes) else reply.body

    def answer(self, path: str, body: bytes) -> Reply:
        if path == "/connect/token" and b"grant_type=refresh_token" in body and self.refreshing:
            return self.refreshing(self, body.decode())
        if path == "/connect/token":
            return self.token(self) if self.token else said(self.tokens())
        if path.endswith("/jwks"):
            return self.keys(self) if self.keys else said({"keys": [KEY.as_dict(private=False)]})
        if path == "/connections":
            return self.connections(self) if self.connections else said([self.organisation()])
        return self.acted(path)

    def acted(self, path: str) -> Reply:
        if path.startswith("/api.xro/") and self.describing:
            return self.describing(self)
        if path.startswith("/connections/") and self.removing:
            return self.removing(self)
        if path == "/connect/revocation":
            return self.revoking(self) if self.revoking else Reply(b"{}")
        return Reply(b"{}", "404 Not Found")

    def organisation(self, number: int = 1, **changes: Any) -> Claims:
        """A row of the list of connections."""
        row = {
            "id": f"0000000{number}-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
            "tenantId": f"0000000{number}-bbbb-4bbb-8bbb-bbbbbbbbbbbb",
            "tenantType": "ORGANISATION",
            "tenantName": f"Company {number}",
            "authEventId": "00000000-eeee-4eee-8eee-eeeeeeeeeeee",
            "createdDateUtc": "2020-03-18T21:20:07.7179250",
            "updatedDateUtc": "2020-03-18T21:20:07.7179250",
        }
        return row | changes

    def claims(self, **changes: Any) -> Claims:
        """What an honest identity token says, with some of it changed; None leaves a claim out."""
        moment = int(time.time())
        honest = {
            "iss": self.origin,
            "aud": self.client_id,
            "sub": "d" * 32,
            "nonce": self.nonce,
            "iat": moment,
            "nbf": moment,
            "exp": moment + 300,
            "at_hash": at_hash(ACCESS),
            "xero_userid": "00000000-dddd-4ddd-8ddd-dddddddddddd",
            "email": "riley@practice.example",
            "given_name": "Riley",
            "family_name": "Reed",
        }
        return {name: value for name, value in (honest | changes).items() if value is not None}

    def tokens(self, **changes: Any) -> Claims:
        """What an honest token endpoint says, with some of it changed; None leaves it out."""
        honest = {
            "id_token": signed(self.claims()),
            "access_token": ACCESS,
            "refresh_token": REFRESH,
            "expires_in": 1800,
            "token_type": "Bearer",
            "scope": " ".join(self.scopes),
        }
        return {name: value for name, value in (honest | changes).items() if value is not LEFT_OUT}


LEFT_OUT = object()


def said(body: object, status: str = "200 OK") -> Reply:
    """JSON."""
    return Reply(json.dumps(body).encode(), status)


def signed(claims: Claims, key: RSAKey = KEY, **header: Any) -> str:
    """A token signed as Xero signs, with some of its head changed; None leaves a word out."""
    head = {name: value for name, value in {**HEAD, **header}.items() if value is not None}
    return jwt.encode(head, claims, key, algorithms=[head["alg"]])


def signed_with_secret(claims: Claims, secret: str) -> str:
    """The classic: our own secret as the key of a weaker algorithm."""
    return jwt.encode({"alg": "HS256", "kid": "known"}, claims, OctKey.import_key(secret))


def signed_with_public_key(claims: Claims) -> str:
    """The other classic: what everybody knows as the secret of a weaker algorithm."""
    head = {"alg": "HS256", "kid": "known"}
    return _by_hand(
        head, claims, lambda text: hmac.digest(KEY.as_pem(private=False), text, "sha256")
    )


def signed_by_hand(head: Claims, payload: object) -> str:
    """Rightly signed, whatever it says: with no library that has its doubts."""
    return _by_hand(head, payload, lambda text: PRIVATE.sign(text, PKCS1v15(), SHA256()))


def _by_hand(head: Claims, payload: object, sign: Callable[[bytes], bytes]) -> str:
    text = ".".join(encoded(json.dumps(part).encode()) for part in (head, payload))
    return f"{text}.{encoded(sign(text.encode()))}"


def unsigned(claims: Claims, algorithm: str = "none") -> str:
    """`alg: none`."""
    parts = (json.dumps({"alg": algorithm, "kid": "known"}), json.dumps(claims))
    return ".".join(encoded(part.encode()) for part in parts) + "."


def at_hash(access_token: str) -> str:
    return encoded(hashlib.sha256(access_token.encode()).digest()[:16])


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def dripping() -> Iterator[bytes]:
    """A byte a second, for ever."""
    while True:
        yield b" "
        time.sleep(1)


def flooding(megabytes: int) -> Iterator[bytes]:
    """Far more than anybody asked for."""
    for _ in range(megabytes):
        yield b" " * 1024 * 1024
