"""What an archive says of itself comes from a stranger as well, and must fit what it holds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.content.archives import Tampered, refuse


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is no JSON"),
        (b"\xff", "is no JSON"),
        (b"[" * 200_000, "is no JSON"),
        (b"9" * 10_000, "is no JSON"),
        (b"[]", "not of the format 1"),
        (b'{"format": 2}', "not of the format 1"),
        (b'{"format": 1}', "“guides” is missing"),
        (b'{"format": 1, "guides": [1]}', "“guides” holds something"),
        (b'{"format": 1, "guides": [{}]}', "“place” is missing"),
        (b'{"format": 1, "guides": []}', "“sections” is missing"),
        (
            b'{"format": 1, "guides": [], "sections": [], "snippets": [], "arrivals": [], "files": []}',
            "do not agree on guide 101",
        ),
    ],
)
def test_what_an_archive_says_of_itself_must_be_readable(
    honest: Tampered, empty: Flask, tmp_path: Path, body: bytes, words: str
) -> None:
    honest.members["site.json"] = body

    refuse(empty, tmp_path, honest.packed(), words)


LIES: dict[str, tuple[Callable[[Any], object], str]] = {
    "another place": (lambda one: one["place"].update(slug="elsewhere"), "is not where site.json"),
    "another order": (lambda one: one["place"].update(order=7), "is not where site.json"),
    "a draft without a text": (
        lambda one: one.update(status="draft"),
        "text of a revision is missing",
    ),
    "a path for a name": (lambda one: one["place"].update(slug="../evil"), "cannot stand in an"),
    "a huge number": (lambda one: one["place"].update(id=2**63), "is no number of a guide"),
    "a truth for a number": (lambda one: one["place"].update(id=True), "“id” is missing, or not"),
    "an unknown status": (lambda one: one.update(status="hidden"), "“status” is none of"),
    "more helpful than votes": (
        lambda one: one.update(helpful=2, total=1),
        "more found it helpful",
    ),
    "votes below nothing": (lambda one: one.update(total=-1), "out of all proportion"),
    "votes beyond reason": (lambda one: one.update(total=2**31), "out of all proportion"),
    "an address elsewhere": (lambda one: one.update(aliases=["//e\0"]), "cannot be typed"),
    "an address that is none": (lambda one: one.update(aliases=["old"]), "is no path"),
    "an address of another": (
        lambda one: one.update(aliases=["/a", "/a"]),
        "two guides have the same old address",
    ),
    "no moment": (lambda one: one.update(created_at="yesterday"), "“created_at” is no moment"),
    "the last moment": (
        lambda one: one.update(created_at="9999-12-31T23:59:59-14:00"),
        "no moment",
    ),
    "a text that goes on from nothing": (
        lambda one: one["revisions"][0].update(base=9),
        "do not fit together",
    ),
    "no revisions": (lambda one: one.update(revisions=[]), "do not fit together"),
    "a draft that is not there": (lambda one: one.update(draft=9), "do not fit together"),
    "two of one number": (
        lambda one: one["revisions"].append(one["revisions"][0]),
        "do not fit together",
    ),
    "news of a revision that came along": (
        lambda one: one.update(news=[{"number": 1, "published_at": "2026-01-01T00:00:00Z"}]),
        "its news do not fit its revisions",
    ),
    "news that are still to come": (
        lambda one: one.update(news=[{"number": 9, "published_at": "2026-01-01T00:00:00Z"}]),
        "its news do not fit its revisions",
    ),
    "the same news twice": (
        lambda one: one.update(news=2 * [{"number": 0, "published_at": "2026-01-01T00:00:00Z"}]),
        "its news do not fit its revisions",
    ),
    "news at no moment": (
        lambda one: one.update(news=[{"number": 0, "published_at": "soon"}]),
        "“published_at” is no moment",
    ),
    "half a character": (
        lambda one: one["revisions"][0].update(reason="\ud800"),
        "cannot be typed",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_about_a_guide_is_noticed(
    honest: Tampered, empty: Flask, tmp_path: Path, lie: str
) -> None:
    edit, words = LIES[lie]
    honest.change(lambda site: edit(site["guides"][0]))

    refuse(empty, tmp_path, honest.packed(), words)


A_FILE = {"id": 7, "article_id": 101, "name": "form.pdf", "picture_id": None}
AN_ARRIVAL = {
    "kind": "article",
    "source_id": 1,
    "locale": "en-us",
    "target_id": 101,
    "state": "",
    "target_locale": "en-gb",
    "revision": 1,
    "is_outdated": False,
    "at": "2026-01-01T00:00:00Z",
}
STRANGE_LUGGAGE = {
    "a file that is not there": ("files", A_FILE, "speaks of file 7, which the archive has not"),
    "a picture that is not there": ("files", {**A_FILE, "picture_id": 9}, "contradicts itself"),
    "a file of no number": ("files", {**A_FILE, "id": 0}, "“id” is no number"),
    "an origin of no kind": ("arrivals", {**AN_ARRIVAL, "kind": "page"}, "“kind” is none of"),
    "a language that is none": (
        "arrivals",
        {**AN_ARRIVAL, "target_locale": "../x"},
        "is no language",
    ),
    "a section of nobody": (
        "sections",
        {"id": 9, "keeper": "mallory", "archived_at": None},
        "“keeper” is none of",
    ),
    "a snippet of nobody": (
        "snippets",
        {"locale": "en-gb", "name": "x", "keeper": "mallory", "offered": None},
        "“keeper” is none of",
    ),
}


@pytest.mark.parametrize("name", STRANGE_LUGGAGE)
def test_what_came_along_must_make_sense(
    honest: Tampered, empty: Flask, tmp_path: Path, name: str
) -> None:
    part, told, words = STRANGE_LUGGAGE[name]
    honest.change(lambda site: site[part].append(told))

    refuse(empty, tmp_path, honest.packed(), words)


@pytest.mark.parametrize("name", ["files/7/x", "files/x", "files/007", "files/-7"])
def test_a_file_is_under_its_number(
    honest: Tampered, empty: Flask, tmp_path: Path, name: str
) -> None:
    honest.members[name] = b"x"

    refuse(empty, tmp_path, honest.packed(), "does not belong into an archive of guides")


def test_two_guides_of_one_number_are_refused(
    honest: Tampered, empty: Flask, tmp_path: Path
) -> None:
    honest.change(lambda site: site["guides"].append(site["guides"][0]))

    refuse(empty, tmp_path, honest.packed(), "two guides have the same number")


def test_a_guide_in_no_section_is_refused(honest: Tampered, empty: Flask, tmp_path: Path) -> None:
    del honest.members["content/en-gb/connecting/_section.md"]

    refuse(empty, tmp_path, honest.packed(), "in a section that the archive has not")
