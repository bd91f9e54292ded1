"""Where the links and pictures of a page led, and where they lead here."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from posixpath import relpath
from typing import Protocol
from urllib.parse import unquote

from xero_onboard.content.mintlify.folder import Folder, within
from xero_onboard.content.mintlify.rewriting import Talk
from xero_onboard.content.mintlify.sheet import Line
from xero_onboard.content.problems import Broken
from xero_onboard.content.references import BadPicture
from xero_onboard.content.spans import without_code

_LABEL = r"(?:[^\[\]\n]|\[[^\]\n]{0,300}\](?:\([^)\n]{0,300}\))?){0,500}"
_LINK = re.compile(rf"(!?)\[({_LABEL})\]\(\s*<?([^)\s>]*)>?(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s*\)")
_DEFINED = re.compile(r"( {0,3}\[(?!\^)[^\]\n]+\]: *)<?(\S+?)>?((?: .*)?)$")
_HREF = re.compile(r' href="([^"]*)"')
_KEPT = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


class Pictures(Protocol):
    """Keeps the pictures of the site beside the guides."""

    def keep(self, path: PurePosixPath, section: str) -> str:
        """The picture's name in the folder of the section; raises Broken and BadPicture."""


class Linker:
    """Changes the references of one page; `targets` are the files of all guides, by the path of their page."""

    def __init__(
        self,
        page: PurePosixPath,
        targets: Mapping[PurePosixPath, str],
        folder: Folder,
        pictures: Pictures,
        talk: Talk,
    ) -> None:
        self._page = page
        self._own = targets[page]
        self._targets = targets
        self._folder = folder
        self._pictures = pictures
        self._talk = talk

    def line(self, line: Line) -> Line:
        """The line with every reference led to where it belongs here."""
        if line.is_code:
            return line
        if line.text.lstrip().startswith("<Card"):
            return Line(
                line.number, _HREF.sub(lambda found: self._href(found, line.number), line.text)
            )
        defined = _DEFINED.match(line.text)
        if defined:
            target = self._target(defined[2], line.number)
            return Line(line.number, f"{defined[1]}{target or defined[2]}{defined[3]}")
        return Line(line.number, self._inline(line.text, line.number))

    def _inline(self, text: str, number: int) -> str:
        plain, pieces, done = without_code(text), [], 0
        for found in _LINK.finditer(plain):
            start, end = found.span()
            label, target = text[slice(*found.span(2))], text[slice(*found.span(3))]
            change = self._picture if found[1] else self._link
            pieces += [text[done:start], change(label, target, number)]
            done = end
        return "".join([*pieces, text[done:]])

    def _link(self, label: str, href: str, number: int) -> str:
        words = self._inline(label, number) if "](" in label else label
        target = self._target(href, number)
        return f"[{words}]({target})" if target else f"{words} ({href})"

    def _href(self, found: re.Match[str], number: int) -> str:
        target = self._target(found[1], number)
        return f' href="{target}"' if target else ""

    def _target(self, href: str, number: int) -> str | None:
        """Where a link leads here; None where it would lead nowhere."""
        if _KEPT.match(href) or href.startswith("#"):
            return href
        name, hash_mark, anchor = href.partition("#")
        path = (
            None
            if _SCHEME.match(href)
            else within(self._page.parent, unquote(name.partition("?")[0]))
        )
        for each in self._alike(path) if path else ():
            if each in self._targets:
                own = str(PurePosixPath(self._own).parent)
                return relpath(self._targets[each], own) + hash_mark + anchor
        self._talk.lost(
            number, f"the link “{href}” leads to no page that is taken in: its text stays"
        )
        return None

    def _alike(self, path: PurePosixPath) -> tuple[PurePosixPath, ...]:
        bare = path.with_suffix("") if path.suffix in (".md", ".mdx") else path
        return bare, bare / "index"

    def _picture(self, alt: str, src: str, number: int) -> str:
        words = alt.strip()
        if not words:
            words = re.sub(r"[-_]+", " ", PurePosixPath(src).stem).strip() or "Picture"
            self._talk.lost(
                number,
                f"the picture “{src}” has no text for those who cannot see it: “{words}” stands in",
            )
        if _KEPT.match(src):
            self._talk.lost(number, f"the picture “{src}” lies elsewhere: a link leads to it")
            return f"[{words}]({src})"
        path = None if _SCHEME.match(src) else within(self._page.parent, unquote(src))
        try:
            if path is None:
                raise BadPicture("leads out of the folder")
            name = self._pictures.keep(path, str(PurePosixPath(self._own).parent))
        except Broken as problem:
            self._talk.lost(number, f"the picture “{src}”: {problem.message}; its text stays")
            return f"({words})"
        except BadPicture as problem:
            self._talk.lost(number, f"the picture “{src}” {problem}; its text stays")
            return f"({words})"
        return f"![{words}](images/{name})"
