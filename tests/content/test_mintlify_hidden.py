"""What a Mintlify site says of who finds a page, and of the page around its text: ours says the same, or it is told."""

import re
from pathlib import Path

import pytest

from tests.client import Client
from tests.content.desk import Desk, png
from tests.content.moving import PAGE, bring_in, page, site
from tests.content.test_page_matter import ORIGIN, turns


def with_matter(folder: Path, matter: str, **settings: object) -> Path:
    """A site of three pages, of which the second says something of itself."""
    site(folder, {"one": "One.", "two": "Two.", "three": "Three."}, **settings)
    (folder / "two.mdx").write_text(
        PAGE.format("two", "Two.").replace("---\n\n", f"{matter}\n---\n\n")
    )
    return folder


def is_told_of(client: Client, title: str) -> bool:
    places = ("/llms.txt", "/sitemap.xml", "/hc/en-gb")
    found = "".join(client.get(place).text for place in places)
    return re.search(rf"[>\[-]{title}[\]<]", found) is not None or f" · {title}" in found


@pytest.mark.parametrize("matter", ["hidden: true", "noindex: true"])
def test_a_hidden_page_is_unlisted(desk: Desk, client: Client, tmp_path: Path, matter: str) -> None:
    result = bring_in(desk.app, with_matter(tmp_path / "site", matter))

    assert result.exit_code == 0
    key = matter.partition(":")[0]
    assert f"site/two.mdx:4: {key}: this page is unlisted here" in result.output
    assert '<meta name="robots" content="noindex">' in page(client, "/two")
    assert not is_told_of(client, "two")


@pytest.mark.parametrize("matter", ["groups: [partners]", "public: false"])
def test_what_some_readers_could_read_is_for_staff(
    desk: Desk, client: Client, tmp_path: Path, matter: str
) -> None:
    result = bring_in(desk.app, with_matter(tmp_path / "site", f"{matter}\nhidden: true"))

    assert result.exit_code == 0
    key = matter.partition(":")[0]
    assert f"site/two.mdx:4: {key} keeps this page from some readers: it is int" in result.output
    assert client.get("/two").status_code == 404


def test_pages_in_no_navigation_are_unlisted(desk: Desk, client: Client, tmp_path: Path) -> None:
    folder = site(tmp_path / "site", {"a/one": "One. See [it](/a/alone)."})
    for name in ("a/alone", "b/far", "drafts/early", "notes"):
        path = folder / f"{name}.mdx"
        path.parent.mkdir(exist_ok=True)
        path.write_text(PAGE.format(path.stem, "Text."))
    (folder / ".mintignore").write_text("# not yet\n/drafts/\nnote*\n")

    result = bring_in(desk.app, folder)

    assert result.exit_code == 0
    assert "site/a/alone.mdx:1: this page is in no navigation: it is unlisted" in result.output
    for name in ("drafts/early", "notes"):
        assert f"site/{name}.mdx:1: .mintignore names this page: it is not" in result.output
        assert client.get(f"/{name}").status_code == 404
    assert "-alone" in page(client, "/a/one")
    for name in ("a/alone", "b/far"):
        assert "<p>Text.</p>" in page(client, f"/{name}")
    assert not is_told_of(client, "alone")
    assert not is_told_of(client, "far")


def test_a_page_that_is_shown_elsewhere_in_the_navigation_is_not_hidden(
    desk: Desk, client: Client, tmp_path: Path
) -> None:
    groups = [
        {"group": "Away", "hidden": True, "pages": ["one", "two"]},
        {"group": "Here", "pages": ["one"]},
    ]

    bring_in(desk.app, with_matter(tmp_path / "site", "", navigation={"groups": groups}))

    assert is_told_of(client, "one")
    assert not is_told_of(client, "two")


