"""From a press of Connect inside a guide to a connection that is kept alive."""

from flask import Flask

from xero_onboard.connect import (
    choice_views,
    cli,
    departure,
    doors,
    errand_views,
    hearing_views,
    notices,
    providers,
    references,
    results,
    state,
    upkeep,
    views,
)
from xero_onboard.connect.outcomes import CATALOGUE, SIGHTINGS
from xero_onboard.connect.state import in_brief
from xero_onboard.lib.web import settings

__all__ = ["CODES", "in_brief", "notices", "register", "upkeep"]

# Everything a press of Connect can end with, and whether somebody has to act on it.
CODES = {code: entry.who != "done" for code, entry in CATALOGUE.items()}


def register(app: Flask, people: doors.Doors) -> None:
    """Add the room to the app; `people` are the doors to the floor above, which knows them."""
    with app.app_context():
        providers.register(app, settings())
        app.add_url_rule(departure.callback_path("connect"), "connect.callback", views.callback)
    doors.register(app, people)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(choice_views.blueprint)
    app.register_blueprint(errand_views.blueprint)
    app.register_blueprint(hearing_views.blueprint)
    app.cli.add_command(cli.connections)
    app.jinja_env.globals.update(
        connection_state=state.connection_state,
        check_holds=state.check_holds,
        outcome=results.outcome,
        recalled=references.recall,
        sightings=SIGHTINGS,
    )
