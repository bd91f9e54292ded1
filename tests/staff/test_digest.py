"""What waits, mailed every week: to whoever looks after a guide, once, and to nobody who does not want it."""

import re
import threading
from datetime import timedelta
from html import unescape

from flask import Flask
from sqlalchemy import select

from tests import mailbox
from tests.client import Client
from tests.employees import EDDIE, Account, run
from tests.feedback.test_vote import ARTICLE
from tests.staff.forms import fields
from tests.staff.waits import (
    PAGE,
    WORDS,
    a_week_passes,
    change,
    digests,
    fill,
    is_due,
    no_room_for_letters,
    overdue,
    own,
    owned,
    reviewed,
)
from xero_onboard.accounts.models import Password, User
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.mail.models import Mail
from xero_onboard.staff.models import DigestRound

__all__ = ["owned", "reviewed"]

TITLE = "“Connect your Xero organisation”"
STOP = "/digest/"
# Somewhere else, and linked to by the guide.
LINKED = "/staff/articles/360001000201"


def test_everything_that_waits_in_a_guide_is_told_its_owner(
    app: Flask, client: Client, editor: Client, owned: Account
) -> None:
    fill(app, client, editor)
    editor.post(f"{LINKED}/archive")
    a_week_passes(app)

    (letter,) = digests(app, owned)

    assert letter.startswith("7 things wait for you\n")
    for words, path in (
        (": it has a mistake", f"/staff/articles/{ARTICLE}"),
        (": 1 request waits for an answer", f"/staff/requests?status=open&article={ARTICLE}"),
        (": 1 comment waits to be read", f"/staff/comments?article={ARTICLE}"),
        (": 1 remark waits to be dealt with", f"/staff/feedback?words=yes&article={ARTICLE}"),
        (
            ": 3 No and 1 Yes; the week before, 0 No and 1 Yes",
            f"/staff/feedback/votes?article={ARTICLE}",
        ),
        (": review was due on 5 January 2026", f"/staff/articles/{ARTICLE}"),
        (": links to 1 guide that readers cannot see", f"/staff/articles/{ARTICLE}"),
    ):
        line = rf"- {TITLE}.*{re.escape(words)}.*\n  http://localhost:8000{re.escape(path)}\n"
        assert re.search(line, letter), f"{words}\n{letter}"
        assert editor.get(path).status_code == 200
    assert WORDS not in letter, "what readers wrote is not mailed"


def test_the_page_and_the_front_page_say_the_same(
    app: Flask, client: Client, editor: Client, owned: Account
) -> None:
    fill(app, client, editor)
    a_week_passes(app)
    (letter,) = digests(app, owned)

    page = editor.get(PAGE).text

    lines = re.findall(r"- (.+)\n  http://localhost:8000/staff", letter)
    assert len(lines) == 6
    assert re.findall(r"<li>\s*<a[^>]*>(“.*?)</a>", page) == lines
    assert "6 things to see to in your guides" in " ".join(editor.get("/staff").text.split())


def test_where_nothing_waits_nothing_is_mailed(app: Flask, editor: Client, owned: Account) -> None:
    is_due(app, now().date() + timedelta(days=7))
    a_week_passes(app)

    assert digests(app, owned) == []

    overdue(app)
    assert digests(app, owned) == [], "it waits for the next week"
    assert "Nothing waits for you." not in editor.get(PAGE).text


def test_a_review_of_the_coming_week_is_told_of(app: Flask, owned: Account) -> None:
    is_due(app, now().date() + timedelta(days=6))
    a_week_passes(app)

    assert ": review is due on" in digests(app, owned)[0]


def test_it_comes_once_a_week_and_once_after_weeks_without_a_worker(
    app: Flask, owned: Account
) -> None:
    overdue(app)
    assert digests(app, owned) == [], "the first week has not passed"

    for weeks in (1, 1, 4):
        a_week_passes(app, weeks)
        digests(app, owned)

    assert len(digests(app, owned)) == 3


