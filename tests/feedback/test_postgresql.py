"""Votes, and requests that go wrong, on the other database."""

import pytest
from flask import Flask

from tests.client import Client
from tests.feedback.test_remarks import (
    test_a_problem_is_reported_without_a_vote,
    test_a_reason_follows_the_reader_who_signs_in,
    test_a_reason_is_kept_beside_the_vote_and_thanked_for,
    test_voting_the_same_again_keeps_what_was_said,
    test_what_was_written_is_forgotten_after_a_year,
)
from tests.feedback.test_vote import (
    test_a_vote_can_be_changed,
    test_a_vote_can_be_taken_back,
    test_a_vote_follows_the_reader_who_signs_in,
    test_a_vote_on_no_article_is_not_found,
    test_votes_at_the_same_moment_are_all_counted,
)
from xero_onboard import content
from xero_onboard.config import ROOT

__all__ = [
    "test_a_reason_is_kept_beside_the_vote_and_thanked_for",
    "test_a_reason_follows_the_reader_who_signs_in",
    "test_voting_the_same_again_keeps_what_was_said",
    "test_what_was_written_is_forgotten_after_a_year",
    "test_a_problem_is_reported_without_a_vote",
    "test_a_vote_can_be_changed",
    "test_a_vote_can_be_taken_back",
    "test_a_vote_follows_the_reader_who_signs_in",
    "test_a_vote_on_no_article_is_not_found",
    "test_votes_at_the_same_moment_are_all_counted",
]


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url}


@pytest.fixture(autouse=True)
def guides(app: Flask) -> None:
    """Something to vote on."""
    with app.app_context():
        content.sync(ROOT / "content")


@pytest.mark.parametrize("path", ["/%00", "/hc/%00", "/hc/article_attachments/1/%00"])
def test_an_address_no_database_can_store_is_refused(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400
