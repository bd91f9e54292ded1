"""One component tag: its name and attributes, checked against the grammar."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from xero_onboard.content.grammar import COMPONENTS, Grammar, did_you_mean

_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_ATTRIBUTE = re.compile(r"""\s+([A-Za-z][\w-]*)(?:\s*=\s*("[^"]*"|'[^']*'|\{|[^\s"'>/]+))?""")
_QUOTED = re.compile(r""""[^"]*"|'[^']*'|>""")


class BadTag(Exception):
    """The tag is not one the grammar allows; the message says why."""


@dataclass(frozen=True)
class Tag:
    """An opening or self-closing tag, with what stands behind it on its line."""

    name: str
    attrs: Mapping[str, str]
    is_closed: bool
    rest: str


def begins_tag(line: str) -> bool:
    """Whether the line begins with a tag of ours, or with what was meant to be one."""
    found = _NAME.match(line.lstrip())
    return found is not None and (found[1][0].isupper() or found[1].lower() in _LOWER)


def closing_name(line: str) -> str | None:
    """The name in a closing tag standing alone, else None."""
    found = re.fullmatch(r"\s*</([A-Za-z][A-Za-z0-9]*)\s*>\s*", line)
    return found[1] if found else None


def is_complete(text: str) -> bool:
    """Whether the tag's `>` has been reached; one inside a quoted value is not it."""
    return any(found[0] == ">" for found in _QUOTED.finditer(text))


def read_tag(text: str) -> Tag:
    """Read an opening tag; raises BadTag."""
    name = _name(text)
    if text.lstrip().startswith("</"):
        raise BadTag(f"</{name}> must stand alone on its line")
    attrs: dict[str, str] = {}
    position = text.index("<") + 1 + len(name)
    while found := _ATTRIBUTE.match(text, position):
        key, value = found[1], found[2]
        if key in attrs:
            raise BadTag(f"<{name}> has the attribute “{key}” twice")
        attrs[key] = _value(name, key, value)
        position = found.end()
    end = re.compile(r"\s*(/?)>").match(text, position)
    if end is None:
        raise BadTag(f'<{name}> cannot be read: attributes are written name="value"')
    _check(name, COMPONENTS[name], attrs)
    return Tag(name, attrs, bool(end[1]), text[end.end() :].strip())


def _name(text: str) -> str:
    found = _NAME.match(text.lstrip())
    name = found[1] if found else ""
    if name not in COMPONENTS:
        raise BadTag(f"<{name}> is not a component{did_you_mean(name, list(COMPONENTS))}")
    return name


def _value(name: str, key: str, value: str | None) -> str:
    if value is None:
        return ""
    if value == "{":
        raise BadTag(
            f"<{name} {key}={{…}}>: expressions in braces do not work here; write a quoted value"
        )
    if value[0] not in "\"'":
        raise BadTag(f"<{name} {key}={value}>: put the value in quotes")
    # Entities are undone once here; templates escape once when they write the value.
    return unescape(value[1:-1])


def _check(name: str, grammar: Grammar, attrs: dict[str, str]) -> None:
    known = [*grammar.attributes, *grammar.flags]
    for key, value in attrs.items():
        if key not in known:
            hint = did_you_mean(key, known) if known else ""
            raise BadTag(f"<{name}> has no attribute “{key}”{hint}")
        complaint = None if key in grammar.flags else grammar.attributes[key](value)
        if complaint:
            raise BadTag(f"<{name}>: {key} {complaint}")
    for key in grammar.required:
        if key not in attrs:
            raise BadTag(f"<{name}> needs the attribute “{key}”")


_LOWER = {name.lower() for name in COMPONENTS}
