"""A practice Xero for each test, and the two who dance with it."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.client import Client
from tests.faults_client import Faults
from tests.sandbox.dance import CALLBACK, Backend, Browser
from tests.sandbox.online import Online, started
from xero_onboard.config import SandboxSettings
from xero_onboard.sandbox import create_app, totp
from xero_onboard.sandbox.store import store


def told(database: Path, port: int = 8001) -> SandboxSettings:
    """What a practice Xero is told at its start."""
    return SandboxSettings(
        port=port,
        origin=f"http://localhost:{port}",
        database=database,
        client_id="PRACTICE0000000000000000000TESTS",
        client_secret="a-secret_of-the-tests",
        redirect_uris=(CALLBACK, "http://localhost:8000/sign-in/sandbox/callback"),
        webhook_url="http://localhost:8000/webhooks/xero",
        webhook_key="the webhooks key of the tests only",
        app_name="Acme Billing",
        secret_key="the secret key of the tests only",
    )


def close(xero: Flask) -> None:
    """Leave no connection to the store open."""
    with xero.app_context():
        store.session.remove()
        store.engine.dispose()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store as it is at the beginning, made once and copied for each test."""
    database = tmp_path_factory.mktemp("prepared") / "sandbox.db"
    close(create_app(told(database)))
    return database


@pytest.fixture
def database(tmp_path: Path, prepared: Path) -> Path:
    return Path(shutil.copy(prepared, tmp_path / "sandbox.db"))


@pytest.fixture
def xero(database: Path) -> Iterator[Flask]:
    """The practice Xero."""
    app = create_app(told(database))
    app.test_client_class = Client
    yield app
    close(app)


@pytest.fixture
def browser(xero: Flask) -> Browser:
    return Browser(xero)


@pytest.fixture
def backend(xero: Flask) -> Backend:
    return Backend(xero)


@pytest.fixture
def steady() -> None:
    """For tests that name a half minute: begin where it will not end under them."""
    if totp.seconds_left() < 5:
        time.sleep(totp.seconds_left())


@pytest.fixture
def xero_online(database: Path) -> Iterator[Flask]:
    """The practice Xero on a port of its own, for those who must reach it as they reach Xero."""
    server = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True)
    app = create_app(told(database, server.port))
    app.test_client_class = Client
    server.app = app
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield app
    server.shutdown()
    thread.join()
    server.server_close()
    close(app)


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Online]:
    """The practice Xero as `make run` starts it, once for all tests of a process."""
    with started(tmp_path_factory.mktemp("online")) as online:
        yield online


@pytest.fixture
def online(process: Online) -> Online:
    """The practice Xero over sockets, as at the beginning."""
    process.start_anew()
    return process


@pytest.fixture
def faults(online: Online) -> Faults:
    return online.faults
