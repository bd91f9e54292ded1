"""The codes of problems that the site can end in, told by the room that ends in them: guides explain them."""

from collections.abc import Iterable, Mapping

from flask import Flask, current_app

# Whether somebody has to act on it, so that a guide must say how.
Codes = Mapping[str, bool]


def register(app: Flask, codes: Codes) -> None:
    """Remember what there is to explain."""
    app.extensions["content_codes"] = codes


def known() -> Codes:
    """Every code there is."""
    codes: Codes = current_app.extensions["content_codes"]
    return codes


def unexplained(explained: Iterable[str]) -> list[str]:
    """The codes that somebody must act on and that no guide explains."""
    found = set(explained)
    return [code for code, asks_to_act in known().items() if asks_to_act and code not in found]
