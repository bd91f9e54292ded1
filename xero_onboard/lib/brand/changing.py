"""Giving the site another look: it is tried first, where administrators alone see it, and then worn by every page."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import delete, select

from xero_onboard.lib import audit
from xero_onboard.lib.brand import pictures
from xero_onboard.lib.brand.models import TRIED, WORN, Brand
from xero_onboard.lib.db import be_alone_with, db

# What of a look can be taken away again without a word about anything else.
Piece = str
PIECES: tuple[Piece, ...] = ("logo", "logo_dark", "icon")
_KEPT = (
    *("light", "dark", "logo", "logo_dark", "alt", "is_named"),
    *("icon", "is_icon_of_logo", "card"),
)


class BadPiece(Exception):
    """A file of which nothing can be made; what it says follows upon the name of its piece."""

    def __init__(self, piece: Piece, words: str) -> None:
        super().__init__(words)
        self.piece = piece


class NothingTried(Exception):
    """There is no look that could be used."""


class NothingWorn(Exception):
    """Pages wear the shipped look already."""


class ChangedSince(Exception):
    """What is tried is not what this administrator has seen."""


class NoLightColour(Exception):
    """A colour for dark pages alone."""


@dataclass(frozen=True)
class Sent:
    """What somebody sends about logo and icon: new pictures by their piece, and what is to be taken away."""

    files: dict[Piece, bytes] = field(default_factory=dict)
    removed: Collection[Piece] = ()
    alt: str = ""
    is_named: bool = False
    is_icon_of_logo: bool = False


def try_colours(light: str | None, dark: str | None) -> None:
    """Try colours that were checked, or ours; raises NoLightColour."""
    if dark and not light:
        raise NoLightColour
    row = _being_tried()
    row.light, row.dark = light, dark


def try_pictures(sent: Sent) -> None:
    """Try logos and an icon; raises BadPiece."""
    _put_pictures(_being_tried(), sent)
    _forget_unused()


def use(number: int) -> None:
    """Have every page wear what is tried; raises NothingTried and ChangedSince."""
    be_alone_with("brand")
    row = db.session.get(Brand, TRIED)
    if row is None:
        raise NothingTried
    if row.number != number:
        raise ChangedSince
    worn = _worn()
    pictures.take_off(_pictures_of(worn))
    for name in _KEPT:
        setattr(worn, name, getattr(row, name))
    db.session.delete(row)
    audit.record(
        "brand_changed",
        # The log holds plain words, without the sign that begins a colour.
        light=(row.light or "")[1:],
        dark=(row.dark or "")[1:],
        logo=row.logo is not None,
        logo_dark=row.logo_dark is not None,
        icon=row.icon is not None,
    )
    _forget_unused()


def wear_sent(light: str | None, dark: str | None, sent: Sent) -> None:
    """Have every page wear a look that comes with a whole site; raises BadPiece."""
    be_alone_with("brand")
    row = _worn()
    pictures.take_off(_pictures_of(row))
    row.light, row.dark = light, dark
    _put_pictures(row, sent)


def discard() -> None:
    """Forget what is tried."""
    be_alone_with("brand")
    db.session.execute(delete(Brand).where(Brand.id == TRIED))
    _forget_unused()


def reset() -> None:
    """Have every page wear the shipped look again, and try nothing else; raises NothingWorn where they do."""
    be_alone_with("brand")
    worn = db.session.get(Brand, WORN)
    if worn is None:
        raise NothingWorn
    pictures.take_off(_pictures_of(worn))
    db.session.execute(delete(Brand))
    audit.record("brand_reset")
    _forget_unused()


def _being_tried() -> Brand:
    """What is tried, which goes on from what is worn, with another number."""
    be_alone_with("brand")
    row = db.session.get(Brand, TRIED)
    if row is None:
        worn = db.session.get(Brand, WORN)
        values = {name: getattr(worn, name) for name in _KEPT} if worn else {}
        row = Brand(id=TRIED, **values)
        db.session.add(row)
    row.number = _another_number()
    return row


def _worn() -> Brand:
    """What is worn, with another number, to be changed."""
    row = db.session.get(Brand, WORN)
    if row is None:
        row = Brand(id=WORN)
        db.session.add(row)
    row.number = _another_number()
    return row


def _another_number() -> int:
    """One that no look had before, the forgotten ones among them, of which there is nothing to count on from."""
    return 1 + secrets.randbelow(999_999_999)


def _put_pictures(row: Brand, sent: Sent) -> None:
    kept = {piece: _keep(piece, body) for piece, body in sent.files.items()}
    for piece in PIECES:
        if piece in kept or piece in sent.removed:
            setattr(row, piece, kept.get(piece))
    if row.logo is None:
        row.logo_dark = None
    row.alt, row.is_named = sent.alt, sent.is_named
    _draw_from_logo(row, wants_icon=sent.is_icon_of_logo, has_icon="icon" in kept)


def _keep(piece: Piece, body: bytes) -> str:
    try:
        return pictures.keep(piece, body)
    except pictures.BadLogo as problem:
        raise BadPiece(piece, str(problem)) from problem


def _draw_from_logo(row: Brand, *, wants_icon: bool, has_icon: bool) -> None:
    """What follows from the logo; an icon that was sent goes before one that is made."""
    was_made, row.is_icon_of_logo = row.is_icon_of_logo, False
    if has_icon:
        pass
    elif wants_icon and row.logo:
        row.icon, row.is_icon_of_logo = pictures.icon_of(row.logo), True
    elif was_made:
        row.icon = None
    row.card = pictures.card_of(row.logo) if row.logo else None


def _forget_unused() -> None:
    db.session.flush()
    looks = db.session.scalars(select(Brand))
    pictures.forget_unused({name for look in looks for name in _pictures_of(look)})


def _pictures_of(look: Brand) -> Collection[str]:
    names = (look.logo, look.logo_dark, look.icon, look.card)
    return [name for name in names if name]
