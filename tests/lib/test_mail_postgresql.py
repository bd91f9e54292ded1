"""Mail, on the other database."""

import pytest

from tests.lib.test_mail import (
    test_a_mail_arrives_in_both_forms,
    test_a_server_that_is_down_stops_nothing_and_gets_the_mail_later_and_once,
    test_mail_is_forgotten_after_a_week,
    test_pages_can_say_that_mail_is_slow,
    test_two_workers_send_one_mail_once,
)
from tests.post_office import PostOffice

__all__ = [
    "test_a_mail_arrives_in_both_forms",
    "test_a_server_that_is_down_stops_nothing_and_gets_the_mail_later_and_once",
    "test_mail_is_forgotten_after_a_week",
    "test_pages_can_say_that_mail_is_slow",
    "test_two_workers_send_one_mail_once",
]


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str, office: PostOffice) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url, "MAIL_URL": office.url}
