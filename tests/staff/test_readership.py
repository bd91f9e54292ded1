"""How often guides are read, where staff see it: in the list of guides and beside the votes."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.client import Client
from tests.feedback.test_vote import ARTICLE
from tests.staff.test_feedback import BESIDE, OF_REVISIONS, OVER_TIME, VOTES, vote
from tests.staff.test_funnel import table
from tests.staff.test_troubles import LIST, listed
from xero_onboard.content.readings import Reading
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

OTHER = 360001000102


def read(app: Flask, article_id: int, count: int, days_ago: int = 0) -> None:
    """So often, so many days ago."""
    day = (now() - timedelta(days=days_ago)).date()
    with app.app_context():
        db.session.add(Reading(day=day, article_id=article_id, revision=1, count=count))
        db.session.commit()


@pytest.fixture
def read_lately(app: Flask) -> None:
    for days_ago, count in ((0, 1), (6, 2), (7, 4), (27, 8), (28, 16)):
        read(app, ARTICLE, count, days_ago)
    read(app, OTHER, 100, 10)


@pytest.mark.usefixtures("read_lately")
def test_the_list_says_how_often_each_was_read(editor: Client) -> None:
    found = listed(editor, "")

    assert "Views in 7 and 28 days 3 and 15 :" in found[str(ARTICLE)]
    assert "Views in 7 and 28 days 0 and 100 :" in found[str(OTHER)]
    assert sum("Views in 7 and 28 days 0 and 0 :" in each for each in found.values()) > 1


@pytest.mark.usefixtures("read_lately")
def test_the_list_is_sorted_by_it(editor: Client) -> None:
    plain, most, least = (list(listed(editor, f"order={each}")) for each in ("", "most", "least"))

    assert most[:2] == [str(OTHER), str(ARTICLE)]
    assert least[-2:] == [str(ARTICLE), str(OTHER)]
    assert plain == list(listed(editor, ""))
    assert most[2:] == [each for each in plain if each not in most[:2]]
    assert '<option value="most" selected>' in editor.get(f"{LIST}?order=most").text
    assert editor.get(f"{LIST}?order=sideways").status_code == 400


@pytest.mark.usefixtures("read_lately")
def test_views_stand_beside_votes(app: Flask, editor: Client) -> None:
    vote(app, "up", "down")

    rows = {row[0]: row[1:4] for row in table(editor, VOTES, BESIDE)}

    assert rows["Connect your Xero organisation"] == ["15", "2", "50 %"]
    assert ["100", "0", "–"] in rows.values()
    assert "Opened 115 times." in editor.get(VOTES).text


@pytest.mark.usefixtures("read_lately")
def test_one_guide_shows_when_and_in_which_revision_it_was_read(editor: Client) -> None:
    page = f"{VOTES}?article={ARTICLE}"

    assert [row[1] for row in table(editor, page, OVER_TIME)] == ["8", "0", "4", "3"]
    assert table(editor, page, OF_REVISIONS) == [["1", "15", "0", "0", "–"]]
    assert "Opened 15 times." in editor.get(page).text
