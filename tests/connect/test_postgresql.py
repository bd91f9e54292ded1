"""The same stories on PostgreSQL: those in which the database itself decides who may."""

import pytest

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
