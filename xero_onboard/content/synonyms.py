"""What other systems call the keys of ours: each is taken for the one that it means, and only that one is kept.

Mintlify (https://www.mintlify.com/docs/organize/pages), Starlight, Material for MkDocs and Docusaurus.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from xero_onboard.content.terms import Unfit, boost, flag
from xero_onboard.content.times import last_update

Values = Mapping[str, Any]

_UNLISTED: Values = {"visibility": "unlisted"}
# What “hide” may name, and what that means here.
HIDEABLE: Mapping[str, Values] = {"feedback": {"feedback": False}, "toc": {"toc": False}}


class Contradiction(Exception):
    """Two keys of one guide say different things of the same."""

    def __init__(self, key: str, other: str) -> None:
        super().__init__(f"{key} contradicts {other}: leave one of them out")
        self.key = key


def _groups(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Unfit("must be a list of names")
    return tuple(filter(None, names))


def _hide(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Unfit(f"must be a list of {' and '.join(HIDEABLE)}")
    return tuple(names)


# Other names of the very same.
SAME: Mapping[str, str] = {
    "position": "order",
    "sidebar_position": "order",
    "redirect_from": "aliases",
    "tags": "keywords",
    "label_names": "keywords",
    "lastUpdatedDate": "updated",
}
# How the value of each of the others is read.
KEYS: Mapping[str, Callable[[object], object]] = {
    "draft": flag,
    "hidden": flag,
    "unlisted": flag,
    "noindex": flag,
    "groups": _groups,
    "boost": boost,
    "searchable": flag,
    "hide": _hide,
    "tableOfContents": flag,
    "last_update": last_update,
}
# What each value means in keys of ours. Nothing is said by “hidden: false”: it may be unlisted for another reason.
_MEANINGS: Mapping[str, Callable[[Any], Values]] = {
    "draft": lambda is_so: {"status": "draft"} if is_so else {},
    **dict.fromkeys(("hidden", "unlisted", "noindex"), lambda is_so: _UNLISTED if is_so else {}),
    "groups": lambda names: {"visibility": "internal"} if names else {},
    "boost": lambda factor: {"search": {"boost": factor}},
    "searchable": lambda is_so: {"search": {"exclude": not is_so}},
    "hide": lambda names: {key: each for name in names for key, each in _hidden(name).items()},
    "tableOfContents": lambda is_so: {"toc": is_so},
    "last_update": lambda said: {"updated": said["date"]} if "date" in said else {},
}


def put(found: dict[str, Any]) -> None:
    """Say in our keys what is said in others; raises Contradiction."""
    said_by: dict[str, str] = {}
    for synonym in (name for name in _MEANINGS if name in found):
        for key, value in _MEANINGS[synonym](found[synonym]).items():
            before = found.get(key)
            if isinstance(value, dict) and isinstance(before, dict):
                # Of what is found by search each has a say of its own.
                is_same = all(before.get(part, each) == each for part, each in value.items())
                value = {**before, **value}
            else:
                is_same = before in (None, value)
            if not is_same:
                raise Contradiction(synonym, said_by.get(key, key))
            found[key] = value
            said_by.setdefault(key, synonym)


def strange(found: Values) -> Iterator[tuple[str, str]]:
    """Values that mean nothing here, under keys that do: the entry by which its line is found, and what to say of it."""
    if "author" in found.get("last_update", {}):
        words = "last_update: “author” means nothing here; owner names who looks after a guide"
        yield "last_update author", words
    for name in found.get("hide", ()):
        if name not in HIDEABLE:
            known = " and ".join(HIDEABLE)
            yield f"hide {name}", f"hide: “{name}” means nothing here; known are {known}"


def _hidden(name: str) -> Values:
    return HIDEABLE.get(name, {})
