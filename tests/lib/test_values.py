"""Values from outside, and where a form may send the reader back to."""

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from xero_onboard.lib.web.values import optional, required, safe_next, several_lines


def test_a_value_comes_without_the_space_around_it() -> None:
    assert optional(MultiDict([("query", "  connect ")]), "query") == "connect"


def test_a_blank_value_counts_as_absent() -> None:
    assert optional(MultiDict([("query", "   ")]), "query") is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([("value", "up"), ("value", "down")], "2 times"),
        ([("value", "x" * 201)], "too long"),
        ([("value", "a\x00b")], "cannot be typed"),
        ([("value", "a\r\nSet-Cookie: x")], "cannot be typed"),
        ([("value", "sideways")], "does not offer"),
        ([("value", "")], "missing"),
        ([], "missing"),
    ],
)
def test_a_wrong_value_is_refused_in_words(given: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        required(MultiDict(given), "value", among=("up", "down"))


def test_half_a_character_is_refused_in_a_text_of_several_lines() -> None:
    with pytest.raises(BadRequest, match="cannot be typed"):
        several_lines(MultiDict([("words", "a\nb\ud800")]), "words")


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/connect",
            "/hc/en-gb",
            "/hc/en-gb/articles/360001000101-connect",
            "/hc/en/sections/7-a",
        ),
        *("/hc/es-419/articles/7-a", "/hc/zh-hans/sections/7", "/hc/fil", "/hc/fil/requests/new"),
    ],
)
def test_a_page_of_ours_is_gone_back_to(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example"),
        *(
            "////evil.example",
            "http:\\\\evil.example",
            "javascript:alert(1)",
            "/hc/en-gb/../../evil",
        ),
        *("/connect\n", "/connect?next=//evil.example", "/connect/../evil", "/hc/en-gb#@evil"),
        *("/sign-out", "/%2f%2fevil.example", " /connect", "/connect@evil.example", "", None),
    ],
)
def test_anything_else_leads_home(path: str | None) -> None:
    assert safe_next(path) == "/"
