"""How often a button was shown: counted by guide and revision, knowing nobody; and what a press says of both."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.connect.conftest import Served, Visitor, the_only
from tests.connect.test_states import limited
from xero_onboard.config import Settings
from xero_onboard.connect import trouble, upkeep
from xero_onboard.connect.models import Attempt, Connection, Showing
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, db

GUIDE = 360001000101
EDITION = f"{GUIDE}-1"
TOLD = {"next": "/connect", "anchor": "connect", "edition": EDITION}


@pytest.fixture
def guides(app: Flask) -> Flask:
    """The guides that the site ships with are published."""
    answer = app.test_cli_runner().invoke(args=["content", "sync"])
    assert answer.exit_code == 0, answer.output
    return app


def shown(app: Flask) -> list[tuple[int, int, int]]:
    with app.app_context():
        rows = db.session.scalars(select(Showing).order_by(Showing.day))
        return [(row.article_id, row.revision, row.count) for row in rows]


def test_each_showing_counts_one_for_its_revision(guides: Flask, client: Client) -> None:
    for _ in range(3):
        answer = client.post("/connect/shown", data={"edition": EDITION})

    assert (answer.status_code, answer.data) == (204, b"")
    assert "Set-Cookie" not in answer.headers
    assert shown(guides) == [(GUIDE, 1, 3)]


def test_a_page_names_the_revision_it_shows(guides: Flask, client: Client) -> None:
    page = client.get(f"/hc/en-gb/articles/{GUIDE}", follow_redirects=True).get_data(as_text=True)

    assert f'data-edition="{EDITION}"' in page
    assert f'name="edition" value="{EDITION}"' in page


@pytest.mark.parametrize(
    "given",
    [
        f"{GUIDE}-2",
        "7-1",
        f"{GUIDE}",
        f"{GUIDE}-0",
        "0-1",
        "a-b",
        f"{10**18}-1",
        f"{GUIDE}-{2**31}",
    ],
)
def test_what_no_guide_ever_was_is_not_counted(guides: Flask, client: Client, given: str) -> None:
    assert client.post("/connect/shown", data={"edition": given}).status_code == 400
    assert shown(guides) == []


def test_a_flood_of_showings_is_refused(guides: Flask, client: Client) -> None:
    """Row I3."""
    answers = [
        client.post("/connect/shown", data={"edition": EDITION}).status_code for _ in range(121)
    ]

    assert answers[-1] == 429
    assert shown(guides) == [(GUIDE, 1, 120)]


def test_showings_are_forgotten_with_the_presses_they_are_compared_with(
    guides: Flask,
) -> None:
    """Row M3."""
    with guides.app_context():
        for days in (91, 90, 0):
            day = (now() - timedelta(days=days)).date()
            db.session.add(Showing(day=day, article_id=GUIDE, revision=1, count=days))
        db.session.commit()

    with guides.app_context():
        upkeep.forget_ended_connections()
        db.session.commit()

    assert [count for _, _, count in shown(guides)] == [90, 0]


def test_a_press_knows_the_guide_and_the_revision(app: Flask, riley: Visitor) -> None:
    riley.client.post("/connect/xero", data=TOLD)

    attempt = the_only(app, Attempt)
    assert (attempt.article_id, attempt.revision) == (GUIDE, 1)


@pytest.mark.parametrize("given", [None, "", "nonsense", "1-1-1", "-1", "99999999999999999999-1"])
def test_a_press_is_good_whatever_the_page_says_it_is(
    app: Flask, riley: Visitor, given: str | None
) -> None:
    answer = riley.client.post("/connect/xero", data={**TOLD, "edition": given})

    assert "/authorize?" in answer.location
    attempt = the_only(app, Attempt)
    assert (attempt.article_id, attempt.revision) == (None, None)


def test_a_press_that_is_refused_counts_and_led_nowhere(
    app: Flask, settings: Settings, riley: Visitor, xero: Served
) -> None:
    riley.connect()
    full = limited(app, settings, 1)
    newcomer = Visitor(full, xero, "amara@practice.example")

    newcomer.client.post("/connect/xero", data=TOLD)

    with app.app_context():
        refused = db.session.scalars(
            select(Attempt).where(Attempt.outcome == "limit_reached")
        ).one()
    assert (refused.article_id, refused.revision, refused.left_at) == (GUIDE, 1, None)
    assert refused.finished_at == refused.started_at
    assert refused.verifier_sealed == refused.nonce == ""


def test_a_press_that_is_refused_hides_nothing_that_is_under_way(
    app: Flask, riley: Visitor
) -> None:
    riley.press_connect()
    with app.app_context():
        begin_write()
        trouble.note(trouble.CLIENT_REFUSED, "invalid_client")
        db.session.commit()

    riley.client.post("/connect/xero", data=TOLD)

    assert "Xero is waiting for you" in riley.read("/connect")


def test_a_reconnect_that_is_refused_counts_as_well(app: Flask, riley: Visitor) -> None:
    riley.connect()
    connection_id = the_only(app, Connection).id
    with app.app_context():
        begin_write()
        trouble.note(trouble.CLIENT_REFUSED, "invalid_client")
        db.session.commit()

    riley.client.post(f"/connect/connections/{connection_id}/reconnect", data=TOLD)

    with app.app_context():
        refused = db.session.scalars(select(Attempt).where(Attempt.left_at.is_(None))).one()
    assert (refused.purpose, refused.outcome) == ("reconnect", "client_refused")
    assert refused.expected_id == connection_id


def test_every_step_of_the_way_is_written_down(app: Flask, riley: Visitor) -> None:
    riley.connect()

    attempt = the_only(app, Attempt)
    steps = [
        *(attempt.started_at, attempt.left_at, attempt.claimed_at, attempt.exchanged_at),
        *(attempt.recognised_at, attempt.chosen_at, attempt.finished_at),
    ]
    assert None not in steps
    assert steps == sorted(steps, key=lambda moment: moment or now())
    assert attempt.connection_id == the_only(app, Connection).id
    assert attempt.confirmed_at is None


def test_the_first_later_look_confirms_it(app: Flask, riley: Visitor) -> None:
    riley.connect()

    riley.press("check", the_only(app, Connection).id)

    first = the_only(app, Attempt).confirmed_at
    assert first is not None
    riley.press("check", the_only(app, Connection).id)
    assert the_only(app, Attempt).confirmed_at == first


def test_what_is_gone_at_the_first_look_was_never_confirmed(app: Flask, riley: Visitor) -> None:
    riley.connect()
    riley.person.disconnect("Riley's Roastery")

    riley.press("check", the_only(app, Connection).id)

    assert the_only(app, Attempt).confirmed_at is None
