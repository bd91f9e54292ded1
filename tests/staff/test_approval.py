"""Approval: a draft is shown to a colleague, who approves this very text or sends it back."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import delete, update
from werkzeug.test import TestResponse

from tests import mailbox
from tests.client import Client
from tests.employees import ADA, EDDIE, Account, make, run
from tests.staff.test_articles import ADDRESS, PLACE, begin, field_of, form_of, send
from tests.staff.test_people import newest_entry
from tests.staff.test_places import wait_until
from tests.staff.waits import own
from xero_onboard.accounts.models import AlternativeAddress, NewLogin, Password, User
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

GRACE = "grace@example.com"
CANARY = "Canary sentence."
SUBJECT = "A guide waits for your approval"


@pytest.fixture
def grace(app: Flask) -> Account:
    """A second editor."""
    return make(app, GRACE, "editor", has_second_step=True)


@pytest.fixture
def approver(app: Flask, grace: Account) -> Client:
    return grace.sign_in(app)


@pytest.fixture
def rule(environ: dict[str, str]) -> None:
    """Asked for before any browser: nothing of staff is published without approval."""
    environ["APPROVAL"] = "on"


def write(browser: Client, body: str = CANARY, place: str = PLACE) -> str:
    """Save a draft on the way to asking; the number of what was saved."""
    answer = send(browser, "approval/draft", form_of(browser, place) | {"body": body}, place)
    assert str(answer.location) == f"{place}/approval"
    return field_of(browser.get(f"{place}/approval").text, "base")


def ask(browser: Client, body: str = CANARY, note: str = "", reviewer: str = "") -> str:
    base = write(browser, body)
    answer = send(browser, "approval", {"base": base, "note": note, "reviewer": reviewer})
    assert answer.status_code == 303, answer.text
    return base


def answer(browser: Client, verb: str, base: str, **words: str) -> TestResponse:
    return send(browser, f"approval/{verb}", {"base": base, **words})


def test_a_draft_is_asked_about_looked_at_and_published(
    app: Flask, editor: Client, approver: Client, administrator: Client, client: Client
) -> None:
    ask(editor, note="The second step\nis new.")

    assert newest_entry(app, "approval_asked").details == {"revision": 2}
    assert "1 waits for approval" in approver.get("/staff").text
    assert PLACE in approver.get("/staff/articles?state=waiting").text
    for address in (GRACE, ADA):
        letter = mailbox.newest(app, address)
        assert letter.startswith(SUBJECT)
        assert "Eddie Testperson asks you to approve" in letter
        assert "The second step is new." in letter
    assert mailbox.letters(app, EDDIE) == []
    page = approver.get(mailbox.link(app, GRACE, PLACE)).text
    assert re.search(rf"difference-new.*?{CANARY}", page, re.DOTALL)
    assert CANARY not in client.get(ADDRESS).text

    told = answer(approver, "publish", field_of(page, "base"))

    assert "Approved and published." in approver.get(told.location).text
    assert CANARY in client.get(ADDRESS).text
    assert newest_entry(app, "guide_approved").details == {"revision": 2}
    assert mailbox.newest(app, EDDIE).startswith("Your guide was approved and published")
    assert "wait for approval" not in approver.get("/staff").text
    history = editor.get(f"{PLACE}/history").text
    assert "Eddie Testperson asked for approval on" in history
    assert "Grace Testperson approved it on" in history


def test_it_is_sent_back_with_a_reason_mended_and_asked_about_again(
    app: Flask, editor: Client, approver: Client
) -> None:
    base = ask(editor)

    silent = answer(approver, "send-back", base)
    answer(approver, "send-back", base, answer="Name the button.\nAnd the page.")

    assert silent.status_code == 400
    assert newest_entry(app, "guide_sent_back").details == {"revision": 2}
    letter = mailbox.newest(app, EDDIE)
    assert letter.startswith("Your guide was sent back")
    assert "Name the button. And the page." in letter
    write(editor, "Press **Connect**.")
    page = editor.get(PLACE).text
    assert "Grace Testperson sent revision 2 back" in page
    assert "Name the button." in page

    ask(editor, "Press **Connect** on the page.")

    assert "sent revision 2 back" not in editor.get(PLACE).text
    assert "Name the button." in editor.get(f"{PLACE}/history").text


def test_one_colleague_is_asked_and_another_may_answer(
    app: Flask, editor: Client, grace: Account, administrator: Client
) -> None:
    base = ask(editor, reviewer=str(grace.id))

    assert mailbox.newest(app, GRACE).startswith(SUBJECT)
    assert mailbox.letters(app, ADA) == []
    assert "It was asked of Grace Testperson" in administrator.get(f"{PLACE}/approval").text
    assert answer(administrator, "approve", base).status_code == 303


def test_what_is_asked_goes_to_no_address_that_does_not_count_yet(
    app: Flask, editor: Client, grace: Account
) -> None:
    planted = ("spare@example.net", "soon@example.net")
    later = now() + timedelta(hours=70)
    with app.app_context():
        for kind, address in zip((AlternativeAddress, NewLogin), planted, strict=True):
            db.session.add(kind(user_id=grace.id, address=address, counts_from=later))
        db.session.execute(update(User).where(User.id == grace.id).values(email="at@work.example"))
        db.session.commit()

    ask(editor, note="A secret step.")

    assert "A secret step." in mailbox.newest(app, GRACE)
    others = (*planted, "at@work.example")
    assert [mailbox.letters(app, address) for address in others] == [[], [], []]


def test_somebody_without_a_password_is_written_to_where_we_know_of(
    app: Flask, editor: Client, grace: Account
) -> None:
    with app.app_context():
        db.session.execute(delete(Password).where(Password.user_id == grace.id))
        db.session.execute(update(User).where(User.id == grace.id).values(email=GRACE))
        db.session.commit()

    ask(editor)

    assert mailbox.newest(app, GRACE).startswith(SUBJECT)


def test_a_draft_that_waits_is_told_its_owner_or_administrators_who_can_answer(
    app: Flask, editor: Client, approver: Client, administrator: Client, grace: Account
) -> None:
    entry = f'href="{PLACE}/approval"'
    browsers = (editor, approver, administrator)
    own(app, grace)
    base = ask(editor)

    assert "1 waits for approval" in administrator.get("/staff").text
    assert [entry in each.get("/staff/waiting").text for each in browsers] == [False, True, False]
    send(editor, "approval/withdraw", {"base": base})
    assert entry not in approver.get("/staff/waiting").text

    ask(approver, "By its owner.")

    assert [entry in each.get("/staff/waiting").text for each in browsers] == [False, False, True]


def test_whoever_asked_can_take_it_back_and_nobody_else(
    app: Flask, editor: Client, approver: Client
) -> None:
    base = ask(editor)

    assert answer(approver, "withdraw", base).status_code == 403
    assert answer(editor, "withdraw", base).status_code == 303

    assert newest_entry(app, "approval_withdrawn").details == {"revision": 2}
    assert "Waits for approval" not in editor.get(PLACE).text
    assert answer(approver, "publish", base).status_code == 409


@pytest.mark.parametrize("verb", ["approve", "publish", "send-back"])
def test_nobody_answers_about_what_they_wrote_or_asked(
    editor: Client, approver: Client, client: Client, verb: str
) -> None:
    base = write(approver)
    send(editor, "approval", {"base": base})

    answers = [answer(each, verb, base, answer="No.") for each in (editor, approver)]

    assert [each.status_code for each in answers] == [403, 403]
    assert "a colleague answers" in approver.get(f"{PLACE}/approval").text
    assert CANARY not in client.get(ADDRESS).text


def test_what_is_changed_after_asking_is_not_what_was_looked_at(
    editor: Client, approver: Client, client: Client
) -> None:
    base = ask(editor)
    send(editor, "draft", form_of(editor) | {"body": "Something else."})

    page = editor.get(PLACE).text
    refused = [
        answer(approver, verb, number) for verb in ("approve", "publish") for number in (base, "3")
    ]

    assert "has lapsed" in page
    assert "Ask for approval again" in page
    assert PLACE not in approver.get("/staff/articles?state=waiting").text
    assert [each.status_code for each in refused] == [409] * 4
    assert "The draft was changed since you opened the page" in refused[0].text
    send(editor, "approval", {"base": "3"})
    late = [answer(approver, verb, base) for verb in ("approve", "publish")]
    assert [each.status_code for each in late] == [409, 409]
    assert "Something else." not in client.get(ADDRESS).text
    assert "changed or published before anybody answered" in editor.get(f"{PLACE}/history").text


def test_two_colleagues_who_answer_in_the_same_moment_answer_once(
    app: Flask, editor: Client, approver: Client, administrator: Client, client: Client
) -> None:
    base = ask(editor)
    both = Barrier(2)

    def act(browser: Client, verb: str) -> int:
        both.wait()
        return answer(browser, verb, base, answer="Not yet.").status_code

    with ThreadPoolExecutor(2) as threads:
        found = threads.map(act, (approver, administrator), ("publish", "send-back"))
        codes = dict(zip(("publish", "send-back"), found, strict=True))

    assert sorted(codes.values()) == [303, 409]
    assert (CANARY in client.get(ADDRESS).text) == (codes["publish"] == 303)
    history = editor.get(f"{PLACE}/history").text
    assert ("approved it on" in history, "sent it back on" in history) == (
        codes["publish"] == 303,
        codes["send-back"] == 303,
    )


def test_a_colleague_who_has_lost_the_role_is_asked_no_more_and_cannot_answer(
    app: Flask, editor: Client, administrator: Client, grace: Account, approver: Client
) -> None:
    base = write(editor)
    send(editor, "approval", {"base": base, "reviewer": str(grace.id)})
    run(app, "role", GRACE, "reader")

    refused = answer(grace.sign_in(app), "publish", base)

    assert refused.status_code == 403
    assert "who does not work here any more" in administrator.get(f"{PLACE}/approval").text
    answer(editor, "withdraw", base)
    again = send(editor, "approval", {"base": base, "reviewer": str(grace.id)})
    assert again.status_code == 409
    assert "does not work here any more" in again.text


def test_without_a_rule_everybody_publishes_as_before(editor: Client, client: Client) -> None:
    ask(editor)

    send(editor, "publish", form_of(editor))

    assert CANARY in client.get(ADDRESS).text
    assert "1 waits" not in editor.get("/staff").text
    send(editor, "unpublish", {})
    assert PLACE not in editor.get("/staff/articles?state=waiting").text


def test_a_text_with_a_mistake_is_not_asked_about(editor: Client) -> None:
    saved = send(editor, "approval/draft", form_of(editor) | {"body": "<Broken>"})
    page = editor.get(saved.location).text

    told = send(editor, "approval", {"base": "2"})

    assert "Put it right" in page
    assert "It has a mistake" in editor.get(told.location).text
    assert PLACE not in editor.get("/staff/articles?state=waiting").text


@pytest.mark.usefixtures("rule")
class TestRule:
    """Nothing that staff write is published without another person's approval."""

    def test_the_button_is_gone_and_the_door_is_closed(
        self, editor: Client, administrator: Client, client: Client
    ) -> None:
        for browser in (editor, administrator):
            told = send(browser, "publish", form_of(browser) | {"body": CANARY})

            assert "Not published: a colleague must approve" in browser.get(told.location).text
            assert ">Publish</button>" not in browser.get(PLACE).text
            assert field_of(browser.get(PLACE).text, "body") == CANARY
        assert CANARY not in client.get(ADDRESS).text

    def test_a_new_guide_is_approved_as_well(
        self, editor: Client, approver: Client, client: Client
    ) -> None:
        place = begin(editor)
        form = form_of(editor, place) | {"description": "How.", "body": CANARY}
        send(editor, "publish", form, place)
        base = field_of(editor.get(f"{place}/approval").text, "base")
        hidden = client.get("/hc/en-gb").text

        send(editor, "approval", {"base": base}, place)
        send(approver, "approval/publish", {"base": base}, place)

        assert "Set up reminders" not in hidden
        assert "Set up reminders" in client.get("/hc/en-gb").text

    def test_what_is_approved_is_published_by_its_author_and_nothing_else_is(
        self, editor: Client, approver: Client, client: Client
    ) -> None:
        answer(approver, "approve", ask(editor))
        assert "Grace Testperson approved revision 2" in editor.get(PLACE).text

        send(editor, "publish", form_of(editor) | {"body": "Another canary."})
        assert "Another canary." not in client.get(ADDRESS).text
        assert "The approval by Grace Testperson has lapsed" in editor.get(PLACE).text
        answer(approver, "approve", ask(editor))
        send(editor, "publish", form_of(editor))

        assert CANARY in client.get(ADDRESS).text
        # It is the same text, so that it may be taken from readers and shown again.
        send(editor, "unpublish", {})
        send(editor, "publish", form_of(editor))
        assert CANARY in client.get(ADDRESS).text

    def test_an_old_text_that_is_brought_back_is_approved_anew(
        self, editor: Client, approver: Client, client: Client
    ) -> None:
        answer(approver, "publish", ask(editor))
        send(editor, "history/1/restore", {"base": field_of(editor.get(PLACE).text, "base")})

        send(editor, "publish", form_of(editor))

        assert CANARY in client.get(ADDRESS).text
        assert "Published, with a newer draft" in editor.get(PLACE).text

    def test_a_guide_is_marked_as_verified_and_unpublished_without_it(self, editor: Client) -> None:
        base = form_of(editor)["base"]

        verified = send(editor, "verify", {"base": base})

        assert "Marked as verified today" in editor.get(verified.location).text
        assert "Draft, not published" in editor.get(send(editor, "unpublish", {}).location).text

    def test_an_administrator_publishes_for_a_reason_that_is_kept(
        self, app: Flask, editor: Client, administrator: Client, client: Client
    ) -> None:
        base = write(administrator)
        reason = "Xero is down, and “nobody” else is here"

        refused = answer(editor, "override", base, reason=reason)
        silent = answer(administrator, "override", base)
        answer(administrator, "override", base, reason=reason)

        assert (refused.status_code, silent.status_code) == (403, 400)
        assert CANARY in client.get(ADDRESS).text
        details = {"revision": 2, "reason": "Xero is down, and nobody else is here"}
        assert newest_entry(app, "approval_overridden").details == details
        assert "Ada Testperson published it without approval" in editor.get(f"{PLACE}/history").text
        assert reason in editor.get(f"{PLACE}/history").text
        # Nobody else has looked at it yet: shown again, it needs an approval.
        send(administrator, "unpublish", {})
        send(administrator, "publish", form_of(administrator))
        assert client.get(ADDRESS).status_code == 404

    def test_what_published_guides_share_is_changed_for_a_reason(
        self, app: Flask, editor: Client, administrator: Client, approver: Client, client: Client
    ) -> None:
        shared = "/staff/snippets/en-gb/shared"
        editor.post("/staff/snippets", data={"name": "shared", "locale": "en-gb"})
        editor.post(shared, data={"base": "1", "body": "Shared."})
        base = ask(editor, '<Snippet name="shared" />')
        form = {"base": "2", "body": CANARY, "reason": "A wrong number"}

        swapped = editor.post(shared, data=form)
        answer(approver, "publish", base)
        refused = [
            swapped,
            editor.post(shared, data=form),
            administrator.post(shared, data=form | {"reason": ""}),
        ]
        hidden = client.get(ADDRESS).text
        administrator.post(shared, data=form)

        assert all("Not saved: nobody has approved it" in each.text for each in refused)
        assert all(CANARY in each.text for each in refused)
        assert "Shared." in hidden
        assert CANARY in client.get(ADDRESS).text
        assert newest_entry(app, "approval_overridden").details == {"reason": "A wrong number"}


