"""The site in this process, and beside it the practice Xero on a socket of its own."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import TypeVar, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.serving import make_server

from tests.client import Client
from tests.connect.hostile import Hostile
from tests.connect.person import Person
from tests.faults_client import Faults
from xero_onboard import sandbox
from xero_onboard.config import SandboxSettings, Settings
from xero_onboard.connect.departure import SAME_PRESS
from xero_onboard.connect.models import Attempt, Grant, Removal
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, db
from xero_onboard.sandbox.server import Handler
from xero_onboard.sandbox.store import store

Row = TypeVar("Row", bound=Table)

LARGEST_KEPT = 64 * 1024
ARTICLE = "/hc/en-gb/articles/1"


class QuietHandler(Handler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """The tests read no access log."""


class Served:
    """A WSGI app on a socket, which can be taken away and put back."""

    def __init__(self, app: WSGIApplication, port: int = 0) -> None:
        self.app = app
        self.requests: list[str] = []
        self.answers: list[tuple[str, bytes]] = []
        self._open(port)

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def asked(self, path: str) -> int:
        """How often this path was asked for."""
        return sum(1 for each in self.requests if each.partition(" ")[2] == path)

    def go_down(self) -> None:
        """Nobody answers any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def come_up(self) -> None:
        """On the same port again."""
        self._open(self.port)

    def _open(self, port: int) -> None:
        self._server = make_server(
            "localhost", port, self._noted, threaded=True, request_handler=QuietHandler
        )
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def _noted(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        self.requests.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        for chunk in self.app(environ, start):
            # A flood is not worth keeping.
            if len(chunk) < LARGEST_KEPT:
                self.answers.append((environ["PATH_INFO"], chunk))
            yield chunk

    def tokens(self) -> list[str]:
        """Every token that was handed out."""
        return [
            str(value)
            for path, body in self.answers
            if path == "/connect/token" and body.startswith(b"{") and body.strip().endswith(b"}")
            for name, value in json.loads(body).items()
            if name.endswith("_token")
        ]


@contextmanager
def serving(app: WSGIApplication, port: int = 0) -> Iterator[Served]:
    """Serve until the end of the statement."""
    served = Served(app, port)
    try:
        yield served
    finally:
        served.go_down()


@pytest.fixture
def provider_port() -> int:
    """A port nobody holds, for whoever plays Xero in this test."""
    probe = make_server("localhost", 0, lambda *_: [])
    probe.server_close()
    return int(probe.server_port)


@pytest.fixture
def environ(environ: dict[str, str], provider_port: int) -> dict[str, str]:
    return {**environ, "SANDBOX_PORT": str(provider_port)}


@pytest.fixture
def settings_folder(settings: Settings) -> Path:
    """Where everything of this test's site lies."""
    return settings.instance


@pytest.fixture(scope="session")
def filled_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice Xero with its people, made once and copied for each test."""
    instance = tmp_path_factory.mktemp("sandbox")
    chosen = SandboxSettings.from_environ({"INSTANCE_DIR": str(instance)})
    with sandbox.create_app(chosen).app_context():
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.engine.dispose()
    return chosen.database


@pytest.fixture
def xero(environ: dict[str, str], provider_port: int, filled_sandbox: Path) -> Iterator[Served]:
    """The practice Xero, on a socket."""
    chosen = SandboxSettings.from_environ(environ)
    chosen.database.write_bytes(filled_sandbox.read_bytes())
    with serving(sandbox.create_app(chosen), provider_port) as served:
        yield served


@pytest.fixture
def faults(xero: Served) -> Faults:
    """What that Xero is told to get wrong."""
    return Faults(xero.origin)


@pytest.fixture
def provider(settings: Settings, provider_port: int) -> Iterator[Hostile]:
    """Plays Xero by a script."""
    xero = settings.xero
    played = Hostile(xero.identity_url, xero.client_id, xero.client_secret, xero.scopes)
    with serving(played, provider_port):
        yield played


class Visitor:
    """One person with two windows: our site in one, Xero in the other."""

    def __init__(self, app: Flask, xero: Served, email: str) -> None:
        self.client = cast(Client, app.test_client())
        self.person = Person(xero.origin, email)

    def press_connect(self, page: str = ARTICLE) -> str:
        """Press Connect on a page; the address at Xero to which that leads."""
        answer = self.client.post("/connect/xero", data={"next": page, "anchor": "connect"})
        assert answer.status_code == 303, answer.text
        return answer.location

    def come_back(self, callback: str) -> str:
        """Open what Xero sent us to; where on our site that leads."""
        answer = self.client.get(callback.removeprefix("http://localhost:8000"))
        assert answer.status_code == 303, answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
        return answer.location

    def connect(self, organisation: str | None = None) -> str:
        """From a press of Connect to the way back into the guide."""
        return self.come_back(self.person.allow(self.press_connect(), organisation))

    def connect_in_vain(self) -> str:
        """As above, when Xero sends the browser back without asking anything."""
        return self.come_back(self.person.open(self.press_connect()).headers["Location"])

    def press(self, button: str, connection_id: object) -> str:
        """Press one of the buttons beside a connection; the page it leads to."""
        answer = self.client.post(
            f"/connect/connections/{connection_id}/{button}", data={"next": "/connect"}
        )
        assert answer.status_code == 303, answer.text
        return self.read(answer.location)

    def read(self, path: str) -> str:
        """The words of a page of ours; an outcome shows on all that have a Connect card."""
        return unescape(self.client.get(path.replace(ARTICLE, "/connect")).text)


@pytest.fixture
def riley(app: Flask, xero: Served) -> Visitor:
    """Has one organisation, Riley's Roastery."""
    return Visitor(app, xero, "riley@practice.example")


@pytest.fixture
def amara(app: Flask, xero: Served) -> Visitor:
    """Has three organisations."""
    return Visitor(app, xero, "amara@practice.example")


@pytest.fixture
def another_visitor(app: Flask, xero: Served) -> Callable[[str], Visitor]:
    return lambda email: Visitor(app, xero, email)


def pause(app: Flask) -> None:
    """So long a time goes by that another press of the same button begins another trip."""
    with app.app_context():
        db.session.execute(update(Attempt).values(left_at=now() - SAME_PRESS))
        db.session.commit()


def count(app: Flask, table: type[Table]) -> int:
    """How many rows there are."""
    with app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def the_only(app: Flask, table: type[Row], **with_values: object) -> Row:
    """The one row there is, or the one of this kind."""
    with app.app_context():
        return db.session.scalars(select(table).filter_by(**with_values)).one()


def sealed_columns(app: Flask) -> list[str | None]:
    """Everything of the vault that lies in the database."""
    with app.app_context():
        grants = db.session.scalars(select(Grant).order_by(Grant.id)).all()
        removals = db.session.scalars(select(Removal).order_by(Removal.id)).all()
    return [
        *(value for each in grants for value in (each.access_sealed, each.refresh_sealed)),
        *(value for each in removals for value in (each.access_sealed, each.refresh_sealed)),
    ]
