"""Every form and every query: what is wrong is refused in words, and nothing is half done."""

import hashlib
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.lib.db import db

ARTICLE = "360001000101"
UNKNOWN = "00000000-0000-4000-8000-000000000000"

# Every form with a field that it reads. The test below fails when a form is added and not listed.
FORMS = {
    "/hc/articles/<id>/vote": (f"/hc/articles/{ARTICLE}/vote", "value"),
    "/connect/xero": ("/connect/xero", "next"),
    "/connect/connections/<id>/select": (f"/connect/connections/{UNKNOWN}/select", "next"),
    "/connect/connections/<id>/check": (f"/connect/connections/{UNKNOWN}/check", "next"),
    "/connect/connections/<id>/reconnect": (f"/connect/connections/{UNKNOWN}/reconnect", "next"),
    "/connect/connections/<id>/disconnect": (f"/connect/connections/{UNKNOWN}/disconnect", "next"),
    "/connect/organisations/<id>": (f"/connect/organisations/{UNKNOWN}", "tenant"),
    "/sign-in/xero": ("/sign-in/xero", "next"),
}
WITHOUT_FIELDS = {"/sign-out"}

QUERIES = [
    ("/hc/en-gb/search", "query"),
    ("/hc/search/suggest", "query"),
    ("/sign-in", "next"),
]

HOSTILE = {
    "over-long": ["x" * 5000],
    "repeated": ["one", "two"],
    "control characters": ["a\x00b\x1b[31m"],
    "a header": ["a\r\nSet-Cookie: sid=1"],
}


def test_every_form_of_the_site_is_listed_here(app: Flask) -> None:
    forms = {
        generic(rule.rule) for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())
    }

    assert forms == set(FORMS) | WITHOUT_FIELDS


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(("path", "field"), FORMS.values(), ids=FORMS.keys())
def test_a_hostile_field_is_refused_and_changes_nothing(
    app: Flask, path: str, field: str, kind: str
) -> None:
    casey = sign_in(app, CASEY)
    before = contents(app)

    response = casey.post(path, data={field: HOSTILE[kind]})

    assert 400 <= response.status_code < 500
    assert contents(app) == before


@pytest.mark.parametrize("path", [path for path, _ in FORMS.values()])
def test_a_form_that_is_far_too_large_is_refused(app: Flask, path: str) -> None:
    response = sign_in(app, CASEY).post(path, data={"value": "x" * 100_000})

    assert response.status_code in (404, 413)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(("path", "field"), QUERIES)
def test_a_hostile_query_is_refused_in_words(
    client: Client, path: str, field: str, kind: str
) -> None:
    response = client.get(path, query_string={field: HOSTILE[kind]})

    assert response.status_code == 400
    assert field in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/hc/en-gb/articles/0",
            "/hc/en-gb/articles/99999999999999999999999",
            "/hc/zz/articles/x",
        ),
        *("/hc/en-gb/sections/7-none", "/connect/problem/<script>", "/%00", "/hc/%ff"),
        *("/connect/organisations/not-an-id", "/static/../app.py", "/static/%2e%2e/app.py"),
        "/hc/article_attachments/1/../../etc/passwd",
    ],
)
def test_an_address_that_leads_nowhere_says_so(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code in (400, 404)
    assert "<script>" not in response.get_data(as_text=True).replace("<script src", "")


def generic(rule: str) -> str:
    """The rule with every variable part written the same."""
    return "/".join("<id>" if part.startswith("<") else part for part in rule.split("/"))


def contents(app: Flask) -> str:
    """A digest of every row of every table."""
    with app.app_context():
        return hashlib.sha256("\n".join(rows()).encode()).hexdigest()


def rows() -> Iterator[str]:
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):  # noqa: S608
            yield f"{table.name} {row}"
