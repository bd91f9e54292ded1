"""Pages of a Mintlify site in several languages become translations of one another."""

import re
from pathlib import Path

import pytest

from tests.client import Client
from tests.content.desk import Desk
from tests.content.moving import bring_in, page, site

ENGLISH = {"language": "en", "groups": [{"group": "Start", "pages": ["index", "a/one", "two"]}]}
FRENCH = {
    "language": "fr-CA",
    "groups": [
        {"group": "Autre", "pages": ["fr-CA/seul"]},
        {"group": "Début", "pages": ["fr-CA/index", "fr-CA/a/one"]},
    ],
}
PAGES = {
    "index": "Welcome.",
    "a/one": "One.",
    "two": "Two.",
    "fr-CA/index": "Bienvenue.",
    "fr-CA/a/one": "Un.",
    "fr-CA/seul": "Seul.",
}


def bilingual(folder: Path, *languages: object) -> Path:
    navigation = {"languages": languages or (ENGLISH, FRENCH)}
    return site(folder, PAGES, navigation=navigation)


def alternates(client: Client, old: str) -> dict[str, str]:
    html = re.sub(r"\s+", " ", page(client, old))
    found = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html)
    return dict(found)


def test_each_page_names_the_same_page_in_the_other_language(
    desk: Desk, tmp_path: Path, client: Client
) -> None:
    result = bring_in(desk.app, bilingual(tmp_path / "site"))

    assert result.exit_code == 0, result.output
    for old in ("/a/one", "/fr-CA/a/one"):
        found = alternates(client, old)
        assert set(found) == {"en-GB", "fr-CA", "x-default"}
        assert found["x-default"] == found["en-GB"]
        assert "/hc/fr-ca/articles/" in found["fr-CA"]
    assert alternates(client, "/two") == {}
    assert "Bienvenue." in page(client, "/fr-CA")


def test_sections_are_translations_of_those_whose_pages_they_hold(
    desk: Desk, tmp_path: Path, client: Client
) -> None:
    bring_in(desk.app, bilingual(tmp_path / "site"))

    english = (desk.folder / "en-gb/start/_section.md").read_text()
    french = (desk.folder / "fr-ca/debut/_section.md").read_text()

    number = re.findall(r"^id: (\d+)$", english, re.MULTILINE)[0]
    assert f"translation_of: {number}\n" in french
    assert "translation_of" not in (desk.folder / "fr-ca/autre/_section.md").read_text()
    assert client.get(f"/hc/fr-ca/sections/{number}-start").location.endswith("-debut")


def test_a_translation_is_as_new_as_its_original_and_falls_behind(
    desk: Desk, tmp_path: Path, client: Client
) -> None:
    folder = bilingual(tmp_path / "site")
    bring_in(desk.app, folder)
    before = page(client, "/fr-CA/a/one")
    again = bring_in(desk.app, folder)
    (folder / "a/one.mdx").write_text("---\ntitle: one\ndescription: About.\n---\n\nOther.\n")

    bring_in(desk.app, folder)

    older = "plus ancienne que l’original"
    assert "nothing changed" in again.output
    assert older not in before
    assert older in page(client, "/fr-CA/a/one")


def test_what_is_not_a_translation_is_told(desk: Desk, tmp_path: Path) -> None:
    result = bring_in(desk.app, bilingual(tmp_path / "site"))

    assert "no page in en-gb has the name of this one: it is no translation" in result.output
    assert "site/fr-CA/seul.mdx:1" in result.output


@pytest.mark.parametrize("folder", ["en", "EN"])
def test_english_may_have_a_folder_of_its_own(
    desk: Desk, tmp_path: Path, client: Client, folder: str
) -> None:
    languages = [
        {"language": "fr", "pages": ["fr/one"]},
        {"language": "en", "pages": [f"{folder}/one"]},
    ]
    pages = {"fr/one": "Un.", f"{folder}/one": "One."}
    bring_in(desk.app, site(tmp_path / "site", pages, navigation={"languages": languages}))

    assert set(alternates(client, "/fr/one")) == {"en-GB", "fr", "x-default"}


def test_without_english_the_first_language_is_the_original(desk: Desk, tmp_path: Path) -> None:
    languages = [
        {"language": "es", "pages": ["es/uno"]},
        {"language": "de", "pages": ["de/uno"]},
    ]
    pages = {"es/uno": "Uno.", "de/uno": "Eins."}
    result = bring_in(desk.app, site(tmp_path / "site", pages, navigation={"languages": languages}))

    spanish = (desk.folder / "es/small/uno.md").read_text()
    german = (desk.folder / "de/small/uno.md").read_text()
    assert "translation_of" not in spanish, result.output
    assert f"translation_of: {re.findall(r'^id: (.+)$', spanish, re.MULTILINE)[0]}\n" in german


def test_a_language_that_is_none_is_told(desk: Desk, tmp_path: Path) -> None:
    languages = [{"language": "klingon", "pages": ["one"]}]
    result = bring_in(
        desk.app, site(tmp_path / "site", {"one": "One."}, navigation={"languages": languages})
    )

    assert "site/docs.json:6: “klingon” is no language that we know" in result.output
    assert result.exit_code == 1


def test_the_code_of_a_country_is_told_with_the_language_that_is_meant(
    desk: Desk, tmp_path: Path
) -> None:
    languages = [{"language": "jp", "pages": ["one"]}]
    result = bring_in(
        desk.app, site(tmp_path / "site", {"one": "One."}, navigation={"languages": languages})
    )

    told = "site/docs.json:6: “jp” is no language that we know: did you mean “ja”?"
    assert told in result.output
    assert result.exit_code == 0
