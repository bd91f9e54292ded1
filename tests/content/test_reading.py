"""Pages as readers find them: at their address, from old addresses, and not before they are published."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.client import Client
from tests.content.desk import SECTION, Desk
from tests.employees import EDDIE, make
from xero_onboard.content import revisions
from xero_onboard.content.models import Article
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db


@pytest.mark.parametrize("path", ["/", "/hc", "/hc/"])
def test_the_root_leads_to_the_help_centre(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"] == "/hc/en-gb"


def test_home_lists_sections_and_promoted_guides(desk: Desk, client: Client) -> None:
    desk.guide(102, "second", promoted="true", title="Second things")
    desk.publish(101, "first", title="First things")

    page = client.get("/hc/en-gb").text

    assert "/hc/en-gb/sections/10-connecting" in page
    assert page.count('href="/hc/en-gb/articles/102-second"') == 2, "promoted, and in its section"
    assert page.count('href="/hc/en-gb/articles/101-first"') == 1


def test_a_help_centre_without_guides_is_a_page(client: Client) -> None:
    assert client.get("/hc/en-gb").status_code == 200


def test_guides_follow_each_other_within_their_section(desk: Desk, client: Client) -> None:
    other = desk.folder / "en-gb" / "after"
    other.mkdir()
    (other / "_section.md").write_text(
        SECTION.replace("id: 10", "id: 20").replace("order: 1", "order: 2")
    )
    desk.guide(103, "third", section="after").rename(other / "third.md")
    desk.guide(101, "first", order="2")
    desk.publish(102, "second", order="1")

    page = client.get("/hc/en-gb/articles/101-first").text

    assert re.search(r'href="/hc/en-gb/articles/102-second"\s+rel="prev"', page)
    assert 'rel="next"' not in page


def test_an_article_tells_search_engines_what_it_is(desk: Desk, client: Client) -> None:
    title = "</script><script>alert(1)</script> & <!--"
    address = desk.publish(101, "first", title=json.dumps(title))

    page = client.get(address).text

    block = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    article, crumbs = json.loads(block)["@graph"]
    assert article["@type"] == "TechArticle"
    assert article["headline"] == title
    assert article["url"] == f"http://localhost:8000{address}"
    assert [crumb["position"] for crumb in crumbs["itemListElement"]] == [1, 2, 3]
    assert f'<link rel="canonical" href="http://localhost:8000{address}">' in page


@pytest.mark.parametrize(
    "path",
    [
        "/hc/en-gb/articles/101",
        "/hc/en-gb/articles/101-",
        "/hc/en-gb/articles/101-wrong",
        "/hc/en-gb/articles/0101-first",
        "/hc/en-us/articles/101-first",
        "/hc/articles/101",
        "/hc/en-gb/articles/old-name",
        "/help/old.html",
    ],
)
def test_other_addresses_lead_to_the_right_one(desk: Desk, client: Client, path: str) -> None:
    address = desk.publish(101, "first", aliases="[old-name, /help/old.html]")

    response = client.get(path)

    assert (response.status_code, response.headers["Location"]) == (301, address)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/", "/hc/en-gb"),
        ("/hc/de", "/hc/en-gb"),
        ("/hc/de/search", "/hc/en-gb/search"),
        ("/hc/de/sections/10", "/hc/en-gb/sections/10-connecting"),
        ("/hc/en-gb/articles/101-wrong", "/hc/en-gb/articles/101-first"),
        ("/hc/articles/101", "/hc/en-gb/articles/101-first"),
        ("/hc/en-gb/articles/old-name", "/hc/en-gb/articles/101-first"),
    ],
)
def test_what_was_asked_is_asked_at_the_new_address(
    desk: Desk, client: Client, old: str, new: str
) -> None:
    desk.publish(101, "first", aliases="[old-name]")
    query = "?attempt=8b-1&query=a+%22b%22%20%C3%A9&x"

    assert client.get(old + query).headers["Location"] == new + query
    assert client.get(f"{old}?").headers["Location"] == new


def test_other_addresses_of_sections_and_languages_lead_on(desk: Desk, client: Client) -> None:
    desk.publish(101, "first")

    assert (
        client.get("/hc/de/sections/10-x").headers["Location"] == "/hc/en-gb/sections/10-connecting"
    )
    assert client.get("/hc/EN-GB").headers["Location"] == "/hc/en-gb"
    assert client.get("/hc/de").headers["Location"] == "/hc/en-gb"
    assert client.get("/hc/de/search").headers["Location"] == "/hc/en-gb/search"
    assert client.get("/hc/en-gb/sections/10-connecting").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/hc/en-gb/articles/102-first",
        "/hc/en-gb/articles/9223372036854775808-x",
        "/hc/en-gb/articles/99999999999999999999999-x",
        "/hc/articles/99999999999999999999999",
        "/hc/en-gb/articles/-1",
        "/hc/en-gb/articles/٣-x",
        "/hc/en-gb/articles/x",
        "/hc/en-gb/articles/101-first/more",
        "/hc/en-gb/sections/11-x",
        "/hc/en-gb/sections/x",
        "/hc/not a locale",
        "/hc/%F0%9F%98%80",
        "/hc/article_attachments/1/x.png",
        "/hc/article_attachments/99999999999999999999/x.png",
        "/" + "x" * 2000,
        "/'; DROP TABLE article; --",
    ],
)
def test_an_address_that_leads_nowhere_is_a_page_in_words(
    desk: Desk, client: Client, path: str
) -> None:
    desk.publish(101, "first")

    response = client.get(path)

    assert response.status_code == 404
    assert "We could not find that page" in response.text


def test_the_page_of_a_wrong_address_offers_guides_like_it(desk: Desk, client: Client) -> None:
    desk.guide(102, "lost-phone", title="Your phone is lost")
    desk.publish(101, "first", title="Something else", promoted="true")

    assert "/hc/en-gb/articles/102-lost-phone" in client.get("/help/lost-phones.html").text
    assert "/hc/en-gb/articles/101-first" in client.get("/qqq").text


@pytest.mark.parametrize(
    ("days_late", "for_staff", "for_readers"),
    [(0, False, False), (1, True, False), (30, True, False), (31, True, True)],
)
def test_staff_see_at_once_that_a_review_is_due_and_readers_when_it_is_put_off(
    desk: Desk,
    client: Client,
    *,
    days_late: int,
    for_staff: bool,
    for_readers: bool,
) -> None:
    reviewed = now().date() - timedelta(days=7 + days_late)
    place = desk.publish(101, "first", last_reviewed_on=str(reviewed), review_in="1 week")

    editor = make(desk.app, EDDIE, "editor", has_second_step=True).sign_in(desk.app)
    assert ("article-overdue" in editor.get(place).text) is for_staff
    assert ("article-overdue" in client.get(place).text) is for_readers


def test_what_is_not_published_is_nowhere(desk: Desk, client: Client) -> None:
    desk.guide(101, "first", title="Seen")
    desk.publish(102, "hidden", "canaryword", title="Canary", aliases="[bird]", promoted="true")
    with desk.app.app_context():
        db.session.execute(update(Article).where(Article.id == 102).values(status="draft"))
        revisions.bump_generation()
        db.session.commit()

    for path in (
        *("/hc/en-gb", "/hc/en-gb/sections/10-connecting", "/hc/en-gb/articles/101-first"),
        *("/hc/en-gb/search?query=canaryword", "/hc/search/suggest?query=canary", "/canary"),
        *("/llms.txt", "/llms-full.txt", "/sitemap.xml", "/hc/en-gb/sections/10-connecting.md"),
        *("/hc/en-gb/articles/102-hidden", "/hc/en-gb/articles/102-hidden.md", "/hc/articles/102"),
        "/hc/en-gb/articles/bird",
    ):
        response = client.get(path)
        text = response.text.lower().replace("query=canary", "").replace("subject=canary", "")
        text = text.replace("“canaryword”", "").replace('value="canaryword"', "")
        text = text.replace("?subject=canaryword", "")
        text = text.replace('"query":"canary"', "").replace("next=/canary", "")
        assert "canary" not in text, path
        assert "102-hidden" not in text or response.status_code == 404, path


def test_live_parts_are_filled_in_for_the_reader(desk: Desk, client: Client) -> None:
    text = (
        '<Steps>\n<Step title="Press" check="xero.connected">\n<Connect provider="xero" />\n</Step>\n</Steps>\n'
        '<When connection="active">\nOnly when connected.\n</When>\n'
        '<When connection="not_connected">\nOnly before.\n</When>\n<ConnectionStatus />'
    )

    page = client.get(desk.publish(101, "first", text)).text

    assert 'id="connect"' in page
    assert "Only before." in page
    assert "Only when connected." not in page
    assert not re.search(r"xo[0-9a-f]{16}", page)
