"""Six-digit codes from an authenticator app: https://www.rfc-editor.org/rfc/rfc6238"""

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

from xero_onboard.lib import clock

SECONDS = 30
_ISSUER = "Practice Xero"


def new_key() -> str:
    """A fresh key, as an app takes it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def current_step() -> int:
    """The number of the half minute it is now."""
    return int(clock.now().timestamp()) // SECONDS


def seconds_left() -> int:
    """How long the current step still lasts."""
    return SECONDS - int(clock.now().timestamp()) % SECONDS


def code_at(key: str, step: int) -> str:
    """The code that an app shows during this step."""
    # SHA-1 is what every authenticator app computes; as a keyed hash it is still sound.
    digest = hmac.digest(base64.b32decode(key), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def step_of(key: str, code: str) -> int | None:
    """The step this code belongs to, when a phone's clock is at most one step off."""
    now = current_step()
    steps = [step for step in (now, now - 1, now + 1) if _is_code(key, step, code)]
    return steps[0] if steps else None


def address(key: str, account: str) -> str:
    """What the QR code says: https://github.com/google/google-authenticator/wiki/Key-Uri-Format"""
    label = quote(f"{_ISSUER}:{account}")
    return (
        f"otpauth://totp/{label}?{urlencode({'secret': key, 'issuer': _ISSUER}, quote_via=quote)}"
    )


def in_groups(key: str) -> str:
    """The key as a person can read it out."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


def _is_code(key: str, step: int, code: str) -> bool:
    return hmac.compare_digest(code_at(key, step).encode(), code.encode())
