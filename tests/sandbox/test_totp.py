"""Codes of an authenticator app, against the table of https://www.rfc-editor.org/rfc/rfc6238#appendix-B"""

import base64

import pytest

from xero_onboard.sandbox import totp

KEY = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_234_567_890, "005924"),
        (20_000_000_000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert totp.code_at(KEY, seconds // 30) == code


def test_the_qr_code_says_who_and_which_key() -> None:
    address = totp.address(KEY, "riley@practice.example")

    assert address == (
        "otpauth://totp/Practice%20Xero%3Ariley%40practice.example"
        f"?secret={KEY}&issuer=Practice%20Xero"
    )
