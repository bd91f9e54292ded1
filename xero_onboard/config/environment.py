"""The environment, read and checked name by name; the only reader of os.environ."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values

from xero_onboard.config.keys import (
    UnsafeSettingError,
    VaultKey,
    generated_secrets,
    sandbox_webhook_key,
    vault_key,
)

Environment = Literal["development", "production"]

ROOT = Path(__file__).resolve().parent.parent.parent

# What a billing product that syncs with Xero needs and no more; each scope is explained in a guide.
# https://developer.xero.com/documentation/guides/oauth2/scopes/
DEFAULT_SCOPES = (
    "openid profile email offline_access "
    "accounting.contacts accounting.invoices accounting.payments accounting.settings.read"
)
# The players of sites that help centres show videos of; YouTube's is the one that sets no cookie before it plays.
DEFAULT_VIDEO_HOSTS = "www.youtube-nocookie.com player.vimeo.com fast.wistia.net www.loom.com"
# In which the pages and their templates are written.
SOURCE_LANGUAGE = "en-gb"
# As addresses name a language, whether the pages speak it or not: fr, en-gb, zh-hans, es-419.
LOCALE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?")
SANDBOX_CLIENT_ID = "PRACTICE00000000000000000000CAFE"
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_GIVEN = ("SECRET_KEY", "VAULT_KEYS")
_REFUSED_IN_PRODUCTION = ("AUTHLIB_INSECURE_TRANSPORT", "FLASK_DEBUG", "LOGIN_DISABLED", "TESTING")


@dataclass(frozen=True, repr=False)
class XeroSettings:
    """Where Xero is and who we are to it."""

    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    identity_url: str
    login_url: str
    api_url: str
    is_sandbox: bool
    # How many organisations Xero lets the app connect; None when there is no limit that we know of.
    connection_limit: int | None = None
    # With which Xero signs what it tells us; empty when it tells us nothing.
    webhook_key: str = ""
    # Scopes that are younger than this software, and known to the operator.
    further_scopes: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Environ:
    """The environment, `.env` below it, and the generated secrets below both."""

    values: Mapping[str, str]
    secrets: Mapping[str, str]
    environment: Environment
    instance: Path

    @classmethod
    def open(cls, environ: Mapping[str, str] | None) -> Self:
        values = _environment() if environ is None else environ
        environment = values.get("ENVIRONMENT", "development")
        if environment not in ("development", "production"):
            raise UnsafeSettingError(
                f"ENVIRONMENT: must be 'development' or 'production', not {environment!r}"
            )
        instance = ROOT / (values.get("INSTANCE_DIR") or "instance")
        generated = {} if environment == "production" else generated_secrets(instance)
        given = {name: values[name] for name in _GIVEN if values.get(name)}
        known: Environment = "production" if environment == "production" else "development"
        return cls(values, {**generated, **given}, known, instance)

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    def get(self, name: str, default: str) -> str:
        return self.values.get(name, "").strip() or default

    def required(self, name: str) -> str:
        value = self.get(name, "")
        if not value:
            raise UnsafeSettingError(f"{name}: must be set in production")
        return value

    def needed(self, name: str) -> str:
        return self.required(name) if self.is_production else self.get(name, "")

    def word(self, name: str) -> str:
        value = self.get(name, "")
        if value and not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", value):
            raise UnsafeSettingError(f"{name}: {value!r} is not one word of at most 64 letters")
        return value

    def switch(self, name: str, default: str = "off") -> bool:
        value = self.get(name, default)
        if value not in ("off", "on"):
            raise UnsafeSettingError(f"{name}: must be 'off' or 'on', not {value!r}")
        return value == "on"

    def whole(self, name: str, least: int, most: int) -> int | None:
        value = self.get(name, "")
        is_number = value.isascii() and value.isdigit() and len(value) < 7
        if value and not (is_number and least <= int(value) <= most):
            raise UnsafeSettingError(f"{name}: {value!r} is not a number from {least} to {most}")
        return int(value) if value else None

    def port(self, name: str, default: int) -> int:
        return self.whole(name, 1, 65535) or default

    def origin(self, name: str, default: str) -> str:
        value = (self.required(name) if self.is_production else self.get(name, default)).rstrip("/")
        origin = _canonical_origin(value)
        if origin is None:
            raise UnsafeSettingError(
                f"{name}: {value!r} is not an origin like https://help.example.com"
            )
        if self.is_production and not origin.startswith("https://"):
            raise UnsafeSettingError(f"{name}: must begin with https:// in production")
        # Xero refuses 127.0.0.1 as the host of a redirect address, and without https browsers send
        # Sec-Fetch-Site to localhost alone, which the protection of forms depends on.
        is_named = urlsplit(origin).hostname == "localhost" or _port_here(origin) is None
        if not is_named or (origin.startswith("http://") and not _port_here(origin)):
            raise UnsafeSettingError(f"{name}: http is possible for localhost only, by this name")
        return origin

    def origins(self, name: str) -> tuple[str, ...]:
        """Origins of others, of which anything may be shown; in development also such on this machine."""
        found = []
        for value in self.get(name, "").split():
            origin = _canonical_origin(value.rstrip("/"))
            is_local = (origin or "").startswith("http://localhost:") and not self.is_production
            if origin is None or not (origin.startswith("https://") or is_local):
                local = "" if self.is_production else " or http://localhost:3000"
                raise UnsafeSettingError(
                    f"{name}: {value!r} is not an origin like https://app.example.com{local};"
                    " separate several by spaces"
                )
            found.append(origin)
        return tuple(dict.fromkeys(found))

    def video_hosts(self, own: str) -> tuple[str, ...]:
        """The hosts whose players may stand in guides; “none” for no videos at all."""
        named = re.split(r"[\s,]+", self.get("VIDEO_HOSTS", DEFAULT_VIDEO_HOSTS).lower())
        for host in named if named != ["none"] else ():
            if not _HOST.fullmatch(host):
                raise UnsafeSettingError(
                    f"VIDEO_HOSTS: {host!r} is not a host like player.vimeo.com, without https:// and without"
                    " a wildcard; separate several by spaces, or say none"
                )
            # What a frame of our own origin runs could reach the page around it.
            if host == urlsplit(own).hostname:
                raise UnsafeSettingError(f"VIDEO_HOSTS: {host} is this site itself; name others")
        return tuple(dict.fromkeys(named)) if named != ["none"] else ()

    def url(self, name: str, default: str) -> str:
        value = self.get(name, default).rstrip("/")
        if self.is_production and not value.startswith("https://"):
            raise UnsafeSettingError(f"{name}: must begin with https:// in production")
        return value

    def folder(self, name: str, default: str) -> Path:
        return ROOT / self.get(name, default)

    def languages(self) -> tuple[str, ...]:
        """The languages of the pages, as they stand in addresses; the one they are written in comes first."""
        named = re.split(r"[\s,]+", self.get("LANGUAGES", "en-gb fr-ca").strip().lower())
        for name in named:
            if not LOCALE.fullmatch(name):
                raise UnsafeSettingError(
                    f"LANGUAGES: {name!r} is not written like those in addresses: en-gb fr-ca"
                )
        return tuple(dict.fromkeys((SOURCE_LANGUAGE, *named)))

    def sandbox_port(self) -> int:
        port = self.port("SANDBOX_PORT", 8001)
        if port == self.port("PORT", 8000):
            raise UnsafeSettingError(f"SANDBOX_PORT: is the same as PORT ({port}); choose another")
        return port

    def sandbox_origin(self) -> str:
        return f"http://localhost:{self.sandbox_port()}"

    def database_url(self) -> str:
        value = self.get("DATABASE_URL", f"sqlite:///{self.instance / 'site.db'}")
        scheme, _, rest = value.partition("://")
        if scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg://{rest}"
        if scheme not in ("sqlite", "postgresql+psycopg"):
            raise UnsafeSettingError("DATABASE_URL: must begin with sqlite:/// or postgresql://")
        return value

    def secret_key(self) -> str:
        if self.is_production:
            self._refuse_development_switches()
            self._refuse_readable_data()
        value = self.required("SECRET_KEY") if self.is_production else self.secrets["SECRET_KEY"]
        if len(value) < 32 or len(set(value)) < 8:
            raise UnsafeSettingError("SECRET_KEY: must be at least 32 random characters")
        return value

    def vault_keys(self) -> tuple[VaultKey, ...]:
        value = self.required("VAULT_KEYS") if self.is_production else self.secrets["VAULT_KEYS"]
        keys = tuple(vault_key(part.strip()) for part in value.split(",") if part.strip())
        if not keys or len({key.id for key in keys}) != len(keys):
            raise UnsafeSettingError(
                "VAULT_KEYS: needs at least one key, each with an id of its own"
            )
        return keys

    def xero(self) -> XeroSettings:
        client_id = self.needed("XERO_CLIENT_ID")
        scopes = tuple(self.get("XERO_SCOPES", DEFAULT_SCOPES).split())
        if "," in "".join(scopes):
            raise UnsafeSettingError("XERO_SCOPES: separate scopes by spaces, not by commas")
        for needed in ("openid", "offline_access"):
            if needed not in scopes:
                raise UnsafeSettingError(f"XERO_SCOPES: must contain {needed}")
        return XeroSettings(
            client_id=client_id or SANDBOX_CLIENT_ID,
            client_secret=self._client_secret(client_id),
            scopes=scopes,
            identity_url=self._xero_url("XERO_IDENTITY_URL", "https://identity.xero.com"),
            login_url=self._xero_url("XERO_LOGIN_URL", "https://login.xero.com"),
            api_url=self._xero_url("XERO_API_URL", "https://api.xero.com"),
            is_sandbox=not client_id,
            connection_limit=self.whole("XERO_CONNECTION_LIMIT", 1, 999_999),
            webhook_key=self.webhook_key(is_sandbox=not client_id),
            further_scopes=tuple(self.get("XERO_FURTHER_SCOPES", "").split()),
        )

    def _xero_url(self, name: str, real: str) -> str:
        """One of Xero's hosts: all of them the sandbox's, or none, so that neither passes for the other."""
        sandbox, client_id = self.sandbox_origin(), self.needed("XERO_CLIENT_ID")
        value = self.url(name, real if client_id else sandbox)
        if not client_id and value != sandbox:
            raise UnsafeSettingError(f"{name}: must not be set without XERO_CLIENT_ID")
        port = _port_here(value)
        if client_id and port and (port == self.sandbox_port() or self.is_production):
            raise UnsafeSettingError(f"{name}: {value!r} is not Xero")
        return value

    def webhook_key(self, *, is_sandbox: bool) -> str:
        # The sandbox and the site agree without anybody having to set it.
        agreed = sandbox_webhook_key(self.secrets) if is_sandbox else ""
        key = self.get("XERO_WEBHOOK_KEY", agreed)
        if key and len(key) < 32:
            raise UnsafeSettingError("XERO_WEBHOOK_KEY: copy the whole key from your app at Xero")
        return key

    def _client_secret(self, client_id: str) -> str:
        if not client_id:
            return self.secrets["SANDBOX_CLIENT_SECRET"]
        if client_id == SANDBOX_CLIENT_ID:
            raise UnsafeSettingError(
                "XERO_CLIENT_ID: is the sandbox's; use the id of your app at Xero"
            )
        secret = self.get("XERO_CLIENT_SECRET", "")
        if not secret:
            raise UnsafeSettingError("XERO_CLIENT_SECRET: must be set beside XERO_CLIENT_ID")
        return secret

    def _refuse_readable_data(self) -> None:
        if self.instance.exists() and self.instance.stat().st_mode & 0o077:
            raise UnsafeSettingError(
                f"INSTANCE_DIR: others on this machine may enter {self.instance}; chmod it to 0700"
            )
        scheme, _, path = self.get("DATABASE_URL", "").partition(":///")
        database = Path(path)
        if scheme == "sqlite" and database.is_file() and database.stat().st_mode & 0o077:
            raise UnsafeSettingError(
                f"DATABASE_URL: others on this machine may read {database}; chmod it to 0600"
            )

    def _refuse_development_switches(self) -> None:
        for name in _REFUSED_IN_PRODUCTION:
            if self.get(name, "").lower() not in ("", "0", "false", "no"):
                raise UnsafeSettingError(f"{name}: must not be set in production")


def _environment() -> Mapping[str, str]:
    dotenv = {name: value for name, value in dotenv_values(ROOT / ".env").items() if value}
    return {**dotenv, **os.environ}  # noqa: TID251


def _canonical_origin(value: str) -> str | None:
    """The origin as browsers write it, or None when the value is something else or more than that."""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    is_bare = f"{parts.scheme}://{parts.netloc}" == value and not set(parts.netloc) & {"@", "*"}
    if parts.scheme not in _DEFAULT_PORTS or not host or not is_bare:
        return None
    host = f"[{host}]" if ":" in host else host
    is_default = port is None or port == _DEFAULT_PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" if is_default else f"{parts.scheme}://{host}:{port}"


def _port_here(url: str) -> int | None:
    """The port of this machine to which a URL leads, however its host is written; None for elsewhere."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    is_here = address.is_loopback or address.is_unspecified
    return (parts.port or _DEFAULT_PORTS.get(parts.scheme)) if is_here else None
