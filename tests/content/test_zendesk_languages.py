"""A guide in several languages is one article to programs that know Zendesk, with one number."""

from typing import Any

import pytest
from sqlalchemy import update

from tests.client import Client
from tests.content.desk import SECTION, Desk
from xero_onboard.content import revisions
from xero_onboard.content.models import Article
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

API = "/api/v2/help_center"
ORIGIN = "http://localhost:8000"
FRENCH_SECTION = SECTION.replace("id: 10", "id: 20\ntranslation_of: 10").replace(
    "Connecting", "Connexion"
)
PREMIER = f"{ORIGIN}/hc/fr-ca/articles/201-premier"


@pytest.fixture
def shelves(desk: Desk) -> Desk:
    """Guide 101 is 201 in French, and 102 is in English only; so is section 10 section 20."""
    desk.guide(102, "second", "A telephone.", title="Second", order="2", keywords="[phone, é]")
    desk.publish(101, "first", "A telephone.", title="First", keywords="[phone]")
    translate(desk, "Un téléphone.")
    return desk


def translate(desk: Desk, body: str) -> None:
    told = {"title": "Premier", "locale": "fr-ca", "section": "connexion", "translation_of": "101"}
    path = desk.guide(201, "premier", body, **told)
    shelf = desk.folder / "fr-ca" / "connexion"
    shelf.mkdir(parents=True, exist_ok=True)
    path.rename(shelf / "premier.md")
    (shelf / "_section.md").write_text(FRENCH_SECTION)
    report = desk.sync()
    assert not report.is_broken, report.lines


def hide(desk: Desk, article_id: int, **values: object) -> None:
    with desk.app.app_context():
        db.session.execute(update(Article).where(Article.id == article_id).values(**values))
        revisions.bump_generation()
        db.session.commit()


def ask(client: Client, path: str) -> Any:
    response = client.get(f"{API}{path}")
    assert response.status_code == 200, response.text
    return response.json


def test_an_article_is_told_in_the_language_of_the_address(shelves: Desk, client: Client) -> None:
    french = ask(client, "/fr-ca/articles/101.json")["article"]

    assert (french["id"], french["title"], french["section_id"]) == (101, "Premier", 10)
    assert (french["locale"], french["source_locale"]) == ("fr-ca", "en-gb")
    assert french["html_url"] == PREMIER
    assert french["url"] == f"{ORIGIN}{API}/fr-ca/articles/101.json"
    assert ask(client, "/articles/101")["article"]["title"] == "First"
    assert ask(client, "/articles/201")["article"] == french
    assert ask(client, "/FR-CA/articles/201")["article"] == french
    assert ask(client, "/en-gb/articles/201")["article"]["title"] == "First"
    assert client.get(f"{API}/fr-ca/articles/102").status_code == 404


def test_the_translations_of_an_article_are_all_its_languages(
    shelves: Desk, client: Client
) -> None:
    for number in (101, 201):
        found = ask(client, f"/articles/{number}/translations.json")

        told = [(each["locale"], each["title"], each["id"]) for each in found["translations"]]
        assert told == [("en-gb", "First", 101), ("fr-ca", "Premier", 201)]
        assert {each["source_id"] for each in found["translations"]} == {101}
        assert found["count"] == 2
    for end in ("fr-ca", "fr-ca.json", "FR-CA"):
        one = ask(client, f"/articles/101/translations/{end}")["translation"]
        assert one == found["translations"][1]
    assert one["html_url"] == PREMIER
    assert one["url"] == f"{ORIGIN}{API}/articles/101/translations/fr-ca.json"
    assert client.get(f"{API}/articles/102/translations/fr-ca").status_code == 404


def test_translations_are_sifted_as_asked(shelves: Desk, client: Client) -> None:
    def locales(query: str) -> list[str]:
        found = ask(client, f"/articles/101/translations?{query}")["translations"]
        return [each["locale"] for each in found]

    assert locales("locales=fr-ca,de") == ["fr-ca"]
    assert locales("outdated=false&per_page=1&page=2") == ["fr-ca"]
    assert locales("outdated=true") == []
    assert locales("draft=true") == []
    assert client.get(f"{API}/articles/101/translations?outdated=maybe").status_code == 400


