"""Copies of a site: its database alone, or with everything that lies beside it."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from flask import Flask

from tests.client import Client
from xero_onboard.config import Settings
from xero_onboard.factory import create_app
from xero_onboard.lib import jobs
from xero_onboard.lib.db import db


def back_up(app: Flask, to: Path) -> Path:
    """The database as it is now, in one file, while the site goes on."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with (
        closing(sqlite3.connect(app.extensions["settings"].instance / "site.db")) as source,
        closing(sqlite3.connect(to)) as target,
    ):
        source.backup(target)
    return to


def restore(app: Flask, backup: Path) -> None:
    """Put a backup in the place of the database, as an operator does while the site is down."""
    close(app)
    database = app.extensions["settings"].instance / "site.db"
    for leftover in database.parent.glob("site.db*"):
        leftover.unlink()
    shutil.copyfile(backup, database)


def start(environ: Mapping[str, str], folder: Path, **settings: str) -> Flask:
    """A site with its data in a folder of its own."""
    app = create_app(Settings.from_environ({**environ, "INSTANCE_DIR": str(folder), **settings}))
    app.test_client_class = Client
    return app


def start_copy(app: Flask, environ: Mapping[str, str], folder: Path, **settings: str) -> Flask:
    """A second site on a copy of the database, with the same keys and the same app at Xero."""
    back_up(app, folder / "site.db")
    copy_keys(app, folder)
    return start(environ, folder, **settings)


def copy_keys(app: Flask, folder: Path) -> None:
    """What opens the tokens, and the secret by which Xero knows us."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(app.extensions["settings"].instance / "secrets.env", folder / "secrets.env")


def work(app: Flask) -> None:
    """The worker comes by."""
    assert jobs.run_due(app)


def close(app: Flask) -> None:
    """Let go of the database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
