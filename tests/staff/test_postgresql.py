"""The pages of the operator on the other database, which writes days, sums and searches in its own way."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from tests.client import Client
from tests.connect.conftest import amara, filled_sandbox, provider_port, riley, xero
from tests.connect.test_showings import (
    guides,
    test_a_reconnect_that_is_refused_counts_as_well,
    test_each_showing_counts_one_for_its_revision,
    test_every_step_of_the_way_is_written_down,
    test_showings_are_forgotten_with_the_presses_they_are_compared_with,
    test_the_first_later_look_confirms_it,
    test_what_no_guide_ever_was_is_not_counted,
)
from tests.staff.test_brand import (
    GREEN,
    PLACE,
    test_nobody_uses_what_they_have_not_seen,
    test_the_shipped_look_comes_back,
    test_what_is_tried_after_another_was_forgotten_is_seen_before_it_is_used,
)
from tests.staff.test_certification import (
    test_a_confirmation_is_withdrawn,
    test_an_administrator_confirms_what_only_a_person_knows,
    test_every_checkpoint_of_xero_is_there,
    test_what_a_connection_shows_is_met,
    test_what_goes_wrong_is_seen,
    test_who_failed_and_got_through_shows_that_it_mends,
)
from tests.staff.test_connections import (
    test_a_customer_is_shown_with_people_connections_and_tries,
    test_a_login_that_was_not_renewed_for_long_is_filtered_too,
    test_a_reference_is_found_however_it_is_said,
    test_an_attempt_is_told_moment_by_moment,
    test_an_organisation_a_person_and_a_customer_are_found,
    test_each_state_is_filtered_by_itself,
)
from tests.staff.test_funnel import (
    test_all_guides_stand_beside_each_other_and_what_is_in_none,
    test_each_revision_has_its_own_numbers,
    test_each_step_counts_who_took_it,
    test_everybody_who_stopped_is_counted_by_the_code,
    test_the_days_are_the_last_ones_and_no_others,
)
from tests.staff.test_searches import (
    test_the_columns_show_each_day_of_a_week,
    test_what_has_a_guide_by_now_no_longer_finds_nothing,
)
from tests.staff.test_strays import test_what_xero_lists_and_nobody_uses_is_found_and_removed
from xero_onboard.lib.db import be_alone_with, db

__all__ = [
    "amara",
    "filled_sandbox",
    "guides",
    "provider_port",
    "riley",
    "test_a_confirmation_is_withdrawn",
    "test_a_customer_is_shown_with_people_connections_and_tries",
    "test_a_login_that_was_not_renewed_for_long_is_filtered_too",
    "test_a_reconnect_that_is_refused_counts_as_well",
    "test_a_reference_is_found_however_it_is_said",
    "test_all_guides_stand_beside_each_other_and_what_is_in_none",
    "test_an_administrator_confirms_what_only_a_person_knows",
    "test_an_attempt_is_told_moment_by_moment",
    "test_an_organisation_a_person_and_a_customer_are_found",
    "test_each_revision_has_its_own_numbers",
    "test_each_showing_counts_one_for_its_revision",
    "test_each_state_is_filtered_by_itself",
    "test_each_step_counts_who_took_it",
    "test_every_checkpoint_of_xero_is_there",
    "test_every_step_of_the_way_is_written_down",
    "test_everybody_who_stopped_is_counted_by_the_code",
    "test_showings_are_forgotten_with_the_presses_they_are_compared_with",
    "test_nobody_uses_what_they_have_not_seen",
    "test_the_columns_show_each_day_of_a_week",
    "test_the_days_are_the_last_ones_and_no_others",
    "test_the_first_later_look_confirms_it",
    "test_the_shipped_look_comes_back",
    "test_what_a_connection_shows_is_met",
    "test_what_goes_wrong_is_seen",
    "test_what_has_a_guide_by_now_no_longer_finds_nothing",
    "test_what_is_tried_after_another_was_forgotten_is_seen_before_it_is_used",
    "test_what_no_guide_ever_was_is_not_counted",
    "test_what_xero_lists_and_nobody_uses_is_found_and_removed",
    "test_who_failed_and_got_through_shows_that_it_mends",
    "xero",
]


@pytest.fixture
def environ(environ: dict[str, str], provider_port: int, postgres_url: str) -> dict[str, str]:
    return {**environ, "SANDBOX_PORT": str(provider_port), "DATABASE_URL": postgres_url}


def test_a_look_is_not_forgotten_while_somebody_else_is_at_it(
    app: Flask, administrator: Client
) -> None:
    administrator.post(f"{PLACE}/colours", data={"light": GREEN})

    with ThreadPoolExecutor(1) as pool, app.app_context():
        be_alone_with("brand")
        forgotten = pool.submit(administrator.post, f"{PLACE}/discard")
        with pytest.raises(TimeoutError):
            forgotten.result(timeout=1)
        db.session.rollback()

    assert forgotten.result().status_code == 303
