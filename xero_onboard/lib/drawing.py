"""Pictures from outside, drawn anew: what a file says of itself is not believed.

Its size in bytes and in points is known before anything is decoded; one picture is drawn, whatever else the file
holds; and that picture is written anew, so that what was hidden in the file, like the place where a photograph was
taken, is not in what is kept.
"""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from xero_onboard.lib.languages import gettext as _

MOST_POINTS = 25_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_QUALITY = 88
# What decoders raise at files that were made to break them.
_UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    MemoryError,
    struct.error,
    zlib.error,
)


class NotDrawable(Exception):
    """No picture that we take; what it says follows upon the name of the file."""


@dataclass(frozen=True)
class Drawn:
    """A picture as we wrote it, with the ending that belongs to it."""

    body: bytes
    ending: str


def draw_anew(body: bytes, *, widest: int, most_bytes: int, highest: int | None = None) -> Drawn:
    """The picture in the file, at most so many points wide and so many bytes large; raises NotDrawable."""
    try:
        with Image.open(BytesIO(body), formats=_FORMATS) as opened:
            _refuse_if_huge(opened)
            is_photograph = opened.format in ("JPEG", "WEBP")
            drawn = _only_the_picture(opened)
    except _UNREADABLE as error:
        raise NotDrawable(_("cannot be read: choose a PNG, JPEG, GIF or WebP picture")) from error
    drawn.thumbnail((widest, highest or widest * 4))
    return _written(drawn, most_bytes, is_photograph=is_photograph)


def _refuse_if_huge(opened: Image.Image) -> None:
    """Only the head of the file has been read so far."""
    width, height = opened.size
    if width * height > MOST_POINTS:
        raise NotDrawable(
            _(
                "has %(width)s × %(height)s points: %(millions)s million are the most",
                width=width,
                height=height,
                millions=MOST_POINTS // 1_000_000,
            )
        )


def _only_the_picture(opened: Image.Image) -> Image.Image:
    """The first picture of the file the right way up, on a fresh sheet: without its notes, profiles and comments."""
    upright = ImageOps.exif_transpose(opened)
    has_holes = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    colours = upright.convert("RGBA" if has_holes else "RGB")
    sheet = Image.new(colours.mode, colours.size)
    sheet.paste(colours)
    return sheet


def _written(drawn: Image.Image, most_bytes: int, *, is_photograph: bool) -> Drawn:
    """As small as it gets without being seen: what is too large as a PNG becomes a JPEG."""
    if not is_photograph or drawn.mode == "RGBA":
        body = _encoded(drawn, "PNG", optimize=True)
        if len(body) <= most_bytes:
            return Drawn(body, "png")
    body = _encoded(_on_white(drawn), "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    if len(body) > most_bytes:
        raise NotDrawable(_("is too large even when it is drawn anew: make it smaller first"))
    return Drawn(body, "jpg")


def _on_white(drawn: Image.Image) -> Image.Image:
    if drawn.mode == "RGB":
        return drawn
    sheet = Image.new("RGB", drawn.size, "white")
    sheet.paste(drawn, mask=drawn.getchannel("A"))
    return sheet


def _encoded(drawn: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    drawn.save(out, kind, **options)
    return out.getvalue()
