"""Guides in several languages: each at its own address, and honest about what is missing or has fallen behind."""

import re
from html import unescape

import pytest
from sqlalchemy import select, update

from tests.client import Client
from tests.content.desk import SECTION, Desk
from tests.employees import EDDIE, make
from xero_onboard import content
from xero_onboard.content import Report, revisions
from xero_onboard.content.models import Article, Section
from xero_onboard.content.searches import SearchCount
from xero_onboard.lib.db import db

FRENCH_SECTION = SECTION.replace("id: 10", "id: 20").replace("Connecting", "Connexion")
FIRST, PREMIER = "/hc/en-gb/articles/101-first", "/hc/fr-ca/articles/201-premier"
NOT_TRANSLATED = "n’a pas encore été traduit"
OLDER = "plus ancienne que l’original"


def translate(desk: Desk, body: str = "Texte.", **matter: str) -> None:
    """Put guide 201 into the folder, which is guide 101 in French or in the language that is named."""
    told = {"title": "Premier", "locale": "fr-ca", "section": "connexion", "translation_of": "101"}
    told.update(matter)
    path = desk.guide(201, "premier", body, **told)
    shelf = desk.folder / told["locale"] / "connexion"
    shelf.mkdir(parents=True, exist_ok=True)
    path.rename(shelf / "premier.md")
    (shelf / "_section.md").write_text(
        FRENCH_SECTION.replace("---\n", "---\ntranslation_of: 10\n", 1)
    )
    report = desk.sync()
    assert not report.is_broken, report.lines


def test_what_a_page_says_beside_a_heading_is_said_in_its_language(
    desk: Desk, client: Client
) -> None:
    desk.guide(101, "first", "## Next\n\nText.")
    translate(desk, "## La suite\n\nTexte.")

    assert 'aria-label="Link to “Next”"' in client.get(FIRST).text
    assert 'aria-label="Lien vers «\u00a0La suite\u00a0»"' in unescape(client.get(PREMIER).text)


def test_a_translation_stands_at_its_own_address(desk: Desk, client: Client) -> None:
    desk.publish(101, "first", "<Note>Text.</Note>")
    translate(desk, "<Note>Texte.</Note>")

    page = client.get(PREMIER).text

    assert '<html lang="fr-CA" dir="ltr">' in re.sub(r"\s+", " ", page)
    assert "Remarque" in page, "components speak the language of the guide"
    assert "Cet article vous a-t-il été utile?" in page
    assert NOT_TRANSLATED not in page
    assert OLDER not in page


SECTIONS = "/hc/en-gb/sections/10-connecting", "/hc/fr-ca/sections/20-connexion"


@pytest.mark.parametrize(
    ("english", "french"), [(FIRST, PREMIER), SECTIONS, ("/hc/en-gb", "/hc/fr-ca")]
)
def test_each_language_names_the_others(
    desk: Desk, client: Client, english: str, french: str
) -> None:
    desk.publish(101, "first")
    translate(desk)
    named = (("en-GB", english), ("fr-CA", french), ("x-default", english))

    for path in (english, french):
        page = re.sub(r"\s+", " ", client.get(f"{path}?attempt=none").text)
        for lang, href in named:
            link = f'<link rel="alternate" hreflang="{lang}" href="http://localhost:8000{href}">'
            assert link in page
        assert f'<link rel="canonical" href="http://localhost:8000{path}">' in page
        assert page.count('<link rel="alternate" hreflang=') == len(named)
        assert dict(in_sitemap(client, path)) == {
            lang: f"http://localhost:8000{href}" for lang, href in named
        }


def in_sitemap(client: Client, path: str) -> list[tuple[str, str]]:
    """The languages of a page, and where the sitemap says that they are."""
    entries = client.get("/sitemap.xml").text.split("<url>")
    entry = next(each for each in entries if f"<loc>http://localhost:8000{path}</loc>" in each)
    return re.findall(r'<xhtml:link rel="alternate" hreflang="([^"]+)" href="([^"]+)"/>', entry)


def test_a_section_that_is_not_translated_is_told_of_as_the_original(
    desk: Desk, client: Client
) -> None:
    desk.publish(101, "first")

    response = client.get("/hc/fr-ca/sections/10-connecting")

    original = f"http://localhost:8000{SECTIONS[0]}"
    assert f'<link rel="canonical" href="{original}">' in response.text
    assert f'<{original}>; rel="canonical"' in response.headers.getlist("Link")
    assert '<link rel="alternate" hreflang=' not in re.sub(r"\s+", " ", response.text)
    assert "/hc/fr-ca/sections/" not in client.get("/sitemap.xml").text
    assert in_sitemap(client, SECTIONS[0]) == []


def test_the_number_of_one_language_leads_to_the_other(desk: Desk, client: Client) -> None:
    desk.publish(101, "first")
    translate(desk)

    assert client.get("/hc/fr-ca/articles/101-first").location == PREMIER
    assert client.get("/hc/en-gb/articles/201-premier").location == FIRST
    assert client.get("/hc/fr-ca/sections/10-connecting").location.startswith(
        "/hc/fr-ca/sections/20-"
    )
    french = {"Accept-Language": "fr-FR"}
    assert client.get("/hc/articles/101", headers=french).location == PREMIER


