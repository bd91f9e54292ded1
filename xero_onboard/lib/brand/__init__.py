"""The vendor's look: their colours, logo and icon in place of ours, on every page and in letters."""

from flask import Flask

from xero_onboard.lib.brand import looks, views
from xero_onboard.lib.brand.looks import Look, letter_picture, tried, worn

__all__ = ["Look", "letter_picture", "register", "tried", "worn"]


def register(app: Flask) -> None:
    """Serve what the look is made of, and let pages and letters ask for it."""
    looks.register(app)
    app.register_blueprint(views.blueprint)
