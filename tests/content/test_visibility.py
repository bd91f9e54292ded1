"""Who sees which article where: every reader, every state, every place at which a guide could turn up.

A new status must be decided upon here, and a new place of guides be added.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, update

from tests.client import Client
from tests.content.desk import Desk
from tests.content.test_translations import translate
from tests.employees import ADA, EDDIE, RILEY, make
from xero_onboard.content import revisions
from xero_onboard.content.models import Article
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

CANARY, FRENCH_CANARY = "quetzalcoatlus", "archaeopteryx"
# One guide that is hidden, one beside it, and the translation of that one, which is hidden by itself.
GUIDE, NEIGHBOUR, TRANSLATION = 102, 101, 201
# One whose author names the hidden guide as related.
CHOOSER, CHOSEN = 106, "related, because its author says so"
API = "/api/v2/help_center"
HOUR = timedelta(hours=1)
ENDED = "ended, and no worker has come by"
UNLISTED, INTERNAL = "published, in no list", "published, for staff only"
# What a guide is at a time, and whether it stands everywhere; nobody reads more outside the editor, whatever their role,
# but for the two states in which a guide has an address and is in no list.
STATES: Mapping[str, tuple[Mapping[str, Any], bool]] = {
    "published": ({"status": "published"}, True),
    "published until later": ({"status": "published", "unpublish_at": HOUR}, True),
    ENDED: ({"status": "published", "unpublish_at": -HOUR}, False),
    "ended": ({"status": "draft", "unpublish_at": -HOUR}, False),
    "draft": ({"status": "draft"}, False),
    "scheduled": ({"status": "draft", "publish_at": HOUR}, False),
    "due, and no worker has come by": ({"status": "draft", "publish_at": -HOUR}, False),
    "archived": ({"status": "archived"}, False),
    UNLISTED: ({"status": "published", "visibility": "unlisted"}, False),
    INTERNAL: ({"status": "published", "visibility": "internal"}, False),
    "no longer unlisted": ({"status": "draft", "visibility": "unlisted"}, False),
    "archived, for staff only": ({"status": "archived", "visibility": "internal"}, False),
    "ended, for staff only": (
        {"status": "published", "visibility": "internal", "unpublish_at": -HOUR},
        False,
    ),
}
# The places that are the address of a guide, or lead there for people.
ADDRESSES = {"the article", "the translation", "by its number", "by an old slug"}
ADDRESSES |= {"in another language", CHOSEN}
# What leads there for everybody alike, and the forms of it that machines are given.
PUBLIC_ADDRESSES = {"by an alias", "the article as Markdown", "the article for a machine"}
PUBLIC_ADDRESSES |= {"the translation as Markdown", *ADDRESSES}
STAFF = ("an editor", "an administrator")
READERS = ("a stranger", "a reader", "an editor", "an administrator")
# Each place of a guide with the form in which it is asked for.
PLACES: Mapping[str, tuple[str, str]] = {
    "home": ("/hc/en-gb", "text/html"),
    "navigation of the section": ("/hc/en-gb/sections/10-connecting", "text/html"),
    "section as Markdown": ("/hc/en-gb/sections/10-connecting.md", "text/html"),
    "siblings, next and related": (f"/hc/en-gb/articles/{NEIGHBOUR}-neighbour", "text/html"),
    CHOSEN: (f"/hc/en-gb/articles/{CHOOSER}-chooser", "text/html"),
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
    "in another language": (f"/hc/fr-ca/articles/{GUIDE}-hidden", "text/html"),
    "home in another language": ("/hc/fr-ca", "text/html"),
    "suggestions of another language's original": (
        f"/hc/search/suggest?query={CANARY[:8]}&locale=en-gb",
        "application/json",
    ),
    "sitemap": ("/sitemap.xml", "application/xml"),
    "feed of everything": ("/feed.xml", "application/atom+xml"),
    "feed of the section": ("/hc/en-gb/sections/10/feed.xml", "application/atom+xml"),
    "feed of the article": (f"/hc/en-gb/articles/{GUIDE}/feed.xml", "application/atom+xml"),
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
# Each place of a translation.
PLACES_IN_FRENCH: Mapping[str, tuple[str, str]] = {
    "home": ("/hc/fr-ca", "text/html"),
    "section": ("/hc/fr-ca/sections/20-connexion", "text/html"),
    "section as Markdown": ("/hc/fr-ca/sections/20-connexion.md", "text/html"),
    "the translation": (f"/hc/fr-ca/articles/{TRANSLATION}-premier", "text/html"),
    "the translation as Markdown": (f"/hc/fr-ca/articles/{TRANSLATION}-premier.md", "text/html"),
    "by its number": (f"/hc/articles/{TRANSLATION}?locale=fr-ca", "text/html"),
    "from its original in its language": (f"/hc/fr-ca/articles/{NEIGHBOUR}-neighbour", "text/html"),
    "the languages of its original": (f"/hc/en-gb/articles/{NEIGHBOUR}-neighbour", "text/html"),
    "search": (f"/hc/fr-ca/search?query={FRENCH_CANARY}", "text/html"),
    "suggestions": (f"/hc/search/suggest?query={FRENCH_CANARY}&locale=fr-ca", "application/json"),
    "sitemap": ("/sitemap.xml", "application/xml"),
    "feed of everything": ("/feed.xml", "application/atom+xml"),
    "feed of the section": ("/hc/fr-ca/sections/20/feed.xml", "application/atom+xml"),
    "feed of the translation": (
        f"/hc/fr-ca/articles/{TRANSLATION}/feed.xml",
        "application/atom+xml",
    ),
    "llms.txt": ("/llms.txt", "text/markdown"),
    "llms.txt of the language": ("/hc/fr-ca/llms.txt", "text/markdown"),
    "llms-full.txt": ("/llms-full.txt", "text/markdown"),
    "articles of the API": (f"{API}/fr-ca/articles.json", "application/json"),
    "the article of the API": (f"{API}/fr-ca/articles/{TRANSLATION}.json", "application/json"),
    "search of the API": (
        f"{API}/fr-ca/articles/search?query={FRENCH_CANARY}",
        "application/json",
    ),
}
# There may be more of a guide at these than its address, which does not hold the word.
_ECHO = re.compile(
    r'(query=|label_names=|subject=|value="|“|«\s|data-query="|"query":"|/articles/)'
    rf"({CANARY}|{FRENCH_CANARY})",
    re.IGNORECASE,
)
# A guide, the places at which it could turn up, and what of it would.
_Hidden = tuple[int, Mapping[str, tuple[str, str]], Sequence[str]]
HIDDEN: Mapping[str, _Hidden] = {
    "a guide": (GUIDE, PLACES, (CANARY, f"{GUIDE}-hidden", f"hc/articles/{GUIDE}")),
    "a translation": (
        TRANSLATION,
        PLACES_IN_FRENCH,
        (FRENCH_CANARY, f"{TRANSLATION}-premier", f"hc/articles/{TRANSLATION}"),
    ),
}


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    """A guide with a word of its own wherever a guide has words, one beside it, and a translation of that."""
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
    for number in (103, 104, 105):
        desk.guide(number, f"other-{number}", title=f"Something else {number}", order=str(number))
    desk.guide(CHOOSER, "chooser", title="Who chooses", related=f"[{GUIDE}, 103]", order="106")
    translate(desk, f"L’{FRENCH_CANARY}.", title=f"L’{FRENCH_CANARY}", description=FRENCH_CANARY)
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


def put(app: Flask, article_id: int, state: str) -> None:
    """Make the guide what it shall be; time alone changes no generation."""
    told = STATES[state][0]
    moments = {name: now() + value for name, value in told.items() if name.endswith("_at")}
    with app.app_context():
        guide = update(Article).where(Article.id == article_id)
        usual = {"publish_at": None, "unpublish_at": None, "visibility": "public"}
        values = {**usual, **told, **moments}
        db.session.execute(guide.values(values))
        if state != ENDED:
            revisions.bump_generation()
        db.session.commit()


def is_seen(state: str, reader: str, place: str) -> bool:
    """Whether this reader is told of the guide there."""
    if state == UNLISTED:
        return place in PUBLIC_ADDRESSES
    if state == INTERNAL:
        return place in ADDRESSES and reader in STAFF
    return STATES[state][1]


def visibilities() -> Iterator[str]:
    """Those that the database knows."""
    for constraint in Article.__table__.constraints:  # type: ignore[attr-defined]
        if isinstance(constraint, CheckConstraint) and "visibility" in str(constraint.sqltext):
            yield from re.findall(r"'(\w+)'", str(constraint.sqltext))


def traces(browser: Client, place: tuple[str, str], words: Sequence[str]) -> list[str]:
    """What this place tells of the guide beyond the words that were asked for."""
    path, form = place
    answer = browser.get(path, headers={"Accept": form})
    told = _ECHO.sub("", answer.get_data(as_text=True) + (answer.location or "")).lower()
    told = told.replace(path.partition("?")[0].lower(), "")
    assert answer.status_code != 429, "what is refused tells nothing"
    return [word for word in words if word in told]


def test_every_status_has_been_decided_upon() -> None:
    assert set(statuses()) == {told["status"] for told, _is_shown in STATES.values()}


def test_every_visibility_has_been_decided_upon() -> None:
    told = {told.get("visibility", "public") for told, _is_shown in STATES.values()}

    assert set(visibilities()) == told


@pytest.mark.parametrize("hidden", HIDDEN)
def test_everybody_sees_what_is_published_everywhere_and_nothing_else(
    shelf: Desk, browsers: Mapping[str, Client], hidden: str
) -> None:
    """Row E4: all readers at all places, in all states one after the other."""
    article_id, places, words = HIDDEN[hidden]

    wrong = []
    for turn, state in enumerate(STATES, 1):
        for browser in browsers.values():
            browser.environ_base["REMOTE_ADDR"] = f"192.0.2.{turn}"
        put(shelf.app, article_id, "published")
        # The outline and the index know it as it was.
        assert traces(browsers["a stranger"], places["search"], words), state
        put(shelf.app, article_id, state)
        wrong += [
            (state, reader, place)
            for reader in READERS
            for place, where in places.items()
            if bool(traces(browsers[reader], where, words)) != is_seen(state, reader, place)
        ]

    assert wrong == []
