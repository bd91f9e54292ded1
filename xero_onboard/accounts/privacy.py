"""What is stored about a person: told in words, and given to them as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import func, inspect, select

from xero_onboard.accounts import (
    belongings,
    customers,
    devices,
    invitations,
    letters,
    proofs,
    sessions,
)
from xero_onboard.accounts.belongings import Belongings
from xero_onboard.accounts.shares import SHARES, Share
from xero_onboard.connect import errands, hearing, showings, upkeep
from xero_onboard.connect.models import ENDED, Connection
from xero_onboard.content import readings, searches
from xero_onboard.feedback import remarks, requests
from xero_onboard.lib import audit
from xero_onboard.lib.audit import Found
from xero_onboard.lib.audit.recording import KEEP_VISITS
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.languages import Later, later, marked
from xero_onboard.lib.mail import delivery

LATEST = 20
_DAY = timedelta(days=1)

Plain = str | int | float | bool | None | dict[str, Any] | list[Any]


@dataclass(frozen=True)
class Stored:
    """One kind of what is stored, and how many of it."""

    words: str
    count: int


@dataclass(frozen=True)
class OwnConnection:
    """A connection of a customer the person acts for, and when its token was last read."""

    organisation: str
    customer: str
    connected_at: datetime
    reads: tuple[Found, ...]


@dataclass(frozen=True)
class Overview:
    """Everything the page for a person's privacy shows."""

    stored: tuple[Stored, ...]
    sign_ins: tuple[Found, ...]
    connections: tuple[OwnConnection, ...]
    retention: Mapping[str, Later]


# With what somebody proved who they are, as the audit log names it.
WAYS: Mapping[str, str] = {
    "password": marked("a password"),
    "xero": marked("Xero"),
    "passkey": marked("a passkey"),
    "registration": marked("the code that opened your account"),
    "authenticator": marked("a code of your authenticator app"),
    "recovery_code": marked("a recovery code"),
    "alternative": marked("your alternative email address"),
}


def overview(user_id: UUID) -> Overview:
    """What is stored of this person, in words and numbers."""
    theirs = belongings.belongings_of(user_id)
    stored = (Stored(share.words, _count(share, theirs)) for share in SHARES)
    return Overview(
        tuple(each for each in stored if each.count),
        audit.search(event="signed_in", actor=user_id, size=LATEST).entries,
        _connections(user_id),
        RETENTION,
    )


def export(user_id: UUID) -> dict[str, Plain]:
    """All rows about this person, table by table, without what only proves or opens something."""
    theirs = belongings.belongings_of(user_id)
    tables: dict[str, Plain] = {share.table.__tablename__: _rows(share, theirs) for share in SHARES}
    audit.record("user_exported", actor=user_id, subject=f"user:{user_id}")
    line = later("Everything that is stored about you was downloaded as a file.")
    letters.tell(user_id, later("A copy of your data was made"), line)
    return {
        "person": str(user_id),
        "made_at": now().isoformat(),
        "left_out": "Passwords, codes, keys and tokens: they are stored sealed or as digests only.",
        "tables": tables,
    }


def _count(share: Share, theirs: Belongings) -> int:
    counted = select(func.count()).select_from(share.table).where(share.whose(theirs))
    return db.session.scalar(counted) or 0


def _rows(share: Share, theirs: Belongings) -> list[Plain]:
    columns = [getattr(share.table, name) for name in share.columns]
    keys: Sequence[Any] = inspect(share.table).primary_key
    query = select(*columns).where(share.whose(theirs)).order_by(*keys)
    return [
        {name: _plain(value) for name, value in zip(share.columns, row, strict=True)}
        for row in db.session.execute(query)
    ]


def _plain(value: object) -> Plain:
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool | dict | list):
        return value
    return str(value.value if isinstance(value, Enum) else value)


def _connections(user_id: UUID) -> tuple[OwnConnection, ...]:
    own = {each.id: each.name for each in customers.customers_of(user_id)}
    query = select(Connection).where(
        Connection.customer_id.in_(own), Connection.status.not_in(ENDED)
    )
    return tuple(
        OwnConnection(row.name, own[row.customer_id], row.connected_at, _reads(row.id))
        for row in db.session.scalars(query.order_by(Connection.connected_at, Connection.id))
    )


def _reads(connection_id: UUID) -> tuple[Found, ...]:
    return audit.search(f"connection:{connection_id}", event="token_read", size=LATEST).entries


def _days(span: timedelta) -> Later:
    return later("1 day") if span == _DAY else later("%(count)s days", count=span // _DAY)


# The README has the same table, and a test lets time pass and looks whether it is true.
RETENTION: Mapping[str, Later] = {
    marked("Addresses and browsers beside the audit log"): _days(KEEP_VISITS),
    marked("Sessions, with device and address"): later(
        "%(span)s after signing in", span=_days(sessions.LIFETIME)
    ),
    marked("Browsers you have signed in with before"): _days(devices.KEEP),
    marked("Codes and links by mail, with the address"): later(
        "%(span)s after they run out", span=_days(proofs.KEEP)
    ),
    marked("Mail, its text until it is delivered"): _days(delivery.KEEP),
    marked("Invitations, with the address"): later(
        "%(span)s after they run out", span=_days(invitations.KEEP)
    ),
    marked("Links to ask somebody to connect, with the address"): later(
        "%(span)s after they run out", span=_days(errands.KEEP)
    ),
    marked("Presses of Connect, and what became of them"): _days(upkeep.KEEP_ATTEMPTS),
    marked("Guides shown with a Connect button, counted by the day"): _days(showings.KEEP),
    marked("Guides that were opened, counted by the day"): _days(readings.KEEP),
    marked("What was looked for, counted by the day"): _days(searches.KEEP),
    marked("Organisations at Xero that nobody uses here"): later("until Xero no longer lists them"),
    marked("What was written about guides"): _days(remarks.KEEP),
    marked("Requests, with messages and files"): later(
        "%(span)s after the last word", span=_days(requests.KEEP)
    ),
    marked("What Xero told by webhook"): _days(hearing.KEEP),
    marked("Connections that were ended"): later(
        "%(span)s after the end", span=_days(upkeep.KEEP_ENDED)
    ),
    marked("Comments below guides"): later("until you delete them, or your account"),
    marked("Guides and sections you follow, with the address"): later("until you stop following"),
    marked("Your account"): later("until you delete it"),
    marked("The audit log, which knows you by a number"): later("for good"),
}