def test_what_a_page_says_of_itself_comes_along(desk: Desk, client: Client, tmp_path: Path) -> None:
    matter = [
        "boost: 2",
        "searchable: false",
        "canonical: https://elsewhere.example/two",
        '"og:image": /images/cover.png',
        "hideFooterPagination: true",
        "sidebarTitle: Short",
        "related: [three, /one, 'https://elsewhere.example/']",
        'lastUpdatedDate: "2024-03-04"',
        "timestamp: true",
    ]
    folder = with_matter(tmp_path / "site", "\n".join(matter))
    (folder / "images").mkdir()
    (folder / "images" / "cover.png").write_bytes(drawn())

    result = bring_in(desk.app, folder)

    assert result.exit_code == 0
    assert "site/two.mdx:9: left out: sidebarTitle: Short" in result.output
    html = page(client, "/two")
    assert '<link rel="canonical" href="https://elsewhere.example/two">' in html
    assert f'content="{ORIGIN}/hc/article_attachments/' in html
    assert turns(html) == {}
    file = (desk.folder / "en-gb/all/two.md").read_text()
    assert "search:\n  boost: 2\n  exclude: true\n" in file
    assert "related:\n- three.md\n- one.md\n" in file
    assert "left out: related: the link https://elsewhere.example/" in result.output
    assert "4 March 2024" in html


def drawn() -> bytes:
    return (Path(__file__).parent / "birch" / "images" / "people.png").read_bytes()


@pytest.mark.parametrize(
    ("matter", "message"),
    [
        ("boost: 200", "two.mdx:4: boost must be a number from 0.1 to 10: it is left out"),
        ("canonical: two", "two.mdx:4: canonical must be a whole address"),
        ("related: [gone]", "two.mdx:4: related: “gone” is no page that is taken in"),
        ("lastUpdatedDate: lately", "two.mdx:4: lastUpdatedDate: lately is no day"),
        ('"og:image": /gone.png', "two.mdx:4: og:image: the picture “/gone.png”"),
        ('"og:image": /broken.png', "two.mdx:4: og:image: the picture “/broken.png”"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(
    desk: Desk, client: Client, tmp_path: Path, matter: str, message: str
) -> None:
    folder = with_matter(tmp_path / "site", matter)
    (folder / "broken.png").write_bytes(png()[:20])

    result = bring_in(desk.app, folder)

    assert result.exit_code == 1
    assert f"site/{message}" in result.output
    assert "<p>Two.</p>" in page(client, "/two")


def test_a_page_without_related_ones_has_none_here(
    desk: Desk, client: Client, tmp_path: Path
) -> None:
    result = bring_in(desk.app, with_matter(tmp_path / "site", "related: false\ntimestamp: false"))

    assert result.exit_code == 0
    assert "article-related" not in page(client, "/two")
    assert "related: false\n" in (desk.folder / "en-gb/all/two.md").read_text()
    assert "two.mdx:5: left out: timestamp: the day of the last change" in result.output


def test_an_address_of_the_site_itself_is_ours_from_now_on(
    desk: Desk, client: Client, tmp_path: Path
) -> None:
    folder = with_matter(tmp_path / "site", "canonical: https://docs.example.com/two")

    bring_in(desk.app, folder, "--address", "https://docs.example.com")

    assert "docs.example.com" not in page(client, "/two")


def test_a_picture_elsewhere_is_told_of(desk: Desk, tmp_path: Path) -> None:
    matter = '"og:image": https://cdn.example.com/a.png'

    result = bring_in(desk.app, with_matter(tmp_path / "site", matter))

    assert result.exit_code == 0
    told = "site/two.mdx:4: left out: og:image: the picture “https://cdn.example.com/a.png” lies"
    assert told in result.output


def test_a_second_import_of_hidden_pages_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    folder = site(tmp_path / "site", {"one": "One."})
    (folder / "alone.mdx").write_text(PAGE.format("alone", "Text."))
    bring_in(desk.app, folder)

    again = bring_in(desk.app, folder)

    assert again.output.endswith("2 guides, nothing changed\n")
