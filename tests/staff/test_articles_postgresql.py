"""The editor on the other database, which locks rows where SQLite locks the whole."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from tests.client import Client
from tests.staff.test_approval import (
    approver,
    grace,
    test_a_draft_is_asked_about_looked_at_and_published,
    test_two_colleagues_who_answer_in_the_same_moment_answer_once,
)
from tests.staff.test_articles import (
    PLACE,
    TestTwoAtOnce,
    form_of,
    send,
    test_a_draft_stands_beside_the_published_page_until_it_is_published,
    test_a_guide_is_begun_written_and_published,
    test_taking_a_guide_from_readers_and_bringing_it_back,
    test_the_history_says_who_when_and_why_and_an_old_text_comes_back,
)
from tests.staff.test_pictures import test_a_photograph_is_shown_the_right_way_up
from tests.staff.test_places import (
    TestScheduled,
    test_an_owner_is_given_and_found,
    test_links_in_other_guides_follow_a_name,
    test_who_leads_on_to_a_guide_is_said_as_well,
    test_who_links_to_a_guide_is_said_where_it_is_moved_and_when_it_goes,
)

__all__ = [
    "TestScheduled",
    "TestTwoAtOnce",
    "approver",
    "grace",
    "test_a_draft_is_asked_about_looked_at_and_published",
    "test_a_draft_stands_beside_the_published_page_until_it_is_published",
    "test_a_guide_is_begun_written_and_published",
    "test_a_photograph_is_shown_the_right_way_up",
    "test_an_owner_is_given_and_found",
    "test_links_in_other_guides_follow_a_name",
    "test_taking_a_guide_from_readers_and_bringing_it_back",
    "test_the_history_says_who_when_and_why_and_an_old_text_comes_back",
    "test_two_colleagues_who_answer_in_the_same_moment_answer_once",
    "test_who_leads_on_to_a_guide_is_said_as_well",
    "test_who_links_to_a_guide_is_said_where_it_is_moved_and_when_it_goes",
]


@pytest.fixture
def environ(environ: dict[str, str], postgres_url: str) -> dict[str, str]:
    return {**environ, "DATABASE_URL": postgres_url}


@pytest.fixture(autouse=True)
def shipped(app: Flask) -> None:
    """The guides that the site ships with."""
    assert app.test_cli_runner().invoke(args=["content", "sync"]).exit_code == 0


def test_two_who_save_in_the_same_moment_lose_nothing(
    editor: Client, administrator: Client
) -> None:
    forms = [form_of(browser) for browser in (editor, administrator)]
    body = forms[0]["body"]
    texts = (f"Eddie at the top.\n\n{body}", f"{body}\n\nAda at the end.")
    both = Barrier(2)

    def save(browser: Client, form: dict[str, str], text: str) -> int:
        both.wait()
        return send(browser, "draft", form | {"body": text}).status_code

    with ThreadPoolExecutor(2) as pool:
        tries = [
            pool.submit(save, browser, form, text)
            for browser, form, text in zip((editor, administrator), forms, texts, strict=True)
        ]
        assert [each.result() for each in tries] == [303, 303]

    kept = form_of(editor, PLACE)["body"]
    assert kept.startswith("Eddie at the top.")
    assert kept.endswith("Ada at the end.")
