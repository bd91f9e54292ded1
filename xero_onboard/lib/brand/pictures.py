"""Logos and what is made of them: drawn anew as every picture from outside, and kept under a name of their own bytes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

from PIL import Image
from sqlalchemy import delete, update

from xero_onboard.lib.brand.models import BrandPicture
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db, insert_into
from xero_onboard.lib.drawing import Drawn, NotDrawable, draw_anew

LARGEST = 2 * 1024 * 1024
# As the head of a page shows it, on the sharpest screen.
TALL, WIDE = 32, 200
_SHARPEST = 3
_LEAST_TALL = 24
_ICON = 192
# What networks cut previews of links to.
_CARD = (1200, 630)
# Pages that caches keep still show what was replaced.
_KEEP = timedelta(days=1)
_TYPES = {"png": "image/png", "jpg": "image/jpeg"}


class BadLogo(Exception):
    """A file that we make no logo or icon of; what it says follows upon the name of the field."""


@dataclass(frozen=True)
class Shown:
    """A picture as a page shows it, with the room that it takes there."""

    href: str
    width: int
    height: int


def draw(piece: str, body: bytes) -> Drawn:
    """A logo as small as the sharpest screen needs it, or an icon in its square; raises BadLogo."""
    if piece == "icon":
        drawn = _drawn(body, widest=_ICON * 2, highest=_ICON * 2)
        square = (_ICON, _ICON)
        return Drawn(_framed(drawn.body, square, square, see_through=True), "png")
    drawn = _drawn(body, widest=WIDE * _SHARPEST, highest=TALL * _SHARPEST)
    if Image.open(BytesIO(drawn.body)).height < _LEAST_TALL:
        raise BadLogo(f"is too low to be read: make it {TALL * _SHARPEST} points high or higher")
    return drawn


def keep(piece: str, body: bytes) -> str:
    """Keep a logo or an icon, and say its name; raises BadLogo."""
    return _keep(draw(piece, body))


def icon_of(name: str) -> str:
    """The icon made of a logo that is kept."""
    return keep("icon", body_of(name))


def card_of(name: str) -> str:
    """What stands for the site in previews of links, made of a logo that is kept: on white, and not larger than it is."""
    body = body_of(name)
    width, height = Image.open(BytesIO(body)).size
    return _keep(Drawn(_framed(body, _CARD, (width, height), see_through=False), "png"))


def on_white(name: str) -> bytes:
    """A logo for letters, whose ground nobody knows: each mail program chooses its own."""
    body = body_of(name)
    width, height = Image.open(BytesIO(body)).size
    return _framed(body, size_on_white(width, height), (width, height), see_through=False)


def size_on_white(width: int, height: int) -> tuple[int, int]:
    """With an edge that keeps the logo clear of whatever is around it."""
    return width + height // 2, height + height // 2


def body_of(name: str) -> bytes:
    """The bytes of a picture that a look holds."""
    return db.session.get_one(BrandPicture, name).body


def find(name: str) -> BrandPicture | None:
    """The picture of this name."""
    return db.session.get(BrandPicture, name)


def take_off(names: Collection[str]) -> None:
    """Count from now on how long caches keep what was worn until this moment."""
    worn = update(BrandPicture).where(BrandPicture.name.in_(names))
    db.session.execute(worn.values(made_at=now()))


def forget_unused(used: Collection[str]) -> None:
    """Delete what no look holds any more, and no cache either."""
    old = BrandPicture.made_at < now() - _KEEP
    db.session.execute(delete(BrandPicture).where(BrandPicture.name.not_in(used), old))


def shown(picture: BrandPicture) -> Shown:
    """The picture at the size that it has in the head of a page."""
    scale = min(TALL / picture.height, WIDE / picture.width)
    width, height = (max(1, round(side * scale)) for side in (picture.width, picture.height))
    return Shown(address(picture.name), width, height)


def address(name: str) -> str:
    """Where a picture is."""
    return f"/brand/pictures/{name}"


def _drawn(body: bytes, *, widest: int, highest: int) -> Drawn:
    if len(body) > LARGEST:
        raise BadLogo(f"is larger than {LARGEST // 1024 // 1024} MB: make it smaller first")
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise BadLogo("is an SVG or a page, which may hold scripts: save it as PNG and send that")
    try:
        return draw_anew(body, widest=widest, most_bytes=LARGEST, highest=highest)
    except NotDrawable as error:
        raise BadLogo(str(error)) from error


def _framed(
    body: bytes, sheet: tuple[int, int], largest: tuple[int, int], *, see_through: bool
) -> bytes:
    """A picture of ours in the middle of a sheet, at most so large there."""
    ours = Image.open(BytesIO(body)).convert("RGBA")
    scale = min(largest[0] / ours.width, largest[1] / ours.height)
    size = (max(1, round(ours.width * scale)), max(1, round(ours.height * scale)))
    ours = ours.resize(size, Image.Resampling.LANCZOS)
    ground = Image.new("RGBA", sheet, (255, 255, 255, 0 if see_through else 255))
    place = ((sheet[0] - ours.width) // 2, (sheet[1] - ours.height) // 2)
    ground.alpha_composite(ours, place)
    out = BytesIO()
    (ground if see_through else ground.convert("RGB")).save(out, "PNG", optimize=True)
    return out.getvalue()


def _keep(drawn: Drawn) -> str:
    body, ending = drawn.body, drawn.ending
    width, height = Image.open(BytesIO(body)).size
    name = f"{sha256(body).hexdigest()[:32]}.{ending}"
    values = {"content_type": _TYPES[ending], "width": width, "height": height, "body": body}
    statement = insert_into(BrandPicture).values(name=name, made_at=now(), **values)
    again = statement.on_conflict_do_update(index_elements=["name"], set_={"made_at": now()})
    db.session.execute(again)
    return name
