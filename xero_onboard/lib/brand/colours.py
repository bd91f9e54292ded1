"""A vendor's colour in place of ours: whatever it is written on, and whatever is written on it, can be read.

All that pages have in that colour follows from two, one for light pages and one for dark ones, by rules that stand
here alone. The grounds that it must be told apart from are those of `tokens.css`, which stays the only list of them.
"""

import colorsys
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from xero_onboard.config import ROOT

Scheme = Literal["light", "dark"]

# What WCAG 2.1 AA asks of text. https://www.w3.org/TR/WCAG21/#contrast-minimum
ENOUGH = 4.5
# A colour that we choose ourselves for dark pages is easier on the eyes than it has to be.
_AT_EASE = 6.5
_GROUNDS = (
    *("ground", "ground-soft", "ground-raised"),
    *("good-soft", "warn-soft", "bad-soft", "told-soft", "tip-soft"),
)
# How much of the colour is in the ground of what is marked with it: as much as leaves it readable there.
_TINTS: Mapping[Scheme, tuple[float, ...]] = {
    "light": (0.09, 0.07, 0.05, 0.03, 0.0),
    "dark": (0.18, 0.14, 0.1, 0.06, 0.0),
}
_TOKEN = re.compile(r"--([a-z-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")
_TYPED = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)
_PAIR = re.compile(r"([0-9a-f]{6})-([0-9a-f]{6})")
_STEPS = 256


class NoColour(Exception):
    """What was typed is no colour that we read."""


class Unreadable(Exception):
    """Too little contrast, and with which ground; `nearest` has enough."""

    def __init__(self, colour: str, scheme: Scheme, ground: str) -> None:
        super().__init__(colour)
        self.colour = colour
        self.scheme = scheme
        self.ground = ground
        self.ratio = contrast(colour, ground)
        self.nearest = _moved(colour, scheme, ENOUGH)


@dataclass(frozen=True)
class Colours:
    """The colour of links, buttons and marks on light pages and on dark ones, each as #rrggbb."""

    light: str
    dark: str

    @property
    def pair(self) -> str:
        """Both as they stand in an address."""
        return f"{self.light[1:]}-{self.dark[1:]}"

    @property
    def on_button(self) -> tuple[str, str]:
        """What stands on buttons of these colours: the ground of the page, from which both are told apart."""
        return token("ground")


def of(light: str, dark: str | None) -> Colours:
    """The colours that belong together; without one for dark pages it follows from the other."""
    return Colours(light, dark or _moved(light, "dark", _AT_EASE))


def checked(typed: str, scheme: Scheme) -> str:
    """The colour as #rrggbb; raises NoColour, and Unreadable when not everybody could read it on each ground."""
    found = _TYPED.fullmatch(typed.strip())
    if found is None:
        raise NoColour(typed)
    digits = found[1].lower()
    colour = f"#{digits if len(digits) == 6 else ''.join(digit * 2 for digit in digits)}"
    worst = _worst(colour, scheme)
    if contrast(colour, worst) < ENOUGH:
        raise Unreadable(colour, scheme, worst)
    return colour


def read_pair(pair: str) -> Colours | None:
    """The colours that an address names, if pages may have them."""
    found = _PAIR.fullmatch(pair)
    try:
        return Colours(checked(found[1], "light"), checked(found[2], "dark")) if found else None
    except Unreadable:
        return None


def sheet(colours: Colours) -> str:
    """What makes the tokens of the site take these colours."""
    light, dark = _shades(colours.light, "light"), _shades(colours.dark, "dark")
    on_button = colours.on_button
    lines = [f"  --{name}: light-dark({light[name]}, {dark[name]});\n" for name in light]
    return f":root {{\n{''.join(lines)}  --on-button: light-dark({on_button[0]}, {on_button[1]});\n}}\n"


def mark(colours: Colours) -> str:
    """Our own sign in the vendor's colour, for as long as they have no logo here."""
    shipped = (ROOT / "static" / "img" / "mark.svg").read_text()
    return shipped.replace(token("accent")[0], colours.light)


def contrast(one: str, other: str) -> float:
    """How well two colours can be told apart. https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio"""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def token(name: str) -> tuple[str, str]:
    """What a colour of the site is on light pages and on dark ones, as it is shipped."""
    return _tokens()[name]


@cache
def _tokens() -> Mapping[str, tuple[str, str]]:
    styles = (ROOT / "static" / "css" / "tokens.css").read_text()
    return {name: (light, dark) for name, light, dark in _TOKEN.findall(styles)}


def _grounds(scheme: Scheme) -> list[str]:
    return [token(name)[scheme == "dark"] for name in _GROUNDS]


def _worst(colour: str, scheme: Scheme) -> str:
    return min(_grounds(scheme), key=lambda ground: contrast(colour, ground))


def _moved(colour: str, scheme: Scheme, enough: float) -> str:
    """The same hue, darker or lighter by as little as makes it stand out from every ground so well."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    for step in range(_STEPS + 1):
        for moved in (lightness - step / _STEPS, lightness + step / _STEPS):
            tried = _hex(colorsys.hls_to_rgb(hue, min(max(moved, 0.0), 1.0), saturation))
            if contrast(tried, _worst(tried, scheme)) >= enough:
                return tried
    raise AssertionError("black or white stands out from every ground")


def _shades(colour: str, scheme: Scheme) -> Mapping[str, str]:
    """Everything that is made of the colour, by its token."""
    strong = _mixed(colour, "#000000" if scheme == "light" else "#ffffff", 0.3)
    ground = token("ground")[scheme == "dark"]
    tints = (_mixed(ground, colour, share) for share in _TINTS[scheme])
    soft = next(tint for tint in tints if contrast(colour, tint) >= ENOUGH)
    return {
        "accent": colour,
        "accent-strong": strong,
        "accent-soft": soft,
        "button": colour,
        "button-strong": strong,
    }


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_parts(one), _parts(other), strict=True)
    red, green, blue = (ours + (theirs - ours) * share for ours, theirs in pairs)
    return _hex((red, green, blue))


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _hex(parts: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
