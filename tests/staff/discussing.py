"""What readers and staff have said below guides: what everybody sees, and what is nobody's business."""

from flask import Flask

from tests.cast import CASEY, DANA, ISSUER
from tests.client import Client, sign_in
from tests.feedback.pace import unhurried
from tests.feedback.test_comments import found, moderate
from tests.staff.test_articles import GUIDE, begin, form_of, send
from xero_onboard.lib.reader import Identity

RIVAL = Identity(ISSUER, "rival-at-the-provider", "rival@example.com", "Xero Fan Club")
# Of all that was said, what nobody sees.
HIDDEN = ("Buy now", "Still to be read", "Taken back", "As it was first")


def discuss(app: Flask, editor: Client) -> None:
    """Below one guide, and below one that is in no list and one that only staff read."""
    casey, dana, rival = (sign_in(app, each) for each in (CASEY, DANA, RIVAL))
    for browser, words, outcome in (
        (casey, "It **works**, see [this](https://a.example/x).\n\n- `one`\n- <b>two</b>", "shown"),
        (casey, "As it was first.", ""),
        (dana, "Buy now.", "rejected"),
        (rival, "We like it.", "shown"),
        (editor, "Step 3 is new.\nIt has a picture.", ""),
        (casey, "Taken back.", ""),
        (dana, "Still to be read.", ""),
    ):
        say(browser, words)
        if outcome:
            moderate(app, editor, outcome)
    change(casey, one(app, "As it was first."), "edit", words="> As it is now\n\nsince then")
    change(casey, one(app, "Taken back."), "delete")
    for title, visibility in (("By address alone", "unlisted"), ("Among ourselves", "internal")):
        place = begin(editor, title)
        form = form_of(editor, place) | {"body": "Text.", "description": "Words."}
        send(editor, "publish", form, place)
        number = place.rpartition("/")[2]
        say(casey, f"Below “{title}”.", number)
        form = form_of(editor, place) | {"visibility": visibility}
        send(editor, "publish", form, place)


def say(browser: Client, words: str, number: str = str(GUIDE)) -> None:
    fields = unhurried(browser, {"words": words, "edition": f"{number}-1"})
    answer = browser.post(f"/hc/articles/{number}/comments", data=fields)
    assert answer.status_code == 303, answer.text


def one(app: Flask, words: str) -> str:
    (comment,) = [each.id for each in found(app) if each.source == words]
    return str(comment)


def change(browser: Client, comment: str, verb: str, **fields: str) -> None:
    assert browser.post(f"/hc/comments/{comment}/{verb}", data=fields).status_code == 303


def comments_of(page: str) -> str:
    """What stands below the guide of a page."""
    return page.partition('id="comments"')[2].partition("</section>")[0]
