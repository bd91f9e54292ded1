"""Who sees which article where: every reader, every status, every place at which a guide could turn up.

A new status must be decided upon here, and a new place of guides be added.
"""

import re
from collections.abc import Iterator, Mapping
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, update

from tests.client import Client
from tests.content.desk import Desk
from tests.employees import ADA, EDDIE, RILEY, make
from xero_onboard.content import revisions
from xero_onboard.content.models import Article
from xero_onboard.lib.db import db

CANARY = "quetzalcoatlus"
GUIDE, NEIGHBOUR = 202, 201
API = "/api/v2/help_center"
# Whether it can be read by anybody; nobody reads more outside the editor, whatever their role.
STATUSES: Mapping[str, bool] = {"published": True, "draft": False, "archived": False}
READERS = ("a stranger", "a reader", "an editor", "an administrator")
# Each place with the form in which it is asked for.
PLACES: Mapping[str, tuple[str, str]] = {
    "home": ("/hc/en-gb", "text/html"),
    "navigation of the section": ("/hc/en-gb/sections/10-connecting", "text/html"),
    "section as Markdown": ("/hc/en-gb/sections/10-connecting.md", "text/html"),
    "siblings, next and related": (f"/hc/en-gb/articles/{NEIGHBOUR}-neighbour", "text/html"),
    "the article": (f"/hc/en-gb/articles/{GUIDE}-hidden", "text/html"),
    "the article as Markdown": (f"/hc/en-gb/articles/{GUIDE}-hidden.md", "text/html"),
    "the article for a machine": (f"/hc/en-gb/articles/{GUIDE}-hidden", "text/markdown"),
    "by its number": (f"/hc/articles/{GUIDE}", "text/html"),
    "by an old slug": (f"/hc/en-gb/articles/{GUIDE}-before", "text/html"),
    "by an alias": ("/hc/en-gb/articles/bird", "text/html"),
    "search": (f"/hc/en-gb/search?query={CANARY}", "text/html"),
    "search for its beginning": (f"/hc/en-gb/search?query={CANARY[:8]}", "text/html"),
    "search, misspelt": (f"/hc/en-gb/search?query={CANARY[:-2]}su", "text/html"),
    "search with other words": (f"/hc/en-gb/search?query={CANARY}+neighbour", "text/html"),
    "search for its code": ("/hc/en-gb/search?query=declined", "text/html"),
    "nothing found": ("/hc/en-gb/search?query=zzzzqqqq", "text/html"),
    "nothing found in the section": ("/hc/en-gb/search?query=zzzzqqqq&section=10", "text/html"),
    "suggestions": (f"/hc/search/suggest?query={CANARY[:8]}", "application/json"),
    "suggestions for its code": ("/hc/search/suggest?query=declined", "application/json"),
    "no such page": (f"/hc/en-gb/articles/{CANARY}", "text/html"),
    "sitemap": ("/sitemap.xml", "application/xml"),
    "llms.txt": ("/llms.txt", "text/markdown"),
    "llms-full.txt": ("/llms-full.txt", "text/markdown"),
    "home for a machine": ("/hc/en-gb", "text/markdown"),
    "articles of the API": (f"{API}/articles.json", "application/json"),
    "articles of the API, of the section": (
        f"{API}/en-gb/sections/10/articles",
        "application/json",
    ),
    "the article of the API": (f"{API}/articles/{GUIDE}.json", "application/json"),
    "one of its translations": (f"{API}/articles/{GUIDE}/translations/en-gb", "application/json"),
    "its translations": (f"{API}/articles/{GUIDE}/translations.json", "application/json"),
    "articles of the API, by label": (f"{API}/articles?label_names={CANARY}", "application/json"),
    "articles of the API, by cursor": (f"{API}/articles?page[size]=100", "application/json"),
    "search of the API by label": (
        f"{API}/articles/search?label_names={CANARY}",
        "application/json",
    ),
    "search of the API": (f"{API}/articles/search.json?query={CANARY[:8]}", "application/json"),
    "search of the API, misspelt": (
        f"{API}/articles/search?query={CANARY[:-2]}su",
        "application/json",
    ),
}
# There may be more of a guide at these than its address, which does not hold the word.
_ECHO = re.compile(
    rf'(query=|label_names=|subject=|value="|“|data-query="|"query":"|/articles/){CANARY}',
    re.IGNORECASE,
)
_TRACES = (CANARY, f"{GUIDE}-hidden", f"hc/articles/{GUIDE}")


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    """A guide with a word of its own wherever a guide has words, and one beside it."""
    word = CANARY.title()
    desk.guide(NEIGHBOUR, "neighbour", "Bones.", title="A neighbour of bones", order="1")
    desk.guide(
        GUIDE,
        "hidden",
        f"## {word} {{#declined}}\n\nThe {word} explains it.",
        title=f"{word} of bones",
        description=f"About the {word}.",
        keywords=f"[{CANARY}]",
        aliases="[bird]",
        errors="{declined: declined}",
        promoted="true",
        order="2",
    )
    for number in (203, 204, 205):
        desk.guide(number, f"other-{number}", title=f"Something else {number}", order=str(number))
    assert not desk.sync().is_broken
    return desk


@pytest.fixture
def browsers(shelf: Desk) -> Mapping[str, Client]:
    """Everybody who may read, each in a browser of their own."""
    stranger = cast(Client, shelf.app.test_client())
    return {
        "a stranger": stranger,
        "a reader": make(shelf.app, RILEY, "reader").sign_in(shelf.app),
        "an editor": make(shelf.app, EDDIE, "editor", has_second_step=True).sign_in(shelf.app),
        "an administrator": make(shelf.app, ADA, "admin", has_second_step=True).sign_in(shelf.app),
    }


def statuses() -> Iterator[str]:
    """Those that the database knows."""
    for constraint in Article.__table__.constraints:  # type: ignore[attr-defined]
        if isinstance(constraint, CheckConstraint) and "status" in str(constraint.sqltext):
            yield from re.findall(r"'(\w+)'", str(constraint.sqltext))


def put(app: Flask, status: str) -> None:
    with app.app_context():
        db.session.execute(update(Article).where(Article.id == GUIDE).values(status=status))
        revisions.bump_generation()
        db.session.commit()


def traces(browser: Client, place: str) -> list[str]:
    """What this place tells of the guide beyond the words that were asked for."""
    path, form = PLACES[place]
    answer = browser.get(path, headers={"Accept": form})
    told = _ECHO.sub("", answer.get_data(as_text=True) + (answer.location or "")).lower()
    told = told.replace(path.lower(), "")
    return [trace for trace in _TRACES if trace in told]


def test_every_status_has_been_decided_upon() -> None:
    assert set(statuses()) == set(STATUSES)


@pytest.mark.parametrize("status", STATUSES)
def test_everybody_sees_what_is_published_everywhere_and_nothing_else(
    shelf: Desk, browsers: Mapping[str, Client], status: str
) -> None:
    """Row E4: all readers at all places."""
    for browser in browsers.values():
        browser.get("/hc/en-gb/search?query=bones")  # the index knows it as it was
    put(shelf.app, status)

    shown = {
        (reader, place): bool(traces(browsers[reader], place))
        for reader in READERS
        for place in PLACES
    }

    wrong = [where for where, is_shown in shown.items() if is_shown != STATUSES[status]]
    assert wrong == []
