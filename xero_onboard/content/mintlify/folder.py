"""The folder of a Mintlify site as a stranger gave it: nothing outside it is read, and nothing without a limit."""

from pathlib import Path, PurePosixPath

from xero_onboard.content.components import LONGEST_LINE
from xero_onboard.content.problems import Broken
from xero_onboard.content.shelf import LARGEST_GUIDE

LARGEST_SETTINGS = 2 * 1024 * 1024


class Folder:
    """Reads files by the paths that the site itself uses; every method raises Broken."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._real = root.resolve()

    def name_of(self, path: PurePosixPath) -> str:
        """The file as messages name it."""
        return f"{self._real.name}/{path}".encode("utf-8", "backslashreplace").decode()

    def has(self, path: PurePosixPath) -> bool:
        """Whether there is such a file; one that may not be read is there, so that reading it says why."""
        try:
            return (self._root / path).is_file()
        except OSError:  # no file can have a name as long as a forgotten quotation mark makes one
            return False

    def pages(self) -> list[PurePosixPath]:
        """Every page there is, but for those in hidden folders and in those of packages."""
        found = (path.relative_to(self._root) for path in self._root.rglob("*.md*"))
        return sorted(
            PurePosixPath(path.as_posix())
            for path in found
            if path.suffix in (".md", ".mdx")
            and not any(part.startswith(".") or part == "node_modules" for part in path.parts)
        )

    def text(self, path: PurePosixPath, largest: int = LARGEST_GUIDE) -> str:
        """A file of text."""
        name = self.name_of(path)
        try:
            text = self.body(path, largest).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Broken(name, 1, "the file is not UTF-8 text") from error
        for number, line in enumerate(text.split("\n"), 1):
            if "\x00" in line:
                raise Broken(name, number, "the file contains a zero byte")
            if len(line) > LONGEST_LINE and path.suffix != ".json":
                raise Broken(name, number, f"this line is longer than {LONGEST_LINE} characters")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def body(self, path: PurePosixPath, largest: int) -> bytes:
        """A file's bytes."""
        name, file = self.name_of(path), self._root / path
        try:
            if path.is_absolute() or not file.resolve().is_relative_to(self._real):
                raise Broken(name, 1, "this leads out of the folder: it is not read")
            if not file.is_file():
                raise Broken(name, 1, "there is no such file")
            if file.stat().st_size > largest:
                raise Broken(name, 1, f"the file is larger than {largest // 1024} kB")
            return file.read_bytes()
        except (OSError, ValueError) as error:
            raise Broken(name, 1, "the file cannot be read") from error


def within(base: PurePosixPath, name: str) -> PurePosixPath | None:
    """The path that a name means in a file of the folder `base`; None for one that leads out of the site."""
    parts = [] if name.startswith("/") else list(base.parts)
    for part in name.split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return PurePosixPath(*parts)
