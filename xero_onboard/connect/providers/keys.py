"""A provider's public keys: fetched when needed, kept for a while, and never fetched at a stranger's pace."""

import logging
import threading
import time
from collections.abc import Callable
from math import inf
from typing import Any

from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import RSAKey

from xero_onboard.connect.providers.base import BadAnswer, BadIdentity, ProviderUnavailable

KEEP_SECONDS = 3600.0
REFETCH_SECONDS = 60.0
# While there are keys that will do, nobody waits longer than this for newer ones.
RENEW_SECONDS = 3.0
SMALLEST_KEY_BITS = 2048

Keys = dict[str, RSAKey]
# Fetches what the provider publishes, within so many seconds.
Fetch = Callable[[float], object]

log = logging.getLogger(__name__)


class KeyDoubt(BadIdentity):
    """The key is unknown or does not fit; the provider may have changed its keys."""


class KeyCache:
    """Finds the key that signed a token.

    An unknown key id, or a known one that does not fit, may mean that the provider has changed its
    keys, so we look again; but at most once a minute, or anybody could have us flood the provider.
    Keys that could not be fetched anew are used on for as long, so that one reader waits, and not all.
    """

    def __init__(self, keep_seconds: float = KEEP_SECONDS) -> None:
        self._lock = threading.Lock()
        self._keep_seconds = keep_seconds
        self._keys: Keys = {}
        self._good_until = -inf
        self._refetched_at: float | None = None

    def payload_of(self, token: str, fetch: Fetch) -> bytes:
        """What a validly signed token says; raises BadIdentity or ProviderUnavailable."""
        keys = self._current(fetch)
        try:
            return _verified(token, keys)
        except KeyDoubt:
            if not self._may_look_again():
                raise
        return _verified(token, self._taken(fetch, inf))

    def _current(self, fetch: Fetch) -> Keys:
        if time.monotonic() < self._good_until:
            return self._keys
        try:
            return self._taken(fetch, RENEW_SECONDS if self._keys else inf)
        except ProviderUnavailable:
            if not self._keys:
                raise
            self._good_until = time.monotonic() + REFETCH_SECONDS
            log.warning("the provider's keys could not be fetched; using those we know")
            return self._keys

    def _may_look_again(self) -> bool:
        with self._lock:
            moment = time.monotonic()
            if self._refetched_at is not None and moment - self._refetched_at < REFETCH_SECONDS:
                return False
            self._refetched_at = moment
            return True

    def _taken(self, fetch: Fetch, seconds: float) -> Keys:
        # No lock while fetching: two fetches at once do no harm, a slow one that blocks all would.
        keys = _signing_keys(fetch(seconds))
        self._keys, self._good_until = keys, time.monotonic() + self._keep_seconds
        return keys


def _verified(token: str, keys: Keys) -> bytes:
    try:
        key = keys.get(str(jws.extract_compact(token.encode()).headers().get("kid")))
        if key is None:
            raise KeyDoubt("signed with a key the provider does not publish")
        # Only RS256: a provider's public key must never serve as an HMAC secret.
        # https://www.rfc-editor.org/rfc/rfc8725#section-3.1
        return jws.deserialize_compact(token.encode(), key, algorithms=["RS256"]).payload or b""
    except BadSignatureError as error:
        raise KeyDoubt("the signature does not fit the provider's key") from error
    except (JoseError, ValueError, TypeError) as error:
        raise BadIdentity(f"not a token signed by the provider: {type(error).__name__}") from error


def _signing_keys(document: object) -> Keys:
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise BadAnswer("the provider's key list is not one")
    keys = {}
    for entry in listed:
        key = _signing_key(entry)
        if key is not None:
            keys[str(entry["kid"])] = key
    if not keys:
        raise BadAnswer("the provider's key list has no key we can use")
    return keys


def _signing_key(entry: Any) -> RSAKey | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
        return None
    if entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
        return None
    if entry.get("alg", "RS256") != "RS256":
        return None
    try:
        key = RSAKey.import_key({name: entry[name] for name in ("kty", "n", "e", "kid")})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if key.raw_value.key_size >= SMALLEST_KEY_BITS else None
