"""What the tests need from outside: a thing that cannot be had is a failure in CI, else one line at the end."""

import os
from collections.abc import Mapping
from typing import Any, NoReturn

import pytest

ENVIRON: Mapping[str, str] = os.environ  # noqa: TID251 - where the tools are, not a setting of the site

_missing: dict[str, str] = {}


def do_without(thing: str, reason: str) -> NoReturn:
    """Skip the test that asked for it; fail when CI is set, where nothing may be left out."""
    _missing[thing] = reason
    if ENVIRON.get("CI"):
        pytest.fail(f"{thing} is needed when CI is set. {reason}", pytrace=False)
    # On a person's own machine only: with CI set the line above has failed already.
    pytest.skip(f"{thing} could not be had")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Of several processes, each tells the one that writes the summary what it went without."""
    told: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["missing"] = _missing


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take in what a process tells at its end; one that died has said nothing."""
    _missing.update(getattr(node, "workeroutput", {}).get("missing", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and why, where it is read."""
    for thing, reason in _missing.items():
        terminalreporter.write_line(f"Tested without {thing}: {reason}", yellow=True)
