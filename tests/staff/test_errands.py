"""What staff see of connecting for a colleague, by a link."""

from typing import get_args

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.connect.conftest import (
    Visitor,
    amara,
    another_visitor,
    environ,
    filled_sandbox,
    provider_port,
    riley,
    the_only,
    xero,
)
from tests.connect.errands.conftest import robin
from tests.connect.errands.errand import ask, run_errand
from tests.staff.test_connections import LIST, text
from xero_onboard.connect.departure import Purpose
from xero_onboard.connect.models import Attempt, Connection
from xero_onboard.lib.db import db
from xero_onboard.staff.timeline import PURPOSES

__all__ = [
    "amara",
    "another_visitor",
    "environ",
    "filled_sandbox",
    "provider_port",
    "riley",
    "robin",
    "xero",
]
WORDS = "Connect for a colleague, by a link"


@pytest.fixture
def errand(app: Flask, robin: Visitor, amara: Visitor) -> Attempt:
    """Amara connected for Robin."""
    run_errand(amara, ask(app, robin))
    with app.app_context():
        query = select(Attempt).where(Attempt.purpose == "errand")
        return db.session.scalars(query).one()


def test_it_stands_wherever_an_attempt_stands(app: Flask, editor: Client, errand: Attempt) -> None:
    connection = the_only(app, Connection)

    for place in (
        f"{LIST}?kind=attempts",
        f"{LIST}?kind=attempts&query={errand.reference}",
        f"{LIST}/attempts/{errand.id}",
        f"{LIST}/{connection.id}",
        f"{LIST}/customers/{connection.customer_id}",
    ):
        assert WORDS in text(editor, place), place


def test_every_purpose_has_its_words() -> None:
    assert set(PURPOSES) == set(get_args(Purpose))
