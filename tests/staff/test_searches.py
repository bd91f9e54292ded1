"""What finds nothing, what nobody opens, and what is looked for most."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.client import Client
from tests.staff.test_funnel import table
from xero_onboard.content.searches import SearchCount, SearchOpening
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

PAGE = "/staff/searches"
GUIDE = 360001000101
NOTHING = "Searches that found nothing"
UNOPENED = "Searches after which nobody opened a guide"
MOST = "What is looked for most"


def searched(
    app: Flask, words: str, count: int, found: int, days_ago: int = 0, locale: str = "en-gb"
) -> None:
    with app.app_context():
        key = {"day": (now() - timedelta(days=days_ago)).date(), "locale": locale, "query": words}
        db.session.add(SearchCount(**key, count=count, found=found))
        db.session.commit()


def opened(app: Flask, words: str, count: int, places: int) -> None:
    with app.app_context():
        key = {"day": now().date(), "locale": "en-gb", "query": words, "article_id": GUIDE}
        db.session.add(SearchOpening(**key, count=count, places=places))
        db.session.commit()


def numbers(browser: Client, caption: str, path: str = PAGE) -> list[list[str]]:
    """The rows without the day."""
    return [row[:-1] for row in table(browser, path, caption)]


def test_where_nobody_has_searched_the_page_says_so(editor: Client) -> None:
    assert "Nobody has searched" in editor.get(PAGE).text


def test_each_list_has_its_own(app: Flask, editor: Client) -> None:
    searched(app, "refund", 4, 0)
    searched(app, "xero", 9, 7)
    searched(app, "phone", 6, 3)
    searched(app, "phone", 2, 3, days_ago=3)
    opened(app, "phone", 4, 6)

    assert numbers(editor, NOTHING) == [["refund", "4"]]
    assert numbers(editor, UNOPENED) == [["xero", "9", "7"]]
    assert numbers(editor, MOST) == [
        ["xero", "9", "7", "0", "–"],
        ["phone", "8", "3", "4", "1.5"],
        ["refund", "4", "0", "0", "–"],
    ]


def test_what_has_a_guide_by_now_no_longer_finds_nothing(app: Flask, editor: Client) -> None:
    searched(app, "refund", 4, 0, days_ago=2)
    searched(app, "refund", 1, 1)

    assert numbers(editor, NOTHING) == []
    assert numbers(editor, UNOPENED) == [["refund", "5", "1"]]


def test_what_one_language_lacks_another_may_have(app: Flask, editor: Client) -> None:
    for words, english, french in (("reconnect", 5, 0), ("facture", 0, 3)):
        searched(app, words, 9, english)
        searched(app, words, 1, french, locale="fr-ca")

    assert numbers(editor, NOTHING) == [["facture (en-gb)", "9"], ["reconnect (fr-ca)", "1"]]
    assert 'href="/hc/fr-ca/search?query=reconnect"' in editor.get(PAGE).text


def test_a_code_that_is_explained_has_not_found_nothing(client: Client, editor: Client) -> None:
    found = client.get("/hc/en-gb/search", query_string={"query": "saw_two_apps"}).text
    client.post("/hc/search/told", data={"query": "saw_two_apps", "from": "field"})

    assert "search-help" in found
    assert numbers(editor, NOTHING) == []
    assert numbers(editor, MOST)[0][0] == "saw_two_apps"


def test_the_columns_show_each_day_of_a_week(app: Flask, editor: Client) -> None:
    searched(app, "refund", 4, 0)
    searched(app, "phone", 5, 2)
    searched(app, "phone", 3, 2, days_ago=6)
    searched(app, "phone", 8, 2, days_ago=7)

    rows = table(editor, f"{PAGE}?days=7", "Searches over time, and how many found nothing")

    assert [row[1:] for row in rows] == [["3", "0"], *[["0", "0"]] * 5, ["9", "4"]]


def test_a_search_of_a_reader_appears_and_can_be_tried_again(
    app: Flask, client: Client, editor: Client
) -> None:
    client.get("/hc/en-gb/search", query_string={"query": "Zzzz <b>qqqq</b> & more?"})

    text = editor.get(PAGE).text

    assert "zzzz &lt;b&gt;qqqq&lt;/b&gt; &amp; more?</a>" in text
    assert "query=zzzz%20%3Cb%3Eqqqq%3C/b%3E%20%26%20more%3F" in text


@pytest.mark.parametrize("days", ["1", "x", "-7", "7; DROP TABLE search_count"])
def test_a_span_that_is_not_offered_is_refused(editor: Client, days: str) -> None:
    assert editor.get(PAGE, query_string={"days": days}).status_code == 400


def test_readers_do_not_see_what_others_look_for(client: Client) -> None:
    assert client.get(PAGE).status_code in (302, 303, 403)
