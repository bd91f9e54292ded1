"""What the top of a guide says of the page around its text, and what readers are shown of it."""

import re
from collections.abc import Mapping

import pytest

from tests.client import Client
from tests.content.archives import run
from tests.content.desk import SECTION, Desk, png
from tests.employees import EDDIE, make
from tests.staff.test_articles import form_of, send
from xero_onboard import content
from xero_onboard.lib.db import db

ORIGIN = "http://localhost:8000"
ELSEWHERE = "https://docs.example.com/first"


@pytest.fixture
def editor(desk: Desk) -> Client:
    return make(desk.app, EDDIE, "editor", has_second_step=True).sign_in(desk.app)


def turns(page: str) -> dict[str, str]:
    """Where the page leads on to, by its words."""
    return {
        f"{rel} {title.strip()}": href
        for href, rel, title in re.findall(
            r'href="([^"]+)"\s+rel="(prev|next)".*?turn-title"[^>]*>([^<]*)<', page, re.DOTALL
        )
    }


def address(number: int, name: str, locale: str = "en-gb") -> str:
    return f"/hc/{locale}/articles/{number}-{name}"


def three(desk: Desk, **matter: str) -> None:
    """Three guides in a row, of which the second says something."""
    desk.guide(101, "first", order="1")
    desk.guide(103, "third", order="3")
    desk.publish(102, "second", order="2", **matter)


def translated(desk: Desk, number: int, name: str, **matter: str) -> None:
    """A guide in French, as a file of its own."""
    folder = desk.folder / "fr-ca" / "brancher"
    folder.mkdir(parents=True, exist_ok=True)
    section = SECTION.replace("id: 10", "id: 20\ntranslation_of: 10")
    (folder / "_section.md").write_text(section.replace("Connecting", "Brancher"))
    words = {"locale": "fr-ca", "section": "brancher", "title": f"Le guide {number}", **matter}
    file = desk.guide(number, "aside", **words)
    file.rename(folder / f"{name}.md")


def checked(desk: Desk) -> list[str]:
    with desk.app.app_context():
        found = content.check(desk.folder).lines
        db.session.remove()
    return found


def test_a_guide_leads_on_to_its_neighbours_in_the_section(desk: Desk, client: Client) -> None:
    three(desk)

    found = turns(client.get(address(102, "second")).text)

    assert found == {
        "prev Guide 101": address(101, "first"),
        "next Guide 103": address(103, "third"),
    }
    assert list(turns(client.get(address(103, "third")).text)) == ["prev Guide 102"]


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("first.md", {"next Guide 101": "/hc/en-gb/articles/101-first"}),
        ("101", {"next Guide 101": "/hc/en-gb/articles/101-first"}),
        ("{title: Begin, path: first.md}", {"next Begin": "/hc/en-gb/articles/101-first"}),
        ("{title: Invoices, path: /invoices}", {"next Invoices": "/invoices"}),
        ("{title: Xero, path: 'https://xero.com/'}", {"next Xero": "https://xero.com/"}),
        ("false", {}),
    ],
)
def test_an_author_says_where_a_guide_leads_on_to(
    desk: Desk, client: Client, named: str, found: Mapping[str, str]
) -> None:
    three(desk, prev="false", next=named)

    assert turns(client.get(address(102, "second")).text) == found


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("next", "nothing.md", "the link “nothing.md” leads to no guide"),
        ("prev", "999", "no guide has the number 999"),
        ("next", "{title: Bad, path: 'javascript:alert(1)'}", "next must be a guide"),
        ("next", "/invoices", "next needs words for /invoices"),
        ("image", "shot.png", "the picture “shot.png” does not exist"),
        ("image", "../../../shot.png", "must be a file beside the guide"),
        ("canonical", "http://docs.example.com/", "must be a whole address that begins with https"),
        ("canonical", "https://a@b.example/", "must be a whole address that begins with https"),
        ("toc", "perhaps", "toc must be true or false"),
    ],
)
def test_what_leads_nowhere_is_a_mistake_in_its_line(
    desk: Desk, key: str, value: str, message: str
) -> None:
    desk.guide(101, "first", **{key: value})

    report = desk.sync()

    assert report.is_broken
    assert any("first.md:10: " in line and message in line for line in report.lines), report.lines


