"""A site with one connected login, and the practice Xero behind a front that counts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from tests.client import Client
from tests.connect.conftest import Served, Visitor, serving
from tests.faults.front import Front
from tests.servers import free_ports
from xero_onboard import sandbox
from xero_onboard.config import SandboxSettings, Settings
from xero_onboard.connect.models import Connection, Grant
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.renewal import fresh_access
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db

WHO = "riley@practice.example"


@dataclass(frozen=True)
class Yard:
    """Where faults are caused."""

    app: Flask
    environ: Mapping[str, str]
    front: Front
    served: Served
    riley: Visitor
    grant_id: UUID

    @property
    def grant(self) -> Grant:
        """The row as it is now."""
        with self.app.app_context():
            return db.session.get_one(Grant, self.grant_id)

    @property
    def connection(self) -> Connection:
        with self.app.app_context():
            return db.session.scalars(select(Connection)).one()

    def outcome(self) -> str:
        """How the connection stands; its token is taken to Xero for that, after one more refresh."""
        with self.app.app_context():
            provider = current_provider()
            fresh_access(provider, self.grant_id, not_version=self.grant.version)
        self.riley.press("check", self.connection.id)
        return self.connection.status


@contextmanager
def connected(app: Flask, environ: Mapping[str, str]) -> Iterator[Yard]:
    """Riley's Roastery is connected; the sandbox's port is that of the settings."""
    chosen = SandboxSettings.from_environ(environ)
    front = Front(sandbox.create_app(chosen))
    with serving(front, int(environ["SANDBOX_PORT"])) as served:
        riley = Visitor(app, served, WHO)
        riley.connect()
        with app.app_context():
            grant_id = db.session.scalars(select(Grant.id)).one()
        yield Yard(app, environ, front, served, riley, grant_id)


@contextmanager
def made(folder: Path, database_url: str | None = None) -> Iterator[Yard]:
    """The same from nothing, for a command."""
    environ = {
        "INSTANCE_DIR": str(folder / "instance"),
        "PRODUCT_NAME": "Acme Billing",
        "SANDBOX_PORT": str(free_ports(1)[0]),
    }
    if database_url is not None:
        environ["DATABASE_URL"] = database_url
    app = create_app(Settings.from_environ(environ))
    app.test_client_class = Client
    with app.app_context():
        upgrade()
    with connected(app, environ) as yard:
        yield yard
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
