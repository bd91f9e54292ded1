"""What the top of a guide says of who may read it, what readers may do with it, and how it is found."""

import re
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from tests.client import Client
from tests.content.archives import run
from tests.content.desk import Desk
from tests.employees import EDDIE, RILEY, make
from tests.feedback.pace import unhurried
from tests.staff.test_articles import begin, form_of, send
from xero_onboard import content
from xero_onboard.content.models import Article
from xero_onboard.content.terms import VISIBILITIES
from xero_onboard.lib.db import db

INTERNAL = "Internal: only staff see this"
CLOSED = "Comments on this guide are closed."
HELPFUL = "Was this article helpful?"


@pytest.fixture
def editor(desk: Desk) -> Client:
    return make(desk.app, EDDIE, "editor", has_second_step=True).sign_in(desk.app)


def found(client: Client, query: str) -> list[str]:
    answer = client.get(f"/hc/search/suggest?query={query}").get_json()
    return [each["title"] for each in answer["results"]]


def test_an_unlisted_guide_is_read_and_not_told_of(desk: Desk, client: Client) -> None:
    address = desk.publish(101, "first", unlisted="true")

    page, form = client.get(address), client.get(f"{address}.md")

    assert '<meta name="robots" content="noindex">' in page.text
    assert page.headers["X-Robots-Tag"] == form.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Cache-Control"].startswith("public")
    assert "/feed.xml" not in page.text.replace('href="/feed.xml"', "")
    assert 'id="follow"' not in page.text
    assert "Guide 101" not in client.get("/llms.txt").text


def test_a_listed_guide_may_be_told_of(desk: Desk, client: Client) -> None:
    page = client.get(desk.publish(101, "first"))

    assert "noindex" not in page.text
    assert "X-Robots-Tag" not in page.headers


def test_an_internal_guide_is_for_staff_and_kept_nowhere(
    desk: Desk, client: Client, editor: Client
) -> None:
    """Row E4: whoever comes after them gets what an unknown address gets."""
    address = desk.publish(101, "first", visibility="internal")
    newcomer = make(desk.app, RILEY, "editor").sign_in(desk.app)

    seen = editor.get(address)

    assert INTERNAL in seen.text
    assert "private, no-store" in seen.headers["Cache-Control"]
    assert not [form for form in (HELPFUL, "/comments", "/problem") if form in seen.text]
    assert editor.get(f"{address}.md").status_code == 404
    assert newcomer.get(address).status_code == 404
    hidden, unknown = client.get(address), client.get("/hc/en-gb/articles/999-first")
    assert hidden.status_code == 404
    assert hidden.text.replace("/101-", "/999-") == unknown.text
    assert hidden.headers["Cache-Control"] == unknown.headers["Cache-Control"]


def test_a_guide_for_everybody_bears_no_mark_of_staff(desk: Desk, editor: Client) -> None:
    assert INTERNAL not in editor.get(desk.publish(101, "first")).text


def test_closed_comments_stay_and_no_more_are_taken(desk: Desk, editor: Client) -> None:
    address = desk.publish(101, "first")
    place, words = "/hc/articles/101/comments", {"words": "A word of mine."}
    editor.post(place, data=unhurried(editor, words))

    desk.publish(101, "first", comments="closed")
    answer = editor.post(place, data=unhurried(editor, {"words": "One too many."}))

    page = editor.get(address).text
    assert (answer.status_code, "Comments on this guide are closed" in answer.text) == (409, True)
    assert "A word of mine." in page
    assert "One too many." not in page
    assert CLOSED in page
    assert f'action="{place}"' not in page
    told = editor.get("/api/v2/help_center/articles/101.json").get_json()["article"]
    assert told["comments_disabled"] is True


@pytest.mark.parametrize("fields", [{"value": "up"}, {"reason": "easy"}])
def test_a_guide_that_does_not_ask_takes_no_votes(
    desk: Desk, client: Client, fields: Mapping[str, str]
) -> None:
    address = desk.publish(101, "first", feedback="off")
    verb = "vote" if "value" in fields else "remark"

    answer = client.post(f"/hc/articles/101/{verb}", data=fields)

    page = client.get(address).text
    assert answer.status_code == 409
    assert "does not ask whether it was helpful" in answer.text
    assert HELPFUL not in page
    assert 'action="/hc/articles/101/problem"' in page
    problem = unhurried(client, {"wrong": "A picture is missing."})
    assert client.post("/hc/articles/101/problem", data=problem).status_code == 303