def test_what_a_reader_may_not_see_leads_nowhere(
    desk: Desk, client: Client, editor: Client
) -> None:
    desk.guide(103, "third", visibility="internal")
    desk.guide(102, "second", visibility="unlisted")
    desk.publish(101, "first", prev="second.md", next="third.md")

    seen, staff = client.get(address(101, "first")).text, editor.get(address(101, "first")).text

    assert turns(seen) == {"prev Guide 102": address(102, "second")}
    assert "103-third" not in seen
    assert turns(staff)["next Guide 103"] == address(103, "third")


def test_each_language_leads_on_in_its_own(desk: Desk, client: Client) -> None:
    translated(desk, 202, "deuxieme", translation_of="102")
    translated(desk, 203, "troisieme", translation_of="103", next="202")
    three(desk, next="101", prev="103")

    french = client.get(address(202, "deuxieme", "fr-ca")).text
    other = client.get(address(203, "troisieme", "fr-ca")).text
    foreign = client.get(address(101, "first", "fr-ca")).text

    assert turns(french)["next Le guide 203"] == address(203, "troisieme", "fr-ca")
    assert turns(other)["next Le guide 202"] == address(202, "deuxieme", "fr-ca")
    assert turns(foreign) == {"next Le guide 202": address(202, "deuxieme", "fr-ca")}
    english = client.get(address(102, "second")).text
    assert turns(english)["next Guide 101"] == address(101, "first")
    assert 'aria-label="Guide précédent et guide suivant"' in french


def test_the_names_follow_a_guide_that_moves(desk: Desk, client: Client, editor: Client) -> None:
    three(desk)
    place = "/staff/articles/102"
    chosen = {"prev": "none", "next": "third.md", "next_title": "Go on"}
    send(editor, "publish", form_of(editor, place) | chosen, place)
    moved = {"section": "10", "slug": "last", "after": "", "owner": ""}

    assert editor.post("/staff/articles/103/place", data=moved).status_code == 303

    assert turns(client.get(address(102, "second")).text) == {"next Go on": address(103, "last")}
    form = form_of(editor, place)
    assert (form["prev"], form["next"], form["next_title"]) == ("none", "last.md", "Go on")
    run(desk.app, "export", str(desk.folder))
    file = (desk.folder / "en-gb/connecting/second.md").read_text()
    assert "prev: false\nnext:\n  title: Go on\n  path: last.md\n" in file
    assert not desk.sync().is_broken


def test_a_file_is_told_of_the_new_name(desk: Desk, editor: Client) -> None:
    three(desk, next="{path: third.md, title: Go on}")
    moved = {"section": "10", "slug": "last", "after": "102", "owner": ""}
    editor.post("/staff/articles/103/place", data=moved)

    run(desk.app, "export", str(desk.folder))

    file = (desk.folder / "en-gb/connecting/second.md").read_text()
    assert "next: {path: last.md, title: Go on}" in file


def test_a_guide_without_a_table_of_contents(desk: Desk, client: Client) -> None:
    body = "## One\n\nA.\n\n## Two\n\nB."
    place = desk.publish(101, "first", body)
    assert "On this page" in client.get(place).text

    desk.publish(101, "first", body, toc="false")

    page = client.get(place).text
    assert "On this page" not in page
    assert '<h2 id="one">' in page


def test_a_guide_that_stands_elsewhere_says_so(desk: Desk, client: Client) -> None:
    desk.publish(101, "first", canonical=ELSEWHERE)

    page = client.get(address(101, "first"))

    assert f'<link rel="canonical" href="{ELSEWHERE}">' in page.text
    assert f'<meta property="og:url" content="{ELSEWHERE}">' in page.text
    assert f'<{ELSEWHERE}>; rel="canonical"' in page.headers.getlist("Link")
    form = client.get(f"{address(101, 'first')}.md")
    assert f'<{ELSEWHERE}>; rel="canonical"' in form.headers.getlist("Link")
    assert "not been translated" not in page.text
    assert "/articles/101-" not in client.get("/sitemap.xml").text
    assert "/articles/101-" in client.get("/llms.txt").text


