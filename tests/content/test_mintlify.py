"""A site made with Mintlify moves in: `birch/` is one, small, with most of what such sites use."""

import json
import re
import shutil
from pathlib import Path
from time import process_time

import pytest
from flask import Flask

from tests.client import Client
from tests.content.desk import Desk
from tests.content.moving import PAGE, bring_in, page, site
from xero_onboard.content import drafts, editing, manuscript
from xero_onboard.content.revisions import Note
from xero_onboard.lib.db import begin_write, commit

BIRCH = Path(__file__).parent / "birch"


def test_pages_come_with_their_navigation_and_old_addresses_answer(
    desk: Desk, client: Client
) -> None:
    bring_in(desk.app, BIRCH)

    home = client.get("/hc/en-gb").text
    places = [home.index(f">{title}<") for title in ("Get started", "Get started – Connect", "API")]
    assert places == sorted(places)
    for old in ("/index", "/quickstart", "/start", "/guides/connect-your-ledger", "/api"):
        assert "<h1" in page(client, old)
    machine = client.get(client.get("/quickstart.md").headers["Location"])
    assert "# Quickstart" in machine.text


def test_what_both_dialects_have_stays_what_it_is(desk: Desk, client: Client) -> None:
    bring_in(desk.app, BIRCH)

    html = page(client, "/quickstart")

    assert html.count('<li class="step">') == 2
    assert "Check the dates first." in html
    assert "Everybody is chosen at first</figcaption>" in html
    assert 'alt="A list of people, each with a tick"' in html
    for title in ("npm", "birch.py", "Monthly", "What if the bank is closed?"):
        assert title in html
    assert "Birch takes 5 minutes." in html
    assert "You need to be an administrator in" in html
    assert "Write to <strong>support@example.com</strong>." in html
    assert "the design team" not in html
    assert "-connect-your-ledger" in html
    assert "2026-10-01" in html
    assert "pays your people" in page(client, "/index")


def test_plain_html_becomes_markdown(desk: Desk, client: Client) -> None:
    bring_in(desk.app, BIRCH)

    html = page(client, "/api/upload")

    assert "A <strong>CSV</strong> file" in html
    assert "2 MB | 3 MB" in html
    assert "Read this first." in html
    assert "An alert that nobody knows." in html
    assert "<strong>total</strong> (number)" in page(client, "/api")


@pytest.mark.parametrize(
    "line",
    [
        "birch/docs.json:9: left out: icon of “Guides”",
        "birch/docs.json:22: “Internal” is hidden: its pages are unlisted here",
        "birch/docs.json:27: “GET /payslips” is made from an OpenAPI file: it is not taken in",
        "birch/docs.json:37: the redirect from “/old/:slug*” leads to no single page",
        "birch/quickstart.mdx:10: JavaScript does not run here",
        "birch/quickstart.mdx:18: {new Date().getDate()} would have to be run",
        "birch/quickstart.mdx:62: <Chart> is not known here",
        "birch/quickstart.mdx:64: <Carousel> is not known here",
        "birch/quickstart.mdx:68: the link “/guides/missing” leads to no page",
        "birch/quickstart.mdx:68: the picture “images/people.png” has no text",
        "birch/quickstart.mdx:71: <iframe> cannot be shown in a page",
        "birch/quickstart.mdx:75: <Note> is never closed",
        "birch/snippets/before-you-start.mdx:2: {product} would have to be run",
        "birch/api/index.mdx:4: openapi",
        "birch/api/upload.md:18: only <Step> may stand in <Steps>",
        "birch/api/upload.md:23: unknown alert “FANCY”",
        "birch/api/upload.md:26: the link “#nowhere” leads to no heading",
        "birch/guides/lonely.mdx:1: this page is in no navigation",
    ],
)
def test_what_cannot_be_converted_is_told_with_its_line(desk: Desk, line: str) -> None:
    result = bring_in(desk.app, BIRCH)

    assert line in result.output
    assert result.exit_code == 1


