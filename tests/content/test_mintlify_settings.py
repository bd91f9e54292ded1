"""Everything in the settings of a Mintlify site is taken in or told of, wherever it stands."""

import json
from pathlib import Path
from time import monotonic

import pytest

from tests.client import Client
from tests.content.desk import Desk
from tests.content.moving import bring_in, page, site

ONE = {"one": "One.", "two": "Two."}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("banner", {"content": "We have news."}),
        ("navbar", {"links": [{"label": "Community", "href": "https://c.example.com"}]}),
        ("footer", {"socials": {"x": "https://x.com/birch"}}),
        ("api", {"openapi": "openapi.json"}),
        ("integrations", {"ga4": {"measurementId": "G-1"}}),
        ("errors", {"404": {"title": "Not here"}}),
        ("tabs", [{"name": "API", "url": "api"}]),
        ("anchors", [{"name": "Blog", "url": "https://b.example.com"}]),
        ("dropdowns", [{"dropdown": "More"}]),
        ("products", [{"product": "Other"}]),
        ("versions", ["v1", "v2"]),
        ("something-new", 5),
    ],
)
def test_what_is_not_taken_in_is_told_with_its_line(
    desk: Desk, tmp_path: Path, key: str, value: object
) -> None:
    folder = site(tmp_path / "site", ONE, **{key: value})
    lines = (folder / "docs.json").read_text().split("\n")
    line = next(number for number, text in enumerate(lines, 1) if f'"{key}":' in text)

    result = bring_in(desk.app, folder)

    words = f"site/docs.json:{line}: “{key}” has no counterpart here and was not taken in: "
    assert f"{words}{json.dumps(value, ensure_ascii=False)}" in result.output
    assert result.exit_code == 1


def test_looks_are_told_and_are_no_failure(desk: Desk, tmp_path: Path) -> None:
    looks = {"theme": "mint", "colors": {"primary": "#fff"}, "$schema": "https://x.example.com"}

    result = bring_in(desk.app, site(tmp_path / "site", ONE, **looks))

    for key in looks:
        assert f": left out: {key} of the site" in result.output
    assert result.exit_code == 0


def test_a_language_may_have_a_banner_of_its_own_which_is_told(desk: Desk, tmp_path: Path) -> None:
    languages = [{"language": "en", "banner": {"content": "News."}, "pages": ["one", "two", "one"]}]

    result = bring_in(desk.app, site(tmp_path / "site", ONE, navigation={"languages": languages}))

    assert "site/docs.json:7: “en” has “banner”, which has no counterpart here" in result.output
    assert "“one” stands in the navigation again: it is one guide" in result.output


def test_variables_are_put_in_their_places(desk: Desk, tmp_path: Path, client: Client) -> None:
    pages = {"one": "Version {{version}}, or {{ api-url }}; {{unknown}}.\n\n```\n{{version}}\n```"}
    variables = {"version": "2.0.0", "api-url": "https://api.example.com", "bad": ["a"]}

    result = bring_in(desk.app, site(tmp_path / "site", pages, variables=variables))

    html = page(client, "/one")
    assert "Version 2.0.0, or https://api.example.com;" in html.replace("</a>", "")
    assert "the variable “bad” is no text of one line" in result.output
    assert "{{unknown}} would have to be run" in result.output
    assert html.count("2.0.0") == 2


def test_a_variable_that_makes_a_page_endless_is_refused(desk: Desk, tmp_path: Path) -> None:
    pages = {"one": "{{a}}\n" * 5000, "two": "{{a}}" * 3, "three": "Three."}

    result = bring_in(desk.app, site(tmp_path / "site", pages, variables={"a": "x" * 5000}))

    assert (
        "site/one.mdx:1: with the site’s variables put in, this file is too large" in result.output
    )
    assert "site/two.mdx:6: with its variables this line is longer" in result.output
    assert "three.md: published" in result.output


def split(folder: Path, files: dict[str, object], **settings: object) -> Path:
    """A site whose settings stand in several files."""
    site(folder, ONE, **settings)
    for name, value in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(value, indent=1))
    return folder


def test_settings_may_stand_in_several_files(desk: Desk, tmp_path: Path, client: Client) -> None:
    files = {
        "config/navigation.json": {"groups": {"$ref": "deeper/groups.json"}, "directory": "card"},
        "config/deeper/groups.json": [{"$ref": "../group.json", "group": "Its own name"}],
        "config/group.json": {"group": "Not this", "pages": ["one", "two"], "href": "/x"},
    }
    navigation = {"$ref": "./config/navigation.json"}

    result = bring_in(desk.app, split(tmp_path / "site", files, navigation=navigation))

    assert "Its own name" in page(client, "/two")
    assert "site/config/group.json:7: “Its own name” leads to /x" in result.output
    assert "site/config/navigation.json:5: left out: directory of “navigation”" in result.output


