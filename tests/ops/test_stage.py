"""Everything at once, as `make run` starts it, and as it ends."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import IO

from tests.house.test_settings import PRODUCTION
from xero_onboard.config import ROOT, Settings
from xero_onboard.ops.stage import parts_of
from xero_onboard.sandbox import server


def test_a_second_start_changes_nothing_and_a_closed_terminal_ends_everything(
    tmp_path: Path,
) -> None:
    site, sandbox = free_port(), free_port()
    environ = {
        "PORT": str(site),
        "SANDBOX_PORT": str(sandbox),
        "INSTANCE_DIR": str(tmp_path / "instance"),
    }

    first = start_and_hang_up(environ)
    second = start_and_hang_up(environ)

    assert "published as revision 1" in first
    assert "casey@practice.example" in first
    assert employees_in(first) == employees_in(second)
    assert [email for email, _, _ in employees_in(first)] == [
        "ada@example.com",
        "eddie@example.com",
    ]
    assert "nothing changed" in second
    assert "published" not in second
    for port in (site, sandbox):
        assert is_free(port)


def test_a_save_is_published_and_a_mistake_in_it_is_named(tmp_path: Path) -> None:
    """While developing: with file and line, and again when the mistake is gone."""
    guides = tmp_path / "content"
    shutil.copytree(ROOT / "content", guides)
    guide = guides / "en-gb" / "connect-to-xero" / "disconnect-from-xero.md"
    written = guide.read_text()
    line = written.count("\n") + 2
    environ = {
        "PORT": str(free_port()),
        "SANDBOX_PORT": str(free_port()),
        "INSTANCE_DIR": str(tmp_path / "instance"),
        "CONTENT_DIR": str(guides),
    }

    with started(environ) as said:
        said.until("Ctrl+C")
        guide.write_text(f"{written}\n<Steps>\n<Foo>\n")
        complaint = said.until("nothing changed")
        guide.write_text(written)
        relief = said.until("nothing changed")
        guide.write_text(f"{written}\nOne more sentence.\n")
        news = said.until("published as revision 2")

    assert f"disconnect-from-xero.md:{line + 1}: <Foo> is not a component" in complaint
    assert "Foo" not in relief
    assert "disconnect-from-xero" in news


def employees_in(said: str) -> list[tuple[str, str, str]]:
    """Who can be signed in as: address, role and password."""
    return re.findall(r"^  (\S+@example\.com) +(admin|editor) +(\S+)$", said, re.MULTILINE)


def start_and_hang_up(environ: dict[str, str]) -> str:
    """Start the whole, wait until it says that it is ready, and close its terminal."""
    with started(environ) as said:
        beginning = said.until("Ctrl+C")
    return beginning + said.rest()


class Said:
    """What a process says, line by line, so that nobody waits for it in vain."""

    def __init__(self, stream: IO[str]) -> None:
        self._lines: Queue[str] = Queue()
        self._reading = threading.Thread(target=self._read, args=(stream,))
        self._reading.start()

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._lines.put(line)

    def until(self, word: str) -> str:
        """Everything up to the line with this word."""
        lines: list[str] = []
        while not lines or word not in lines[-1]:
            try:
                lines.append(self._lines.get(timeout=60))
            except Empty:
                raise AssertionError(f"nobody said {word!r}: {''.join(lines)}") from None
        return "".join(lines)

    def rest(self) -> str:
        """What is said until the end."""
        self._reading.join(timeout=60)
        lines = [self._lines.get() for _ in range(self._lines.qsize())]
        return "".join(lines)


@contextmanager
def started(environ: dict[str, str]) -> Iterator[Said]:
    """The whole, until its terminal is closed; it must end well."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, str(ROOT / "app.py")],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = Said(process.stdout)
    try:
        yield said
    finally:
        os.kill(process.pid, signal.SIGHUP)
        code = process.wait(timeout=60)
    assert code == 0, said.rest()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_production_has_no_sandbox() -> None:
    parts = parts_of(Settings.from_environ(PRODUCTION))

    assert [part.name for part in parts] == ["site", "worker"]


def test_every_server_listens_to_this_machine_alone(settings: Settings) -> None:
    parts = parts_of(settings)

    hosts = [
        part.command[part.command.index("--host") + 1]
        for part in parts
        if part.port and part.name != "sandbox"
    ]

    assert hosts == ["127.0.0.1"]
    # The practice Xero has a server of its own, which is not told.
    assert server.HOST == "127.0.0.1"
