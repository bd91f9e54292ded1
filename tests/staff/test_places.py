"""Renaming, moving, reordering and scheduling: old addresses lead on, links follow, and time publishes."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.employees import Account
from tests.staff.test_articles import ADDRESS, GUIDE, PLACE, begin, field_of, form_of, send
from tests.staff.test_people import newest_entry
from tests.staff.waits import own
from xero_onboard.content.models import Article
from xero_onboard.lib import jobs
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

SECTION, SECURITY = "360000100001", "360000100002"
OTHER = "/hc/en-gb/articles/360001000102-"


def put(browser: Client, slug: str, section: str = SECTION, place: str = PLACE, **more: str) -> int:
    form = {"slug": slug, "section": section, **more}
    return browser.post(f"{place}/place", data=form).status_code


def links_to(browser: Client, path: str) -> str:
    """The page that lies at this path in the end."""
    return browser.get(path, follow_redirects=True).text


def test_an_old_address_leads_to_the_renamed_guide(
    app: Flask, editor: Client, client: Client
) -> None:
    assert put(editor, "join-xero") == 303
    assert newest_entry(app, "guide_moved").subject == f"article:{GUIDE}"

    old = client.get(ADDRESS)
    by_name = client.get("/hc/en-gb/articles/connect-your-xero-organisation")
    assert (old.status_code, by_name.status_code) == (301, 301)
    assert old.location == by_name.location == f"/hc/en-gb/articles/{GUIDE}-join-xero"
    assert client.get(old.location).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "connect-your-xero-organisation.md",
        f"/hc/en-gb/articles/{GUIDE}",
        f"/hc/en-gb/articles/{GUIDE}#connect",
        f"/hc/fr-ca/articles/{GUIDE}-old-name",
    ],
)
def test_who_links_to_a_guide_is_said_where_it_is_moved_and_when_it_goes(
    editor: Client, target: str
) -> None:
    place = begin(editor, "Leads to “Connect”")
    link = f'<a href="{place}">Leads to “Connect”</a>'
    assert link not in editor.get(f"{PLACE}/place").text
    form = form_of(editor, place) | {"body": f"[This]({target})."}
    send(editor, "publish", form | {"description": "A link."}, place)

    assert link in editor.get(f"{PLACE}/place").text
    send(editor, "unpublish", {})
    told = editor.get(PLACE).text
    assert "their links lead to no page now" in told
    assert "“Leads to “Connect””" in told
    waits = re.sub(r"\s+", " ", editor.get("/staff/waiting").text)
    assert re.search(r"Leads to “Connect”.{1,200}links to 1 guide that readers cannot", waits)

    send(editor, "archive", {}, place)
    assert "their links lead to no page now" not in editor.get(place).text


@pytest.mark.parametrize("key", ["prev", "next", "related"])
def test_who_leads_on_to_a_guide_is_said_as_well(
    app: Flask, editor: Client, eddie: Account, key: str
) -> None:
    place = begin(editor, "Leads on to “Connect”")
    own(app, eddie, int(place.rpartition("/")[2]))
    form = form_of(editor, place) | {"body": "Text.", "description": "A turn."}
    send(editor, "publish", form | {key: str(GUIDE)}, place)

    linked_from = editor.get(f"{PLACE}/place").text
    send(editor, "archive", {})
    warned = re.search(r"their links lead to no page now[^<]*", editor.get(PLACE).text)

    assert f'<a href="{place}">Leads on to “Connect”</a>' in linked_from
    assert warned
    assert "“Leads on to “Connect””" in warned[0]
    waiting = editor.get("/staff/waiting").text
    assert "“Leads on to “Connect””: links to 1 guide that readers cannot see" in waiting


def test_links_in_other_guides_follow_a_name(editor: Client, client: Client, app: Flask) -> None:
    old = f"{GUIDE}-connect-your-xero-organisation"
    place = begin(editor, "By staff")
    body = "[Connect](connect-your-xero-organisation.md#connect) and `](connect-your-xero-organisation.md)`"
    form = form_of(editor, place) | {"body": body, "description": "Links."}
    send(editor, "publish", form, place)

    put(editor, "join-xero")

    pages = [client.get(path).text for path in sitemap(client)]
    assert [page for page in pages if f'href="/hc/en-gb/articles/{old}' in page] == []
    assert any(f'href="/hc/en-gb/articles/{GUIDE}-join-xero#connect"' in page for page in pages)
    assert old not in client.get("/llms-full.txt").text
    text = field_of(editor.get(place).text, "body")
    assert text == body.replace("(connect-your-xero-organisation.md#", "(join-xero.md#")
    assert "Follows connect-your-xero-organisation" in editor.get(f"{place}/history").text


def test_a_new_guide_takes_no_name_that_links_lead_to(editor: Client, client: Client) -> None:
    before = targets(client.get(ADDRESS).text)

    new, newer = (begin(editor, "Connect your Xero organisation") for _ in range(2))
    put(editor, "join-xero")
    newest = begin(editor, "Connect your Xero organisation")

    names = [field_of(editor.get(f"{place}/place").text, "slug") for place in (new, newer, newest)]
    assert names == [f"connect-your-xero-organisation-{number}" for number in (2, 3, 4)]
    send(editor, "publish", form_of(editor))
    moved = f"/hc/en-gb/articles/{GUIDE}-join-xero"
    assert targets(client.get(moved).text) == before


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Réglages à vérifier dès l'arrivée", "reglages-a-verifier-des-larrivee"),
        ("Xeroに接続する", "xero"),
        ("接続する", "guide"),
    ],
)
def test_a_title_becomes_a_name_that_can_be_read(editor: Client, title: str, slug: str) -> None:
    assert field_of(editor.get(f"{begin(editor, title)}/place").text, "slug") == slug


def targets(page: str) -> list[str]:
    """Where the links and pictures of the guide itself lead."""
    prose = page.partition('class="prose"')[2].partition('id="feedback"')[0]
    return re.findall(r'(?:href|src)="([^"]+)"', prose)


def sitemap(client: Client) -> list[str]:
    text = client.get("/sitemap.xml").text
    return [part.partition("</loc>")[0].partition(":8000")[2] for part in text.split("<loc>")[1:]]


def test_a_guide_moves_to_another_section_with_its_links_and_pictures(
    editor: Client, client: Client
) -> None:
    before = client.get(ADDRESS).text

    assert put(editor, "connect-your-xero-organisation", SECURITY) == 303

    after = client.get(ADDRESS).text
    assert "Xero sign-in security" in after.partition("<h1>")[0]
    assert targets(after) == targets(before)
    assert "../connect-to-xero/images/" in field_of(editor.get(PLACE).text, "body")


def test_a_file_does_not_undo_a_name(editor: Client, client: Client, app: Flask) -> None:
    put(editor, "join-xero")

    said = app.test_cli_runner().invoke(args=["content", "sync"])

    assert said.exit_code == 0
    assert client.get(f"/hc/en-gb/articles/{GUIDE}-join-xero").status_code == 200


def test_guides_are_put_in_another_order(editor: Client, client: Client) -> None:
    cards = client.get("/hc/en-gb/sections/360000100001", follow_redirects=True).text

    put(editor, "connect-your-xero-organisation", after="360001000103")

    moved = client.get("/hc/en-gb/sections/360000100001", follow_redirects=True).text
    assert cards.index("360001000101-") < cards.index("360001000103-")
    assert moved.index("360001000103-") < moved.index("360001000101-")


SLUG = "connect-your-xero-organisation"
EVERYWHERE = (
    *("/hc/en-gb", "/sitemap.xml", "/feed.xml", "/llms.txt"),
    *("/hc/en-gb/search?query=canary", "/hc/search/suggest?query=canary"),
)


@pytest.mark.parametrize("slug", ["Upper", "a b", "../etc", "-a", "a--b", "é", "x" * 101])
def test_a_name_that_cannot_stand_in_an_address_is_refused(editor: Client, slug: str) -> None:
    assert put(editor, slug) == 400


def test_a_name_that_another_guide_has_is_refused(editor: Client) -> None:
    assert put(editor, "connect-another-organisation") == 409


def test_an_owner_is_given_and_found(editor: Client, eddie: Account) -> None:
    put(editor, "connect-your-xero-organisation", owner=str(eddie.id))

    mine = editor.get(f"/staff/articles?owner={eddie.id}").text

    assert PLACE in mine
    assert "/staff/articles/360001000102" not in mine


class TestScheduled:
    """A draft is published by itself."""

    def test_a_draft_is_published_when_its_time_has_come(
        self, editor: Client, client: Client, app: Flask
    ) -> None:
        send(editor, "draft", form_of(editor) | {"body": "Canary at nine."})
        soon = (now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
        assert editor.post(f"{PLACE}/schedule", data={"publish_at": soon}).status_code == 303

        assert jobs.run_due(app)
        early = client.get(ADDRESS).text
        wait_until(app, now() - timedelta(seconds=1))
        assert jobs.run_due(app)

        assert "Canary" not in early
        assert "Canary at nine." in client.get(ADDRESS).text
        assert "published by itself on" not in editor.get(PLACE).text

    def test_a_time_after_the_end_is_refused_in_words(self, editor: Client) -> None:
        send(editor, "draft", form_of(editor) | {"unpublish_at": "2098-01-01T09:00"})

        told = editor.post(f"{PLACE}/schedule", data={"publish_at": "2099-01-01T09:00"})

        page = editor.get(told.location).text
        assert "Not scheduled: the draft says that it is taken from readers before" in page
        assert "published by itself on" not in page

    def test_what_was_broken_meanwhile_stays_a_draft(
        self, editor: Client, client: Client, app: Flask
    ) -> None:
        form = form_of(editor) | {"body": "Canary."}
        send(editor, "draft", form)
        wait_until(app, now() - timedelta(seconds=1))
        send(editor, "draft", form_of(editor) | {"body": "<Broken>"})

        assert jobs.run_due(app)

        assert "Canary" not in client.get(ADDRESS).text
        page = editor.get(PLACE).text
        assert field_of(page, "body") == "<Broken>"
        assert "published by itself on" not in page
        for told in (page, editor.get("/staff").text):
            assert "Broken&gt; is not a component" in told
        assert "was not published at its time" in editor.get("/staff").text
        assert PLACE in editor.get("/staff/articles?state=missed").text

        send(editor, "draft", form_of(editor) | {"body": "Mended."})
        later = {"publish_at": "2099-01-01T09:00"}
        assert editor.post(f"{PLACE}/schedule", data=later).status_code == 303

        assert "was not published at its time" not in editor.get("/staff").text
        assert "and was not:" not in editor.get(PLACE).text

    def test_who_breaks_what_waits_for_its_time_is_told_at_once(self, editor: Client) -> None:
        send(editor, "draft", form_of(editor) | {"body": "Canary."})
        editor.post(f"{PLACE}/schedule", data={"publish_at": "2099-01-01T09:00"})

        broken = editor.get(send(editor, "draft", form_of(editor) | {"body": "<Broken>"}).location)
        mended = editor.get(send(editor, "draft", form_of(editor) | {"body": "Fine."}).location)

        assert "it cannot be published at its time" in broken.text
        assert "As it stands it cannot be" in broken.text
        assert "Readers do not see it yet." in mended.text
        assert "As it stands" not in mended.text

    def test_what_was_published_by_hand_is_not_complained_of(
        self, editor: Client, app: Flask
    ) -> None:
        send(editor, "draft", form_of(editor) | {"body": "<Broken>"})
        wait_until(app, now() - timedelta(seconds=1))
        assert jobs.run_due(app)
        assert "was not published at its time" in editor.get("/staff").text

        send(editor, "publish", form_of(editor) | {"body": "Mended."})

        assert "was not published at its time" not in editor.get("/staff").text

    def test_a_mistake_or_a_time_that_is_past_is_not_scheduled(self, editor: Client) -> None:
        send(editor, "draft", form_of(editor) | {"body": "<Broken>"})
        later = "2099-01-01T09:00"

        broken = editor.post(f"{PLACE}/schedule", data={"publish_at": later})
        told = editor.get(broken.location).text
        past = editor.post(f"{PLACE}/schedule", data={"publish_at": "2020-01-01T09:00"})
        wrong = editor.post(f"{PLACE}/schedule", data={"publish_at": "tomorrow"})

        assert "Not scheduled" in told
        assert (past.status_code, wrong.status_code) == (409, 400)


class TestEnding:
    """A guide is taken from readers by itself."""

    def test_readers_see_it_gone_at_once_and_the_worker_makes_a_draft_of_it(
        self, editor: Client, client: Client, app: Flask
    ) -> None:
        form = form_of(editor) | {"body": "Canary until nine.", "unpublish_at": "2099-01-01T09:00"}
        send(editor, "publish", form)
        before = [client.get(path).text for path in EVERYWHERE]

        end_now(app)
        gone = [client.get(path).text for path in EVERYWHERE]
        assert jobs.run_due(app)

        assert all(SLUG in text for text in before)
        assert not any(SLUG in text for text in gone)
        assert client.get(ADDRESS).status_code == 404
        assert "Draft, not published" in editor.get(PLACE).text
        assert field_of(editor.get(PLACE).text, "body") == "Canary until nine."

    def test_a_time_that_is_past_or_none_is_told_and_kept_as_a_draft(
        self, editor: Client, client: Client
    ) -> None:
        for wrong in ("2020-01-01T09:00", "tomorrow"):
            form = form_of(editor) | {"body": "Canary.", "unpublish_at": wrong}

            told = editor.get(send(editor, "publish", form).location).text

            assert "Not published" in told
            assert "Take it from readers on" in told
            assert "Canary" not in client.get(ADDRESS).text


def end_now(app: Flask) -> None:
    """Let the time of the guide be over."""
    with app.app_context():
        over = now() - timedelta(seconds=1)
        db.session.execute(update(Article).where(Article.id == GUIDE).values(unpublish_at=over))
        db.session.commit()


def wait_until(app: Flask, moment: datetime, place: str = PLACE) -> None:
    """Let the time of the scheduled guide come."""
    with app.app_context():
        its = update(Article).where(Article.id == int(place.rpartition("/")[2]))
        db.session.execute(its.values(publish_at=moment))
        db.session.commit()
