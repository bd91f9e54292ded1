"""Staff translate a guide in the site."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client import Client
from tests.staff.test_articles import ADDRESS, GUIDE, PLACE, field_of, form_of, send
from xero_onboard.content.models import Article
from xero_onboard.lib.db import db

PAGE = f"{PLACE}/translations"
# Not among the shipped translations.
OTHER = "/staff/articles/360001000102"


def begin(editor: Client) -> str:
    """Begin the French translation; where it is written."""
    answer = editor.post(f"{OTHER}/translations", data={"locale": "fr-ca"})
    assert answer.status_code == 303
    return str(answer.location)


def test_the_languages_of_a_guide_are_told(editor: Client) -> None:
    page = editor.get(PAGE).text

    assert "English: Connect your Xero organisation" in page
    assert "Français: Connecter votre organisation Xero" in page
    assert "Begin the translation" not in page
    assert "Begin the translation into Français" in editor.get(f"{OTHER}/translations").text


def test_a_translation_begins_with_the_original_and_is_found_in_its_place(
    editor: Client, client: Client
) -> None:
    place = begin(editor)
    form = form_of(editor, place)

    assert form["title"] == form_of(editor, OTHER)["title"]
    assert "leads to no" not in editor.get(place).text
    send(editor, "publish", form | {"title": "Connecter une autre organisation"}, place)

    moved = client.get("/hc/fr-ca/articles/360001000102")
    french = client.get(str(moved.location)).text
    assert "Connecter une autre organisation" in french
    assert 'hreflang="en-GB"' in french
    assert "Connecter une autre organisation" in client.get("/hc/fr-ca").text


def test_links_into_another_language_follow_a_guide_that_is_renamed(
    app: Flask, editor: Client, tmp_path: Path
) -> None:
    old = "../../en-gb/connect-to-xero/connect-your-xero-organisation.md"
    place = begin(editor)
    form = form_of(editor, place) | {"title": "Une autre", "body": f"[Connecter]({old})"}
    send(editor, "publish", form, place)
    editor.post("/staff/snippets", data={"name": "voir", "locale": "fr-ca"})
    snippet = "/staff/snippets/fr-ca/voir"
    editor.post(snippet, data={"base": "1", "body": f"[Voir]({old})"})
    editor.post(f"{PLACE}/place", data={"slug": "join-xero", "section": "360000100001"})

    new = "(../../en-gb/connect-to-xero/join-xero.md)"
    assert new in field_of(editor.get(place).text, "body")
    assert new in field_of(editor.get(snippet).text, "body")
    assert send(editor, "publish", form_of(editor, place), place).status_code == 303
    assert "leads to no" not in editor.get(place).text
    written = ["content", "export", "--zip", str(tmp_path / "site.zip")]
    for words in (["content", "check"], written):
        said = app.test_cli_runner().invoke(args=words)
        assert said.exit_code == 0, said.output


def test_nobody_begins_it_twice(editor: Client) -> None:
    begin(editor)

    again = editor.post(f"{OTHER}/translations", data={"locale": "fr-ca"})

    assert again.status_code == 409
    assert "Somebody has begun this translation already." in again.text


@pytest.mark.parametrize(("significance", "is_older"), [("typo", False), ("content", True)])
def test_staff_and_readers_are_told_when_it_is_older(
    editor: Client, client: Client, significance: str, *, is_older: bool
) -> None:
    send(editor, "publish", form_of(editor) | {"body": "Anew.", "significance": significance})

    french = re.search(r'href="(/hc/fr-ca/articles/[^"]+)"', client.get(ADDRESS).text)
    assert french is not None
    assert ("Older than the original" in editor.get(PAGE).text) == is_older
    assert (
        "plus ancienne que l’original" in client.get(french[1], follow_redirects=True).text
    ) == is_older


@pytest.mark.parametrize("locale", ["tlh", "", "fr"])
def test_a_language_that_the_site_does_not_speak_is_refused(editor: Client, locale: str) -> None:
    assert editor.post(PAGE, data={"locale": locale}).status_code == 400


def test_an_unknown_guide_is_not_found(editor: Client) -> None:
    assert editor.get(f"{PAGE.replace(str(GUIDE), '7')}").status_code == 404


def test_of_two_translations_the_second_is_not_published(
    app: Flask, editor: Client, client: Client
) -> None:
    """As after another came with an import meanwhile."""
    place = begin(editor)
    send(editor, "publish", form_of(editor, place) | {"title": "La première"}, place)
    first = int(place.rpartition("/")[2])
    linked = update(Article).where(Article.id == first)
    with app.app_context():
        db.session.execute(linked.values(translation_of=None))
        db.session.commit()
    second = begin(editor)
    with app.app_context():
        db.session.execute(linked.values(translation_of=360001000102))
        db.session.commit()

    send(editor, "publish", form_of(editor, second) | {"body": "Canary."}, second)

    page = editor.get(second).text
    assert "“La première” is this guide in fr-ca already: archive one of the two" in page
    assert "This keeps the guide from being published" in page
    assert "Canary." in page
    send(editor, "archive", {}, place)
    send(editor, "publish", form_of(editor, second), second)
    assert "Canary." in read(client, "/hc/fr-ca/articles/360001000102")


def read(client: Client, address: str) -> str:
    return client.get(address, follow_redirects=True).text