def test_a_translation_that_is_older_than_its_original_says_so(
    shelves: Desk, client: Client
) -> None:
    assert ask(client, "/fr-ca/articles/101")["article"]["outdated"] is False

    shelves.publish(101, "first", "Another text.", title="First")

    french = ask(client, "/fr-ca/articles")["articles"][0]
    english = ask(client, "/en-gb/articles")["articles"][0]
    assert (french["outdated"], english["outdated"]) == (True, False)
    assert french["outdated_locales"] == english["outdated_locales"] == ["fr-ca"]
    told = ask(client, "/articles/101/translations")["translations"]
    assert [each["outdated"] for each in told] == [False, True]
    translate(shelves, "Un autre texte.")
    assert ask(client, "/fr-ca/articles/101")["article"]["outdated"] is False
    assert ask(client, "/articles/101")["article"]["outdated_locales"] == []


def test_a_section_has_languages_too(shelves: Desk, client: Client) -> None:
    french = ask(client, "/fr-ca/sections/10")["section"]

    assert (french["id"], french["name"]) == (10, "Connexion")
    assert (french["locale"], french["source_locale"]) == ("fr-ca", "en-gb")
    assert ask(client, "/fr-ca/sections")["sections"] == [french]
    assert ask(client, "/sections/20")["section"] == french
    told = ask(client, "/sections/10/translations")["translations"]
    assert [(each["id"], each["title"]) for each in told] == [(10, "Connecting"), (20, "Connexion")]
    assert ask(client, "/sections/10/translations/fr-ca.json")["translation"] == told[1]
    assert told[1]["source_type"] == "Section"
    for number in (10, 20):
        inside = ask(client, f"/fr-ca/sections/{number}/articles")["articles"]
        assert [each["title"] for each in inside] == ["Premier"]


def test_lists_without_a_language_name_everything_once(shelves: Desk, client: Client) -> None:
    assert [each["id"] for each in ask(client, "/articles")["articles"]] == [101, 102]
    assert [each["id"] for each in ask(client, "/fr-ca/articles")["articles"]] == [101]
    assert [each["id"] for each in ask(client, "/sections")["sections"]] == [10]
    assert ask(client, "/locales.json") == {
        "locales": ["en-gb", "fr-ca"],
        "default_locale": "en-gb",
    }


@pytest.mark.parametrize(
    "values", [{"status": "draft"}, {"status": "archived"}, {"unpublish_at": now()}]
)
def test_nothing_is_told_of_an_original_that_cannot_be_read(
    shelves: Desk, client: Client, values: dict[str, object]
) -> None:
    hide(shelves, 101, **values)

    french = ask(client, "/articles/201")["article"]

    assert (french["source_locale"], french["outdated"]) == ("fr-ca", False)
    told = ask(client, "/articles/101/translations")["translations"]
    assert [each["locale"] for each in told] == ["fr-ca"]
    assert client.get(f"{API}/en-gb/articles/101").status_code == 404
    assert client.get(f"{API}/articles/101/translations/en-gb").status_code == 404
    listed = ask(client, "/articles")["articles"]
    assert {each["title"] for each in listed} == {"Premier", "Second"}


def test_a_translation_that_cannot_be_read_is_not_told_of(shelves: Desk, client: Client) -> None:
    shelves.publish(101, "first", "Another text.", title="First")
    hide(shelves, 201, status="draft")

    english = ask(client, "/articles/101")["article"]

    assert english["outdated_locales"] == []
    assert ask(client, "/articles/101/translations")["count"] == 1
    assert client.get(f"{API}/articles/201").status_code == 404
    assert client.get(f"{API}/fr-ca/sections/10").status_code == 404
    assert ask(client, "/sections/10/translations")["count"] == 1


def test_a_search_is_in_the_language_that_it_names(shelves: Desk, client: Client) -> None:
    def titles(path: str) -> set[str]:
        return {each["title"] for each in ask(client, path)["results"]}

    assert titles("/articles/search?query=telephone&locale=fr-ca") == {"Premier"}
    assert titles("/fr-ca/articles/search?query=telephone") == {"Premier"}
    assert titles("/articles/search?query=telephone&locale=EN-GB") == {"First", "Second"}
    assert titles("/articles/search?query=telephone") == {"First", "Second"}
    assert titles("/articles/search?query=telephone&locale=de") == set()
    french = "/articles/search?query=telephone+second&locale=fr-ca"
    assert titles(french) == {"Premier"}, "no original stands in for what is not translated"
    found = ask(client, "/articles/search?query=telephone&locale=fr-ca")
    assert (found["results"][0]["id"], found["per_page"]) == (101, 25)


