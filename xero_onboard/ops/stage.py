"""Everything at once, as `make run` starts it: the site, its worker, and the sandbox when it is used."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from flask import Flask
from flask_migrate import upgrade

from xero_onboard import content
from xero_onboard.config import ROOT, Settings, UnsafeSettingError
from xero_onboard.connect import vault
from xero_onboard.lib.web import crowd
from xero_onboard.ops.demonstration import Employee, employ
from xero_onboard.sandbox.people import PASSWORD, PEOPLE

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
SERVER_LOG = Path(__file__).with_name("server_log.json")
START_SECONDS = 60.0
# Longer than a call to Xero may take: the worker finishes what it has begun.
WORKER_SECONDS = 16
END_SECONDS = 25.0

CreateApp = Callable[[Settings], Flask]


class CannotStart(Exception):
    """Something outside must change first; the message says what."""


class PartEnded(Exception):
    """A process that should run for ever has ended, and the others with it."""


@dataclass(frozen=True)
class Part:
    """One process of the whole; `port` is the one it answers on, with the variable that moves it."""

    name: str
    command: tuple[str, ...]
    port: tuple[str, int] | None = None


def main(create_app: CreateApp) -> None:
    """Prepare, start every part, say where, and stop all when one stops."""
    try:
        settings = Settings.from_environ()
        parts = parts_of(settings)
        refuse_busy_ports(parts)
        app = create_app(settings)
        employees = prepare(app, settings)
        run(app, settings, parts, employees)
    except (UnsafeSettingError, CannotStart) as error:
        sys.exit(f"Cannot start. {error}")
    except PartEnded as error:
        sys.exit(f"Stopped. {error}")


def parts_of(settings: Settings) -> list[Part]:
    """The processes this installation consists of."""
    parts = [
        Part(
            "site",
            _granian("app:app", settings.port, *_server_log(settings), workers=2),
            ("PORT", settings.port),
        ),
        Part("worker", (sys.executable, "-m", "flask", "--app", "app", "work")),
    ]
    if settings.xero.is_sandbox:
        command = (sys.executable, "-m", "xero_onboard.sandbox")
        parts.append(Part("sandbox", command, ("SANDBOX_PORT", settings.sandbox_port)))
    return parts


def refuse_busy_ports(parts: Sequence[Part]) -> None:
    """Raise CannotStart, naming the port and its variable, if another program holds one we need."""
    for part in parts:
        if part.port and _is_taken(part.port[1]):
            name, number = part.port
            raise CannotStart(
                f"Port {number} is in use by another program. Stop it, or choose another port for "
                f"the {part.name} with {name}, like this: {name}={_another(number)} make run"
            )


def prepare(app: Flask, settings: Settings) -> Sequence[Employee]:
    """Bring the database and the guides up to date; who can be signed in as, where it is only tried out."""
    with app.app_context():
        upgrade()
        for line in content.sync(settings.content).lines:
            print(line)
        for key_id in vault.wrong_keys():
            log.critical("VAULT_KEYS: %s is not the key that sealed what is stored", key_id)
    return employ(app, settings)


def run(
    app: Flask, settings: Settings, parts: Sequence[Part], employees: Sequence[Employee]
) -> None:
    """Start the parts and wait until one ends or somebody stops us."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    running: list[tuple[Part, subprocess.Popen[bytes]]] = []
    try:
        for part in parts:
            # In a session of their own, so that we alone tell them to end: the signals of a closed
            # terminal mean "reload" to the server and "restart" to the worker.
            process = subprocess.Popen(part.command, cwd=ROOT, start_new_session=True)  # noqa: S603
            running.append((part, process))
        _wait_for_ports(running, stop)
        if not stop.is_set():
            print(welcome(settings, employees), flush=True)
        if not settings.is_production:
            threading.Thread(
                target=_sync_on_change, args=(app, settings, stop), daemon=True
            ).start()
        while not stop.wait(0.5):
            _refuse_the_dead(running)
    finally:
        stop.set()
        _end(running)


