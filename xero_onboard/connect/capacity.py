"""How many organisations the provider lets our app connect, and how many of them are used."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select, union

from xero_onboard.connect.models import (
    GONE_AT_PROVIDER,
    UNCONFIRMED,
    Connection,
    Grant,
    Removal,
    Stray,
)
from xero_onboard.connect.providers import current_provider
from xero_onboard.lib.db import db
from xero_onboard.lib.web import settings

# From this part of the limit on there is time to ask for more, and reason to.
NEARLY_FULL = 0.8


@dataclass(frozen=True)
class Capacity:
    """How many organisations the provider counts as connected to our app, of how many."""

    count: int
    limit: int | None

    @property
    def is_nearly_full(self) -> bool:
        return self.limit is not None and self.count >= self.limit * NEARLY_FULL

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.count >= self.limit


def used() -> Capacity:
    """What is used of the app's limit."""
    environment = current_provider().facts.environment
    return Capacity(_count_at_provider(environment), settings().xero.connection_limit)


def is_full() -> bool:
    """Whether the provider will connect no further organisation to our app; nothing is counted without a limit."""
    return settings().xero.connection_limit is not None and used().is_full


def _count_at_provider(environment: str) -> int:
    """How many organisations the provider counts against the limit of our app.

    Xero counts them per app: https://developer.xero.com/documentation/guides/oauth2/limits/
    """
    connected = select(Connection.tenant_id).where(
        Connection.environment == environment,
        # Until it has heard that one was disconnected, the provider counts it.
        or_(Connection.status != "disconnected", Connection.reason == UNCONFIRMED),
        or_(Connection.reason.is_(None), Connection.reason.not_in(GONE_AT_PROVIDER)),
    )
    unused = (
        select(Stray.tenant_id)
        .join(Grant, Grant.id == Stray.grant_id)
        .where(Grant.environment == environment, Grant.status == "ok")
    )
    # An organisation counts once, whoever has allowed it.
    organisations = union(connected, unused).subquery()
    count = db.session.scalar(select(func.count()).select_from(organisations)) or 0
    return count + _count_given_back(environment)


def _count_given_back(environment: str) -> int:
    """What no connection here used, and the provider has not heard yet that it should end."""
    query = select(func.count(Removal.remote_id.distinct())).where(
        Removal.environment == environment,
        Removal.status == "pending",
        Removal.connection_id.is_(None),
    )
    return db.session.scalar(query) or 0
