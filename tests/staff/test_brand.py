"""Administrators give the site their look: tried first, readable for everybody, and worn by every page at once."""

import re
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.client import Client
from tests.employees import make
from tests.staff.test_articles import ADDRESS
from tests.staff.test_people import newest_entry
from tests.zoo import CANARY, REFUSED, with_place
from xero_onboard.config import Settings
from xero_onboard.factory import create_app
from xero_onboard.lib.brand.colours import contrast
from xero_onboard.lib.brand.models import BrandPicture
from xero_onboard.lib.db import begin_write, commit, db

PLACE = "/staff/brand"
GREEN, ORANGE = "#1d5c3a", "#ff7a00"
SHEET = re.compile(r'href="(/brand/[0-9a-f-]+\.css\?v=\w+)"')
LOGO = re.compile(
    r'<img class="brand-logo[^"]*"\s+src="([^"]+)"\s+alt="([^"]*)"\s+width="(\d+)"\s+height="(\d+)"'
)
HEAD = re.compile(r'<a class="brand".*?</a>', re.DOTALL)


def logo(width: int = 360, height: int = 120) -> bytes:
    """A mark on a ground that can be seen through."""
    sheet, out = Image.new("RGBA", (width, height)), BytesIO()
    sheet.paste(Image.new("RGBA", (width // 2, height), GREEN))
    sheet.save(out, "PNG")
    return out.getvalue()


def send(browser: Client, **fields: str | bytes) -> TestResponse:
    """The form of the pictures, as bytes: the test client leaves files open that it has made of long forms."""
    form = {
        name: FileStorage(BytesIO(value), f"{name}.png") if isinstance(value, bytes) else value
        for name, value in fields.items()
    }
    boundary, body = encode_multipart(form)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return browser.post(f"{PLACE}/pictures", data=body, content_type=kind)


def use(browser: Client) -> TestResponse:
    number = re.search(r'name="number"\s+value="(\d+)"', browser.get(PLACE).text)
    return browser.post(f"{PLACE}/use", data={"number": number[1] if number else ""})


def give(browser: Client, light: str = GREEN, dark: str = "") -> None:
    tried = browser.post(f"{PLACE}/colours", data={"light": light, "dark": dark})
    assert tried.status_code == 303, tried.text
    assert use(browser).status_code == 303


def tokens(client: Client, page: str) -> Mapping[str, tuple[str, str]]:
    """What the sheet of a page makes of the tokens."""
    found = SHEET.search(page)
    assert found
    lines = re.findall(
        r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\)",
        client.get(found[1]).get_data(as_text=True),
    )
    return {name: (light, dark) for name, light, dark in lines}


def test_a_colour_is_tried_by_one_and_then_worn_by_every_page(
    app: Flask, administrator: Client, client: Client
) -> None:
    before = client.get(ADDRESS)
    administrator.post(f"{PLACE}/colours", data={"light": GREEN, "dark": ""})

    tried, meanwhile = administrator.get(PLACE).text, client.get(ADDRESS)
    answer = use(administrator)
    pages = [client.get(path) for path in (ADDRESS, "/hc/en-gb", "/sign-in", "/nowhere")]

    assert "Only administrators see this yet" in tried
    assert tokens(client, tried)["accent"][0] == GREEN
    assert meanwhile.data == before.data
    assert SHEET.search(before.text) is None
    assert answer.status_code == 303
    assert {tokens(client, page.text)["button"][0] for page in pages} == {GREEN}
    assert all("unsafe" not in page.headers["Content-Security-Policy"] for page in pages)
    details = newest_entry(app, "brand_changed").details
    assert (details["light"], details["logo"]) == (GREEN[1:], False)


def test_whatever_follows_from_a_colour_can_be_read(administrator: Client, client: Client) -> None:
    grounds = (("#ffffff", "#f6f6f4"), ("#101217", "#171a21"))

    for light in (GREEN, "#000000", "#0000cc", "#af5400"):
        give(administrator, light)
        found = tokens(client, client.get("/hc/en-gb").text)
        for scheme in (0, 1):
            pairs = [(found["accent"][scheme], ground) for ground in grounds[scheme]]
            pairs += [(found["accent"][scheme], found["accent-soft"][scheme])]
            pairs += [
                (found[name][scheme], found["on-button"][scheme])
                for name in ("button", "button-strong")
            ]
            assert min(contrast(*pair) for pair in pairs) >= 4.5, (light, scheme)


@pytest.mark.parametrize(
    ("field", "colour", "ratio"), [("light", ORANGE, "2.32"), ("dark", GREEN, "2.01")]
)
def test_a_colour_that_not_everybody_can_read_is_refused_with_the_nearest(
    administrator: Client, field: str, colour: str, ratio: str
) -> None:
    form = {"light": GREEN, "dark": "", field: colour}

    refused = administrator.post(f"{PLACE}/colours", data=form)
    offered = re.search(rf'name="{field}"\s+value="(#\w+)"', refused.text)

    assert refused.status_code == 400
    assert f"a contrast of {ratio} to 1" in refused.text
    assert "4.5 to 1 is needed" in refused.text
    assert offered
    assert f"is {offered[1]}:" in refused.text
    assert "What readers see" in administrator.get(PLACE).text
    again = administrator.post(f"{PLACE}/colours", data={**form, field: offered[1]})
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"light": "green"}, "six digits"),
        ({"light": "#12345"}, "six digits"),
        ({"light": "#1d5c3a;}body{display:none"}, "too long"),
        ({"dark": ORANGE}, "for light pages as well"),
    ],
)
def test_what_is_no_colour_is_refused_in_words(
    administrator: Client, form: Mapping[str, str], words: str
) -> None:
    refused = administrator.post(f"{PLACE}/colours", data=form)

    assert refused.status_code == 400
    assert words in refused.text


