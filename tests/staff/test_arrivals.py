"""What staff have changed here is never overwritten by what comes from elsewhere."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests import zendesk
from tests.client import Client
from tests.staff.test_articles import field_of, form_of, send
from tests.zendesk import HelpCentre, Import

PLACE = "/staff/articles/300"
ADDRESS = "/hc/en-us/articles/300-how-to-start"


@pytest.fixture
def centre() -> Iterator[HelpCentre]:
    with zendesk.running() as found:
        yield found


@pytest.fixture
def take_in(app: Flask, centre: HelpCentre) -> Import:
    return Import(app, centre)


@pytest.fixture
def edited(take_in: Import, centre: HelpCentre, editor: Client) -> HelpCentre:
    """One article came over, and staff have changed it since."""
    centre.article(300, "How to start", "<p>First words.</p><p>Last words.</p>")
    take_in()
    form = _form(editor)
    answer = editor.post(
        f"{PLACE}/publish", data=form | {"body": "First words, by staff.\n\nLast words."}
    )
    assert answer.status_code == 303, answer.text
    return centre


def _form(editor: Client) -> dict[str, str]:
    page = editor.get(PLACE).text
    names = ("base", "title", "description", "body", "last_reviewed_on", "review_in")
    return {name: field_of(page, name) for name in names}


def test_a_change_there_waits_beside_what_staff_wrote(
    take_in: Import,
    edited: HelpCentre,
    editor: Client,
    client: Client,
) -> None:
    edited.articles[0].update(body="<p>First words.</p><p>Last words, from there.</p>")

    said = take_in()

    assert "changed here since, so that it waits for staff" in said
    page = client.get(ADDRESS).text
    assert "First words, by staff." in page
    assert "from there" not in page
    assert "What it says waits here" in editor.get(PLACE).text

    editor.post(f"{PLACE}/offer/take", data={})
    body = field_of(editor.get(PLACE).text, "body")

    assert "First words, by staff." in body
    assert "Last words, from there." in body


def test_the_next_run_offers_it_once(take_in: Import, edited: HelpCentre) -> None:
    edited.articles[0].update(body="<p>Other words.</p>")
    take_in()

    assert "0 changed, 1 as they were" in take_in()


def test_what_has_not_changed_there_offers_nothing(
    take_in: Import,
    edited: HelpCentre,
    editor: Client,
) -> None:
    take_in()

    assert "What it says waits here" not in editor.get(PLACE).text


def test_what_staff_archived_stays_archived(
    take_in: Import,
    edited: HelpCentre,
    editor: Client,
    client: Client,
) -> None:
    editor.post(f"{PLACE}/archive", data={})
    edited.articles[0].update(body="<p>Other words.</p>")

    take_in()

    assert client.get(ADDRESS).status_code == 404


def test_what_staff_have_begun_to_write_is_not_lost(
    take_in: Import, centre: HelpCentre, editor: Client, client: Client
) -> None:
    article = centre.article(300, "How to start", "<p>First words.</p>", draft=True)
    take_in()
    editor.post(f"{PLACE}/draft", data=_form(editor) | {"body": "First words, by staff."})

    article.update(body="<p>Other words.</p>", draft=False)
    said = take_in()

    assert "it waits for staff in the editor" in said
    assert field_of(editor.get(PLACE).text, "body").strip() == "First words, by staff."
    assert client.get(ADDRESS).status_code == 404


def test_a_section_that_is_renamed_there_is_called_the_same_in_links(
    take_in: Import, centre: HelpCentre, editor: Client, client: Client
) -> None:
    centre.section(30, "Later", 1)
    centre.article(300, "How to start")
    linked = f'<p>After <a href="{centre.origin}/hc/en-us/articles/300">this</a>.</p>'
    centre.article(301, "How to go on", linked, section_id=30)
    take_in()
    place = "/staff/articles/301"
    send(editor, "publish", form_of(editor, place) | {"title": "Going on"}, place)
    centre.sections[0]["name"], centre.sections[1]["name"] = "Later", "First steps"

    take_in()
    send(editor, "publish", form_of(editor, place) | {"title": "Further on"}, place)

    page = client.get("/hc/en-us/articles/301-how-to-go-on").text
    assert "Further on</h1>" in page
    assert ADDRESS in page
    assert "Later</h1>" in client.get("/hc/en-us/sections/20-first-steps").text
    moved = client.get("/hc/en-us/sections/20-Later").location
    assert moved == "/hc/en-us/sections/20-first-steps"


def test_a_translation_that_staff_have_made_stays(
    take_in: Import, centre: HelpCentre, editor: Client, client: Client
) -> None:
    centre.article(300, "How to start")
    take_in("--locale", "en-us=en-gb")
    begun = editor.post(f"{PLACE}/translations", data={"locale": "fr-ca"})
    place = str(begun.location)
    send(editor, "publish", form_of(editor, place) | {"title": "Pour commencer"}, place)
    centre.locales = ["en-us", "fr-ca"]
    centre.article(300, "Commencer", locale="fr-ca", source_locale="en-us")

    said = take_in.run("--locale", "en-us=en-gb").output

    assert "300 (fr-ca): “Pour commencer” is guide 300 in fr-ca already: archive it" in said
    assert "section 20 (fr-ca): another section here is its translation already" in said
    page = client.get("/hc/fr-ca/articles/300", follow_redirects=True).text
    assert "Pour commencer</h1>" in page
    send(editor, "archive", {}, place)
    take_in("--locale", "en-us=en-gb")
    page = client.get("/hc/fr-ca/articles/300", follow_redirects=True).text
    assert "Commencer</h1>" in page
