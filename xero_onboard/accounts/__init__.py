"""Users, customers and who is signed in."""

from flask import Flask

from xero_onboard.accounts import (
    address_views,
    cli,
    colleague_views,
    customers,
    devices,
    entry,
    news,
    privacy_views,
    recovery_views,
    sessions,
    step_views,
    undoing_views,
    views,
)
from xero_onboard.accounts.changing import link_identity
from xero_onboard.accounts.entry import is_owed, way_on
from xero_onboard.accounts.people import staff_addresses, staff_names
from xero_onboard.accounts.proving import by_identity
from xero_onboard.accounts.recognition import recognise
from xero_onboard.connect import departure
from xero_onboard.connect.doors import Doors

__all__ = ["doors", "news", "recognise", "register", "staff_addresses", "staff_names"]

doors = Doors(
    recognise,
    by_identity,
    link_identity,
    is_owed,
    way_on,
    may_connect=customers.may_connect,
    introduce=customers.introduce,
)


def register(app: Flask) -> None:
    """Add the room to the app."""
    sessions.register(app)
    entry.register(app)
    devices.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(step_views.blueprint)
    app.register_blueprint(address_views.blueprint)
    app.register_blueprint(colleague_views.blueprint)
    app.register_blueprint(recovery_views.blueprint)
    app.register_blueprint(undoing_views.blueprint)
    app.register_blueprint(privacy_views.blueprint)
    app.cli.add_command(cli.users)
    app.jinja_env.globals["own_customers"] = colleague_views.own_customers
    with app.app_context():
        callback = departure.callback_path("sign_in")
    app.add_url_rule(callback, "accounts.finish_sign_in", views.finish_sign_in)