def test_a_logo_stands_at_the_head_of_every_page_in_its_room(
    app: Flask, administrator: Client, client: Client
) -> None:
    send(
        administrator, logo=logo(), logo_dark=logo(300), alt="Acme, with a fern", icon_of_logo="yes"
    )
    use(administrator)

    page = client.get(ADDRESS).text
    shown = LOGO.findall(HEAD.search(page)[0])  # type: ignore[index]
    pictures = [client.get(href) for href, *_ in shown]

    assert [(alt, width, height) for _, alt, width, height in shown] == [
        ("Acme, with a fern", "96", "32"),
        ("Acme, with a fern", "80", "32"),
    ]
    assert "brand-name" not in HEAD.search(page)[0]  # type: ignore[index]
    assert {picture.headers["Cache-Control"] for picture in pictures} == {
        "public, max-age=31536000, immutable"
    }
    assert Image.open(BytesIO(pictures[0].data)).size == (288, 96)
    icon = re.search(
        r'<link rel="icon"\s+type="image/png"\s+sizes="192x192"\s+href="([^"]+)">', page
    )
    assert icon
    assert Image.open(BytesIO(client.get(icon[1]).data)).size == (192, 192)
    card = re.search(r'property="og:image"\s+content="http://localhost:8000([^"]+)"', page)
    assert card
    assert Image.open(BytesIO(client.get(card[1]).data)).size == (1200, 630)
    assert f'"logo": "http://localhost:8000{shown[0][0]}"' in page
    assert newest_entry(app, "brand_changed").details["logo_dark"] is True


def test_the_name_stands_beside_a_logo_without_it(administrator: Client, client: Client) -> None:
    send(administrator, logo=logo(96, 96), named="yes")
    use(administrator)

    head = HEAD.search(client.get("/sign-in").text)[0]  # type: ignore[index]

    assert LOGO.findall(head)[0][1] == ""
    assert '<span class="brand-name">Acme Billing</span>' in head


def test_what_a_camera_notes_is_not_in_a_logo(administrator: Client, client: Client) -> None:
    """Row F4."""
    send(administrator, logo=with_place())

    page = administrator.get(PLACE).text
    shown = client.get(LOGO.findall(page)[0][0])

    assert CANARY not in shown.data
    assert not Image.open(BytesIO(shown.data)).getexif()


@pytest.mark.parametrize("name", ["SVG", "HTML", "TIFF", "bomb", "PNG cut off", "too many bytes"])
def test_what_is_no_logo_is_refused_where_it_was_chosen(administrator: Client, name: str) -> None:
    """Row F4."""
    refused = send(administrator, logo_dark=REFUSED[name], alt="Acme")

    assert refused.status_code == 400
    assert 'id="logo_dark-error"' in refused.text
    assert re.search(r'name="alt"\s+value="Acme"', refused.text)
    if name == "SVG":
        assert "save it as PNG" in refused.text
    assert "What readers see" in administrator.get(PLACE).text


@pytest.mark.parametrize("way", ["use", "reset"])
def test_a_logo_that_was_taken_off_stays_for_a_day(
    app: Flask, administrator: Client, client: Client, way: str
) -> None:
    """Pages that caches keep still show it, however long it was worn."""
    send(administrator, logo=logo())
    use(administrator)
    old = LOGO.findall(client.get("/sign-in").text)[0][0]
    turn_back(app, timedelta(days=30))
    send(administrator, logo=logo(300, 100))

    answer = use(administrator) if way == "use" else administrator.post(f"{PLACE}/reset")

    assert answer.status_code == 303
    assert client.get(old).status_code == 200

    turn_back(app, timedelta(days=2))
    administrator.post(f"{PLACE}/discard")

    assert client.get(old).status_code == 404


