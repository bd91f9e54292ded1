"""Files that readers send along: few, small, of known kinds, and given back as downloads alone.

Pictures are drawn anew, so that a photograph does not tell where it was taken.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import FileStorage

from xero_onboard.lib.drawing import NotDrawable, draw_anew
from xero_onboard.lib.languages import gettext as _

MOST_FILES = 5
MOST_BYTES = 4 * 1024 * 1024
# All files of a form together, as its page says.
MOST_IN_ALL = 10 * 1024 * 1024
# With the words beside them: what is longer is not even read.
LONGEST_FORM = MOST_IN_ALL + 256 * 1024
# A picture of a whole screen, with its smallest words.
WIDEST = 4_000
_LONGEST_NAME = 100

_TEXT = "text/plain"
_TYPES: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "txt": _TEXT,
    "log": _TEXT,
    "csv": "text/csv",
}
_BEGINNINGS: Mapping[str, re.Pattern[bytes]] = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "application/pdf": re.compile(rb"%PDF-"),
}
ACCEPTED = ",".join(f".{ending}" for ending in _TYPES)

_NOT_IN_NAMES = re.compile(r"[^\w .()\[\]-]+")


class Refused(Exception):
    """A file that is not taken; says which, and why, in words for whoever sent it."""


@dataclass(frozen=True)
class File:
    """A file that was looked at and may be kept."""

    name: str
    content_type: str
    body: bytes


def kinds() -> str:
    """What is taken, as pages and refusals say it."""
    return _("PNG, JPEG, GIF, WebP, PDF, TXT, LOG or CSV")


def read(sent: Iterable[FileStorage]) -> Sequence[File]:
    """The files of a form; raises Refused for the first that is not taken."""
    given = [each for each in sent if each.filename]
    if len(given) > MOST_FILES:
        raise Refused(
            _(
                "You chose %(count)s files. Send %(most_files)s at most.",
                count=len(given),
                most_files=MOST_FILES,
            )
        )
    return [_read(each) for each in given]


def _read(sent: FileStorage) -> File:
    name = _name(sent.filename or "")
    content_type = _TYPES.get(name.rpartition(".")[2].lower())
    if content_type is None:
        raise Refused(
            _("“%(name)s” is of a kind we do not take. Send %(kinds)s.", name=name, kinds=kinds())
        )
    body = sent.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Refused(
            _(
                "“%(name)s” is too large: %(most_bytes)s MB at most for each file.",
                name=name,
                most_bytes=MOST_BYTES // 1024 // 1024,
            )
        )
    if not body:
        raise Refused(_("“%(name)s” is empty.", name=name))
    if not _is_what_it_says(content_type, body):
        raise Refused(
            _(
                "“%(name)s” is not what its name says. Save it again as %(kinds)s.",
                name=name,
                kinds=kinds(),
            )
        )
    if content_type.startswith("image/"):
        return _drawn(name, body)
    return File(name, content_type, body)


def _drawn(name: str, body: bytes) -> File:
    try:
        drawn = draw_anew(body, widest=WIDEST, most_bytes=MOST_BYTES)
    except NotDrawable as error:
        # What is wrong with it is said in the reader's language already.
        raise Refused(_("“%(name)s” %(problem)s.", name=name, problem=error)) from error
    return File(f"{name.rpartition('.')[0]}.{drawn.ending}", _TYPES[drawn.ending], drawn.body)


def _name(given: str) -> str:
    """The last part of a path in letters that any disk and header can carry."""
    last = given.replace("\\", "/").rpartition("/")[2]
    plain = " ".join(_NOT_IN_NAMES.sub("_", last).split()).lstrip(".") or "file"
    return plain[-_LONGEST_NAME:]


def _is_what_it_says(content_type: str, body: bytes) -> bool:
    beginning = _BEGINNINGS.get(content_type)
    if beginning is not None:
        return beginning.match(body) is not None
    return b"\x00" not in body
