"""A connected site, and copies of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.connect.conftest import Visitor
from tests.connect.copies.making import close, start_copy, work
from tests.connect.copies.operator import StartCopy, make_due


@pytest.fixture
def connected(app: Flask, riley: Visitor) -> Visitor:
    """Riley's Roastery, connected, and a worker that has come by since."""
    riley.connect()
    work(app)
    return riley


@pytest.fixture
def copied(app: Flask, environ: dict[str, str], tmp_path: Path) -> Iterator[StartCopy]:
    """Start a second site on a copy of the database as it is when this is called."""
    started: list[Flask] = []

    def begin(**settings: str) -> Flask:
        folder = tmp_path / f"copy-{len(started)}"
        started.append(start_copy(app, environ, folder, **settings))
        make_due(started[-1])
        return started[-1]

    yield begin
    for each in started:
        close(each)
