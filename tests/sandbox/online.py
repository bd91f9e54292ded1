"""The practice Xero as a process of its own, as `make run` starts it, and an app that calls it over sockets."""

import base64
import json
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from tests.connect.person import Person
from tests.faults_client import Faults
from tests.outside import ENVIRON
from tests.sandbox.dance import SCOPES
from tests.servers import LEFT_OUT, free_ports
from xero_onboard.config import ROOT, SandboxSettings

START_SECONDS = 30.0
Tokens = dict[str, Any]


@dataclass(frozen=True)
class Online:
    """The practice Xero on its port, with everything the registered app can ask of it."""

    settings: SandboxSettings

    @property
    def origin(self) -> str:
        return self.settings.origin

    @property
    def faults(self) -> Faults:
        return Faults(self.origin)

    @cached_property
    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.origin, trust_env=False, timeout=20)

    def authorize_url(self, **changes: str | None) -> str:
        values = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.redirect_uris[0],
            "scope": SCOPES,
            "state": "state-of-the-app",
            "nonce": "nonce-of-the-app",
            **changes,
        }
        present = {name: value for name, value in values.items() if value is not None}
        return f"{self.origin}/identity/connect/authorize?{urlencode(present)}"

    @cached_property
    def people(self) -> dict[str, Person]:
        return {}

    def person(self, email: str) -> Person:
        """This person at their browser, which stays logged in."""
        return self.people.setdefault(email, Person(self.origin, email))

    def code(self, email: str, organisation: str | None = None) -> str:
        """This person allows access; the code that the app gets."""
        return came_back(self.person(email).allow(self.authorize_url(), organisation))["code"]

    def tokens(self, email: str, organisation: str | None = None) -> Tokens:
        """This person allows access; the tokens that the app gets."""
        found: Tokens = self.redeem(self.code(email, organisation)).raise_for_status().json()
        return found

    def redeem(self, code: str) -> httpx.Response:
        fields = {"code": code, "redirect_uri": self.settings.redirect_uris[0]}
        return self._token("authorization_code", **fields)

    def refresh(self, token: str) -> httpx.Response:
        return self._token("refresh_token", refresh_token=token)

    def revoke(self, token: str) -> httpx.Response:
        return self.client.post("/connect/revocation", data={"token": token}, auth=self._secret)

    def call(self, path: str, token: str, method: str = "GET", **headers: str) -> httpx.Response:
        headers["Authorization"] = f"Bearer {token}"
        return self.client.request(method, path, headers=headers)

    def connections(self, token: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.call("/connections", token).json()
        return found

    def organisation(self, token: str, tenant: str) -> httpx.Response:
        return self.call("/api.xro/2.0/Organisation", token, **{"xero-tenant-id": tenant})

    def keys(self) -> httpx.Response:
        return self.client.get("/.well-known/openid-configuration/jwks")

    def raw(self, path: str, method: str = "GET") -> bytes:
        """Everything that comes over a plain socket; raises what the socket raises."""
        with socket.create_connection(("127.0.0.1", self.settings.port), timeout=20) as line:
            head = f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.settings.port}\r\n"
            line.sendall(f"{head}Content-Length: 0\r\n\r\n".encode())
            return b"".join(iter(lambda: line.recv(65536), b""))

    def start_anew(self) -> None:
        """Everybody is as at the beginning, and nothing is armed."""
        assert self.client.post("/reset").is_redirect
        self.client.cookies.clear()
        self.people.clear()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the store holds."""
        with closing(sqlite3.connect(self.settings.database, timeout=10)) as store, store:
            return store.execute(query, values).fetchall()

    @property
    def _secret(self) -> tuple[str, str]:
        return self.settings.client_id, self.settings.client_secret

    def _token(self, kind: str, **fields: str) -> httpx.Response:
        return self.client.post(
            "/connect/token", data={"grant_type": kind, **fields}, auth=self._secret
        )


@contextmanager
def started(instance: Path) -> Iterator[Online]:
    """Start it with its data in `instance`, and end it afterwards."""
    (port,) = free_ports(1)
    own = {"INSTANCE_DIR": str(instance), "SANDBOX_PORT": str(port), "PRODUCT_NAME": "Acme Billing"}
    online = Online(SandboxSettings.from_environ(own))
    with (instance / "said.txt").open("wb") as said, another(online, said=said):
        yield online


@contextmanager
def another(online: Online, said: Any = None, port: int | None = None) -> Iterator[int]:
    """A process of the same practice Xero, on its own port or on another one."""
    chosen = port or online.settings.port
    own = {
        "ENVIRONMENT": "development",
        "INSTANCE_DIR": str(online.settings.database.parent),
        "SANDBOX_PORT": str(chosen),
        "PRODUCT_NAME": online.settings.app_name,
    }
    process = subprocess.Popen(
        (sys.executable, "-m", "xero_onboard.sandbox"),
        cwd=ROOT,
        env={**ENVIRON, **dict.fromkeys(LEFT_OUT, ""), **own},
        stdout=said,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait(process, chosen)
        yield chosen
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    ends_at = time.monotonic() + START_SECONDS
    while time.monotonic() < ends_at and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the practice Xero did not start")


def came_back(address: str) -> dict[str, str]:
    """What the browser carries back to the app."""
    return dict(parse_qsl(urlsplit(address).query, strict_parsing=True))


def head_of(token: str) -> dict[str, Any]:
    """What a token says of its signature."""
    return _part(token, 0)


def claims_of(token: str) -> dict[str, Any]:
    """What a token says."""
    return _part(token, 1)


def _part(token: str, number: int) -> dict[str, Any]:
    part = token.split(".")[number]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found
