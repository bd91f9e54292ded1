"""Pages that no navigation names: Mintlify shows them to whoever knows the address, and so do we.

https://www.mintlify.com/docs/organize/hidden-pages. Files that `.mintignore` names it does not show: they stay outside.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from xero_onboard.content.addresses import DEFAULT_LOCALE
from xero_onboard.content.mintlify.findings import Findings
from xero_onboard.content.mintlify.folder import Folder
from xero_onboard.content.mintlify.navigation import MOST_PAGES, Plan, Shelf
from xero_onboard.content.mintlify.scripts import FOLDERS

_IGNORED = PurePosixPath(".mintignore")
# Beside pages, a site's folder holds these, which Mintlify does not show either.
_NO_PAGES = frozenset({"readme", "license", "changelog", "contributing"})


def with_unlisted(plan: Plan, folder: Folder, findings: Findings) -> Plan:
    """The plan with these pages behind others of their folders; raises Broken."""
    shelves = [replace(shelf, pages=list(shelf.pages)) for shelf in plan.shelves]
    found: set[PurePosixPath] = set()
    for file in _strays(plan, folder, findings):
        path, name = file.with_suffix(""), folder.name_of(file)
        if len(plan.pages) + len(found) >= MOST_PAGES:
            findings.lost(name, 1, f"more than {MOST_PAGES} pages: it is not taken in")
        elif path not in found:
            findings.noted(name, 1, "this page is in no navigation: it is unlisted here")
            found.add(path)
            _home(path, shelves).pages.append(path)
    return replace(plan, shelves=shelves, hidden=plan.hidden | found)


def _strays(plan: Plan, folder: Folder, findings: Findings) -> Iterator[PurePosixPath]:
    named = plan.pages
    ignored = folder.text(_IGNORED).split("\n") if folder.has(_IGNORED) else []
    for file in folder.pages():
        is_page = file.parts[0] not in FOLDERS and file.stem.lower() not in _NO_PAGES
        if not is_page or file.with_suffix("") in named:
            continue
        if _is_ignored(file, ignored):
            words = f"{_IGNORED} names this page: it is not taken in"
            findings.noted(folder.name_of(file), 1, words)
        else:
            yield file


def _is_ignored(file: PurePosixPath, lines: Iterable[str]) -> bool:
    """Whether a line names the file or a folder around it; rather once too often, because nobody was to see them."""
    places = [file, *file.parents][:-1]
    for line in map(str.strip, lines):
        pattern = line.strip("/")
        if not pattern or line[0] in "#!":
            continue
        names = [str(each) for each in places] + ([] if "/" in pattern else [*file.parts])
        if any(fnmatchcase(name, pattern.removeprefix("**/")) for name in names):
            return True
    return False


def _home(path: PurePosixPath, shelves: list[Shelf]) -> Shelf:
    """Where pages of the same folder are, or of the nearest around it; else a section with the name of the site."""
    for folder in path.parents:
        for shelf in shelves:
            if any(page.parent == folder for page in shelf.pages):
                return shelf
    shelves.append(Shelf(DEFAULT_LOCALE, ()))
    return shelves[-1]
