"""What an operator sees and does of a copied or restored database."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from click.testing import Result
from flask import Flask

from tests.connect.test_states import change
from xero_onboard.connect import installation
from xero_onboard.connect.installation import Installation
from xero_onboard.connect.models import Grant
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

RESTS = "This site was copied, moved or restored from a backup"
CLOSED = "Connecting is closed until we have looked at this site"
StartCopy = Callable[..., Flask]


def make_due(app: Flask) -> None:
    """Everything that the worker does is due."""
    change(app, Grant, access_expires_at=now(), next_refresh_at=now())


def run(app: Flask, *words: str, says: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=[*words], input=says)


def adopt(app: Flask) -> str:
    done = run(app, "connections", "adopt", "--yes")
    assert done.exit_code == 0, done.output
    return done.output


def cause(app: Flask) -> str | None:
    with app.app_context():
        found = installation.doubt()
        return found.cause if found else None


def hours_pass(app: Flask, hours: float = 1) -> None:
    """All that was written down of the tokens' use is that much older."""
    with app.app_context():
        row = db.session.query(Installation).one()
        row.used_at -= timedelta(hours=hours)
        db.session.commit()


def memory_of(app: Flask) -> Path:
    path = app.extensions["settings"].instance / "installation-sandbox.json"
    assert isinstance(path, Path)
    return path