@pytest.mark.parametrize(
    ("files", "reference", "message"),
    [
        ({}, "gone.json", "site/docs.json:4: there is no file “gone.json”"),
        ({}, "../secret.json", "“../secret.json” leads out of the folder"),
        ({}, "/config.json", "“/config.json” leads out of the folder"),
        ({}, 5, "“5” leads out of the folder"),
        ({}, "docs.json", "“docs.json” refers to itself"),
        (
            {"a.json": {"$ref": "b.json"}, "b.json": {"$ref": "a.json"}},
            "a.json",
            "b.json:2: “a.json” refers to itself",
        ),
        ({"a.json": "{"}, "a.json", "“navigation” is missing"),
        (
            {"a.json": [{"$ref": "b.json"}] * 600, "b.json": {}},
            "a.json",
            "more than 500 references",
        ),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(
    desk: Desk, tmp_path: Path, files: dict[str, object], reference: object, message: str
) -> None:
    (tmp_path / "secret.json").write_text('{"pages": ["one"]}')
    folder = split(tmp_path / "site", files, navigation={"$ref": reference})

    result = bring_in(desk.app, folder)

    assert message in result.output
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)


def test_references_do_not_grow_beyond_all_measure(desk: Desk, tmp_path: Path) -> None:
    files: dict[str, object] = {
        f"{number}.json": {f"k{each}": {"$ref": f"{number + 1}.json"} for each in range(20)}
        for number in range(9)
    }
    begun = monotonic()

    result = bring_in(
        desk.app, split(tmp_path / "site", {**files, "9.json": {}}, more={"$ref": "0.json"})
    )

    assert "there are more than 500 references" in result.output
    assert monotonic() - begun < 5


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (("--address", "https://www.example.com/docs"), {}),
        ((), {"seo": {"metatags": {"canonical": "https://www.example.com/docs/"}}}),
    ],
)
def test_a_site_in_a_part_of_another_keeps_its_links_and_addresses(
    desk: Desk,
    tmp_path: Path,
    client: Client,
    options: tuple[str, ...],
    settings: dict[str, object],
) -> None:
    links = (
        "[a](/docs/b/two#top) [b](b/two) [c](/b/two) [d](https://www.example.com/docs/b/two?x=1)"
        " [e](https://www.example.com/pricing) [f](https://www.example.com/docs/gone)"
    )
    pages = {
        "one": links,
        "b/two": "## Top\n\n[a](../one) [b](/docs/one.mdx) [c](/docs)",
        "index": "Home.",
    }

    result = bring_in(desk.app, site(tmp_path / "site", pages, **settings), *options)

    html, other = page(client, "/docs/one"), page(client, "/docs/b/two")
    two = client.get("/docs/b/two").headers["Location"]
    assert client.get("/b/two").headers["Location"] == two
    assert html.count(f'href="{two}') >= 4
    assert 'href="https://www.example.com/pricing"' in html
    assert "the link “https://www.example.com/docs/gone” leads to no page" in result.output
    assert other.count(client.get("/docs/one").headers["Location"]) >= 2
    assert client.get("/docs").headers["Location"] in other


def test_links_with_the_usual_part_are_understood_without_being_told(
    desk: Desk, tmp_path: Path, client: Client
) -> None:
    result = bring_in(desk.app, site(tmp_path / "site", {"one": "[a](/docs/two)", "two": "Two."}))

    assert result.exit_code == 0, result.output
    assert f'<a href="{client.get("/two").headers["Location"]}"' in page(client, "/one")


def test_pictures_and_redirects_of_a_part_are_found(
    desk: Desk, tmp_path: Path, client: Client
) -> None:
    picture = Path(__file__).parent / "birch/images/people.png"
    redirects = [{"source": "/old", "destination": "/help/one"}]
    folder = site(
        tmp_path / "site",
        {"one": "![People](/help/people.png)"},
        basePath="/help",
        redirects=redirects,
    )
    (folder / "people.png").write_bytes(picture.read_bytes())

    result = bring_in(desk.app, folder)

    assert result.exit_code == 0, result.output
    assert 'alt="People"' in page(client, "/help/old")
    assert client.get("/old").status_code == 301


def test_a_second_import_of_all_of_this_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    pages = {"one": "[a](/docs/two) {{v}}", "two": "Two."}
    folder = split(
        tmp_path / "site",
        {"nav.json": {"pages": ["one", "two"]}},
        navigation={"$ref": "nav.json"},
        variables={"v": "1"},
    )
    site_pages = {f"{name}.mdx": text for name, text in pages.items()}
    for name, text in site_pages.items():
        (folder / name).write_text(f"---\ntitle: T\ndescription: D.\n---\n{text}\n")
    bring_in(desk.app, folder, "--address", "/docs")
    before = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}

    again = bring_in(desk.app, folder, "--address", "/docs")

    assert again.output == "2 guides, nothing changed\n"
    assert {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()} == before
