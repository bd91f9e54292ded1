"""The only list of everything: settings, the rules of the house, the rooms from the ground up."""

import os

from flask import Flask
from jinja2 import StrictUndefined

from xero_onboard import accounts, connect, content, feedback, ops, staff
from xero_onboard.config import ROOT, Settings
from xero_onboard.lib import brand, crypto, db, languages, logs, mail, reader, web


def create_app(settings: Settings | None = None) -> Flask:
    """The site; raises UnsafeSettingError when a setting is missing or unsafe."""
    chosen = settings or Settings.from_environ()
    # Whatever is written from here on holds what people wrote: nobody else on this machine reads it.
    os.umask(0o077)
    chosen.instance.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.from_mapping(flask_config(chosen))
    app.jinja_env.undefined = StrictUndefined
    # A doubled slash leads nowhere, instead of to an address made from the Host header.
    app.url_map.merge_slashes = False

    logs.register(app, is_production=chosen.is_production)
    db.register(app)
    crypto.register(app, chosen.vault_keys)
    web.register(app, chosen)
    brand.register(app)
    mail.register(app, chosen)
    reader.register(app)

    content.register(
        app, connect.CODES, feedback.ballot, feedback.comments, accounts.staff_addresses
    )
    feedback.register(app, content.path_of, content.takes, connect.in_brief, accounts.staff_names)
    connect.register(app, accounts.doors)
    accounts.register(app)
    staff.register(app)
    ops.register(app)
    # Last, because what it remembers in the session must be said before the session is kept.
    languages.register(app, chosen)
    return app


def flask_config(settings: Settings) -> dict[str, object]:
    """What Flask and its extensions are told."""
    return {
        "SECRET_KEY": settings.secret_key,
        "TRUSTED_HOSTS": [settings.public_host],
        "SESSION_COOKIE_NAME": "__Host-sid" if settings.has_https else "sid",
        "SESSION_COOKIE_SECURE": settings.has_https,
        "MAX_CONTENT_LENGTH": 64 * 1024,
        "MAX_FORM_PARTS": 50,
        "STATIC_FOLDER": str(ROOT / "static"),
        "MIGRATIONS": str(ROOT / "xero_onboard" / "migrations"),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": db.engine_options(settings.database_url),
    }
