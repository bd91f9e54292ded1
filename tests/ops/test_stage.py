"""Everything at once, as `make run` starts it, and as it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.house.test_settings import PRODUCTION
from xero_onboard.config import ROOT, Settings
from xero_onboard.ops.stage import parts_of


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


def employees_in(said: str) -> list[tuple[str, str, str]]:
    """Who can be signed in as: address, role and password."""
    return re.findall(r"^  (\S+@example\.com) +(admin|editor) +(\S+)$", said, re.MULTILINE)


def start_and_hang_up(environ: dict[str, str]) -> str:
    """Start the whole, wait until it says that it is ready, and close its terminal."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, str(ROOT / "app.py")],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl+C" in line:
                os.kill(process.pid, signal.SIGHUP)
                break
        said.append(process.stdout.read())
    assert process.wait(timeout=60) == 0, "".join(said)
    return "".join(said)


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

    hosts = [part.command[part.command.index("--host") + 1] for part in parts if part.port]

    assert hosts == ["127.0.0.1", "127.0.0.1"]