def turn_back(app: Flask, time: timedelta) -> None:
    """As if all pictures had been kept for so long already."""
    with app.app_context():
        begin_write()
        for picture in db.session.scalars(select(BrandPicture)):
            picture.made_at -= time
        commit()


def test_an_icon_made_of_a_logo_goes_with_it(administrator: Client, client: Client) -> None:
    send(administrator, logo=logo(), icon_of_logo="yes")
    use(administrator)

    send(administrator, without_logo="yes", icon_of_logo="yes")
    use(administrator)

    page = client.get(ADDRESS).text
    assert "brand-logo" not in page
    assert "/brand/" not in page


def test_nobody_uses_what_they_have_not_seen(administrator: Client, client: Client) -> None:
    administrator.post(f"{PLACE}/colours", data={"light": GREEN})
    number = re.search(r'name="number"\s+value="(\d+)"', administrator.get(PLACE).text)
    administrator.post(f"{PLACE}/colours", data={"light": "#0000cc"})

    refused = administrator.post(f"{PLACE}/use", data={"number": number[1]})  # type: ignore[index]

    assert refused.status_code == 409
    assert SHEET.search(client.get("/hc/en-gb").text) is None


def test_what_is_tried_after_another_was_forgotten_is_seen_before_it_is_used(
    app: Flask, administrator: Client, client: Client
) -> None:
    other = make(app, "grace@example.com", "admin", has_second_step=True).sign_in(app)
    administrator.post(f"{PLACE}/colours", data={"light": GREEN})
    number = re.search(r'name="number"\s+value="(\d+)"', administrator.get(PLACE).text)
    other.post(f"{PLACE}/discard")
    other.post(f"{PLACE}/colours", data={"light": "#0000cc"})

    refused = administrator.post(f"{PLACE}/use", data={"number": number[1]})  # type: ignore[index]

    assert refused.status_code == 409
    assert SHEET.search(client.get("/hc/en-gb").text) is None


def test_what_is_tried_can_be_forgotten(administrator: Client) -> None:
    administrator.post(f"{PLACE}/colours", data={"light": GREEN})

    administrator.post(f"{PLACE}/discard")

    page = administrator.get(PLACE).text
    assert "What readers see" in page
    assert SHEET.search(page) is None


def test_the_shipped_look_comes_back(app: Flask, administrator: Client, client: Client) -> None:
    before = client.get("/hc/en-gb")
    give(administrator)

    administrator.post(f"{PLACE}/reset")

    assert client.get("/hc/en-gb").data == before.data
    assert newest_entry(app, "brand_reset").actor_id is not None
    assert administrator.post(f"{PLACE}/reset").status_code == 409


def test_a_change_shows_at_once_in_every_process(
    app: Flask, settings: Settings, administrator: Client
) -> None:
    other = create_app(settings).test_client()
    sheets = []
    for light in (GREEN, "#0000cc"):
        give(administrator, light)
        sheets.append(SHEET.search(other.get("/hc/en-gb").text))

    assert [found[1][7:13] for found in sheets if found] == ["1d5c3a", "0000cc"]


def test_a_sheet_lasts_and_stays_where_pages_in_caches_ask_for_it(
    administrator: Client, client: Client
) -> None:
    give(administrator)
    href = SHEET.search(client.get("/hc/en-gb").text)[1]  # type: ignore[index]
    give(administrator, "#0000cc")

    old, unpinned = client.get(href), client.get(href.partition("?")[0])

    assert old.mimetype == "text/css"
    assert old.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert unpinned.headers["Cache-Control"] == "public, no-cache"


def test_pages_of_a_site_whose_database_is_away_wear_what_they_wore(
    app: Flask, administrator: Client, client: Client
) -> None:
    give(administrator)
    worn = client.get("/hc/en-gb").text
    with app.app_context():
        begin_write()
        for name in ("brand", "article"):
            db.session.execute(text(f"ALTER TABLE {name} RENAME TO {name}_away"))
        commit()

    broken = client.get(ADDRESS)

    assert broken.status_code in (500, 503)
    assert SHEET.findall(broken.text) == SHEET.findall(worn)
    assert SHEET.findall(worn)


@pytest.mark.parametrize(
    "path",
    [
        *("/brand/ff7a00-ff7a00.css", "/brand/1d5c3a.css", "/brand/1d5c3a-1d5c3a.svg"),
        *("/brand/1D5C3A-3CBD77.css", "/brand/pictures/none.png"),
    ],
)
def test_nothing_else_is_served_as_ours(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_look_is_for_administrators(editor: Client, client: Client) -> None:
    assert editor.get(PLACE).status_code == 403
    assert editor.post(f"{PLACE}/colours", data={"light": GREEN}).status_code == 403
    assert client.get(PLACE).status_code == 303
