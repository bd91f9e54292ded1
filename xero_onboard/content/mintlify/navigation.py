"""Which pages the site has, in which sections, and which old addresses.

https://www.mintlify.com/docs/organize/navigation. Our help centre has sections and guides, and nothing between them: a
group becomes a section, named after the groups it is nested in; tabs, anchors, versions and their like give a section
its name where no group does, and tell sections apart that would have the same one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from xero_onboard.config import LOCALE
from xero_onboard.content.addresses import DEFAULT_LOCALE
from xero_onboard.content.mintlify.base import Base
from xero_onboard.content.mintlify.findings import Findings
from xero_onboard.content.mintlify.folder import within
from xero_onboard.content.mintlify.settings import Table
from xero_onboard.content.problems import Broken
from xero_onboard.lib import languages

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
_ORNAMENTS = {
    *("icon", "iconType", "color", "tag", "expanded", "default", "description", "drilldown"),
    "directory",
}
_KNOWN = {*_LISTS, *_LISTS.values(), *_ORNAMENTS, "pages", "global", "root", "hidden"}
# What the settings say beside the navigation: what is used, and what is only looks and habits of the site.
_USED = frozenset({"navigation", "name", "redirects", "variables", "basePath"})
_LOOKS = frozenset(
    {
        *("$schema", "theme", "colors", "logo", "favicon", "fonts", "appearance", "icons"),
        *("background", "backgroundImage", "styling", "thumbnails", "interaction", "contextual"),
        *("metadata", "layout", "sidebar", "topbar", "rounded", "modeToggle", "font", "eyebrows"),
        *("codeBlock", "isWhiteLabeled", "description", "search", "seo"),
    }
)
_LONGEST_REMARK = 120

Trail = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shelf:
    """A section to be; the names in its trail lead to it."""

    locale: str
    trail: Trail
    pages: list[PurePosixPath] = field(default_factory=list)

    @property
    def language(self) -> str:
        """What the site calls its language, if it has several."""
        return next((name for kind, name in self.trail if kind == "language"), "")


@dataclass(frozen=True)
class Plan:
    """The whole site; `redirects` are old addresses with the page each leads to, `hidden` the pages that no list has."""

    name: str
    shelves: list[Shelf]
    redirects: dict[str, PurePosixPath]
    hidden: frozenset[PurePosixPath] = frozenset()

    @property
    def pages(self) -> frozenset[PurePosixPath]:
        """Every page that the navigation names."""
        return frozenset(page for shelf in self.shelves for page in shelf.pages)


def read_plan(settings: Table, base: Base, findings: Findings) -> Plan:
    """What the site's settings say; raises Broken where they name no pages."""
    file = settings.place[0]
    if not isinstance(settings.get("navigation"), dict | list):
        raise Broken(file, 1, "“navigation” is missing: it says which pages there are")
    _tell_of_others(settings, findings)
    reader = _Reader(settings, base, findings)
    reader.read(settings["navigation"])
    title = printable(settings.get("name"))
    return Plan(
        name=title or file.split("/")[0],
        shelves=[shelf for shelf in reader.shelves.values() if shelf.pages],
        redirects=dict(reader.redirects(settings.get("redirects", []))),
        hidden=frozenset(reader.hidden),
    )


def printable(value: object) -> str:
    """A text on one line, without what cannot be seen; empty for what is no text."""
    words = " ".join(value.split()) if isinstance(value, str) else ""
    return "".join(letter for letter in words if letter.isprintable())


def _tell_of_others(settings: Table, findings: Findings) -> None:
    for key, value in settings.items():
        place = settings.place_of(key)
        if key in _LOOKS:
            findings.left_out(*place, f"{printable(key)} of the site")
        elif key not in _USED:
            remark = json.dumps(value, ensure_ascii=False)
            short = remark if len(remark) <= _LONGEST_REMARK else f"{remark[:_LONGEST_REMARK]}…"
            words = f"“{printable(key)}” has no counterpart here and was not taken in: {short}"
            findings.lost(*place, words)


