"""A help centre in a file: a zip with `zendesk/articles.json` and its kind, or one JSON with the same lists."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

from xero_onboard.content.attached import LARGEST_FILE
from xero_onboard.content.unpacking import UNREADABLE
from xero_onboard.ops.zendesk.online import Online
from xero_onboard.ops.zendesk.shape import Attachment, Json
from xero_onboard.ops.zendesk.sources import NoFile, Unreadable

_LARGEST_JSON = 256 * 1024 * 1024
_NAMES = ("categories", "sections", "articles")


class Archive:
    """An export on this machine; what it does not hold is fetched from where it came from."""

    def __init__(self, path: Path, *, may_be_local: bool) -> None:
        self._path = path
        self._lists = _read(path)
        self.name = path.name
        self.origin = self._origin()
        self._online = (
            Online(self.origin, may_be_local=may_be_local) if self._is_known(may_be_local) else None
        )

    def categories(self) -> Iterator[Json]:
        yield from self._lists["categories"]

    def sections(self) -> Iterator[Json]:
        yield from self._lists["sections"]

    def articles(self) -> Iterator[Json]:
        yield from self._lists["articles"]

    def attachments(self, article_id: int, locale: str) -> tuple[Attachment, ...]:
        return ()

    def fetch(self, address: str) -> bytes:
        found = self._within(address)
        if found is not None:
            return found
        if self._online is None:
            raise NoFile("it is not in the file, and where it was cannot be told")
        return self._online.fetch(address)

    def _within(self, address: str) -> bytes | None:
        """The file whose name ends the address, if the archive holds one and no other of this name."""
        if self._path.suffix != ".zip":
            return None
        try:
            path = urlsplit(address).path
        except ValueError as error:
            raise NoFile(f"its address cannot be read: {error}") from error
        *_, number, name = ["", *unquote(path).split("/")]
        with ZipFile(self._path) as opened:
            found = [
                each
                for each in opened.infolist()
                if name and PurePosixPath(each.filename).name == name
            ]
            # Of several with one name, the one whose folder is its number.
            numbered = [each for each in found if number in PurePosixPath(each.filename).parts]
            found = numbered or found
            if len({each.CRC for each in found}) != 1:
                return None
            if found[0].file_size > LARGEST_FILE:
                raise NoFile(f"it is larger than {LARGEST_FILE // 1024 // 1024} MB")
            try:
                return opened.read(found[0])
            except UNREADABLE as error:
                raise NoFile(f"it cannot be read: {error}") from error

    def _origin(self) -> str:
        for each in (each for name in _NAMES for each in self._lists[name]):
            try:
                parts = urlsplit(str(each.get("html_url") or ""))
            except ValueError:
                continue
            if parts.scheme in ("http", "https") and parts.netloc:
                return f"{parts.scheme}://{parts.netloc}"
        return ""

    def _is_known(self, may_be_local: bool) -> bool:
        try:
            Online(self.origin, may_be_local=may_be_local)
        except Unreadable:
            return False
        return True


def _read(path: Path) -> dict[str, list[Json]]:
    try:
        texts = _texts(path)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from error
    except UNREADABLE as error:
        raise Unreadable(f"{path} is no zip that can be read: {error}") from error
    lists: dict[str, list[Json]] = {}
    for name, (place, text) in texts.items():
        lists[name] = _rows(name, place, text)
    return lists


def _texts(path: Path) -> dict[str, tuple[str, bytes]]:
    """Where each list stands, and the text that it stands in."""
    if path.suffix.lower() != ".zip":
        if path.stat().st_size > _LARGEST_JSON:
            raise Unreadable(f"{path} is larger than {_LARGEST_JSON // 1024 // 1024} MB")
        return dict.fromkeys(_NAMES, (path.name, path.read_bytes()))
    with ZipFile(path) as opened:
        found = {}
        for name in _NAMES:
            place = f"zendesk/{name}.json"
            if place not in opened.namelist():
                raise Unreadable(f"{path} holds no {place}: is it an export of a help centre?")
            if opened.getinfo(place).file_size > _LARGEST_JSON:
                raise Unreadable(f"{place} is larger than {_LARGEST_JSON // 1024 // 1024} MB")
            found[name] = (place, opened.read(place))
        return found


def _rows(name: str, place: str, text: bytes) -> list[Json]:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{place} is cut off or no JSON: {error}") from error
    rows = found.get(name) if isinstance(found, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable(f"{place} has no list of {name}")
    return rows
