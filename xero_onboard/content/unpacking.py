"""A zip from outside, laid out on disk: every name and size is looked at, and nothing is believed of what it says of itself."""

import re
import stat
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from xero_onboard.content.attached import LARGEST_FILE
from xero_onboard.content.models import LONGEST_PATH
from xero_onboard.content.pictures import LARGEST as LARGEST_PICTURE
from xero_onboard.content.shelf import LARGEST_GUIDE
from xero_onboard.lib.brand.pictures import LARGEST as LARGEST_LOGO

MANIFEST = "site.json"
FOLDER = "content"
FILES = "files"
LOOK = "look"

MOST_FILES = 50_000
LARGEST_WHOLE = 2 * 1024**3
_LARGEST_MANIFEST = 128 * 1024**2
_LONGEST_NAME = LONGEST_PATH + len(FOLDER) + 1
_IS_ENCRYPTED = 0x1
_PIECE = 64 * 1024
# What `zipfile` raises at files that were made to break it; NotImplementedError for a way of packing it does not know.
UNREADABLE = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class BadArchive(Exception):
    """The file is no archive of guides, or one that was made to do harm; the message says why."""


@contextmanager
def unpacked(file: IO[bytes]) -> Iterator[Path]:
    """A folder with what we need of the archive, for as long as it is needed; raises BadArchive."""
    with TemporaryDirectory(prefix="archive-") as name:
        folder = Path(name)
        try:
            with ZipFile(file) as archive:
                _unpack(archive, _wanted(archive.infolist()), folder)
        except UNREADABLE as error:
            raise BadArchive(f"it cannot be read as a zip: {error}") from error
        if not (folder / MANIFEST).is_file():
            raise BadArchive(
                f"it has no {MANIFEST}: only what `flask content export --zip` wrote can be read"
            )
        yield folder


def _wanted(members: Sequence[ZipInfo]) -> list[ZipInfo]:
    """The files to lay out, after a look at everything there is."""
    if len(members) > MOST_FILES:
        raise BadArchive(f"it has {len(members)} files, and {MOST_FILES} are the most")
    seen: set[str] = set()
    for member in members:
        _look_at(member)
        if member.filename in seen:
            raise _bad(member.filename, "is there twice")
        seen.add(member.filename)
    # `zendesk/` is for others.
    return [
        member
        for member in members
        if not member.is_dir() and not member.filename.startswith("zendesk/")
    ]


def _look_at(member: ZipInfo) -> None:
    name = member.orig_filename
    parts = name.removesuffix("/").split("/")
    mode = member.external_attr >> 16
    if len(name) > _LONGEST_NAME or not name.isprintable() or "\\" in name or ":" in name:
        raise _bad(name, "has a name that no file of ours has")
    if any(part in ("", ".", "..") for part in parts):
        raise _bad(name, "leads out of the archive")
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or not stat.S_IFMT(mode)):
        raise _bad(name, "is a link or a device, and no file")
    if member.flag_bits & _IS_ENCRYPTED:
        raise _bad(name, "is encrypted")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise _bad(name, "is packed in a way that we do not read")
    if not (member.is_dir() or parts[0] == "zendesk" or _largest(name)):
        raise _bad(name, "does not belong into an archive of guides")


def _largest(name: str) -> int:
    """How large this file may be; 0 for one that has no place here."""
    if name == MANIFEST:
        return _LARGEST_MANIFEST
    if name.startswith(f"{FOLDER}/") and name.endswith(".md"):
        return LARGEST_GUIDE
    if name.startswith(f"{FOLDER}/"):
        return LARGEST_PICTURE  # whatever it is called: what it is will be seen from its bytes
    if re.fullmatch(rf"{FILES}/[1-9][0-9]{{0,18}}", name):
        return LARGEST_FILE
    if re.fullmatch(rf"{LOOK}/[a-z_]+\.(png|jpg)", name):
        return LARGEST_LOGO
    return 0


def _unpack(archive: ZipFile, members: Sequence[ZipInfo], folder: Path) -> None:
    left = LARGEST_WHOLE
    for member in members:
        target = folder / member.filename
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as packed, target.open("xb") as file:
                left -= _copy(packed, file, member.orig_filename)
        except OSError as error:
            raise _bad(member.orig_filename, f"cannot be written: {error.strerror}") from error
        if left < 0:
            raise BadArchive(f"it is larger than {LARGEST_WHOLE // 1024**2} MB when it is unpacked")


def _copy(packed: IO[bytes], file: IO[bytes], name: str) -> int:
    """As much as may be; what the archive says of its sizes is not asked."""
    largest, copied = _largest(name), 0
    while piece := packed.read(_PIECE):
        copied += len(piece)
        if copied > largest:
            raise _bad(name, f"is larger than {largest // 1024} kB")
        file.write(piece)
    return copied


def _bad(name: str, why: str) -> BadArchive:
    """Without what a terminal would obey."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in name[:120])
    return BadArchive(f"“{shown}” {why}")
