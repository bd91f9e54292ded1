"""Where the links and pictures of a guide lead."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from xero_onboard.content.components import Component, Line, Node, walk
from xero_onboard.content.problems import Broken

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SCHEMES = ("http", "https", "mailto")


class BadPicture(Exception):
    """The file is not a picture that can be shown; the message says why."""


@dataclass(frozen=True)
class Shown:
    """A picture as a page shows it."""

    address: str
    width: int
    height: int


class Shelf(Protocol):
    """The folder that a guide's references point into; paths are relative to it."""

    def article(self, path: PurePosixPath) -> str | None:
        """The address of the article made of this file, if there is one."""

    def picture(self, path: PurePosixPath) -> Shown | None:
        """The picture, if the file exists; raises BadPicture."""


class References:
    """Resolves the references of one guide; every method raises Broken with the line it stands on."""

    def __init__(self, file: str, path: PurePosixPath, nodes: Sequence[Node], shelf: Shelf) -> None:
        self._file = file
        self._path = path
        self._shelf = shelf
        self._lines = [
            node if isinstance(node, Line) else Line(node.number, node.attrs.get("title", ""))
            for node in walk(nodes)
            if isinstance(node, Line | Component)
        ]
        self._first = nodes[0].number if nodes else 1
        self.local: set[str] = set()

    def link(self, href: str, number: int | None = None) -> str:
        """The address of a link's target."""
        if href.startswith("#"):
            self.local.add(href)
            return href
        scheme = _SCHEME.match(href)
        if scheme and scheme[1].lower() not in _SCHEMES:
            raise self.broken(href, f"links may not use “{scheme[1]}:”", number)
        if href.startswith("//"):
            raise self.broken(href, "begin the link with https://", number)
        if scheme or href.startswith("/"):
            return href
        return self._article(href, number)

    def guide(self, name: str) -> str | None:
        """The address of the guide that a relative name means, if there is one."""
        path = self._beside(name)
        return self._shelf.article(path) if path else None

    def picture(self, src: str, alt: str, number: int | None = None) -> Shown:
        """The picture to show; it must have a text for those who cannot see it."""
        if not alt.strip():
            raise self.broken(src, f"the picture “{src}” needs a text between “![” and “]”")
        path = None if _SCHEME.match(src) or src.startswith("/") else self._beside(src)
        if path is None:
            raise self.broken(src, f"the picture “{src}” must be a file beside the guide", number)
        try:
            shown = self._shelf.picture(path)
        except BadPicture as error:
            raise self.broken(src, f"the picture “{src}” {error}", number) from error
        if shown is None:
            raise self.broken(src, f"the picture “{src}” does not exist", number)
        return shown

    def broken(self, target: str, message: str, number: int | None = None) -> Broken:
        """Markdown forgets where things stood: the line is the first that leads to the target, or names it."""
        leads = re.compile(rf"\](?:\(|:) *<?{re.escape(target)}(?![\w-])")
        lines = [line.number for line in self._lines if leads.search(line.text)]
        lines += [line.number for line in self._lines if target in line.text]
        return Broken(self._file, number or next(iter(lines), self._first), message)

    def broken_anchor(self, name: str, message: str) -> Broken:
        """A heading may not have this anchor; the line is the last that gives it."""
        gives = re.compile(rf"\{{[^}}]*#{re.escape(name)}(?![\w-])")
        lines = [line.number for line in self._lines if gives.search(line.text)]
        return Broken(self._file, lines[-1] if lines else self._first, message)

    def _article(self, href: str, number: int | None) -> str:
        name, hash_mark, anchor = href.partition("#")
        address = self.guide(name) if name.endswith(".md") else None
        if address is None:
            raise self.broken(href, f"the link “{href}” leads to no guide", number)
        return f"{address}{hash_mark}{anchor}"

    def _beside(self, name: str) -> PurePosixPath | None:
        """The path that a relative name means, if it stays within the content folder."""
        parts = list(self._path.parent.parts)
        for part in PurePosixPath(unquote(name)).parts:
            if part != "..":
                parts.append(part)
            elif parts:
                parts.pop()
            else:
                return None
        return PurePosixPath(*parts)


class ReferenceProcessor(Treeprocessor):
    """Puts the resolved addresses into what Markdown has made of the text."""

    def __init__(self, md: Markdown, references: References) -> None:
        super().__init__(md)
        self._references = references

    def run(self, root: Element) -> None:
        for link in root.iter("a"):
            href = link.get("href", "")
            if not href.startswith(AMP_SUBSTITUTE):  # a bare mail address, already disguised
                link.set("href", self._references.link(href))
        for image in root.iter("img"):
            shown = self._references.picture(image.get("src", ""), image.get("alt", ""))
            image.set("src", shown.address)
            image.set("width", str(shown.width))
            image.set("height", str(shown.height))
            image.set("loading", "lazy")
