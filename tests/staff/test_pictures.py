"""Pictures that staff upload: drawn anew, or refused in words (row F4)."""

from collections.abc import Mapping
from io import BytesIO

import pytest
from PIL import Image
from werkzeug.test import encode_multipart

from tests.client import Client
from tests.staff.test_articles import ADDRESS, PLACE, form_of, send
from tests.zoo import CANARY, REFUSED, TAKEN, as_bytes, encoded, with_place

UPLOAD = f"{PLACE}/pictures"
ALT = "A list of organisations"


def upload(browser: Client, body: bytes, name: str = "shot.png", **more: str) -> Mapping[str, str]:
    form = {"alt": ALT, **more, "picture": (BytesIO(body), name)}
    answer = browser.post(UPLOAD, data=form, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


@pytest.mark.parametrize("name", TAKEN)
def test_a_picture_is_drawn_anew_and_served_as_what_it_is(editor: Client, name: str) -> None:
    """Row F4."""
    given, kind = TAKEN[name]
    body = as_bytes(given, kind)

    markdown = upload(editor, body, caption="Where to look")["markdown"]
    send(editor, "publish", form_of(editor) | {"body": markdown})

    page = editor.get(ADDRESS).text
    source = page.partition('src="/hc/article_attachments/')[2].partition('"')[0]
    shown = editor.get(f"/hc/article_attachments/{source}")
    assert shown.mimetype == f"image/{kind}"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert CANARY not in shown.data
    assert b"<script>" not in shown.data
    drawn = Image.open(BytesIO(shown.data))
    assert not drawn.getexif()
    assert drawn.size[0] <= 2000
    assert f'alt="{ALT}"' in page
    assert "Where to look" in page


def test_a_photograph_is_shown_the_right_way_up(editor: Client) -> None:
    """Row F4: the note that says so is gone, so the picture itself must be turned."""
    markdown = upload(editor, with_place())["markdown"]

    send(editor, "publish", form_of(editor) | {"body": markdown})

    figure = editor.get(ADDRESS).text.partition("<figure")[2].partition("</figure>")[0]
    assert 'width="40"' in figure
    assert 'height="60"' in figure


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_or_too_large_is_refused_in_words(editor: Client, name: str) -> None:
    """Row F4."""
    form = {"alt": ALT, "picture": (BytesIO(REFUSED[name]), "shot.png")}

    # As bytes: the test client leaves files open that it has made of long forms.
    boundary, body = encode_multipart(form)
    kind = f'multipart/form-data; boundary="{boundary}"'
    answer = editor.post(UPLOAD, data=body, content_type=kind)

    assert answer.status_code == 400
    assert "The picture" in answer.text


@pytest.mark.parametrize("name", ["../../../etc/passwd", "a.svg", "x.png\x00.html", "<b>.png", ""])
def test_the_name_of_the_file_means_nothing(editor: Client, name: str) -> None:
    """Row F4."""
    markdown = upload(editor, encoded("PNG"), name or "x")["markdown"]

    path = markdown.partition("](")[2].partition(")")[0]
    assert path.startswith("images/")
    assert path.removeprefix("images/").removesuffix(".png").isalnum()


def test_a_picture_needs_words_for_those_who_cannot_see_it(editor: Client) -> None:
    form = {"picture": (BytesIO(encoded("PNG")), "shot.png")}

    answer = editor.post(UPLOAD, data=form)

    assert answer.status_code == 400
    assert "alt" in answer.text


def test_words_with_backslashes_are_the_words_of_the_picture(editor: Client) -> None:
    form = {"alt": "Folder C:\\[x]\\", "picture": (BytesIO(encoded("PNG")), "shot.png")}
    answer = editor.post(UPLOAD, data=form, headers={"Accept": "application/json"})

    send(editor, "publish", form_of(editor) | {"body": answer.get_json()["markdown"]})

    assert 'alt="Folder C:\\(x)\\"' in editor.get(ADDRESS).text


def test_without_script_the_page_says_what_to_write(editor: Client) -> None:
    form = {"alt": 'A "quoted" ] thing', "picture": (BytesIO(encoded("PNG")), "shot.png")}

    page = editor.post(UPLOAD, data=form).text

    assert "![A &#34;quoted&#34; ) thing](images/" in page
