"""The same on the other database, where requests of one account run side by side."""

import pytest
from flask import Flask

from tests.accounts.owner import Owner
from tests.accounts.test_under_way import (
    meanwhile,
    test_a_short_password_does_not_outlive_the_second_step,
    test_an_ended_session_does_not_come_back_by_a_proof,
    test_first_passkeys_that_arrive_at_once_bring_ten_codes,
    test_new_recovery_codes_asked_for_at_once_are_ten,
    test_the_old_password_opens_nothing_once_it_was_changed,
    test_two_who_end_each_other_at_once_are_not_both_in,
)

__all__ = [
    "meanwhile",
    "test_a_short_password_does_not_outlive_the_second_step",
    "test_an_ended_session_does_not_come_back_by_a_proof",
    "test_first_passkeys_that_arrive_at_once_bring_ten_codes",
    "test_new_recovery_codes_asked_for_at_once_are_ten",
    "test_the_old_password_opens_nothing_once_it_was_changed",
    "test_two_who_end_each_other_at_once_are_not_both_in",
]


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url}


@pytest.fixture
def robin(app: Flask) -> Owner:
    return Owner(app).sign_up()
