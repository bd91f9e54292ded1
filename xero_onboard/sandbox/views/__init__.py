"""The pages and calls of the practice Xero, one module for each part of it."""

from flask import Flask

from xero_onboard.sandbox.views import (
    api,
    apps,
    authorize,
    faults,
    identity,
    login,
    practice,
    second_step,
    set_up,
    visitor,
)


def register(app: Flask) -> None:
    """Put every page and call in its place."""
    visitor.register(app)
    for part in (practice, login, second_step, set_up, authorize, apps, identity, api, faults):
        app.register_blueprint(part.blueprint)
