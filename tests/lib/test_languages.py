"""In which language a page speaks, and that caches are told what it depends on."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from babel import Locale
from flask import Flask

from tests.cast import CASEY
from tests.client import Client, sign_in
from xero_onboard.config import ROOT, Settings, UnsafeSettingError
from xero_onboard.factory import create_app

ENGLISH, FRENCH = "Skip to the content", "Aller au contenu"
PREFERS_FRENCH = {"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"}


@pytest.mark.parametrize(
    ("path", "headers", "said"),
    [
        ("/hc/en-gb", PREFERS_FRENCH, ENGLISH),
        ("/hc/fr-ca", {}, FRENCH),
        ("/hc/fr-ca/no-such-page", {}, FRENCH),
        ("/connect", {}, ENGLISH),
        ("/connect", PREFERS_FRENCH, FRENCH),
        ("/connect?locale=fr-ca", {}, FRENCH),
        ("/connect?locale=en-gb", PREFERS_FRENCH, ENGLISH),
        ("/connect?locale=klingon", {}, ENGLISH),
        ("/sign-in?next=/hc/fr-ca/articles/1", {}, FRENCH),
        ("/sign-in?next=/hc/en-gb", PREFERS_FRENCH, ENGLISH),
    ],
)
def test_a_page_speaks(client: Client, path: str, headers: Mapping[str, str], said: str) -> None:
    assert said in client.get(path, headers=headers).text


@pytest.mark.parametrize(
    ("path", "is_asked"),
    [("/", True), ("/connect", True), ("/hc/fr-ca", False), ("/connect?locale=fr-ca", False)],
)
def test_caches_are_told_whether_the_browser_was_asked(
    client: Client, path: str, is_asked: bool
) -> None:
    response = client.get(path)

    assert ("Accept-Language" in response.vary) is is_asked
    assert "Set-Cookie" not in response.headers


def test_whoever_has_a_session_keeps_the_language_they_read(app: Flask) -> None:
    casey = sign_in(app, CASEY)
    before = casey.get("/account").text
    casey.get("/hc/fr-ca")
    after = casey.get("/account").text
    casey.get("/account?locale=en-gb")

    assert ENGLISH in before
    assert FRENCH in after
    assert ENGLISH in casey.get("/account").text


def test_the_languages_of_a_page_lead_to_the_same_page(client: Client) -> None:
    page = re.sub(r"\s+", " ", client.get("/hc/fr-ca/search?query=code").text).replace(" >", ">")

    assert '<a href="/hc/en-gb/search?query=code" hreflang="en-GB" lang="en-GB">English</a>' in page
    current = 'hreflang="fr-CA" lang="fr-CA" aria-current="true">Français</a>'
    assert f'<a href="/hc/fr-ca/search?query=code" {current}' in page


def test_one_language_needs_no_choice(environ: dict[str, str]) -> None:
    client = create_app(Settings.from_environ({**environ, "LANGUAGES": "en-gb"})).test_client()

    page = client.get("/sign-in", headers=PREFERS_FRENCH).text

    assert ENGLISH in page
    assert "hreflang" not in page


@pytest.mark.parametrize("named", ["en-gb de", "fr_CA", "../x"])
def test_a_language_without_texts_stops_the_start(environ: dict[str, str], named: str) -> None:
    with pytest.raises(UnsafeSettingError, match="^LANGUAGES: "):
        create_app(Settings.from_environ({**environ, "LANGUAGES": named}))


@pytest.mark.parametrize(
    ("named", "marks"),
    [
        ("ar", 'lang="ar" dir="rtl"'),
        ("es-419", 'lang="es-419" dir="ltr"'),
        ("zh-hans", 'lang="zh-Hans" dir="ltr"'),
    ],
)
def test_a_language_of_the_operators_own_is_spoken(
    environ: dict[str, str], tmp_path: Path, named: str, marks: str
) -> None:
    texts = (ROOT / "xero_onboard" / "translations" / "fr-ca.po").read_text()
    code = str(Locale.parse(named, sep="-"))
    pseudo = re.sub(r'msgstr "([A-Z][^"%<]*)"', r'msgstr "⟦\1⟧"', texts).replace("fr_CA", code)
    (tmp_path / f"{named}.po").write_text(pseudo)
    told = {**environ, "LANGUAGES": named, "TRANSLATIONS_DIR": str(tmp_path)}
    app: Flask = create_app(Settings.from_environ(told))

    page = app.test_client().get(f"/sign-in?locale={named}").text

    assert f"<html {marks}>" in re.sub(r"\s+", " ", page)
    assert "⟦Aller au contenu⟧" in page
