"""Pictures that staff upload: drawn anew, or refused in words (row F4)."""

from collections.abc import Mapping
from io import BytesIO
from struct import pack
from zlib import compress, crc32

import pytest
from PIL import Image, PngImagePlugin
from werkzeug.test import encode_multipart

from tests.client import Client
from tests.staff.test_articles import ADDRESS, PLACE, form_of, send

UPLOAD = f"{PLACE}/pictures"
ALT = "A list of organisations"
CANARY = b"canary-of-the-file"


def encoded(kind: str, size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def with_place() -> bytes:
    """A photograph that says where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(0x8825)[1] = "S"
    return encoded("JPEG", exif=exif, comment=CANARY)


def with_notes() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", CANARY.decode())
    return encoded("PNG", pnginfo=notes) + b"<script>alert(1)</script>" + CANARY


def bomb(width: int, height: int) -> bytes:
    """A small file that says it is a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", crc32(kind + body))

    head = pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = compress(b"\0" * min((width // 8 + 1) * height, 20_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def gif(frames: int) -> bytes:
    out = BytesIO()
    sheets = [Image.new("P", (8, 8), number % 256) for number in range(frames)]
    sheets[0].save(out, "GIF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


TAKEN = {
    "PNG": (encoded("PNG"), "png"),
    "JPEG": (encoded("JPEG"), "jpeg"),
    "WebP": (encoded("WEBP"), "jpeg"),
    "GIF of 2,000 pictures": (gif(2000), "png"),
    "JPEG with the place": (with_place(), "jpeg"),
    "PNG with notes and a page behind it": (with_notes(), "png"),
    "CMYK": (Image.new("CMYK", (9, 9)), "jpeg"),
    "grey": (Image.new("L", (9, 9)), "png"),
    "16 bits": (Image.new("I;16", (9, 9)), "png"),
    "with holes": (Image.new("RGBA", (9, 9)), "png"),
    "very wide": (encoded("PNG", (9000, 3)), "png"),
}
REFUSED = {
    "nothing": b"",
    "text": b"no picture",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "HTML that begins like a GIF": b"GIF89a/*<script>*/=1;alert(1)",
    "TIFF": encoded("TIFF"),
    "BMP": encoded("BMP"),
    "ICO": encoded("ICO", (32, 32)),
    "PDF": encoded("PDF"),
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "cut off": encoded("JPEG", (600, 400))[:400],
    "PNG cut off": encoded("PNG", (600, 400))[:60],
    "only the head of a PNG": b"\x89PNG\r\n\x1a\n",
    "bomb": bomb(12_000, 12_000),
    "larger bomb": bomb(2_000_000_000, 2_000_000_000),
    "no points": bomb(0, 0),
    "JPEG of nothing but padding": b"\xff\xd8" + b"\xff" * 5000,
    "ZIP": b"PK\x03\x04" + b"\0" * 100,
    "too many bytes": encoded("PNG") + b"\0" * (5 * 1024 * 1024),
}


def upload(browser: Client, body: bytes, name: str = "shot.png", **more: str) -> Mapping[str, str]:
    form = {"alt": ALT, **more, "picture": (BytesIO(body), name)}
    answer = browser.post(UPLOAD, data=form, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def as_bytes(given: bytes | Image.Image, kind: str) -> bytes:
    if isinstance(given, bytes):
        return given
    out = BytesIO()
    given.save(out, "JPEG" if kind == "jpeg" else "PNG")
    return out.getvalue()


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


def test_without_script_the_page_says_what_to_write(editor: Client) -> None:
    form = {"alt": 'A "quoted" ] thing', "picture": (BytesIO(encoded("PNG")), "shot.png")}

    page = editor.post(UPLOAD, data=form).text

    assert "![A &#34;quoted&#34; ) thing](images/" in page
