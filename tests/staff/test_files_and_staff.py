"""What a file says and what staff have written of the same guide: neither overwrites the other."""

import re
from pathlib import Path
from shutil import copytree

import pytest
from flask import Flask

from tests.client import Client
from tests.staff.test_articles import ADDRESS, PLACE, begin, field_of, form_of, send
from xero_onboard.config import ROOT

FILE = "en-gb/connect-to-xero/connect-your-xero-organisation.md"
PROBLEMS = 360001000301
OLD = "Have at hand:"
ONE, TWO, THREE = (
    "connect-another-organisation",
    "choose-which-organisation-to-use",
    "disconnect-from-xero",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped guides, to be changed."""
    return Path(copytree(ROOT / "content", tmp_path / "content"))


@pytest.fixture
def environ(environ: dict[str, str], folder: Path) -> dict[str, str]:
    return {**environ, "CONTENT_DIR": str(folder)}


def change_file(app: Flask, folder: Path, new: str, old: str = OLD) -> str:
    """Change the words of the file, and take it in; what was said."""
    path = folder / FILE
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return app.test_cli_runner().invoke(args=["content", "sync"]).output


def test_a_file_waits_beside_what_staff_wrote_and_is_taken_over(
    editor: Client, client: Client, app: Flask, folder: Path
) -> None:
    form = form_of(editor)
    send(editor, "publish", form | {"body": f"{form['body']}\n\nBy staff."})

    said = change_file(app, folder, "By file:")

    assert "kept as revision 3, because staff have edited the article since" in said
    assert "By file:" not in client.get(ADDRESS).text
    assert "What it says waits here" in editor.get(PLACE).text
    assert "Changed in a file" in editor.get("/staff/articles?state=offered").text
    compared = editor.get(f"{PLACE}/history/3").text
    assert "Have at hand:" in compared.replace("<del>", "").replace("</del>", "")

    send(editor, "offer/take", {})
    body = field_of(editor.get(PLACE).text, "body")
    send(editor, "publish", form_of(editor))

    assert "By file:" in body
    assert "By staff." in body
    page = client.get(ADDRESS).text
    assert "By file:" in page
    assert "By staff." in page
    assert "What it says waits here" not in editor.get(PLACE).text


def test_what_the_file_said_twice_is_taken_over_as_a_whole(
    editor: Client, app: Flask, folder: Path
) -> None:
    form = form_of(editor)
    send(editor, "publish", form | {"body": f"{form['body']}\n\nBy staff."})

    change_file(app, folder, "By file:")
    change_file(app, folder, "## Now connect\n", "## Connect\n")
    send(editor, "offer/take", {})

    body = field_of(editor.get(PLACE).text, "body")
    assert "By file:" in body
    assert "## Now connect" in body
    assert "By staff." in body


def test_both_have_changed_the_same_words_and_a_person_decides(
    editor: Client, client: Client, app: Flask, folder: Path
) -> None:
    form = form_of(editor)
    send(editor, "publish", form | {"body": form["body"].replace(OLD, "By staff:")})
    change_file(app, folder, "By file:")

    answer = send(editor, "offer/take", {})

    assert answer.status_code == 409
    assert "By file:" in answer.text
    assert "By staff:" in field_of(answer.text, "body")

    decided = form | {"body": "Decided.", "base": field_of(answer.text, "base")}
    assert send(editor, "publish", decided).status_code == 303
    assert "<p>Decided.</p>" in client.get(ADDRESS).text
    send(editor, "offer/leave", {})

    assert "What it says waits here" not in editor.get(PLACE).text
    assert "<p>Decided.</p>" in client.get(ADDRESS).text


def test_a_draft_that_contradicts_what_was_published_meanwhile_is_decided_once(
    editor: Client, client: Client, app: Flask, folder: Path
) -> None:
    form = form_of(editor)
    send(editor, "draft", form | {"body": form["body"].replace(OLD, "By staff:")})
    change_file(app, folder, "By file:")

    answer = send(editor, "publish", form_of(editor))
    decided = form | {name: field_of(answer.text, name) for name in ("base", "onto")}
    published = send(editor, "publish", decided | {"body": "Decided."})

    assert (answer.status_code, published.status_code) == (409, 303)
    assert "<p>Decided.</p>" in client.get(ADDRESS).text


def test_a_draft_goes_on_from_the_file_that_was_published_meanwhile(
    editor: Client, client: Client, app: Flask, folder: Path
) -> None:
    form = form_of(editor)
    send(editor, "draft", form | {"body": f"{form['body']}\n\nBy staff."})

    said = change_file(app, folder, "By file:")
    published = client.get(ADDRESS).text
    answer = send(editor, "publish", form_of(editor))
    told = editor.get(str(answer.location)).text
    send(editor, "publish", form_of(editor))

    assert "published as revision 3" in said
    assert "By file:" in published
    assert "Both changes are in the draft" in told
    page = client.get(ADDRESS).text
    assert "By file:" in page
    assert "By staff." in page


def test_a_file_that_has_caught_up_has_the_last_word_again(
    editor: Client, client: Client, app: Flask, folder: Path
) -> None:
    form = form_of(editor)
    send(editor, "publish", form | {"body": form["body"].replace(OLD, "By staff:")})

    same = change_file(app, folder, "By staff:")
    change_file(app, folder, "By file again:", "By staff:")

    assert "published as revision 3" in same
    assert "By file again:" in client.get(ADDRESS).text


def test_what_staff_archived_does_not_come_back_with_its_file(
    editor: Client, client: Client, app: Flask, folder: Path
) -> None:
    send(editor, "archive", {})

    change_file(app, folder, "By file:")

    assert client.get(ADDRESS).status_code == 404


def test_what_staff_wrote_stays_when_its_file_is_gone(
    editor: Client, client: Client, app: Flask, folder: Path
) -> None:
    send(editor, "publish", form_of(editor) | {"title": "By staff"})
    (folder / FILE).unlink()

    app.test_cli_runner().invoke(args=["content", "sync"])

    assert "<h1>By staff</h1>" in client.get(ADDRESS).text


def test_what_staff_explain_needs_no_file(editor: Client, app: Flask, folder: Path) -> None:
    problems = f"/staff/articles/{PROBLEMS}"
    send(editor, "publish", form_of(editor, problems), problems)
    form = form_of(editor, problems)
    send(editor, "publish", form | {"title": "When it fails"}, problems)
    (file,) = folder.glob("en-gb/*/problems-while-connecting.md")
    file.write_text(re.sub(r"errors:\n( .*\n)+", "", file.read_text()))

    said = app.test_cli_runner().invoke(args=["content", "check"]).output

    assert "no guide explains" not in said


def test_links_that_staff_keep_follow_files_that_have_changed_names(
    editor: Client, client: Client, app: Flask, folder: Path, tmp_path: Path
) -> None:
    place = begin(editor)
    body = f"[One]({ONE}.md), [two]({TWO}.md#x) and [three]({THREE}.md)."
    form = form_of(editor, place) | {"description": "Links.", "body": body.replace("#x", "")}
    send(editor, "publish", form, place)
    send(editor, "draft", form_of(editor, place) | {"body": f"{body}\n\nMore."}, place)
    editor.post("/staff/snippets", data={"name": "see", "locale": "en-gb"})
    shared = {"base": "1", "body": f"[One](../connect-to-xero/{ONE}.md)"}
    editor.post("/staff/snippets/en-gb/see", data=shared)

    rename(folder, {ONE: TWO, TWO: ONE, THREE: "end-the-connection"})
    said = app.test_cli_runner().invoke(args=["content", "sync"])

    assert said.exit_code == 0, said.output
    snippet = editor.get("/staff/snippets/en-gb/see").text
    assert field_of(snippet, "body") == f"[One](../connect-to-xero/{TWO}.md)"
    page = editor.get(place).text
    new = f"[One]({TWO}.md), [two]({ONE}.md#x) and [three](end-the-connection.md)."
    assert field_of(page, "body") == f"{new}\n\nMore."
    public = client.get(f"/hc/articles/{place.rpartition('/')[2]}", follow_redirects=True).text
    links = re.findall(r'/articles/360001000(\d+-[^"]+)" rel="noopener">(?:One|two|three)<', public)
    assert links == [f"102-{TWO}", f"103-{ONE}", "105-end-the-connection"]
    archive = app.test_cli_runner().invoke(
        args=["content", "export", "--zip", str(tmp_path / "site.zip")]
    )
    assert archive.exit_code == 0, archive.output


def test_a_guide_that_is_out_of_order_keeps_no_file_from_another_name(
    editor: Client, client: Client, app: Flask, folder: Path
) -> None:
    gone, place = begin(editor, "Soon gone"), begin(editor)
    send(editor, "publish", form_of(editor, gone) | {"description": "Soon."}, gone)
    form = form_of(editor, place) | {"description": "Links."}
    body = f"[One]({ONE}.md) and [gone](soon-gone.md)"
    send(editor, "publish", form | {"body": body}, place)
    send(editor, "archive", {}, gone)

    rename(folder, {ONE: "another"})
    said = app.test_cli_runner().invoke(args=["content", "sync"])

    assert said.exit_code == 0, said.output
    assert client.get("/hc/articles/360001000102").location.endswith("-another")
    assert field_of(editor.get(place).text, "body") == body


def rename(folder: Path, names: dict[str, str]) -> None:
    """Give files other names, and write these into every link of the folder."""
    home = folder / "en-gb/connect-to-xero"
    for old, new in names.items():
        (home / f"{old}.md").rename(home / f"~{new}.md")
    for new in names.values():
        (home / f"~{new}.md").rename(home / f"{new}.md")
    name = re.compile(rf"\b({'|'.join(names)})(?=\.md\b)")
    for path in folder.rglob("*.md"):
        text = path.read_text()
        path.write_text(name.sub(lambda found: names[found[1]], text))
