"""Where a reader is when they say something: which revision, where they came from, how their connection stands."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from flask import Flask, current_app

from xero_onboard.config import LOCALE
from xero_onboard.lib.web import settings

_EDITION = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,8})")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
_LONGEST_REFERRER, _LONGEST_QUERY = 300, 200


class Standing(Protocol):
    """How a reader's connection is shown to them, and what they mention when they ask for help."""

    @property
    def status(self) -> str: ...

    @property
    def reference(self) -> str | None: ...


@dataclass(frozen=True)
class Whereabouts:
    """What is kept beside a vote or a remark, by the names of its columns."""

    revision: int | None = None
    locale: str | None = None
    referrer: str | None = None
    query: str | None = None
    standing: str | None = None


def edition_of(edition: str | None) -> tuple[int | None, int | None]:
    """The article and the revision that a page said it shows; nothing for what none of ours says."""
    found = _EDITION.fullmatch(edition or "")
    return (int(found[1]), int(found[2])) if found else (None, None)


def whereabouts(
    article_id: int, edition: str | None, locale: str | None, came_from: str | None
) -> Whereabouts:
    """What the page told, with everything left out that it cannot have said."""
    referrer, query = _origin(came_from or "")
    shown, revision = edition_of(edition)
    return Whereabouts(
        revision if shown == article_id else None,
        locale if locale and LOCALE.fullmatch(locale) else None,
        referrer,
        query,
        standing().status,
    )


def standing() -> Standing:
    """How the reader's connection stands now, asked of the room that knows."""
    ask: Callable[[], Standing] = current_app.extensions["reader_standing"]
    return ask()


def register(app: Flask, ask: Callable[[], Standing]) -> None:
    """Remember whom to ask how a reader stands."""
    app.extensions["reader_standing"] = ask


def _origin(came_from: str) -> tuple[str | None, str | None]:
    """The page before without anything personal, and what was searched for on it.

    Of another site no more is kept than its host; an address in a search of ours is left out.
    """
    try:
        page = urlsplit(came_from)
        host = page.hostname
    except ValueError:
        return None, None
    if page.scheme not in ("http", "https") or not host:
        return None, None
    if f"{page.scheme}://{page.netloc}" != settings().public_origin:
        return host[:_LONGEST_REFERRER], None
    searched = parse_qs(page.query).get("query", [""])[0] if page.path.endswith("/search") else ""
    query = _ADDRESS.sub("…", searched).strip()[:_LONGEST_QUERY]
    return page.path[:_LONGEST_REFERRER], query or None
