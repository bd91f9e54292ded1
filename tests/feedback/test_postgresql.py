"""Votes, and requests that go wrong, on the other database."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.client import Client
from tests.feedback.test_vote import (
    test_a_vote_can_be_changed,
    test_a_vote_can_be_taken_back,
    test_a_vote_follows_the_reader_who_signs_in,
    test_a_vote_on_no_article_is_not_found,
    test_votes_at_the_same_moment_are_all_counted,
)
from xero_onboard import content
from xero_onboard.config import ROOT, Settings
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db

__all__ = [
    "test_a_vote_can_be_changed",
    "test_a_vote_can_be_taken_back",
    "test_a_vote_follows_the_reader_who_signs_in",
    "test_a_vote_on_no_article_is_not_found",
    "test_votes_at_the_same_moment_are_all_counted",
]


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url}


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The site with the shipped guides on PostgreSQL."""
    site = create_app(settings)
    site.test_client_class = Client
    with site.app_context():
        upgrade()
        content.sync(ROOT / "content")
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("path", ["/%00", "/hc/%00", "/hc/article_attachments/1/%00"])
def test_an_address_no_database_can_store_is_refused(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400
