"""The content folder as it lies on disk: which files are guides, and what they refer to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from xero_onboard.config import LOCALE
from xero_onboard.content.front_matter import SLUG
from xero_onboard.content.models import LONGEST_SLUG
from xero_onboard.content.pictures import LARGEST, PictureFile, read_picture
from xero_onboard.content.problems import Broken
from xero_onboard.content.references import Shown

PicturesByPath = Mapping[str, PictureFile]

LARGEST_GUIDE = 512 * 1024
SECTION_FILE = "_section.md"
SNIPPETS = "_snippets"

_ID = re.compile(r"^id: *(\d{1,19}) *$", re.MULTILINE)
_REFERENCE = re.compile(
    r"""\]\( *<?([^)>\s]{1,300})|^ {0,3}\[[^\]\n]{1,200}\]: *<?([^>\s]{1,300})|href=["']([^"']{1,300})""",
    re.MULTILINE,
)


@dataclass(frozen=True)
class SourceFile:
    """A Markdown file: `path` is relative to the content folder, `name` is for messages."""

    path: PurePosixPath
    name: str
    source: str

    @property
    def locale(self) -> str:
        return self.path.parts[0]

    @property
    def section(self) -> str:
        return self.path.parts[1]

    @property
    def folder(self) -> str:
        return f"{self.locale}/{self.section}"

    @property
    def slug(self) -> str:
        return self.path.stem

    @property
    def claimed_id(self) -> int | None:
        """The id it seems to have, for a file whose front matter cannot be read."""
        found = _ID.search(self.source[:5_000])
        return int(found[1]) if found else None


@dataclass(frozen=True)
class Scan:
    """What was found in the folder; `present` and `shelves` count guides and sections that cannot be read, too."""

    folder: str
    sections: list[SourceFile]
    articles: list[SourceFile]
    snippets: list[SourceFile]
    present: frozenset[str]
    shelves: frozenset[str]
    problems: list[Broken]


def scan(folder: Path) -> Scan:
    """Read every guide below the folder."""
    sections: list[SourceFile] = []
    articles: list[SourceFile] = []
    snippets: list[SourceFile] = []
    problems: list[Broken] = []
    paths = [PurePosixPath(path.relative_to(folder).as_posix()) for path in _markdown_files(folder)]
    for path in paths:
        name = f"{folder.name}/{path}"
        try:
            found = SourceFile(path, name, _read(folder / path, name))
        except Broken as error:
            problems.append(error)
            continue
        is_snippet = found.section == SNIPPETS
        (snippets if is_snippet else sections if path.name == SECTION_FILE else articles).append(
            found
        )
    present = frozenset(
        str(path) for path in paths if path.name != SECTION_FILE and path.parts[1] != SNIPPETS
    )
    shelves = frozenset(str(path.parent) for path in paths if path.name == SECTION_FILE)
    return Scan(folder.name, sections, articles, snippets, present, shelves, problems)


def _markdown_files(folder: Path) -> Iterator[Path]:
    """`<locale>/<section>/<slug>.md`, and snippets likewise; other names beginning with an underscore are notes."""
    for path in sorted(folder.glob("*/*/*.md")):
        is_note = path.name.startswith("_") and path.name != SECTION_FILE
        # Editors keep locks and copies beside a guide under names that begin with a dot.
        is_hidden = path.name.startswith(".")
        if LOCALE.fullmatch(path.parent.parent.name) and not (is_note or is_hidden):
            yield path


def _read(path: Path, name: str) -> str:
    _check_address(path, name)
    try:
        if not path.is_file():
            raise Broken(name, 1, "this is no file, or a link that leads nowhere")
        if path.stat().st_size > LARGEST_GUIDE:
            raise Broken(name, 1, f"the file is larger than {LARGEST_GUIDE // 1024} kB")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Broken(name, 1, "the file is not UTF-8 text") from error
    except OSError as error:
        raise Broken(name, 1, f"the file cannot be read: {error.strerror}") from error
    if "\x00" in text:
        raise Broken(
            name, text[: text.index("\x00")].count("\n") + 1, "the file contains a zero byte"
        )
    return text


def _check_address(path: Path, name: str) -> None:
    section = () if path.parent.name == SNIPPETS else (path.parent.name,)
    parts = section if path.name == SECTION_FILE else (*section, path.stem)
    for part in parts:
        complaint = None if SLUG.fullmatch(part) else "must be small letters, digits and hyphens"
        if len(part) > LONGEST_SLUG:
            complaint = f"is longer than {LONGEST_SLUG} characters"
        if complaint:
            raise Broken(name, 1, f"“{part}” {complaint}: it stands in the address")


class FolderShelf:
    """The folder as guides refer to it; remembers the pictures it was asked for."""

    def __init__(self, folder: Path, addresses: Mapping[str, str]) -> None:
        self._folder = folder
        self._addresses = addresses
        self._digests: dict[PurePosixPath, str] = {}
        self._used: dict[str, PictureFile] = {}

    def article(self, path: PurePosixPath) -> str | None:
        """The address of the article made of this file, if there is one."""
        return self._addresses.get(str(path))

    def picture(self, path: PurePosixPath) -> Shown | None:
        """The picture, if the file exists; raises BadPicture."""
        body = _body(self._folder / path)
        if body is None:
            return None
        picture = read_picture(path.name, body)
        self._used[str(path)] = picture
        return picture.shown

    def take_used(self) -> PicturesByPath:
        """The pictures asked for since the last call."""
        used, self._used = self._used, {}
        return used

    def numbered(self, number: int) -> str | None:
        """The address of the article with this number, if its file is here."""
        return numbered(number, self._addresses)

    def state_of_references(self, source: SourceFile, named: Sequence[str] = ()) -> str:
        """A text that changes when anything the guide refers to does, in its text or above it."""
        names = {"".join(found) for found in _REFERENCE.findall(source.source)} | {*named}
        relative = sorted(
            name.partition("#")[0] for name in names if not re.match(r"[a-zA-Z+.-]+:|[/#]", name)
        )
        return "\n".join(f"{name} {self._state(source.path.parent, name)}" for name in relative)

    def _state(self, folder: PurePosixPath, name: str) -> str:
        if name.isdigit():
            return self.numbered(int(name)) or ""
        path = _within(folder, name)
        if name.endswith(".md"):
            return self._addresses.get(str(path), "")
        if path not in self._digests:
            body = _body(self._folder / path)
            self._digests[path] = "" if body is None else sha256(body).hexdigest()
        return self._digests[path]


def numbered(number: int, addresses: Mapping[str, str]) -> str | None:
    """The one of these addresses that an article of this number has."""
    return next((each for each in addresses.values() if f"/articles/{number}-" in each), None)


def _body(file: Path) -> bytes | None:
    """The bytes of a picture, as many as tell that it is too large; None if there is nothing to read."""
    try:
        if not file.is_file():
            return None
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError:  # no file can have a name as long as a forgotten bracket makes one
        return None


def _within(folder: PurePosixPath, name: str) -> PurePosixPath:
    parts = list(folder.parts)
    for part in PurePosixPath(name).parts:
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
    return PurePosixPath(*parts)
