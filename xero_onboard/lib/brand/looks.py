"""What pages wear: the shipped look, or that which the vendor's administrators have given the site.

It is asked for with every page, so that a change shows at once and in every process, and made anew only when it has
changed. Where the database may be what is broken, pages wear what they wore last.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import Flask, current_app, g, request
from sqlalchemy import Row, select
from sqlalchemy.orm import InstrumentedAttribute

from xero_onboard.lib.brand import colours, pictures
from xero_onboard.lib.brand.colours import Colours
from xero_onboard.lib.brand.models import TRIED, WORN, Brand
from xero_onboard.lib.brand.pictures import Shown
from xero_onboard.lib.db import db

_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    *(Brand.number, Brand.light, Brand.dark, Brand.logo, Brand.logo_dark, Brand.alt),
    *(Brand.is_named, Brand.icon, Brand.is_icon_of_logo, Brand.card),
)


@dataclass(frozen=True)
class Look:
    """What the frame of a page needs to know; without anything in it, it is the look that is shipped."""

    number: int = 0
    colours: Colours | None = None
    # Where the tokens take the colours, and where our own sign has them; none where they are ours.
    sheet_href: str | None = None
    mark_href: str | None = None
    # As they were typed.
    light: str = ""
    dark: str = ""
    logo: Shown | None = None
    logo_dark: Shown | None = None
    alt: str = ""
    is_named: bool = False
    icon_href: str | None = None
    is_icon_of_logo: bool = False
    card_href: str | None = None
    # The same in letters: what it is kept as, and the room that it takes on its white ground.
    logo_name: str | None = None
    letter_size: tuple[int, int] = (0, 0)


SHIPPED = Look()


def register(app: Flask) -> None:
    """Let pages and letters ask what they wear."""
    app.extensions["brand"] = (None, SHIPPED)
    app.jinja_env.globals["worn_look"] = worn


def worn() -> Look:
    """What everybody sees."""
    memory: tuple[Row[Any] | None, Look] = current_app.extensions["brand"]
    if g.get("asks_nothing"):
        return memory[1]
    if "look" not in g or not request:
        found = _find(WORN)
        if found != memory[0]:
            memory = current_app.extensions["brand"] = (found, _look(found))
        g.look = memory[1]
    look: Look = g.look
    return look


def tried() -> Look | None:
    """What administrators try, if they do."""
    found = _find(TRIED)
    return _look(found) if found else None


def letter_picture() -> bytes | None:
    """The logo for letters, if there is one."""
    name = worn().logo_name
    return pictures.on_white(name) if name else None


def digest(text: str) -> str:
    """What an address says of the text that it leads to."""
    return sha256(text.encode()).hexdigest()[:12]


def _find(which: int) -> Row[Any] | None:
    return db.session.execute(select(*_COLUMNS).where(Brand.id == which)).one_or_none()


def _look(row: Row[Any] | None) -> Look:
    if row is None:
        return SHIPPED
    chosen = colours.of(row.light, row.dark) if row.light else None
    logo = _shown(row.logo)
    return Look(
        number=row.number,
        colours=chosen,
        sheet_href=_pinned(chosen.pair, "css", colours.sheet(chosen)) if chosen else None,
        mark_href=_pinned(chosen.pair, "svg", colours.mark(chosen)) if chosen else None,
        light=row.light or "",
        dark=row.dark or "",
        logo=logo,
        logo_dark=_shown(row.logo_dark),
        alt=row.alt,
        is_named=row.is_named,
        icon_href=pictures.address(row.icon) if row.icon else None,
        is_icon_of_logo=row.is_icon_of_logo,
        card_href=pictures.address(row.card) if row.card else None,
        logo_name=row.logo,
        letter_size=pictures.size_on_white(logo.width, logo.height) if logo else (0, 0),
    )


def _shown(name: str | None) -> Shown | None:
    picture = pictures.find(name) if name else None
    return pictures.shown(picture) if picture else None


def _pinned(pair: str, ending: str, text: str) -> str:
    return f"/brand/{pair}.{ending}?v={digest(text)}"
