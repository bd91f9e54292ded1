"""Where the links and pictures of a page led, and where they lead here."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import relpath
from typing import Protocol
from urllib.parse import unquote

from xero_onboard.content.mintlify.base import Base
from xero_onboard.content.mintlify.folder import Folder, within
from xero_onboard.content.mintlify.sheet import Line
from xero_onboard.content.mintlify.talking import Talk
from xero_onboard.content.problems import Broken
from xero_onboard.content.references import BadPicture
from xero_onboard.content.spans import without_code

_LABEL = r"(?:[^\[\]\n]|\[[^\]\n]{0,300}\](?:\([^)\n]{0,300}\))?){0,500}"
_LINK = re.compile(rf"(!?)\[({_LABEL})\]\(\s*<?([^)\s>]*)>?(?:\s+(\"[^\"\n]*\"|'[^'\n]*'))?\s*\)")
_DEFINED = re.compile(r"( {0,3}\[(?!\^)[^\]\n]+\]: *)<?(\S+?)>?((?: .*)?)$")
_HREF = re.compile(r' href="([^"]*)"')
_KEPT = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


class Pictures(Protocol):
    """Keeps the pictures of the site beside the guides."""

    def keep(self, path: PurePosixPath, section: str) -> str:
        """The picture's name in the folder of the section; raises Broken and BadPicture."""


@dataclass(frozen=True)
class Surroundings:
    """What a site has to refer to; `targets` are the files of all guides, by the path of their page."""

    targets: Mapping[PurePosixPath, str]
    folder: Folder
    pictures: Pictures
    base: Base


def has_relative(lines: Iterable[Line]) -> bool:
    """Whether something in the lines is named as seen from the page in which they stand."""
    for line in (each for each in lines if not each.is_code):
        plain = without_code(line.text)
        defined = _DEFINED.match(plain)
        names = [each[2] for each in _LINK.findall(plain)] + _HREF.findall(plain)
        names += [defined[2]] if defined else []
        if any(name and not (name[0] in "/#" or _SCHEME.match(name)) for name in names):
            return True
    return False


class Linker:
    """Changes the references of one page, or of a snippet, which will be the file `own`."""

    def __init__(self, page: PurePosixPath, own: str, around: Surroundings, talk: Talk) -> None:
        self._page = page
        self._own = own
        self._targets = around.targets
        self._folder = around.folder
        self._pictures = around.pictures
        self._base = around.base
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

    def cover(self, src: str, number: int) -> str:
        """The picture that stands for the page where it is told of; nothing where it cannot be had."""
        inside = self._base.inside(src)
        if inside is None and _KEPT.match(src):
            self._talk.left_out(number, f"og:image: the picture “{src}” lies elsewhere")
            return ""
        try:
            return f"images/{self._keep(inside or src)}"
        except Broken as problem:
            self._talk.lost(number, f"og:image: the picture “{src}”: {problem.message}")
        except BadPicture as problem:
            self._talk.lost(number, f"og:image: the picture “{src}” {problem}")
        return ""

    def related(self, names: Iterable[object], number: int) -> Iterator[str]:
        """The guides made of pages that are named as related; what is no page of the site is told."""
        for name in names:
            if not isinstance(name, str) or (self._base.inside(name) is None and _KEPT.match(name)):
                shown = name if isinstance(name, str) else "with words of its own"
                self._talk.left_out(number, f"related: the link {shown}")
                continue
            # Without a slash they are named as in the navigation, from the root.
            rooted = self._base.inside(name) or f"/{name.lstrip('/')}"
            target = self._guide(rooted.partition("#")[0])
            if target is None:
                words = f"related: “{name}” is no page that is taken in: it is left out"
                self._talk.lost(number, words)
            else:
                yield target

    def _keep(self, src: str) -> str:
        """The name under which a picture of the site is kept; raises Broken and BadPicture."""
        paths = list(self._paths(src))
        path = next((each for each in paths if self._folder.has(each)), (*paths, None)[0])
        if path is None:
            raise BadPicture("leads out of the folder")
        return self._pictures.keep(path, str(PurePosixPath(self._own).parent))

    def _inline(self, text: str, number: int) -> str:
        plain, pieces, done = without_code(text), [], 0
        for found in _LINK.finditer(plain):
            start, end = found.span()
            label, target = text[slice(*found.span(2))], text[slice(*found.span(3))]
            if found[4]:
                self._talk.left_out(number, f"the title {found[4]} of “{target}”")
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
        inside = self._base.inside(href)
        if href.startswith("#") or (inside is None and _KEPT.match(href)):
            return href
        name, hash_mark, anchor = (inside or href).partition("#")
        target = self._guide(name)
        if target is not None:
            return target + hash_mark + anchor
        self._talk.lost(
            number, f"the link “{href}” leads to no page that is taken in: its text stays"
        )
        return None

    def _guide(self, name: str) -> str | None:
        """The file of the guide made of a page, as seen from this one."""
        for path in self._paths(name.partition("?")[0]):
            for each in self._alike(path):
                if each in self._targets:
                    return relpath(self._targets[each], str(PurePosixPath(self._own).parent))
        return None

    def _paths(self, name: str) -> Iterator[PurePosixPath]:
        """What a name may mean: with the part of the host in which the site stood, and without it."""
        if _SCHEME.match(name):
            return
        for each in (name, self._base.without(name)):
            path = within(self._page.parent, unquote(each)) if each is not None else None
            if path is not None:
                yield path

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
        inside = self._base.inside(src)
        if inside is None and _KEPT.match(src):
            self._talk.lost(number, f"the picture “{src}” lies elsewhere: a link leads to it")
            return f"[{words}]({src})"
        try:
            name = self._keep(inside or src)
        except Broken as problem:
            self._talk.lost(number, f"the picture “{src}”: {problem.message}; its text stays")
            return f"({words})"
        except BadPicture as problem:
            self._talk.lost(number, f"the picture “{src}” {problem}; its text stays")
            return f"({words})"
        return f"![{words}](images/{name})"
