"""What this room asks of the floor above, which knows people; handed in when the app is made."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app

from xero_onboard.lib.reader import Identity, Owner, Reader

# An identity, who began the attempt, and who is signed in now; raises SomebodyElse.
Recognise = Callable[[Identity, Reader, UUID | None], Owner]


@dataclass(frozen=True)
class Introduction:
    """What a user and the customer they act for are called."""

    name: str
    email: str
    customer: str


@dataclass(frozen=True)
class Doors:
    """What the floor above knows of people.

    `recognise` says whom a proven identity acts for, and signs them in; `is_owed` whether they
    owe a second step then, and `way_on` where the browser goes: the path given, or first to that step; `may_connect` whether a
    user may do so for that customer now, whatever they were allowed when they left; `introduce`
    what they are called, None for one who no longer acts for that customer.
    """

    recognise: Recognise
    # A proven identity is that of the user who is signed in, or becomes theirs.
    prove: Callable[[Identity, UUID], None]
    link: Callable[[Identity, UUID], None]
    is_owed: Callable[[], bool]
    way_on: Callable[[str], str]
    may_connect: Callable[[Owner], bool]
    introduce: Callable[[Owner], Introduction | None]


def current_doors() -> Doors:
    """The doors of this app."""
    doors: Doors = current_app.extensions["doors"]
    return doors


def register(app: Flask, doors: Doors) -> None:
    """Remember how to recognise people."""
    app.extensions["doors"] = doors
