"""From reading to connected, in numbers and as charts, for each guide and each revision."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.client import Client
from tests.connect.conftest import (
    Visitor,
    amara,
    environ,
    filled_sandbox,
    pause,
    provider_port,
    riley,
    the_only,
    xero,
)
from tests.connect.test_showings import EDITION, GUIDE, guides
from tests.house.test_bad_input import HOSTILE
from tests.staff.test_connections import change
from xero_onboard.connect import upkeep
from xero_onboard.connect.exchange import LIFE
from xero_onboard.connect.models import Attempt, Connection, Showing
from xero_onboard.connect.outcomes import CATALOGUE, SUCCEEDED
from xero_onboard.content.models import Article, Revision
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

__all__ = ["amara", "environ", "filled_sandbox", "guides", "provider_port", "riley", "xero"]

PAGE = "/staff/funnel"
PRESS = {"next": f"/hc/en-gb/articles/{GUIDE}", "anchor": "connect", "edition": EDITION}
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def table(browser: Client, path: str, caption: str) -> list[list[str]]:
    """The rows of the table with this caption, in words."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    body = answer.get_data(as_text=True).partition(f">{caption}</caption>")[2]
    rows = ROW.findall(body.partition("<tbody>")[2].partition("</tbody>")[0])
    return [[" ".join(TAG.sub(" ", cell).split()) for cell in CELL.findall(row)] for row in rows]


def steps(browser: Client, path: str = f"{PAGE}?article={GUIDE}") -> list[str]:
    """How many took each step."""
    return [row[1] for row in table(browser, path, "Steps from reading to connected")]


def press(visitor: Visitor) -> str:
    answer = visitor.client.post("/connect/xero", data=PRESS)
    assert answer.status_code == 303
    return answer.location


def show(app: Flask, count: int, days_ago: int = 0, revision: int = 1) -> None:
    with app.app_context():
        day = (now() - timedelta(days=days_ago)).date()
        db.session.add(Showing(day=day, article_id=GUIDE, revision=revision, count=count))
        db.session.commit()


def test_where_nothing_has_happened_the_page_says_so(editor: Client) -> None:
    assert "Nobody was shown a button or pressed one" in editor.get(PAGE).text


def test_each_step_counts_who_took_it(
    guides: Flask, editor: Client, riley: Visitor, amara: Visitor
) -> None:
    show(guides, 40)
    riley.come_back(riley.person.allow(press(riley)))
    amara.come_back(amara.person.cancel(press(amara)))
    press(amara)

    assert steps(editor) == ["40", "3", "3", "2", "1", "0"]
    riley.press("check", the_only(guides, Connection).id)
    assert steps(editor) == ["40", "3", "3", "2", "1", "1"]


def test_everybody_who_stopped_is_counted_by_the_code(
    guides: Flask, editor: Client, riley: Visitor, amara: Visitor
) -> None:
    amara.come_back(amara.person.cancel(press(amara)))
    press(riley)
    pause(guides)
    press(riley)
    with guides.app_context():
        left = Attempt.outcome.is_(None)
        newest = select(Attempt.id).order_by(Attempt.started_at.desc()).limit(1).scalar_subquery()
        saw = update(Attempt).where(Attempt.id == newest).values(saw="saw_no_permission")
        db.session.execute(saw)
        before = now() - LIFE - timedelta(minutes=1)
        db.session.execute(update(Attempt).where(left).values(started_at=before))
        db.session.commit()
        upkeep.end_old_attempts()
        db.session.commit()
    press(riley)

    found = table(editor, f"{PAGE}?article={GUIDE}", "How presses ended that connected nothing")

    assert sorted(found) == [
        ["Nothing was connected declined", "1"],
        ["Still under way", "1"],
        ["You did not come back from Xero in time abandoned", "1"],
        ["Your role in Xero does not let you connect saw_no_permission", "1"],
    ]


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_code_has_its_words(guides: Flask, editor: Client, riley: Visitor, code: str) -> None:
    press(riley)
    change(guides, Attempt, status="finished", outcome=code)

    found = table(editor, PAGE, "How presses ended that connected nothing")

    assert ([row[0].split()[-1] for row in found] == [code]) == (code not in SUCCEEDED)
    assert "{" not in str(found)


@pytest.mark.parametrize(
    "question", ["choose_organisation", "customer_changed", "take_over", "wrong_organisation"]
)
def test_a_question_that_is_open_is_no_end(
    guides: Flask, editor: Client, riley: Visitor, question: str
) -> None:
    press(riley)
    change(guides, Attempt, status="choosing", outcome=question)

    found = table(editor, PAGE, "How presses ended that connected nothing")

    assert found == [["Still under way", "1"]]


