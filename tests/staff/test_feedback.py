"""What readers say of the guides, as support staff read it: in words, in numbers, and as a table."""

import csv
import io
from datetime import timedelta
from typing import cast
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.client import Client
from tests.employees import RILEY, Account, make
from tests.feedback.pace import unhurried
from tests.feedback.test_remarks import PROBLEM, REMARK, only, seen
from tests.feedback.test_vote import ARTICLE, VOTE
from tests.house.test_bad_input import HOSTILE
from tests.staff.forms import fields
from tests.staff.test_funnel import table
from xero_onboard.content.models import Revision
from xero_onboard.feedback.models import Remark, Vote
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

PAGE = "/staff/feedback"
VOTES = "/staff/feedback/votes"
OVER_TIME = "Views and votes over time"
OF_REVISIONS = "Views and votes of each revision of the guide"
THIS_WEEK = "Guides with a No in the last seven days, against the seven days before"
BESIDE = "Views, votes and presses of Connect for each guide"


def test_an_empty_inbox_says_what_will_stand_there(editor: Client) -> None:
    assert "Nothing waits." in editor.get(PAGE).text


def test_a_remark_stands_there_with_where_its_reader_was(app: Flask, editor: Client) -> None:
    came_from = "http://localhost:8000/hc/en-gb/search?query=two+step"
    explain(app, "The button is called Submit now.", referrer=came_from)

    page = editor.get(PAGE).text

    for words in (
        *("The button is called Submit now.", "It did not match what I saw in Xero"),
        *("revision 1", "not signed in", "connection: not connected", "“two step”"),
    ):
        assert words in page


def test_a_remark_is_taken_in_hand_and_done(app: Flask, editor: Client, eddie: Account) -> None:
    explain(app, "Something is wrong.")

    form = form_of(app, editor)
    answer = handle(app, editor, form, status="open", assignee=str(eddie.id), note="Ask\r\nXero.")

    assert answer.location == PAGE
    page = editor.get(PAGE).text
    assert "Saved." in page
    assert '<p class="staff-note">Ask\nXero.</p>' in page
    assert (only(app).status, only(app).assignee_id) == ("open", eddie.id)

    handle(app, editor, form_of(app, editor), status="done", assignee="")

    assert "Something is wrong." not in editor.get(PAGE).text
    assert "Something is wrong." in editor.get(f"{PAGE}?status=done").text
    assert only(app).assignee_id is None


def test_what_is_done_with_it_is_in_the_audit_log(app: Flask, editor: Client) -> None:
    """Row L2."""
    explain(app, "Something is wrong.")
    handle(app, editor, form_of(app, editor), status="dismissed")
    editor.post(f"{PAGE}/export")

    with app.app_context():
        handled = audit.search(event="feedback_handled").entries
        exported = audit.search(event="feedback_exported").entries
    assert handled[0].details == {"status": "dismissed"}
    assert handled[0].subject == f"remark:{only(app).id}"
    assert exported[0].details == {"rows": 0}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"status": "gone"},
        {"status": "open", "assignee": "x"},
        {"status": "open", "assignee": str(uuid4())},
        *({"status": value} for values in HOSTILE.values() for value in values),
    ],
)
def test_what_the_form_does_not_offer_is_refused(
    app: Flask, editor: Client, fields: dict[str, str]
) -> None:
    explain(app, "Something is wrong.")

    answer = editor.post(f"{PAGE}/{only(app).id}", data={"was_status": "new", **fields})

    assert answer.status_code == 400
    assert only(app).status == "new"


def test_a_reader_is_no_assignee(app: Flask, editor: Client) -> None:
    """Row E3."""
    explain(app, "Something is wrong.")
    riley = make(app, RILEY)

    answer = handle(app, editor, form_of(app, editor), status="open", assignee=str(riley.id))

    assert answer.status_code == 400


def test_what_a_colleague_wrote_meanwhile_stays(
    app: Flask, editor: Client, eddie: Account, administrator: Client
) -> None:
    """Each takes along what they have changed themselves, however long their page was open."""
    explain(app, "Something is wrong.")
    before = form_of(app, editor)

    handle(app, administrator, before, note="It is bug 4711.")
    answer = handle(app, editor, before, status="open", assignee=str(eddie.id))

    assert answer.status_code == 303
    kept = only(app)
    assert (kept.status, kept.assignee_id, kept.note) == ("open", eddie.id, "It is bug 4711.")


