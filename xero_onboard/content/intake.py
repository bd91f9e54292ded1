"""Guides from files: what changed becomes a revision, and what is broken changes nothing."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

from flask import current_app
from jinja2 import Environment

from xero_onboard.content import catalogue
from xero_onboard.content.addresses import article_path
from xero_onboard.content.catalogue import Draft, Edition, Known
from xero_onboard.content.claims import Guide, Sections, admit_guides, admit_sections
from xero_onboard.content.components import parse
from xero_onboard.content.front_matter import (
    FrontMatter,
    read_article,
    read_section,
)
from xero_onboard.content.lowering import Lowering
from xero_onboard.content.markdown import VERSION, Renderer
from xero_onboard.content.marks import put_words
from xero_onboard.content.models import LONGEST_DESCRIPTION, LONGEST_TITLE
from xero_onboard.content.problems import Broken
from xero_onboard.content.shelf import FolderShelf, Scan, SourceFile, scan
from xero_onboard.lib.web import settings

_LINK = re.compile(r'href=\\"(/hc/[^"#\\]+)#([^"\\]+)\\"')


@dataclass
class Report:
    """What a sync did, a line for each file."""

    lines: list[str] = field(default_factory=list)
    is_broken: bool = False

    def say(self, line: str) -> None:
        self.lines.append(line)

    def complain(self, problem: Broken) -> None:
        self.lines.append(str(problem))
        self.is_broken = True


def sync(folder: Path) -> Report:
    """Publish the guides that changed, archive those that are gone; broken ones stay as they were."""
    report = Report()
    if not any(folder.glob("*/*/*.md")):
        report.complain(
            Broken(folder.name, 1, "there are no guides in this folder; nothing was changed")
        )
        return report
    found = scan(folder)
    edition = _prepare(folder, found, report)
    for line in catalogue.apply(edition):
        report.say(line)
    return report


def check(folder: Path) -> Report:
    """Render every guide and write nothing."""
    report = Report()
    found = scan(folder)
    drafts = _prepare(folder, found, report, is_everything=True).drafts
    for problem in _stray_links(drafts):
        report.complain(problem)
    report.say(f"{len(drafts)} of {len(found.present)} guides can be published")
    return report


def _stray_links(drafts: Sequence[Draft]) -> Iterator[Broken]:
    """Links to a heading that the other guide does not have; those within a guide are checked when it is rendered."""
    anchors = {
        article_path(one.locale, one.matter.id, one.slug): one.rendering.anchors for one in drafts
    }
    for draft in drafts:
        for path, anchor in sorted(set(_LINK.findall(json.dumps(draft.rendering.parts)))):
            if path in anchors and unquote(anchor) not in anchors[path]:
                # The name of a file or an address stands before it, unlike before a link within the guide.
                link = re.search(rf"(?<=\w)#{re.escape(anchor)}(?![\w-])", draft.source)
                place = draft.source.count("\n", 0, link.start()) if link else 0
                message = f"“#{anchor}” is no heading of the guide that the link leads to"
                yield Broken(draft.name, draft.matter.first_line + place, message)


def _prepare(folder: Path, found: Scan, report: Report, *, is_everything: bool = False) -> Edition:
    """Read what is there and render what is not known yet, outside any transaction that writes."""
    for problem in found.problems:
        report.complain(problem)
    known = catalogue.known()
    sections = _read_sections(found, known, report)
    guides = _read_guides(found, known, {file.folder for file, _ in sections}, report)
    shelf = FolderShelf(folder, _addresses(found, guides, known))
    press = _Press(shelf)
    shelves = {**known.sections, **{file.folder: matter.id for file, matter in sections}}
    drafts: list[Draft] = []
    aliases: dict[str, int] = {}
    for guide in guides:
        checksum = press.checksum(guide.file, shelves[guide.file.folder])
        is_current = known.is_current(guide.matter.id, str(guide.file.path), checksum)
        try:
            if is_everything or not is_current:
                drafts.append(press.draft(guide, checksum))
            aliases.update(dict.fromkeys(guide.aliases, guide.matter.id))
        except Broken as problem:
            report.complain(problem)
    claimed = frozenset(file.claimed_id for file in found.articles if file.claimed_id)
    return Edition(sections, drafts, aliases, found.present, claimed)


def _read_sections(found: Scan, known: Known, report: Report) -> Sections:
    read: Sections = []
    for file in found.sections:
        try:
            read.append((file, read_section(file.name, file.source)))
        except Broken as problem:
            report.complain(problem)
    admitted, clashes = admit_sections(read, found, known)
    for clash in clashes:
        report.complain(clash)
    return admitted


def _read_guides(found: Scan, known: Known, sections: set[str], report: Report) -> list[Guide]:
    read: list[Guide] = []
    for file in found.articles:
        try:
            matter = read_article(file.name, file.source, locale=file.locale, section=file.section)
            if file.folder not in sections | known.sections.keys():
                raise Broken(file.name, 1, f"the folder “{file.section}” needs a _section.md")
        except Broken as problem:
            report.complain(problem)
            continue
        read.append(Guide(file, matter))
    admitted, clashes = admit_guides(read, found, known)
    for clash in clashes:
        report.complain(clash)
    return admitted


def _addresses(found: Scan, guides: list[Guide], known: Known) -> Mapping[str, str]:
    """Where each file's article is; one that cannot be read now keeps the address it has or claims."""
    addresses = {
        str(file.path): article_path(file.locale, file.claimed_id, file.slug)
        for file in found.articles
        if file.claimed_id
    }
    addresses.update(
        {path: address for path, address in known.addresses.items() if path in found.present}
    )
    for guide in guides:
        file = guide.file
        addresses[str(file.path)] = article_path(file.locale, guide.matter.id, file.slug)
    return addresses


