"""The weekly digest on the other database, where two workers are really at work at once."""

import pytest
from flask import Flask

from tests.feedback.test_postgresql import environ, guides
from tests.staff.test_digest import (
    test_everything_that_waits_in_a_guide_is_told_its_owner,
    test_it_comes_once_a_week_and_once_after_weeks_without_a_worker,
    test_of_guides_whose_owner_has_left_administrators_are_told,
    test_the_link_in_the_letter_stops_it_without_signing_in,
    test_two_workers_at_once_mail_once,
)
from tests.staff.waits import begin, owned

__all__ = [
    "environ",
    "guides",
    "owned",
    "test_everything_that_waits_in_a_guide_is_told_its_owner",
    "test_it_comes_once_a_week_and_once_after_weeks_without_a_worker",
    "test_of_guides_whose_owner_has_left_administrators_are_told",
    "test_the_link_in_the_letter_stops_it_without_signing_in",
    "test_two_workers_at_once_mail_once",
]


@pytest.fixture(autouse=True)
def reviewed(app: Flask, guides: None) -> None:
    begin(app)
