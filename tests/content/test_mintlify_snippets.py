"""The snippets of a Mintlify site become ours where ours can carry them."""

import shutil
from pathlib import Path
from time import monotonic

import pytest

from tests.client import Client
from tests.content.desk import Desk
from tests.content.moving import bring_in, page, site

BIRCH = Path(__file__).parent / "birch"
USE = 'import Help from "/snippets/help.mdx";\n\n<Help />'


def with_snippets(folder: Path, pages: dict[str, str], **snippets: str) -> Path:
    site(folder, pages)
    (folder / "snippets").mkdir(exist_ok=True)
    for name, text in snippets.items():
        (folder / "snippets" / f"{name}.mdx").write_text(text)
    return folder


def test_a_snippet_stands_in_each_page_and_changes_in_all_at_once(
    desk: Desk, tmp_path: Path, client: Client
) -> None:
    pages = {"one": USE, "two": '<Note>\n<Snippet file="help.mdx" />\n</Note>'}
    folder = with_snippets(tmp_path / "site", pages, help="Write to [us](/two), **soon**.")

    first = bring_in(desk.app, folder)
    again = bring_in(desk.app, folder)
    ours = desk.folder / "en-gb/_snippets/help.md"
    html = [page(client, old) for old in ("/one", "/two")]
    ours.write_text("Something else.\n")
    desk.sync()

    assert (first.exit_code, again.output) == (0, "2 guides, nothing changed\n"), first.output
    assert all("Write to <a href=" in each and "<strong>soon</strong>" in each for each in html)
    assert '<Snippet name="help" />' in (desk.folder / "en-gb/all/one.md").read_text()
    for old in ("/one", "/two"):
        assert "<p>Something else.</p>" in page(client, old)


def test_a_snippet_with_a_picture_and_another_snippet_in_it(
    desk: Desk, tmp_path: Path, client: Client
) -> None:
    outer = 'import Inner from "./inner.mdx";\n\n![People](/people.png)\n\n<Inner />'
    folder = with_snippets(tmp_path / "site", {"one": USE}, help=outer, inner="Inside.")
    shutil.copy(BIRCH / "images/people.png", folder / "people.png")

    result = bring_in(desk.app, folder)

    assert result.exit_code == 0, result.output
    assert '<Snippet name="inner" />' in (desk.folder / "en-gb/_snippets/help.md").read_text()
    assert "<p>Inside.</p>" in page(client, "/one")
    assert 'alt="People"' in page(client, "/one")


@pytest.mark.parametrize(
    ("use", "text", "message"),
    [
        (
            USE.replace("/>", 'role="boss" />'),
            "You are {role}.",
            "site/one.mdx:8: <Help> is given words of its own",
        ),
        (
            USE.replace("/>", ">Inside</Help>"),
            "Words.",
            "site/one.mdx:8: <Help> is given words of its own",
        ),
        (USE.replace("<Help />", "## About <Help />"), "it", ""),
        (
            USE.replace("<Help />", "<h2>About <Help /></h2>"),
            "it",
            "site/one.mdx:8: <Help> stands within a line",
        ),
        (
            USE,
            "See [two](two).",
            "site/snippets/help.mdx:1: stands as text in each page that uses it: its links are",
        ),
        (USE, "<Note>\nUnclosed.", "site/snippets/help.mdx:1: <Note> is never closed"),
        (USE, "", "stands as text in each page that uses it: it is empty"),
        (USE, "> [!FANCY]\n> Words.", "stands as text in each page that uses it: alone, "),
    ],
)
def test_what_ours_cannot_carry_stands_as_text_and_is_told(
    desk: Desk, tmp_path: Path, use: str, text: str, message: str
) -> None:
    folder = with_snippets(tmp_path / "site", {"one": use, "two": "Two."}, help=text)

    result = bring_in(desk.app, folder)
    again = bring_in(desk.app, folder)

    assert message in result.output
    assert "one.md: published" in result.output
    assert "2 guides, nothing changed" in again.output


def test_a_snippet_is_written_for_each_language_that_uses_it(desk: Desk, tmp_path: Path) -> None:
    languages = [{"language": "en", "pages": ["one"]}, {"language": "fr", "pages": ["fr/one"]}]
    folder = with_snippets(tmp_path / "site", {"one": USE, "fr/one": USE}, help="Help.")
    site(folder, {}, navigation={"languages": languages})

    result = bring_in(desk.app, folder)

    assert result.exit_code == 0, result.output
    for locale in ("en-gb", "fr"):
        assert (desk.folder / locale / "_snippets/help.md").read_text() == "Help.\n"


def test_a_snippet_that_no_import_has_written_stays(
    desk: Desk, tmp_path: Path, client: Client
) -> None:
    ours = desk.folder / "en-gb/_snippets/help.md"
    ours.parent.mkdir(parents=True)
    ours.write_text("Ours.\n")

    result = bring_in(desk.app, with_snippets(tmp_path / "site", {"one": USE}, help="Theirs."))

    assert "there is such a snippet already, which no import has written" in result.output
    assert ours.read_text() == "Ours.\n"
    assert "<p>Theirs.</p>" in page(client, "/one")


def test_a_snippet_that_is_used_no_more_goes_and_one_that_never_was_is_told(
    desk: Desk, tmp_path: Path
) -> None:
    folder = with_snippets(tmp_path / "site", {"one": USE}, help="Help.", idle="Idle.")
    first = bring_in(desk.app, folder)
    site(folder, {"one": "Nothing."})

    bring_in(desk.app, folder)

    assert "site/snippets/idle.mdx:1: no page uses this snippet" in first.output
    assert not (desk.folder / "en-gb/_snippets/help.md").exists()


@pytest.mark.parametrize(
    "snippets",
    [
        {"help": 'import Help from "/snippets/help.mdx";\n\n<Help />'},
        {"help": 'import B from "b.mdx";\n\n<B />', "b": 'import A from "help.mdx";\n\n<A />'},
        {"help": 'import {x} from "/snippets/help.mdx";\n\n{x}'},
        {"help": 'import {x} from "b.mdx";\n\n{x}', "b": 'import {x} from "help.mdx";\n'},
        {
            "help": 'import B from "b.mdx";\n\n<B a="1" />',
            "b": 'import A from "help.mdx";\n\n<A b="1" />',
        },
    ],
)
def test_snippets_that_hold_themselves_are_told(
    desk: Desk, tmp_path: Path, snippets: dict[str, str]
) -> None:
    pages = {"one": USE, "two": 'import {x} from "/snippets/help.mdx";\n\n{x}'}

    result = bring_in(desk.app, with_snippets(tmp_path / "site", pages, **snippets))

    assert "this holds itself, directly or in another" in result.output
    assert type(result.exception) is SystemExit


def test_snippets_do_not_grow_beyond_all_measure(desk: Desk, tmp_path: Path) -> None:
    deep = {
        f"s{number}": f'import S from "s{number + 1}.mdx";\n\n' + '<S a="{b}" />\n' * 200
        for number in range(4)
    }
    pages = {"one": 'import S from "/snippets/s0.mdx";\n\n<S a="b" />', "two": "Two."}
    begun = monotonic()

    result = bring_in(desk.app, with_snippets(tmp_path / "site", pages, **deep, s4="Deep."))

    assert "the snippets of this page are larger than 2048 kB" in result.output
    assert "two.md: published" in result.output
    assert monotonic() - begun < 20
