"""What readers ask, as support staff find it, answer it and give it to each other."""

from typing import cast
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.client import Client
from tests.employees import RILEY, Account, make
from tests.feedback.asking import (
    NELL,
    asked_and_confirmed,
    confirm,
    found,
    only,
    send,
)
from tests.feedback.test_vote import ARTICLE
from tests.house.test_bad_input import HOSTILE
from tests.staff.forms import fields
from xero_onboard.lib import audit

PAGE = "/staff/requests"


@pytest.fixture
def reader(app: Flask) -> Client:
    """A stranger's browser, beside that of staff."""
    return cast(Client, app.test_client())


def test_an_empty_inbox_says_what_will_stand_there(editor: Client) -> None:
    assert "Nobody waits for an answer." in editor.get(PAGE).text


def test_nobody_reads_what_nobody_has_confirmed(app: Flask, editor: Client, reader: Client) -> None:
    send(reader)

    assert "Where is the button?" not in editor.get(PAGE).text
    assert editor.get(f"{PAGE}/{only(app).id}").status_code == 404


def test_everything_a_reader_sent_along_stands_beside_it(
    app: Flask, editor: Client, reader: Client
) -> None:
    asked_and_confirmed(app, reader)
    assert "Where is the button?" in editor.get(PAGE).text

    page = editor.get(place(app)).text

    for words in (
        *("I see no button.", "Connect your Xero organisation, revision 1", "Allow access"),
        *("Not connected", "XC-7F3K", "Firefox on Linux", "nell@example.com, confirmed by mail"),
    ):
        assert words in page


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("query=button", True),
        ("query=see+no", True),
        ("query=nell%40", True),
        ("query=xc+7f3k", True),
        ("query=%25", False),
        ("status=open", True),
        ("status=solved", False),
        ("whose=mine", False),
        ("whose=nobody", True),
        (f"article={ARTICLE}", True),
        ("article=7", False),
        ("page=2", False),
    ],
)
def test_the_list_shows_what_is_asked_for(
    app: Flask, editor: Client, reader: Client, asked: str, is_found: bool
) -> None:
    asked_and_confirmed(app, reader)

    assert ("Where is the button?" in editor.get(f"{PAGE}?{asked}").text) is is_found


@pytest.mark.parametrize("asked", ["status=x", "whose=x", "article=x", "page=0", "query=%00"])
def test_what_cannot_be_asked_for_is_refused(editor: Client, asked: str) -> None:
    assert editor.get(f"{PAGE}?{asked}").status_code == 400


def test_a_request_is_given_to_somebody_and_to_another_guide(
    app: Flask, editor: Client, eddie: Account, reader: Client
) -> None:
    asked_and_confirmed(app, reader)

    changed = {"status": "waiting", "assignee": str(eddie.id), "article": "360001000102"}
    answer = handle(app, editor, **changed)

    assert answer.location == place(app)
    asked = only(app)
    assert (asked.status, asked.assignee_id, asked.article_id) == (
        "waiting",
        eddie.id,
        360001000102,
    )
    # What a reader had before them was another guide's.
    assert asked.revision is None
    assert "Where is the button?" in editor.get(f"{PAGE}?whose=mine").text


def test_what_a_colleague_changed_meanwhile_stays(
    app: Flask, editor: Client, eddie: Account, administrator: Client, reader: Client
) -> None:
    asked_and_confirmed(app, reader)
    before = fields(editor.get(place(app)).text, place(app))

    handle(app, administrator, article="360001000102", status="waiting")
    answer = editor.post(place(app), data={**before, "assignee": str(eddie.id)})

    assert answer.status_code == 303
    asked = only(app)
    assert (asked.status, asked.assignee_id, asked.article_id) == (
        *("waiting", eddie.id),
        360001000102,
    )