def test_a_search_is_sifted_and_sorted(shelves: Desk, client: Client) -> None:
    def ids(query: str) -> list[int]:
        return [each["id"] for each in ask(client, f"/articles/search?{query}")["results"]]

    assert ids("query=telephone&label_names=phone,%C3%A9") == [102]
    assert ids("label_names=phone") == [101, 102]
    assert ids("query=telephone&section=999") == []
    assert ids("section=20&locale=fr-ca") == [101]
    assert ids("section=99999999999999999999") == []
    assert ids("query=telephone&category=1&created_after=2020-01-01&sort_by=created_at") != []
    assert ids("query=telephone&category=2") == []
    assert ids("query=telephone&created_before=2020-01-01") == []
    assert ids("query=telephone&updated_at=2020-01-01") == []
    assert set(ids(f"query=telephone&updated_at={now():%Y-%m-%d}")) == {101, 102}
    newest = ids("query=telephone&sort_by=updated_at")
    assert ids("query=telephone&sort_by=updated_at&sort_order=asc") == newest[::-1]
    assert ids("query=telephone&sort_by=updated_at&per_page=1&page=2") == newest[1:]


@pytest.mark.parametrize(
    "query",
    [
        *("locale=fr-ca", "query=a&per_page=101", "query=a&sort_by=title", "query=a&section=x"),
        *("query=a&created_at=yesterday", "query=a&updated_after=9999-12-31", "query=a&page=0"),
    ],
)
def test_a_search_for_what_cannot_be_is_refused(client: Client, query: str) -> None:
    response = client.get(f"{API}/articles/search?{query}")

    assert response.status_code == 400
    assert response.json["error"] == "InvalidValue"


def test_lists_are_sifted_by_labels_and_by_time(shelves: Desk, client: Client) -> None:
    assert ask(client, "/articles?label_names=phone")["count"] == 2
    assert ask(client, "/articles?label_names=%C3%A9")["count"] == 1
    assert ask(client, "/articles?label_names=phon")["count"] == 0
    assert ask(client, "/articles?label_names=%25")["count"] == 0
    assert ask(client, "/articles?start_time=1500000000")["count"] == 2
    assert ask(client, "/articles?start_time=99999999999")["count"] == 0
    assert client.get(f"{API}/articles?start_time=-1").status_code == 400


def test_cursors_lead_through_a_list_and_back(shelves: Desk, client: Client) -> None:
    response = client.get(f"{API}/en-gb/articles.json?page[size]=1&sort_by=title")
    first = response.json

    second = ask(client, first["links"]["next"].removeprefix(f"{ORIGIN}{API}"))
    back = ask(client, second["links"]["prev"].removeprefix(f"{ORIGIN}{API}"))
    last = ask(client, first["links"]["last"].removeprefix(f"{ORIGIN}{API}"))

    assert [each["id"] for each in first["articles"]] == [101]
    assert [each["id"] for each in second["articles"]] == [102]
    assert back["articles"] == first["articles"]
    assert last["articles"] == second["articles"]
    assert (first["meta"]["has_more"], second["meta"]["has_more"]) == (True, False)
    assert (back["meta"]["has_more"], last["meta"]["has_more"]) == (False, True)
    assert (first["links"]["prev"], second["links"]["next"]) == (None, None)
    assert response.headers["Link"] == f'<{first["links"]["next"]}>; rel="next"'
    assert "count" not in first


@pytest.mark.parametrize(
    "query",
    [
        "page[size]=0",
        "page[size]=x",
        "page[size]=1&page[after]=x",
        "page[size]=1&page[before]=%C3%A9",
    ],
)
def test_a_cursor_that_is_none_is_refused(client: Client, query: str) -> None:
    assert client.get(f"{API}/articles?{query}").json["error"] == "InvalidValue"
