"""An archive from a stranger: taken in whole, or refused in words with nothing changed."""

import json
import stat
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from click.testing import Result
from flask import Flask

from tests.client import Client
from tests.content.desk import Desk, png
from xero_onboard.config import Settings
from xero_onboard.content.shelf import LARGEST_GUIDE
from xero_onboard.content.unpacking import MOST_FILES
from xero_onboard.factory import create_app
from xero_onboard.lib.db import db

GUIDE = "content/en-gb/connecting/first.md"
PICTURE = "content/en-gb/connecting/shot.png"


@dataclass
class Tampered:
    """The members of an honest archive, to be changed; `special` are written as they are."""

    members: dict[str, bytes]
    special: list[tuple[ZipInfo, bytes]] = field(default_factory=list)
    is_flagged: bool = False

    @property
    def site(self) -> Any:
        return json.loads(self.members["site.json"])

    def change(self, edit: Callable[[Any], object]) -> None:
        """Change what the archive says of its guides."""
        site = self.site
        edit(site)
        self.members["site.json"] = json.dumps(site).encode()

    def packed(self) -> bytes:
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a name that is there twice
            for name, body in self.members.items():
                archive.writestr(name, body)
            for member, body in self.special:
                archive.writestr(member, body)
            archive.filelist[-1].flag_bits |= int(self.is_flagged)
        return out.getvalue()


@pytest.fixture
def honest(desk: Desk, tmp_path: Path) -> Tampered:
    desk.write("shot.png", "").write_bytes(png())
    desk.guide(102, "second", "Words.")
    desk.publish(101, "first", "![A form](shot.png)\n\n[On](second.md)", aliases="[old]")
    file = tmp_path / "honest.zip"
    said = run(desk.app, "export", "--zip", str(file))
    assert said.exit_code == 0, said.output
    with ZipFile(file) as archive:
        return Tampered({name: archive.read(name) for name in archive.namelist()})


@pytest.fixture
def empty(environ: dict[str, str], tmp_path: Path, empty_database: Path) -> Iterator[Flask]:
    """A site without guides."""
    place = {"INSTANCE_DIR": str(tmp_path / "new"), "CONTENT_DIR": str(tmp_path / "new-content")}
    settings = Settings.from_environ({**environ, **place})
    site = create_app(settings)
    (settings.instance / "site.db").write_bytes(empty_database.read_bytes())
    site.test_client_class = Client
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["content", *words])


def take_in(app: Flask, tmp_path: Path, body: bytes) -> Result:
    file = tmp_path / "given.zip"
    file.write_bytes(body)
    return run(app, "import", "archive", str(file))


def rows(app: Flask) -> dict[str, int]:
    """How much is in each table."""
    with app.app_context():
        count = db.select(db.func.count())
        found = {
            table.name: db.session.scalar(count.select_from(table)) or 0
            for table in db.metadata.sorted_tables
        }
        db.session.rollback()
    return {name: number for name, number in found.items() if number}


def refuse(app: Flask, tmp_path: Path, body: bytes, words: str) -> None:
    before = rows(app)

    said = take_in(app, tmp_path, body)

    assert said.exit_code == 1, said.output
    assert words in said.output
    assert "nothing was taken in" in said.output
    assert rows(app) == before
    assert not list(tmp_path.rglob("*evil*"))


def test_an_honest_archive_is_taken_in_once(honest: Tampered, empty: Flask, tmp_path: Path) -> None:
    first = take_in(empty, tmp_path, honest.packed())
    again = take_in(empty, tmp_path, honest.packed())

    assert "1 section, 2 guides and 1 picture taken in" in first.output
    assert empty.test_client().get("/hc/en-gb/articles/101-first").status_code == 200
    assert again.exit_code == 1
    assert "there are guides here already" in again.output


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../evil.md", "leads out of the archive"),
        ("content/../../evil.md", "leads out of the archive"),
        ("/etc/evil.md", "leads out of the archive"),
        ("content//evil.md", "leads out of the archive"),
        ("content/./evil.md", "leads out of the archive"),
        ("content\\..\\evil.md", "has a name that no file of ours has"),
        ("C:/evil.md", "has a name that no file of ours has"),
        ("content/\x1b[31mevil.md", "“content/?[31mevil.md” has a name"),
        ("content/" + "a" * 400 + ".md", "has a name that no file of ours has"),
        ("content/en-gb/evil.exe", "does not belong into an archive of guides"),
        ("evil.md", "does not belong into an archive of guides"),
        (GUIDE + "/evil.md", "cannot be written"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(
    honest: Tampered, empty: Flask, tmp_path: Path, name: str, words: str
) -> None:
    honest.members[name] = b"evil"

    refuse(empty, tmp_path, honest.packed(), words)


def test_what_is_no_plain_file_is_refused(honest: Tampered, empty: Flask, tmp_path: Path) -> None:
    for mode in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR):
        member = ZipInfo("content/en-gb/connecting/link.md")
        member.external_attr = (mode | 0o777) << 16
        honest.special = [(member, b"/etc/passwd")]
        refuse(empty, tmp_path, honest.packed(), "is a link or a device")
    twice = ZipInfo(GUIDE)
    honest.special = [(twice, b"another")]
    refuse(empty, tmp_path, honest.packed(), f"“{GUIDE}” is there twice")
    strange = ZipInfo("content/en-gb/connecting/strange.md")
    strange.compress_type = ZIP_BZIP2
    honest.special = [(strange, b"packed")]
    refuse(empty, tmp_path, honest.packed(), "is packed in a way that we do not read")
    honest.special, honest.is_flagged = [], True
    refuse(empty, tmp_path, honest.packed(), "is encrypted")