def test_two_notes_at_once_are_put_together_and_neither_is_lost(
    app: Flask, editor: Client, administrator: Client
) -> None:
    explain(app, "Something is wrong.")
    before = form_of(app, editor)
    handle(app, administrator, before, status="done", note="It is\nbug 4711.")

    answer = handle(app, editor, before, note="They were phoned.")

    assert answer.status_code == 409
    assert "A colleague changed the same meanwhile" in answer.text
    assert only(app).note == "It is\nbug 4711."
    # It stands there, though the list is of what waits.
    offered = fields(answer.text, f"{PAGE}/{only(app).id}")
    assert offered["note"] == "They were phoned."
    assert (offered["was_note"], offered["status"]) == ("It is\nbug 4711.", "done")

    handle(app, editor, offered, note="It is bug 4711. They were phoned.")

    assert (only(app).status, only(app).note) == ("done", "It is bug 4711. They were phoned.")


def test_the_same_from_two_is_no_quarrel(app: Flask, editor: Client, administrator: Client) -> None:
    explain(app, "Something is wrong.")
    before = form_of(app, editor)
    handle(app, administrator, before, status="done")

    assert handle(app, editor, before, status="done", note="Done.").status_code == 303
    assert only(app).note == "Done."


def test_a_remark_that_is_gone_is_not_found(editor: Client) -> None:
    form = {"status": "done", "was_status": "new"}

    assert editor.post(f"{PAGE}/{uuid4()}", data=form).status_code == 404


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("query=submit", True),
        ("query=%25", False),
        ("kind=down", True),
        ("kind=problem", False),
        ("status=new", True),
        ("status=done", False),
        (f"article={ARTICLE}", True),
        ("article=7", False),
        ("page=2", False),
    ],
)
def test_the_list_shows_what_is_asked_for(
    app: Flask, editor: Client, asked: str, is_found: bool
) -> None:
    explain(app, "The button is called Submit now.")

    assert ("Submit now" in editor.get(f"{PAGE}?{asked}").text) is is_found


@pytest.mark.parametrize("asked", ["kind=x", "status=x", "article=x", "page=0", "query=%00"])
def test_what_cannot_be_asked_for_is_refused(editor: Client, asked: str) -> None:
    assert editor.get(f"{PAGE}?{asked}").status_code == 400


def test_what_a_reader_wrote_is_shown_as_text(app: Flask, editor: Client) -> None:
    """Row F1."""
    explain(app, "<script>alert(1)</script>{{ 7 * 7 }}")

    page = editor.get(PAGE).text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in page


@pytest.mark.parametrize(
    "words",
    ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "  =1", "＝1"],
)
def test_nothing_in_the_table_is_calculated(app: Flask, editor: Client, words: str) -> None:
    """Row F6."""
    with app.app_context():
        db.session.add(Remark(kind="problem", article_id=ARTICLE, words=words, query=words))
        db.session.commit()

    rows = exported(editor)

    assert [row["Words"] for row in rows] == [f"'{words}"]
    assert [row["Searched for"] for row in rows] == [f"'{words}"]


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("hello;=1+1", "hello;'=1+1"),
        ("hello\t=1+1", "hello\t'=1+1"),
        ('hello;"=1+1', "hello;'\"=1+1"),
        ("hello\n-1", "hello\n'-1"),
        ("well; yes", "well; yes"),
    ],
)
def test_nothing_is_calculated_where_semicolons_part_cells(
    app: Flask, editor: Client, words: str, written: str
) -> None:
    """Row F6: as spreadsheet programs of half of Europe read it."""
    with app.app_context():
        db.session.add(Remark(kind="problem", article_id=ARTICLE, words=words, query=None))
        db.session.commit()

    assert [row["Words"] for row in exported(editor)] == [written]


def test_the_table_holds_what_the_list_shows(app: Flask, editor: Client) -> None:
    explain(app, 'Two lines,\nand a "quote".')
    reader = cast(Client, app.test_client())
    reader.post(PROBLEM, data=unhurried(reader, {"wrong": "A picture is missing."}))

    rows = exported(editor, "?kind=down")

    assert [row["Words"] for row in rows] == ['Two lines,\nand a "quote".']
    assert rows[0]["Title"] == "Connect your Xero organisation"
    assert rows[0]["Reason"] == "It did not match what I saw in Xero"
    assert len(exported(editor)) == 2


