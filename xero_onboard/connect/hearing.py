"""What the provider tells us unasked: proven, stored, and answered before anything is made of it.

https://developer.xero.com/documentation/guides/webhooks/overview/
"""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from xero_onboard.connect import signals
from xero_onboard.connect.models import ENDED, WORKING, Connection, Grant, ProviderEvent
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.renewal import LONGEST_WAIT
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_write, commit, db, insert_into
from xero_onboard.lib.jobs import every
from xero_onboard.lib.web import settings

KEEP = timedelta(days=31)
BATCH = 200
LOOKED_AT = timedelta(minutes=10)

log = logging.getLogger(__name__)


class NotProven(Exception):
    """Nobody who has the key signed this."""


class NotUnderstood(Exception):
    """Signed by the provider, and yet not what the provider says it sends."""


@dataclass(frozen=True)
class Told:
    """One thing that changed, as the provider tells of it."""

    tenant_id: str
    category: str
    kind: str
    resource_id: str
    happened_at: str

    @property
    def digest(self) -> str:
        everything = [getattr(self, name) for name in self.__dataclass_fields__]
        return hashlib.sha256(json.dumps(everything).encode()).hexdigest()


def receive(body: bytes, signature: str) -> None:
    """Store what this tells, so that it may be answered; a second time it is nothing new.

    Nothing is read of it before its signature is proven. Raises NotProven or NotUnderstood.
    """
    if not _is_signed(body, signature):
        raise NotProven
    told = list(_read(body))
    if not told:
        # The provider tries whether we can tell its signature from others.
        return
    environment = current_provider().facts.environment
    begin_write()
    for each in told:
        row = insert_into(ProviderEvent).values(
            environment=environment,
            digest=each.digest,
            tenant_id=each.tenant_id,
            category=each.category,
            kind=each.kind,
            resource_id=each.resource_id,
            happened_at=each.happened_at,
        )
        db.session.execute(row.on_conflict_do_nothing())
    commit()


@every(5.0, "take in what the provider told")
def take_in() -> bool:
    """Make of each event what it means here; whether more of them wait."""
    waiting = select(ProviderEvent).where(
        ProviderEvent.environment == current_provider().facts.environment,
        ProviderEvent.settled_at.is_(None),
    )
    oldest = waiting.order_by(ProviderEvent.received_at).limit(BATCH)
    events = db.session.scalars(oldest.with_for_update(skip_locked=True)).all()
    for event in events:
        _settle(event)
    db.session.execute(delete(ProviderEvent).where(ProviderEvent.received_at < now() - KEEP))
    return len(events) == BATCH


def _is_signed(body: bytes, signature: str) -> bool:
    key = settings().xero.webhook_key.encode()
    expected = base64.b64encode(hmac.digest(key, body, "sha256"))
    return hmac.compare_digest(expected, signature.encode())


def _read(body: bytes) -> Iterator[Told]:
    try:
        said = json.loads(body)
        events = said["events"]
        if not isinstance(events, list):
            raise TypeError
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise NotUnderstood from error
    for event in events:
        told = _told(event)
        if told is None:
            log.error("an event of the provider's is not as it says: it was left out")
        else:
            yield told


def _told(event: Any) -> Told | None:
    if not isinstance(event, Mapping):
        return None
    names = ("tenantId", "eventCategory", "eventType", "resourceId", "eventDateUtc")
    values = [event.get(name) for name in names]
    longest = (64, 40, 20, 64, 40)
    if not all(
        isinstance(value, str) and 0 < len(value) <= most
        for value, most in zip(values, longest, strict=True)
    ):
        return None
    return Told(*map(str, values))


def _settle(event: ProviderEvent) -> None:
    """An organisation that is told of is heard of; if its connection does not work, we look at it soon."""
    event.settled_at = now()
    connection = db.session.scalar(
        select(Connection).where(
            Connection.environment == event.environment,
            Connection.tenant_id == event.tenant_id,
            Connection.status.not_in(ENDED),
        )
    )
    if connection is None:
        return
    event.is_known = True
    connection.heard_at = max(connection.heard_at or event.received_at, event.received_at)
    is_fresh = connection.checked_at is not None and connection.checked_at > now() - LOOKED_AT
    if connection.status not in WORKING and not is_fresh:
        _have_looked_at(connection)
    signals.told.send(connection, event=event)


def _have_looked_at(connection: Connection) -> None:
    """Look soon, but not again at what was looked at just now, nor before the provider wants to be asked.

    However much it tells: what is due within the longest wait it may ask for waits for that.
    """
    db.session.execute(
        update(Grant)
        .where(
            Grant.id == connection.grant_id,
            Grant.failures == 0,
            Grant.next_refresh_at > now() + timedelta(seconds=LONGEST_WAIT),
        )
        .values(next_refresh_at=now())
    )
