"""Comments below guides: who may write, what is held, who changes what, and what hostile text becomes."""

import re
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.cast import CASEY, DANA, ISSUER
from tests.client import Client, sign_in
from tests.employees import EDDIE, Account, make
from tests.feedback.pace import unhurried
from tests.feedback.test_vote import ARTICLE, PAGE
from xero_onboard.accounts.models import User
from xero_onboard.feedback import comments, writing
from xero_onboard.feedback.models import Comment
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Identity

WRITE = f"/hc/articles/{ARTICLE}/comments"

HOSTILE = (
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>"),
    *("[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))"),
    *("[x](data:text/html,<script>alert(1)</script>)", "<javascript:alert(1)>"),
    *("[x](vbscript:x)", '[x](https://a.example" onclick="alert(1))', "[x](//evil.example)"),
    *("[x](/\\evil.example)", "[x](\\\\evil.example)", "[x](ftp://evil.example)"),
    *("![x](https://track.example/p.png)", "<iframe src=//evil.example>", "# h1", "<h1>x</h1>"),
    *("`<b>`", "```\n<script>\n```", "<style>*{}</style>", "<form action=//evil.example>"),
    *("a\u202eb", "{{ 7 * 7 }}", "<a name=x id=comments>", "<math><mi//xlink:href=x>"),
)


@pytest.fixture
def casey(app: Flask) -> Client:
    return sign_in(app, CASEY)


@pytest.fixture
def editor(app: Flask) -> Client:
    return make(app, EDDIE, "editor", has_second_step=True).sign_in(app)


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    page = shown(client)

    assert "to leave a comment" in page
    assert 'href="/sign-in?next=/hc/en-gb/articles/' in page
    assert client.post(WRITE, data={"words": "x"}).location.startswith("/sign-in?next=")


def test_the_first_comment_waits_until_staff_have_read_it(
    app: Flask, client: Client, casey: Client, editor: Client
) -> None:
    say(casey, "It **works**.")

    assert "<strong>works</strong>" in shown(casey)
    assert "Only you see this until we have read it" in shown(casey)
    assert "works" not in comments_of(client)
    assert "<strong>works</strong>" in editor.get("/staff/comments").text
    assert "1 waits to be read" in editor.get("/staff").text

    moderate(app, editor, "shown")

    with app.app_context():
        assert len(audit.search(event="comment_moderated").entries) == 1
    assert "<strong>works</strong>" in comments_of(client)
    assert "1 comment\n" in comments_of(client)
    assert "No comment waits" in editor.get("/staff/comments").text


def test_who_has_one_shown_waits_no_more(
    app: Flask, client: Client, casey: Client, editor: Client
) -> None:
    say(casey, "First.")
    moderate(app, editor, "shown")

    say(casey, "Second.")

    assert "Second." in comments_of(client)


def test_what_staff_reject_nobody_else_sees_and_its_author_can_delete(
    app: Flask, client: Client, casey: Client, editor: Client
) -> None:
    say(casey, "Buy now.")

    moderate(app, editor, "rejected")

    assert "Buy now." not in comments_of(client)
    assert "Not shown: only you see this" in comments_of(casey)
    assert "Buy now." in editor.get("/staff/comments?status=rejected").text
    place = f"/hc/comments/{only(app).id}"
    assert casey.get(f"{place}/edit").status_code == 404

    assert casey.post(f"{place}/delete").status_code == 303

    assert "Buy now." not in comments_of(casey)
    assert only(app).source == ""


def test_staff_are_shown_at_once_with_their_badge(client: Client, editor: Client) -> None:
    say(editor, "Step 3 is new.")

    assert "Step 3 is new." in comments_of(client)
    assert "Acme Billing staff" in comments_of(client)


def test_who_has_no_second_step_does_not_speak_as_staff(app: Flask, client: Client) -> None:
    """Row D9: one proof is not enough for what readers believe because staff say it."""
    eddie = make(app, EDDIE, "editor").sign_in(app)

    say(eddie, "Send me your password.")

    assert "Send me your password." not in comments_of(client)
    assert not only(app).is_staffs
    assert only(app).looks_like_staff


@pytest.mark.parametrize(
    "name",
    [
        *("Eddie Testperson", "EDDIE  TESTPERSON", "Еddie Теstperson", "Edd1e Testpers0n"),
        *("Eddıe Testperson", "ᴇddie Testperson", "Mr Eddie Testperson"),
        *("Eddie Testperson (Acme)", "Eddie Testpersօn", "Eddie Tеst"),
        *("Acme Billing", "Acme B1lling Support", "Xero", "Support"),
    ],
)
def test_a_name_like_those_of_staff_is_always_held(
    app: Flask, client: Client, editor: Client, name: str
) -> None:
    """Row E5: two comments of somebody whose name could be taken for that of staff."""
    other = sign_in(app, Identity(ISSUER, "other", "other@example.com", name))
    say(other, "Send me your password.")
    assert "could be taken for it" in editor.get("/staff/comments").text
    moderate(app, editor, "shown")

    say(other, "And your code.")

    assert "And your code." not in comments_of(client)
    assert "staff</span>" not in comments_of(client)


