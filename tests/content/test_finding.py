"""What a reader is offered whose words fit badly, mean a code, or stand in one part of a long guide."""

import re

import pytest

from tests.client import Client
from tests.content.desk import Desk

GUIDES = {
    "phone": ("Lost phone", "Without your phone you have no authentication code.\n\n## A new phone\n\nMove the app."),
    "roles": ("Roles in Xero", "## Standard {#standard}\n\nMay connect an organisation.\n\n## Read only {#read}\n\nMay look."),
    "trouble": (
        "When it fails",
        ("Look below.\n\n## You pressed Cancel {#declined}\n\nXero’s word for it is access_denied.\n\n"
        "## Xero does not know us {#wrong-app}\n\nThe page says **Invalid redirect_uri**."),
    ),
}  # fmt: skip
LINK = re.compile(r'class="article-row-link"\s+href="([^"]+)"')


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    """Three guides, of which one explains codes."""
    for number, (name, (title, body)) in enumerate(GUIDES.items(), start=201):
        matter = {"errors": "{declined: declined, scope_missing: wrong-app}"}
        desk.guide(number, name, body, title=title, **(matter if name == "trouble" else {}))
    assert not desk.sync().is_broken
    return desk


def page(client: Client, query: str) -> str:
    answer = client.get("/hc/en-gb/search", query_string={"query": query})
    assert answer.status_code == 200
    return answer.text


def links(client: Client, query: str) -> list[str]:
    """Where the guides lead that were found, without those that are only offered."""
    found = page(client, query).partition('data-behaviour="found"')[2]
    return LINK.findall(found)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("authetnication", "authentication"),
        ("autentication", "authentication"),
        ("lost phnoe", "lost phone"),
        ("raed only", "read only"),
        ("xreo rolse", "xero roles"),
        ("organization", "organisation"),
    ],
)
def test_a_misspelt_word_finds_what_was_meant_and_says_so(
    shelf: Desk, client: Client, typed: str, meant: str
) -> None:
    text = page(client, typed)

    assert f"No guide has “{typed}”" in text
    assert f"<strong>{meant}</strong>" in text
    assert links(client, typed)


@pytest.mark.parametrize("query", ["zzzzqqqq", "ph", "abc", "42", "phonephonephone"])
def test_what_is_too_far_from_every_word_means_none(
    shelf: Desk, client: Client, query: str
) -> None:
    assert "This is what we found for" not in page(client, query)


def test_where_no_guide_has_all_words_some_of_them_must_do(shelf: Desk, client: Client) -> None:
    text = page(client, "phone zzzzqqqq")

    assert "No guide has all of these words" in text
    assert links(client, "phone zzzzqqqq") == ["/hc/en-gb/articles/201-phone"]


def test_where_nothing_is_found_the_section_and_a_request_are_offered(
    shelf: Desk, client: Client
) -> None:
    query = {"query": "zzzzqqqq & wwww", "section": "10"}
    text = client.get("/hc/en-gb/search", query_string=query).text

    assert "We found no guide for that." in text
    assert "Guides that others read in “Connecting”" in text
    assert "/hc/en-gb/articles/201-phone" in text
    assert "?subject=zzzzqqqq%20%26%20wwww" in text


@pytest.mark.parametrize("section", ["", "0", "99", "9" * 18])
def test_a_section_that_is_none_means_all(shelf: Desk, client: Client, section: str) -> None:
    query = {"query": "zzzzqqqq", "section": section}

    assert "Guides that others read<" in client.get("/hc/en-gb/search", query_string=query).text


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("invalid redirect_uri", "203-trouble#wrong-app"),
        ("redirect uri", "203-trouble#wrong-app"),
        ("access_denied", "203-trouble#declined"),
        ("read only", "202-roles#read"),
        ("look below", "203-trouble"),
    ],
)
def test_a_result_leads_to_the_part_of_the_guide_that_fits(
    shelf: Desk, client: Client, query: str, place: str
) -> None:
    assert links(client, query)[0] == f"/hc/en-gb/articles/{place}"


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("declined", "You pressed Cancel"),
        ("DECLINED", "You pressed Cancel"),
        ("scope_missing", "Xero does not know us"),
        ("scope missing", "Xero does not know us"),
        ("what is scope_missing?", "Xero does not know us"),
    ],
)
def test_a_code_finds_the_part_that_explains_it(
    shelf: Desk, client: Client, query: str, title: str
) -> None:
    text = page(client, query)

    shown = text.partition('class="search-help"')[2].partition("</section>")[0]
    assert title in shown
    assert "access_denied" in shown or "Invalid redirect_uri" in shown
    suggested = client.get("/hc/search/suggest", query_string={"query": query}).json
    assert suggested is not None
    assert suggested["results"][0]["title"] == title


def test_a_word_of_a_code_among_others_is_only_a_word(shelf: Desk, client: Client) -> None:
    assert 'class="search-help"' not in page(client, "they declined to connect")


def test_the_title_is_marked_where_it_fits(shelf: Desk, client: Client) -> None:
    assert "><mark>Lost</mark> <mark>phone</mark></a>" in page(client, "lost phone").replace(
        "</mark> <mark>", "</mark> <mark>"
    )


def test_marks_that_stand_in_a_text_are_no_marks(desk: Desk, client: Client) -> None:
    desk.publish(
        301, "odd", "A zebra\x02 <b>`<script>`</b>\x03.".replace("<b>", "").replace("</b>", "")
    )

    text = page(client, "zebra")

    assert "<mark>zebra</mark>" in text
    assert "\x02" not in text
    assert "<script>`" not in text


@pytest.mark.parametrize("typed", ["aut", "authen", "authenticati", "authentication"])
def test_what_is_half_typed_is_suggested_at_every_letter(
    shelf: Desk, client: Client, typed: str
) -> None:
    suggested = client.get("/hc/search/suggest", query_string={"query": typed}).json

    assert suggested is not None
    assert [each["title"] for each in suggested["results"]] == ["Lost phone"]


def test_a_number_is_found_by_its_beginning_and_never_put_right(desk: Desk, client: Client) -> None:
    desk.publish(204, "form", "Send form 20262627 by post.")

    assert links(client, "2026")
    assert "No guide has “20262672”" not in page(client, "20262672")
    assert not links(client, "20262672")


def test_a_reference_of_nobody_is_explained_in_general(shelf: Desk, client: Client) -> None:
    text = page(client, "my code is xc 7f3k")

    assert "XC-7F3K</code> is a support reference" in text
    assert "?subject=XC-7F3K" in text


def test_a_guide_leads_to_related_ones_but_not_twice_to_its_neighbours(
    desk: Desk, client: Client
) -> None:
    for number in (401, 402, 403):
        desk.guide(number, f"roles-{number}", title=f"Roles and rights {number}", order=str(number))
    for number, word in enumerate(("Invoices", "Payments", "Something else"), start=404):
        desk.guide(number, f"other-{number}", title=word, order=str(number))
    desk.sync()

    text = client.get("/hc/en-gb/articles/401-roles-401").text
    related = text.partition('class="article-related"')[2].partition("</section>")[0]

    assert "roles-403" in related
    assert "roles-402" not in related
    assert "other" not in related
