"""The pages and calls of the practice Xero, one module for each part of it."""

from flask import Flask

from xero_onboard.sandbox.views import (
    api,
    apps,
    authorize,
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
    for part in (practice, login, second_step, set_up, authorize, apps, identity, api):
        app.register_blueprint(part.blueprint)
