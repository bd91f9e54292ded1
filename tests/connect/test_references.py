"""A support reference in the search field tells its owner what happened, and nobody else that it exists."""

import pytest
from flask import Flask

from tests.client import Client
from tests.connect.conftest import Visitor, the_only
from tests.connect.test_showings import guides
from xero_onboard.connect.models import Attempt

__all__ = ["guides"]

TITLE = "You pressed Cancel at Xero"


def search(client: Client, query: str) -> str:
    answer = client.get("/hc/en-gb/search", query_string={"query": query})
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def reference(guides: Flask, riley: Visitor) -> str:
    """Riley has pressed Cancel, and was told this."""
    riley.come_back(riley.person.cancel(riley.press_connect()))
    return the_only(guides, Attempt).reference or ""


@pytest.mark.parametrize("spelt", ["{}", "please look at {}", "{} thanks"])
@pytest.mark.parametrize("dash", ["-", " ", "", "–"])
def test_a_reader_finds_what_became_of_their_own_try(
    reference: str, riley: Visitor, spelt: str, dash: str
) -> None:
    text = search(riley.client, spelt.format(reference.lower().replace("-", dash)))

    told = text.partition('class="search-reference"')[2].partition('class="search-help"')
    assert reference in told[0]
    assert TITLE in told[0]
    assert "#declined" in told[2].partition("</section>")[0]


def test_another_reader_learns_not_even_that_it_exists(
    reference: str, guides: Flask, amara: Visitor, client: Client
) -> None:
    """Row E2."""
    amara.press_connect()
    unused = "XC-ZZZZ" if reference != "XC-ZZZZ" else "XC-YYYY"

    for browser in (amara.client, client):
        about_rileys = search(browser, reference)
        assert TITLE not in about_rileys
        assert about_rileys.replace(reference, unused) == search(browser, unused)


@pytest.mark.parametrize(
    "words", ["XC", "XC-", "XC-7F3", "XC-7F3KK", "XC-AEIO", "7F3K", "axc-7f3k"]
)
def test_what_is_no_reference_is_a_word_like_any_other(client: Client, words: str) -> None:
    assert 'class="search-reference"' not in search(client, words)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("access_denied", "360001000301-problems-while-connecting#declined"),
        ("Invalid redirect_uri", "360001000301-problems-while-connecting#error-page-at-xero"),
        ("server_error", "360001000301-problems-while-connecting#provider-unavailable"),
        ("invalid_grant", "360001000301-problems-while-connecting#code-refused"),
        ("complete certification", "360001000301-problems-while-connecting#limit-page-at-xero"),
        ("two uncertified apps", "360001000303-cannot-see-your-organisation#too-many-apps"),
    ],
)
def test_what_xero_says_leads_to_the_part_that_explains_it(
    guides: Flask, client: Client, words: str, place: str
) -> None:
    found = search(client, words).partition('data-behaviour="found"')[2]

    assert f"/hc/en-gb/articles/{place}" in found
