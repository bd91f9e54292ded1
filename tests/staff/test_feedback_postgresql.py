"""Feedback on the other database, which writes days, sums and searches in its own way."""

import pytest

from tests.feedback.test_postgresql import environ, guides
from tests.staff.test_feedback import (
    test_a_remark_is_taken_in_hand_and_done,
    test_each_revision_has_its_own_votes,
    test_helpful_stands_beside_connected,
    test_the_list_shows_what_is_asked_for,
    test_the_table_holds_what_the_list_shows,
    test_this_week_stands_beside_the_last,
    test_votes_are_drawn_over_time_with_their_revisions,
)

__all__ = [
    "environ",
    "guides",
    "test_a_remark_is_taken_in_hand_and_done",
    "test_each_revision_has_its_own_votes",
    "test_helpful_stands_beside_connected",
    "test_the_list_shows_what_is_asked_for",
    "test_the_table_holds_what_the_list_shows",
    "test_this_week_stands_beside_the_last",
    "test_votes_are_drawn_over_time_with_their_revisions",
]

pytestmark = pytest.mark.usefixtures("guides")