def welcome(settings: Settings, employees: Sequence[Employee] = ()) -> str:
    """What to open, and as whom."""
    lines = [f"  Site      {settings.public_origin}"]
    if settings.xero.is_sandbox:
        lines += [
            f"  Sandbox   {settings.xero.login_url}, a practice copy of Xero",
            "",
            f"  Open a guide, press Connect to Xero, and sign in with the password {PASSWORD} as",
            *(f"  {person.email:24}  {person.about}" for person in PEOPLE),
        ]
    if employees:
        lines += [
            "",
            f"  To work here, sign in at {settings.public_origin}/sign-in, and open /staff, as",
            *(f"  {each.email:24}  {each.role:8}  {each.password}" for each in employees),
            "  (in development only; a password is shown until it is changed)",
        ]
    elif not settings.is_production:
        lines += [
            "",
            "  To work here, sign in with a password of your own: those of the demonstration open nothing here any more.",
            "  `flask users list` says who works here, `flask users create` makes an account, and `flask users enable`",
            "  opens a closed one again.",
        ]
    return "\n".join(["", *lines, "", "  Ctrl+C stops everything.", ""])


def _granian(target: str, port: int, *options: str, workers: int = 1) -> tuple[str, ...]:
    return (
        *(sys.executable, "-m", "granian", "--interface", "wsgi"),
        *("--host", HOST, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(2 * crowd.MOST), "--no-ws"),
        # The site writes its own access log, without queries.
        *("--no-access-log", "--log-level", "error"),
        # A worker that is told to end while it starts may not hear it.
        *("--workers-kill-timeout", str(WORKER_SECONDS)),
        *options,
        target,
    )


def _server_log(settings: Settings) -> tuple[str, ...]:
    """The server's own words as the site's: a line of JSON for each record in production."""
    return ("--log-config", str(SERVER_LOG)) if settings.is_production else ()


def _another(port: int) -> int:
    return port + 100 if port < 65000 else port - 100


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    # Browsers try the other loopback address first when they read "localhost".
    return _answers(port, "::1")


def _answers(port: int, host: str = HOST) -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.3):
            return True
    except OSError:
        return False


_Running = Sequence[tuple[Part, "subprocess.Popen[bytes]"]]


def _wait_for_ports(running: _Running, stop: threading.Event) -> None:
    ends_at = time.monotonic() + START_SECONDS
    waiting = [part.port[1] for part, _ in running if part.port]
    while waiting and not stop.is_set():
        _refuse_the_dead(running)
        if time.monotonic() > ends_at:
            raise CannotStart(f"Nothing answers on port {waiting[0]} after {START_SECONDS:.0f} s.")
        waiting = [port for port in waiting if not _answers(port)]
        stop.wait(0.05)


def _refuse_the_dead(running: _Running) -> None:
    for part, process in running:
        if process.poll() is not None:
            raise PartEnded(f"The {part.name} ended with exit code {process.returncode}.")


def _sync_on_change(app: Flask, settings: Settings, stop: threading.Event) -> None:
    told: list[str] = []
    was_broken = False
    for _ in content.changes(settings.content, stop):
        lines, is_broken = _take_in(app, settings)
        # One save may be noticed twice, and the second time nothing has changed.
        is_news = is_broken or was_broken or not lines[-1].endswith("nothing changed")
        if lines != told and is_news:
            print("\n".join(lines), flush=True)
        told, was_broken = lines, is_broken


def _take_in(app: Flask, settings: Settings) -> tuple[list[str], bool]:
    """What became of the guides, and whether any is broken."""
    with app.app_context():
        try:
            report = content.sync(settings.content)
        except Exception as error:
            # Whatever one save runs into, the next one must be published again.
            log.exception("the guides could not be taken in")
            return [f"The guides could not be taken in; save one again: {error}"], True
    return report.lines, report.is_broken


def _end(running: _Running) -> None:
    for _, process in running:
        if process.poll() is None:
            process.terminate()
    for _, process in running:
        try:
            process.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
