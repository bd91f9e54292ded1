"""Sealing: what opens, where, and with which key."""

import secrets

import pytest

from xero_onboard.config import VaultKey
from xero_onboard.lib.crypto import KeyMissing, KeyRing, Tampered, key_of

OLD = VaultKey("k1", secrets.token_bytes(32))
NEW = VaultKey("k2", secrets.token_bytes(32))


def test_what_was_sealed_opens_in_its_place() -> None:
    ring = KeyRing([NEW])

    assert ring.unseal(ring.seal("token", "grant|1|access"), "grant|1|access") == "token"


def test_what_was_sealed_for_one_row_does_not_open_in_another() -> None:
    ring = KeyRing([NEW])
    sealed = ring.seal("token", "grant|1|access")

    with pytest.raises(Tampered):
        ring.unseal(sealed, "grant|2|access")


def test_the_first_key_seals_and_all_unseal() -> None:
    sealed = KeyRing([OLD]).seal("token", "here")

    ring = KeyRing([NEW, OLD])

    assert ring.unseal(sealed, "here") == "token"
    assert key_of(ring.seal("token", "here")) == "k2"


def test_a_missing_key_is_told_from_tampering() -> None:
    sealed = KeyRing([OLD]).seal("token", "here")

    with pytest.raises(KeyMissing, match="k1"):
        KeyRing([NEW]).unseal(sealed, "here")


@pytest.mark.parametrize("broken", ["k2.", "k2.AAAA", "k2.not base64!", "k2." + "A" * 400])
def test_rubbish_is_refused(broken: str) -> None:
    with pytest.raises(Tampered):
        KeyRing([NEW]).unseal(broken, "here")


def test_sealing_twice_gives_two_texts() -> None:
    ring = KeyRing([NEW])

    assert ring.seal("token", "here") != ring.seal("token", "here")
