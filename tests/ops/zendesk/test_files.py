"""Pictures and files that come along: drawn anew or kept as they are, found at their old addresses, missed in words."""

import base64
import json
import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from tests.client import Client
from tests.zendesk import HelpCentre, Import, saying
from tests.zoo import CANARY, bomb, encoded, gif, with_place

ADDRESS = "/hc/en-us/articles/300-how-to-start"


def picture_on(page: str) -> str:
    found = re.search(r'src="(/hc/article_attachments/[^"]+)"', page)
    assert found
    return found[1]


def test_a_picture_is_drawn_anew_and_found_at_its_old_address(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    file = centre.attachment(300, 900, "Screen shot.jpg", with_place(), inline=True)
    centre.files["/hc/article_attachments/900/Screen%20shot.jpg"] = with_place()
    src = file["content_url"].replace(" ", "%20")
    body = f'<figure><img src="{src}" alt="A form"><figcaption>The form.</figcaption></figure>'
    centre.article(300, "How to start", body)

    said = take_in()

    assert "Pictures shown: 1; files kept: 0; missing: 0" in said
    page = client.get(ADDRESS).text
    address = picture_on(page)
    shown = client.get(address)
    assert shown.mimetype == "image/jpeg"
    assert CANARY not in shown.data
    assert "<figcaption>The form.</figcaption>" in page
    for old in (
        "/hc/article_attachments/900/Screen%20shot.jpg",
        "/hc/en-us/article_attachments/900",
        "/hc/article_attachments/900",
    ):
        assert client.get(old, follow_redirects=True).data == shown.data


def test_a_picture_without_words_or_in_the_text_itself(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    inline = base64.b64encode(encoded("PNG")).decode()
    centre.files["/pictures/main_menu.png"] = encoded("GIF")
    body = f'<p><img src="data:image/png;base64,{inline}" alt="A"></p><p><img src="/pictures/main_menu.png"></p>'
    centre.article(300, "How to start", body)

    said = take_in()

    assert "Pictures shown: 2" in said
    assert "the picture “main menu” has no text for those who cannot see it" in said
    assert 'alt="main menu"' in client.get(ADDRESS).text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<svg onload=alert(1)></svg>", "it cannot be read"),
        (bomb(6_000, 5_000), "million are the most"),
        (b"\x89PNG" + b"x" * 6_000_000, "is larger than 5 MB"),
        (b"x" * 21_000_000, "the answer is too long"),
        (None, "there is nothing at this address"),
    ],
)
def test_a_picture_that_cannot_be_had_is_said_and_leaves_its_words(
    take_in: Import, centre: HelpCentre, client: Client, body: bytes | None, words: str
) -> None:
    """Row F4."""
    if body is not None:
        centre.files["/p.png"] = body
    centre.article(
        300, "How to start", '<p>Look:</p>\n<p><img src="/p.png" alt="The main menu"></p>'
    )

    said = take_in()

    assert re.search(
        rf"article 300 \(en-us\), line 2: the picture /p.png is missing: .*{words}", said
    )
    page = client.get(ADDRESS).text
    assert "The main menu" in page
    assert "/p.png" not in page


