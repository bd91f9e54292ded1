"""A site goes into one file, and comes out of it as the same site."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from zipfile import ZipFile

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import update

from tests.client import Client
from tests.employees import EDDIE, Account, make
from tests.staff.discussing import comments_of, discuss
from tests.staff.everything import Page, differing, public_pages, without_popular
from tests.staff.test_articles import GUIDE, PLACE, begin, field_of, form_of, send
from tests.staff.test_brand import give as give_look
from tests.staff.test_brand import logo
from tests.staff.test_brand import send as send_look
from tests.staff.test_people import newest_entry
from tests.staff.test_pictures import upload
from tests.staff.test_places import put
from tests.zoo import with_place
from xero_onboard.config import Settings
from xero_onboard.content import votes
from xero_onboard.content.models import Alias, Arrival, Article, ArticleFile, Revision
from xero_onboard.content.parts import JSON
from xero_onboard.factory import create_app
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db

OTHER = "/staff/articles/360001000102"
UNREAD = "/staff/articles/360001000302"
# What files say is news.
FEED_OF_GUIDE = re.compile(r"/articles/\d+/feed\.xml$")
FRENCH = f"/hc/fr-ca/articles/{GUIDE}"
OLDER = "Cette traduction est plus ancienne"
OLD = (
    f"/hc/en-gb/articles/{GUIDE}-connect-your-xero-organisation",
    f"/hc/en-gb/articles/{GUIDE}-connect-your-xero-organisation.md",
    "/hc/en-gb/articles/connect-your-xero-organisation",
    "/hc/en-gb/articles/join-xero",
    "/support/old-guide",
    "/hc/en-us/articles/4711-an-old-title",
    "/hc/article_attachments/77/form.pdf",
    f"/hc/articles/{GUIDE}",
    f"/hc/fr/articles/{GUIDE}",
    "/hc/en-gb/articles/nothing-with-xero-in-it",
)
# Every column of a guide goes into an archive, but for who wrote it and what belongs to this database alone.
CARRIED: Mapping[str, set[str]] = {
    "section": {
        *("id", "locale", "slug", "title", "description", "position", "translation_of"),
        *("keeper", "archived_at"),
    },
    "article": {
        *("id", "section_id", "locale", "slug", "position", "is_promoted", "provider", "status"),
        *("published_revision_id", "draft_revision_id", "offered_revision_id", "keeper"),
        *("publish_at", "unpublish_at", "file", "created_at", "translation_of", "owner_id"),
        *("is_turn_chosen", "is_owner_chosen", "missed_because"),
        *("visibility", "takes_comments", "takes_votes", "search_boost", "is_searchable"),
    },
    "revision": {
        *("id", "article_id", "number", "origin", "base", "reason", "significance", "checksum"),
        *("title", "description", "keywords", "errors", "last_reviewed_on", "review_due_on"),
        *("edited_on", "matter", "source", "parts", "page", "contents", "text"),
        *("machine", "created_at", "published_at", "renewed_at", "translated"),
    },
    "alias": {"path", "article_id"},
    "earlier_news": {"article_id", "number", "published_at"},
    "picture": {"id", "name", "digest", "content_type", "width", "height", "body"},
    "picture_place": {"path", "picture_id"},
    "snippet": {"id", "locale", "name", "body", "keeper", "offered", "file_digest"},
    "arrival": {
        *("kind", "source_id", "locale", "target_id", "target_locale", "state", "revision_id"),
        *("is_outdated", "at"),
    },
    "article_file": {"id", "article_id", "name", "picture_id", "body"},
}
LEFT_BEHIND: Mapping[str, set[str]] = {
    "revision": {"author_id"},
    "snippet": {"number", "author_id", "changed_at"},
    "unsaved": {"article_id", "user_id", "base", "matter", "source", "at"},
    # Who asked for and gave it are people here; what is not published yet is approved anew.
    "approval": {
        *("id", "article_id", "revision_id", "asked_by_id", "note", "reviewer_id", "asked_at"),
        *("outcome", "answered_by_id", "answer", "answered_at"),
    },
    "content_generation": {"id", "number"},
    # Found anew in each text that is taken over.
    "picture_use": {"revision_id", "picture_id"},
}


def run(app: Flask, *words: str) -> Any:
    return app.test_cli_runner().invoke(args=["content", *words])


def another(environ: Mapping[str, str], **settings: str) -> Flask:
    """A site with every table and nothing in it."""
    site = create_app(Settings.from_environ({**environ, **settings}))
    site.test_client_class = Client
    with site.app_context():
        upgrade()
    return site


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """Where the new site keeps everything: in its folder, unless a test asks for PostgreSQL."""
    is_asked_for = getattr(request, "param", "") == "postgresql"
    return str(request.getfixturevalue("postgres_url")) if is_asked_for else ""


@pytest.fixture
def new_site(environ: dict[str, str], tmp_path: Path, database_url: str) -> Iterator[Flask]:
    elsewhere = {"INSTANCE_DIR": str(tmp_path / "new"), "CONTENT_DIR": str(tmp_path / "content")}
    site = another(environ, **elsewhere, **({"DATABASE_URL": database_url} if database_url else {}))
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def lived_in(app: Flask, editor: Client) -> Flask:
    """The shipped guides after staff and readers have been there."""
    place = begin(editor, "Set up reminders")
    picture = upload(editor, with_place())["markdown"]
    body = f"Press **Remind**, as in [the guide](connect-your-xero-organisation.md#connect).\n\n{picture}"
    form = form_of(editor, place) | {"body": body, "description": "How.", "promoted": "yes"}
    terms = {"comments_closed": "yes", "feedback_off": "yes", "search_boost": "5"}
    turns = {"prev": "none", "next": str(GUIDE), "next_title": "Connect", "toc_off": "yes"}
    image = re.search(r"\]\((images/[^)]+)\)", picture)
    around = turns | {"canonical": "https://a.example/", "image": image[1] if image else ""}
    send(editor, "publish", form | {"keywords": "bell, nudge"} | terms | around, place)
    put(editor, "join-xero")
    put(editor, "join-xero-now", "360000100002")
    put(editor, "join-xero-now", "360000100002", after="360001000201")
    put(editor, "what-xero-asks", place=OTHER, after=str(GUIDE))
    send(editor, "publish", form_of(editor) | {"title": "Join Xero: “now” & here"})
    send(editor, "draft", form_of(editor) | {"body": "Canary of a draft."})
    waiting = begin(editor, "For later")
    send(editor, "draft", form_of(editor, waiting) | {"description": "Soon."}, waiting)
    when = {"publish_at": f"{now() + timedelta(days=2):%Y-%m-%dT%H:%M}", "base": "2"}
    assert editor.post(f"{waiting}/schedule", data=when).status_code == 303
    send(editor, "archive", {}, begin(editor, "Gone again"))
    unread = {"search_exclude": "yes", "last_reviewed_on": "2025-01-01", "review_in": "1 month"}
    send(editor, "publish", form_of(editor, UNREAD) | unread, UNREAD)
    shelf = {"title": "Connect & go on", "description": "A “section”.", "after": "360000100002"}
    editor.post("/staff/sections/360000100001", data=shelf)
    share_a_text(editor, place)
    translate(editor)
    look_back(app)
    discuss(app, editor)
    opened = {"query": "connect", "from": "page", "article": "360001000201", "place": "2"}
    cast(Client, app.test_client()).post("/hc/search/told", data=opened)
    for value in ("up", "down", "up"):
        cast(Client, app.test_client()).post(f"/hc/articles/{GUIDE}/vote", data={"value": value})
    return app


def share_a_text(editor: Client, place: str) -> None:
    """A snippet that holds another, in a guide of staff and in one that came from a file."""
    for name, body in (("deep", "Shared, at last."), ("shared", '<Snippet name="deep" />')):
        editor.post("/staff/snippets", data={"name": name, "locale": "en-gb"})
        editor.post(f"/staff/snippets/en-gb/{name}", data={"base": "1", "body": body})
    for each in (place, OTHER):
        form = form_of(editor, each)
        body = f'{form["body"]}\n\n<Snippet name="shared" />'
        send(editor, "publish", form | {"body": body}, each)


def translate(editor: Client) -> None:
    """A translation of today, and one that nobody has finished; a shipped one is older than its original by now."""
    for number in ("360001000102", "360001000103"):
        begun = editor.post(f"/staff/articles/{number}/translations", data={"locale": "fr-ca"})
        place = str(begun.location)
        form = form_of(editor, place) | {"title": f"Guide {number}, en français"}
        send(editor, "publish" if number == "360001000102" else "draft", form, place)


def look_back(app: Flask) -> None:
    """What came from elsewhere, and long ago."""
    with app.app_context():
        begin_write()
        db.session.add(Alias(path="/support/old-guide", article_id=GUIDE))
        votes.take_over(GUIDE, 40, 50)
        db.session.add(ArticleFile(id=77, article_id=GUIDE, name="form.pdf", body=b"%PDF-1.7"))
        there = {"kind": "article", "locale": "en-us", "target_locale": "en-gb", "state": "s"}
        db.session.add(Arrival(source_id=4711, target_id=GUIDE, **there))
        long_ago = now() - timedelta(days=400)
        db.session.execute(update(Article).values(created_at=long_ago))
        revision = update(Revision).where(Revision.article_id == GUIDE)
        is_published = Revision.published_at.is_not(None)
        dates = {"created_at": long_ago, "edited_on": long_ago.date()}
        db.session.execute(revision.values(dates))
        db.session.execute(revision.where(is_published).values(published_at=long_ago))
        commit()


def addresses_of(app: Flask) -> list[str]:
    """Where guides would be that nothing leads to, and their feeds."""
    return [
        *OLD,
        *(f"/hc/articles/{number}" for number in sorted(guides(app))),
        *(f"/hc/en-gb/articles/{number}/feed.xml" for number in sorted(guides(app))),
    ]


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_an_archive_makes_the_same_site(lived_in: Flask, new_site: Flask, tmp_path: Path) -> None:
    file = tmp_path / "site.zip"
    make(new_site, EDDIE, "editor")

    said = run(lived_in, "export", "--zip", str(file))
    taken = run(new_site, "import", "archive", str(file))

    assert (said.exit_code, taken.exit_code) == (0, 0), said.output + taken.output
    pages_of = partial(public_pages, more=addresses_of(lived_in))
    before, after = (without_popular(pages_of(site)) for site in (lived_in, new_site))
    assert differing(before, after) == []
    pages = [page.body.decode(errors="replace") for page in before.values()]
    assert sum("42 out of 53 found this helpful" in page for page in pages) > 0
    assert sum("Shared, at last." in page for page in pages) > 3
    assert sum("We have not checked this guide for a while" in page for page in pages) > 0
    assert sum("Connect &amp; go on" in page for page in pages) > 3
    assert sum("Step 3 is new." in comments_of(page) for page in pages) > 0
    assert sum(path.startswith("/hc/article_attachments/") for path in before) > 5
    assert OLDER in read(new_site, FRENCH)
    assert OLDER not in read(new_site, "/hc/fr-ca/articles/360001000102")
    again = tmp_path / "again.zip"
    run(new_site, "export", "--zip", str(again))
    assert members(again) == members(file)
    assert newest_entry(lived_in, "guides_exported").details["guides"] == len(guides(lived_in))
    assert newest_entry(new_site, "guides_imported").details["guides"] == len(guides(new_site))


def read(app: Flask, address: str) -> str:
    return cast(Client, app.test_client()).get(address, follow_redirects=True).text


def members(file: Path) -> dict[str, bytes]:
    """What is in an archive, but for when it was made."""
    with ZipFile(file) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    found["site.json"] = re.sub(rb'"made_at": "[^"]*"', b"", found["site.json"])
    return found


def guides(app: Flask) -> set[int]:
    with app.app_context():
        found = set(db.session.scalars(db.select(Article.id)))
        db.session.rollback()
    return found


def test_every_column_comes_along_or_stays_for_a_reason() -> None:
    """A new one fails here until the archive carries it, or somebody has decided that it stays."""
    tables = {
        mapper.local_table.name: set(mapper.local_table.columns.keys())
        for mapper in db.Model.registry.mappers
        if mapper.class_.__module__ == Article.__module__
    }

    assert tables == {
        name: CARRIED.get(name, set()) | LEFT_BEHIND.get(name, set())
        for name in CARRIED.keys() | LEFT_BEHIND.keys()
    }


def test_what_nobody_reads_yet_comes_along(
    lived_in: Flask, new_site: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "site.zip"
    run(lived_in, "export", "--zip", str(file))
    run(new_site, "import", "archive", str(file))
    editor = make(new_site, EDDIE, "editor", has_second_step=True).sign_in(new_site)

    assert field_of(editor.get(PLACE).text, "body") == "Canary of a draft."
    assert "For later" in editor.get("/staff/articles?state=scheduled").text
    assert "Gone again" in editor.get("/staff/articles?state=archived").text
    before = cast(Client, new_site.test_client()).get(f"/hc/articles/{GUIDE}").location
    send(editor, "publish", form_of(editor))
    assert "Canary of a draft." in editor.get(str(before)).text


def test_the_files_of_an_archive_are_in_order_by_themselves(
    lived_in: Flask, new_site: Flask, tmp_path: Path
) -> None:
    file, folder = tmp_path / "site.zip", tmp_path / "content"
    run(lived_in, "export", "--zip", str(file))
    run(new_site, "import", "archive", str(file))
    before = public_pages(new_site)

    run(new_site, "export")
    said = run(new_site, "sync").output

    assert "Broken" not in said
    with ZipFile(file) as archive:
        files = {name for name in archive.namelist() if name.startswith("content/")}
    assert files == {
        path.relative_to(tmp_path).as_posix() for path in folder.rglob("*") if path.is_file()
    }
    after = public_pages(new_site)
    assert [path for path in differing(told(before), told(after)) if path.startswith("/hc/")] == []


def told(pages: Mapping[str, Page]) -> Mapping[str, Page]:
    """The pages without the number of the revision that they show: what files say is one more."""
    edition = re.compile(rb"(edition\W[^0-9]{0,9}\d+)-\d+")
    return {
        path: replace(page, headers={}, body=edition.sub(rb"\1", page.body))
        for path, page in pages.items()
        if not FEED_OF_GUIDE.search(path)
    }


def test_an_administrator_takes_everything_along(
    app: Flask, administrator: Client, editor: Client, ada: Account
) -> None:
    """Row L2."""
    button = 'action="/staff/articles/archive"'

    answer = administrator.post("/staff/articles/archive")
    refused = editor.post("/staff/articles/archive")

    assert (answer.status_code, refused.status_code) == (200, 403)
    assert answer.headers["Content-Disposition"].endswith('.zip"')
    assert answer.headers["Cache-Control"] == "private, no-store"
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        told = json.loads(archive.read("zendesk/articles.json"))["articles"]
    assert GUIDE in {each["id"] for each in told}
    assert newest_entry(app, "guides_exported").actor_id == ada.id
    assert button in administrator.get("/staff/articles").text
    assert button not in editor.get("/staff/articles").text


def test_two_guides_that_would_be_one_file_are_named(
    app: Flask, administrator: Client, editor: Client
) -> None:
    """As an older release let them be begun."""
    for _ in range(2):
        place = begin(editor, "The same name")
        send(editor, "publish", form_of(editor, place) | {"description": "Twice."}, place)
    with app.app_context():
        numbered = Article.slug == "the-same-name-2"
        assert db.session.execute(update(Article).where(numbered).values(slug="the-same-name"))
        db.session.commit()

    answer = administrator.post("/staff/articles/archive")

    assert answer.status_code == 409
    assert "The archive was not made</h1>" in answer.text
    assert "the-same-name.md: two published guides have this name" in answer.text


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_the_look_comes_along(
    app: Flask, administrator: Client, client: Client, new_site: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "site.zip"
    send_look(administrator, logo=logo(), logo_dark=logo(300), alt="Fern", icon_of_logo="yes")
    give_look(administrator)

    said = run(app, "export", "--zip", str(file))
    taken = run(new_site, "import", "archive", str(file))

    assert (said.exit_code, taken.exit_code) == (0, 0), said.output + taken.output
    new = cast(Client, new_site.test_client())
    before, after = client.get("/hc/en-gb"), new.get("/hc/en-gb")
    assert before.data == after.data
    asked = set(re.findall(r'"(?:http://localhost:8000)?(/brand/[^"]+)"', after.text))
    assert len(asked) == 5
    assert {new.get(href).status_code for href in asked} == {200}
    assert "look/icon.png" not in members(file)


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        ({"light": "#ff7a00"}, "nobody could read its colour for light pages"),
        ({"light": "red;}body{display:none"}, "nobody could read its colour for light pages"),
        ({"light": None, "dark": "#ff7a00"}, "for dark pages alone"),
        ({"alt": "x" * 101}, "longer than 100 characters"),
        ({"files": {"logo": "../../site.json"}}, "which the archive has not"),
        ({"files": {"logo": "icon.png"}}, "its logo is an SVG or a page"),
    ],
)
def test_a_look_that_lies_is_refused(
    app: Flask, administrator: Client, new_site: Flask, tmp_path: Path, lie: JSON, words: str
) -> None:
    """Row F4."""
    file, forged = tmp_path / "site.zip", tmp_path / "forged.zip"
    send_look(administrator, logo=logo())
    give_look(administrator)
    run(app, "export", "--zip", str(file))
    with ZipFile(file) as honest, ZipFile(forged, "w") as archive:
        for name in honest.namelist():
            body = honest.read(name)
            if name == "site.json":
                told = json.loads(body)
                body = json.dumps({**told, "look": {**told["look"], **lie}}).encode()
            archive.writestr(name, body)
        archive.writestr("look/icon.png", b"<svg onload='alert(1)'/>")

    refused = run(new_site, "import", "archive", str(forged))

    assert refused.exit_code == 1
    assert words in refused.output
    assert "/brand/" not in cast(Client, new_site.test_client()).get("/nowhere").text
