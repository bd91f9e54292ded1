"""Guides from files: what changed becomes a revision, and what is broken changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xero_onboard.content import (
    catalogue,
    elsewhere,
    house_words,
    kept,
    owners,
    renditions,
    snippet_files,
)
from xero_onboard.content.addresses import article_path
from xero_onboard.content.advice import advise
from xero_onboard.content.catalogue import Edition, Known
from xero_onboard.content.claims import Guide, Sections, admit_guides, read_sections
from xero_onboard.content.codes import unexplained
from xero_onboard.content.front_matter import Stray, read_article
from xero_onboard.content.house_words import HouseWords
from xero_onboard.content.links import (
    Barrier,
    barrier_of,
    hidden_links,
    stored_barrier,
    stray_links,
)
from xero_onboard.content.press import Press
from xero_onboard.content.problems import Broken
from xero_onboard.content.revisions import Draft
from xero_onboard.content.shelf import FolderShelf, Scan, SourceFile, scan
from xero_onboard.content.snippet_files import Arrivals
from xero_onboard.content.snippets import Find, Snippets, Texts
from xero_onboard.lib import languages
from xero_onboard.lib.db import commit


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


def check(folder: Path, *, tries_links: bool = False) -> Report:
    """Render every guide and write nothing; what is in order, and could be better, is no mistake.

    Links to other sites are tried on demand: that takes long, and asks those sites for them.
    """
    report = Report()
    found = scan(folder)
    drafts = _prepare(folder, found, report, is_everything=True).drafts
    anchors = {
        article_path(one.locale, one.matter.id, one.slug): one.rendering.anchors for one in drafts
    }
    barrier, words = _barrier(drafts), _house_words(folder, report)
    for draft in drafts:
        for line, message in stray_links(draft, anchors.get):
            report.complain(Broken(draft.name, line, message))
        for advice in (*advise(draft, words), *hidden_links(draft, barrier)):
            report.say(f"{draft.name}:{advice.line}: worth a second look: {advice.message}")
    explained = {code for draft in drafts for code in draft.errors}
    if tries_links:
        _try_links(drafts, report)
    missing = unexplained(explained | _look_at_kept(report))
    if missing:
        report.say(f"worth a second look: no guide explains {', '.join(missing)}")
    report.say(f"{len(drafts)} of {len(found.present)} guides can be published")
    return report


def _house_words(folder: Path, report: Report) -> HouseWords:
    try:
        return house_words.read(folder)
    except Broken as problem:
        report.complain(problem)
        return {}


def _try_links(drafts: Sequence[Draft], report: Report) -> None:
    """Say what other sites answer; what may pass, or is there under another address, is no mistake."""
    links = [*elsewhere.of_drafts(drafts), *elsewhere.of_kept()]
    commit()
    for link, answer in elsewhere.tried(links):
        weight = "" if answer.is_gone else "worth a second look: "
        report.say(f"{link.place}: {weight}“{link.address}” {answer.said}")
        report.is_broken |= answer.is_gone
    report.say(f"addresses elsewhere that were tried: {len({each.address for each in links})}")


def _barrier(drafts: Sequence[Draft]) -> Barrier:
    """Why readers will not see a guide: as the files say, and of those that staff keep as they are stored."""
    kept_here = frozenset(kept.guides())
    matters = {each.matter.id: each.matter for each in drafts if each.matter.id not in kept_here}

    def of(number: int) -> str | None:
        matter = matters.get(number)
        if matter is None or matter.waits:
            return stored_barrier(number)
        return barrier_of(matter.terms.visibility, matter.unpublish_at)

    return of


def _look_at_kept(report: Report) -> set[str]:
    """Say what there is to say of the guides that staff keep; the codes that those explain to readers."""
    guides = kept.guides()
    for article_id in guides:
        for remark in kept.remarks(article_id):
            report.say(str(remark))
            report.is_broken |= remark.keeps_from_readers
    if guides:
        report.say(f"guides that staff keep and that were looked at: {len(guides)}")
    return {code for article_id in guides for code in kept.explained(article_id)}


def _prepare(folder: Path, found: Scan, report: Report, *, is_everything: bool = False) -> Edition:
    """Read what is there and render what is not known yet, outside any transaction that writes."""
    for problem in found.problems:
        report.complain(problem)
    _tell_of_doubtful_languages(found, report)
    known = catalogue.known()
    sections = _read_sections(found, known, report)
    guides = _read_guides(found, known, {file.folder for file, _ in sections}, report)
    shelf = FolderShelf(folder, _addresses(found, guides, known))
    snippets = _read_snippets(found, shelf, report)
    press = Press(shelf, Snippets(_find(snippets.texts)))
    shelves = {**known.sections, **{file.folder: matter.id for file, matter in sections}}
    drafts: list[Draft] = []
    aliases: dict[str, int] = {}
    for guide in guides:
        state = shelf.state_of_references(guide.file, guide.matter.page.references)
        checksum = press.checksum(guide.file, shelves[guide.file.folder], state)
        is_current = known.is_current(guide.matter.id, str(guide.file.path), checksum)
        try:
            if is_everything or not is_current:
                drafts.append(press.draft(guide.file, guide.matter, checksum))
            aliases.update(dict.fromkeys(guide.aliases, guide.matter.id))
        except Broken as problem:
            report.complain(problem)
    named, strangers = owners.named_in(guides)
    for stranger in strangers:
        report.say(str(stranger))
    claimed = frozenset(file.claimed_id for file in found.articles if file.claimed_id)
    turns = {guide.matter.id: guide.matter.order for guide in guides}
    return Edition(sections, drafts, aliases, found.present, claimed, snippets, named, turns)


def _tell_of_doubtful_languages(found: Scan, report: Report) -> None:
    """Of folders that no language has; once each, with a file that lies there. Their guides come in all the same."""
    first = {file.locale: file for file in reversed((*found.sections, *found.articles))}
    for locale, file in sorted(first.items()):
        doubt = languages.doubt(locale)
        if doubt:
            report.say(f"{file.name}:1: worth a second look: {doubt}")


def _read_snippets(found: Scan, shelf: FolderShelf, report: Report) -> Arrivals:
    """Those that are in order; of one that is not, guides go on using what it said before."""
    broken = {problem.file.removeprefix(f"{found.folder}/") for problem in found.problems}
    everything = snippet_files.look(found.snippets, frozenset(broken))
    press = Press(shelf, Snippets(_find(everything.texts)))
    sound: list[SourceFile] = []
    for file in found.snippets:
        try:
            press.look_at_snippet(file)
            sound.append(file)
        except Broken as problem:
            report.complain(problem)
            broken.add(str(file.path))
    return snippet_files.look(sound, frozenset(broken))


def _find(texts: Texts) -> Find:
    return lambda locale, name: texts.get((locale, name))


def _read_sections(found: Scan, known: Known, report: Report) -> Sections:
    admitted, problems = read_sections(found, known)
    for file, matter in admitted:
        _tell_of_strays(file, matter.strays, report)
    admitted, doubles = renditions.admit_sections(admitted, found)
    for problem in problems + doubles:
        report.complain(problem)
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
        _tell_of_strays(file, matter.strays, report)
        read.append(Guide(file, matter))
    admitted, clashes = admit_guides(read, found, known)
    admitted, doubles = renditions.admit_guides(admitted, found)
    for clash in clashes + doubles:
        report.complain(clash)
    return admitted


def _tell_of_strays(file: SourceFile, strays: Sequence[Stray], report: Report) -> None:
    """Of keys that mean nothing here, which may be written for another system; the rest of the file holds."""
    for stray in strays:
        report.say(f"{file.name}:{stray.line}: worth a second look: {stray.message}")


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
        file, stored = guide.file, known.articles.get(guide.matter.id)
        own = article_path(file.locale, guide.matter.id, file.slug)
        # Staff may have given it another name, which its file does not know.
        is_kept = stored and stored.keeper == "staff"
        addresses[str(file.path)] = stored.address if stored and is_kept else own
    return addresses
