"""The look of a site, for whoever takes the whole site along, and where it comes from outside: nothing of it is believed."""

from collections.abc import Mapping
from dataclasses import dataclass

from xero_onboard.lib.brand import changing, colours, pictures
from xero_onboard.lib.brand.changing import PIECES, BadPiece
from xero_onboard.lib.brand.colours import NoColour, Unreadable
from xero_onboard.lib.brand.models import LONGEST_ALT, WORN, Brand
from xero_onboard.lib.db import db


class BadLook(Exception):
    """A look that no page may wear; says why."""


@dataclass(frozen=True)
class Luggage:
    """What all pages wear, but for the pictures themselves, of which it tells the names of files by their piece."""

    light: str | None
    dark: str | None
    alt: str
    is_named: bool
    is_icon_of_logo: bool
    files: Mapping[str, str]


def packed() -> tuple[Luggage, Mapping[str, bytes]] | None:
    """What to take along, and the files with their names; None where the site wears the shipped look."""
    row = db.session.get(Brand, WORN)
    if row is None:
        return None
    kept = {piece: getattr(row, piece) for piece in PIECES}
    if row.is_icon_of_logo:
        kept["icon"] = None  # it is made again
    named = {
        piece: (f"{piece}.{name.rpartition('.')[2]}", name) for piece, name in kept.items() if name
    }
    luggage = Luggage(
        light=row.light,
        dark=row.dark,
        alt=row.alt,
        is_named=row.is_named,
        is_icon_of_logo=row.is_icon_of_logo,
        files={piece: file for piece, (file, _) in named.items()},
    )
    return luggage, {file: pictures.body_of(name) for file, name in named.values()}


def check(luggage: Luggage, bodies: Mapping[str, bytes]) -> None:
    """Look at everything, with the bytes of each piece; raises BadLook."""
    if luggage.dark and not luggage.light:
        raise BadLook("it has a colour for dark pages alone")
    for scheme, colour in (("light", luggage.light), ("dark", luggage.dark)):
        try:
            if (
                colour
                and colours.checked(colour, "dark" if scheme == "dark" else "light") != colour
            ):
                raise NoColour(colour)
        except (NoColour, Unreadable) as error:
            raise BadLook(f"nobody could read its colour for {scheme} pages") from error
    if len(luggage.alt) > LONGEST_ALT:
        raise BadLook(f"its words for the logo are longer than {LONGEST_ALT} characters")
    for piece, body in bodies.items():
        try:
            pictures.draw(piece, body)
        except pictures.BadLogo as problem:
            raise BadLook(f"its {piece} {problem}") from problem


def arrive(luggage: Luggage, bodies: Mapping[str, bytes]) -> None:
    """Have all pages wear it; raises BadLook."""
    try:
        changing.wear_sent(luggage.light, luggage.dark, _sent(luggage, bodies))
    except BadPiece as problem:
        raise BadLook(f"its {problem.piece} {problem}") from problem


def _sent(luggage: Luggage, bodies: Mapping[str, bytes]) -> changing.Sent:
    return changing.Sent(
        files=dict(bodies),
        removed=PIECES,
        alt=luggage.alt,
        is_named=luggage.is_named,
        is_icon_of_logo=luggage.is_icon_of_logo,
    )
