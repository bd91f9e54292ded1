"""A folder that somebody means harm with is refused in words, in time, and nothing else is done."""

import json
import os
from pathlib import Path
from time import monotonic

import pytest

from tests.content.desk import Desk
from tests.content.moving import PAGE, bring_in, site

DEEP: object = "one"
for _ in range(30):
    DEEP = {"group": "g", "pages": [DEEP]}
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
LONG = "x" * 5000


def told(desk: Desk, folder: Path) -> str:
    """What the import says of the folder; it must end, soon and by itself."""
    begun = monotonic()
    result = bring_in(desk.app, folder)
    assert result.exception is None or type(result.exception) is SystemExit, result.exception
    assert monotonic() - begun < 10
    result.output.encode()
    return result.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"name": "\xff"}', "the file is not UTF-8 text"),
        (b"\xff\xfe{\x00}\x00", "the file is not UTF-8 text"),
        (b"\xef\xbb\xbf{}", "“navigation” is missing"),
        (b" " * 3_000_000, "the file is larger than 2048 kB"),
        (b'{"n": ' + b"9" * 5000 + b"}", "a number in it is too long"),
        (
            b'{"navigation": {"pages": ["\\ud800"]}}',
            "site/docs.json:1: it contains half a character",
        ),
        (b'{"navigation": "one"}', "“navigation” is missing"),
        (b'"one"', "“navigation” is missing"),
        (b'{"navigation": {"pages": {}}}', "“pages” of “navigation” must be a list"),
        (b'{"a": ' + b'{"a": ' * 400 + b"1" + b"}" * 400 + b"}", "it is nested too deeply"),
        (b'"' * 999_999, "cannot be read"),
        (b'{"' + b"\\\\" * 900_000, "cannot be read"),
        (b"{" * 900_000, "cannot be read"),
    ],
)
def test_hostile_settings_are_refused(
    desk: Desk, tmp_path: Path, text: bytes, message: str
) -> None:
    folder = site(tmp_path / "site", {"one": "One."})
    (folder / "docs.json").write_bytes(text)

    assert message in told(desk, folder)


@pytest.mark.parametrize(
    ("navigation", "message"),
    [
        ({"pages": [LONG, "one"]}, "the file cannot be read"),
        ({"pages": ["a\0b", "one"]}, "the file cannot be read"),
        ({"pages": ["/etc/passwd", "..", "one"]}, "“..” leads out of the folder"),
        ({"pages": [DEEP, "one"]}, "the navigation is nested more than 20 deep"),
        ({"pages": [f"p{number}" for number in range(5001)]}, "more than 5000 pages"),
        (
            {"groups": [{"group": "\x07", "pages": []}], "pages": ["one"]},
            "an entry without “group”",
        ),
        ({"groups": [{"group": LONG, "pages": ["one"]}]}, "one.md: published"),
        ({"groups": [{"group": "a\x07\x1b[31mb", "pages": ["one"]}]}, "section “a[31mb”"),
        ({"groups": [{"group": "../../x", "pages": ["one"]}]}, "content/en-gb/x/one.md"),
        ({"groups": [{"group": "_snippets", "pages": ["one"]}]}, "content/en-gb/snippets/one.md"),
        ({"languages": [{"language": 5, "pages": ["one"]}]}, "an entry without “language”"),
        ({"languages": {"en": ["one"]}, "pages": ["one"]}, "“languages” of “navigation” must be"),
        ({"languages": [{"language": "../x", "pages": ["one"]}]}, "is no language that we know"),
        ({"languages": [{"language": LONG, "pages": ["one"]}]}, "is no language that we know"),
        ({"global": ["one"], "root": {"x": 1}, "pages": ["one", None, 5]}, "“5” is neither"),
    ],
)
def test_a_hostile_navigation_is_refused(
    desk: Desk, tmp_path: Path, navigation: object, message: str
) -> None:
    folder = site(tmp_path / "site", {"one": "One."}, navigation=navigation)

    assert message in told(desk, folder)
    inside = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}
    assert inside <= {"site", "content", "instance", "sandbox.db"} | {
        path.name for path in tmp_path.iterdir() if path.name.startswith("site.db")
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"redirects": {"source": "/a"}},
        {"redirects": [5, {}, {"source": 5, "destination": ["one"]}]},
        {"redirects": [{"source": "/a b\n#c", "destination": "/one"}]},
        {"redirects": [{"source": f"/{LONG}", "destination": "/one"}]},
        {"redirects": [{"source": "/\x00", "destination": "/one"}]},
        {"variables": ["a"]},
        {"variables": {"a": {"b": 1}, "b": "\n", "c": None, "d": True}},
        {"basePath": 5},
        {"basePath": "http://[::1"},
        {"basePath": "/../.."},
        {"seo": {"metatags": 5}},
        {"seo": 5},
        {"name": "../../../x"},
        {"name": "\x00"},
        {"name": LONG},
        {"name": ["a"]},
        {"banner": {LONG: LONG}},
    ],
)
def test_hostile_values_harm_nothing(
    desk: Desk, tmp_path: Path, settings: dict[str, object]
) -> None:
    folder = site(tmp_path / "site", {"one": "One. {{a}}"}, **settings)

    assert "one.md: published" in told(desk, folder)
    assert not list(tmp_path.glob("*.json"))


