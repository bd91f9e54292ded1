"""The same stories on PostgreSQL: those in which the database itself decides who may."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.client import Client
from tests.connect.test_callback import test_of_twenty_callbacks_at_once_one_is_exchanged
from tests.connect.test_choosing import (
    test_of_several_the_reader_chooses,
    test_what_another_customer_holds_cannot_be_chosen,
)
from tests.connect.test_disconnect import (
    test_connecting_again_withdraws_the_removal,
    test_disconnecting_while_xero_is_down_is_delivered_later,
)
from tests.connect.test_organisations import test_selecting_changes_which_one_is_worked_with
from tests.connect.test_renewal import (
    grant,
    test_a_dead_holder_of_the_lease_is_waited_for_and_no_longer,
    test_a_late_answer_does_not_undo_a_disconnect,
    test_a_refused_token_is_confirmed_once_and_then_dead,
    test_eight_at_once_refresh_one_time,
)
from tests.connect.test_two_tabs import (
    provider,
    test_one_login_is_stored_once_and_both_organisations_kept,
    test_one_organisation_of_two_logins_is_the_readers_own,
    test_two_organisations_of_two_logins_are_both_connected,
)
from tests.connect.test_vault import test_swapped_secrets_open_nothing
from xero_onboard.config import Settings
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db

__all__ = [
    "grant",
    "provider",
    "test_a_dead_holder_of_the_lease_is_waited_for_and_no_longer",
    "test_a_late_answer_does_not_undo_a_disconnect",
    "test_a_refused_token_is_confirmed_once_and_then_dead",
    "test_connecting_again_withdraws_the_removal",
    "test_disconnecting_while_xero_is_down_is_delivered_later",
    "test_eight_at_once_refresh_one_time",
    "test_of_several_the_reader_chooses",
    "test_of_twenty_callbacks_at_once_one_is_exchanged",
    "test_one_login_is_stored_once_and_both_organisations_kept",
    "test_one_organisation_of_two_logins_is_the_readers_own",
    "test_selecting_changes_which_one_is_worked_with",
    "test_swapped_secrets_open_nothing",
    "test_two_organisations_of_two_logins_are_both_connected",
    "test_what_another_customer_holds_cannot_be_chosen",
]


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url}


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The site on PostgreSQL."""
    site = create_app(settings)
    site.test_client_class = Client
    with site.app_context():
        upgrade()
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()