def test_votes_are_drawn_over_time_with_their_revisions(app: Flask, editor: Client) -> None:
    vote(app, "up", "up", "down")
    vote(app, "down", days_ago=8)
    with app.app_context():
        revision = update(Revision).where(Revision.article_id == ARTICLE)
        db.session.execute(revision.values(published_at=now() - timedelta(days=8)))
        db.session.commit()

    page = f"{VOTES}?article={ARTICLE}"

    rows = [row[1:] for row in table(editor, page, OVER_TIME)]
    assert rows == [
        *(["0", "0", "0", "–", ""], ["0", "0", "0", "–", ""]),
        *(["0", "0", "1", "0 %", "1"], ["0", "2", "1", "67 %", ""]),
    ]
    assert 'class="chart-mark"' in editor.get(page).text
    assert ">r1</text>" in editor.get(page).text
    assert "2 out of 4 found it helpful (50 %)" in editor.get(page).text


def test_each_revision_has_its_own_votes(app: Flask, editor: Client) -> None:
    app.test_client().post(VOTE, data={"value": "up", **seen()})
    app.test_client().post(VOTE, data={"value": "down", "edition": f"{ARTICLE}-2"})
    app.test_client().post(VOTE, data={"value": "down"})

    rows = table(editor, f"{VOTES}?article={ARTICLE}", OF_REVISIONS)

    assert rows == [
        ["2", "0", "0", "1", "0 %"],
        ["1", "0", "1", "0", "100 %"],
        ["Not known", "0", "0", "1", "0 %"],
    ]


def test_this_week_stands_beside_the_last(app: Flask, editor: Client) -> None:
    vote(app, "down", "down", "up")
    vote(app, "down", "up", days_ago=7)
    vote(app, "down", days_ago=14)

    (row,) = table(editor, VOTES, THIS_WEEK)

    guide, *numbers = row
    assert guide.startswith("Connect your Xero organisation")
    assert numbers == ["2", "1", "1", "1"]


def test_helpful_stands_beside_connected(app: Flask, editor: Client) -> None:
    vote(app, "up", "down", "down")
    with app.app_context():
        yes = update(Vote).where(Vote.value == 1)
        db.session.execute(yes.values(standing="active"))
        db.session.commit()
    page = f"/hc/en-gb/articles/{ARTICLE}"
    press = {"next": page, "anchor": "connect", "edition": f"{ARTICLE}-1"}
    assert app.test_client().post("/connect/xero", data=press).status_code == 303

    (row,) = table(editor, VOTES, BESIDE)

    assert row == ["Connect your Xero organisation", "0", "3", "33 %", "100 %", "0 %", "1", "0 %"]


@pytest.mark.parametrize("asked", ["days=3", "article=x", "article=7"])
def test_numbers_of_nothing_are_refused(editor: Client, asked: str) -> None:
    assert editor.get(f"{VOTES}?{asked}").status_code in (400, 404)


def test_what_waits_stands_where_staff_begin(app: Flask, editor: Client) -> None:
    explain(app, "Something is wrong.")

    assert "1 waits to be dealt with, 1 of them in words" in editor.get("/staff").text


def form_of(app: Flask, browser: Client) -> dict[str, str]:
    """What stands in the form of the only remark, whatever has become of it."""
    remark = only(app)
    return fields(browser.get(f"{PAGE}?status={remark.status}").text, f"{PAGE}/{remark.id}")


def handle(app: Flask, browser: Client, form: dict[str, str], **changed: str) -> TestResponse:
    """Save the form of the only remark, with other values."""
    return browser.post(f"{PAGE}/{only(app).id}", data={**form, **changed})


def explain(app: Flask, words: str, **where: str) -> None:
    """A stranger votes No and says why."""
    reader = app.test_client()
    reader.post(VOTE, data={"value": "down", **seen(), **where})
    answer = reader.post(REMARK, data=unhurried(reader, {"reason": "outdated", "words": words}))
    assert answer.status_code == 303


def vote(app: Flask, *values: str, days_ago: int = 0) -> None:
    """As many strangers vote, so many days ago."""
    with app.app_context():
        before = set(db.session.scalars(select(Vote.id)))
    for value in values:
        app.test_client().post(VOTE, data={"value": value, **seen()})
    with app.app_context():
        new = update(Vote).where(Vote.id.not_in(before))
        db.session.execute(new.values(updated_at=now() - timedelta(days=days_ago)))
        db.session.commit()


def exported(editor: Client, asked: str = "") -> list[dict[str, str]]:
    answer = editor.post(f"{PAGE}/export{asked}")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data(as_text=True).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))
