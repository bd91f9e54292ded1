"""Pictures from outside: looked at, drawn anew, and kept under a name of ours.

What a file says of itself is not believed. Its size in bytes and in points is known before anything is decoded; one
picture is drawn, whatever else the file holds; and that picture is written anew, so that what was hidden in the file,
like the place where a photograph was taken, is not in what we keep.
"""

import secrets
import struct
import zlib
from dataclasses import dataclass
from html import escape
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from xero_onboard.content import drafts, revisions
from xero_onboard.content.pictures import LARGEST as LARGEST_KEPT
from xero_onboard.content.pictures import read_picture
from xero_onboard.content.references import BadPicture

LARGEST = 5 * 1024 * 1024
MOST_POINTS = 25_000_000
# Wider than any column of a guide on the sharpest screen.
WIDEST = 2_000
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


@dataclass(frozen=True)
class Kept:
    """A picture that a guide can show, with what its author writes for it."""

    address: str
    markdown: str


def keep(article_id: int, body: bytes, alt: str, caption: str) -> Kept:
    """Keep the picture beside the guide; raises BadPicture and NoSuchArticle."""
    place = drafts.opened(article_id).place
    drawn, ending = drawn_anew(body)
    name = f"{secrets.token_hex(8)}.{ending}"
    picture = read_picture(name, drawn)
    revisions.keep_pictures({f"{place.locale}/{place.section}/images/{name}": picture})
    return Kept(picture.shown.address, _markdown(name, alt, caption))


def _markdown(name: str, alt: str, caption: str) -> str:
    words = " ".join(alt.replace("[", "(").replace("]", ")").split())
    shown = f"![{words}](images/{name})"
    attribute = f' caption="{escape(caption)}"' if caption else ""
    return f"<Frame{attribute}>\n{shown}\n</Frame>"


def drawn_anew(body: bytes) -> tuple[bytes, str]:
    """A picture of our own making that shows the same, and the ending of its name; raises BadPicture."""
    if len(body) > LARGEST:
        raise BadPicture(f"is larger than {LARGEST // 1024 // 1024} MB: make it smaller first")
    try:
        with Image.open(BytesIO(body), formats=_FORMATS) as opened:
            _refuse_if_huge(opened)
            is_photograph = opened.format in ("JPEG", "WEBP")
            drawn = _only_the_picture(opened)
    except _UNREADABLE as error:
        raise BadPicture("cannot be read: choose a PNG, JPEG, GIF or WebP picture") from error
    drawn.thumbnail((WIDEST, WIDEST * 4))
    return _written(drawn, is_photograph=is_photograph)


def _refuse_if_huge(opened: Image.Image) -> None:
    """Only the head of the file has been read so far."""
    width, height = opened.size
    if width * height > MOST_POINTS:
        message = f"has {width} × {height} points: {MOST_POINTS // 1_000_000} million are the most"
        raise BadPicture(message)


def _only_the_picture(opened: Image.Image) -> Image.Image:
    """The first picture of the file the right way up, on a fresh sheet: without its notes, profiles and comments."""
    upright = ImageOps.exif_transpose(opened)
    has_holes = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    colours = upright.convert("RGBA" if has_holes else "RGB")
    sheet = Image.new(colours.mode, colours.size)
    sheet.paste(colours)
    return sheet


def _written(drawn: Image.Image, *, is_photograph: bool) -> tuple[bytes, str]:
    """As small as it gets without being seen: what no PNG of ours can hold becomes a JPEG."""
    if not is_photograph or drawn.mode == "RGBA":
        body = _encoded(drawn, "PNG", optimize=True)
        if len(body) <= LARGEST_KEPT:
            return body, "png"
    body = _encoded(_on_white(drawn), "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    if len(body) > LARGEST_KEPT:
        raise BadPicture("is too large even when it is drawn anew: make it smaller first")
    return body, "jpg"


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