def test_its_translations_are_no_others_of_what_stands_elsewhere(
    desk: Desk, client: Client
) -> None:
    translated(desk, 201, "premier", translation_of="101", canonical=ELSEWHERE)
    desk.publish(101, "first")

    pages = [client.get(address(101, "first")), client.get(address(201, "premier", "fr-ca"))]

    for page in (*pages, client.get("/sitemap.xml")):
        assert not re.search(r"hreflang=\"[\w-]+\"\s+href=\"[^\"]*/articles/", page.text)


def test_a_picture_stands_for_the_guide_where_it_is_told_of(desk: Desk, client: Client) -> None:
    desk.write("cover.png", "").write_bytes(png(30, 20))
    plain = client.get(desk.publish(102, "second")).text

    page = client.get(desk.publish(101, "first", image="cover.png")).text

    image = re.search(r'property="og:image"\s+content="([^"]+)"', page)
    assert image
    assert image[1].startswith(f"{ORIGIN}/hc/article_attachments/")
    assert client.get(image[1].removeprefix(ORIGIN)).status_code == 200
    assert '<meta property="og:image:width" content="30">' in page
    assert "/static/img/preview.png" in plain
    for each in (plain, page):
        assert '<meta name="twitter:card" content="summary_large_image">' in each


def test_the_picture_of_an_internal_guide_is_for_staff(desk: Desk, client: Client) -> None:
    desk.write("cover.png", "").write_bytes(png(30, 20))
    place = desk.publish(101, "first", image="cover.png")
    found = re.search(r'content="[^"]+(/hc/article_attachments/[^"]+)"', client.get(place).text)
    assert found

    desk.publish(101, "first", image="cover.png", visibility="internal")

    assert client.get(found[1]).status_code == 404


def test_the_editor_says_it_and_a_file_keeps_it(desk: Desk, editor: Client) -> None:
    desk.write("cover.png", "").write_bytes(png())
    desk.publish(101, "first", image="cover.png")
    place = "/staff/articles/101"
    chosen = {"toc_off": "yes", "canonical": ELSEWHERE, "prev": "none", "next": ""}

    send(editor, "publish", form_of(editor, place) | chosen, place)

    form = form_of(editor, place)
    assert {name: form.get(name) for name in chosen} == chosen
    assert form["image"] == "cover.png"
    run(desk.app, "export", str(desk.folder))
    file = (desk.folder / "en-gb/connecting/first.md").read_text()
    told = f"toc: false\ncanonical: {ELSEWHERE}\nimage: cover.png\nprev: false\n"
    assert told in file
    assert desk.sync().lines[0].startswith("content/en-gb/connecting/first.md: published")


def test_a_wrong_name_is_told_at_its_field(desk: Desk, editor: Client) -> None:
    desk.publish(101, "first")
    place = "/staff/articles/101"

    send(editor, "publish", form_of(editor, place) | {"next": "gone.md"}, place)

    page = editor.get(place).text
    assert "The guide after it</a>:" in page
    assert "the link “gone.md” leads to no guide" in page


def test_check_tells_of_links_that_readers_cannot_follow(desk: Desk, editor: Client) -> None:
    desk.guide(102, "second", visibility="internal", next="third.md")
    desk.guide(103, "third", visibility="internal")
    desk.publish(101, "first", "See [the second](second.md).", next="third.md")

    lines = checked(desk)

    in_text = "the guide “second” is for staff alone: readers get no page"
    at_foot = "the guide after it is for staff alone: readers are led on to nothing"
    assert f"content/en-gb/connecting/first.md:13: worth a second look: {in_text}" in lines
    assert f"content/en-gb/connecting/first.md:10: worth a second look: {at_foot}" in lines
    assert not any("second.md" in line and "staff alone" in line for line in lines)
    page = editor.get("/staff/articles/101").text
    assert in_text in page
    assert at_foot in page
