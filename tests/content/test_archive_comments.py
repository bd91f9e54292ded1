"""Comments in an archive come from a stranger: they go by the rules for those that are written here, or nothing comes in."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from zipfile import ZipFile

import pytest
from flask import Flask

from tests.client import Client
from tests.content.archives import Tampered, refuse, run, take_in
from xero_onboard.content.models import Article
from xero_onboard.feedback.comments import LONGEST
from xero_onboard.feedback.models import Comment
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

PAGE = "/hc/en-gb/articles/101-first"
COMMENT: Mapping[str, Any] = {
    "id": "0c5b1d5e-6f5e-4f7e-9d38-1f6f0c7e7a11",
    "name": "Casey Nguyen",
    "is_staffs": False,
    "looks_like_staff": False,
    "source": "It **works**.",
    "created_at": "2026-02-01T10:00:00+00:00",
    "edited_at": None,
    "shown_at": "2026-02-01T12:00:00+00:00",
}
LIES: dict[str, tuple[dict[str, Any], str]] = {
    "too long": ({"source": "x" * (LONGEST + 1)}, f"is longer than {LONGEST} characters"),
    "a bomb": ({"source": "[" * 200_000}, f"is longer than {LONGEST} characters"),
    "nothing": ({"source": " \n"}, "is empty"),
    "a bell": ({"source": "a\x07b"}, "holds what a form does not let through"),
    "other ends of lines": ({"source": "a\r\nb"}, "holds what a form does not let through"),
    "no text": ({"source": ["x"]}, "“source” is missing, or not what it should be"),
    "half a character": ({"source": "\ud800"}, "cannot be typed"),
    "no character": ({"name": "Ca\0sey"}, "cannot be typed"),
    "a name of nobody": ({"name": ""}, "bears a name that is empty"),
    "an endless name": ({"name": "x" * 201}, "longer than 200 characters"),
    "a name that is none": ({"name": 7}, "“name” is missing, or not what it should be"),
    "a name of staff": ({"name": "Acme Billing Support"}, "could be taken for one of your staff"),
    "a name that a terminal would obey": ({"name": "\x1b[2JXero"}, "“[2JXero”"),
    "a name in two scripts": ({"name": "Саsey Nguyen"}, "could be taken for one of your staff"),
    "a badge that is none": ({"is_staffs": "yes"}, "“is_staffs” is missing, or not what"),
    "a number for a truth": ({"looks_like_staff": 1}, "“looks_like_staff” is missing, or not"),
    "a way out of an attribute": ({"id": '"><script>'}, "“id” is not what it should be"),
    "another way of writing": ({"id": str(COMMENT["id"]).upper()}, "“id” is not what it should be"),
    "no moment": ({"created_at": "yesterday"}, "“created_at” is no moment"),
    "changed before it was": ({"edited_at": "2026-01-31T10:00:00Z"}, "has dates that cannot be"),
    "written in the year 9000": (
        {"created_at": "9000-01-01T00:00:00Z"},
        "has dates that cannot be",
    ),
    "always the newest": (
        {"shown_at": f"{now() + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}"},
        "has dates that cannot be",
    ),
}


def comment_on(honest: Tampered, **changes: Any) -> bytes:
    honest.change(lambda site: site["guides"][0]["comments"].append({**COMMENT, **changes}))
    return honest.packed()


def below(app: Flask) -> str:
    page = cast(Client, app.test_client()).get(PAGE).text
    return page.partition('id="comments"')[2].partition("</section>")[0]


@pytest.mark.parametrize("lie", LIES)
def test_a_comment_that_could_not_be_written_here_lets_nothing_in(
    honest: Tampered, empty: Flask, tmp_path: Path, lie: str
) -> None:
    """Row E5, and F2."""
    changes, words = LIES[lie]

    refuse(empty, tmp_path, comment_on(honest, **changes), words)


def test_the_refusal_names_the_file_the_guide_and_the_comment(
    honest: Tampered, empty: Flask, tmp_path: Path
) -> None:
    words = f"site.json: guide 101: the comment {COMMENT['id']} is empty"

    refuse(empty, tmp_path, comment_on(honest, source=""), words)


def test_one_comment_is_not_there_twice(honest: Tampered, empty: Flask, tmp_path: Path) -> None:
    comment_on(honest)

    refuse(empty, tmp_path, comment_on(honest), "two guides have the same comment")


@pytest.mark.parametrize("told", [None, {}, [1], ["x"]])
def test_what_is_no_list_of_comments_is_refused(
    honest: Tampered, empty: Flask, tmp_path: Path, told: object
) -> None:
    honest.change(lambda site: site["guides"][0].update(comments=told))

    refuse(empty, tmp_path, honest.packed(), "“comments” ")


def test_what_is_shown_of_a_comment_is_made_here(
    honest: Tampered, empty: Flask, tmp_path: Path
) -> None:
    """Row F1: whatever else the archive says of it, and whose it says that it is."""
    source = "<script>alert(1)</script> [x](javascript:alert(1)) " + "[" * 1000
    more = {"html": "<script>alert(1)</script>", "author_id": "x", "status": "held"}

    taken = take_in(empty, tmp_path, comment_on(honest, source=source, **more))

    assert taken.exit_code == 0, taken.output
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in below(empty)
    assert "<script" not in below(empty)
    assert "href=" not in below(empty).partition("comment-words")[2].partition("</div>")[0]
    with empty.app_context():
        (row,) = db.session.scalars(db.select(Comment))
        assert (row.author_id, row.status) == (None, "shown")


def test_a_name_like_those_of_staff_comes_in_with_the_badge_or_when_staff_have_read_it(
    honest: Tampered, empty: Flask, tmp_path: Path
) -> None:
    comment_on(honest, name="Acme Billing Support", is_staffs=True)
    other = str(COMMENT["id"]).replace("0c5b", "1c5b")

    taken = take_in(
        empty, tmp_path, comment_on(honest, id=other, name="Xero Fan", looks_like_staff=True)
    )

    assert taken.exit_code == 0, taken.output
    assert below(empty).count("Acme Billing staff") == 1


def test_an_archive_of_an_earlier_version_has_no_comments(
    honest: Tampered, empty: Flask, tmp_path: Path
) -> None:
    honest.change(lambda site: [guide.pop("comments") for guide in site["guides"]])

    assert take_in(empty, tmp_path, honest.packed()).exit_code == 0
    assert "0 comments" in below(empty)


def test_a_comment_of_an_unpublished_guide_waits_with_it(
    honest: Tampered, empty: Flask, tmp_path: Path
) -> None:
    """As its text does: it comes along, and nobody sees it."""
    file = tmp_path / "again.zip"
    assert take_in(empty, tmp_path, comment_on(honest)).exit_code == 0
    with empty.app_context():
        db.session.execute(db.update(Article).where(Article.id == 101).values(status="draft"))
        db.session.commit()

    said = run(empty, "export", "--zip", str(file))

    assert said.exit_code == 0, said.output
    with ZipFile(file) as archive:
        told = json.loads(archive.read("site.json"))["guides"]
    assert [(each["status"], each["comments"]) for each in told if each["place"]["id"] == 101] == [
        ("draft", [COMMENT])
    ]
