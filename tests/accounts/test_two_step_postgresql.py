"""Codes that arrive together, on the other database."""

import pytest
from flask import Flask

from tests.accounts.device import Device
from tests.accounts.owner import Owner, codes_in
from tests.accounts.test_known_device import (
    test_the_owner_enters_on_a_known_device_while_others_guess,
)
from tests.accounts.test_passkeys import test_an_answer_at_the_same_moment_works_once
from tests.accounts.test_prove import test_one_code_at_the_same_moment_proves_once
from tests.accounts.test_two_step import (
    test_one_code_at_the_same_moment_signs_in_one,
    test_one_recovery_code_at_the_same_moment_signs_in_one,
    test_the_sixth_try_ends_the_sign_in,
)

__all__ = [
    "test_an_answer_at_the_same_moment_works_once",
    "test_one_code_at_the_same_moment_proves_once",
    "test_one_code_at_the_same_moment_signs_in_one",
    "test_one_recovery_code_at_the_same_moment_signs_in_one",
    "test_the_owner_enters_on_a_known_device_while_others_guess",
    "test_the_sixth_try_ends_the_sign_in",
]


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url}


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()


@pytest.fixture
def careful(robin: Owner) -> Owner:
    robin.recovery_codes = robin.set_up_app()
    return robin


@pytest.fixture
def device(robin: Owner) -> Device:
    phone = Device()
    robin.recovery_codes = codes_in(robin.add_passkey(phone))
    return phone


@pytest.fixture
def attacked(robin: Owner) -> Owner:
    wrong = {"email": robin.login, "password": "a guess among many 17"}
    attacker = robin.another_browser()
    while attacker.post("/sign-in/password", data=wrong).status_code != 429:
        pass
    return robin
