"""An imitation of Xero to practise and test with: a stranger to the site, as Xero is."""

from flask import Flask

from xero_onboard.config import SandboxSettings
from xero_onboard.sandbox import people, settings, store, web
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


def create_app(chosen: SandboxSettings | None = None) -> Flask:
    """The practice Xero; raises UnsafeSettingError, always in production."""
    told = chosen or SandboxSettings.from_environ()
    app = Flask(__name__, static_folder=None)
    settings.register(app, told)
    store.register(app, told.database)
    web.register(app, told)
    visitor.register(app)
    for room in (practice, login, second_step, set_up, authorize, apps, identity, api):
        app.register_blueprint(room.blueprint)
    people.prepare(app)
    return app
