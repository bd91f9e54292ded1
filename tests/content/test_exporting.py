"""Guides go back into files, and are the same when they come in again."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

from flask import Flask

from tests.client import Client
from tests.content.desk import Desk, png
from tests.employees import EDDIE, make
from xero_onboard.content import drafts, editing, manuscript, placing
from xero_onboard.content.revisions import Note
from xero_onboard.lib.db import begin_write, commit


def run(app: Flask, *words: str) -> str:
    return app.test_cli_runner().invoke(args=["content", *words]).output


def test_what_staff_published_is_written_and_the_file_has_the_last_word_again(
    desk: Desk, client: Client
) -> None:
    images = desk.folder / "en-gb/connecting/images"
    images.mkdir(parents=True)
    (images / "shot.png").write_bytes(png())
    desk.publish(102, "second", "Two.")
    desk.publish(101, "first", "![A form](images/shot.png)\n\n[On](second.md)", keywords="[a, b]")
    edit_and_rename(desk.app, 101, "renamed")
    before = client.get("/hc/en-gb/articles/101-renamed").text

    said = run(desk.app, "export")
    taken_in = desk.sync().lines
    again = run(desk.app, "export")

    assert "content/en-gb/connecting/renamed.md: written" in said
    assert "content/en-gb/connecting/first.md: removed" in said
    assert "second.md" not in said
    assert taken_in == ["content/en-gb/connecting/renamed.md: published as revision 3"]
    assert again == "nothing to write: the files say what is published\n"
    after = client.get("/hc/en-gb/articles/101-renamed").text
    assert before.replace("101-2", "101-3") == after
    assert client.get("/hc/en-gb/articles/first").status_code == 301


def test_links_in_other_files_follow_a_guide_that_has_another_name(
    desk: Desk, client: Client
) -> None:
    desk.publish(101, "first", "One.")
    page = desk.publish(102, "second", "[On](first.md#x) <!-- a note -->\n\n## X {#x}")
    edit_and_rename(desk.app, 101, "renamed")

    said = run(desk.app, "export")
    report = desk.sync()

    assert "content/en-gb/connecting/second.md: written" in said
    text = (desk.folder / "en-gb/connecting/second.md").read_text()
    assert "[On](renamed.md#x) <!-- a note -->" in text
    assert not report.is_broken, report.lines
    assert 'href="/hc/en-gb/articles/101-renamed#x"' in client.get(page).text


def test_an_export_fills_an_empty_folder(desk: Desk, tmp_path: Path, client: Client) -> None:
    (desk.folder / "en-gb/connecting/shot.png").write_bytes(png())
    desk.publish(101, "first", "![A form](shot.png)", errors="{declined: ''}")

    run(desk.app, "export", str(tmp_path / "elsewhere"))

    home = tmp_path / "elsewhere/en-gb/connecting"
    assert {path.name for path in home.iterdir()} == {"_section.md", "first.md", "shot.png"}
    assert (home / "shot.png").read_bytes() == png()


def test_no_guide_goes_over_the_file_of_another(desk: Desk, client: Client) -> None:
    desk.publish(101, "first", "One.")
    begin_by_staff(desk.app, "second")
    desk.publish(102, "second", "Two.")
    page = desk.publish(103, "third", "[On](second.md)")
    before = (desk.folder / "en-gb/connecting/second.md").read_text()

    said = run(desk.app, "export")

    assert (
        "nothing was written\ncontent/en-gb/connecting/second.md: is the file of the guide" in said
    )
    assert (desk.folder / "en-gb/connecting/second.md").read_text() == before
    assert 'href="/hc/en-gb/articles/102-second"' in client.get(page).text


def test_two_guides_that_have_changed_names_are_both_written(desk: Desk) -> None:
    desk.publish(101, "first", "One.")
    desk.publish(102, "second", "Two.")
    eddie = make(desk.app, EDDIE, "editor").id
    for article_id, slug in ((101, "between"), (102, "first"), (101, "second")):
        rename(desk.app, article_id, slug, eddie)

    run(desk.app, "export")
    report = desk.sync()

    assert not report.is_broken, report.lines
    assert "One." in (desk.folder / "en-gb/connecting/second.md").read_text()
    assert "Two." in (desk.folder / "en-gb/connecting/first.md").read_text()


def test_a_new_file_is_in_order_but_for_what_only_its_author_knows(desk: Desk) -> None:
    said = run(desk.app, "new", "connecting", "a-guide", "--title", "A guide: with a colon")
    again = run(desk.app, "new", "connecting", "a-guide", "--title", "Twice")
    nowhere = run(desk.app, "new", "nowhere", "a-guide", "--title", "T")
    for slug, title in (("b", ""), ("b", " "), ("b", "x" * 151), ("a" * 300, "T")):
        refused = run(desk.app, "new", "connecting", slug, "--title", title)
        assert "must have 1 to 1" in refused
    path = desk.folder / "en-gb/connecting/a-guide.md"
    path.write_text(path.read_text().replace("description: ''", "description: What it is about."))

    assert "written" in said
    assert "is there already" in again
    assert "has no _section.md" in nowhere
    assert not desk.sync().is_broken


def edit_and_rename(app: Flask, article_id: int, slug: str) -> None:
    """What an editor does in the site."""
    eddie = make(app, EDDIE, "editor").id
    rename(app, article_id, slug, eddie)
    publish(app, article_id, eddie, title="By staff: “quoted”")


def rename(app: Flask, article_id: int, slug: str, author_id: UUID) -> None:
    with app.app_context():
        begin_write()
        writing = drafts.opened(article_id)
        placing.move(article_id, placing.Wanted(writing.section_id, slug, None, None), author_id)
        commit()


def begin_by_staff(app: Flask, slug: str) -> None:
    """A published guide of the first section that no file tells of."""
    eddie = make(app, EDDIE, "editor").id
    with app.app_context():
        begin_write()
        article_id = editing.create(10, slug, manuscript.new("By staff", "Theirs."), eddie)
        commit()
    publish(app, article_id, eddie, description="What it is about.")


def publish(app: Flask, article_id: int, author_id: UUID, **changes: str) -> None:
    with app.app_context():
        begin_write()
        writing = drafts.opened(article_id)
        text = replace(writing.text, **changes)
        editing.publish(article_id, writing.head, text, Note("staff", author_id))
        commit()
