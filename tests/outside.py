"""What the tests need from outside: a thing that cannot be had is a failure in CI, else one line at the end."""

import os
from collections.abc import Mapping
from typing import NoReturn

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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and why, where it is read."""
    for thing, reason in _missing.items():
        terminalreporter.write_line(f"Tested without {thing}: {reason}", yellow=True)
