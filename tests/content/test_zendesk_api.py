"""Programs that read a help centre of Zendesk's read this one."""

from typing import Any, cast

import pytest
from flask import Flask

from tests.client import Client
from tests.content.desk import SECTION, Desk, png
from xero_onboard.content import votes
from xero_onboard.lib.db import begin_write, commit

API = "/api/v2/help_center"
ORIGIN = "http://localhost:8000"
BODY = """## First {#first}

Read [the other](second.md), then `<a href="/stays">`.

<Frame>
![A form](shot.png)
</Frame>

<Steps>
  <Step title="Press" check="xero.connected">
    <Connect provider="xero" />
  </Step>
</Steps>

<When connection="active">
All is well.
</When>

<ConnectionStatus />
"""


@pytest.fixture
def shelves(desk: Desk) -> Desk:
    """Two sections with three guides."""
    other = desk.folder / "en-gb/later/_section.md"
    other.parent.mkdir(parents=True)
    other.write_text(SECTION.replace("id: 10", "id: 5").replace("order: 1", "order: 2"))
    (desk.folder / "en-gb/connecting/shot.png").write_bytes(png())
    desk.guide(102, "second", "Words.", title="A second", order="2")
    desk.guide(101, "first", BODY, title="The first", keywords="[bank, feed]", promoted="true")
    third = desk.guide(103, "third", "Words too.", title="B third", section="later")
    third.rename(desk.folder / "en-gb/later/third.md")
    assert not desk.sync().is_broken
    return desk


def ask(client: Client, path: str) -> Any:
    response = client.get(f"{API}{path}")
    assert response.status_code == 200, response.text
    return response.json


def test_an_article_has_the_fields_of_zendesk(shelves: Desk, client: Client) -> None:
    told = ask(client, "/en-gb/articles/101.json")["article"]

    assert told["id"] == 101
    assert told["title"] == told["name"] == "The first"
    assert told["html_url"] == f"{ORIGIN}/hc/en-gb/articles/101-first"
    assert told["url"] == f"{ORIGIN}{API}/en-gb/articles/101.json"
    assert (told["locale"], told["source_locale"]) == ("en-gb", "en-gb")
    assert (told["section_id"], told["position"], told["promoted"]) == (10, 1, True)
    assert told["label_names"] == ["bank", "feed"]
    assert (told["draft"], told["author_id"], told["user_segment_id"]) == (False, None, None)
    assert (told["vote_sum"], told["vote_count"]) == (0, 0)
    assert told["edited_at"].endswith("T00:00:00Z")
    assert told["created_at"] <= told["updated_at"]


def test_what_is_live_here_is_a_link_elsewhere(shelves: Desk, client: Client) -> None:
    body = ask(client, "/articles/101")["article"]["body"]

    page = f"{ORIGIN}/hc/en-gb/articles/101-first"
    assert f'<p><a href="{page}#connect">Connect to Xero</a></p>' in body
    assert f'<p><a href="{ORIGIN}/connect">See your connections</a></p>' in body
    assert "<em>For a reader who is connected:</em>" in body
    assert "All is well." in body
    assert f'<a href="{ORIGIN}/hc/en-gb/articles/102-second"' in body
    assert f'src="{ORIGIN}/hc/article_attachments/' in body
    assert 'a href="/stays"' in body
    assert '<h2 id="first">First</h2>' in body


def test_lists_come_in_pages_that_lead_on(shelves: Desk, client: Client) -> None:
    first = ask(client, "/en-gb/articles.json?per_page=2")
    second = ask(client, first["next_page"].removeprefix(f"{ORIGIN}{API}"))

    assert [each["id"] for each in first["articles"]] == [101, 102]
    assert [each["id"] for each in second["articles"]] == [103]
    assert (first["count"], first["page"], first["page_count"], first["per_page"]) == (3, 1, 2, 2)
    assert (first["previous_page"], second["next_page"]) == (None, None)
    assert "page=1&" in second["previous_page"]
    assert ask(client, "/articles?page=7")["articles"] == []
    assert ask(client, "/articles?per_page=1000")["per_page"] == 100


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("sort_by=title", [102, 103, 101]),
        ("sort_by=title&sort_order=desc", [101, 103, 102]),
        ("sort_by=position&sort_order=desc", [103, 102, 101]),
        ("sort_by=created_at", None),
        ("sort_by=updated_at", None),
        ("sort_by=edited_at", [101, 102, 103]),
    ],
)
def test_lists_are_sorted_as_asked(
    shelves: Desk, client: Client, query: str, ids: list[int] | None
) -> None:
    found = [each["id"] for each in ask(client, f"/articles?{query}")["articles"]]

    assert found == ids if ids else set(found) == {101, 102, 103}


