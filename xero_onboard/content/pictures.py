"""Pictures beside guides: what they are is read from their first bytes, never from their names."""

import struct
from dataclasses import dataclass
from hashlib import sha256

from xero_onboard.content.models import LONGEST_NAME
from xero_onboard.content.references import BadPicture, Shown
from xero_onboard.content.sanitising import PICTURES

LARGEST = 3 * 1024 * 1024

_PNG = b"\x89PNG\r\n\x1a\n"
# Every marker that begins a JPEG frame, and so tells its size. https://www.w3.org/Graphics/JPEG/itu-t81.pdf table B.1
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class PictureFile:
    """A picture as it is stored."""

    id: int
    name: str
    digest: str
    content_type: str
    width: int
    height: int
    body: bytes

    @property
    def shown(self) -> Shown:
        return shown_at(self.id, self.name, self.width, self.height)


def shown_at(picture_id: int, name: str, width: int, height: int) -> Shown:
    """The picture as pages show it."""
    return Shown(f"{PICTURES}{picture_id}/{name}", width, height)


def read_picture(name: str, body: bytes) -> PictureFile:
    """Look at a file's bytes; raises BadPicture."""
    if not all(letter.isascii() and (letter.isalnum() or letter in "-_.") for letter in name):
        raise BadPicture("may be named with letters, digits, hyphens and dots only")
    if len(name) > LONGEST_NAME:
        raise BadPicture(f"has a name longer than {LONGEST_NAME} characters")
    if len(body) > LARGEST:
        raise BadPicture(f"is larger than {LARGEST // 1024 // 1024} MB")
    content_type, size = (
        ("image/png", _png_size(body))
        if body.startswith(_PNG)
        else ("image/jpeg", _jpeg_size(body))
    )
    if size is None or not all(0 < side <= 10_000 for side in size):
        raise BadPicture("is not a PNG or JPEG picture")
    digest = sha256(name.encode() + b"\0" + body).hexdigest()
    return PictureFile(int(digest[:15], 16), name, digest, content_type, *size, body)


def _png_size(body: bytes) -> tuple[int, int] | None:
    if len(body) < 24 or body[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", body[16:24])
    return width, height


def _jpeg_size(body: bytes) -> tuple[int, int] | None:
    if not body.startswith(b"\xff\xd8"):
        return None
    position = 2
    while position + 9 <= len(body) and body[position] == 0xFF:
        marker = body[position + 1]
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", body[position + 5 : position + 9])
            return width, height
        if marker == 0xFF:  # padding before a marker
            position += 1
            continue
        length = int.from_bytes(body[position + 2 : position + 4], "big")
        if length < 2:
            return None
        position += 2 + length
    return None
