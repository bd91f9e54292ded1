"""From file to page: what changed is published, and what is broken changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.client import Client
from tests.content.desk import Desk, png
from xero_onboard.config import Settings
from xero_onboard.content import catalogue, intake, library, shelf
from xero_onboard.content import revisions as written
from xero_onboard.content.markdown import Renderer
from xero_onboard.content.models import Article, Picture, Revision
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db


def revisions(app: Flask, article_id: int) -> list[Revision]:
    with app.app_context():
        query = select(Revision).where(Revision.article_id == article_id).order_by(Revision.number)
        return list(db.session.scalars(query))


def generation(app: Flask) -> int:
    with app.app_context():
        return written.generation()


def test_a_file_becomes_a_page(desk: Desk, client: Client) -> None:
    desk.guide(101, "first", "Hello **reader**.")

    report = desk.sync()

    assert report.lines == [
        "content/en-gb/connecting/_section.md: section “Connecting”",
        "content/en-gb/connecting/first.md: published as revision 1",
    ]
    assert "Hello <strong>reader</strong>." in client.get("/hc/en-gb/articles/101-first").text


def test_a_second_run_renders_and_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.publish(101, "first")
    before = generation(desk.app)
    monkeypatch.delattr(Renderer, "render")

    report = desk.sync()

    assert report.lines == ["1 guides, nothing changed"]
    assert generation(desk.app) == before


def test_a_changed_file_becomes_one_more_revision(desk: Desk, client: Client) -> None:
    address = desk.publish(101, "first", "Old.")
    before = generation(desk.app)

    desk.publish(101, "first", "New.")

    assert [revision.number for revision in revisions(desk.app, 101)] == [1, 2]
    assert generation(desk.app) == before + 1
    assert "<p>New.</p>" in client.get(address).text


def test_a_broken_file_neither_stops_the_others_nor_replaces_what_is_published(
    desk: Desk, client: Client
) -> None:
    first = desk.publish(101, "first", "Good.")
    desk.guide(101, "first", "<Note>\nnever closed")
    desk.guide(102, "second", "Fine.")

    report = desk.sync()

    assert report.is_broken
    assert "content/en-gb/connecting/first.md:12: <Note> is never closed" in report.lines
    assert "<p>Good.</p>" in client.get(first).text
    assert "<p>Fine.</p>" in client.get("/hc/en-gb/articles/102-second").text


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("x.md", "no front matter", "must begin with"),
        ("Upper.md", "---\nid: 1\ntitle: a\ndescription: b\n---\n", "must be small letters"),
        ("huge.md", "x" * (512 * 1024 + 1), "larger than 512 kB"),
        ("zero.md", "---\nid: 1\ntitle: a\ndescription: b\n---\na\x00b", "zero byte"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    desk: Desk, name: str, text: str, message: str
) -> None:
    desk.write(name, text)

    report = desk.sync()

    assert report.is_broken
    assert any(message in line and name in line for line in report.lines)


def test_a_file_that_is_not_text_is_named(desk: Desk) -> None:
    desk.write("latin.md", "").write_bytes("é".encode("latin-1"))

    assert "latin.md:1: the file is not UTF-8 text" in desk.sync().lines[0]


def test_a_guide_needs_its_section(desk: Desk) -> None:
    desk.folder.joinpath("en-gb/connecting/_section.md").unlink()
    desk.guide(101, "first")

    assert "the folder “connecting” needs a _section.md" in desk.sync().lines[0]


def test_an_empty_folder_archives_nothing(desk: Desk, client: Client) -> None:
    address = desk.publish(101, "first")
    for path in desk.folder.rglob("*.md"):
        path.unlink()

    report = desk.sync()

    assert report.is_broken
    assert client.get(address).status_code == 200


def test_a_removed_file_archives_its_article_until_it_returns(desk: Desk, client: Client) -> None:
    desk.publish(102, "second")
    address = desk.publish(101, "first")
    desk.folder.joinpath("en-gb/connecting/first.md").unlink()

    desk.sync()
    gone = client.get(address)
    desk.publish(101, "first")

    assert gone.status_code == 404
    assert client.get(address).status_code == 200


def edit_as_staff(app: Flask, article_id: int) -> None:
    """What the editor will do: one more revision, published."""
    with app.app_context():
        newest = revisions(app, article_id)[-1]
        values = {
            column.name: getattr(newest, column.name) for column in Revision.__table__.columns
        }
        staff = Revision(**{**values, "id": None, "number": newest.number + 1, "origin": "staff"})
        staff.parts = [{"kind": "html", "html": "<p>By staff.</p>"}]
        db.session.add(staff)
        db.session.flush()
        change = update(Article).where(Article.id == article_id)
        db.session.execute(change.values(published_revision_id=staff.id, keeper="staff"))
        written.bump_generation()
        db.session.commit()


def test_a_file_never_overwrites_what_staff_wrote(desk: Desk, client: Client) -> None:
    address = desk.publish(101, "first", "By file.")
    edit_as_staff(desk.app, 101)
    desk.guide(101, "first", "By file again.")

    report = desk.sync()

    assert "kept as revision 3, because staff have edited the article" in report.lines[0]
    assert "<p>By staff.</p>" in client.get(address).text
    assert desk.sync().lines == ["1 guides, nothing changed"]


def test_removing_a_file_leaves_what_staff_wrote(desk: Desk, client: Client) -> None:
    desk.publish(102, "second")
    address = desk.publish(101, "first")
    edit_as_staff(desk.app, 101)
    desk.folder.joinpath("en-gb/connecting/first.md").unlink()

    desk.sync()

    assert "<p>By staff.</p>" in client.get(address).text


def test_a_renamed_file_keeps_its_article(desk: Desk, client: Client) -> None:
    old = desk.publish(101, "old-name")
    desk.folder.joinpath("en-gb/connecting/old-name.md").unlink()

    new = desk.publish(101, "new-name")

    assert client.get(old).headers["Location"] == new
    assert client.get("/hc/en-gb/articles/old-name").headers["Location"] == new
    assert client.get("/hc/en-gb/articles/old-name").status_code == 301


def test_a_renamed_file_that_is_broken_leaves_the_old_page(desk: Desk, client: Client) -> None:
    old = desk.publish(101, "old-name")
    desk.folder.joinpath("en-gb/connecting/old-name.md").unlink()
    desk.guide(101, "new-name", "<Nonsense>")

    desk.sync()

    assert client.get(old).status_code == 200


def test_two_files_can_swap_their_names(desk: Desk, client: Client) -> None:
    desk.publish(101, "one")
    desk.publish(102, "two")
    desk.guide(102, "one", "Now 102.")
    desk.guide(101, "two", "Now 101.")

    report = desk.sync()

    assert not report.is_broken
    assert "Now 101." in client.get("/hc/en-gb/articles/101-two").text
    assert "Now 102." in client.get("/hc/en-gb/articles/102-one").text
    assert desk.sync().lines == ["2 guides, nothing changed"]


def test_a_new_picture_is_a_change(desk: Desk, client: Client) -> None:
    picture = desk.write("shot.png", "")
    picture.write_bytes(png(30, 20))
    address = desk.publish(101, "first", "![A form](shot.png)")
    before = client.get(address).text
    picture.write_bytes(png(60, 40))

    desk.sync()

    after = client.get(address).text
    assert 'width="30"' in before
    assert 'width="60"' in after


def test_pictures_survive_without_the_folder(desk: Desk, client: Client) -> None:
    picture = desk.write("shot.png", "")
    picture.write_bytes(png())
    address = desk.publish(101, "first", "![A form](shot.png)")
    picture.unlink()
    source = (
        client.get(address).text.partition('src="/hc/article_attachments/')[2].partition('"')[0]
    )

    response = client.get(f"/hc/article_attachments/{source}")

    assert response.data == png()
    assert response.mimetype == "image/png"
    assert "immutable" in response.headers["Cache-Control"]
    assert client.get(f"/hc/article_attachments/{source}x").status_code == 404


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.png", b"<svg onload=alert(1)>"),
        ("a.svg", b"<svg/>"),
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x01"),
        ("a.jpg", b"\xff\xd8" + b"\xff\xff" * 100),
        ("a.png", png(20_000, 2)),
        ("a(b).png", png()),
    ],
)
def test_what_is_not_a_picture_is_refused(desk: Desk, name: str, body: bytes) -> None:
    desk.write(name, "").write_bytes(body)
    desk.guide(101, "first", f"![A form](<{name}>)")

    report = desk.sync()

    assert report.is_broken
    with desk.app.app_context():
        assert db.session.scalars(select(Picture)).all() == []


def test_a_jpeg_tells_its_size(desk: Desk, client: Client) -> None:
    frame = b"\xff\xc0\x00\x11\x08\x00\x14\x00\x1e" + b"\x00" * 12
    desk.write("a.jpg", "").write_bytes(b"\xff\xd8\xff\xe0\x00\x04ab" + frame)

    page = client.get(desk.publish(101, "first", "![A form](a.jpg)")).text

    assert 'width="30"' in page
    assert 'height="20"' in page


def test_other_settings_are_a_change_but_not_a_new_text(
    desk: Desk, environ: dict[str, str]
) -> None:
    desk.publish(101, "first", "This is {{ product_name }}.", title="Use {{ product_name }}")
    site = create_app(Settings.from_environ({**environ, "PRODUCT_NAME": "Other <Name>"}))

    Desk(site, desk.folder).sync()

    old, new = revisions(desk.app, 101)
    assert (old.title, new.title) == ("Use Acme Billing", "Use Other <Name>")
    assert "This is Other &lt;Name&gt;." in new.parts[0]["html"]
    assert "This is Other \\<Name\\>." in new.machine


def test_the_codes_of_problems_lead_to_headings(desk: Desk) -> None:
    desk.guide(101, "first", "## You stopped {#stopped}\n", errors="{declined: stopped}")
    desk.guide(102, "second", "## Slow {#too-slow}\n", errors="[too_slow, elsewhere]")
    desk.sync()

    with desk.app.app_context():
        found = {code: library.help_for(code) for code in ("declined", "too_slow", "elsewhere")}
        assert library.help_for("never-heard-of") is None
    first, second = "/hc/en-gb/articles/101-first", "/hc/en-gb/articles/102-second"
    assert found == {
        "declined": library.Help("You stopped", f"{first}#stopped", "Guide 101", None),
        "too_slow": library.Help("Slow", f"{second}#too-slow", "Guide 102", None),
        "elsewhere": library.Help("Guide 102", second, "Guide 102", None),
    }


def test_a_code_without_its_heading_is_a_mistake(desk: Desk) -> None:
    desk.guide(101, "first", "Text.", errors="{declined: gone}")

    assert "first.md:10: errors: no heading" in "\n".join(desk.sync().lines)


def test_a_publication_that_fails_leaves_nothing_behind(
    desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = desk.publish(101, "first", "Old.")
    before = generation(desk.app)
    desk.guide(101, "first", "New.")
    desk.guide(102, "second")
    monkeypatch.setattr(catalogue, "_archive", lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        desk.sync()

    assert generation(desk.app) == before
    assert len(revisions(desk.app, 101)) == 1
    assert "<p>Old.</p>" in client.get(address).text


def test_two_publications_at_once_make_one_revision(desk: Desk) -> None:
    desk.guide(101, "first")
    ready = Barrier(2)

    def publish() -> list[str]:
        ready.wait()
        return desk.sync().lines

    with ThreadPoolExecutor() as pool:
        lines = [future.result() for future in (pool.submit(publish), pool.submit(publish))]

    assert sum("published as revision" in line for said in lines for line in said) == 1
    assert len(revisions(desk.app, 101)) == 1
    assert generation(desk.app) == 1


def test_the_commands_tell_what_they_did(desk: Desk) -> None:
    desk.guide(101, "first")
    run = desk.app.test_cli_runner().invoke

    checked = run(args=["content", "check"])
    synced = run(args=["content", "sync"])
    desk.guide(101, "first", "<Nonsense>")
    broken = run(args=["content", "sync"])

    assert checked.exit_code == 0
    assert checked.output.endswith("\n1 of 1 guides can be published\n")
    assert (synced.exit_code, "published as revision 1" in synced.output) == (0, True)
    assert broken.exit_code == 1
    assert "content/en-gb/connecting/first.md:12: <Nonsense> is not a component" in broken.output


def test_check_finds_links_to_headings_that_are_not_there(desk: Desk) -> None:
    desk.guide(101, "first", "## Own {#gone}\n\n[b](second.md#gone) [c](second.md#here)")
    desk.guide(102, "second", "## Here")

    with desk.app.app_context():
        report = intake.check(desk.folder)

    assert report.lines[0].startswith("content/en-gb/connecting/first.md:14: “#gone”")
    assert len([line for line in report.lines if "second look" not in line]) == 2


def test_links_to_a_guide_that_cannot_be_read_now_stay(desk: Desk, client: Client) -> None:
    desk.publish(102, "second")
    desk.guide(102, "second", "Text.", nonsense="1")

    address = "/hc/en-gb/articles/101-first"
    desk.guide(101, "first", "[b](second.md)")
    desk.sync()

    assert 'href="/hc/en-gb/articles/102-second"' in client.get(address).text


def test_notes_beside_guides_are_left_alone(desk: Desk) -> None:
    desk.write("_notes.md", "not a guide")
    desk.guide(101, "first")

    assert not desk.sync().is_broken
    assert shelf.scan(desk.folder).present == {"en-gb/connecting/first.md"}
