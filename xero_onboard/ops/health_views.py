"""Whether the site is up, for load balancers and whoever starts it; no detail, for anybody may ask."""

import logging

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app
from sqlalchemy.exc import SQLAlchemyError

from xero_onboard.lib.db import db
from xero_onboard.lib.web import access, flood

health = Blueprint("health", __name__)

log = logging.getLogger(__name__)


@health.get("/healthz")
@access.anyone
@flood.uncounted
def alive() -> Response:
    """This process answers; nothing else is asked."""
    return _said("ok", 200)


@health.get("/readyz")
@access.anyone
@flood.uncounted
def ready() -> Response:
    """The database answers, and has the tables that this release works with."""
    try:
        present = MigrationContext.configure(db.session.connection()).get_current_heads()
    except SQLAlchemyError as error:
        log.warning("not ready: %s", type(error).__name__)
        return _said("not ready", 503)
    wanted = ScriptDirectory(current_app.config["MIGRATIONS"]).get_heads()
    if set(present) != set(wanted):
        log.warning("not ready: the database is at %s and not at %s", present, wanted)
        return _said("not ready", 503)
    return _said("ready", 200)


def _said(word: str, status: int) -> Response:
    return Response(f"{word}\n", status=status, mimetype="text/plain")
