"""Links in a guide's source, found and changed where they stand; what is code is left alone."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from posixpath import normpath, relpath

from xero_onboard.content.components import FENCE
from xero_onboard.content.spans import without_code

_TARGET = re.compile(
    r"""\]\(\s*<?(?P<inline>[^)>\s]+)"""
    r"""|^ {0,3}\[(?!\^)[^\]\n]+\]:\s*<?(?P<defined>[^>\s]+)"""
    r"""|\bhref=["'](?P<tag>[^"']+)""",
    re.MULTILINE,
)
_NOT_RELATIVE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/#]")

Change = Callable[[str], str]


def with_target_moved(source: str, path: str, before: str, after: str) -> str:
    """The source of the guide at `path`, after the guide it links to has moved from one path to another."""
    folder = str(PurePosixPath(path).parent)
    return _relinked(
        source, lambda name: _from(folder, after) if _at(folder, name) == before else name
    )


def with_source_moved(source: str, before: str, after: str) -> str:
    """The source of a guide that has moved itself: every link and picture leads where it led."""
    old, new = str(PurePosixPath(before).parent), str(PurePosixPath(after).parent)

    def follow(name: str) -> str:
        target = _at(old, name)
        return _from(new, after if target == before else target)

    return _relinked(source, follow)


def _relinked(source: str, change: Change) -> str:
    """The source with every relative target changed; what stands behind a # stays."""
    plain = without_code(_without_fenced(source))
    pieces, done = [], 0
    for found in _TARGET.finditer(plain):
        start, end = found.span(found.lastgroup or 0)
        name, hash_mark, anchor = source[start:end].partition("#")
        if name and not _NOT_RELATIVE.match(name):
            pieces += [source[done:start], change(name) + hash_mark + anchor]
            done = end
    return "".join([*pieces, source[done:]])


def _without_fenced(source: str) -> str:
    """The source with fenced code blanked out; a draft may hold a fence that is never closed, which is none."""
    lines = source.split("\n")
    begun, opening = 0, ""
    for index, line in enumerate(lines):
        found = FENCE.fullmatch(line)
        if found and not opening:
            begun, opening = index, found[1]
        elif found and found[1].startswith(opening) and not found[2].strip():
            lines[begun : index + 1] = [" " * len(each) for each in lines[begun : index + 1]]
            opening = ""
    return "\n".join(lines)


def _at(folder: str, name: str) -> str:
    return normpath(f"{folder}/{name}")


def _from(folder: str, path: str) -> str:
    return relpath(path, folder)