def test_it_comes_on_monday_at_eight(app: Flask, owned: Account) -> None:
    overdue(app)
    monday = now() - timedelta(days=now().weekday())
    eight = monday.replace(hour=8, minute=0, second=0, microsecond=0)
    latest = eight if eight <= now() else eight - timedelta(days=7)

    change(app, DigestRound, at=latest)
    assert digests(app, owned) == []
    change(app, DigestRound, at=latest - timedelta(seconds=1))
    assert len(digests(app, owned)) == 1


def test_two_workers_at_once_mail_once(app: Flask, owned: Account) -> None:
    overdue(app)
    a_week_passes(app)

    workers = [threading.Thread(target=jobs.run_due, args=(app,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(digests(app, owned)) == 1


def test_a_worker_that_breaks_down_over_it_mails_it_later_and_once(
    app: Flask, owned: Account, ada: Account
) -> None:
    own(app, ada, 360001000102)
    overdue(app)
    overdue(app, 360001000102)
    a_week_passes(app)
    with no_room_for_letters(app):
        assert not jobs.run_due(app)

    assert [len(digests(app, each)) for each in (owned, ada)] == [1, 1]


def test_of_guides_without_an_owner_administrators_are_told(
    app: Flask, owned: Account, ada: Account
) -> None:
    overdue(app)
    own(app, None)
    a_week_passes(app)

    (letter,) = digests(app, ada)

    assert "WHAT NOBODY ELSE IS TOLD OF" in letter
    assert f"- {TITLE}: review was due" in letter
    assert digests(app, owned) == []


def test_of_guides_whose_owner_has_left_administrators_are_told(
    app: Flask, owned: Account, ada: Account
) -> None:
    overdue(app)
    for words in (("disable", EDDIE), ("role", EDDIE, "reader")):
        a_week_passes(app)
        assert run(app, *words).exit_code == 0
        assert TITLE in digests(app, ada)[0]
        run(app, "enable", EDDIE)

    assert len(digests(app, ada)) == 2
    assert digests(app, owned) == []


def test_an_address_that_is_not_proven_gets_none_and_administrators_are_told(
    app: Flask, editor: Client, owned: Account, ada: Account
) -> None:
    overdue(app)
    with app.app_context():
        db.session.execute(Password.__table__.delete().where(Password.user_id == owned.id))
        db.session.commit()
    a_week_passes(app)

    assert TITLE in digests(app, ada)[0]
    assert digests(app, owned) == []
    page = editor.get(PAGE).text
    assert TITLE in page
    assert "to those whose address is proven" in page


def test_requests_about_no_guide_are_told_administrators(
    app: Flask, client: Client, owned: Account, ada: Account, editor: Client
) -> None:
    fill(app, client, editor)
    own(app, owned)
    place = re.findall(r"/staff/requests/[0-9a-f-]{36}", editor.get("/staff/requests").text)[0]
    about_nothing = {**fields(editor.get(place).text, place), "article": ""}
    assert editor.post(place, data=about_nothing).status_code == 303
    a_week_passes(app)

    assert "1 request waits for an answer, about no guide" in digests(app, ada)[0]
    assert "request" not in digests(app, owned)[0].partition("-- ")[0]


def test_the_link_in_the_letter_stops_it_without_signing_in(
    app: Flask, client: Client, owned: Account
) -> None:
    overdue(app)
    a_week_passes(app)
    link = mailbox.link(app, owned.email, STOP)
    assert "Stop this mail" in client.get(link).text
    assert wants(app, owned), "looking changes nothing"

    page = client.post(link)

    assert (page.status_code, wants(app, owned)) == (200, False)
    assert "You are not mailed what waits for you" in page.text
    a_week_passes(app)
    assert len(digests(app, owned)) == 1
    assert client.post(f"{link}/resume").status_code == 303
    a_week_passes(app)
    assert len(digests(app, owned)) == 2


def test_a_link_of_ones_own_making_stops_nothing(
    app: Flask, client: Client, owned: Account, ada: Account
) -> None:
    """Row E2."""
    overdue(app)
    a_week_passes(app)
    link = mailbox.link(app, owned.email, STOP)

    for wrong in (link.replace(str(owned.id), str(ada.id)), f"{link[:-8]}00000000", f"{link}é"):
        assert [client.get(wrong).status_code, client.post(wrong).status_code] == [404, 404]

    assert wants(app, owned)
    assert wants(app, ada)


def test_it_is_switched_off_and_on_at_its_page(app: Flask, editor: Client, owned: Account) -> None:
    overdue(app)
    editor.post(f"{PAGE}/mail", data={"wanted": "no"})
    a_week_passes(app)
    assert digests(app, owned) == []
    assert "What stands here is not mailed to you." in editor.get(PAGE).text

    editor.post(f"{PAGE}/mail", data={"wanted": "yes"})
    a_week_passes(app)

    assert len(digests(app, owned)) == 1


def test_whoever_does_not_want_it_is_not_taken_for_somebody_who_left(
    app: Flask, editor: Client, owned: Account, ada: Account
) -> None:
    overdue(app)
    editor.post(f"{PAGE}/mail", data={"wanted": "no"})
    a_week_passes(app)

    assert digests(app, ada) == []


def test_of_many_things_of_a_kind_the_letter_names_some(app: Flask, ada: Account) -> None:
    others = (360001000201, 360001000202, 360001000203, 360001000301, 360001000302)
    for each in (*range(360001000101, 360001000108), *others):
        overdue(app, each)
    a_week_passes(app)

    (letter,) = digests(app, ada)

    assert letter.startswith("12 things wait for you\n")
    assert letter.count("review was due on") == 10
    assert "- And 2 more\n  http://localhost:8000/staff/waiting\n" in letter
    assert ada.sign_in(app).get(PAGE).text.count("review was due on") == 12


def test_the_command_shows_what_would_be_mailed_and_mails_nothing(
    app: Flask, editor: Client, owned: Account, ada: Account
) -> None:
    overdue(app)

    shown = app.test_cli_runner().invoke(args=["digest", "show"])

    assert shown.exit_code == 0, shown.output
    assert "=== ada@example.com: nothing waits, no mail" in shown.output
    assert "=== eddie@example.com: mail" in shown.output
    assert f"- {TITLE}: review was due on 5 January 2026" in shown.output
    assert STOP not in shown.output
    with app.app_context():
        assert db.session.scalars(select(Mail).where(Mail.user_id == owned.id)).all() == []


def test_comments_and_feedback_of_one_guide_are_seen_alone(
    app: Flask, client: Client, editor: Client, owned: Account
) -> None:
    fill(app, client, editor)
    pages = ("/staff/comments?article={}", "/staff/feedback?words=yes&article={}")

    for page in pages:
        assert WORDS in editor.get(page.format(ARTICLE)).text
        assert WORDS not in editor.get(page.format(360001000102)).text

    assert f"Only those below {TITLE}" in editor.get(pages[0].format(ARTICLE)).text
    for page, answer in zip(pages, ({"status": "shown"}, {"status": "done"}), strict=True):
        listed = page.format(ARTICLE)
        shown = editor.get(listed).text
        form = re.findall(r'action="(/staff/\w+/[0-9a-f-]{36}[^"]*)"', shown)[0]
        answer |= dict(re.findall(r'name="(wording|was_status)" value="(\w+)"', shown))
        back = str(editor.post(unescape(form), data=answer).location)
        assert f"article={ARTICLE}" in back, "whoever works it off stays there"
        assert WORDS not in editor.get(back).text


def wants(app: Flask, account: Account) -> bool:
    with app.app_context():
        return bool(db.session.scalar(select(User.wants_digest).where(User.id == account.id)))
