"""Checkpoints about names, words and colours."""

import re
from pathlib import Path

from flask import current_app

from xero_onboard.lib import brand
from xero_onboard.lib.brand.colours import contrast
from xero_onboard.lib.web import settings
from xero_onboard.staff.certification.entry import (
    Checkpoint,
    Finding,
    elsewhere,
    judged,
    to_confirm,
    unmet,
)
from xero_onboard.staff.certification.evidence import listed, static_files, templates

# What makes a picture Xero's artwork: the colour of its logo, or the name of its files.
_XERO_BLUE = "13b5ea"
_ARTWORK = "connecttoxero"
_ENOUGH = 4.5
_COLOUR = r"--{name}:\s*(?:light-dark\()?(#[0-9a-f]{{6}})(?:,\s*(#[0-9a-f]{{6}}))?"


def _name() -> Finding:
    name = settings().product_name
    if "xero" in name.lower():
        return unmet(
            f"Your product is called {name} here, and the name holds the word Xero.",
            "Set PRODUCT_NAME to a name without it, and your app’s name at Xero as well.",
        )
    return to_confirm(
        f"Your product is called {name} here.",
        "See at developer.xero.com/app/manage that your app has the same name.",
    )


def _artwork() -> Finding:
    found = _artwork_files()
    if not found:
        return judged(
            bool(_leading_to_xero()),
            "The button is a plain button with words; no artwork of Xero’s is installed.",
            "Put the Connect button back into the templates.",
        )
    return to_confirm(
        f"Artwork of Xero’s is installed: {listed(found)}.",
        "See that it is neither distorted nor mixed into a design of your own.",
    )


def _measures() -> Finding:
    found = _artwork_files()
    if not found:
        return elsewhere("Xero’s button artwork is not used.")
    return to_confirm(
        f"Artwork of Xero’s is installed: {listed(found)}.",
        "See that Connect is 190 by 43 pixels and Disconnect 222 by 43, as Xero made them.",
    )


def _wording() -> Finding:
    connect = any("Connect to Xero" in source for _, source in _leading_to_xero())
    doors = [(name, source) for name, source in templates() if '"/sign-in/xero"' in source]
    nameless = [name for name, source in doors if "with Xero" not in source]
    return judged(
        connect and bool(doors) and not nameless,
        f"The button says Connect to Xero: {'yes' if connect else 'no'}. Ways to sign in by Xero that do not say so: {listed(nameless) or 'none'}.",
        "Call the buttons Connect to Xero and Sign in with Xero.",
    )


def _contrast() -> Finding:
    worn = brand.worn().colours
    pairs = list(zip((worn.light, worn.dark), worn.on_button, strict=True)) if worn else _shipped()
    least = min((contrast(*pair) for pair in pairs), default=0.0)
    return judged(
        least >= _ENOUGH,
        f"The words on the button have a contrast of {least:.2f} to 1, in light or dark colours; {_ENOUGH} is needed.",
        "Make --button darker or --on-button lighter in static/css/tokens.css.",
    )


def _shipped() -> list[tuple[str, str]]:
    """The colours of the button and of its words where the vendor has set none."""
    tokens = Path(str(current_app.config["STATIC_FOLDER"])) / "css" / "tokens.css"
    styles = tokens.read_text().lower()
    grounds, inks = _colours(styles, "button"), _colours(styles, "on-button")
    return [(ground, ink) for ground in grounds for ink in inks]


def _colours(styles: str, name: str) -> list[str]:
    found = re.search(_COLOUR.format(name=name), styles)
    return [colour for colour in found.groups() if colour] if found else []


def _leading_to_xero() -> list[tuple[str, str]]:
    return [
        (name, source)
        for name, source in templates()
        if "/connect/xero" in source or "connect_form(" in source
    ]


def _artwork_files() -> list[str]:
    pictures = [
        path.name
        for path in static_files(".svg", ".png", ".webp")
        if _ARTWORK in path.name.lower()
        or (path.suffix == ".svg" and _XERO_BLUE in path.read_text().lower())
    ]
    return pictures + [name for name, source in templates() if _ARTWORK in source.lower()]


APPEARANCE = (
    Checkpoint(
        "B1", "The app is called what your product is called, without the word Xero.", _name
    ),
    Checkpoint("B2", "Xero’s button artwork is used as it is, or a button without it.", _artwork),
    Checkpoint("B3", "The artwork has the size and the colours that Xero gave it.", _measures),
    Checkpoint("B4", "Buttons say Connect to Xero and Sign in with Xero.", _wording),
    Checkpoint("B5", "The words on the button can be read by everybody.", _contrast),
)
