"""Changing what colleagues may be changing as well: each takes along only what they have changed themselves."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from xero_onboard.lib.db import Table

Standing = TypeVar("Standing")


class Overtaken(Exception):
    """A colleague changed the same in another way; `wanted` is what was to be saved, `disputed` where it differs."""

    def __init__(self, wanted: Mapping[str, object], disputed: Collection[str]) -> None:
        super().__init__(*disputed)
        self.wanted = wanted
        self.disputed = disputed


def change(row: Table, was: Standing, wanted: Standing) -> None:
    """Change on the row what somebody wants otherwise than it was when they opened the page; raises Overtaken."""
    before = vars(was)
    stands = {name: getattr(row, name) for name in before}
    changed = {name: value for name, value in vars(wanted).items() if value != before[name]}
    disputed = [name for name in changed if stands[name] not in (before[name], changed[name])]
    if disputed:
        raise Overtaken({**stands, **changed}, disputed)
    for name, value in changed.items():
        setattr(row, name, value)
