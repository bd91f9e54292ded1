"""The list of guides shows which ones readers have trouble with, in the numbers of the other pages."""

import re

from flask import Flask

from tests.client import Client
from tests.feedback.asking import asked_and_confirmed, confirm, send
from tests.feedback.test_vote import ARTICLE, PAGE
from tests.staff.test_feedback import VOTES, explain, vote

LIST = "/staff/articles"


def listed(browser: Client, query: str) -> dict[str, str]:
    """The guides in the list, and what is said of each."""
    page = browser.get(f"{LIST}?{query}").text
    entries = re.findall(r'<li class="staff-entry">(.*?)</li>', page, re.DOTALL)
    return {re.findall(r"/staff/articles/(\d+)", entry)[0]: _plain(entry) for entry in entries}


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_guides_that_are_unhelpful_this_week_are_listed(app: Flask, editor: Client) -> None:
    vote(app, "down", days_ago=8)
    assert listed(editor, "unhelpful=yes") == {}
    vote(app, "down", "down", "up")

    found = listed(editor, "unhelpful=yes")

    assert set(found) == {str(ARTICLE)}
    assert "Unhelpful this week No 2, Yes 1" in found[str(ARTICLE)]
    assert f'href="/staff/feedback?article={ARTICLE}&amp;kind=down"' in editor.get(LIST).text
    assert f"article={ARTICLE}" in editor.get(VOTES).text


def test_guides_that_open_requests_are_about_are_listed(
    app: Flask, client: Client, editor: Client
) -> None:
    send(client)
    assert listed(editor, "requests=yes") == {}, "nobody has confirmed it"
    confirm(app, client)

    (told,) = listed(editor, "requests=yes").values()

    assert "1 open request about" in told
    assert "1 open request" in editor.get(PAGE, follow_redirects=True).text


def test_both_must_hold_when_both_are_asked_for(app: Flask, client: Client, editor: Client) -> None:
    asked_and_confirmed(app, client)
    assert listed(editor, "requests=yes&unhelpful=yes") == {}

    explain(app, "It did not work.")

    assert set(listed(editor, "requests=yes&unhelpful=yes&state=published")) == {str(ARTICLE)}
    assert listed(editor, "requests=yes&state=draft") == {}
