"""An archive from a stranger: taken in whole, or refused in words with nothing changed."""

import json
import stat
from pathlib import Path
from zipfile import ZIP_BZIP2, ZipInfo

import pytest
from flask import Flask

from tests.content.archives import GUIDE, PICTURE, Tampered, refuse, rows, run, take_in
from tests.content.desk import Desk, png
from xero_onboard.config import Settings
from xero_onboard.content.shelf import LARGEST_GUIDE
from xero_onboard.content.unpacking import MOST_FILES
from xero_onboard.factory import create_app


def test_an_honest_archive_is_taken_in_once(honest: Tampered, empty: Flask, tmp_path: Path) -> None:
    first = take_in(empty, tmp_path, honest.packed())
    again = take_in(empty, tmp_path, honest.packed())

    assert "1 section, 2 guides, 1 picture and 0 comments taken in" in first.output
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
        ("content/en-gb/evil.exe", "evil.exe:1: the picture is not a PNG or JPEG picture"),
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


def test_what_could_not_be_read_again_is_not_written(
    desk: Desk, environ: dict[str, str], tmp_path: Path
) -> None:
    """As after an upgrade or a change of settings, in which a published guide has become a mistake."""
    desk.publish(101, "first", title="Connect {{ product_name }}")
    desk.publish(102, "second")
    name = {"PRODUCT_NAME": "Acme " * 39 + "Billing"}
    renamed = create_app(Settings.from_environ({**environ, **name}))
    file = tmp_path / "site.zip"

    said = run(renamed, "export", "--zip", str(file))

    assert said.exit_code == 1
    assert "nothing was written, because the archive could not be read again" in said.output
    assert "first.md:3: title has 210 characters" in said.output
    assert "second.md" not in said.output
    assert not file.exists()


def test_a_picture_comes_along_whatever_it_is_called(
    desk: Desk, empty: Flask, tmp_path: Path
) -> None:
    desk.write("shot.gif", "").write_bytes(png())
    address = desk.publish(101, "first", "![A form](shot.gif)")
    file = tmp_path / "site.zip"
    run(desk.app, "export", "--zip", str(file))

    taken = run(empty, "import", "archive", str(file))

    assert taken.exit_code == 0, taken.output
    assert "/shot.gif" in empty.test_client().get(address).text


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
