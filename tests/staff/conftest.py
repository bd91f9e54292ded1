"""Those who work here, each in a browser of their own."""

import pytest
from flask import Flask

from tests.client import Client
from tests.employees import ADA, EDDIE, Account, make


@pytest.fixture
def ada(app: Flask) -> Account:
    """An administrator."""
    return make(app, ADA, "admin", has_second_step=True)


@pytest.fixture
def eddie(app: Flask) -> Account:
    """An editor."""
    return make(app, EDDIE, "editor", has_second_step=True)


@pytest.fixture
def administrator(app: Flask, ada: Account) -> Client:
    return ada.sign_in(app)


@pytest.fixture
def editor(app: Flask, eddie: Account) -> Client:
    return eddie.sign_in(app)
