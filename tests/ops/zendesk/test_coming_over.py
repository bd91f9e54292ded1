"""A help centre comes over: what readers find, where they find it, and what they said of it."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.zendesk import HelpCentre, Import, saying
from xero_onboard.content.models import Article, Revision, Section
from xero_onboard.lib.db import db


def rows(app: Flask) -> list[tuple[int, str, int]]:
    """Every revision that there is."""
    with app.app_context():
        query = db.select(Article.id, Article.status, Revision.number).join(
            Revision, Revision.article_id == Article.id
        )
        return [
            tuple(row) for row in db.session.execute(query.order_by(Article.id, Revision.number))
        ]


def test_an_article_comes_with_its_number_votes_and_date(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.article(
        360000123456789,
        "How to start",
        "<h2>Begin</h2><p>Press <strong>Start</strong>.</p>",
        vote_sum=3,
        vote_count=5,
        label_names=["beginning"],
        promoted=True,
    )

    said = take_in()

    assert (
        "article 360000123456789 (en-us): new: /hc/en-us/articles/360000123456789-how-to-start"
        in said
    )
    page = client.get("/hc/en-us/articles/360000123456789-how-to-start").text
    assert re.search("<h1[^>]*>How to start</h1>", page)
    assert "<p>Press <strong>Start</strong>.</p>" in page
    assert "4 out of 5 found this helpful" in page
    assert "4 March 2022" in page
    assert "How to start" in client.get("/hc/en-us").text


def test_a_vote_is_added_to_those_that_came_along(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.article(300, "How to start", vote_sum=-1, vote_count=3)
    take_in()

    client.post("/hc/articles/300/vote", data={"value": "up"})
    voted = client.get("/hc/en-us/articles/300-how-to-start").text
    client.post("/hc/articles/300/vote", data={"value": "none"})

    assert "2 out of 4 found this helpful" in voted
    assert "1 out of 3 found this helpful" in client.get("/hc/en-us/articles/300-how-to-start").text


def test_votes_that_cannot_be_are_left_out_and_said(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.article(300, "How to start", vote_sum=4, vote_count=3)

    said = take_in()

    assert "3 votes with a sum of 4 cannot be" in said
    assert "0 out of 0 found this helpful" in client.get("/hc/en-us/articles/300-how-to-start").text


def test_old_addresses_lead_on(take_in: Import, centre: HelpCentre, client: Client) -> None:
    centre.article(300, "How to Start")
    take_in()

    here = {
        "/hc/en-us/articles/300-How-to-Start": "/hc/en-us/articles/300-how-to-start",
        "/hc/en-us/articles/300": "/hc/en-us/articles/300-how-to-start",
        "/hc/de/articles/300-Anfangen": "/hc/en-us/articles/300-how-to-start",
        "/hc/en-us/sections/20-First-Steps": "/hc/en-us/sections/20-first-steps",
        "/hc/en-us/categories/1-Getting-started": "/hc/en-us",
        "/hc/en-us/categories/1": "/hc/en-us",
    }
    for old, new in here.items():
        answer = client.get(old)
        assert (answer.status_code, answer.location) == (301, new), old
    assert client.get("/hc/en-us/categories/2-Nowhere").status_code == 404


def test_each_language_is_found_at_its_old_address(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.locales = ["en-us", "fr"]
    centre.section(20, "Premiers pas", 1, locale="fr")
    centre.article(300, "How to start", vote_sum=1, vote_count=1)
    centre.article(300, "Commencer", "<p>Appuyez.</p>", locale="fr", vote_sum=1, vote_count=1)
    take_in()

    french = client.get("/hc/fr/articles/300-Commencer")
    section = client.get("/hc/fr/sections/20-Premiers-pas")

    assert french.status_code == section.status_code == 301
    page = client.get(str(french.location))
    assert french.location.startswith("/hc/fr/articles/")
    assert "<p>Appuyez.</p>" in page.text
    assert "1 out of 1 found this helpful" in page.text
    assert "Premiers pas" in client.get(str(section.location)).text
    assert "<p>Words.</p>" in client.get("/hc/en-us/articles/300-how-to-start").text


def test_translations_know_their_originals(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.locales = ["en-us", "de", "fr"]
    centre.section(20, "Premiers pas", 1, locale="fr")
    article = {"source_locale": "en-us"}
    # Two that come before their original in the alphabet of languages, or in that of nothing.
    centre.article(300, "Commencer", "<p>Appuyez.</p>", locale="fr", outdated=True, **article)
    centre.article(300, "Beginnen", "<p>Drücken.</p>", locale="de", **article)
    centre.article(300, "How to start", **article)
    take_in("--locale", "en-us=en-gb", "--locale", "fr=fr-ca")

    original = client.get("/hc/en-gb/articles/300-how-to-start").text
    moved = client.get("/hc/fr-ca/articles/300-how-to-start")
    french = client.get(str(moved.location)).text

    assert 'hreflang="fr-CA"' in original
    assert 'hreflang="de"' in original
    assert moved.status_code == 301
    assert "<p>Appuyez.</p>" in french
    assert "Cette traduction est plus ancienne" in french
    german = client.get(str(client.get("/hc/de/articles/300-Beginnen").location)).text
    assert "This translation is older" not in german
    home = client.get("/hc/fr-ca").text
    assert "Commencer" in home
    assert "How to start" not in home


def test_what_staff_call_a_section_stays(
    take_in: Import, centre: HelpCentre, client: Client, app: Flask
) -> None:
    centre.article(300, "How to start")
    take_in("--locale", "en-us=en-gb")
    with app.app_context():
        db.session.execute(update(Section).values(title="Before you begin", keeper="staff"))
        db.session.commit()
    centre.sections[0].update(name="First steps, anew", updated_at="2024-01-01T00:00:00Z")

    take_in("--locale", "en-us=en-gb")

    assert "Before you begin" in client.get("/hc/en-gb").text


def test_a_language_can_be_taken_in_as_another(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.article(300, "How to start")

    assert "with --locale en-us=en-gb they stand on its front page" in take_in("--check")
    take_in("--locale", "en-us=en-gb")

    answer = client.get("/hc/en-us/articles/300-How-to-start")
    assert (answer.status_code, answer.location) == (301, "/hc/en-gb/articles/300-how-to-start")
    assert "First steps" in client.get("/hc/en-gb").text


def test_what_is_no_article_for_everybody_is_a_draft(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.article(300, "Secret", draft=True)
    centre.article(301, "For some", user_segment_id=7)

    said = take_in()

    assert "only some readers could see it there: it is a draft here" in said
    assert client.get("/hc/en-us/articles/300-secret").status_code == 404
    assert client.get("/hc/en-us/articles/301-for-some").status_code == 404


def test_sections_stand_in_the_order_of_their_categories(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.category(2, "Earlier", position=-1)
    centre.section(30, "First steps", 2)
    centre.section(31, "Deeper", 2, parent_section_id=30)
    for number, section in enumerate((20, 30, 31)):
        centre.article(300 + number, f"Guide {number}", section_id=section)

    said = take_in()

    home = client.get("/hc/en-us").text
    places = [home.index(f"/hc/en-us/sections/{name}") for name in ("30-", "31-", "20-")]
    assert places == sorted(places)
    assert "Getting started: First steps" in home
    assert "“Deeper” stood in another section" in said


def test_a_second_run_changes_nothing(take_in: Import, centre: HelpCentre, app: Flask) -> None:
    centre.article(300, "How to start", vote_sum=1, vote_count=1)
    centre.article(301, "A draft", draft=True)
    centre.is_cursored = True
    take_in()
    before = rows(app)
    centre.asked.clear()

    said = take_in()

    assert rows(app) == before
    assert "0 new, 0 changed, 2 as they were" in said
    assert not [path for path in centre.asked if "attachments" in path]


def test_what_has_changed_there_changes_here(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    article = centre.article(300, "How to start")
    take_in()

    article.update(
        title="How to begin", body="<p>Other words.</p>", edited_at="2024-01-02T00:00:00Z"
    )
    said = take_in()

    assert "300 (en-us): changed" in said
    page = client.get("/hc/en-us/articles/300-how-to-begin").text
    assert "<p>Other words.</p>" in page
    assert "2 January 2024" in page


def test_a_comment_there_makes_no_revision_here(
    take_in: Import, centre: HelpCentre, app: Flask
) -> None:
    article = centre.article(300, "How to start")
    take_in()
    before = rows(app)

    article.update(updated_at="2026-01-02T00:00:00Z")

    assert "0 changed, 1 as they were" in take_in()
    assert rows(app) == before


def test_what_became_a_draft_there_is_no_longer_shown(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    article = centre.article(300, "How to start")
    take_in()

    article.update(draft=True)
    take_in()

    assert client.get("/hc/en-us/articles/300-how-to-start").status_code == 404


def test_what_is_gone_there_stays_here_and_is_said(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.article(300, "How to start")
    take_in()

    centre.articles.clear()

    assert "article 300 (en-us): it is not there any more, and stays here" in take_in()
    assert client.get("/hc/en-us/articles/300-how-to-start").status_code == 200


def test_a_number_that_is_taken_is_left_alone(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.article(360001000101, "Not this one")
    centre.article(300, "How to start")
    before = client.get("/hc/articles/360001000101").location

    result = take_in.run()

    assert result.exit_code == 1
    assert "guide 360001000101 is here already, and did not come from there" in result.output
    assert client.get("/hc/articles/360001000101").location == before
    assert client.get("/hc/en-us/articles/300-how-to-start").status_code == 200


def test_a_check_writes_nothing(
    take_in: Import, centre: HelpCentre, client: Client, app: Flask
) -> None:
    centre.article(300, "How to start", "<p>A</p><script>alert(1)</script>")
    before = rows(app)

    said = take_in("--check")

    assert "1 new" in said
    assert "article 300 (en-us), line 1: <script> was left out" in said
    assert "nothing was written" in said
    assert rows(app) == before
    assert client.get("/hc/en-us/sections/20-first-steps").status_code == 404


def test_a_check_says_again_what_there_is_to_look_at(take_in: Import, centre: HelpCentre) -> None:
    centre.article(300, "How to start", "<p>A</p><script>alert(1)</script>")
    take_in()

    said = take_in("--check")

    assert "0 changed, 1 as they were" in said
    assert "article 300 (en-us), line 1: <script> was left out" in said


def test_two_languages_cannot_become_one(take_in: Import, centre: HelpCentre) -> None:
    centre.locales = ["en-us", "en-gb"]
    centre.article(300, "How to start")
    centre.article(300, "How to begin", locale="en-gb")

    result = take_in.run("--locale", "en-us=en-gb")

    assert result.exit_code == 1
    assert "two of the languages en-gb, en-us would be one here" in result.output


def test_a_language_in_the_address_will_do(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.article(300, "How to start")
    centre.misbehave("locales.json", saying(403), saying(403))

    assert f"as in {centre.origin}/hc/en-us" in take_in.run().output
    take_in(source=f"{centre.origin}/hc/en-us")

    assert client.get("/hc/en-us/articles/300-how-to-start").status_code == 200


@pytest.mark.parametrize("pair", ["en-us", "=en-gb", "en-us=en-gb=x y"])
def test_a_language_that_is_none_is_refused(take_in: Import, pair: str) -> None:
    result = take_in.run("--locale", pair)

    assert result.exit_code != 0


def test_a_missing_file_is_said(take_in: Import, tmp_path: Path) -> None:
    result = take_in.run(source=str(tmp_path / "none.zip"))

    assert result.exit_code == 2
    assert "there is no file" in result.output