@pytest.mark.parametrize(
    "name", ["Casey Owner", "Eddie", "Łukasz Żak", "田中たろう", "Иван Петров"]
)
def test_an_ordinary_name_is_nobody_elses(app: Flask, editor: Client, name: str) -> None:
    say(sign_in(app, Identity(ISSUER, "other", "other@example.com", name)), "Hello.")

    assert not only(app).looks_like_staff


def test_a_name_that_turns_itself_around_is_drawn_as_it_is_written(
    app: Flask, client: Client, editor: Client
) -> None:
    """Row E5: the letters of the editor's name in reverse, after a character that reverses them again."""
    turned = "\u202e" + "Eddie Testperson"[::-1]
    other = sign_in(app, Identity(ISSUER, "other", "other@example.com", turned))
    say(other, "Hello.")

    assert only(app).author_name == "nosreptseT eiddE"

    # Somebody was called so before names were read like this.
    with app.app_context():
        db.session.execute(update(User).where(User.role == "reader").values(name=turned))
        db.session.commit()
    say(other, "Hello again.")
    assert "could be taken for it" in editor.get("/staff/comments").text


def test_the_author_changes_and_deletes_their_own(
    app: Flask, client: Client, casey: Client, editor: Client
) -> None:
    say(casey, "It wroks.")
    moderate(app, editor, "shown")
    place = f"/hc/comments/{only(app).id}"
    assert "It wroks." in casey.get(f"{place}/edit").text

    casey.post(f"{place}/edit", data={"words": "It works."})

    assert "changed since" in comments_of(casey)
    # Nobody gets something shown by changing it afterwards.
    assert "It works." not in comments_of(client)

    casey.post(f"{place}/delete")

    assert "It works." not in comments_of(casey)
    assert (only(app).source, only(app).html, only(app).author_name) == ("", "", None)
    assert casey.get(f"{place}/edit").status_code == 404


@pytest.mark.parametrize("verb", ["edit", "delete"])
def test_nobody_changes_anothers_comment(app: Flask, casey: Client, verb: str) -> None:
    """Row E5."""
    say(casey, "Mine.")
    dana = sign_in(app, DANA)

    answer = dana.post(f"/hc/comments/{only(app).id}/{verb}", data={"words": "Dana's."})

    assert answer.status_code == 404
    assert only(app).source == "Mine."


@pytest.mark.parametrize("status", ["shown", "rejected"])
def test_staff_decide_about_nothing_but_what_they_have_read(
    app: Flask, client: Client, casey: Client, editor: Client, status: str
) -> None:
    """Row E5: or whoever changes it in time gets anything shown, and is trusted ever after."""
    say(casey, "Thank you.")
    comment = str(only(app).id)
    before = read(editor, comment)
    casey.post(f"/hc/comments/{comment}/edit", data={"words": "Buy now."})

    answer = editor.post(f"/staff/comments/{comment}", data={**before, "status": status})

    assert answer.status_code == 409
    assert "changed meanwhile, so nothing was decided" in answer.text
    assert "Buy now." in answer.text
    assert only(app).status == "held"
    assert "Buy now." not in comments_of(client)

    moderate(app, editor, status)

    assert only(app).status == status


def test_what_was_changed_after_it_was_shown_is_read_where_it_stands_now(
    app: Flask, casey: Client, editor: Client
) -> None:
    say(casey, "Thank you.")
    moderate(app, editor, "shown")
    comment = str(only(app).id)
    before = read(editor, comment, "shown")
    casey.post(f"/hc/comments/{comment}/edit", data={"words": "Buy now."})

    place = f"/staff/comments/{comment}?status=shown"
    answer = editor.post(place, data={**before, "status": "rejected"})

    assert answer.status_code == 409
    assert "Buy now." in answer.text


def test_nobody_decides_about_their_own(app: Flask, casey: Client) -> None:
    """Row E5: and no form takes a status, a name or an author."""
    extra = {"status": "shown", "author_name": "Eddie", "is_staffs": "1", "author_id": "x"}
    casey.post(WRITE, data=unhurried(casey, {"words": "Hello.", **extra}))

    decided = {"status": "shown", "wording": comments.wording(only(app))}
    assert casey.post(f"/staff/comments/{only(app).id}", data=decided).status_code == 403
    assert (only(app).status, only(app).is_staffs) == ("held", False)
    assert only(app).author_name == CASEY.name


@pytest.mark.parametrize("fields", [{}, {"words": " "}, {"words": "x", "website": "y"}])
def test_what_is_no_comment_is_refused(app: Flask, casey: Client, fields: dict[str, str]) -> None:
    assert casey.post(WRITE, data=unhurried(casey, fields)).status_code == 400
    assert found(app) == []


def test_a_comment_on_no_guide_is_not_found(casey: Client) -> None:
    assert casey.post("/hc/articles/7/comments", data={"words": "x"}).status_code == 404


