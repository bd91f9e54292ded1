"""Users, customers and who is signed in."""

from flask import Flask

from xero_onboard.accounts import entry, sessions, views
from xero_onboard.accounts.entry import way_on
from xero_onboard.accounts.recognition import recognise
from xero_onboard.connect import departure
from xero_onboard.connect.flow import Doors

__all__ = ["doors", "recognise", "register"]

doors = Doors(recognise, way_on)


def register(app: Flask) -> None:
    """Add the room to the app."""
    sessions.register(app)
    entry.register(app)
    app.register_blueprint(views.blueprint)
    with app.app_context():
        callback = departure.callback_path("sign_in")
    app.add_url_rule(callback, "accounts.finish_sign_in", views.finish_sign_in)
