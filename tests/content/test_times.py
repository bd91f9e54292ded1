"""Files that say when their guide is published, until when, and when it was changed last."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client import Client
from tests.content.archives import run
from tests.content.desk import Desk
from tests.content.test_page_matter import checked, editor, translated
from tests.content.test_related import related
from tests.staff.test_approval import rule
from tests.staff.test_articles import form_of, send
from xero_onboard.content.models import Article, Revision
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

__all__ = ["editor", "rule"]

PLACE = "/staff/articles/101"
ADDRESS = "/hc/en-gb/articles/101-first"
LATER = "2099-01-01T09:00"
SOMETIME = "2099-02-02T10:00Z"
LONG_AGO = "2024-03-04"


def let_it_come(desk: Desk) -> None:
    """The time that the file says has come a second ago."""
    with desk.app.app_context():
        moment = now() - timedelta(seconds=1)
        article = db.session.get_one(Article, 101)
        head = db.session.get_one(Revision, article.draft_revision_id)
        assert head.matter
        head.matter = {**head.matter, "publish_at": moment.isoformat()}
        article.publish_at = moment
        db.session.commit()
    assert jobs.run_due(desk.app)


def time_of(desk: Desk) -> datetime | None:
    """When the guide is to be published."""
    with desk.app.app_context():
        found: datetime | None = db.session.scalar(
            select(Article.publish_at).where(Article.id == 101)
        )
        db.session.remove()
    return found


@pytest.mark.parametrize("more", [{}, {"status": "draft"}])
def test_a_file_is_published_at_its_time_and_keeps_the_last_word(
    desk: Desk, client: Client, editor: Client, more: dict[str, str]
) -> None:
    desk.guide(101, "first", "Canary.", publish_at=LATER, updated=LONG_AGO, **more)

    lines = desk.sync().lines

    words = f"because its file says “publish_at: {LATER}Z”; it is published then"
    assert any(words in line for line in lines), lines
    assert client.get(ADDRESS).status_code == 404
    assert "is published by itself on" in editor.get(PLACE).text
    assert desk.sync().lines == ["1 guides, nothing changed"]
    let_it_come(desk)
    assert "4 March 2024" in client.get(ADDRESS).text
    assert desk.sync().lines == ["1 guides, nothing changed"]
    run(desk.app, "export", str(desk.folder))
    assert desk.sync().lines == ["1 guides, nothing changed"]
    desk.publish(101, "first", "Feathers.", publish_at="2026-01-01")
    assert "Feathers." in client.get(ADDRESS).text


def test_what_is_past_is_published_now(desk: Desk, client: Client) -> None:
    address = desk.publish(101, "first", "Canary.", status="draft", publish_at="2026-01-01 09:00")

    assert "Canary." in client.get(address).text


def test_it_is_published_where_its_file_lies_by_then(desk: Desk, client: Client) -> None:
    desk.guide(102, "second")
    desk.guide(101, "first", "Canary.", publish_at=LATER)
    desk.sync()
    (desk.folder / "en-gb/connecting/first.md").unlink()
    desk.guide(101, "new", "Canary!", publish_at=LATER)
    desk.sync()

    let_it_come(desk)

    assert "Canary!" in client.get("/hc/en-gb/articles/101-new").text


def test_a_translation_is_one_at_its_time(desk: Desk, client: Client) -> None:
    translated(desk, 101, "premier", translation_of="102", publish_at=LATER)
    desk.publish(102, "second")

    let_it_come(desk)

    page = client.get("/hc/en-gb/articles/102-second").text
    assert "/hc/fr-ca/articles/101-premier" in page


@pytest.mark.parametrize(
    ("matter", "message"),
    [
        ({"publish_at": "tomorrow"}, ":10: publish_at must be a time like 2026-12-31T18:00"),
        ({"publish_at": "[2099-01-01]"}, ":10: publish_at must be a time"),
        ({"publish_at": "2099"}, ":10: publish_at must be a time"),
        (
            {"publish_at": LATER, "unpublish_at": "2098-01-01"},
            ":11: unpublish_at must be later than publish_at",
        ),
        (
            {"publish_at": LATER, "unpublish_at": f"{LATER}:00+00:00"},
            ":11: unpublish_at must be later than publish_at",
        ),
        (
            {"status": "review", "publish_at": LATER},
            ":11: publish_at contradicts “status: review”",
        ),
        ({"updated": "lately"}, ":10: updated must be a day like 2026-11-22"),
        ({"updated": "[2024-01-01]"}, ":10: updated must be a day"),
        ({"last_update": "{day: 2024-01-01}"}, ":10: last_update must say date, author or both"),
        ({"last_update": "{date: soon}"}, ":10: last_update must be a day"),
        (
            {"updated": LONG_AGO, "lastUpdatedDate": LONG_AGO},
            ":11: lastUpdatedDate is there twice: it means the same as updated",
        ),
        (
            {"updated": LONG_AGO, "last_update": "{date: 2025-01-01}"},
            ":11: last_update contradicts updated",
        ),
    ],
)
def test_a_time_that_makes_no_sense_is_a_mistake(
    desk: Desk, client: Client, matter: dict[str, str], message: str
) -> None:
    place = desk.publish(101, "first", "Bones.")
    desk.guide(101, "first", "Feathers.", **matter)

    report = desk.sync()

    assert report.is_broken
    assert any(message in line for line in report.lines), report.lines
    assert any(message in line for line in checked(desk))
    assert "Bones." in client.get(place).text


def test_the_time_that_staff_choose_stays_until_the_file_says_the_same(
    desk: Desk, client: Client, editor: Client
) -> None:
    desk.guide(101, "first", "Canary.", publish_at=LATER)
    desk.sync()
    chosen = datetime.fromisoformat(SOMETIME)
    editor.post(f"{PLACE}/schedule", data={"publish_at": SOMETIME.removesuffix("Z")})

    desk.guide(101, "first", "Canary!", publish_at="2099-03-03")
    lines = desk.sync().lines

    assert any("when it is published, staff have chosen" in line for line in lines), lines
    assert time_of(desk) == chosen
    run(desk.app, "export", str(desk.folder))
    file = desk.folder / "en-gb/connecting/first.md"
    assert f"publish_at: {SOMETIME}\n" in file.read_text()
    desk.sync()
    assert time_of(desk) == chosen
    desk.guide(101, "first", "Canary!", publish_at=LATER)
    desk.sync()
    assert time_of(desk) == datetime.fromisoformat(f"{LATER}:00Z")


def test_a_time_that_staff_took_away_does_not_come_back(
    desk: Desk, client: Client, editor: Client
) -> None:
    desk.guide(101, "first", "Canary.", publish_at=LATER)
    desk.sync()
    editor.post(f"{PLACE}/unschedule")

    for said in ("2099-03-03", "2026-01-01"):
        desk.guide(101, "first", f"Canary of {said}.", publish_at=said)
        desk.sync()

    assert time_of(desk) is None
    assert client.get(ADDRESS).status_code == 404
    assert "Canary of" in client.get(desk.publish(101, "first", "Canary of today.")).text


def test_what_has_lost_its_file_is_not_published(desk: Desk) -> None:
    desk.guide(102, "second")
    file = desk.guide(101, "first", "Canary.", publish_at=LATER)
    desk.sync()
    file.unlink()

    lines = desk.sync().lines

    assert lines == ["en-gb/connecting/first.md: stays a draft, because the file is gone"]
    assert time_of(desk) is None


def test_a_new_site_publishes_it_at_the_same_time(desk: Desk, empty: Flask, tmp_path: Path) -> None:
    desk.guide(102, "second", related="[101]")
    desk.guide(101, "first", "Canary.", publish_at=LATER, updated=LONG_AGO, related="[102]")
    desk.sync()
    run(desk.app, "export", "--zip", str(tmp_path / "site.zip"))

    told = run(empty, "import", "archive", str(tmp_path / "site.zip"))
    moved = Desk(empty, desk.folder)

    assert told.exit_code == 0, told.output
    assert time_of(moved) == time_of(desk)
    let_it_come(moved)
    browser = cast(Client, empty.test_client())
    page = browser.get(ADDRESS).text
    assert "4 March 2024" in page
    assert related(page) == ["/hc/en-gb/articles/102-second"]
    assert related(browser.get("/hc/en-gb/articles/102-second").text) == [ADDRESS]


@pytest.mark.usefixtures("rule")
def test_no_approval_is_asked_for_what_files_publish(desk: Desk, client: Client) -> None:
    desk.guide(101, "first", "Canary.", publish_at=LATER)
    desk.sync()

    let_it_come(desk)

    assert "Canary." in client.get(ADDRESS).text


@pytest.mark.parametrize(
    "said",
    [
        {"updated": LONG_AGO},
        {"updated": f"{LONG_AGO}T23:00:00Z"},
        {"lastUpdatedDate": f"'{LONG_AGO}'"},
        {"last_update": LONG_AGO},
        {"last_update": f"{{date: {LONG_AGO}, author: Jo}}"},
    ],
)
def test_the_day_of_the_last_change_is_that_of_the_file_everywhere(
    desk: Desk, client: Client, said: dict[str, str]
) -> None:
    page = client.get(desk.publish(101, "first", **said)).text

    assert "4 March 2024" in page
    assert f'"dateModified": "{LONG_AGO}"' in page
    assert f"<lastmod>{LONG_AGO}</lastmod>" in client.get("/sitemap.xml").text
    told = client.get("/api/v2/help_center/articles/101.json").get_json()
    assert told["article"]["edited_at"].startswith(LONG_AGO)


def test_an_author_that_means_nothing_here_is_told(desk: Desk) -> None:
    desk.guide(101, "first", last_update="\n  date: 2024-03-04\n  author: Jo")

    lines = checked(desk)

    assert any("first.md:12: worth a second look: last_update: “author”" in one for one in lines)


def test_a_day_to_come_is_today(desk: Desk, client: Client) -> None:
    page = client.get(desk.publish(101, "first", updated="2099-01-01")).text

    assert "2099" not in page
    assert any(
        "first.md:10: worth a second look: the day of the last" in one for one in checked(desk)
    )


def test_what_staff_change_is_changed_today(desk: Desk, client: Client, editor: Client) -> None:
    place = desk.publish(101, "first", "Bones.", updated=LONG_AGO)
    today = f'"dateModified": "{date.today():%Y}'  # noqa: DTZ011

    send(editor, "publish", form_of(editor, PLACE) | {"body": "Feathers."}, PLACE)

    assert "2024" not in client.get(place).text
    assert today in client.get(place).text
    run(desk.app, "export", str(desk.folder))
    assert "updated" not in (desk.folder / "en-gb/connecting/first.md").read_text()
    desk.publish(101, "first", "Feathers.", updated=LONG_AGO)
    assert today in client.get(place).text


def test_a_folder_that_is_written_anew_says_it(desk: Desk, client: Client) -> None:
    place = desk.publish(101, "first", updated=LONG_AGO)
    file = desk.folder / "en-gb/connecting/first.md"
    file.unlink()

    run(desk.app, "export", str(desk.folder))

    assert f"updated: {LONG_AGO}\n" in file.read_text()
    desk.sync()
    assert "4 March 2024" in client.get(place).text
