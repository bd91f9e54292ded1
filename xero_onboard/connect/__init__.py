"""From a press of Connect inside a guide to a connection that is kept alive."""

from flask import Flask

from xero_onboard.connect import cli, departure, flow, providers, results, state, upkeep, views
from xero_onboard.connect.outcomes import SIGHTINGS
from xero_onboard.lib.web import settings

__all__ = ["register", "upkeep"]


def register(app: Flask, doors: flow.Doors) -> None:
    """Add the room to the app; `doors` are those to the people on the floor above."""
    with app.app_context():
        providers.register(app, settings())
        app.add_url_rule(departure.callback_path("connect"), "connect.callback", views.callback)
    flow.register(app, doors)
    app.register_blueprint(views.blueprint)
    app.cli.add_command(cli.connections)
    app.jinja_env.globals.update(
        connection_state=state.connection_state,
        check_holds=state.check_holds,
        outcome=results.outcome,
        sightings=SIGHTINGS,
    )