class _Press:
    """Makes drafts of guides with the settings and templates of this app."""

    def __init__(self, shelf: FolderShelf) -> None:
        chosen = settings()
        self._shelf = shelf
        self._words = {"product_name": chosen.product_name, "support_email": chosen.support_email}
        self._origin = chosen.public_origin
        self._renderer = Renderer(shelf, self._words, current_app.jinja_env)
        self._seed = json.dumps(
            [VERSION, self._words, self._origin, _blocks(current_app.jinja_env)]
        )

    def checksum(self, file: SourceFile, section_id: int) -> str:
        """Changes with everything that the stored revision depends on."""
        state = self._shelf.state_of_references(file)
        return sha256(
            "\0".join((self._seed, str(file.path), str(section_id), file.source, state)).encode()
        ).hexdigest()

    def draft(self, guide: Guide, checksum: str) -> Draft:
        """The guide as it would be stored; raises Broken."""
        file, matter = guide.file, guide.matter
        lines = file.source.split("\n")[matter.first_line - 1 :]
        title = self._with_words(file, matter, "title", LONGEST_TITLE)
        description = self._with_words(file, matter, "description", LONGEST_DESCRIPTION)
        nodes = parse(file.name, lines, matter.first_line)
        self._shelf.take_used()
        rendering = self._renderer.render(file.name, file.path, nodes)
        address = article_path(file.locale, matter.id, file.slug)
        lowering = Lowering(file.path, address, self._origin, self._words, self._shelf)
        return Draft(
            path=str(file.path),
            name=file.name,
            locale=file.locale,
            section=file.section,
            slug=file.slug,
            matter=matter,
            checksum=checksum,
            source="\n".join(lines),
            title=title,
            description=description,
            rendering=rendering,
            errors=_errors(file, matter, rendering.anchors),
            machine=lowering.document(title, description, nodes),
            pictures=self._shelf.take_used(),
        )

    def _with_words(self, file: SourceFile, matter: FrontMatter, key: str, longest: int) -> str:
        text = put_words(getattr(matter, key), self._words)
        if len(text) > longest:
            message = f"{key} has {len(text)} characters with the settings in it, and {longest} is the most"
            raise Broken(file.name, matter.lines[key], message)
        return text


def _errors(file: SourceFile, matter: FrontMatter, anchors: frozenset[str]) -> dict[str, str]:
    """Which heading explains each code; without a name given, the one named like the code."""
    found = {}
    for code, anchor in matter.errors.items():
        alike = code.replace("_", "-").lower()
        if anchor and anchor not in anchors:
            message = f"errors: no heading of this guide has the anchor “{anchor}”"
            raise Broken(file.name, matter.line_of("errors", code), message)
        found[code] = anchor or (alike if alike in anchors else "")
    return found


def _blocks(environment: Environment) -> str:
    """A digest of the components' templates: when one changes, every guide looks different."""
    names = environment.list_templates(filter_func=lambda name: name.startswith("blocks/"))
    loader = environment.loader
    sources = [loader.get_source(environment, name)[0] for name in sorted(names)] if loader else []
    return sha256("\0".join(sources).encode()).hexdigest()
