"""Files beside a request: what is taken, what is refused, and how they are given back."""

import re
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from tests.client import Client
from tests.employees import EDDIE, make
from tests.feedback.asking import (
    NEW,
    PLACE,
    asked_and_confirmed,
    confirm,
    found,
    only,
    send,
)
from tests.zoo import CANARY, REFUSED, TAKEN, as_bytes, encoded
from xero_onboard.feedback import requests, uploads
from xero_onboard.feedback.models import Attachment
from xero_onboard.lib.db import db

FRENCH = "/hc/fr-ca/requests/new"
PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
# What is drawn as another kind than it came as.
ENDINGS = {"WebP": "webp", "GIF of 2,000 pictures": "gif"}


def test_files_come_along_and_come_back_as_downloads(app: Flask, client: Client) -> None:
    """Row F4."""
    send(client, files=[("a picture.png", encoded("PNG")), ("../../etc/pass\twd.txt", b"hello")])
    confirm(app, client)

    page = client.get(f"{PLACE}/{only(app).reference}").text
    answers = [client.get(link) for link in re.findall(r"/hc/request_attachments/[^\"]+", page)]

    assert {answer.mimetype for answer in answers} == {"image/png", "text/plain"}
    assert b"hello" in {answer.data for answer in answers}
    for answer in answers:
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert "pass_wd.txt" in page


@pytest.mark.parametrize(("has_second_step", "status"), [(True, 200), (False, 404)])
def test_staff_read_them_with_a_second_step_alone(
    app: Flask, client: Client, has_second_step: bool, status: int
) -> None:
    """Row D9."""
    asked_and_confirmed(app, client, files=[("notes.txt", b"hello")])
    page = client.get(f"{PLACE}/{only(app).reference}").text
    (link,) = re.findall(r"/hc/request_attachments/[^\"]+", page)

    eddie = make(app, EDDIE, "editor", has_second_step=has_second_step).sign_in(app)

    assert eddie.get(link).status_code == status


@pytest.mark.parametrize("name", TAKEN)
def test_a_picture_is_drawn_anew(app: Flask, client: Client, name: str) -> None:
    """Row F4."""
    given, kind = TAKEN[name]
    asked_and_confirmed(
        app, client, files=[(f"shot.{ENDINGS.get(name, kind)}", as_bytes(given, kind))]
    )

    page = client.get(f"{PLACE}/{only(app).reference}").text
    (link,) = re.findall(r"/hc/request_attachments/[^\"]+", page)
    kept = client.get(link)

    assert kept.mimetype == f"image/{kind}"
    assert link.endswith(f"shot.{'jpg' if kind == 'jpeg' else kind}")
    assert CANARY not in kept.data
    assert b"<script>" not in kept.data
    drawn = Image.open(BytesIO(kept.data))
    assert not drawn.getexif()
    assert drawn.size[0] <= uploads.WIDEST


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_not_taken_for_one(app: Flask, client: Client, name: str) -> None:
    """Row F4."""
    answer = send(client, files=[("shot.png", REFUSED[name])])

    assert answer.status_code == 400
    assert "“shot.png” " in answer.text
    assert "Choose your files again." in answer.text
    assert found(app) == []


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("page.html", b"<script>alert(1)</script>")], "“page.html” is of a kind we do not take"),
        ([("page.svg", b"<svg onload=alert(1)>")], "“page.svg” is of a kind we do not take"),
        ([("noending", b"x")], "is of a kind we do not take"),
        ([("page.png", b"<html>")], "“page.png” is not what its name says"),
        ([("a.pdf", b"MZ\x00")], "“a.pdf” is not what its name says"),
        ([("a.txt", b"\x00\x01")], "“a.txt” is not what its name says"),
        ([("a.txt", b"")], "“a.txt” is empty"),
        ([("a.txt", b"x" * (uploads.MOST_BYTES + 1))], "“a.txt” is too large: 4 MB at most"),
        ([("a.txt", b"x")] * 6, "You chose 6 files. Send 5 at most"),
        ([("<img src=x>.exe", b"x")], "_img src_x_.exe"),
    ],
)
def test_a_file_that_is_not_taken_is_named(
    app: Flask, client: Client, files: list[tuple[str, bytes]], words: str
) -> None:
    """Row F4."""
    answer = send(client, files=files)

    assert answer.status_code == 400
    assert words in answer.text
    assert "Choose your files again." in answer.text
    assert found(app) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "photo.exe",
            "Envoyez un fichier de type PNG, JPEG, GIF, WebP, PDF, TXT, LOG ou CSV.",
        ),
        (
            "photo.png",
            "«\u00a0photo.png\u00a0» ne peut pas être lu\u00a0: choisissez une image PNG",
        ),
    ],
)
def test_a_file_is_refused_in_the_language_of_the_page(
    client: Client, name: str, words: str
) -> None:
    answer = send(client, to=FRENCH, files=[(name, PNG_BEGINS + b"nothing")])

    assert words in answer.text
    assert "10\u00a0Mo ensemble" in answer.text
    assert "LOG or CSV" not in answer.text


def test_what_is_larger_than_everything_is_not_even_read(client: Client) -> None:
    """Row F4."""
    answer = send(client, files=[("a.txt", b"x" * uploads.LONGEST_FORM)])

    assert answer.status_code == 413


def test_as_much_as_the_page_says_is_taken(app: Flask, client: Client) -> None:
    lines, most = b"a line\n" * 100, uploads.MOST_IN_ALL
    sizes = (uploads.MOST_BYTES, uploads.MOST_BYTES, most - 2 * uploads.MOST_BYTES)
    files = [(f"{size}.log", (lines * (size // 700 + 1))[:size]) for size in sizes]
    page = " ".join(client.get(NEW).text.split())

    answer = send(client, files=files)

    assert "each no larger than 4 MB, and 10 MB together" in page
    assert answer.status_code == 303
    with app.app_context():
        kept = db.session.scalars(select(Attachment.body)).all()
    assert sum(len(body) for body in kept) == most


def test_a_long_file_of_short_lines_is_kept_whole(app: Flask, client: Client) -> None:
    """Row F4: what arrives in many pieces, none of which ends with a line."""
    lines = b"a line\n" * 500_000

    asked_and_confirmed(app, client, files=[("a.log", lines)])

    with app.app_context():
        assert db.session.scalars(select(Attachment.body)).one() == lines


def test_who_has_asked_often_enough_is_refused_before_any_file_is_looked_at(app: Flask) -> None:
    """Row I3: otherwise the file would be what is complained of."""
    for _ in range(requests.TO_ADDRESS.most):
        send(app.test_client())

    assert send(app.test_client(), files=[("a.png", b"no picture")]).status_code == 429


def test_who_has_said_often_enough_is_refused_before_any_file_is_looked_at(
    app: Flask, client: Client
) -> None:
    """Row I3."""
    page = asked_and_confirmed(app, client)
    for _ in range(requests.MESSAGES.most):
        client.post(f"{page}/messages", data={"words": "And this."})

    more = {"words": "And this.", "attachment": (BytesIO(b"no picture"), "a.png")}
    assert client.post(f"{page}/messages", data=more).status_code == 429


def test_a_strangers_file_is_not_found(app: Flask, client: Client) -> None:
    """Row E2."""
    asked_and_confirmed(app, client, files=[("a.txt", b"secret")])
    with app.app_context():
        file = db.session.scalars(select(Attachment)).one()

    answer = app.test_client().get(f"/hc/request_attachments/{file.id}/a.txt")

    assert answer.status_code == 404