def test_two_who_want_a_request_otherwise_hear_of_each_other(
    app: Flask, editor: Client, eddie: Account, administrator: Client, reader: Client
) -> None:
    asked_and_confirmed(app, reader)
    before = fields(editor.get(place(app)).text, place(app))
    handle(app, administrator, status="solved", article="")

    wanted = {"status": "waiting", "assignee": str(eddie.id)}
    answer = editor.post(place(app), data={**before, **wanted})

    assert answer.status_code == 409
    assert "Its status is now: “Solved”" in " ".join(answer.text.split())
    assert (only(app).status, only(app).assignee_id) == ("solved", None)
    offered = fields(answer.text, place(app))
    assert offered == {
        "was_status": "solved",
        "was_assignee": "",
        "was_article": "",
        "article": "",
        **wanted,
    }


def test_who_has_waited_longest_stays_first_while_staff_sort(
    app: Flask, editor: Client, reader: Client
) -> None:
    asked_and_confirmed(app, reader, subject="The first question")
    first = place(app)
    send(reader, subject="The second question")
    confirm(app, reader)

    form = fields(editor.get(first).text, first)
    editor.post(first, data={**form, "article": "360001000102"})

    page = editor.get(PAGE).text
    assert page.index("The first question") < page.index("The second question")


def test_staff_see_on_the_guide_what_is_open_about_it(
    app: Flask, editor: Client, reader: Client
) -> None:
    asked_and_confirmed(app, reader)
    guide = f"/hc/articles/{ARTICLE}"

    assert "1 open request<" in editor.get(guide, follow_redirects=True).text
    assert "open request" not in reader.get(guide, follow_redirects=True).text

    handle(app, editor, status="solved")

    assert "open request" not in editor.get(guide, follow_redirects=True).text


@pytest.mark.parametrize("who", ["a colleague", "the reader", "a colleague, in a note"])
def test_nobody_answers_what_they_have_not_read(
    app: Flask, editor: Client, administrator: Client, reader: Client, who: str
) -> None:
    own = asked_and_confirmed(app, reader)
    opened = fields(editor.get(place(app)).text, f"{place(app)}/answer")
    if who == "a colleague":
        answer(app, administrator, "It is on the right.")
    elif who == "the reader":
        reader.post(f"{own}/messages", data={"words": "I have found it."})
    else:
        administrator.post(f"{place(app)}/note", data={"words": "I ring them up."})

    late = {**opened, "words": "It is on the left.", "status": "solved"}
    refused = editor.post(f"{place(app)}/answer", data=late)

    assert refused.status_code == 409
    assert "your answer was not sent" in refused.text
    assert "It is on the left." not in reader.get(own).text
    form = fields(refused.text, f"{place(app)}/answer")
    assert (form["words"], form["status"]) == ("It is on the left.", "solved")
    assert editor.post(f"{place(app)}/answer", data=form).status_code == 303
    assert "It is on the left." in reader.get(own).text


def test_what_a_guide_has_solved_is_counted(app: Flask, editor: Client, reader: Client) -> None:
    send(reader)
    own = f"/hc/en-gb/requests/{only(app).reference}"
    reader.post(f"{own}/solved", data={"article": str(ARTICLE)})

    page = " ".join(editor.get(PAGE).text.split())

    assert "<dt>Solved by a guide</dt> <dd> 1 " in page


@pytest.mark.parametrize("way", ["answer", "handle"])
def test_a_guide_has_solved_nothing_that_is_open_again(
    app: Flask, editor: Client, reader: Client, way: str
) -> None:
    own = asked_and_confirmed(app, reader)
    reader.post(f"{own}/solved", data={"article": str(ARTICLE)})
    handle(app, editor, status="solved")
    assert "Solved by the guide" in editor.get(place(app)).text

    if way == "answer":
        answer(app, editor, "Not quite.")
    else:
        handle(app, editor, status="open")

    assert "Solved by the guide" not in editor.get(place(app)).text
    assert "<dt>Solved by a guide</dt> <dd> 0 " in " ".join(editor.get(PAGE).text.split())


