"""Comments come along in an archive as readers see them, and belong to nobody where they arrive."""

import re
from pathlib import Path
from typing import cast
from zipfile import ZipFile

import pytest
from flask import Flask

from tests.cast import CASEY, DANA
from tests.client import Client, sign_in
from tests.employees import EDDIE, make
from tests.feedback.test_comments import found, read
from tests.staff.discussing import HIDDEN, RIVAL, comments_of, discuss, one, say
from tests.staff.test_archive import database_url, new_site, run
from tests.staff.test_articles import GUIDE
from tests.staff.test_people import newest_entry
from xero_onboard.accounts.models import User
from xero_onboard.feedback import comments
from xero_onboard.lib.db import db

# Fixtures of the neighbour.
__all__ = ["database_url", "new_site"]

PAGE = f"/hc/articles/{GUIDE}"
FEED = f"/hc/en-gb/articles/{GUIDE}/feed.xml"
RETURNED = "As it is now"


# A new column of comments comes along, is made anew, or stays: somebody has to decide.
CARRIED = {
    *("id", "author_name", "is_staffs", "looks_like_staff", "source"),
    *("created_at", "edited_at", "shown_at"),
}
MADE_ANEW = {"article_id", "html", "status"}
LEFT_BEHIND = {"author_id", "revision"}


@pytest.fixture
def archive(app: Flask, editor: Client, tmp_path: Path) -> Path:
    """Of a site in which much was said."""
    discuss(app, editor)
    file = tmp_path / "site.zip"
    said = run(app, "export", "--zip", str(file))
    assert said.exit_code == 0, said.output
    return file


@pytest.fixture
def moved(new_site: Flask, archive: Path) -> Flask:
    """The site that was made of it."""
    taken = run(new_site, "import", "archive", str(archive))
    assert taken.exit_code == 0, taken.output
    return new_site


def page_of(browser: Client) -> str:
    return comments_of(browser.get(PAGE, follow_redirects=True).text)


def stranger(app: Flask) -> Client:
    return cast(Client, app.test_client())


def moderate(editor: Client, comment: str, status: str) -> int:
    lists = (read(editor, comment, each) for each in comments.STATUSES)
    form = next((each for each in lists if each), {"wording": "of what is gone"})
    return editor.post(f"/staff/comments/{comment}", data=form | {"status": status}).status_code


def test_every_column_of_a_comment_comes_along_or_stays_for_a_reason() -> None:
    columns = set(db.metadata.tables["comment"].columns.keys())

    assert columns == CARRIED | MADE_ANEW | LEFT_BEHIND


def test_an_archive_knows_nobody(app: Flask, archive: Path) -> None:
    """Row M2: of readers nothing that is not on a public page."""
    with ZipFile(archive) as opened:
        whole = b"\n".join(opened.read(name) for name in opened.namelist()).decode(errors="replace")
    with app.app_context():
        ids = [str(each) for each in db.session.scalars(db.select(User.id))]
    private = [*ids, *HIDDEN, *(each.email for each in (CASEY, DANA, RIVAL)), CASEY.subject]

    assert CASEY.name in whole
    assert [each for each in private if each in whole] == []
    assert [each for each in ids if each.replace("-", "") in whole] == []
    assert DANA.name not in whole


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_what_was_said_below_a_guide_is_said_below_it_again(app: Flask, moved: Flask) -> None:
    before, after = (page_of(stranger(site)) for site in (app, moved))

    assert newest_entry(moved, "guides_imported").details["comments"] == len(found(moved)) == 6
    assert after == before
    assert re.sub(r"\s+", " ", after).count("Acme Billing staff") == 1
    assert after.count("changed since") == 1
    assert [each for each in HIDDEN if each in after] == []
    assert {each.author_id for each in found(moved)} == {None}
    assert {each.status for each in found(moved)} == {"shown"}
    assert stranger(moved).get(FEED).data == stranger(app).get(FEED).data


def test_who_is_called_the_same_owns_none_of_them(moved: Flask, app: Flask) -> None:
    """Row E5: neither by name nor by the login they had before."""
    casey = sign_in(moved, CASEY)
    comment = one(moved, "> As it is now\n\nsince then")

    answers = [
        casey.post(f"/hc/comments/{comment}/{verb}", data={"words": "Mine."}).status_code
        for verb in ("edit", "delete")
    ]
    kept = casey.post("/account/privacy/export").text
    casey.post("/account/privacy/delete", data={"confirmation": "delete my account"})

    assert answers == [404, 404]
    assert RETURNED not in kept
    assert RETURNED in page_of(stranger(moved))


def test_a_comment_that_came_along_earns_its_author_no_trust(moved: Flask) -> None:
    """Row E5: the first that somebody writes here waits, though others bear the same name."""
    say(sign_in(moved, CASEY), "I am the same.")

    assert "I am the same." not in page_of(stranger(moved))


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_staff_hide_show_and_delete_what_came_along(moved: Flask) -> None:
    editor = make(moved, EDDIE, "editor", has_second_step=True).sign_in(moved)
    comment = one(moved, "> As it is now\n\nsince then")
    queue = editor.get("/staff/comments?status=shown").text
    assert queue.count("Delete it<") == len(found(moved))

    hidden = moderate(editor, comment, "rejected"), page_of(stranger(moved))
    shown = moderate(editor, comment, "shown"), page_of(stranger(moved))
    gone = moderate(editor, comment, "deleted"), page_of(stranger(moved))

    assert [RETURNED in page for _, page in (hidden, shown, gone)] == [False, True, False]
    assert [status for status, _ in (hidden, shown, gone)] == [303, 303, 303]
    (row,) = [each for each in found(moved) if str(each.id) == comment]
    assert (row.source, row.html, row.author_name) == ("", "", None)
    assert newest_entry(moved, "comment_moderated").details["status"] == "deleted"
    assert moderate(editor, comment, "shown") == 404


def test_staff_delete_nothing_that_its_author_can_delete(
    app: Flask, editor: Client, archive: Path
) -> None:
    comment = one(app, "> As it is now\n\nsince then")

    assert moderate(editor, comment, "deleted") == 404
    assert "Delete it<" not in editor.get("/staff/comments?status=shown").text
    assert RETURNED in page_of(stranger(app))