def test_players_of_allowed_hosts_are_videos_and_others_links(
    desk: Desk, tmp_path: Path, client: Client
) -> None:
    tube = 'src="https://www.youtube.com/embed/abc?start=9" title="The \'button\'" allowFullScreen'
    body = f"""<Frame caption="In brief">
  <iframe width="560" {tube}></iframe>
</Frame>

<Steps>
<Step title="Look">
<div className="film"><iframe {tube.replace("abc", "def")} style={{{{ border: 0 }}}}></iframe></div>
</Step>
</Steps>

<video controls src="https://files.example.com/a.mp4"></video>

<iframe src="https://youtube.com.evil.example/embed/abc" title="Not theirs"></iframe>"""

    said = bring_in(desk.app, site(tmp_path / "site", {"film": body})).output

    html = page(client, "/film")
    players = re.findall(r'data-player="([^"]*)"', html)
    base = "https://www.youtube-nocookie.com/embed"
    assert players == [f"{base}/{name}?autoplay=1&amp;start=9" for name in ("abc", "def")]
    assert "<figcaption>In brief</figcaption>" in html
    assert '<a href="https://files.example.com/a.mp4" rel="noopener">Video</a>' in html
    assert (
        '<a href="https://youtube.com.evil.example/embed/abc" rel="noopener">Not theirs</a>' in html
    )
    assert "film.mdx:16: <video> cannot be shown in a page (files with videos" in said
    assert (
        "film.mdx:18: <iframe> cannot be shown in a page (videos of youtube.com.evil.example"
        in said
    )
    assert "film.mdx:7: left out: allowFullScreen of <iframe>" in said


def test_what_is_told_of_can_still_be_read(desk: Desk, client: Client) -> None:
    bring_in(desk.app, BIRCH)

    html = page(client, "/quickstart")

    assert "{new Date().getDate()}" in html
    assert "&lt;Chart data={[1, 2, 3]} /&gt;" in html
    assert "What others say" in html
    assert "with lunch" in html
    assert "the missing page (/guides/missing)" in html
    assert 'href="https://video.example.com/1"' in html
    assert "oak" not in html
    assert "“oak”" in page(client, "/guides/for-us")
    assert "For us alone" not in client.get("/llms.txt").text + client.get("/hc/en-gb").text


def test_a_site_in_order_ends_well_and_a_second_import_changes_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    folder = site(tmp_path / "site", {"one": "One. See [two](two).", "two": "Two."})

    first = bring_in(desk.app, folder)
    again = bring_in(desk.app, folder)

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "content/en-gb/all/one.md: published as revision 1" in first.output
    assert again.output == "2 guides, nothing changed\n"


def test_a_change_of_the_site_comes_in_and_what_is_gone_goes(
    desk: Desk, tmp_path: Path, client: Client
) -> None:
    bring_in(desk.app, site(tmp_path / "site", {"one": "Old.", "two": "Two."}))
    old = client.get("/one").headers["Location"]
    (tmp_path / "site" / "two.mdx").unlink()

    result = bring_in(desk.app, site(tmp_path / "site", {"one": "New."}))

    assert "content/en-gb/all/two.md: removed, because the site has it no more" in result.output
    assert "<p>New.</p>" in client.get(old).text
    assert client.get("/two").status_code == 404


def test_what_staff_wrote_since_is_not_overwritten(
    desk: Desk, tmp_path: Path, client: Client
) -> None:
    bring_in(desk.app, site(tmp_path / "site", {"one": "Theirs.", "two": "Two."}))
    address = client.get("/one").headers["Location"]
    by_staff(desk.app, int(address.rpartition("/")[2].partition("-")[0]))

    result = bring_in(desk.app, site(tmp_path / "site", {"one": "Theirs, again.", "two": "Two."}))

    assert "because staff have edited the article since" in result.output
    assert "<p>By staff.</p>" in client.get(address).text


def by_staff(app: Flask, article_id: int) -> None:
    with app.app_context():
        writing = drafts.opened(article_id)
        text = manuscript.of(writing.text.matter, "By staff.")
        begin_write()
        editing.publish(article_id, writing.head, text, Note("staff"))
        commit()


def test_a_file_that_was_changed_here_is_left_as_it_is(desk: Desk, tmp_path: Path) -> None:
    bring_in(desk.app, site(tmp_path / "site", {"one": "Theirs."}))
    file = desk.folder / "en-gb/all/one.md"
    ours = file.read_text().replace("Theirs.", "Ours.")
    file.write_text(ours)

    result = bring_in(desk.app, site(tmp_path / "site", {"one": "Theirs, again."}))

    assert "content/en-gb/all/one.md: left as it is" in result.output
    assert file.read_text() == ours