class _Reader:
    """Walks through the navigation; whatever it does not understand is told with its line."""

    def __init__(self, settings: Table, base: Base, findings: Findings) -> None:
        self.shelves: dict[tuple[str, Trail], Shelf] = {}
        self.hidden: set[PurePosixPath] = set()
        self._settings = settings
        self._base = base
        self._findings = findings
        self._pages: set[PurePosixPath] = set()
        # In how many hidden parts of the navigation we are just now.
        self._hidden = 0

    def read(self, navigation: Any) -> None:
        """The list of groups of a mint.json is what docs.json has under “groups”."""
        if isinstance(navigation, list):
            words = {"groups": self._settings.place_of("navigation")}
            navigation = Table({"groups": navigation}, self._settings.place, words)
        self._visit(navigation, (), DEFAULT_LOCALE)

    def redirects(self, given: Any) -> Iterator[tuple[str, PurePosixPath]]:
        """The old addresses that lead to one page each."""
        if not isinstance(given, list):
            self._lost(self._settings, "redirects", "“redirects” must be a list")
        for entry in given if isinstance(given, list) else ():
            if not isinstance(entry, Table):
                self._lost(self._settings, "redirects", "a redirect must be an object")
                continue
            source, destination = (str(entry.get(each) or "") for each in ("source", "destination"))
            page = self._page_of(destination)
            if page and ":" not in source and "*" not in source:
                yield f"/{source.strip('/')}", page
            else:
                self._lost(entry, "source", f"the redirect from “{source}” leads to no single page")

    def _page_of(self, href: str) -> PurePosixPath | None:
        name = (self._base.inside(href) or href).partition("#")[0]
        paths = (within(PurePosixPath(), each) for each in (name, self._base.without(name) or name))
        return next((path for path in paths if path in self._pages), None)

    def _visit(self, node: Table, trail: Trail, locale: str) -> None:
        if len(trail) > _DEEPEST:
            raise Broken(*node.place, f"the navigation is nested more than {_DEEPEST} deep")
        name = trail[-1][1] if trail else "navigation"
        is_hidden = node.get("hidden") is True
        if is_hidden:
            words = f"“{name}” is hidden: its pages are unlisted here"
            self._findings.noted(*node.place_of("hidden"), words)
        self._hidden += is_hidden
        self._look_at_keys(node, name)
        shared = node.get("global")
        if isinstance(shared, Table):
            self._visit(shared, trail, locale)
        for entry in [node.get("root"), *self._list(node, "pages", name)]:
            self._page_or_group(entry, node, trail, locale)
        for key, label in _LISTS.items():
            for child in self._list(node, key, name):
                self._child(child, node, label, trail, locale)
        self._hidden -= is_hidden

    def _look_at_keys(self, node: Table, name: str) -> None:
        for key, value in node.items():
            if key in _ORNAMENTS:
                self._findings.left_out(*node.place_of(key), f"{key} of “{name}”")
            elif key == "href":
                words = f"“{name}” leads to {value}, and our navigation has guides only"
                self._lost(node, key, words)
            elif key not in _KNOWN:
                self._lost(node, key, f"“{name}” has “{key}”, which has no counterpart here")

    def _list(self, node: Table, key: str, name: str) -> list[Any]:
        given = node.get(key, [])
        if isinstance(given, list):
            return given
        self._lost(node, key, f"“{key}” of “{name}” must be a list")
        return []

    def _page_or_group(self, entry: Any, node: Table, trail: Trail, locale: str) -> None:
        if isinstance(entry, str):
            self._page(entry, node, trail, locale)
        elif isinstance(entry, Table):
            self._child(entry, node, "group", trail, locale)
        elif entry is not None:
            self._lost(node, str(entry), f"“{entry}” is neither a page nor a group")

    def _child(self, child: Any, node: Table, label: str, trail: Trail, locale: str) -> None:
        name = printable(child.get(label)) if isinstance(child, Table) else ""
        if not name:
            place = child.place if isinstance(child, Table) else node.place
            self._findings.lost(*place, f"an entry without “{label}” is not understood")
            return
        if label == "language":
            locale = self._locale(child, name)
        self._visit(child, (*trail, (label, name)), locale)

    def _page(self, name: str, node: Table, trail: Trail, locale: str) -> None:
        path = within(PurePosixPath(), name.removesuffix(".mdx").removesuffix(".md"))
        if path is None or " " in name:
            words = "leads out of the folder" if path is None else "is made from an OpenAPI file"
            self._lost(node, name, f"“{name}” {words}: it is not taken in")
        elif path in self._pages:
            words = f"“{name}” stands in the navigation again: it is one guide, at its first place"
            self._findings.noted(*node.place_of(name), words)
            if not self._hidden:
                self.hidden.discard(path)
        elif len(self._pages) == MOST_PAGES:
            raise Broken(*node.place_of(name), f"more than {MOST_PAGES} pages")
        else:
            self._pages.add(path)
            self.hidden.update({path} if self._hidden else ())
            shelf = self.shelves.setdefault((locale, trail), Shelf(locale, trail))
            shelf.pages.append(path)

    def _locale(self, node: Table, language: str) -> str:
        """A language as addresses name it; what is English is in the language of this site."""
        lower = language.lower()
        if lower == "en":
            return DEFAULT_LOCALE
        if LOCALE.fullmatch(lower) and len(lower) <= 12:
            doubt = languages.doubt(lower)
            if doubt:
                self._findings.noted(*node.place_of("language"), doubt)
            return lower
        words = f"“{language}” is no language that we know: its pages stand in {DEFAULT_LOCALE}"
        self._lost(node, "language", words)
        return DEFAULT_LOCALE

    def _lost(self, node: Table, word: str, message: str) -> None:
        self._findings.lost(*node.place_of(word), message)
