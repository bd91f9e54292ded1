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
    webhooks,
)

_PARTS = (
    *(practice, login, second_step, set_up, authorize, apps, identity, api),
    *(faults, webhooks),
)


def register(app: Flask) -> None:
    """Put every page and call in its place."""
    visitor.register(app)
    for part in _PARTS:
        app.register_blueprint(part.blueprint)