def test_what_staff_do_is_in_the_audit_log(app: Flask, editor: Client, reader: Client) -> None:
    """Row L2."""
    asked_and_confirmed(app, reader)

    answer(app, editor, "Look above.")
    editor.post(f"{place(app)}/note", data={"words": "Again this one."})
    handle(app, editor, status="solved")

    with app.app_context():
        entries = audit.search(f"request:{only(app).id}").entries
    assert [entry.event for entry in entries] == [
        "request_handled",
        "request_noted",
        "request_answered",
    ]
    assert entries[0].details == {"status": "solved", "article": ARTICLE}


@pytest.mark.parametrize(
    ("verb", "sent"),
    [
        ("", {}),
        ("", {"status": "unconfirmed"}),
        ("", {"status": "open", "assignee": "x"}),
        ("", {"status": "open", "assignee": str(uuid4())}),
        ("", {"status": "open", "article": "7"}),
        ("", {"status": "open", "article": "x"}),
        ("/answer", {"status": "open"}),
        ("/answer", {"words": "x"}),
        ("/answer", {"words": "x", "status": "open"}),
        ("/answer", {"words": "x", "status": "open", "read_to": "x"}),
        ("/note", {"words": " "}),
        *(("", {"status": value}) for values in HOSTILE.values() for value in values),
    ],
)
def test_what_the_forms_do_not_offer_is_refused(
    app: Flask, editor: Client, reader: Client, verb: str, sent: dict[str, str]
) -> None:
    asked_and_confirmed(app, reader)

    answer = editor.post(f"{place(app)}{verb}", data={"was_status": "open", **sent})

    assert answer.status_code == 400
    assert only(app).status == "open"


@pytest.mark.parametrize("verb", ["", "/answer", "/note"])
def test_a_request_that_is_gone_is_not_found(editor: Client, verb: str) -> None:
    form = {"status": "solved", "was_status": "open", "words": "x", "read_to": str(uuid4())}

    assert editor.post(f"{PAGE}/{uuid4()}{verb}", data=form).status_code == 404


def test_staff_read_the_files_and_other_readers_do_not(
    app: Flask, editor: Client, reader: Client
) -> None:
    asked_and_confirmed(app, reader, files=[("a.txt", b"hello")])
    page = editor.get(place(app)).text
    link = page.partition('href="/hc/request_attachments/')[2].partition('"')[0]
    riley = make(app, RILEY).sign_in(app)

    assert editor.get(f"/hc/request_attachments/{link}").data == b"hello"
    assert riley.get(f"/hc/request_attachments/{link}").status_code == 404


def test_what_waits_stands_where_staff_begin(app: Flask, editor: Client, reader: Client) -> None:
    asked_and_confirmed(app, reader)

    assert "1 waits for an answer" in editor.get("/staff").text


def test_what_has_waited_longest_comes_first(app: Flask, editor: Client) -> None:
    for number in (1, 2):
        browser = cast(Client, app.test_client())
        send(browser, subject=f"Number {number}", email=f"{number}{NELL}")
    for asked in sorted(found(app), key=lambda each: each.subject):
        confirm(app, cast(Client, app.test_client()), asked.email)

    page = editor.get(PAGE).text

    assert page.index("Number 1") < page.index("Number 2")


def handle(app: Flask, browser: Client, **changed: str) -> TestResponse:
    """Save the form of who looks after the only request, with other values."""
    form = fields(browser.get(place(app)).text, place(app))
    return browser.post(place(app), data={**form, **changed})


def answer(app: Flask, browser: Client, words: str) -> TestResponse:
    """Answer the only request, having read it to its end."""
    form = fields(browser.get(place(app)).text, f"{place(app)}/answer")
    return browser.post(f"{place(app)}/answer", data={**form, "words": words})


def place(app: Flask) -> str:
    return f"{PAGE}/{only(app).id}"
