"""How often guides are opened: counted by the day and the revision, knowing nobody."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.content.desk import Desk
from tests.lib.test_visitor import ROBOTS
from xero_onboard.content import readings
from xero_onboard.content.readings import Reading
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

TELL = "/hc/readings"


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    """A guide without a button, published."""
    desk.publish(201, "phone", "Your phone.")
    return desk


def counted(app: Flask) -> list[tuple[int, int, int]]:
    """Which guide, which revision, and how often."""
    with app.app_context():
        rows = db.session.scalars(select(Reading).order_by(Reading.day, Reading.revision))
        return [(row.article_id, row.revision, row.count) for row in rows]


def test_each_reading_counts_one_for_its_revision(shelf: Desk, client: Client) -> None:
    for _ in range(3):
        answer = client.post(TELL, data={"edition": "201-1"})

    assert (answer.status_code, answer.data) == (204, b"")
    assert "Set-Cookie" not in answer.headers
    assert counted(shelf.app) == [(201, 1, 3)]


def test_every_guide_names_the_revision_it_shows(shelf: Desk, client: Client) -> None:
    page = client.get("/hc/articles/201", follow_redirects=True).text

    assert 'data-behaviour="reading" data-edition="201-1"' in " ".join(page.split())


def test_a_page_that_came_out_of_a_cache_counts_for_what_it_shows(
    shelf: Desk, client: Client
) -> None:
    shelf.publish(201, "phone", "Your new phone.")

    for edition in ("201-1", "201-2", "201-2"):
        client.post(TELL, data={"edition": edition})

    assert counted(shelf.app) == [(201, 1, 1), (201, 2, 2)]


@pytest.mark.parametrize(
    "given", ["201-2", "7-1", "201", "201-0", "0-1", "a-b", f"{10**18}-1", f"201-{2**31}", ""]
)
def test_what_readers_never_saw_is_not_counted(shelf: Desk, client: Client, given: str) -> None:
    assert client.post(TELL, data={"edition": given}).status_code == 400
    assert counted(shelf.app) == []


def test_a_guide_that_readers_see_no_more_is_not_counted(shelf: Desk, client: Client) -> None:
    shelf.folder.joinpath("en-gb/connecting/phone.md").unlink()
    shelf.guide(202, "other")
    shelf.sync()

    assert client.post(TELL, data={"edition": "201-1"}).status_code == 400
    assert counted(shelf.app) == []


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Moz"])
def test_a_browser_that_fetches_ahead_reads_nothing(
    shelf: Desk, client: Client, header: str
) -> None:
    answer = client.post(TELL, data={"edition": "201-1"}, headers={header: "prefetch"})

    assert answer.status_code == 204
    assert counted(shelf.app) == []


@pytest.mark.parametrize("robot", ROBOTS)
def test_a_robot_that_says_so_is_no_reader(shelf: Desk, client: Client, robot: str) -> None:
    answer = client.post(TELL, data={"edition": "201-1"}, headers={"User-Agent": robot})

    assert answer.status_code == 204
    assert counted(shelf.app) == []


def test_a_flood_of_readings_is_refused(shelf: Desk, client: Client) -> None:
    """Row I3."""
    answers = [client.post(TELL, data={"edition": "201-1"}).status_code for _ in range(121)]

    assert answers[-1] == 429
    assert counted(shelf.app) == [(201, 1, 120)]


def test_old_readings_are_forgotten(shelf: Desk) -> None:
    """Row M3."""
    with shelf.app.app_context():
        for days in (91, 90, 0):
            day = (now() - timedelta(days=days)).date()
            db.session.add(Reading(day=day, article_id=201, revision=1, count=days))
        db.session.commit()

    with shelf.app.app_context():
        readings.forget_old()
        db.session.commit()

    assert [count for _, _, count in counted(shelf.app)] == [90, 0]
