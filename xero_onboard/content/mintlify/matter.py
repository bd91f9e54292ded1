"""What stands at the top of a page, as ours has it; what has no counterpart is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from xero_onboard.content.lowering import escape_markdown
from xero_onboard.content.manuscript import Manuscript
from xero_onboard.content.mintlify.findings import Findings
from xero_onboard.content.mintlify.folder import Folder
from xero_onboard.content.mintlify.variables import Variables
from xero_onboard.content.problems import Broken
from xero_onboard.content.top import pairs, split

SUFFIXES = (".mdx", ".md")
_LONGEST_TITLE, _LONGEST_DESCRIPTION = 150, 160
_USED = frozenset({"title", "description", "keywords", "lastUpdatedDate", "public", "sidebarTitle"})
_GUARDS = ("hidden", "groups")
_ORNAMENTS = frozenset({"icon", "iconType", "mode", "tag", "timestamp", "rss", "boost", "noindex"})


@dataclass(frozen=True)
class Page:
    """A page as it was read: what it says of itself, and its text from the line `first` on."""

    name: str
    file: PurePosixPath
    matter: Mapping[str, Any]
    lines: Mapping[str, int]
    body: str
    first: int


def read_page(folder: Folder, path: PurePosixPath, variables: Variables) -> Page:
    """The page that the navigation names; raises Broken, also for one that not everybody may read."""
    files = [path.with_name(path.name + suffix) for suffix in SUFFIXES]
    file = next((each for each in files if folder.has(each)), files[0])
    name, first = folder.name_of(file), 1
    text = variables.put(name, folder.text(file))
    matter: dict[str, Any] = {}
    lines: dict[str, int] = {}
    if text.startswith("---\n"):
        top, first = split(name, text)
        for key, value, places in pairs(name, top) if top.strip() else ():
            matter[key], lines[key] = value, places[key]
    for key in (each for each in _GUARDS if matter.get(each)):
        raise Broken(
            name, lines[key], f"{key} keeps this page from some readers: it is not taken in"
        )
    if matter.get("public") is False:
        raise Broken(name, lines["public"], "this page is not public: it is not taken in")
    if matter.get("url"):
        raise Broken(
            name, lines["url"], f"this page is only a link to {matter['url']}: it is not taken in"
        )
    return Page(name, file, matter, lines, "\n".join(text.split("\n")[first - 1 :]), first)


def manuscript_of(page: Page, since: str, findings: Findings) -> Manuscript:
    """The guide without its text; what has to be in it and is missing is made of what there is."""
    _tell_of_others(page, findings)
    title = _text(page.matter.get("title")) or _text(page.matter.get("sidebarTitle"))
    if not title:
        title = page.file.stem.replace("-", " ").replace("_", " ").capitalize()
        findings.lost(page.name, 1, f"the page has no title: it is called “{title}”")
    description = _text(page.matter.get("description"))
    if not description:
        findings.left_out(
            page.name, 1, "a description, which the page does not have: it is its title"
        )
    long = [text for text in (title, description) if len(text) > _LONGEST_DESCRIPTION]
    lead = "\n\n".join(map(escape_markdown, long))
    if lead:
        findings.left_out(
            page.name, 1, "what is too long for the top of a guide: it begins the text"
        )
    return Manuscript(
        title=_cut(title, _LONGEST_TITLE),
        description=_cut(description or title, _LONGEST_DESCRIPTION),
        body=lead,
        keywords=_words(page, findings),
        last_reviewed_on=_day(page.matter.get("lastUpdatedDate")) or since,
    )


def _tell_of_others(page: Page, findings: Findings) -> None:
    for key, line in page.lines.items():
        if key in _ORNAMENTS:
            findings.left_out(page.name, line, key)
        elif key in ("openapi", "api", "asyncapi", "openapi-schema"):
            findings.lost(
                page.name, line, f"{key}: what Mintlify makes of an API’s description is not here"
            )
        elif key not in _USED and page.matter.get(key) not in (None, False, ""):
            # A list may name itself in itself, and then is longer than anything.
            value = page.matter[key]
            shown = "…" if isinstance(value, dict | list) else f"{value}"[:200]
            findings.left_out(page.name, line, f"{key}: {shown}")


def _text(value: object) -> str:
    text = "" if value is None or isinstance(value, dict | list) else str(value)
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    head, _, _ = text[: longest - 1].rpartition(" ")
    return f"{head or text[: longest - 2]} …"


def _words(page: Page, findings: Findings) -> tuple[str, ...]:
    given = page.matter.get("keywords")
    words = given.split(",") if isinstance(given, str) else given
    if not isinstance(words, list | None):
        findings.lost(page.name, page.lines["keywords"], "keywords must be a list of words")
        words = None
    return tuple(filter(None, map(_text, words or ())))


def _day(value: object) -> str:
    if isinstance(value, datetime):
        value = value.date()
    text = value.isoformat() if isinstance(value, date) else _text(value)[:10]
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