@pytest.mark.parametrize(
    "text",
    [
        f"---\ntitle: a\n{BOMB}---\nText.",
        f"---\ntitle: a\nkeywords: &k [*k]\n---\n{BOMB}",
        "---\ntitle: &a [*a]\n---\nText.",
        '---\ntitle: "\\0\\x07\\ud800"\n---\nText.',
        PAGE.format("a", "export const a = x" + " " * 9000 + "y\n"),
        PAGE.format("a", "export const a = (x\n" + (" " * 9000 + "\n") * 50 + "y)\n"),
        PAGE.format("a", "import " + "{" * 9000),
        PAGE.format("a", "import {" + "a," * 4000 + "} from '/snippets/x.mdx'"),
        PAGE.format("a", "[" * 9000),
        PAGE.format("a", "![](" * 2000),
        PAGE.format("a", "[a](" + "%2e%2e/" * 1000 + "etc/passwd)"),
        PAGE.format("a", "[a](/%00) ![b](/%00.png) [c](%ff%fe)"),
        PAGE.format("a", "[a](https://[) ![b](http://[x) [c](//evil.example.com/x)"),
        PAGE.format("a", "<a href='javascript:alert(1)'>x</a> [y](javascript:alert(1))"),
        PAGE.format("a", "<Snippet file='../../../etc/passwd' />"),
        PAGE.format("a", "<Snippet file={x} /> <Snippet />"),
        PAGE.format("a", f"<Snippet file='{LONG}' />\n\n![a](/{LONG}.png)"),
        PAGE.format("a", "import X from '/snippets/../../secret.mdx'\n\n<X />"),
        PAGE.format("a", "import Note from '/snippets/a.mdx'\n\n<Note>x</Note>"),
        PAGE.format("a", "<table>" + "<tr><td>" * 30),
        PAGE.format("a", "<table><tr>" + "<td>a</td>" * 900 + "</tr></table>"),
        PAGE.format("a", "{" + "/*" * 4000 + "}"),
        PAGE.format("a", "`" * 9000 + " {a} " + "`" * 8999),
        PAGE.format("a", "<Frame>" * 59),
        PAGE.format("a", "<Steps><Step title='" + "&" * 9000 + "'>x</Step></Steps>"),
        PAGE.format("a", "\x0b\x0c\x85\u2028\u202e<Note>\u2028x</Note>"),
    ],
)
def test_hostile_pages_harm_nothing(desk: Desk, tmp_path: Path, text: str) -> None:
    folder = site(tmp_path / "site", {"one": "One.", "two": "Two."})
    (tmp_path / "secret.mdx").write_text("The password is “oak”.")
    (folder / "one.mdx").write_text(text)

    output = told(desk, folder)

    assert "two.md: published" in output
    one = desk.folder / "en-gb/all/one.md"
    assert not one.exists() or "oak" not in one.read_text()
    assert "javascript:alert" not in desk.app.test_client().get("/one").text


def test_names_that_are_no_text_are_told(desk: Desk, tmp_path: Path) -> None:
    folder = site(tmp_path / "site", {"one": "One."})
    with Path(os.fsdecode(bytes(folder) + b"/\xff.mdx")).open("w") as file:
        file.write("---\ntitle: a\n---\n")
    (folder / "snippets").mkdir()
    with Path(os.fsdecode(bytes(folder) + b"/snippets/\xfe.mdx")).open("w") as file:
        file.write("Text.")

    output = told(desk, folder)

    assert "site/\\udcff.mdx:1: this page is in no navigation" in output
    assert "one.md: published" in output


def test_what_is_no_file_is_not_waited_for(desk: Desk, tmp_path: Path) -> None:
    folder = site(tmp_path / "site", {"one": "One.", "two": "Two."})
    (folder / "two.mdx").unlink()
    os.mkfifo(folder / "two.mdx")
    (folder / "three.mdx").mkdir()
    (folder / "loop").symlink_to(folder)

    output = told(desk, folder)

    assert "site/two.mdx:1: there is no such file" in output
    assert json.loads((folder / "docs.json").read_text())["name"] == "Small"
