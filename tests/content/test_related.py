"""The guides that an author names as related, and which of them their readers are shown."""

import re

import pytest

from tests.client import Client
from tests.content.archives import run
from tests.content.desk import Desk
from tests.content.test_page_matter import address, checked, editor, translated
from tests.staff.test_articles import form_of, send

__all__ = ["editor"]

PLACE = "/staff/articles/101"


def related(page: str) -> list[str]:
    """The addresses in the list of related guides, in order; nothing where there is no list."""
    block = page.partition('class="article-related"')[2].partition("</section>")[0]
    return re.findall(r'href="([^"]+)"', block)


def five(desk: Desk, **matter: str) -> str:
    """Guides that are all alike, of which the first says something; its address."""
    for number in range(102, 106):
        desk.guide(number, f"guide-{number}", "Bones of birds.", order=str(number))
    return desk.publish(101, "first", "Bones of birds.", **matter)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("[guide-105.md, 103]", [105, 103]),
        ("[guide-104]", [104]),
        ("\n  - 104\n  - ./guide-105  # the last of them\n  - guide-104.md", [104, 105]),
        ("guide-103", [103]),
        ("false", []),
        ("none", []),
    ],
)
def test_an_author_chooses_what_is_related(
    desk: Desk, client: Client, said: str, found: list[int]
) -> None:
    page = client.get(five(desk, related=said)).text

    assert related(page) == [address(number, f"guide-{number}") for number in found]


def test_without_a_word_of_it_they_are_found_by_what_they_say(desk: Desk, client: Client) -> None:
    for number in (102, 103):
        desk.guide(number, f"roles-{number}", title=f"Roles and rights {number}", order=str(number))
    for number, word in enumerate(("Invoices", "Payments", "Something else"), start=104):
        desk.guide(number, f"other-{number}", title=word, order=str(number))
    about = {"title": "Roles and rights", "related": "[106]"}
    place = desk.publish(101, "first", **about)
    chosen = related(client.get(place).text)

    desk.publish(101, "first", title="Roles and rights")

    assert chosen == [address(106, "other-106")]
    assert address(103, "roles-103") in related(client.get(place).text)


@pytest.mark.parametrize(
    ("said", "line", "message"),
    [
        ("[102, nothing]", 10, "related: there is no guide “nothing.md”; name it as a link"),
        ("\n  - 102\n  - gone.md", 12, "related: there is no guide “gone.md”; name it as a link"),
        ("\n  - 102\n  - 999", 12, "related: there is no guide “999”"),
        ("[first]", 10, "“first.md” is this guide itself"),
        ("[]", 10, "related must be a list of guides"),
        ("true", 10, "related must be a list of guides"),
        ("{first: 102}", 10, "related is a list in which each must be a guide"),
        ("[102, [103]]", 10, "related is a list in which each must be a guide"),
        ("['https://xero.com/']", 10, "related has “https://xero.com/”, but must be a guide"),
        (f"[{', '.join(['102'] * 11)}]", 10, "related names 11 guides, and 10 is the most"),
    ],
)
def test_what_is_no_guide_is_a_mistake_in_its_line(
    desk: Desk, client: Client, said: str, line: int, message: str
) -> None:
    place = five(desk)
    desk.guide(101, "first", "Feathers.", related=said)

    report = desk.sync()

    assert report.is_broken
    assert any(f"first.md:{line}: " in each and message in each for each in report.lines)
    assert any(message in each for each in checked(desk))
    assert "Bones of birds." in client.get(place).text


def test_what_a_reader_may_not_see_is_left_out_and_told(
    desk: Desk, client: Client, editor: Client
) -> None:
    place = five(desk, related="[102, 103, 104, 105]")
    desk.guide(102, "guide-102", visibility="internal")
    desk.guide(103, "guide-103", unpublish_at="2026-01-01T00:00")
    desk.sync()
    editor.post("/staff/articles/104/unpublish")

    seen, staff = related(client.get(place).text), related(editor.get(place).text)

    assert seen == [address(105, "guide-105")]
    assert staff == [address(102, "guide-102"), address(105, "guide-105")]
    words = "the guide “102” is for staff alone: readers do not find it among those related"
    assert f"content/en-gb/connecting/first.md:10: worth a second look: {words}" in checked(desk)
    page = editor.get(PLACE).text
    assert "Related guides</a>:" in page
    assert "the guide “104” is not published" in page


def test_who_names_a_guide_is_told_before_it_goes(desk: Desk, editor: Client) -> None:
    five(desk, related="[102, 104]")

    named, other = (editor.get(f"/staff/articles/{number}/place").text for number in (104, 105))

    assert f'<a href="{PLACE}">Guide 101</a>' in named
    assert PLACE not in other
    editor.post("/staff/articles/104/archive")
    assert "their links lead to no page now" in editor.get("/staff/articles/104").text


def test_each_language_has_its_own(desk: Desk, client: Client) -> None:
    translated(desk, 202, "deuxieme", translation_of="102")
    translated(desk, 201, "premier", translation_of="101", related="[102, 103]")
    five(desk, related="[102]")

    french = related(client.get(address(201, "premier", "fr-ca")).text)

    assert french[0] == address(202, "deuxieme", "fr-ca")
    assert "/fr-ca/" in french[1]


def test_the_editor_says_it_and_a_file_keeps_it(desk: Desk, client: Client, editor: Client) -> None:
    place = five(desk)
    chosen = {"related": "guide-105\n103"}

    send(editor, "publish", form_of(editor, PLACE) | chosen, PLACE)

    assert related(client.get(place).text) == [
        address(105, "guide-105"),
        address(103, "guide-103"),
    ]
    assert form_of(editor, PLACE)["related"] == "guide-105.md\n103"
    run(desk.app, "export", str(desk.folder))
    file = (desk.folder / "en-gb/connecting/first.md").read_text()
    assert "related:\n- guide-105.md\n- 103\n" in file
    assert not desk.sync().is_broken
    send(editor, "publish", form_of(editor, PLACE) | {"related": "none"}, PLACE)
    assert related(client.get(place).text) == []
    run(desk.app, "export", str(desk.folder))
    assert "related: false\n" in (desk.folder / "en-gb/connecting/first.md").read_text()


def test_a_wrong_name_is_told_at_its_field(desk: Desk, editor: Client) -> None:
    five(desk)

    send(editor, "publish", form_of(editor, PLACE) | {"related": "103\ngone"}, PLACE)

    page = editor.get(PLACE).text
    assert "Related guides</a>:" in page
    assert "there is no guide “gone.md”" in page


def test_the_names_follow_a_guide_that_moves(desk: Desk, client: Client, editor: Client) -> None:
    place = five(desk, related="\n  - guide-103  # not guide-103.md\n  - 104")
    desk.guide(106, "other", related="[guide-104, 'guide-103.md']")
    desk.sync()
    send(editor, "publish", form_of(editor, PLACE) | {"related": "guide-103"}, PLACE)
    moved = {"section": "10", "slug": "last", "after": "", "owner": ""}

    assert editor.post("/staff/articles/103/place", data=moved).status_code == 303

    assert related(client.get(place).text) == [address(103, "last")]
    assert form_of(editor, PLACE)["related"] == "last.md"
    run(desk.app, "export", str(desk.folder))
    other = (desk.folder / "en-gb/connecting/other.md").read_text()
    assert "related: [guide-104, 'last.md']\n" in other
    assert not desk.sync().is_broken