@pytest.mark.usefixtures("rule")
class TestTime:
    """What is published by itself was approved before, and is still the same."""

    def test_a_text_that_nobody_has_approved_gets_no_time(self, editor: Client) -> None:
        write(editor)

        told = editor.post(f"{PLACE}/schedule", data={"publish_at": "2099-01-01T09:00"})

        assert "Not scheduled: a colleague must approve" in editor.get(told.location).text
        assert "/schedule" not in editor.get(PLACE).text

    def test_an_approved_text_is_published_at_its_time(
        self, app: Flask, editor: Client, approver: Client, client: Client
    ) -> None:
        answer(approver, "approve", ask(editor))
        editor.post(f"{PLACE}/schedule", data={"publish_at": "2099-01-01T09:00"})
        # Whoever approved it had the right to then.
        run(app, "role", GRACE, "reader")

        wait_until(app, now() - timedelta(seconds=1))
        assert jobs.run_due(app)

        assert CANARY in client.get(ADDRESS).text

    def test_one_that_was_changed_since_waits_and_says_why(
        self, app: Flask, editor: Client, approver: Client, client: Client
    ) -> None:
        answer(approver, "approve", ask(editor))
        editor.post(f"{PLACE}/schedule", data={"publish_at": "2099-01-01T09:00"})
        send(editor, "draft", form_of(editor) | {"body": "Another canary."})

        wait_until(app, now() - timedelta(seconds=1))
        assert jobs.run_due(app)

        assert "canary" not in client.get(ADDRESS).text.casefold()
        assert "was not: it was changed after it was approved" in editor.get(PLACE).text

    def test_one_that_was_planned_before_there_was_a_rule_waits(
        self, app: Flask, editor: Client, client: Client
    ) -> None:
        write(editor)

        wait_until(app, now() - timedelta(seconds=1))
        assert jobs.run_due(app)

        assert CANARY not in client.get(ADDRESS).text
        assert "nobody has approved it" in editor.get("/staff").text


def test_an_approval_outlives_the_account_of_whoever_gave_it(
    app: Flask, editor: Client, approver: Client
) -> None:
    answer(approver, "approve", ask(editor))

    approver.post("/account/privacy/delete", data={"confirmation": "Delete my account"})

    assert "Somebody who has left approved revision 2" in editor.get(PLACE).text
    assert "Somebody who has left approved it on" in editor.get(f"{PLACE}/history").text