def test_an_older_site_has_a_mint_json(desk: Desk, tmp_path: Path, client: Client) -> None:
    folder = site(tmp_path / "site", {"a/one": "One.", "a/two": "Two."})
    (folder / "docs.json").unlink()
    groups = [{"group": "First", "pages": ["a/one", {"group": "Inner", "pages": ["a/two"]}]}]
    (folder / "mint.json").write_text(json.dumps({"name": "Old", "navigation": groups}))

    result = bring_in(desk.app, folder)

    assert result.exit_code == 0, result.output
    assert "First – Inner" in page(client, "/a/two")


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("docs.json", '{"navigation": [', "site/docs.json:1: cannot be read"),
        ("docs.json", "[]", "“navigation” is missing"),
        ("docs.json", "[" * 100_000, "it is nested too deeply"),
        ("docs.json", '{"navigation": {"pages": "one"}}', "“pages” of “navigation” must be a list"),
        ("docs.json", '{"navigation": {"groups": [{}]}}', "an entry without “group”"),
        ("docs.json", '{"navigation": {"pages": [1, "../../etc/x"]}}', "leads out of the folder"),
        ("one.mdx", "---\ntitle: [\n---\n", "site/one.mdx:2: cannot be read"),
        ("one.mdx", "---\ntitle: a\n", "the “---” that ends the top of the file is missing"),
        ("one.mdx", "x" * 600_000, "larger than 512 kB"),
        ("one.mdx", "\x00", "a zero byte"),
        ("one.mdx", "<a \n" * 120_000, "too tangled"),
        ("one.mdx", "{" * 500_000, "this line is longer"),
        ("one.mdx", "{\n" * 200_000, "too tangled"),
        ("one.mdx", "<b>\n" * 100_000, "nested more than"),
    ],
)
def test_a_hostile_folder_is_refused_in_words(
    desk: Desk, tmp_path: Path, file: str, text: str, message: str
) -> None:
    folder = site(tmp_path / "site", {"one": "One."})
    (folder / file).write_text(text)
    begun = process_time()

    result = bring_in(desk.app, folder)

    assert message in result.output
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert process_time() - begun < 5


def test_nothing_outside_the_folder_is_read(desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret.mdx"
    secret.write_text(PAGE.format("Secret", "oak"))
    picture = BIRCH / "images/people.png"
    shutil.copy(picture, tmp_path / "secret.png")
    folder = site(tmp_path / "site", {"one": "![a](../secret.png) ![b](/linked.png)", "two": ""})
    (folder / "two.mdx").unlink()
    (folder / "two.mdx").symlink_to(secret)
    (folder / "linked.png").symlink_to(tmp_path / "secret.png")

    result = bring_in(desk.app, folder)

    assert "site/two.mdx:1: this leads out of the folder" in result.output
    assert "the picture “../secret.png” leads out of the folder" in result.output
    assert "the picture “/linked.png”: this leads out of the folder" in result.output
    assert not [path for path in desk.folder.rglob("*") if path.suffix == ".png"]
    assert "oak" not in (desk.folder / "en-gb/all/one.md").read_text()


def test_a_page_that_is_not_text_and_a_picture_that_is_none(desk: Desk, tmp_path: Path) -> None:
    folder = site(tmp_path / "site", {"one": "![A drawing](drawing.svg)", "two": "Two."})
    (folder / "drawing.svg").write_text("<svg onload='alert(1)'/>")
    (folder / "two.mdx").write_bytes("---\ntitle: é\n---\n".encode("latin-1"))

    result = bring_in(desk.app, folder)

    assert "the picture “drawing.svg” cannot be read" in result.output
    assert "site/two.mdx:1: the file is not UTF-8 text" in result.output
    assert "(A drawing)" in (desk.folder / "en-gb/all/one.md").read_text()


def test_an_address_of_this_site_cannot_be_an_old_one(desk: Desk, tmp_path: Path) -> None:
    result = bring_in(desk.app, site(tmp_path / "site", {"connect": "How to connect."}))

    assert "the old address “/connect” is one of this site’s own" in result.output


def test_a_folder_without_a_site_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()

    result = bring_in(desk.app, tmp_path / "nothing")

    assert result.output == "nothing/docs.json:1: there is no such file\n"
    assert result.exit_code == 1


def test_what_links_entries_and_folders_say_is_kept_or_told(
    desk: Desk, client: Client, tmp_path: Path
) -> None:
    text = """[x](/quickstart "Read me first")

<Update label="May" tags={["New"]}>
Faster.
</Update>

<Tree.Folder name="plans">
Inside.
</Tree.Folder>
"""
    result = bring_in(desk.app, site(tmp_path / "site", {"quickstart": text}))

    assert "plans" in page(client, "/quickstart")
    assert 'left out: the title "Read me first" of “/quickstart”' in result.output
    assert "left out: tags of <Update>" in result.output
