"""Asking the support staff: the mailed link, the conversation, who may see it, and what is kept."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests import mailbox
from tests.client import Client
from tests.employees import RILEY, Account, make
from tests.feedback.asking import (
    NELL,
    NEW,
    PLACE,
    SUPPORT,
    asked_and_confirmed,
    confirm,
    found,
    only,
    reply,
    send,
    staff,
)
from tests.feedback.pace import unhurried, without_stamps
from tests.feedback.test_vote import ARTICLE
from xero_onboard.feedback import requests
from xero_onboard.feedback.models import Attachment, HelpRequest, Message
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db


@pytest.fixture
def riley(app: Flask) -> Account:
    """Somebody who reads."""
    return make(app, RILEY)


def test_a_stranger_confirms_by_the_mailed_link_before_anybody_reads_it(
    app: Flask, client: Client
) -> None:
    answer = send(client)

    asked = only(app)
    assert answer.location == f"{PLACE}/{asked.reference}"
    assert "look into your mailbox" in client.get(answer.location).text
    assert asked.status == "unconfirmed"
    assert mailbox.letters(app, SUPPORT) == []

    confirm(app, client)

    assert only(app).status == "open"
    assert "Your request is with our support staff." in client.get(answer.location).text
    assert mailbox.newest(app, SUPPORT).startswith(f"A new request: {asked.reference}")
    assert f"We have your request {asked.reference}" in mailbox.newest(app, NELL)


def test_opening_the_link_confirms_nothing(app: Flask, client: Client) -> None:
    """Row C5: mail scanners open every link."""
    send(client)

    client.get(mailbox.link(app, NELL, PLACE), follow_redirects=True)

    assert only(app).status == "unconfirmed"


def test_the_secret_of_the_link_does_not_stay_in_the_address(app: Flask, client: Client) -> None:
    send(client)
    link = mailbox.link(app, NELL, PLACE)

    answer = client.get(link)

    assert answer.location == f"{PLACE}/{only(app).reference}"
    with app.app_context():
        kept = [str(vars(row)) for row in db.session.scalars(select(HelpRequest))]
    assert link.rpartition("/")[2] not in "".join(kept)


def test_a_browser_that_only_began_it_cannot_confirm(app: Flask, client: Client) -> None:
    send(client)

    assert client.post(f"{PLACE}/{only(app).reference}/confirm").status_code == 404
    assert only(app).status == "unconfirmed"


def test_who_wrote_in_anothers_name_does_not_read_the_answers(app: Flask, client: Client) -> None:
    """Row E2: what the owner of the address has confirmed is theirs alone."""
    send(client)
    page = f"{PLACE}/{only(app).reference}"
    assert client.get(page).status_code == 200

    confirm(app, app.test_client())

    assert client.get(page).status_code == 404


def test_a_signed_in_reader_needs_no_confirmation(app: Flask, riley: Account) -> None:
    browser = riley.sign_in(app)
    assert "We answer to <strong>riley@example.com</strong>" in browser.get(NEW).text

    send(browser, email="")

    asked = only(app)
    assert (asked.status, asked.email, asked.user_id) == ("open", RILEY, riley.id)
    assert asked.subject in riley.sign_in(app).get(PLACE).text


def test_another_address_than_ones_own_is_not_taken(app: Flask, riley: Account) -> None:
    """Row E3."""
    send(riley.sign_in(app), email="dana@example.com")

    assert only(app).email == RILEY


def test_a_conversation_goes_on_by_mail_and_page(app: Flask, client: Client) -> None:
    page = asked_and_confirmed(app, client)
    editor = staff(app)

    reply(app, editor, "Open the menu.\n\nThen press Connect.")

    letter = mailbox.newest(app, NELL)
    assert f"An answer to your request {only(app).reference}" in letter
    assert "Then press Connect." in letter
    shown = client.get(page).text
    assert "Open the menu.\n\nThen press Connect." in shown
    assert "Answered, waiting for you" in shown

    client.post(f"{page}/messages", data={"words": "It works\r\nnow."})

    assert only(app).status == "open"
    assert "It works\nnow." in client.get(page).text
    assert "More about a request" in mailbox.newest(app, SUPPORT)


def test_a_solved_request_is_opened_by_another_word(app: Flask, client: Client) -> None:
    page = asked_and_confirmed(app, client)

    client.post(f"{page}/solved")
    assert only(app).status == "solved"
    client.post(f"{page}/messages", data={"words": "Not quite."})

    assert only(app).status == "open"


@pytest.mark.parametrize("is_solved", [False, True])
def test_nothing_is_added_before_the_address_is_confirmed(
    app: Flask, client: Client, *, is_solved: bool
) -> None:
    send(client)
    page = f"{PLACE}/{only(app).reference}"
    if is_solved:
        client.post(f"{page}/solved")

    answer = client.post(f"{page}/messages", data={"words": "And this."})

    assert answer.status_code == 409
    assert "First open the link that we mailed you" in answer.text
    assert "And this." not in client.get(page).text
    assert "/messages" not in client.get(page).text
    confirm(app, client)
    assert only(app).status == "open"


def test_guides_are_offered_after_sending_and_counted_when_they_help(
    app: Flask, client: Client
) -> None:
    send(client, subject="Set up two-step authentication")
    page = f"{PLACE}/{only(app).reference}"
    shown = client.get(page).text
    offered = re.findall(r'name="article" value="(\d+)"', shown)
    assert "This solved it" in shown
    assert offered

    told = client.post(f"{page}/solved", data={"article": offered[0]}, follow_redirects=True)

    assert "Closed" in told.text

    asked = only(app)
    assert (asked.status, asked.solved_by_article_id) == ("solved", int(offered[0]))
    assert client.post(f"{page}/solved", data={"article": "7"}).status_code == 400


@pytest.mark.parametrize("path", ["", "/messages", "/solved", "/confirm"])
def test_a_strangers_request_is_as_unknown_as_none(app: Flask, client: Client, path: str) -> None:
    """Row E2."""
    asked_and_confirmed(app, client)
    other, reference = app.test_client(), only(app).reference
    pages = []

    for name in (reference, "R-2222-2222"):
        place = f"{PLACE}/{name}{path}"
        answer = other.post(place, data={"words": "x"}) if path else other.get(place)
        pages.append((answer.status_code, without_stamps(answer.text).replace(name, "…")))

    assert pages[0] == pages[1]
    assert pages[0][0] == 404
    assert "Send me the link" in pages[0][1]


def test_notes_of_staff_are_not_shown_to_readers(app: Flask, client: Client) -> None:
    page = asked_and_confirmed(app, client)
    editor = staff(app)

    editor.post(f"/staff/requests/{only(app).id}/note", data={"words": "A tricky one."})

    assert "A tricky one." in editor.get(f"/staff/requests/{only(app).id}").text
    assert "A tricky one." not in client.get(page).text
    assert len(mailbox.letters(app, NELL)) == 2


def test_a_link_is_sent_again_to_the_address_that_asked_and_to_no_other(
    app: Flask, client: Client
) -> None:
    """Row D3: the answer is the same."""
    asked_and_confirmed(app, client)
    other, place = app.test_client(), f"{PLACE}/{only(app).reference}/link"

    answers = [
        other.post(place, data=unhurried(other, {"email": each}))
        for each in (NELL, "dana@example.com")
    ]

    assert {answer.location for answer in answers} == {PLACE}
    assert mailbox.letters(app, "dana@example.com") == []
    path = mailbox.link(app, NELL, PLACE)
    assert other.get(path, follow_redirects=True).status_code == 200


@pytest.mark.parametrize("token", ["0" * 64, "é", "x"])
def test_a_wrong_link_opens_nothing(app: Flask, client: Client, token: str) -> None:
    asked_and_confirmed(app, client)

    answer = app.test_client().get(f"{PLACE}/{only(app).reference}/verify/{token}")

    assert answer.status_code == 404


def test_one_address_gets_so_many_mails_an_hour(app: Flask) -> None:
    """Row I3."""
    answers = [send(app.test_client()).status_code for _ in range(requests.TO_ADDRESS.most + 1)]

    assert answers == [303] * requests.TO_ADDRESS.most + [429]
    assert len(mailbox.letters(app, NELL)) == requests.TO_ADDRESS.most


def test_one_network_asks_so_often_an_hour(app: Flask) -> None:
    """Row I3."""
    answers = [
        send(app.test_client(), email=f"nell{number}@example.com").status_code
        for number in range(requests.BY_NETWORK.most + 1)
    ]

    assert answers[-1] == 429
    assert answers[:-1] == [303] * requests.BY_NETWORK.most


def test_what_a_reader_writes_is_text_everywhere(app: Flask, client: Client) -> None:
    """Row F1."""
    script = "<script>alert(1)</script>{{ 7 * 7 }}"
    page = asked_and_confirmed(app, client, subject=script, words=script)

    for shown in (client.get(page), staff(app).get(f"/staff/requests/{only(app).id}")):
        assert "<script>alert" not in shown.text
        assert "{{ 7 * 7 }}" in shown.text


def test_what_nobody_sees_is_left_out_of_what_a_reader_copied(app: Flask, client: Client) -> None:
    send(client, words="The hyphen\x02ated\x0cpage.")
    confirm(app, client)

    with app.app_context():
        assert db.session.scalars(select(Message.words)).one() == "The hyphenated\npage."


def test_what_nobody_confirms_is_forgotten_after_two_days(app: Flask, client: Client) -> None:
    """Row M3."""
    send(client, files=[("a.txt", b"x")])
    with app.app_context():
        db.session.scalars(select(HelpRequest)).one().created_at = now() - timedelta(days=3)
        db.session.commit()

    assert jobs.run_due(app)

    with app.app_context():
        left = [db.session.scalars(select(table)).all() for table in (Message, Attachment)]
    assert found(app) == []
    assert left == [[], []]


def test_what_a_guide_has_solved_counts_on_without_who_asked(app: Flask, client: Client) -> None:
    """Row M3."""
    send(client)
    reference = only(app).reference
    client.post(f"{PLACE}/{reference}/solved", data={"article": str(ARTICLE)})
    with app.app_context():
        db.session.scalars(select(HelpRequest)).one().created_at = now() - timedelta(days=3)
        db.session.commit()

    for _ in range(2):
        assert jobs.run_due(app)

    left = only(app)
    assert (left.solved_by_article_id, left.status) == (ARTICLE, "solved")
    assert (left.email, left.subject, left.article_id, left.step) == ("", "", None, None)
    with app.app_context():
        assert db.session.scalars(select(Message)).all() == []
    assert client.get(f"{PLACE}/{reference}").status_code == 404
    editor = staff(app)
    page = " ".join(editor.get("/staff/requests").text.split())
    assert "<dt>Solved by a guide</dt> <dd> 1 " in page
    assert editor.get(f"/staff/requests/{left.id}").status_code == 404