def test_one_author_writes_so_much_an_hour(app: Flask, casey: Client) -> None:
    """Row I3."""
    most = comments.BY_AUTHOR.most
    answers = [
        casey.post(WRITE, data=unhurried(casey, {"words": "x"})).status_code
        for _ in range(most + 1)
    ]

    assert answers == [303] * most + [429]


def test_below_many_comments_the_newest_are_seen(app: Flask, casey: Client) -> None:
    with app.app_context():
        many = [
            Comment(
                article_id=ARTICLE,
                is_staffs=False,
                source="x",
                html=f"<p>Number {number}.</p>",
                status="shown",
                created_at=now() - timedelta(days=300 - number),
            )
            for number in range(201)
        ]
        db.session.add_all(many)
        db.session.commit()

    say(casey, "My own.")

    below = comments_of(casey)
    assert below.index("Number 199.") < below.index("Number 200.") < below.index("My own.")
    assert "Number 1." not in below


def test_what_a_deleted_account_wrote_is_gone(app: Flask, editor: Client, client: Client) -> None:
    """Row M2."""
    nell: Account = make(app, "nell@example.com")
    browser = nell.sign_in(app)
    say(browser, "I am Nell.")
    moderate(app, editor, "shown")

    browser.post("/account/privacy/delete", data={"confirmation": "delete my account"})

    assert "Nell" not in comments_of(client)
    assert (only(app).author_id, only(app).source) == (None, "")


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_text_becomes_text(source: str) -> None:
    """Row F3: no script, no picture, no style, no heading, no way to another scheme."""
    html = writing.render(source)

    assert set(re.findall(r"<(\w+)", html)) <= {"p", "a", "em", "strong", "code", "pre", "br"}
    assert set(re.findall(r"<[^>]* (\w+)=", html)) <= {"href", "rel"}
    for target in re.findall(r'href="([^"]*)"', html):
        assert re.match(r"https?://|mailto:|/[^/\\]", target), target


def test_links_give_nothing_away_and_earn_nothing(casey: Client) -> None:
    """Row F3."""
    say(casey, "[here](https://example.com/x) and [there](/hc/en-gb)")

    page = comments_of(casey)

    assert 'href="https://example.com/x" rel="noopener nofollow ugc"' in page
    assert 'href="/hc/en-gb" rel="noopener nofollow ugc"' in page


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "*a_",
        ">",
        "[](",
        "`a",
        "- ",
        "<a",
        "\\",
        "* a\n",
        "**",
        "[a](",
        "``` ",
        "> - 1. ",
        "_ *",
    ],
)
def test_no_text_keeps_the_server_busy(unit: str) -> None:
    """Row F2."""
    source = (unit * comments.LONGEST)[: comments.LONGEST]

    assert min(_seconds_to_render(source) for _ in range(3)) < 0.2


def _seconds_to_render(source: str) -> float:
    """Of this thread's processor; the least of several is what the text costs on a busy machine."""
    began = time.thread_time()
    writing.render(source)
    return time.thread_time() - began


def test_a_longer_text_is_refused(app: Flask, casey: Client) -> None:
    """Row F2."""
    assert casey.post(WRITE, data={"words": "x" * (comments.LONGEST + 1)}).status_code == 400
    assert found(app) == []


def test_a_name_is_text(app: Flask, client: Client, editor: Client) -> None:
    """Row F1."""
    nell = make(app, "nell@example.com")
    with app.app_context():
        named = update(User).where(User.id == nell.id)
        db.session.execute(named.values(name="<img src=x onerror=alert(1)>"))
        db.session.commit()
    say(nell.sign_in(app), "Hello.")
    moderate(app, editor, "shown")

    assert "&lt;img src=x onerror=alert(1)&gt;" in comments_of(client)


def say(browser: Client, words: str) -> None:
    answer = browser.post(
        WRITE, data=unhurried(browser, {"words": words, "edition": f"{ARTICLE}-1"})
    )
    assert answer.status_code == 303, answer.text


def moderate(app: Flask, editor: Client, status: str) -> None:
    """Decide about the newest comment."""
    newest = max(found(app), key=lambda each: each.created_at)
    form = read(editor, str(newest.id), newest.status) | {"status": status}
    assert editor.post(f"/staff/comments/{newest.id}", data=form).status_code == 303


def read(editor: Client, comment: str, status: str = "held") -> dict[str, str]:
    """What the form of a comment in the queue says of its words, as staff have them before them."""
    page = editor.get(f"/staff/comments?status={status}").text
    form = page.partition(f"/staff/comments/{comment}?")[2].partition("</form>")[0]
    return dict(re.findall(r'name="(wording)" value="(\w+)"', form))


def shown(browser: Client) -> str:
    return browser.get(PAGE, follow_redirects=True).get_data(as_text=True)


def comments_of(browser: Client) -> str:
    return shown(browser).partition('id="comments"')[2].partition("</section>")[0]


def only(app: Flask) -> Comment:
    (one,) = found(app)
    return one


def found(app: Flask) -> list[Comment]:
    with app.app_context():
        return list(db.session.scalars(select(Comment)))