def test_what_is_not_translated_is_shown_in_the_original(desk: Desk, client: Client) -> None:
    desk.publish(102, "second", "Only English.", title="Second thing")
    desk.publish(101, "first")
    translate(desk)

    response = client.get("/hc/fr-ca/articles/102-second")

    page = re.sub(r"\s+", " ", response.text)
    assert NOT_TRANSLATED in page
    assert '<h1 lang="en-GB" dir="ltr">Second thing</h1>' in page
    original = "http://localhost:8000/hc/en-gb/articles/102-second"
    assert f'<link rel="canonical" href="{original}">' in page
    assert 'hreflang="fr-CA" href="http://localhost:8000' not in page
    assert "/hc/fr-ca/articles/102-second" in client.get("/hc/fr-ca").text
    assert "/hc/fr-ca/articles/102-second" not in client.get("/sitemap.xml").text


def test_a_translation_falls_behind_its_original_and_catches_up(desk: Desk, client: Client) -> None:
    desk.publish(101, "first")
    translate(desk)
    desk.publish(101, "first", "Another text.")
    behind = client.get(PREMIER).text
    translate(desk, "Un autre texte.")

    assert OLDER in behind
    assert f'<a href="{FIRST}">' in behind
    assert OLDER not in client.get(PREMIER).text
    assert OLDER not in client.get(FIRST).text


def test_both_changed_at_once_are_the_same_age(desk: Desk, client: Client) -> None:
    desk.guide(101, "first")
    translate(desk)
    desk.guide(101, "first", "Another text.")
    translate(desk, "Un autre texte.")

    assert OLDER not in client.get(PREMIER).text


def test_each_language_is_searched_by_itself(desk: Desk, client: Client) -> None:
    desk.publish(101, "first", "A telephone.")
    translate(desk, "Un téléphone.")

    french = client.get("/hc/fr-ca/search?query=telephone").text
    suggested = client.get("/hc/search/suggest?query=telephone&locale=fr-ca").json

    assert PREMIER in french
    assert FIRST not in french
    assert [each["id"] for each in suggested["results"]] == [201]


def suggested(client: Client, query: str, locale: str) -> list[int]:
    told = client.get("/hc/search/suggest", query_string={"query": query, "locale": locale}).json
    assert told is not None
    return [each["id"] for each in told["results"]]


def test_what_is_not_translated_is_found_after_what_is(desk: Desk, client: Client) -> None:
    """Row E4."""
    desk.guide(101, "first", "Both speak of Xero.")
    desk.guide(102, "second", "Xero, Xero and Xero.", title="Disconnect from Xero")
    desk.guide(103, "draft", "Xero.", title="Disconnect a draft", status="draft")
    desk.guide(104, "internal", "Xero.", title="Disconnect staff", visibility="internal")
    desk.guide(105, "unlisted", "Xero.", title="Disconnect by link", visibility="unlisted")
    desk.guide(106, "unsearched", "Xero.", title="Disconnect aside", search="{exclude: true}")
    desk.sync()
    translate(desk, "Xero se dit aussi en français.")

    page = client.get("/hc/fr-ca/search?query=disconnect+from").text

    assert 'href="/hc/fr-ca/articles/102-second" lang="en-GB"' in re.sub(r"\s+", " ", page), (
        "where the list of guides has it"
    )
    assert suggested(client, "disconnect", "fr-ca") == [102]
    assert suggested(client, "disconect", "fr-ca") == [102], "a slip of the pen is put right"
    assert suggested(client, "disconnect zebra", "fr-ca") == [102], "some of the words will do"
    assert suggested(client, "xero", "fr-ca") == [201, 102], "their own language first"
    assert suggested(client, "xero", "en-gb") == [102, 101], "nothing else in the other"
    with desk.app.app_context():
        counted = db.session.scalars(select(SearchCount)).one()
        assert (counted.locale, counted.query, counted.found) == ("fr-ca", "disconnect from", 1)


def test_the_search_of_a_page_asks_in_the_language_of_its_address(
    desk: Desk, client: Client
) -> None:
    desk.publish(101, "first")
    translate(desk, "Ein Wort.", locale="de", title="Erster")
    reading = client.get("/hc/de/articles/201-premier").text

    found = client.get("/hc/de/search?query=wort").text

    for page in (reading, found):
        assert 'action="/hc/de/search"' in page
        assert 'data-locale="de"' in page
    assert 'name="locale" value="de"' in reading, "a vote or a report leads back here"
    assert "/hc/de/articles/201-premier" in found
    assert suggested(client, "wort", "de") == [201]


def test_machines_have_an_index_of_each_language(desk: Desk, client: Client) -> None:
    desk.publish(101, "first")
    translate(desk)

    french, everything = client.get("/hc/fr-ca/llms.txt").text, client.get("/llms.txt").text

    assert f"{PREMIER}.md" in french
    assert FIRST not in french
    assert PREMIER in everything
    assert FIRST in everything


