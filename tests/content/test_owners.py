"""A file names who looks after its guide, by the address of somebody who works here."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.content.archives import run
from tests.content.desk import Desk
from tests.employees import ADA, EDDIE, RILEY, Account, make
from xero_onboard.content.models import Article
from xero_onboard.lib.db import db

STRANGER = "first.md:10: owner: no one person who works here has this address"


@pytest.fixture
def eddie(app: Flask) -> Account:
    return make(app, EDDIE, "editor", has_second_step=True)


def leave_to(app: Flask, article_id: int, account: Account) -> None:
    with app.app_context():
        row = update(Article).where(Article.id == article_id)
        db.session.execute(row.values(owner_id=account.id))
        db.session.commit()


def of(editor: Client, account: Account) -> str:
    """The list of guides that this person looks after."""
    return editor.get(f"/staff/articles?owner={account.id}").text


def test_who_is_named_in_a_file_looks_after_the_guide(desk: Desk, eddie: Account) -> None:
    editor = eddie.sign_in(desk.app)
    desk.guide(102, "second")

    desk.publish(101, "first", owner=EDDIE.upper())

    assert "Guide 101" in of(editor, eddie)
    assert "Guide 102" not in of(editor, eddie)
    assert desk.sync().lines == ["2 guides, nothing changed"]


@pytest.mark.parametrize("owner", ["nobody@example.com", RILEY, "Eddie"])
def test_a_name_of_nobody_who_works_here_is_said_and_breaks_nothing(
    desk: Desk, client: Client, owner: str
) -> None:
    make(desk.app, RILEY, "reader")
    desk.guide(101, "first", owner=owner)

    report = desk.sync()
    said = run(desk.app, "check").output

    assert not report.is_broken
    assert STRANGER in report.lines[0]
    assert STRANGER in said
    assert owner not in said
    assert client.get("/hc/en-gb/articles/101-first").status_code == 200


def test_who_begins_to_work_here_has_the_guides_that_name_them(desk: Desk, app: Flask) -> None:
    desk.guide(101, "first", owner=EDDIE)
    desk.sync()
    eddie = make(app, EDDIE, "editor", has_second_step=True)

    lines = desk.sync().lines

    assert lines == ["guide 101: has the owner whom its file names"]
    assert "Guide 101" in of(eddie.sign_in(app), eddie)


def test_whom_staff_have_chosen_stays_when_the_file_changes(desk: Desk, eddie: Account) -> None:
    ada, editor = make(desk.app, ADA, "admin", has_second_step=True), eddie.sign_in(desk.app)
    desk.publish(101, "first", owner=EDDIE)
    form = {"slug": "first", "section": "10", "owner": str(ada.id)}
    assert editor.post("/staff/articles/101/place", data=form).status_code == 303

    desk.sync()
    chosen = of(editor, ada)
    desk.publish(101, "first", "Anew.", owner=EDDIE)

    assert "Guide 101" in chosen
    assert "Guide 101" in of(editor, ada)


def test_the_owner_goes_into_files_and_archives(
    desk: Desk, eddie: Account, empty: Flask, tmp_path: Path
) -> None:
    editor = eddie.sign_in(desk.app)
    file = desk.guide(101, "first", owner=EDDIE)
    desk.guide(102, "second", owner=EDDIE)
    desk.sync()
    form = {
        "base": "1",
        "title": "By staff",
        "description": "D",
        "body": "B",
        "review_in": "1 year",
    }
    editor.post("/staff/articles/101/publish", data={**form, "last_reviewed_on": "2026-11-22"})
    editor.post("/staff/articles/102/unpublish")
    archive = tmp_path / "site.zip"
    elsewhere = make(empty, EDDIE, "editor", has_second_step=True)
    desk.publish(103, "third")
    leave_to(desk.app, 103, make(desk.app, ADA, "admin"))

    run(desk.app, "export")
    run(desk.app, "export", "--zip", str(archive))
    taken = run(empty, "import", "archive", str(archive))

    assert f"review_in: 1 year\nowner: {EDDIE}\n" in file.read_text()
    assert not desk.sync().is_broken
    assert taken.exit_code == 0, taken.output
    assert "1 of the guides have no owner here" in taken.output
    page = of(elsewhere.sign_in(empty), elsewhere)
    assert "By staff" in page
    assert "Guide 102" in page