def test_a_press_that_led_nowhere_counts_as_pressed(
    guides: Flask, editor: Client, riley: Visitor
) -> None:
    with guides.app_context():
        moment = now()
        db.session.add(
            Attempt(
                environment="sandbox",
                provider="xero",
                purpose="connect",
                status="finished",
                state_digest="s",
                nonce="",
                verifier_sealed="",
                browser_digest="b",
                return_path="/connect",
                anchor="",
                article_id=GUIDE,
                revision=1,
                scopes="",
                outcome="limit_reached",
                started_at=moment,
                finished_at=moment,
            )
        )
        db.session.commit()

    assert steps(editor) == ["0", "1", "0", "0", "0", "0"]


def test_each_revision_has_its_own_numbers(guides: Flask, editor: Client, riley: Visitor) -> None:
    with guides.app_context():
        old = db.session.query(Revision).filter_by(article_id=GUIDE, number=1).one()
        values = {
            column.name: getattr(old, column.name)
            for column in Revision.__table__.columns
            if column.name not in ("id", "number")
        }
        new = Revision(**values, number=2)
        db.session.add(new)
        db.session.flush()
        db.session.execute(
            update(Article).where(Article.id == GUIDE).values(published_revision_id=new.id)
        )
        db.session.commit()
    show(guides, 10, revision=1)
    show(guides, 5, revision=2)
    riley.client.post("/connect/xero", data={**PRESS, "edition": f"{GUIDE}-2"})

    rows = table(editor, f"{PAGE}?article={GUIDE}", "Steps for each revision of the guide")

    assert [row[1:4] for row in rows] == [["5", "1", "1"], ["10", "0", "0"]]
    assert [row[0].split()[0] for row in rows] == ["2", "1"]


def test_all_guides_stand_beside_each_other_and_what_is_in_none(
    guides: Flask, editor: Client, riley: Visitor
) -> None:
    show(guides, 7)
    press(riley)
    riley.client.post("/connect/xero", data={"next": "/connect"})

    rows = table(editor, PAGE, "Steps for each guide")

    assert rows[0][:3] == ["Connect your Xero organisation", "7", "1"]
    assert rows[1][0].startswith("Not in a guide")
    assert rows[1][1:3] == ["–", "1"]
    assert steps(editor, f"{PAGE}?article=elsewhere") == ["0", "1", "1", "0", "0", "0"]


def test_what_a_form_made_up_stands_nowhere(guides: Flask, editor: Client, riley: Visitor) -> None:
    riley.client.post("/connect/xero", data={**PRESS, "edition": "12345-1"})

    assert table(editor, PAGE, "Steps for each guide") == []
    assert editor.get(f"{PAGE}?article=12345").status_code == 404


@pytest.mark.parametrize(("days", "columns"), [(7, 7), (28, 4), (84, 12)])
def test_the_days_are_the_last_ones_and_no_others(
    guides: Flask, editor: Client, days: int, columns: int
) -> None:
    show(guides, 1, days_ago=0)
    show(guides, 10, days_ago=days - 1)
    show(guides, 100, days_ago=days)

    path = f"{PAGE}?days={days}"

    assert steps(editor, path)[0] == "11"
    rows = table(editor, path, "Presses over time, and how they ended")
    assert len(rows) == columns
    assert (rows[0][1], rows[-1][1]) == ("10", "1")


def test_the_charts_have_a_name_and_the_numbers_of_the_tables(
    guides: Flask, editor: Client, riley: Visitor
) -> None:
    show(guides, 40)
    riley.come_back(riley.person.allow(press(riley)))

    page = editor.get(PAGE).get_data(as_text=True)

    charts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(charts) == 2
    for chart in charts:
        named = re.search(r'aria-labelledby="(\S+) (\S+)"', chart)
        assert named
        assert f'<title id="{named[1]}">' in chart
        assert f'<desc id="{named[2]}">' in chart
        assert "style=" not in chart
    widths = re.findall(r'class="chart-step"[^>]*?width="([\d.]+)"', charts[0], re.DOTALL)
    assert [float(width) for width in widths] == [400, 10, 10, 10, 10]
    assert len(re.findall("chart-connected", charts[1])) == 1


def test_signing_in_with_xero_is_no_press_of_connect(
    guides: Flask, editor: Client, riley: Visitor
) -> None:
    riley.client.post("/sign-in/xero", data={"next": "/connect"})

    assert "Nobody was shown a button or pressed one" in editor.get(PAGE).text


@pytest.mark.parametrize("field", ["article", "days"])
def test_a_hostile_question_is_refused_in_words(editor: Client, field: str) -> None:
    for kind, values in HOSTILE.items():
        answer = editor.get(PAGE, query_string={field: values})

        assert answer.status_code == 400, kind
        assert field in answer.get_data(as_text=True), kind


@pytest.mark.parametrize(
    ("query", "status"),
    [("days=8", 400), ("article=x", 400), ("article=7", 404), ("article=٣", 400)],
)
def test_what_is_not_there_is_not_found(editor: Client, query: str, status: int) -> None:
    assert editor.get(f"{PAGE}?{query}").status_code == status
