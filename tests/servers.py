"""The real thing for the browser: site, worker and sandbox, as `make run` starts them, on ports of their own."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.faults_client import Faults
from tests.outside import ENVIRON
from xero_onboard.config import ROOT

START_SECONDS = 60.0
# A developer's own settings, in the environment or in .env, must not reach the journeys.
LEFT_OUT = (
    *("PUBLIC_ORIGIN", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "VAULT_KEYS", "CONTENT_DIR"),
    *("MAIL_URL", "INSTALLATION", "EMBED_ORIGINS", "XERO_WEBHOOK_KEY", "XERO_CONNECTION_LIMIT"),
    *("XERO_CLIENT_ID", "XERO_CLIENT_SECRET", "XERO_SCOPES"),
    *("XERO_IDENTITY_URL", "XERO_LOGIN_URL", "XERO_API_URL", "SANDBOX_DATABASE"),
)


class DidNotStart(Exception):
    """The site or the sandbox did not answer in time; the message ends with what they said."""


@dataclass(frozen=True)
class Stage:
    """A running site and its sandbox; `instance` holds their data and what they `said`."""

    site: str
    sandbox: str
    instance: Path
    readers_tables: list[str] = field(default_factory=list)
    # Beside readers these hold those who work at the demonstration: as they were when nobody had come yet.
    first_rows: dict[str, list[tuple[object, ...]]] = field(default_factory=dict, repr=False)
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def environ(self) -> Mapping[str, str]:
        """With which it was started."""
        ports = (urlsplit(origin).port or 0 for origin in (self.site, self.sandbox))
        return _environ(self.instance, *ports)

    @property
    def said(self) -> Path:
        return self.instance / "said.txt"

    @property
    def faults(self) -> Faults:
        """What this Xero is told to get wrong; `reset` takes it back."""
        return Faults(self.sandbox)

    def reset(self) -> None:
        """Put both back to where they began: nobody has connected, nobody has voted."""
        own_page = {"Origin": self.sandbox}
        answer = httpx.post(f"{self.sandbox}/reset", headers=own_page, follow_redirects=True)
        answer.raise_for_status()
        self.forget_readers()

    def forget_readers(self) -> None:
        """Empty the tables that only readers fill, as when an old copy of the database was put back."""
        with self._database() as database:
            for table in self.readers_tables:
                database.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own names
            for table, rows in self.first_rows.items():
                database.execute(f'DELETE FROM "{table}"')  # noqa: S608
                places = ", ".join("?" * len(rows[0]))
                database.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)  # noqa: S608

    def learn_readers_tables(self) -> None:
        """Remember which tables are empty before the first reader has come."""
        with self._database() as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                if not database.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone():  # noqa: S608
                    self.readers_tables.append(table)
            for table in ("user", "password"):
                rows = database.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608
                self.first_rows[table] = rows

    def restart(self) -> None:
        """End everything and start it anew, on the same ports and with the same data."""
        self.stop()
        self.start()

    def start(self) -> None:
        """Start everything, and wait until it answers. Raises DidNotStart."""
        with self.said.open("ab") as said:
            process = subprocess.Popen(
                (sys.executable, "app.py"),
                cwd=ROOT,
                env=self.environ,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        _wait_until_it_answers(process, self)

    def stop(self) -> None:
        """End everything."""
        while self.processes:
            _end(self.processes.pop())

    def work(self) -> None:
        """Have a worker do what is due now."""
        subprocess.run(
            (sys.executable, "-m", "flask", "--app", "app", "work", "--once"),
            cwd=ROOT,
            env=self.environ,
            check=True,
            timeout=60,
        )

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the database of the site holds."""
        with self._database() as database:
            return database.execute(query).fetchall()

    def let_pass(self, passed: timedelta, *tables: str) -> None:
        """Time passes for the rows of these tables."""
        with self._database() as database:
            for table in tables:
                described = database.execute(f'PRAGMA table_info("{table}")').fetchall()
                for name in [row[1] for row in described if row[2] == "DATETIME"]:
                    database.execute(
                        f'UPDATE "{table}" SET "{name}" = '  # noqa: S608 - our own names
                        f"strftime('%Y-%m-%d %H:%M:%f000', \"{name}\", ?)",
                        (f"-{passed.total_seconds()} seconds",),
                    )

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.instance / "site.db", timeout=10)) as database, database:
            yield database


@contextmanager
def running(instance: Path) -> Iterator[Stage]:
    """Start everything with its data in `instance`; raises DidNotStart."""
    port, sandbox_port = free_ports(2)
    instance.mkdir(parents=True, exist_ok=True)
    stage = Stage(f"http://localhost:{port}", f"http://localhost:{sandbox_port}", instance)
    try:
        stage.start()
        stage.learn_readers_tables()
        yield stage
    finally:
        stage.stop()


def _environ(instance: Path, port: int, sandbox_port: int) -> Mapping[str, str]:
    return {
        **ENVIRON,
        **dict.fromkeys(LEFT_OUT, ""),
        "ENVIRONMENT": "development",
        "INSTANCE_DIR": str(instance),
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
        "PRODUCT_NAME": "Acme Billing",
        "SUPPORT_EMAIL": "support@example.com",
        "PYTHONUNBUFFERED": "1",
    }


def free_ports(count: int) -> list[int]:
    """Ports nobody holds now; all are held at once, so that none is given twice."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", stage: Stage) -> None:
    ends_at = time.monotonic() + START_SECONDS
    while not (_answers(stage.site) and _answers(stage.sandbox)):
        ended = process.poll()
        if ended is not None or time.monotonic() > ends_at:
            said = stage.said.read_text(errors="replace")[-4000:]
            what = "No answer in time" if ended is None else f"It ended with exit code {ended}"
            raise DidNotStart(f"{what}. It said:\n{said}")
        time.sleep(0.1)


def _answers(origin: str) -> bool:
    try:
        return httpx.get(origin, follow_redirects=True, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
