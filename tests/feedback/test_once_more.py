"""Whoever sends a form quicker than it is read is asked to send it once more, and nothing they typed is lost."""

import re
from collections.abc import Mapping
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import CASEY
from tests.client import Client, sign_in
from tests.feedback.pace import unhurried
from tests.feedback.test_vote import ARTICLE, PAGE, VOTE
from xero_onboard.feedback import spam
from xero_onboard.feedback.models import Comment, Following, Remark
from xero_onboard.lib.db import db

WORDS = "Two lines,\nand <b>“quotes”</b>."
FORMS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "problem": (f"/hc/articles/{ARTICLE}/problem", {"doing": "Reading.", "wrong": WORDS}),
    "comment": (f"/hc/articles/{ARTICLE}/comments", {"words": WORDS, "edition": f"{ARTICLE}-1"}),
    "reason": (f"/hc/articles/{ARTICLE}/remark", {"reason": "easy", "words": WORDS}),
    "following": (
        "/hc/following/new",
        {"kind": "article", "target": str(ARTICLE), "locale": "en-gb", "email": "nell@example.com"},
    ),
}
HASTE = {
    "no stamp": {},
    "a stamp of nobody": {"shown_at": "1767225600.abcdef"},
    "a filled-in trap": {"website": "https://spam.example"},
}
FIELD = re.compile(r'<input\s+type="hidden"\s+name="([\w]+)"\s+value="([^"]*)"')


@pytest.fixture
def casey(app: Flask) -> Client:
    """Somebody who has voted, so that every form is open to them."""
    browser = sign_in(app, CASEY)
    browser.post(VOTE, data={"value": "up"})
    return browser


def kept(app: Flask) -> int:
    with app.app_context():
        tables = (Comment, Following, Remark)
        return sum(db.session.scalar(select(func.count()).select_from(one)) or 0 for one in tables)


def form_of(page: str) -> dict[str, str]:
    """What would be sent by the button of the page."""
    return {name: unescape(value) for name, value in FIELD.findall(page.partition("<main")[2])}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("haste", HASTE)
def test_what_looks_like_a_machine_is_kept_nowhere_and_typed_once(
    app: Flask, casey: Client, name: str, haste: str
) -> None:
    path, fields = FORMS[name]
    sent = unhurried(casey, fields) if "trap" in haste else dict(fields)

    answer = casey.post(path, data={**sent, **HASTE[haste]})

    assert answer.status_code == 400
    assert kept(app) == 0
    assert "Please send it once more" in answer.text
    again = form_of(answer.text)
    stamp = again.pop("shown_at")
    assert again == fields
    with app.app_context():
        assert spam.stamp_again(stamp) == stamp


@pytest.mark.parametrize("name", FORMS)
def test_it_is_taken_when_it_is_sent_once_more(app: Flask, casey: Client, name: str) -> None:
    path, fields = FORMS[name]
    quick = casey.post(path, data=unhurried(casey, fields, after=timedelta(seconds=1)))
    assert "quicker than we expect of a person" in quick.text

    again = form_of(quick.text) | unhurried(casey, {}, after=spam.QUICKEST + timedelta(seconds=1))

    assert casey.post(path, data=again).status_code == 303
    assert kept(app) == 1


def test_somebody_who_only_ticks_a_reason_may_be_quick(app: Flask, casey: Client) -> None:
    path, fields = FORMS["reason"]

    assert casey.post(path, data={"reason": fields["reason"]}).status_code == 303
    assert kept(app) == 1


def test_a_page_that_caches_keep_says_nothing_of_when_it_was_shown(
    app: Flask, client: Client, casey: Client
) -> None:
    """Row C6: and a person's page does, so that they press once."""
    cached = client.get(PAGE, follow_redirects=True).text
    own = casey.get(PAGE, follow_redirects=True).text

    assert set(re.findall(r'name="shown_at"\s+value="([^"]*)"', cached)) == {""}
    (stamp,) = set(re.findall(r'name="shown_at"\s+value="([^"]*)"', own))
    with app.app_context():
        assert spam.stamp_again(stamp) == stamp


def test_a_script_asks_for_the_stamp(app: Flask, client: Client) -> None:
    answer = client.get("/hc/form-stamp")

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in answer.headers
    with app.app_context():
        assert spam.stamp_again(answer.text) == answer.text


def test_a_stranger_who_has_waited_for_the_stamp_presses_once(app: Flask, client: Client) -> None:
    path, fields = FORMS["problem"]

    assert client.post(path, data=unhurried(client, fields)).status_code == 303
    assert kept(app) == 1
