"""`docs.json`, or the older `mint.json`: which pages there are, in which sections, and which old addresses.

https://www.mintlify.com/docs/organize/navigation. Our help centre has sections and guides, and nothing between them: a
group becomes a section, named after the groups it is nested in; tabs, anchors, versions and their like give a section
its name where no group does, and tell sections apart that would have the same one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from xero_onboard.content.addresses import DEFAULT_LOCALE, LOCALE
from xero_onboard.content.mintlify.findings import Findings
from xero_onboard.content.mintlify.folder import LARGEST_SETTINGS, Folder, within
from xero_onboard.content.problems import Broken

SETTINGS = ("docs.json", "mint.json")
MOST_PAGES = 5_000
_DEEPEST = 20
# Lists in the navigation, and the key under which each of their entries has its name.
_LISTS = {
    "languages": "language",
    "versions": "version",
    "products": "product",
    "tabs": "tab",
    "anchors": "anchor",
    "dropdowns": "dropdown",
    "menu": "item",
    "groups": "group",
}
_ORNAMENTS = {"icon", "iconType", "color", "tag", "expanded", "default", "description", "drilldown"}
_KNOWN = {*_LISTS, *_LISTS.values(), *_ORNAMENTS, "pages", "global", "root", "hidden"}

Trail = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shelf:
    """A section to be; the names in its trail lead to it."""

    locale: str
    trail: Trail
    pages: list[PurePosixPath] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """The whole site; `redirects` are old addresses with the page each leads to."""

    name: str
    shelves: list[Shelf]
    redirects: dict[str, PurePosixPath]

    @property
    def pages(self) -> frozenset[PurePosixPath]:
        """Every page that the navigation names."""
        return frozenset(page for shelf in self.shelves for page in shelf.pages)


def read_plan(folder: Folder, findings: Findings) -> Plan:
    """What the site's settings say; raises Broken where there are none, or none that can be read."""
    file = next((name for name in SETTINGS if folder.has(PurePosixPath(name))), SETTINGS[0])
    path = PurePosixPath(file)
    source, name = folder.text(path, LARGEST_SETTINGS), folder.name_of(path)
    try:
        given = json.loads(source)
    except json.JSONDecodeError as error:
        raise Broken(name, error.lineno, f"cannot be read: {error.msg}") from error
    except RecursionError as error:
        raise Broken(name, 1, "cannot be read: it is nested too deeply") from error
    if not isinstance(given, dict) or not isinstance(given.get("navigation"), dict | list):
        raise Broken(name, 1, "“navigation” is missing: it says which pages there are")
    reader = _Reader(name, source, findings)
    reader.read(given["navigation"])
    title = given.get("name")
    return Plan(
        name=title if isinstance(title, str) and title.strip() else name.split("/")[0],
        shelves=[shelf for shelf in reader.shelves.values() if shelf.pages],
        redirects=dict(reader.redirects(given.get("redirects"))),
    )


class _Reader:
    """Walks through the settings; whatever it does not understand is told with its line."""

    def __init__(self, name: str, source: str, findings: Findings) -> None:
        self.shelves: dict[tuple[str, Trail], Shelf] = {}
        self._name = name
        self._source = source
        self._findings = findings
        self._pages: set[PurePosixPath] = set()

    def read(self, navigation: Any) -> None:
        """The list of groups of a mint.json is what docs.json has under “groups”."""
        node = {"groups": navigation} if isinstance(navigation, list) else navigation
        self._visit(node, (), DEFAULT_LOCALE)

    def redirects(self, given: Any) -> Iterator[tuple[str, PurePosixPath]]:
        for entry in given if isinstance(given, list) else ():
            pair = (
                (entry.get("source"), entry.get("destination")) if isinstance(entry, dict) else ()
            )
            source, destination = (str(each or "") for each in pair or ("", ""))
            page = within(PurePosixPath(), destination.partition("#")[0])
            if page in self._pages and ":" not in source and "*" not in source:
                yield f"/{source.strip('/')}", page
            else:
                self._lost(source, f"the redirect from “{source}” leads to no single page")

    def _visit(self, node: dict[str, Any], trail: Trail, locale: str) -> None:
        if len(trail) > _DEEPEST:
            raise Broken(self._name, 1, f"the navigation is nested more than {_DEEPEST} deep")
        name = trail[-1][1] if trail else "navigation"
        if node.get("hidden") is True:
            self._lost(name, f"“{name}” is hidden: none of it is taken in")
            return
        self._look_at_keys(node, name)
        shared = node.get("global")
        if isinstance(shared, dict):
            self._visit(shared, trail, locale)
        for entry in [node.get("root"), *self._list(node, "pages", name)]:
            self._page_or_group(entry, trail, locale)
        for key, label in _LISTS.items():
            for child in self._list(node, key, name):
                self._child(child, label, trail, locale)

    def _look_at_keys(self, node: dict[str, Any], name: str) -> None:
        for key, value in node.items():
            if key in _ORNAMENTS:
                self._findings.left_out(self._name, self._line(name), f"{key} of “{name}”")
            elif key == "href":
                self._lost(name, f"“{name}” leads to {value}, and our navigation has guides only")
            elif key not in _KNOWN:
                self._lost(name, f"“{name}” has “{key}”, which has no counterpart here")

    def _list(self, node: dict[str, Any], key: str, name: str) -> list[Any]:
        given = node.get(key, [])
        if isinstance(given, list):
            return given
        self._lost(name, f"“{key}” of “{name}” must be a list")
        return []

    def _page_or_group(self, entry: Any, trail: Trail, locale: str) -> None:
        if isinstance(entry, str):
            self._page(entry, trail, locale)
        elif isinstance(entry, dict):
            self._child(entry, "group", trail, locale)
        elif entry is not None:
            self._lost(str(entry), f"“{entry}” is neither a page nor a group")

    def _child(self, child: Any, label: str, trail: Trail, locale: str) -> None:
        name = child.get(label) if isinstance(child, dict) else None
        if not isinstance(name, str) or not name.strip():
            self._lost(label, f"an entry without “{label}” is not understood")
            return
        if label == "language":
            locale = _locale(name)
        self._visit(child, (*trail, (label, " ".join(name.split()))), locale)

    def _page(self, name: str, trail: Trail, locale: str) -> None:
        path = within(PurePosixPath(), name.removesuffix(".mdx").removesuffix(".md"))
        if path is None or " " in name:
            words = "leads out of the folder" if path is None else "is made from an OpenAPI file"
            self._lost(name, f"“{name}” {words}: it is not taken in")
        elif path not in self._pages:
            if len(self._pages) == MOST_PAGES:
                raise Broken(self._name, self._line(name), f"more than {MOST_PAGES} pages")
            self._pages.add(path)
            shelf = self.shelves.setdefault((locale, trail), Shelf(locale, trail))
            shelf.pages.append(path)

    def _lost(self, name: str, message: str) -> None:
        self._findings.lost(self._name, self._line(name), message)

    def _line(self, name: str) -> int:
        position = self._source.find(json.dumps(name, ensure_ascii=False))
        return self._source.count("\n", 0, position) + 1 if position >= 0 else 1


def _locale(language: str) -> str:
    """A language as addresses name it; what is English is in the language of this site."""
    lower = language.lower()
    return lower if LOCALE.fullmatch(lower) and lower != "en" else DEFAULT_LOCALE
