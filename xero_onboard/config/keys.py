"""Keys and other secrets: read from what is given, or made once for a development instance."""

import base64
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values


class UnsafeSettingError(Exception):
    """A setting is missing, malformed or unsafe; the message names it."""


@dataclass(frozen=True)
class VaultKey:
    """One AES-256 key and the id that stands in everything sealed with it."""

    id: str
    key: bytes

    def __repr__(self) -> str:
        return f"VaultKey(id={self.id!r})"


def vault_key(part: str) -> VaultKey:
    """One entry of VAULT_KEYS; raises UnsafeSettingError."""
    key_id, colon, encoded = part.partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise UnsafeSettingError("VAULT_KEYS: a key is not valid base64") from error
    if not colon or not key_id.isalnum() or len(key_id) > 16 or len(key) != 32:
        raise UnsafeSettingError(
            "VAULT_KEYS: each key is <id>:<32 bytes in base64>, the id of at most 16 letters or digits"
        )
    return VaultKey(key_id, key)


def new_vault_key(key_id: str) -> str:
    """A fresh entry for VAULT_KEYS."""
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def generated_secrets(instance: Path) -> Mapping[str, str]:
    """The secrets of this development instance, made once and readable by their owner alone."""
    path = instance / "secrets.env"
    if not path.exists():
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "VAULT_KEYS": new_vault_key("dev1"),
            "SANDBOX_CLIENT_SECRET": secrets.token_urlsafe(32),
        }
        _write_once(path, "".join(f"{name}='{value}'\n" for name, value in fresh.items()))
    return {name: value for name, value in dotenv_values(path).items() if value}


def sandbox_webhook_key(generated: Mapping[str, str]) -> str:
    """With which the sandbox signs what it tells: derived, as older instances have none of their own."""
    secret = generated["SANDBOX_CLIENT_SECRET"].encode()
    return base64.b64encode(hmac.digest(secret, b"webhooks", "sha256")).decode()


def _write_once(path: Path, text: str) -> None:
    """Several processes may start at once: the first to link its file wins, and none sees half of one."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
