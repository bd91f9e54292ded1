"""A yard of its own for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.connect.conftest import filled_sandbox, provider_port
from tests.faults.crew import Crew, Member
from tests.faults.refresh import SHORT
from tests.faults.yard import Yard, connected
from xero_onboard.config import SandboxSettings

__all__ = ["filled_sandbox", "provider_port"]


@pytest.fixture
def environ(environ: dict[str, str], provider_port: int) -> dict[str, str]:
    return {**environ, "SANDBOX_PORT": str(provider_port)}


@pytest.fixture
def yard(app: Flask, environ: dict[str, str], filled_sandbox: Path) -> Iterator[Yard]:
    SandboxSettings.from_environ(environ).database.write_bytes(filled_sandbox.read_bytes())
    with connected(app, environ) as made:
        yield made


@pytest.fixture
def start(yard: Yard) -> Iterator[Callable[..., Member]]:
    """Start a process that gets the next version and ends; what it is told besides may be changed."""
    crew = Crew(yard, SHORT, rotations=1)

    def started(**changes: object) -> Member:
        member = Member.start(crew.order(str(len(crew.members) + 1), **changes))
        crew.members.append(member)
        return member

    yield started
    for member in crew.members:
        member.kill("the end")
        member.end()
