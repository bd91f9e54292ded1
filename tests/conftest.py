"""What every test may use: an app on a database of its own, and a client that inspects what it gets."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.client import Client
from tests.compiled import Compiled, CompiledRule
from xero_onboard import content
from xero_onboard.config import ROOT, Settings
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db

pytest_plugins = (
    *("tests.outside", "tests.databases", "tests.caches", "tests.processes"),
    *("tests.post_office", "tests.stage"),
)
# Of every app that is made here, the site's and the practice Xero's alike.
Flask.jinja_options = {"bytecode_cache": Compiled()}
Flask.url_rule_class = CompiledRule


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The settings of a test's own instance; change them before asking for `app`."""
    return {"INSTANCE_DIR": str(tmp_path / "instance"), "PRODUCT_NAME": "Acme Billing"}


@pytest.fixture
def settings(environ: dict[str, str]) -> Settings:
    return Settings.from_environ(environ)


@pytest.fixture(scope="session")
def filled_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every migration and every shipped guide, made once and copied for each test."""
    instance = tmp_path_factory.mktemp("filled")
    settings = Settings.from_environ({"INSTANCE_DIR": str(instance)})
    app = create_app(settings)
    with app.app_context():
        upgrade()
        report = content.sync(ROOT / "content")
        assert not report.is_broken, "\n".join(report.lines)
        # The last connection to close moves everything into the one file that is copied.
        db.session.remove()
        db.engine.dispose()
    return instance / "site.db"


@pytest.fixture
def app(settings: Settings, filled_database: Path) -> Iterator[Flask]:
    """The site on a database of this test's own; on SQLite with the shipped guides."""
    site = create_app(settings)
    site.test_client_class = Client
    if settings.database_url.startswith("sqlite"):
        (settings.instance / "site.db").write_bytes(filled_database.read_bytes())
    else:
        with site.app_context():
            upgrade()
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> Client:
    """A stranger's browser."""
    return cast(Client, app.test_client())
