"""An imitation of Xero to practise and test with: a stranger to the site, as Xero is."""

from flask import Flask

from xero_onboard.config import SandboxSettings
from xero_onboard.sandbox import people, settings, store, views, web
from xero_onboard.sandbox.faults import layer, line


def create_app(chosen: SandboxSettings | None = None) -> Flask:
    """The practice Xero; raises UnsafeSettingError, always in production."""
    told = chosen or SandboxSettings.from_environ()
    app = Flask(__name__, static_folder=None)
    settings.register(app, told)
    line.register(app)
    store.register(app, told.database)
    web.register(app, told)
    layer.register(app)
    views.register(app)
    people.prepare(app)
    return app
