"""A help centre elsewhere, and the command that takes it in."""

from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask

from tests import zendesk
from tests.zendesk import HelpCentre


class Import:
    """Runs the import as an operator does."""

    def __init__(self, app: Flask, centre: HelpCentre) -> None:
        self._app = app
        self.centre = centre

    def run(self, *words: str, source: str = "") -> Result:
        args = ["content", "import", "zendesk", source or self.centre.origin, *words]
        return self._app.test_cli_runner().invoke(args=args)

    def __call__(self, *words: str, source: str = "") -> str:
        """Take it in, and say what was said; it must succeed."""
        result = self.run(*words, source=source)
        assert result.exit_code == 0, result.output
        return result.output


@pytest.fixture
def centre() -> Iterator[HelpCentre]:
    with zendesk.running() as found:
        yield found


@pytest.fixture
def take_in(app: Flask, centre: HelpCentre) -> Import:
    return Import(app, centre)
