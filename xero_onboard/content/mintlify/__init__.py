"""A Mintlify site becomes files of our content folder, which are then taken in like all others.

Files are the way in, because they can be read, compared and put right before and after; `intake.sync` keeps what staff
wrote since. A second import writes what changed in the site, and no file that somebody has changed here.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

import yaml
from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from xero_onboard.content import intake
from xero_onboard.content.addresses import article_path
from xero_onboard.content.intake import Report
from xero_onboard.content.links import stray_links
from xero_onboard.content.manuscript import Place
from xero_onboard.content.mintlify import fitting, navigation, places
from xero_onboard.content.mintlify.base import read_base
from xero_onboard.content.mintlify.findings import Findings
from xero_onboard.content.mintlify.fitting import Fitted, fit
from xero_onboard.content.mintlify.folder import Folder
from xero_onboard.content.mintlify.gallery import Gallery
from xero_onboard.content.mintlify.languages import source_of
from xero_onboard.content.mintlify.ledger import Ledger, Taken
from xero_onboard.content.mintlify.matter import Page, manuscript_of, read_page
from xero_onboard.content.mintlify.mdx import parse
from xero_onboard.content.mintlify.navigation import Plan, printable
from xero_onboard.content.mintlify.places import Section
from xero_onboard.content.mintlify.references import Linker, Surroundings
from xero_onboard.content.mintlify.scripts import FOLDERS, Origin, Scripts
from xero_onboard.content.mintlify.settings import read_settings
from xero_onboard.content.mintlify.shared import Shared, Texts
from xero_onboard.content.mintlify.sheet import Line, compact
from xero_onboard.content.mintlify.unlisted import with_unlisted
from xero_onboard.content.mintlify.variables import read_variables
from xero_onboard.content.page_matter import MOST_RELATED, NOWHERE
from xero_onboard.content.press import Press
from xero_onboard.content.problems import Broken
from xero_onboard.content.shelf import SECTION_FILE, FolderShelf
from xero_onboard.content.snippets import Snippets


def bring_in(root: Path, content: Path, address: str = "") -> Report:
    """Convert the site in the folder `root`, write it into the content folder and publish it.

    `address` is where it stood, for a site that was part of another: “https://example.com/docs”, or “/docs”.
    """
    findings = Findings()
    try:
        site = _Site(Folder(root), content, address, findings)
    except Broken as problem:
        findings.refused(problem)
        return findings.report
    site.write()
    published = intake.sync(content)
    for line in published.lines:
        findings.report.say(line)
    findings.report.is_broken |= published.is_broken
    return findings.report


class _Site:
    """One import."""

    def __init__(self, folder: Folder, content: Path, address: str, findings: Findings) -> None:
        given = read_settings(folder)
        self._folder = folder
        self._findings = findings
        self._base = read_base(given, address)
        self._variables = read_variables(given, findings)
        named = navigation.read_plan(given, self._base, findings)
        self._plan: Plan = with_unlisted(named, folder, findings)
        self._sections = places.lay_out(self._plan)
        self._ledger = Ledger(content, self._plan.name, findings.report.say)
        shelf, texts = FolderShelf(content, places.addresses(self._sections)), Texts()
        self._press = Press(shelf, Snippets(texts.find))
        shared = Shared(self._linked, self._press, texts, self._ledger, findings)
        self._scripts = Scripts(folder, self._variables, shared, findings)
        self._pages = self._readable()
        targets = {
            path: place.path
            for section in self._sections
            for path, place in section.pages
            if path in self._pages
        }
        self._around = Surroundings(targets, folder, Gallery(folder, self._ledger), self._base)

    def write(self) -> None:
        """Write every page, and tell of the snippets that none uses."""
        fitted: dict[str, Fitted] = {}
        for section in self._sections:
            present = [each for each in section.pages if each[0] in self._pages]
            if present:
                self._put(f"{section.locale}/{section.slug}/{SECTION_FILE}", self._section(section))
            for path, place in present:
                page = self._page(path, place)
                if page:
                    fitted[article_path(place.locale, place.id, place.slug)] = page
        self._tell_of_anchors(fitted)
        self._tell_of_snippets()
        self._ledger.close()

    def _readable(self) -> Mapping[PurePosixPath, Page]:
        found = {}
        for section in self._sections:
            for path, _ in section.pages:
                try:
                    found[path] = read_page(self._folder, path, self._variables)
                except Broken as problem:
                    self._findings.refused(problem)
        return found

    def _section(self, section: Section) -> bytes:
        titles = (
            printable(self._pages[path].matter.get("title")) or printable(path.name)
            for path, _ in section.pages
            if path in self._pages and path not in self._plan.hidden
            if self._pages[path].is_listed
        )
        about = " · ".join(filter(None, titles)) or section.title
        values = {
            "id": section.id,
            "title": section.title,
            "description": about if len(about) <= 160 else f"{about[:158]} …",
            "order": section.order,
        }
        if section.translation_of:
            values["translation_of"] = section.translation_of
        top = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=10_000)
        return f"---\n{top}---\n".encode()

    def _page(self, path: PurePosixPath, place: Place) -> Fitted | None:
        page = self._pages[path]
        since, is_hidden = self._ledger.day_of(place.path), path in self._plan.hidden
        head = manuscript_of(page, since, is_hidden, self._base, self._findings)
        head = replace(head, image=self._cover(page, place), related=self._related(page, place))
        sheet = fitting.Sheet(page.name, head, place, self._aliases(page, path))
        source = source_of(self._plan.shelves)
        if place.locale != source and place.translation_of is None:
            words = f"no page in {source} has the name of this one: it is no translation"
            self._findings.noted(page.name, 1, words)
        try:
            nodes, problems = parse(page.name, page.body, page.first)
            for problem in problems:
                self._findings.refused(problem)
            lines = self._scripts.page(Origin(page.file, page.name, place.locale), nodes)
            linked = compact(self._linked(page.file, place.path, lines)) or [Line(page.first, "")]
            found = fit(sheet, linked, self._press, self._scripts.talk(page.name).lost)
        except Broken as problem:
            self._findings.refused(problem)
            self._ledger.keep(place.path)
            return None
        return found if self._put(place.path, found.source.encode()) else None

    def _cover(self, page: Page, place: Place) -> str:
        """The picture that stands for the page where it is told of."""
        src = page.matter.get("og:image")
        if not src or not isinstance(src, str):
            return ""
        return self._linker(page.file, place.path).cover(src, page.lines["og:image"])

    def _related(self, page: Page, place: Place) -> tuple[str, ...]:
        """The guides made of the pages that this one names as related; none of them where it wants no such list."""
        given = page.matter.get("related")
        if given is False:
            return (NOWHERE,)
        names = given if isinstance(given, list) else []
        linker = self._linker(page.file, place.path)
        found = dict.fromkeys(linker.related(names, page.lines.get("related", 1)))
        found.pop(f"{place.slug}.md", None)
        return tuple(found)[:MOST_RELATED]

    def _linked(self, file: PurePosixPath, own: str, lines: list[Line]) -> list[Line]:
        """The lines of a file, with their references as they are in the file that it will be here."""
        linker = self._linker(file, own)
        return [linker.line(line) for line in lines]

    def _linker(self, file: PurePosixPath, own: str) -> Linker:
        talk = self._scripts.talk(self._folder.name_of(file))
        return Linker(file, own, self._around, talk)

    def _put(self, path: str, body: bytes) -> bool:
        try:
            self._ledger.put(path, body)
        except Taken:
            is_section = path.endswith(SECTION_FILE)
            message = "there is such a file already, which no import has written: it stays as it is"
            if not is_section:
                self._findings.lost(path, 1, message)
            return False
        return True

    def _aliases(self, page: Page, path: PurePosixPath) -> tuple[str, ...]:
        """The addresses that the page had."""
        folder = "/" + "/".join(path.parts[:-1])
        found = [f"/{path}", *([folder] if path.name == "index" else [])]
        found += [old for old, target in self._plan.redirects.items() if target == path]
        everywhere = [address for old in found for address in self._base.addresses(old)]
        return tuple(alias for alias in dict.fromkeys(everywhere) if self._can_lead(page, alias))

    def _can_lead(self, page: Page, alias: str) -> bool:
        if alias == "/":
            return False
        can_be_typed = alias.isprintable() and not any(
            each in "?#" or each.isspace() for each in alias
        )
        if not can_be_typed or len(alias) > 250:
            self._findings.lost(page.name, 1, f"the old address “{alias}” cannot lead here")
            return False
        try:
            current_app.url_map.bind("").match(alias)
        except RequestRedirect:
            pass
        except HTTPException:
            return True
        self._findings.lost(page.name, 1, f"the old address “{alias}” is one of this site’s own")
        return False

    def _tell_of_anchors(self, fitted: Mapping[str, Fitted]) -> None:
        def anchors(address: str) -> frozenset[str] | None:
            there = fitted.get(address)
            return there.draft.rendering.anchors if there else None

        for page in fitted.values():
            for line, message in stray_links(page.draft, anchors):
                self._findings.lost(page.draft.name, page.line_of(line), message)

    def _tell_of_snippets(self) -> None:
        for file in self._folder.pages():
            if file.parts[0] in FOLDERS and file not in self._scripts.used:
                name = self._folder.name_of(file)
                self._findings.noted(name, 1, "no page uses this snippet: it is not taken in")
