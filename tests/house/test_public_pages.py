"""What a stranger sees is the same for every stranger, to the byte, and may be kept; the rest may not."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.lib.web.access import mark_of

LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)')
API = "/api/v2/help_center"
MACHINES = (
    *("/llms.txt", "/llms-full.txt", "/sitemap.xml", "/robots.txt", "/feed.xml"),
    *(f"{API}/{name}" for name in ("categories", "categories/1", "sections.json", "articles.json")),
    *(f"{API}/en-gb/sections/360000100001{end}" for end in ("", "/articles", "/translations")),
    *(f"{API}/articles/360001000101{name}" for name in (".json", "/translations", "/attachments")),
    *(
        f"{API}/{it}/translations/en-gb"
        for it in ("articles/360001000101", "sections/360000100001")
    ),
    f"{API}/locales.json",
    f"{API}/en-gb/articles/search?query=xero",
)


@pytest.fixture
def addresses(app: Flask, client: Client) -> list[str]:
    """Every public address that a reader can reach from the home page, and those for machines."""
    return [*crawl(app, client, "/hc/en-gb"), *MACHINES]


def test_the_crawl_reaches_every_kind_of_public_page(app: Flask, addresses: list[str]) -> None:
    reached = {endpoint_of(app, address) for address in addresses}

    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and is_public(app, rule.endpoint)
    }
    # Reached by typing, by negotiation or by an old link, never by a link of ours.
    unlinked = {"content.home_without_locale", "content.article_by_id", "content.suggest"}
    unlinked |= {"zendesk.nothing"}
    # Old addresses of a help centre that came over.
    unlinked |= {"attached.address_of_file", "attached.category"}
    # Linked as soon as the vendor has given the site their look.
    unlinked |= {"brand.sheet", "brand.mark", "brand.picture"}
    assert public - reached - unlinked == set()


def test_every_stranger_gets_the_same_bytes(app: Flask, addresses: list[str]) -> None:
    """Row C6: a cache may give one stranger's page to another."""
    first, second = app.test_client(), app.test_client()
    second.set_cookie("sandbox_sid", "of-another-port")
    second.set_cookie("theme", "anything")

    for address in addresses:
        one, other = first.get(address), second.get(address)
        assert one.data == other.data, address
        assert one.headers.get("ETag") == other.headers.get("ETag"), address


def test_what_a_stranger_gets_may_be_kept_and_sets_no_cookie(
    client: Client, addresses: list[str]
) -> None:
    for address in addresses:
        response = client.get(address)
        assert response.headers["Cache-Control"].startswith("public"), address
        assert "Set-Cookie" not in response.headers, address


def test_what_a_person_gets_may_not_be_kept(app: Flask, addresses: list[str]) -> None:
    """Row C6: and never a person's to anybody."""
    person = sign_in(app, CASEY)

    for address in addresses:
        response = person.get(address)
        if not address.startswith(("/static/", "/hc/article_attachments/")):
            assert response.headers["Cache-Control"] == "private, no-store", address


def test_a_page_that_did_not_change_is_not_sent_again(client: Client, addresses: list[str]) -> None:
    for address in addresses:
        tag = client.get(address).headers.get("ETag")
        if tag:
            assert client.get(address, headers={"If-None-Match": tag}).status_code == 304, address


def crawl(app: Flask, client: Client, start: str) -> Iterator[str]:
    """Every address on our own site that can be reached by following links, each once."""
    seen, waiting = {start}, [start]
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code in (200, 301, 302), f"{address}: {response.status_code}"
        yield address
        if response.mimetype != "text/html":
            continue
        for found in LINK.findall(response.get_data(as_text=True)):
            link = found.replace("&amp;", "&")
            endpoint = endpoint_of(app, link)
            if link not in seen and endpoint and is_public(app, endpoint):
                seen.add(link)
                waiting.append(link)


def endpoint_of(app: Flask, address: str) -> str | None:
    """The endpoint that answers a GET of this address, if there is one."""
    adapter = app.url_map.bind("localhost")
    path = address.partition("?")[0]
    return str(adapter.match(path)[0]) if adapter.test(path, "GET") else None


def is_public(app: Flask, endpoint: str) -> bool:
    mark = mark_of(app.view_functions[endpoint])
    return mark is not None and mark.is_cacheable
