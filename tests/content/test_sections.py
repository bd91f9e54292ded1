"""Sections are made, renamed, put in order and put away in the editor, and no file takes that back."""

import re

import pytest
from flask import Flask

from tests.client import Client
from tests.content.desk import SECTION, Desk
from tests.employees import EDDIE, make
from tests.staff.test_people import newest_entry

WORDS = {"title": "Paying", "description": "How to pay."}


@pytest.fixture
def eddie(app: Flask) -> Client:
    return make(app, EDDIE, "editor", has_second_step=True).sign_in(app)


@pytest.fixture
def paying(desk: Desk, eddie: Client) -> str:
    """The page of a new section, beside one from a file with a guide in it."""
    desk.publish(101, "first")
    begun = eddie.post("/staff/sections", data={**WORDS, "slug": "paying", "locale": "en-gb"})
    assert begun.status_code == 303
    found = re.search(r'href="(/staff/sections/\d+)">Paying<', eddie.get("/staff/sections").text)
    assert found
    return found[1]


def test_a_section_is_begun_and_shown_as_soon_as_a_guide_is_in_it(
    desk: Desk, eddie: Client, paying: str, client: Client
) -> None:
    before = client.get("/hc/en-gb").text
    form = {"slug": "first", "section": paying.rpartition("/")[2], "after": "", "owner": ""}
    eddie.post("/staff/articles/101/place", data=form)

    after = client.get("/hc/en-gb").text

    assert "Paying" not in before
    assert "Paying" in after
    assert "How to pay." in client.get(f"/hc/en-gb/sections/{form['section']}-paying").text
    assert newest_entry(desk.app, "section_changed").subject == f"section:{form['section']}"


def test_a_name_is_taken_once(eddie: Client, paying: str) -> None:
    form = {**WORDS, "slug": "paying", "locale": "en-gb"}

    assert eddie.post("/staff/sections", data=form).status_code == 409
    assert eddie.post("/staff/sections", data={**form, "slug": "A b"}).status_code == 400


def test_it_is_renamed_and_moved_and_no_file_takes_that_back(
    desk: Desk, eddie: Client, paying: str, client: Client
) -> None:
    form = {"title": "Getting connected", "description": "All of it.", "after": paying[-12:]}

    eddie.post("/staff/sections/10", data=form)

    desk.write("_section.md", SECTION.replace("How to connect.", "How to connect now."))
    assert desk.sync().lines == ["1 guides, nothing changed"]
    assert "Getting connected" in client.get("/hc/en-gb").text
    titles = re.findall(
        r'class="staff-name" href="[^"]+">([^<]+)<', eddie.get("/staff/sections").text
    )
    assert titles == ["Paying", "Getting connected"]


def test_an_export_hands_it_back_to_its_file(desk: Desk, eddie: Client, paying: str) -> None:
    eddie.post("/staff/sections/10", data={**WORDS, "title": "Connected", "after": ""})

    said = desk.app.test_cli_runner().invoke(args=["content", "export"]).output
    desk.sync()
    text = (desk.folder / "en-gb/connecting/_section.md").read_text()
    desk.write("_section.md", text.replace("Connected", "By file"))
    desk.sync()

    assert "content/en-gb/connecting/_section.md: written" in said
    assert "content/en-gb/paying/_section.md: written" in said
    assert "By file" in eddie.get("/staff/sections").text


def test_an_empty_one_is_put_away_and_brought_back(desk: Desk, eddie: Client, paying: str) -> None:
    full = eddie.post("/staff/sections/10/archive")
    eddie.post(f"{paying}/archive")
    away = eddie.get("/staff/articles/new").text
    entry = newest_entry(desk.app, "section_archived")
    eddie.post(f"{paying}/bring-back")

    assert full.status_code == 409
    assert "Paying" not in away
    assert entry.subject == f"section:{paying.rpartition('/')[2]}"
    assert "Paying" in eddie.get("/staff/articles/new").text


def test_what_never_was_is_not_found(eddie: Client) -> None:
    assert eddie.get("/staff/sections/7").status_code == 404
    assert eddie.post("/staff/sections/7", data={**WORDS, "after": ""}).status_code == 404


@pytest.fixture
def put_away(desk: Desk, eddie: Client, paying: str) -> str:
    """The page of an archived section; guide 101 lies in it, which is archived as well."""
    section = paying.rpartition("/")[2]
    place = {"slug": "first", "section": section}
    assert eddie.post("/staff/articles/101/place", data=place).status_code == 303
    assert eddie.post("/staff/articles/101/archive").status_code == 303
    assert eddie.post(f"{paying}/archive").status_code == 303
    desk.publish(102, "second")
    return paying


def test_nothing_is_put_into_an_archived_section(eddie: Client, put_away: str) -> None:
    section = put_away.rpartition("/")[2]
    form = {"title": "Lone", "section": section, "skeleton": "steps"}

    begun = eddie.post("/staff/articles/new", data=form)
    moved = eddie.post("/staff/articles/102/place", data={"slug": "second", "section": section})

    for refused in (begun, moved):
        assert refused.status_code == 409
        assert "Bring the section back first" in refused.text


def test_a_guide_comes_back_after_its_section(eddie: Client, put_away: str) -> None:
    refused = eddie.post("/staff/articles/101/bring-back")
    assert refused.status_code == 409
    assert "Bring the section back first" in refused.text

    eddie.post(f"{put_away}/bring-back")

    assert eddie.post("/staff/articles/101/bring-back").status_code == 303


def test_an_archived_guide_keeps_its_archived_section_when_its_owner_changes(
    eddie: Client, put_away: str
) -> None:
    section = put_away.rpartition("/")[2]
    page = eddie.get("/staff/articles/101/place").text
    assert f'<option value="{section}" selected>Paying</option>' in page

    kept = eddie.post("/staff/articles/101/place", data={"slug": "first", "section": section})

    assert kept.status_code == 303
    assert f'<option value="{section}" selected>' in eddie.get("/staff/articles/101/place").text


def test_what_a_file_left_in_an_archived_section_is_not_published_there(
    desk: Desk, eddie: Client, client: Client
) -> None:
    desk.publish(101, "first")
    eddie.post("/staff/articles/101/archive")
    eddie.post("/staff/sections/10/archive")
    desk.guide(102, "second", publish_at="2099-01-01")
    desk.sync()
    form = {"base": "1", "title": "T", "description": "D", "body": "Typed.", "review_in": "1 year"}

    told = eddie.post(
        "/staff/articles/102/publish", data={**form, "last_reviewed_on": "2026-11-22"}
    )

    assert told.status_code == 303
    page = eddie.get(told.location).text
    assert "Not published. The section is archived." in page
    assert "Typed." in page
    assert "Connecting" not in client.get("/hc/en-gb").text


def test_a_translation_is_not_begun_in_an_archived_section(desk: Desk, eddie: Client) -> None:
    desk.publish(101, "first")
    desk.publish(102, "second")
    begun = eddie.post("/staff/articles/101/translations", data={"locale": "fr-ca"}).location
    place = section_of(eddie, begun)
    eddie.post(f"{begun}/archive")
    eddie.post(f"/staff/sections/{place}/archive")

    other = eddie.post("/staff/articles/102/translations", data={"locale": "fr-ca"})

    assert other.status_code == 303
    assert section_of(eddie, other.location) != place


def section_of(eddie: Client, guide: str) -> str:
    """The number of the section that a guide stands in."""
    found = re.search(r'<option value="(\d+)" selected>', eddie.get(f"{guide}/place").text)
    assert found
    return found[1]
