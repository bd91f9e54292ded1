"""A cache between everybody and the site keeps what is everybody's, and hands nobody what is another's."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.front import cache_in_front_of
from tests.journeys.burglar import Burglar
from tests.servers import Stage

HOME, GUIDE = "/hc/en-gb", "/hc/en-gb/articles/360001000101-connect-your-xero-organisation"
PERSONAL = ("/connect", "/account", "/account/sessions", "/account/privacy")


@pytest.fixture
def in_front(stage: Stage) -> Iterator[Stage]:
    """The stage as it looks from before the cache."""
    with cache_in_front_of(stage.site) as origin:
        yield replace(stage, site=origin)


@pytest.fixture
def stranger(in_front: Stage) -> Burglar:
    return Burglar(in_front)


def test_strangers_are_served_out_of_the_cache(stranger: Burglar) -> None:
    """Row C6."""
    first, second = (stranger.another().get(HOME) for _ in range(2))

    assert first.headers["X-Kept"] == "MISS"
    assert second.headers["X-Kept"] == "HIT"
    assert first.content == second.content


@pytest.mark.parametrize("page", [HOME, GUIDE])
def test_what_one_person_sees_is_nobody_elses(stranger: Burglar, page: str) -> None:
    """Row C6: whoever comes first."""
    before = stranger.get(page)
    robin, kim = stranger.another(), stranger.another()
    robin.sign_up("robin@example.com")
    kim.sign_up("kim@example.com")

    answers = {name: one.get(page) for name, one in (("robin", robin), ("kim", kim))}

    assert "robin@example.com" in robin.get("/account").text
    assert {each.headers["Cache-Control"] for each in answers.values()} == {"private, no-store"}
    assert "Sign out" in answers["robin"].text
    after = stranger.another().get(page)
    assert after.headers["X-Kept"] == "HIT"
    assert after.content == before.content
    assert "Set-Cookie" not in after.headers


def test_personal_pages_are_never_kept(stranger: Burglar) -> None:
    """Row C6: two people and a stranger, one after the other, twice."""
    robin, kim = stranger.another(), stranger.another()
    robin.sign_up("robin@example.com")
    kim.sign_up("kim@example.com")

    for page in PERSONAL * 2:
        seen = {one: one.get(page) for one in (robin, kim, stranger)}
        assert all(answer.headers["X-Kept"] in ("MISS", "BYPASS") for answer in seen.values())
        assert "robin@example.com" not in seen[kim].text + seen[stranger].text
        assert "kim@example.com" not in seen[robin].text + seen[stranger].text


@pytest.mark.parametrize(
    "lie",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Port": "666"},
        {"X-Original-URL": "/connect", "X-Rewrite-URL": "/connect"},
        {"Forwarded": "host=evil.example"},
        {"X-HTTP-Method-Override": "DELETE"},
        {"Accept-Language": "xx-evil"},
        {"Range": "bytes=0-5"},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_nobody_poisons_what_the_next_one_gets(stranger: Burglar, lie: dict[str, str]) -> None:
    """Row C6: by a header the cache does not tell apart."""
    poisoned = stranger.http.get(GUIDE, headers=lie)
    after = stranger.another().get(GUIDE)

    assert poisoned.status_code in (200, 206)
    assert "evil" not in after.text
    assert after.status_code == 200
    assert after.content == Burglar(stranger.stage).get(GUIDE).content


@pytest.mark.parametrize(
    "query", ["?evil", "?code=evil&state=evil", "?attempt=evil", "?.md", "?%00"]
)
def test_an_odd_query_leaves_the_plain_page_alone(stranger: Burglar, query: str) -> None:
    """Row C6: nor does what was asked come back to the next one."""
    odd = stranger.get(GUIDE + query)
    after = stranger.another().get(GUIDE)

    assert odd.status_code in (200, 400)
    assert "evil" not in after.text
    assert after.status_code == 200


def test_machines_and_readers_are_told_apart(stranger: Burglar) -> None:
    """Row C6: one address, two forms."""
    text = stranger.http.get(GUIDE, headers={"Accept": "text/markdown"})
    page = stranger.another().http.get(GUIDE, headers={"Accept": "text/html"})

    assert text.headers["Content-Type"].startswith("text/markdown")
    assert page.headers["Content-Type"].startswith("text/html")
