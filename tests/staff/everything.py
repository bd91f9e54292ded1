"""Everything that anybody can read of a site, to be compared with that of another, byte for byte."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from flask import Flask
from werkzeug.test import TestResponse

from tests.client import Client
from tests.feedback.pace import without_stamps

ORIGIN = "http://localhost:8000"
API = "/api/v2/help_center"
WORDS = ("organisation", "two-stpe", "zzzzqqqq", "remind", "comment", "limit_reached", "connecter")
BEGINNINGS = (
    *("/", "/hc/en-gb", "/hc/fr-ca", "/hc/en-gb/requests/new", "/hc/fr-ca/requests/new"),
    *("/llms.txt", "/hc/fr-ca/llms.txt", "/llms-full.txt", "/sitemap.xml", "/feed.xml"),
    *("/robots.txt", "/nowhere", "/hc/en-gb/articles/nothing-with-xero-in-it"),
    *(f"{API}/{name}.json" for name in ("locales", "categories", "sections", "articles")),
    *(f"{API}/fr-ca/{name}.json" for name in ("sections", "articles")),
    *(f"{API}/articles.json?sort_by={key}" for key in ("created_at", "updated_at", "edited_at")),
    *(f"/hc/{locale}/search?query={word}" for locale in ("en-gb", "fr-ca") for word in WORDS),
    *(f"/hc/search/suggest?query={word}" for word in ("organisation", "recon", "two-stpe")),
    *(f"{API}/articles/search.json?query={word}" for word in WORDS),
)
# In pages and feeds, in lists for machines, and in the answers of the API.
_LINK = re.compile(r'(?:href|src)="((?:http://localhost:8000)?/(?:hc|brand)/[^"#?]+)')
_ADDRESS = re.compile(r"(?:<loc>|\(|<)(http://localhost:8000/[^)<>\s#]*)")
_TOLD = re.compile(r'"(?:url|next_page|content_url)": ?"(http://localhost:8000/[^"]*)"')
_PAGE = re.compile(r"/hc/[a-z-]+/(?:articles|sections)/[^/.]+$")
_THING = re.compile(rf"{API}/[a-z-]+/(articles|sections)/\d+(?=\.json$)")
_OF_THE_REQUEST = ("Date", "X-Request-Id")
# What is made of a body, of which not everything is compared.
_OF_THE_WHOLE = {"ETag": "", "Content-Length": ""}
_POPULAR = re.compile(
    rb"((?:Guides that others read|Were you looking for one of these\?)\s*</h2>).*?</ul>", re.DOTALL
)


@dataclass(frozen=True)
class Page:
    """An answer as everybody gets it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def public_pages(app: Flask, more: Iterable[str] = ()) -> dict[str, Page]:
    """What a stranger gets at every address that leads anywhere, and at these: followed from page to page."""
    client = cast(Client, app.test_client())
    found: dict[str, Page] = {}
    waiting = [*BEGINNINGS, *more]
    while waiting:
        address = waiting.pop()
        if address not in found:
            answer = client.get(address)
            found[address] = _page(answer)
            waiting += [each for each in _leads_on(address, answer) if each not in found]
    return found


def differing(before: Mapping[str, Page], after: Mapping[str, Page]) -> list[str]:
    """The addresses at which the two sites do not say the same."""
    addresses = sorted(before.keys() | after.keys())
    return [each for each in addresses if before.get(each) != after.get(each)]


def without_popular(pages: Mapping[str, Page]) -> dict[str, Page]:
    """The pages without the guides that are offered where nothing is found: what readers open most is counted anew."""
    return {
        address: replace(page, headers={**page.headers, **_OF_THE_WHOLE}, body=body)
        if (body := _POPULAR.sub(rb"\1", page.body)) != page.body
        else page
        for address, page in pages.items()
    }


def _page(answer: TestResponse) -> Page:
    headers = {name: value for name, value in answer.headers if name not in _OF_THE_REQUEST}
    body = answer.data
    if answer.mimetype == "text/html":
        # The second at which a form was shown.
        body = without_stamps(answer.text).encode()
        if body != answer.data:
            headers |= _OF_THE_WHOLE
    return Page(answer.status_code, headers, body)


def _leads_on(address: str, answer: TestResponse) -> Iterator[str]:
    if answer.location:
        yield answer.location.removeprefix(ORIGIN)
    if not re.search(r"html|json|xml|text", answer.mimetype or ""):
        return
    for pattern in (_LINK, _ADDRESS, _TOLD):
        for link in pattern.findall(answer.text):
            path = link.removeprefix(ORIGIN)
            yield path
            if _PAGE.match(path):
                yield f"{path}.md"
    thing = _THING.match(address)
    if thing:
        yield f"{thing[0]}/translations.json"
        yield f"{thing[0]}/{'attachments' if thing[1] == 'articles' else 'articles'}.json"
