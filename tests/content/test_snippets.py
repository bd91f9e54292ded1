"""A text that guides share stands in each of them, and changes in all of them at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from time import sleep

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from tests.client import Client
from tests.content.archives import run
from tests.content.desk import Desk, png
from tests.content.test_translations import PREMIER, translate
from tests.employees import EDDIE, make
from tests.staff.test_articles import form_of
from tests.staff.test_people import newest_entry
from xero_onboard.accounts import people
from xero_onboard.content import drafts, editing, sharing
from xero_onboard.content.revisions import Note
from xero_onboard.lib.db import commit


def snippet(desk: Desk, name: str, text: str, locale: str = "en-gb") -> None:
    folder = desk.folder / f"{locale}/_snippets"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(text)


@pytest.fixture
def cli(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def eddie(app: Flask) -> Client:
    return make(app, EDDIE, "editor", has_second_step=True).sign_in(app)


def test_a_snippet_stands_where_guides_name_it(desk: Desk, client: Client) -> None:
    images = desk.folder / "en-gb/_snippets/images"
    images.mkdir(parents=True)
    (images / "shot.png").write_bytes(png())
    snippet(
        desk,
        "role",
        "You need a **role**. [Why](../connecting/second.md#why)\n\n![A](images/shot.png)",
    )
    snippet(desk, "note", '<Note>\n<Snippet name="role" />\n</Note>')
    desk.guide(102, "second", "## Why")

    address = desk.publish(101, "first", '- One\n\n    <Snippet name="note" />\n')

    html = client.get(address).text
    assert "You need a <strong>role</strong>." in html
    assert 'href="/hc/en-gb/articles/102-second#why"' in html
    assert 'width="3"' in html
    assert "You need a **role**." in client.get(f"{address}.md").text
    assert "role" in client.get("/hc/en-gb/search?query=need+a+role").text


def test_a_changed_file_changes_every_page(desk: Desk, client: Client) -> None:
    snippet(desk, "role", "Old.")
    first = desk.publish(101, "first", '<Snippet name="role" />')
    second = desk.publish(102, "second", '<Snippet name="role" />')
    snippet(desk, "role", "New.")

    report = desk.sync()

    assert report.lines[0] == "content/en-gb/_snippets/role.md: snippet “role”"
    for address in (first, second):
        assert "<p>New.</p>" in client.get(address).text
    assert desk.sync().lines == ["2 guides, nothing changed"]


@pytest.mark.parametrize(
    ("snippets", "message"),
    [
        ({}, "content/en-gb/connecting/first.md:12: there is no snippet “a”"),
        ({"a": '<Snippet name="a" />'}, "_snippets/a.md:1: the snippet “a” holds itself: a → a"),
        (
            {"a": '<Snippet name="b" />', "b": 'x\n\n<Snippet name="a" />'},
            "_snippets/b.md:3: the snippet “b” holds itself: b → a → b",
        ),
        ({"a": "Text.\n\n<Note>"}, "_snippets/a.md:3: <Note> is never closed"),
        ({"a": "[x](../connecting/nowhere.md)"}, "leads to no guide"),
        ({"A": "Text."}, "“A” must be small letters"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_changes_nothing(
    desk: Desk, cli: FlaskCliRunner, client: Client, snippets: dict[str, str], message: str
) -> None:
    address = desk.publish(101, "first", "Good.")
    for name, text in snippets.items():
        snippet(desk, name, text)
    desk.guide(101, "first", '<Snippet name="a" />')

    checked, synced = (cli.invoke(args=["content", word]) for word in ("check", "sync"))

    assert message in checked.output
    assert message in synced.output
    assert (checked.exit_code, synced.exit_code) == (1, 1)
    assert "<p>Good.</p>" in client.get(address).text


def test_snippets_that_grow_without_end_are_refused(desk: Desk) -> None:
    snippet(desk, "a0", "x" * 5_000)
    for turn in range(1, 12):
        snippet(desk, f"a{turn}", f'<Snippet name="a{turn - 1}" />\n\n' * 10)
    desk.guide(101, "first", '<Snippet name="a11" />')

    report = desk.sync()

    assert any("larger than 512 kB" in line for line in report.lines)


def test_staff_change_it_in_every_page_at_once(desk: Desk, eddie: Client, client: Client) -> None:
    snippet(desk, "role", "Old.")
    snippet(desk, "outer", '<Snippet name="role" />')
    address = desk.publish(101, "first", '<Snippet name="outer" />')
    assert "Nothing found" not in client.get("/hc/en-gb/search?query=old").text

    saved = eddie.post("/staff/snippets/en-gb/role", data={"base": "1", "body": "Brand-new."})

    assert saved.status_code == 303
    page = eddie.get("/staff/snippets/en-gb/role").text
    assert "Saved, and published: 1 guide shows it." in page
    assert 'href="/staff/articles/101">Guide 101</a>' in page
    assert "<p>Brand-new.</p>" in client.get(address).text
    assert "Brand-new." in client.get(f"{address}.md").text
    assert "101-first" in client.get("/hc/en-gb/search?query=brand").text


@pytest.mark.parametrize("is_snippet_first", [True, False])
def test_a_guide_and_its_snippet_that_are_published_at_once_are_both_new(
    desk: Desk, eddie: Client, client: Client, *, is_snippet_first: bool
) -> None:
    """Whichever waits has read what the other is about to change."""
    snippet(desk, "role", "Old.")
    address = desk.publish(101, "first", '<Snippet name="role" />')
    holding = '<Snippet name="role" />\n\nMore.'
    form = form_of(eddie, "/staff/articles/101") | {"body": holding}
    changed = {"base": "1", "body": "Brand-new."}

    with ThreadPoolExecutor() as pool, desk.app.app_context():
        if is_snippet_first:
            sharing.save("en-gb", "role", 1, "Brand-new.", people.whom(EDDIE))
            late = pool.submit(eddie.post, "/staff/articles/101/publish", data=form)
        else:
            text = replace(drafts.opened(101).text, body=holding)
            editing.publish(101, 1, text, Note("staff", people.whom(EDDIE)))
            late = pool.submit(eddie.post, "/staff/snippets/en-gb/role", data=changed)
        sleep(1.5)
        commit()
        assert late.result().status_code == 303

    page = client.get(address).text
    assert "<p>Brand-new.</p>" in page
    assert "<p>More.</p>" in page


def test_a_text_that_breaks_a_page_is_refused_and_kept_in_the_form(
    desk: Desk, eddie: Client, client: Client
) -> None:
    snippet(desk, "role", "Old.")
    address = desk.publish(101, "first", '## Here {#here}\n\n<Snippet name="role" />')

    twice = eddie.post(
        "/staff/snippets/en-gb/role", data={"base": "1", "body": "## There {#here}"}
    ).text
    broken = eddie.post("/staff/snippets/en-gb/role", data={"base": "1", "body": "<Note>"}).text

    assert "the guide “Guide 101” would break: two headings have the anchor “here”" in twice
    assert "## There {#here}</textarea>" in twice
    assert "Line 1:" in broken
    assert "<p>Old.</p>" in client.get(address).text


def test_two_who_write_at_once_overwrite_nothing(desk: Desk, eddie: Client) -> None:
    snippet(desk, "role", "Old.")
    desk.publish(101, "first", '<Snippet name="role" />')
    eddie.post("/staff/snippets/en-gb/role", data={"base": "1", "body": "Theirs."})

    late = eddie.post("/staff/snippets/en-gb/role", data={"base": "1", "body": "Mine."})

    assert late.status_code == 409
    assert "Nothing was saved or overwritten" in late.text
    assert "Mine.</textarea>" in late.text
    assert "Theirs." in late.text


def test_a_file_does_not_overwrite_what_staff_wrote(
    desk: Desk, eddie: Client, client: Client, cli: FlaskCliRunner
) -> None:
    snippet(desk, "role", "Old.")
    address = desk.publish(101, "first", '<Snippet name="role" />')
    eddie.post("/staff/snippets/en-gb/role", data={"base": "1", "body": "By staff."})
    snippet(desk, "role", "By file.")

    report = desk.sync()
    page = eddie.get("/staff/snippets/en-gb/role").text
    eddie.post("/staff/snippets/en-gb/role/offer/leave")
    exported = cli.invoke(args=["content", "export"]).output

    assert "waits in the editor" in report.lines[0]
    assert "file of this snippet was changed as well" in page
    assert "<p>By staff.</p>" in client.get(address).text
    assert "changed as well" not in eddie.get("/staff/snippets/en-gb/role").text
    assert "content/en-gb/_snippets/role.md: written" in exported
    assert (desk.folder / "en-gb/_snippets/role.md").read_text() == "By staff.\n"


def test_a_page_that_staff_keep_follows_the_file_of_a_snippet(
    desk: Desk, eddie: Client, client: Client
) -> None:
    snippet(desk, "role", "Old.")
    address = desk.publish(101, "first", '<Snippet name="role" />')
    keep_by_staff(eddie, 101, 'By staff.\n\n<Snippet name="role" />')
    snippet(desk, "role", "New.")

    report = desk.sync()

    html = client.get(address).text
    assert "By staff." in html
    assert "<p>New.</p>" in html
    assert not [line for line in report.lines if "first.md" in line]


def keep_by_staff(eddie: Client, article_id: int, body: str) -> None:
    form = {"base": "1", "title": "T", "description": "D", "body": body, "review_in": "1 year"}
    form["last_reviewed_on"] = "2026-11-22"
    assert eddie.post(f"/staff/articles/{article_id}/publish", data=form).status_code == 303


def test_pages_that_staff_keep_follow_it_in_each_language(
    desk: Desk, eddie: Client, client: Client
) -> None:
    for locale in ("en-gb", "fr-ca"):
        snippet(desk, "role", "Old.", locale)
    pages = desk.publish(101, "first"), PREMIER
    translate(desk)
    for article_id in (101, 201):
        keep_by_staff(eddie, article_id, 'By staff.\n\n<Snippet name="role" />')
    for locale in ("en-gb", "fr-ca"):
        snippet(desk, "role", "New.", locale)

    desk.sync()

    for address in pages:
        assert "<p>New.</p>" in client.get(address).text, address


def test_one_whose_file_is_gone_stays_with_those_who_use_it(
    desk: Desk, eddie: Client, empty: Flask, tmp_path: Path
) -> None:
    snippet(desk, "inner", "Deep.")
    snippet(desk, "role", 'Shared.\n\n<Snippet name="inner" />')
    snippet(desk, "idle", "Nobody's.")
    address = desk.publish(101, "first", '<Snippet name="role" />')
    body = 'By staff.\n\n<Snippet name="role" />'
    form = {"base": "1", "title": "T", "description": "D", "body": body, "review_in": "1 year"}
    eddie.post("/staff/articles/101/publish", data={**form, "last_reviewed_on": "2026-11-22"})
    rmtree(desk.folder / "en-gb/_snippets")
    desk.guide(101, "first", "Nothing shared.")

    report = desk.sync()
    page = eddie.get("/staff/snippets/en-gb/role").text
    file = tmp_path / "site.zip"
    run(desk.app, "export", "--zip", str(file))
    taken = run(empty, "import", "archive", str(file))

    assert "en-gb/_snippets/idle.md: removed, because the file is gone" in report.lines
    assert "role.md: the file is gone; the snippet stays in the editor" in "\n".join(report.lines)
    assert "Shared." in page
    assert eddie.get("/staff/snippets/en-gb/idle").status_code == 404
    assert taken.exit_code == 0, taken.output
    assert "<p>Deep.</p>" in empty.test_client().get(address).text
    assert desk.sync().lines == ["1 guides, nothing changed"]


def test_one_that_a_published_page_shows_outlives_its_file(
    desk: Desk, eddie: Client, client: Client
) -> None:
    """The guide has a mistake then, and says what it said; the snippet goes when it is mended."""
    snippet(desk, "role", "Shared.")
    address = desk.publish(101, "first", '<Snippet name="role" />')
    rmtree(desk.folder / "en-gb/_snippets")

    reports = [desk.sync() for _ in range(2)]
    before = client.get(address).text
    kept = eddie.get("/staff/snippets/en-gb/role").status_code
    desk.publish(101, "first", "Alone.")

    assert all("there is no snippet “role”" in report.lines[0] for report in reports)
    assert "<p>Shared.</p>" in before
    assert kept == 200
    assert eddie.get("/staff/snippets/en-gb/role").status_code == 404


def test_one_is_begun_used_and_removed_in_the_editor(desk: Desk, eddie: Client) -> None:
    desk.publish(101, "first")
    place = "/staff/snippets/en-gb/new-one"

    begun = eddie.post("/staff/snippets", data={"name": "new-one", "locale": "en-gb"})
    twice = eddie.post("/staff/snippets", data={"name": "new-one", "locale": "en-gb"})
    desk.publish(101, "first", '<Snippet name="new-one" />')
    refused = eddie.post(f"{place}/remove")
    desk.publish(101, "first", "Without it.")
    removed = eddie.post(f"{place}/remove")

    assert begun.headers["Location"] == place
    assert (twice.status_code, refused.status_code, removed.status_code) == (409, 409, 303)
    assert newest_entry(desk.app, "snippet_changed").subject == "snippet:en-gb/new-one"
    assert newest_entry(desk.app, "snippet_removed").subject == "snippet:en-gb/new-one"
    assert eddie.get(place).status_code == 404


def test_readers_do_not_see_the_pages_of_snippets(desk: Desk, client: Client) -> None:
    snippet(desk, "role", "Old.")
    desk.publish(101, "first", '<Snippet name="role" />')

    for path in ("/staff/snippets", "/staff/snippets/en-gb/role"):
        assert client.get(path).status_code in (302, 303, 403)
