"""Guides that are moved in the help centre they come from, or whose language is called otherwise: links go on leading."""

from pathlib import Path

import pytest
from flask import Flask

from tests.client import Client
from tests.content.archives import run
from tests.staff.everything import differing, public_pages
from tests.staff.test_archive import database_url, new_site
from tests.staff.test_arrivals import centre, take_in
from tests.staff.test_articles import form_of, send
from tests.zendesk import HelpCentre, Import

# Fixtures of the neighbours.
__all__ = ["centre", "database_url", "new_site", "take_in"]

IN_ENGLISH = ("--locale", "en-us=en-gb")
KEPT = "/staff/articles/303"


def links(centre: HelpCentre, *numbers: int) -> str:
    address = f"{centre.origin}/hc/en-us/articles"
    return "".join(f'<p><a href="{address}/{each}">Guide {each}</a></p>' for each in numbers)


def rename(centre: HelpCentre, turn: int, title: str, **more: object) -> None:
    article = centre.articles[turn]
    name = title.replace(" ", "-")
    address = f"{centre.origin}/hc/en-us/articles/{article['id']}-{name}"
    article.update(title=title, html_url=address, section_id=30, **more)


@pytest.fixture
def came(centre: HelpCentre, take_in: Import, editor: Client) -> HelpCentre:
    """Four guides with links to each other, of which one is hidden and one kept by staff."""
    centre.section(30, "Later", 1)
    centre.article(300, "How to start", links(centre, 301))
    centre.article(301, "How to go on", links(centre, 300, 302, 303))
    centre.article(302, "Hidden", links(centre, 300), draft=True)
    centre.article(303, "Kept", links(centre, 300))
    take_in(*IN_ENGLISH)
    send(editor, "publish", form_of(editor, KEPT) | {"title": "Kept by staff"}, KEPT)
    return centre


def same_elsewhere(app: Flask, new_site: Flask, tmp_path: Path) -> None:
    """An archive makes the same site."""
    file = tmp_path / "site.zip"
    for site, words in (
        (app, ["export", "--zip", str(file)]),
        (new_site, ["import", "archive", str(file)]),
    ):
        said = run(site, *words)
        assert said.exit_code == 0, said.output
    assert differing(public_pages(app), public_pages(new_site)) == []


def test_links_follow_a_guide_that_is_moved_there(
    app: Flask, came: HelpCentre, take_in: Import, client: Client, new_site: Flask, tmp_path: Path
) -> None:
    for turn, title in enumerate(("Begin", "How to go on", "Still hidden", "Moved")):
        rename(came, turn, title)

    take_in(*IN_ENGLISH)
    again = take_in(*IN_ENGLISH)
    came.articles[1].update(body=links(came, 300, 303) + "<p>More.</p>")
    changed = take_in(*IN_ENGLISH)

    assert "0 new, 0 changed, 4 as they were" in again
    assert "0 new, 1 changed, 3 as they were" in changed
    page = client.get("/hc/en-gb/articles/301", follow_redirects=True).text
    assert "/hc/en-gb/articles/300-begin" in page
    assert "/hc/en-gb/articles/303-kept" in page, "where staff have left it"
    same_elsewhere(app, new_site, tmp_path)


def test_what_staff_keep_goes_along_into_a_language_of_another_name(
    app: Flask, came: HelpCentre, take_in: Import, client: Client, new_site: Flask, tmp_path: Path
) -> None:
    take_in("--locale", "en-us=en-ca")

    moved = client.get("/hc/en-gb/articles/303")
    assert moved.location == "/hc/en-ca/articles/303-kept"
    assert "Kept by staff" in client.get(moved.location).text
    same_elsewhere(app, new_site, tmp_path)
