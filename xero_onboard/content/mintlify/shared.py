"""The site's snippets as ours: written once for each language in which a page uses them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from xero_onboard.content.mintlify.findings import Findings
from xero_onboard.content.mintlify.ledger import Ledger, Taken
from xero_onboard.content.mintlify.places import slug_of
from xero_onboard.content.mintlify.references import has_relative
from xero_onboard.content.mintlify.sheet import Line, compact
from xero_onboard.content.press import Press
from xero_onboard.content.problems import Broken
from xero_onboard.content.shelf import SourceFile
from xero_onboard.content.snippets import path_of
from xero_onboard.content.stored_shelf import stored_text

# The lines of a snippet, of a file there, with their references as the file here of this path has them.
Link = Callable[[PurePosixPath, str, list[Line]], list[Line]]


@dataclass
class Texts:
    """What the snippets say that have been written, and those that were here before."""

    written: dict[tuple[str, str], str] = field(default_factory=dict)

    def find(self, locale: str, name: str) -> str | None:
        """The text of a snippet."""
        return self.written.get((locale, name)) or stored_text(locale, name)


class Shared:
    """Writes snippets, where ours can carry them."""

    def __init__(
        self, link: Link, press: Press, texts: Texts, ledger: Ledger, findings: Findings
    ) -> None:
        self._link = link
        self._press = press
        self._texts = texts
        self._ledger = ledger
        self._findings = findings
        self._holders: dict[tuple[str, str], PurePosixPath] = {}

    def keep(self, locale: str, path: PurePosixPath, file: str, lines: list[Line]) -> str | None:
        """The name of our snippet with these lines; None, and told, where they must stand in each page instead."""
        name = slug_of("-".join(path.with_suffix("").parts[1:] or path.with_suffix("").parts))
        reason = self._reason(locale, name, path, lines)
        if not reason:
            self._holders[locale, name] = path
            reason = self._written(locale, name, path, lines)
        if reason:
            self._findings.noted(file, 1, f"stands as text in each page that uses it: {reason}")
        return None if reason else name

    def _reason(self, locale: str, name: str, path: PurePosixPath, lines: list[Line]) -> str:
        if not any(line.text.strip() for line in lines):
            return "it is empty"
        if has_relative(lines):
            return "its links are as seen from each page"
        if self._holders.get((locale, name), path) != path:
            return f"another one is called “{name}” here"
        return ""

    def _written(self, locale: str, name: str, path: PurePosixPath, lines: list[Line]) -> str:
        own = path_of(locale, name)
        body = "\n".join(line.text for line in compact(self._link(path, own, lines)))
        try:
            self._press.look_at_snippet(SourceFile(PurePosixPath(own), own, body))
            self._ledger.put(own, f"{body}\n".encode())
        except Broken as problem:
            return f"alone, {problem.message}"
        except Taken:
            return "there is such a snippet already, which no import has written"
        self._texts.written[locale, name] = body
        return ""