def test_a_boost_moves_a_guide_among_what_is_found(desk: Desk, client: Client) -> None:
    desk.guide(101, "first", "About kettles.", title="Kettles")
    desk.guide(102, "second", "Some kettles, and more about tea.", title="Tea")
    desk.publish(103, "third", "Kettles and a long text about other things.", title="Spoons")
    before = found(client, "kettles")

    desk.publish(103, "third", "Kettles again.", title="Spoons", search="{boost: 10}")
    raised = found(client, "kettles")
    desk.publish(103, "third", "Kettles again.", title="Spoons", search="{boost: 0.1}")

    assert before[0] == "Kettles"
    assert raised[0] == "Spoons"
    assert found(client, "kettles")[-1] == "Spoons"
    assert "<mark>Kettles</mark> again" in client.get("/hc/en-gb/search?query=kettles").text


def test_an_excluded_guide_is_read_and_not_found(desk: Desk, client: Client) -> None:
    desk.guide(101, "first", "About kettles.", title="Tea")
    terms = {"search": "{exclude: true}", "errors": "{declined: ''}"}
    address = desk.publish(102, "second", "All of kettles.", title="Kettles", **terms)

    assert found(client, "kettles") == ["Tea"]
    assert found(client, "declined") == []
    assert "Kettles</a>" not in client.get("/hc/en-gb/search?query=zzzz").text
    assert client.get(address).status_code == 200
    assert "Kettles" in client.get("/hc/en-gb").text
    assert address in client.get("/sitemap.xml").text


def test_the_editor_says_it_and_a_file_keeps_it(desk: Desk, editor: Client) -> None:
    desk.publish(101, "first")
    place = "/staff/articles/101"
    chosen = {"visibility": "internal", "search_boost": "2.5"}
    ticked = {"comments_closed": "yes", "feedback_off": "yes", "search_exclude": "yes"}

    send(editor, "publish", form_of(editor, place) | chosen | ticked, place)

    with desk.app.app_context():
        row = db.session.scalars(select(Article)).one()
        terms = (row.takes_comments, row.takes_votes, row.is_searchable, row.search_boost)
        assert (row.visibility, *terms) == ("internal", False, False, False, 2.5)
    page = editor.get(place).text
    assert 'value="internal" selected' in page
    for name in ticked:
        assert re.search(rf'name="{name}"\s+value="yes"\s+checked', page), name
    assert 'value="2.5"' in page
    run(desk.app, "export", str(desk.folder))
    file = (desk.folder / "en-gb/connecting/first.md").read_text()
    for line in ("visibility: internal", "comments: closed", "feedback: 'off'", "  boost: 2.5"):
        assert f"\n{line}\n" in file
    assert desk.sync().lines[0].startswith("content/en-gb/connecting/first.md: published")


def test_a_wrong_boost_is_told_at_its_field(desk: Desk, editor: Client) -> None:
    desk.publish(101, "first")
    place = "/staff/articles/101"

    send(editor, "publish", form_of(editor, place) | {"search_boost": "much"}, place)

    page = editor.get(place).text
    assert 'href="#editor-more"' in page
    assert "has a boost that is no number from 0.1 to 10" in page


def test_an_unknown_key_is_told_of_and_refuses_nothing(desk: Desk, editor: Client) -> None:
    desk.guide(101, "first", keyword="[a]")

    synced = desk.sync()
    with desk.app.app_context():
        checked = content.check(desk.folder)
        db.session.remove()
    page = editor.get("/staff/articles/101").text

    told = "first.md:10: worth a second look: unknown key “keyword”; did you mean “keywords”?"
    assert not synced.is_broken
    for report in (synced, checked):
        assert any(told in line for line in report.lines), report.lines
    assert "saving leaves out the unknown key “keyword”; did you mean “keywords”?" in page
    assert editor.get("/hc/en-gb/articles/101-first").status_code == 200


def test_the_list_of_guides_says_who_reads_each(desk: Desk, editor: Client) -> None:
    desk.guide(101, "first", title="Open")
    desk.guide(102, "second", title="Quiet", visibility="unlisted")
    desk.publish(103, "third", title="Ours", visibility="internal")
    place = begin(editor, "Begun", section="10")
    send(editor, "draft", form_of(editor, place) | {"visibility": "internal"}, place)

    page = editor.get("/staff/articles").text
    shown = {name: editor.get(f"/staff/articles?visibility={name}").text for name in VISIBILITIES}

    assert page.count("Unlisted: in no list</span>") == 1
    assert page.count("Internal: only staff</span>") == 2
    for name, titles in {
        "public": ["Open"],
        "unlisted": ["Quiet"],
        "internal": ["Begun", "Ours"],
    }.items():
        assert sorted(re.findall(r'class="staff-name"[^>]*>([^<]+)<', shown[name])) == titles
        assert f'value="{name}" selected' in shown[name]
