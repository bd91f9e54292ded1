"""Where support staff begin, and who gets there."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, select

from tests.client import Client
from tests.employees import ADA, EDDIE, RILEY, Account, make
from tests.feedback.test_vote import ARTICLE
from tests.staff.test_articles import form_of, send
from tests.staff.waits import change, own
from xero_onboard.config import Settings
from xero_onboard.content.models import Article, Revision
from xero_onboard.content.revisions import bump_generation
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db, new_id

# The guide that is looked after links to this one.
LINKED = "/staff/articles/360001000201"
PAGES = ("/staff", "/staff/audit", "/staff/people")


def test_editors_find_what_they_can_do(editor: Client) -> None:
    page = editor.get("/staff").get_data(as_text=True)

    assert "as an editor" in page
    assert "/hc/articles/360001000401" in page
    assert "/staff/audit" not in page
    assert editor.get("/hc/articles/360001000401", follow_redirects=True).status_code == 200


def test_administrators_find_the_log_and_the_people_as_well(administrator: Client) -> None:
    page = administrator.get("/staff").get_data(as_text=True)

    assert "as an administrator" in page
    assert 'href="/staff/audit"' in page
    assert 'href="/staff/people"' in page


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_asked_to_sign_in_and_readers_are_refused(
    app: Flask, client: Client, path: str
) -> None:
    """Row E1."""
    riley = make(app, RILEY).sign_in(app)

    assert client.get(path).location == f"/sign-in?next={path}"
    assert riley.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/staff/audit", "/staff/people"])
def test_what_is_for_administrators_is_not_for_editors(editor: Client, path: str) -> None:
    """Row E1."""
    assert editor.get(path).status_code == 403


@pytest.mark.parametrize(("email", "role"), [(ADA, "admin"), (EDDIE, "editor")])
def test_whoever_works_here_must_set_up_a_second_step_first(
    app: Flask, email: str, role: str
) -> None:
    """Row E1."""
    browser = make(app, email, role).sign_in(app)

    answer = browser.get("/staff")

    assert answer.status_code == 303
    assert answer.location.endswith("next=/staff")
    assert "two-step" in answer.location


def test_what_is_published_is_read_once_until_it_changes(
    app: Flask, settings: Settings, editor: Client, eddie: Account
) -> None:
    change(app, Revision, review_due_on=None)
    own(app, eddie)
    other_process = create_app(settings)
    other_process.test_client_class = Client
    elsewhere = eddie.sign_in(other_process)
    elsewhere.post(f"{LINKED}/archive")

    with queries(app) as first:
        warned = editor.get("/staff").text
    with queries(app) as second:
        again = editor.get("/staff").text
    elsewhere.post(f"{LINKED}/bring-back")
    send(elsewhere, "publish", form_of(elsewhere, LINKED), LINKED)

    assert "1 thing to see to in your guides" in warned
    assert "1 thing to see to in your guides" in again
    assert "Nothing, in the guides you look after" in editor.get("/staff").text
    assert any("revision.parts" in statement for statement, _ in first)
    assert not any("revision.parts" in statement for statement, _ in second)


def test_guides_are_not_held_in_memory_all_at_once(app: Flask, editor: Client) -> None:
    editor.post(f"{LINKED}/archive")
    editor.get("/staff")
    size, count = 100_000, 300
    with app.app_context():
        _publish_many(count, "x" * size)

    tracemalloc.start()
    editor.get("/staff")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < size * count / 2


def test_what_guides_were_called_once_is_not_read(app: Flask, editor: Client) -> None:
    before = _titles_read(app, editor)
    for number in range(3):
        send(editor, "draft", form_of(editor) | {"title": f"Connect, {number}"})

    assert _titles_read(app, editor) == before > 0


@contextmanager
def queries(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """What the database is asked meanwhile."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        asked.append((statement, values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _titles_read(app: Flask, editor: Client) -> int:
    """How many titles of guides the page is made of."""
    with queries(app) as asked:
        editor.get("/staff")
    with app.app_context(), db.engine.connect() as connection:
        return sum(
            len(connection.exec_driver_sql(statement, values).all())
            for statement, values in asked
            if "revision.title" in statement
        )


def _publish_many(count: int, words: str) -> None:
    """More guides like one that there is, with long texts."""
    article, revision = Article.__table__, Revision.__table__
    known = db.session.execute(select(article).where(Article.id == ARTICLE)).mappings().one()
    said = db.session.execute(
        select(revision).where(Revision.id == known["published_revision_id"])
    ).mappings()
    text = said.one()
    for number in range(1, count + 1):
        shown = {"article_id": number, "id": new_id(), "parts": [{"kind": "html", "html": words}]}
        own = {"id": number, "published_revision_id": shown["id"], "file": None}
        db.session.execute(insert(article).values({**known, **own}))
        db.session.execute(insert(revision).values({**text, **shown}))
    bump_generation()
    db.session.commit()
