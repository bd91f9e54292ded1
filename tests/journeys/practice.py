"""The people of the practice Xero, and the phone with codes that each may have."""

import base64
import hmac
import struct
import time
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import zxingcpp
from PIL import Image
from playwright.sync_api import Page

PASSWORD = "practice-xero"
STEP_SECONDS = 30


@dataclass(frozen=True)
class Person:
    """Somebody who can log in at the practice Xero."""

    email: str
    organisation: str
    has_two_step: bool = False
    must_have_two_step: bool = False

    @property
    def other_email(self) -> str:
        """A mailbox besides the one of the login."""
        return self.email.replace("@", ".backup@")

    @property
    def login(self) -> dict[str, str]:
        """What to type on the page "Log in"."""
        return {"Email address": self.email, "Password": PASSWORD}


RILEY = Person("riley@practice.example", "Riley's Roastery")
AMARA = Person("amara@practice.example", "Harbour Café Ltd", has_two_step=True)
CASEY = Person("casey@practice.example", "Wattle Street Bakery", must_have_two_step=True)
ROBIN = Person("robin@practice.example", "Harbour Café Ltd")


class Phone:
    """An authenticator app: scans the picture a page shows, and computes codes as RFC 6238 says."""

    def __init__(self) -> None:
        self._key = b""
        self._used = 0

    def scan(self, page: Page) -> None:
        """Take the key from the picture; it must be the one that is written beside it."""
        picture = page.locator(".qr")
        picture.scroll_into_view_if_needed()
        # Of this kind alone: among its dots a reader of every kind sees bars of others.
        (found,) = zxingcpp.read_barcodes(
            Image.open(BytesIO(picture.screenshot())), formats=zxingcpp.BarcodeFormat.QRCode
        )
        scanned = parse_qs(urlsplit(found.text).query)["secret"][0]
        shown = (page.locator("#key").text_content() or "").replace(" ", "")
        assert found.text.startswith("otpauth://totp/")
        assert scanned == shown
        self._key = base64.b32decode(scanned + "=" * (-len(scanned) % 8))

    def code(self) -> str:
        """A code that was not given before; Xero takes each once, and takes the next one early."""
        self._used = max(int(time.time()) // STEP_SECONDS, self._used + 1)
        digest = hmac.digest(self._key, struct.pack(">Q", self._used), "sha1")
        (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
        return f"{(number & 0x7FFFFFFF) % 10**6:06}"