@pytest.mark.parametrize(
    ("name", "size"),
    [(GUIDE, LARGEST_GUIDE + 1), (PICTURE, 200_000_000), ("site.json", 129 * 1024**2)],
)
def test_a_bomb_is_not_unpacked(
    honest: Tampered, empty: Flask, tmp_path: Path, name: str, size: int
) -> None:
    honest.members[name] = b"\0" * size

    refuse(empty, tmp_path, honest.packed(), f"“{name}” is larger than")


def test_a_size_that_lies_is_not_believed(honest: Tampered, empty: Flask, tmp_path: Path) -> None:
    honest.members[PICTURE] = b"\0" * 5_000_000
    packed = honest.packed()
    lied = packed.replace((5_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))

    assert take_in(empty, tmp_path, lied).exit_code == 1
    assert rows(empty) == {}


def test_too_many_files_are_refused(honest: Tampered, empty: Flask, tmp_path: Path) -> None:
    honest.members |= {f"content/en-gb/x/{number}.md": b"" for number in range(MOST_FILES)}

    refuse(empty, tmp_path, honest.packed(), f"{MOST_FILES} are the most")


def test_what_is_no_archive_is_refused(honest: Tampered, empty: Flask, tmp_path: Path) -> None:
    packed = honest.packed()
    middle = 30 + len(next(iter(honest.members))) + 20
    damaged = packed[:middle] + bytes([packed[middle] ^ 0xFF]) + packed[middle + 1 :]

    refuse(empty, tmp_path, b"", "cannot be read as a zip")
    refuse(empty, tmp_path, b"<html>", "cannot be read as a zip")
    refuse(empty, tmp_path, packed[: len(packed) // 2], "cannot be read as a zip")
    refuse(empty, tmp_path, damaged, "cannot be read as a zip")
    del honest.members["site.json"]
    refuse(empty, tmp_path, honest.packed(), "it has no site.json")
    assert run(empty, "import", "archive", str(tmp_path / "none.zip")).exit_code == 2


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


def test_one_mistake_in_one_guide_keeps_everything_out(
    honest: Tampered, empty: Flask, tmp_path: Path
) -> None:
    text = honest.members[GUIDE].decode()

    for changed, words in (
        (f"{text}\n<Stap>\n", "first.md:"),
        (text.replace("second.md", "third.md"), "leads to no guide"),
        (text.replace("title:", "titel:"), "unknown key"),
        (text.replace("id: 101", "id: 102"), "has the same id"),
    ):
        honest.members[GUIDE] = changed.encode()
        refuse(empty, tmp_path, honest.packed(), words)
    honest.members[GUIDE] = text.encode()
    honest.members[PICTURE] = b"<script>alert(1)</script>"
    refuse(empty, tmp_path, honest.packed(), "is not a PNG or JPEG picture")


def test_an_archive_that_cannot_be_written_leaves_the_old_one(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "site.zip"
    desk.publish(101, "first")
    run(desk.app, "export", "--zip", str(file))
    before = file.read_bytes()

    nowhere = run(desk.app, "export", "--zip", str(tmp_path / "nowhere/site.zip"))
    both = run(desk.app, "export", str(tmp_path), "--zip", str(file))

    assert "nowhere/site.zip: No such file or directory" in nowhere.output
    assert (nowhere.exit_code, both.exit_code) == (1, 2)
    assert file.read_bytes() == before
    assert {path.name for path in tmp_path.glob("*.part")} == set()


def test_the_lists_for_other_programs_are_those_of_the_api(honest: Tampered, desk: Desk) -> None:
    client = desk.app.test_client()

    for name in ("categories", "sections", "articles"):
        listed = json.loads(honest.members[f"zendesk/{name}.json"])
        asked = client.get(f"/api/v2/help_center/{name}.json").json
        extra = ("translations", "attachments")
        assert listed.keys() == {name}
        assert [
            {key: value for key, value in each.items() if key not in extra} for each in listed[name]
        ] == asked[name]
    first = json.loads(honest.members["zendesk/articles.json"])["articles"][0]
    for name, key in (("translations",) * 2, ("attachments", "article_attachments")):
        assert first[name] == client.get(f"/api/v2/help_center/articles/101/{name}").json[key]
