"""The provider's keys when the provider does not hand them out."""

import json

import pytest

from tests.connect.hostile import ANOTHER_KEY, KEY, signed
from xero_onboard.connect.providers.base import BadIdentity, ProviderUnavailable
from xero_onboard.connect.providers.keys import RENEW_SECONDS, KeyCache


class Shelf:
    """Hands out keys until it is closed, and notes how long it was given for each."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.is_closed = False

    def fetch(self, seconds: float) -> object:
        self.waits.append(seconds)
        if self.is_closed:
            raise ProviderUnavailable("nobody answers", sent=True)
        return {"keys": [KEY.as_dict(private=False)]}


def test_keys_that_cannot_be_had_anew_are_used_on_and_one_reader_waits() -> None:
    """Fault row 15: for three seconds, and once a minute."""
    shelf, cache = Shelf(), KeyCache(keep_seconds=0)
    token = signed({"sub": "somebody"}, KEY)
    cache.payload_of(token, shelf.fetch)
    shelf.is_closed = True

    said = [cache.payload_of(token, shelf.fetch) for _ in range(5)]

    assert {json.loads(each)["sub"] for each in said} == {"somebody"}
    assert shelf.waits[1:] == [RENEW_SECONDS]


def test_without_any_key_nothing_is_believed() -> None:
    """Fault row 15."""
    shelf, cache = Shelf(), KeyCache()
    shelf.is_closed = True

    with pytest.raises(ProviderUnavailable):
        cache.payload_of(signed({"sub": "somebody"}, KEY), shelf.fetch)


def test_old_keys_do_not_make_a_strangers_word_good() -> None:
    """Row A6."""
    shelf, cache = Shelf(), KeyCache(keep_seconds=0)
    cache.payload_of(signed({"sub": "somebody"}, KEY), shelf.fetch)
    shelf.is_closed = True

    for refusal in (ProviderUnavailable, BadIdentity):
        with pytest.raises(refusal):
            cache.payload_of(signed({"sub": "somebody"}, ANOTHER_KEY), shelf.fetch)
