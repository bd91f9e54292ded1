"""Links of a guide, in its text and above it, found and changed where they stand; what is code is left alone."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from posixpath import normpath, relpath
from typing import Any

from xero_onboard.content.components import FENCE
from xero_onboard.content.manuscript import Manuscript
from xero_onboard.content.page_matter import named_guide
from xero_onboard.content.spans import without_code

_TARGET = re.compile(
    r"""\]\(\s*<?(?P<inline>[^)>\s]+)"""
    r"""|^ {0,3}\[(?!\^)[^\]\n]+\]:\s*<?(?P<defined>[^>\s]+)"""
    r"""|\bhref=["'](?P<tag>[^"']+)""",
    re.MULTILINE,
)
_NOT_RELATIVE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/#]")

# In the lines above a text the files that its page leads on to, and its picture.
_NAMED = re.compile(
    r"""(?:^(?:prev|next|image):|\bpath:)\s+["']?(?P<named>[^\s"',{}]+)""", re.MULTILINE
)
# The list of related guides among these lines, however it is written, and each name in it.
_RELATED = re.compile(r"^related:[^\n]*(?:\n(?:[ \t]+\S|-)[^\n]*)*", re.MULTILINE)
_ENTRY = re.compile(r"""(?:^related:|(?:^|\s)#[^\n]*)|(?P<named>[^\s"',\[\]]+)""")

# What a name in a guide becomes.
Change = Callable[[str], str]


def targets_moved(path: str, moves: Mapping[str, str]) -> Change:
    """For the guide at `path`, after guides have moved from these paths to others."""
    folder = str(PurePosixPath(path).parent)

    def follow(name: str) -> str:
        after = moves.get(_at(folder, name))
        return name if after is None else _from(folder, after)

    return follow


def source_moved(before: str, after: str) -> Change:
    """For a guide that has moved itself: every link and picture leads where it led."""
    old, new = str(PurePosixPath(before).parent), str(PurePosixPath(after).parent)

    def follow(name: str) -> str:
        target = _at(old, name)
        return _from(new, after if target == before else target)

    return follow


def with_matter(text: Manuscript, change: Change) -> Manuscript:
    """The guide with every name in it changed."""
    names = ("image", "prev", "next")
    named: dict[str, Any] = {name: _changed(getattr(text, name), change) for name in names}
    named["related"] = tuple(_related(name, change) for name in text.related)
    return replace(text, body=in_text(text.body, change), **named)


def in_top(top: str, change: Change) -> str:
    """The lines above a text, with the names in them changed."""
    top = _pieced(top, top, _NAMED, change)
    return _RELATED.sub(lambda found: _in_related(found[0], change), top)


def in_text(source: str, change: Change) -> str:
    """The text with every relative target changed; what stands behind a # stays."""
    plain = without_code(_without_fenced(source))
    return _pieced(source, plain, _TARGET, change)


def _pieced(source: str, plain: str, target: re.Pattern[str], change: Change) -> str:
    """The source with what was found in its plain form changed."""
    pieces, done = [], 0
    for found in target.finditer(plain):
        start, end = found.span(found.lastgroup or 0)
        pieces += [source[done:start], _changed(source[start:end], change)]
        done = end
    return "".join([*pieces, source[done:]])


def _changed(target: str, change: Change) -> str:
    """The target of a link; what is no name of a file stays as it is."""
    name, hash_mark, anchor = target.partition("#")
    is_file = "." in name and not _NOT_RELATIVE.match(name)
    return change(name) + hash_mark + anchor if is_file else target


def _in_related(lines: str, change: Change) -> str:
    def follow(found: re.Match[str]) -> str:
        return _related(found["named"], change) if found["named"] else found[0]

    return _ENTRY.sub(follow, lines)


def _related(name: str, change: Change) -> str:
    """A guide named as related; the end of its name, where that was left out, is written when it is another one."""
    whole = named_guide(name)
    changed = _changed(whole, change)
    return name if changed == whole else changed


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
