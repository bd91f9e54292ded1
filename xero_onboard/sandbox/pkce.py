"""Proof that whoever redeems a code is whoever asked for it: https://www.rfc-editor.org/rfc/rfc7636"""

import base64
import hashlib
import hmac
import re

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def is_challenge(given: str) -> bool:
    """Whether this can be a SHA-256 in base64url."""
    return _CHALLENGE.fullmatch(given) is not None


def is_met(challenge: str | None, verifier: str | None) -> bool:
    """Whether the verifier is the challenge's; without a challenge there must be none.

    A verifier nobody announced is a downgrade: https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1
    """
    if challenge is None or verifier is None:
        return challenge is verifier
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    computed = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(computed, challenge)