def test_a_picture_of_many_pictures_shows_one(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.files["/p.gif"] = gif(5)
    centre.article(300, "How to start", '<p><img src="/p.gif" alt="Moving"></p>')

    take_in()

    shown = Image.open(BytesIO(client.get(picture_on(client.get(ADDRESS).text)).data))
    assert (shown.format, getattr(shown, "n_frames", 1)) == ("PNG", 1)


def test_what_was_missing_for_a_moment_comes_with_the_next_run(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.files["/p.png"] = encoded("PNG")
    centre.article(300, "How to start", '<p><img src="/p.png" alt="The menu"></p>')
    centre.misbehave("/p.png", *[saying(503, Retry_After="0")] * 5)
    assert "missing: 1" in take_in()

    assert "1 changed" in take_in()
    assert picture_on(client.get(ADDRESS).text)
    assert "0 changed, 1 as they were" in take_in()


def test_a_file_is_kept_as_it_is_and_given_back_as_a_download(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    """Row F4: it may be a page, and is none here."""
    hostile = b"<script>alert(1)</script>"
    centre.attachment(300, 901, "form.html", hostile)
    centre.attachment(300, 902, "prices.pdf", b"%PDF-1.7 prices")
    centre.article(
        300, "How to start", '<p>Take <a href="/hc/en-us/article_attachments/902">the list</a>.</p>'
    )

    said = take_in()

    page = client.get(ADDRESS).text
    assert "files kept: 2; missing: 0" in said
    assert 'href="/hc/article_attachments/901/form.html"' in page
    answer = client.get("/hc/article_attachments/901/form.html")
    assert answer.data == hostile
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (
        client.get("/hc/article_attachments/902", follow_redirects=True).data == b"%PDF-1.7 prices"
    )


def test_the_file_of_a_draft_is_nobodys_to_fetch(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.attachment(300, 901, "secret.pdf", b"%PDF-1.7 secret")
    centre.article(300, "How to start", draft=True)

    take_in()

    assert client.get("/hc/article_attachments/901/secret.pdf").status_code == 404
    assert client.get("/hc/article_attachments/901").status_code == 404


def test_links_between_articles_stay_links(
    take_in: Import, centre: HelpCentre, client: Client
) -> None:
    centre.section(21, "Second steps", 1)
    old = f"{centre.origin}/hc/en-us"
    links = {
        f"{old}/articles/301-Next-one": "/hc/en-us/articles/301-next-one",
        "/hc/en-us/articles/301#h_01ABC": "/hc/en-us/articles/301-next-one#h_01ABC",
        "/hc/fr/articles/301": "/hc/en-us/articles/301-next-one",
        f"{old}/sections/21-Second": "/hc/en-us/sections/21-second-steps",
        f"{old}/categories/1": "/hc/en-us",
        f"{old}/requests/new": "/hc/en-us/requests/new",
        f"{old}/articles/999": f"{old}/articles/999",
        f"{old}/community/topics/1": f"{old}/community/topics/1",
        "https://www.example.com/a(b)?c=1&amp;d": "https://www.example.com/a%28b%29?c=1&amp;d",
        "mailto:help@example.com": "mailto:help@example.com",
        "#h_here": "#h_here",
    }
    body = "".join(
        f'<p>See <a href="{href}">this {number}</a>.</p>' for number, href in enumerate(links)
    )
    centre.article(300, "How to start", f'{body}<h2 id="h_here">Here</h2>')
    centre.article(301, "Next one", '<h2 id="h_01ABC">Part</h2><p>x</p>', section_id=21)

    said = take_in()

    page = client.get(ADDRESS).text
    for number, href in enumerate(links.values()):
        assert (
            f'href="{href}" rel="noopener">this {number}<' in page
            or f'href="{href}">this {number}<' in page
        ), href
    assert "leads to what did not come along" in said
    assert "leads to the old help centre" in said
    assert 'id="h_01ABC"' in client.get("/hc/en-us/articles/301-next-one").text


@pytest.mark.parametrize("kind", ["zip", "json"])
def test_a_file_on_this_machine_is_taken_in_like_an_address(
    take_in: Import, centre: HelpCentre, client: Client, tmp_path: Path, kind: str
) -> None:
    centre.attachment(300, 901, "form.pdf", b"%PDF-1.7 form")
    article = centre.article(
        300,
        "How to start",
        '<p><img src="/hc/article_attachments/5/menu.png" alt="Menu"></p>',
        vote_sum=0,
        vote_count=2,
    )
    french = {
        "locale": "fr",
        "title": "Commencer",
        "body": "<p>Appuyez.</p>",
        "draft": False,
        "outdated": True,
    }
    article["translations"] = [
        {"locale": "en-us", "title": article["title"], "body": article["body"]},
        french,
    ]
    path = tmp_path / f"export.{kind}"
    if kind == "zip":
        with ZipFile(path, "w") as opened:
            for name, rows in centre.export().items():
                opened.writestr(f"zendesk/{name}.json", json.dumps(rows))
            opened.writestr("zendesk/files/menu.png", encoded("PNG"))
            opened.writestr("zendesk/files/form.pdf", b"%PDF-1.7 form")
    else:
        centre.files["/hc/article_attachments/5/menu.png"] = encoded("PNG")
        path.write_text(json.dumps({name: rows[name] for name, rows in centre.export().items()}))

    said = take_in(source=str(path))

    page = client.get(ADDRESS).text
    assert picture_on(page)
    assert "1 out of 2 found this helpful" in page
    assert client.get("/hc/article_attachments/901/form.pdf").data == b"%PDF-1.7 form"
    moved = client.get("/hc/fr/articles/300-Commencer")
    assert "<p>Appuyez.</p>" in client.get(str(moved.location)).text
    assert "article 300 (fr): it is marked there as older than its original" in said
    assert bool(centre.asked) == (kind == "json")
    assert "0 changed, 2 as they were" in take_in(source=str(path))
