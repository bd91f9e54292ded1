"""What several checkpoints look at: connections and logins as they are, guides as published, files as installed."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, exists, func, select

from xero_onboard.connect.departure import PERSONAL
from xero_onboard.connect.models import ENDED, Attempt, Connection, Grant, Removal
from xero_onboard.content import library
from xero_onboard.content.models import Article, Revision
from xero_onboard.content.visibility import is_visible
from xero_onboard.lib.db import db
from xero_onboard.staff.filters import environment


def connections(*conditions: ColumnElement[bool]) -> int:
    """How many connections that have not ended are like this."""
    live = (Connection.environment == environment(), Connection.status.not_in(ENDED))
    return db.session.scalar(select(func.count(Connection.id)).where(*live, *conditions)) or 0


def logins(*conditions: ColumnElement[bool]) -> int:
    """How many logins that connections depend on are like this."""
    used = exists().where(Connection.grant_id == Grant.id, Connection.status.not_in(ENDED))
    alive = (Grant.environment == environment(), Grant.status == "ok", used)
    return db.session.scalar(select(func.count(Grant.id)).where(*alive, *conditions)) or 0


def presses(*conditions: ColumnElement[bool]) -> int:
    """How many presses of Connect that are still kept are like this."""
    of_connect = (Attempt.environment == environment(), Attempt.purpose.not_in(PERSONAL))
    return db.session.scalar(select(func.count(Attempt.id)).where(*of_connect, *conditions)) or 0


def removals(*conditions: ColumnElement[bool]) -> int:
    """How many removals at Xero are like this."""
    here = Removal.environment == environment()
    return db.session.scalar(select(func.count(Removal.id)).where(here, *conditions)) or 0


def guides_with_button() -> int:
    """How many published guides carry a Connect button."""
    query = select(Revision.parts).join(Article, is_visible())
    return sum(_has_button(parts) for parts in db.session.scalars(query))


def published_sources() -> tuple[str, ...]:
    """What every published guide says, as it was written."""
    return tuple(db.session.scalars(select(Revision.source).join(Article, is_visible())))


def unexplained(codes: Iterable[str]) -> list[str]:
    """The codes that no published guide has a part for."""
    helps = ((code, library.help_for(code)) for code in codes)
    return [code for code, found in helps if found is None or not found.section]


def templates() -> Iterator[tuple[str, str]]:
    """Every template that is installed, with its source."""
    environment_ = current_app.jinja_env
    if environment_.loader is None:
        return
    for name in environment_.list_templates(extensions=("html",)):
        yield name, environment_.loader.get_source(environment_, name)[0]


def static_files(*endings: str) -> Iterator[Path]:
    """Every file of these kinds that browsers can fetch."""
    folder = Path(str(current_app.config["STATIC_FOLDER"]))
    return (path for path in sorted(folder.rglob("*")) if path.suffix in endings)


def listed(words: Iterable[str]) -> str:
    """A few of them by name, and how many there are besides."""
    found = sorted(words)
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return ", ".join(found[:5]) + more


def _has_button(parts: Iterable[Mapping[str, Any]]) -> bool:
    return any(part["kind"] == "connect" or _has_button(part.get("parts", ())) for part in parts)
