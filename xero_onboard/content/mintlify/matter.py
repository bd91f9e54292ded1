"""What stands at the top of a page, as ours has it; what has no counterpart is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from xero_onboard.content.lowering import escape_markdown
from xero_onboard.content.manuscript import Manuscript
from xero_onboard.content.mintlify.base import Base
from xero_onboard.content.mintlify.findings import Findings
from xero_onboard.content.mintlify.folder import Folder
from xero_onboard.content.mintlify.variables import Variables
from xero_onboard.content.page_matter import NOWHERE, canonical_address
from xero_onboard.content.problems import Broken
from xero_onboard.content.terms import Unfit, boost
from xero_onboard.content.top import pairs, split

SUFFIXES = (".mdx", ".md")
_LONGEST_TITLE, _LONGEST_DESCRIPTION = 150, 160
_USED = frozenset(
    {
        *("title", "description", "keywords", "lastUpdatedDate", "public", "sidebarTitle"),
        *("hidden", "noindex", "groups", "boost", "searchable", "canonical", "og:image"),
        *("hideFooterPagination", "related", "timestamp"),
    }
)
_ORNAMENTS = frozenset({"icon", "iconType", "mode", "tag", "rss"})


@dataclass(frozen=True)
class Page:
    """A page as it was read: what it says of itself, and its text from the line `first` on."""

    name: str
    file: PurePosixPath
    matter: Mapping[str, Any]
    lines: Mapping[str, int]
    body: str
    first: int

    @property
    def is_listed(self) -> bool:
        """Whether it says nothing of itself that keeps it from readers or from lists."""
        is_hidden = any(self.matter.get(key) for key in ("hidden", "noindex", "groups"))
        return not is_hidden and self.matter.get("public") is not False


def read_page(folder: Folder, path: PurePosixPath, variables: Variables) -> Page:
    """The page at this path; raises Broken, also for what is no page."""
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
    if matter.get("url"):
        raise Broken(
            name, lines["url"], f"this page is only a link to {matter['url']}: it is not taken in"
        )
    return Page(name, file, matter, lines, "\n".join(text.split("\n")[first - 1 :]), first)


def manuscript_of(
    page: Page, since: str, is_hidden: bool, base: Base, findings: Findings
) -> Manuscript:
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
    updated = _updated(page, findings)
    turn = NOWHERE if _is(page, "hideFooterPagination") else ""
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
        last_reviewed_on=updated or since,
        updated=updated,
        visibility=_visibility(page, findings) or ("unlisted" if is_hidden else "public"),
        search_boost=_checked(page, "boost", _boost, findings),
        search_exclude=page.matter.get("searchable") is False,
        canonical=_checked(page, "canonical", partial(_canonical, base), findings),
        prev=turn,
        next=turn,
    )


def _updated(page: Page, findings: Findings) -> str:
    """The day on which the page was changed last, where it says so."""
    given = page.matter.get("lastUpdatedDate")
    found = _day(given)
    if given and not found:
        line = page.lines["lastUpdatedDate"]
        findings.lost(
            page.name, line, f"lastUpdatedDate: {_text(given)[:80]} is no day: it is left out"
        )
    if page.matter.get("timestamp") is False:
        words = "timestamp: the day of the last change is on every page here"
        findings.left_out(page.name, page.lines["timestamp"], words)
    return found


def _visibility(page: Page, findings: Findings) -> str:
    """Who may read the page, where it says something of that itself."""
    is_kept = {"groups": _is(page, "groups"), "public": page.matter.get("public") is False}
    for key in (key for key, is_so in is_kept.items() if is_so):
        words = f"{key} keeps this page from some readers: it is internal here, for staff alone"
        findings.noted(page.name, page.lines[key], words)
        return "internal"
    for key in (key for key in ("hidden", "noindex") if _is(page, key)):
        words = f"{key}: this page is unlisted here, for whoever knows its address"
        findings.noted(page.name, page.lines[key], words)
        return "unlisted"
    return ""


def _is(page: Page, key: str) -> bool:
    return bool(page.matter.get(key))


def _checked(page: Page, key: str, read: Callable[[object], str], findings: Findings) -> str:
    """What our key takes of the value; what it does not is told."""
    value = page.matter.get(key)
    try:
        return "" if value is None else read(value)
    except Unfit as problem:
        findings.lost(page.name, page.lines[key], f"{key} {problem}: it is left out")
        return ""


def _boost(value: object) -> str:
    factor = boost(value)
    return "" if factor == 1 else f"{factor:g}"


def _canonical(base: Base, value: object) -> str:
    """Where the page stands elsewhere: not at an address of the site itself, which leads here from now on."""
    address = canonical_address(value)
    return "" if base.inside(address) is not None else address


def _tell_of_others(page: Page, findings: Findings) -> None:
    short = _text(page.matter.get("sidebarTitle"))
    if short and short != (_text(page.matter.get("title")) or short):
        findings.left_out(page.name, page.lines["sidebarTitle"], f"sidebarTitle: {short}")
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