def test_an_export_says_of_what_a_guide_is_a_translation(desk: Desk) -> None:
    desk.publish(101, "first")
    translate(desk)
    file = desk.folder / "fr-ca" / "connexion" / "premier.md"
    shelf = file.with_name("_section.md")
    file.unlink()
    shelf.unlink()

    desk.app.test_cli_runner().invoke(args=["content", "export"])

    assert "translation_of: 101" in file.read_text()
    assert "translation_of: 10\n" in shelf.read_text()


def copy(desk: Desk, name: str, text: str, *, before: str = "", after: str = "") -> None:
    path = desk.folder / "fr-ca" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.replace(before, after, 1))


def test_a_guide_is_translated_once(desk: Desk, client: Client) -> None:
    """What is published stays, also while its file has a mistake; the newcomer is told."""
    desk.publish(101, "first")
    translate(desk)
    file = desk.folder / "fr-ca/connexion/premier.md"
    text = file.read_text()
    copy(desk, "connexion/autre.md", text, before="id: 201", after="id: 202")

    reports = [desk.sync(), checked(desk)]
    file.write_text(text.replace("title:", "titel:"))
    reports.append(desk.sync())
    file.unlink()
    mended = desk.sync()

    words = "autre.md:10: translation_of: content/fr-ca/connexion/premier.md is guide 101 in fr-ca already"
    assert all(words in "\n".join(report.lines) for report in reports)
    assert not mended.is_broken
    assert client.get("/hc/fr-ca/articles/101").location == "/hc/fr-ca/articles/202-autre"


def checked(desk: Desk) -> Report:
    with desk.app.app_context():
        found = content.check(desk.folder)
        db.session.remove()
    return found


def test_a_guide_is_no_translation_into_its_own_language(desk: Desk) -> None:
    desk.guide(101, "first")
    desk.guide(102, "a-copy", translation_of="101")

    lines = desk.sync().lines

    assert (
        "a-copy.md:10: translation_of: content/en-gb/connecting/first.md is guide 101 in en-gb already"
        in lines[0]
    )


def test_a_section_is_translated_once(desk: Desk) -> None:
    desk.publish(101, "first")
    translate(desk)
    text = (desk.folder / "fr-ca/connexion/_section.md").read_text()
    copy(desk, "autre/_section.md", text, before="id: 20", after="id: 21")

    lines = desk.sync().lines

    assert (
        "autre/_section.md:2: translation_of: content/fr-ca/connexion/_section.md is section 10 in fr-ca already"
        in lines[0]
    )


def test_of_what_is_translated_twice_all_the_same_nothing_is_lost(
    desk: Desk, client: Client
) -> None:
    """As by an earlier version of the site, which took in both."""
    desk.publish(101, "first")
    translate(desk)
    shelf = (desk.folder / "fr-ca/connexion/_section.md").read_text()
    guide = (desk.folder / "fr-ca/connexion/premier.md").read_text()
    for number, name in ((202, "deux"), (203, "trois")):
        text = guide.replace("id: 201", f"id: {number}").replace("translation_of: 101\n", "")
        copy(desk, f"autre/{name}.md", text, before="section: connexion", after="section: autre")
    copy(
        desk, "autre/_section.md", shelf.replace("id: 20", "id: 21"), before="translation_of: 10\n"
    )
    assert not desk.sync().is_broken
    with desk.app.app_context():
        db.session.execute(update(Article).where(Article.id == 202).values(translation_of=101))
        db.session.execute(update(Section).where(Section.id == 21).values(translation_of=10))
        revisions.bump_generation()
        db.session.commit()

    pages = ("articles/201-premier", "articles/202-deux", "articles/203-trois")
    sections = ("sections/20-connexion", "sections/21-autre")

    assert [client.get(f"/hc/fr-ca/{each}").status_code for each in pages + sections] == [200] * 5
    assert client.get("/hc/fr-ca/articles/101").location == PREMIER


def test_a_folder_named_after_a_country_is_told_of_and_stands_in_the_way_of_nobody(
    desk: Desk, client: Client
) -> None:
    desk.publish(101, "first")
    translate(desk, locale="jp")

    told = (
        "content/jp/connexion/_section.md:1: worth a second look:"
        " “jp” is no language that we know: did you mean “ja”?"
    )
    assert told in content_check(desk).lines
    assert told in desk.sync().lines
    assert client.get("/hc/jp/articles/201-premier").status_code == 200
    eddie = make(desk.app, EDDIE, "editor", has_second_step=True).sign_in(desk.app)
    for place in ("sections", "snippets", "articles", "articles/new", "articles/101/translations"):
        assert eddie.get(f"/staff/{place}").status_code == 200, place


def content_check(desk: Desk) -> Report:
    with desk.app.app_context():
        return content.check(desk.folder)


def test_link_previews_speak_the_language_of_the_page(desk: Desk, client: Client) -> None:
    desk.publish(101, "first", "Text.")
    translate(desk)

    page = client.get(PREMIER).text

    assert re.search(r'og:site_name"\s+content="Centre d’aide ', page)
    assert re.search(r'og:image:alt"\s+content="Un guide ', page)