def test_sections_and_the_one_category(shelves: Desk, client: Client) -> None:
    sections = ask(client, "/sections.json")["sections"]
    category = ask(client, "/categories")["categories"][0]

    assert [(each["id"], each["position"]) for each in sections] == [(10, 1), (5, 2)]
    assert {each["category_id"] for each in sections} == {category["id"]}
    assert ask(client, "/sections/5")["section"]["name"] == "Connecting"
    assert ask(client, "/en-gb/sections/10/articles.json")["count"] == 2
    assert ask(client, f"/categories/{category['id']}/sections")["count"] == 2
    assert ask(client, f"/categories/{category['id']}/articles")["count"] == 3
    assert ask(client, f"/en-gb/categories/{category['id']}.json")["category"] == category
    assert category["html_url"] == f"{ORIGIN}/hc/en-gb"
    assert category["created_at"] <= category["updated_at"]


def test_what_belongs_to_an_article(shelves: Desk, client: Client) -> None:
    translation = ask(client, "/articles/101/translations.json")["translations"][0]
    picture = ask(client, "/articles/101/attachments")["article_attachments"][0]

    assert (translation["locale"], translation["source_id"]) == ("en-gb", 101)
    assert translation["body"] == ask(client, "/articles/101")["article"]["body"]
    assert (picture["file_name"], picture["content_type"]) == ("shot.png", "image/png")
    assert (picture["size"], picture["article_id"], picture["inline"]) == (len(png()), 101, True)
    assert client.get(picture["content_url"].removeprefix(ORIGIN)).data == png()
    assert ask(client, "/articles/102/attachments.json")["count"] == 0


def test_a_search_answers_the_best_first(shelves: Desk, client: Client) -> None:
    found = ask(client, "/articles/search.json?query=words&per_page=1")
    more = ask(client, found["next_page"].removeprefix(f"{ORIGIN}{API}"))

    assert found["count"] == 2
    assert {found["results"][0]["id"], more["results"][0]["id"]} == {102, 103}
    assert "<em>Words</em>" in found["results"][0]["snippet"]
    assert ask(client, "/en-gb/articles/search?query=zzzzqqqq")["results"] == []


def test_votes_are_counted_with_those_from_before(
    shelves: Desk, app: Flask, client: Client
) -> None:
    for value in ("up", "down", "up"):
        voter = cast(Client, app.test_client())
        voter.post("/hc/articles/101/vote", data={"value": value})
    with app.app_context():
        begin_write()
        votes.take_over(101, 40, 50)
        commit()

    told = ask(client, "/articles/101")["article"]

    assert (told["vote_sum"], told["vote_count"]) == (42 - 11, 53)
    assert "42 out of 53 found this helpful" in client.get("/hc/en-gb/articles/101-first").text


@pytest.mark.parametrize(
    "path",
    [
        *("/articles/999", "/sections/999", "/sections/999/articles", "/articles/999/translations"),
        *("/articles/999/attachments", "/categories/2", "/fr/articles", "/fr/articles/101"),
        *("/fr/categories", "/articles/99999999999999999999", "/categories/2/sections"),
        *("/categories/2/articles", "/articles/101/translations/fr", "/sections/999/translations"),
        *("/sections/99999999999999999999", "/sections/10/translations/fr"),
    ],
)
def test_what_is_not_there_is_said_in_json(shelves: Desk, client: Client, path: str) -> None:
    response = client.get(f"{API}{path}")

    assert response.status_code == 404
    assert response.json["error"] == "RecordNotFound"
    assert response.json["description"]


@pytest.mark.parametrize("path", ["/users.json", "/", "/articles/one", "/en-gb/nothing"])
def test_what_is_never_told_here_is_said_in_json(client: Client, path: str) -> None:
    response = client.get(f"{API}{path}")

    assert response.status_code == 404
    assert response.json["error"] == "InvalidEndpoint"


@pytest.mark.parametrize(
    "query",
    [
        *("page=0", "page=-1", "page=one", "page=1.5", "page=²", "page=9999999999"),
        *("per_page=0", "per_page=x", "page=1&page=2", "page=%00"),
        *("sort_by=body", "sort_order=up", "sort_by=position;drop"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_json(shelves: Desk, client: Client, query: str) -> None:
    for path in ("/articles", "/sections", "/categories", "/articles/101/attachments"):
        response = client.get(f"{API}{path}?{query}")

        assert response.status_code == 400
        assert response.json["error"] == "InvalidValue"
        assert query.partition("=")[0].replace("_", " ") in response.json["description"].replace(
            "_", " "
        )


def test_a_search_for_nothing_is_refused(client: Client) -> None:
    assert client.get(f"{API}/articles/search").status_code == 400
    assert client.get(f"{API}/articles/search?query=%20").json["error"] == "InvalidValue"


def test_caches_may_keep_it_and_pages_of_others_may_read_it(shelves: Desk, client: Client) -> None:
    first = client.get(f"{API}/articles.json", headers={"Origin": "https://other.example"})
    again = client.get(f"{API}/articles.json", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"].startswith("public")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in first.headers
    assert "Set-Cookie" not in first.headers
    assert again.status_code == 304
    assert client.get(f"{API}/none").headers["Access-Control-Allow-Origin"] == "*"


def test_a_flood_is_told_in_json(shelves: Desk, client: Client) -> None:
    """Row I3."""
    answers = [client.get(f"{API}/sections") for _ in range(125)]

    assert answers[-1].status_code == 429
    assert answers[-1].json["error"] == "TooManyRequests"
    assert answers[-1].headers["Retry-After"] == "60"
