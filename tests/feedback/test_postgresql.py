"""Votes, and requests that go wrong, on the other database."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread, current_thread

import pytest
from flask import Flask
from sqlalchemy import event

from tests import mailbox
from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.feedback.test_attachments import test_files_come_along_and_come_back_as_downloads
from tests.feedback.test_comments import (
    casey,
    editor,
    moderate,
    say,
    test_a_name_like_those_of_staff_is_always_held,
    test_the_author_changes_and_deletes_their_own,
    test_the_first_comment_waits_until_staff_have_read_it,
    test_what_a_deleted_account_wrote_is_gone,
)
from tests.feedback.test_feeds import (
    test_a_guide_tells_its_changes_and_no_slip_of_the_pen,
    test_the_feed_goes_with_its_page,
    test_what_is_said_below_is_news_once_it_is_shown,
)
from tests.feedback.test_following import (
    NELL,
    confirmed,
    test_a_follower_hears_of_comments_once_they_are_shown,
    test_a_section_is_followed_as_well,
    test_an_address_nobody_confirmed_is_forgotten,
    test_asking_twice_follows_once,
)
from tests.feedback.test_remarks import (
    test_a_problem_is_reported_without_a_vote,
    test_a_reason_follows_the_reader_who_signs_in,
    test_a_reason_is_kept_beside_the_vote_and_thanked_for,
    test_voting_the_same_again_keeps_what_was_said,
    test_what_was_written_is_forgotten_after_a_year,
)
from tests.feedback.test_request_form import test_a_guide_that_is_not_here_is_left_out
from tests.feedback.test_requests import (
    test_a_conversation_goes_on_by_mail_and_page,
    test_guides_are_offered_after_sending_and_counted_when_they_help,
    test_what_a_guide_has_solved_counts_on_without_who_asked,
    test_what_nobody_confirms_is_forgotten_after_two_days,
)
from tests.feedback.test_vote import (
    test_a_vote_can_be_changed,
    test_a_vote_can_be_taken_back,
    test_a_vote_follows_the_reader_who_signs_in,
    test_a_vote_on_no_article_is_not_found,
    test_votes_at_the_same_moment_are_all_counted,
)
from tests.staff.test_articles import form_of, send
from xero_onboard import content
from xero_onboard.config import ROOT
from xero_onboard.lib import jobs
from xero_onboard.lib.db import db

__all__ = [
    "test_a_guide_tells_its_changes_and_no_slip_of_the_pen",
    "test_the_feed_goes_with_its_page",
    "test_what_is_said_below_is_news_once_it_is_shown",
    "test_a_conversation_goes_on_by_mail_and_page",
    "test_files_come_along_and_come_back_as_downloads",
    "test_a_guide_that_is_not_here_is_left_out",
    "test_guides_are_offered_after_sending_and_counted_when_they_help",
    "test_what_a_guide_has_solved_counts_on_without_who_asked",
    "test_what_nobody_confirms_is_forgotten_after_two_days",
    "test_a_follower_hears_of_comments_once_they_are_shown",
    "test_a_section_is_followed_as_well",
    "test_asking_twice_follows_once",
    "test_an_address_nobody_confirmed_is_forgotten",
    "casey",
    "editor",
    "test_a_name_like_those_of_staff_is_always_held",
    "test_the_author_changes_and_deletes_their_own",
    "test_the_first_comment_waits_until_staff_have_read_it",
    "test_what_a_deleted_account_wrote_is_gone",
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


def test_followers_hear_of_what_is_committed_after_the_worker_came_by(
    app: Flask, editor: Client, client: Client
) -> None:
    confirmed(app, client)
    form = form_of(editor) | {"body": "A whole new paragraph."}

    with worker_at_each_commit(app):
        send(editor, "publish", form)

    assert "Changed: Connect your Xero organisation" in mailbox.newest(app, NELL)

    say(sign_in(app, CASEY), "It works.")
    with worker_at_each_commit(app):
        moderate(app, editor, "shown")

    assert "1 new comment on Connect your Xero organisation" in mailbox.newest(app, NELL)


@contextmanager
def worker_at_each_commit(app: Flask) -> Iterator[None]:
    """Everything is written, and not yet kept, when the worker's minute comes."""
    own = current_thread()

    def come_by(_session: object) -> None:
        if current_thread() is own:
            worker = Thread(target=jobs.run_due, args=(app,))
            worker.start()
            worker.join()

    event.listen(db.session, "before_commit", come_by)
    try:
        yield
    finally:
        event.remove(db.session, "before_commit", come_by)
