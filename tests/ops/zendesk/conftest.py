"""A help centre elsewhere, and the command that takes it in."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests import zendesk
from tests.zendesk import HelpCentre, Import


@pytest.fixture
def centre() -> Iterator[HelpCentre]:
    with zendesk.running() as found:
        yield found


@pytest.fixture
def take_in(app: Flask, centre: HelpCentre) -> Import:
    return Import(app, centre)
