"""Users, customers and who is signed in."""

from flask import Flask

from xero_onboard.accounts import sessions, sign_in
from xero_onboard.accounts.sign_in import recognise
from xero_onboard.accounts.views import blueprint, finish_sign_in
from xero_onboard.connect import departure

__all__ = ["recognise", "register"]


def register(app: Flask) -> None:
    """Add the room to the app."""
    sessions.register(app)
    sign_in.register(app)
    app.register_blueprint(blueprint)
    with app.app_context():
        app.add_url_rule(
            departure.callback_path("sign_in"), "accounts.finish_sign_in", finish_sign_in
        )
