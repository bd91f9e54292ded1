"""Attempts, grants and connections, and the removals that Xero has still to be told of."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, UtcDateTime, new_id

ENDED = ("disconnecting", "disconnected")
WORKING = ("active", "degraded")
# Why a connection does not work although it was not ended here: at the provider it is no longer there.
# One that nobody used for too long is: only our access to it has run out.
# https://developer.xero.com/documentation/guides/oauth2/managing-connections/
GONE_AT_PROVIDER = ("organisation_gone", "revoked_in_xero")
# Why one that has ended here may still be there: the provider could not be told.
UNCONFIRMED = "remote_unknown"
_IS_LIVE = text("status NOT IN ('disconnecting', 'disconnected')")
_IS_SELECTED = text("is_selected")


# Without vowels, so that no word comes of it, and without what looks like something else.
_REFERENCE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """A support reference such as XC-7F3K; two attempts may share one, and the newer is meant."""
    return "XC-" + "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(4))


class Attempt(Table):
    """One press of Connect; the browser holds only its state, we a digest of that and, sealed, its source.

    `status`: redirected (at the provider) -> claimed (a callback is working on it) -> proving (the
    reader owes a second step) -> choosing (several organisations) -> finished, with an outcome.
    """

    __tablename__ = "attempt"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    environment: Mapped[str] = mapped_column(String(10))
    provider: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(12), default="redirected")
    state_digest: Mapped[str] = mapped_column(String(64), unique=True)
    nonce: Mapped[str] = mapped_column(String(64))
    verifier_sealed: Mapped[str] = mapped_column(Text)
    browser_digest: Mapped[str] = mapped_column(String(64), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    # Who it turned out to be; `user_id` and `customer_id` say who was signed in at the start.
    subject: Mapped[str | None] = mapped_column(String(64))
    owner_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    owner_customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    actor: Mapped[str | None] = mapped_column(String(200))
    return_path: Mapped[str] = mapped_column(String(300))
    anchor: Mapped[str] = mapped_column(String(60))
    # The guide and its revision in which the button was pressed, as the page said; None elsewhere.
    article_id: Mapped[int | None] = mapped_column(BigInteger)
    revision: Mapped[int | None]
    expected_id: Mapped[UUID | None] = mapped_column(ForeignKey("connection.id"), index=True)
    # By whose link somebody came who need not have an account here.
    errand_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("errand.id", ondelete="SET NULL"), index=True
    )
    # Whose login the organisation was connected with until this attempt.
    taken_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    grant_id: Mapped[UUID | None] = mapped_column(ForeignKey("grant.id"), index=True)
    scopes: Mapped[str] = mapped_column(Text)
    # {"grant": id, "seen": {the provider's connection id: when it was last updated}}
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    # The provider's name for this consent, by which its organisation is found.
    event_id: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(30))
    # What its reader says they saw at the provider, from where nothing came back.
    saw: Mapped[str | None] = mapped_column(String(30))
    # What a reader can say on the telephone; to find it, not to prove anything.
    reference: Mapped[str | None] = mapped_column(String(10), default=new_reference, index=True)
    organisation: Mapped[str | None] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    # When its reader was sent to the provider; never, for one who was refused before.
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When its reader came back; after `finished_at` for one who had been given up.
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the provider gave its tokens for it, and when we knew who its reader is.
    exchanged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recognised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When an organisation was found or chosen, its connection, and the first look that confirmed it.
    chosen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Not a foreign key, which SQLite adds only by making the table anew; it may outlive its connection.
    connection_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Candidate(Table):
    """An organisation that an attempt may be meant for."""

    __tablename__ = "candidate"

    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True
    )
    tenant_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    remote_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str | None] = mapped_column(String(2))
    # Allowed in this very attempt, and so to be given back if it is not used; the rest was there before.
    is_new: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # One that the provider gives away to try things out; it is emptied from time to time.
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # Has no books of its own, so that it is shown and cannot be chosen.
    is_practice: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class Errand(Table):
    """What a reader has asked somebody else to do at the provider, by a link that works once.

    Whoever opens the link needs no account. Until they say yes it is anybody's who has it, then that
    of one browser, for minutes. What they connect is the customer's for whom it was asked.
    """

    __tablename__ = "errand"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    environment: Mapped[str] = mapped_column(String(10))
    customer_id: Mapped[UUID] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), index=True
    )
    # Nobody once the account is deleted, and then the link is worth nothing.
    asked_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    # Where we mailed the link; None for one that its maker copied.
    email: Mapped[str | None] = mapped_column(String(320), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    browser_digest: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the provider calls who did it, and what they connected.
    done_by: Mapped[str | None] = mapped_column(String(200))
    organisation: Mapped[str | None] = mapped_column(String(200))


class Grant(Table):
    """One login's consent, and the only holder of tokens.

    One row for all organisations of a login, because the provider gives one pair of tokens to each
    user of an app: a second copy would die at the first refresh of the other.
    """

    __tablename__ = "grant"
    __table_args__ = (UniqueConstraint("environment", "issuer", "subject"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    environment: Mapped[str] = mapped_column(String(10))
    provider: Mapped[str] = mapped_column(String(20))
    issuer: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(64))
    access_sealed: Mapped[str | None] = mapped_column(Text)
    refresh_sealed: Mapped[str | None] = mapped_column(Text)
    previous_sealed: Mapped[str | None] = mapped_column(Text)
    key_id: Mapped[str | None] = mapped_column(String(16), index=True)
    scopes: Mapped[str] = mapped_column(Text)
    access_expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    refresh_expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rotated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When the present refresh token was first sent: the provider's 30 minutes of grace run from here.
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    lease_owner: Mapped[str | None] = mapped_column(String(36))
    lease_until: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(10), default="ok")
    reason: Mapped[str | None] = mapped_column(String(30))
    failures: Mapped[int] = mapped_column(default=0)
    next_refresh_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    def allows(self, scopes: Iterable[str]) -> bool:
        """Whether its login was asked for all of these and said yes."""
        return set(scopes) <= set(self.scopes.split())


class Connection(Table):
    """A customer's link to one organisation; `remote_id` is the provider's id of the link."""

    __tablename__ = "connection"
    __table_args__ = (
        UniqueConstraint("environment", "customer_id", "tenant_id"),
        # An organisation belongs to one customer at a time, however many connect at the same moment.
        Index(
            "uq_connection_live_tenant",
            "environment",
            "tenant_id",
            unique=True,
            sqlite_where=_IS_LIVE,
            postgresql_where=_IS_LIVE,
        ),
        Index(
            "uq_connection_selected",
            "environment",
            "customer_id",
            unique=True,
            sqlite_where=_IS_SELECTED,
            postgresql_where=_IS_SELECTED,
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    environment: Mapped[str] = mapped_column(String(10))
    provider: Mapped[str] = mapped_column(String(20))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grant.id"), index=True)
    tenant_id: Mapped[str] = mapped_column(String(64), index=True)
    remote_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str | None] = mapped_column(String(2))
    status: Mapped[str] = mapped_column(String(20), default="active")
    reason: Mapped[str | None] = mapped_column(String(30))
    is_selected: Mapped[bool] = mapped_column(default=False)
    connected_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    connected_by: Mapped[str | None] = mapped_column(String(200))
    connected_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the provider last told us, unasked, that something changed in the organisation.
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Set by the operator; what the connection is apart from that goes on beneath it.
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # It stopped working, and those who can reconnect it have not been written to.
    is_untold: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # For how many days without a renewal they were warned of its end; 0 since it was last looked at.
    warned_days: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    @property
    def is_live(self) -> bool:
        return self.status not in ENDED

    @property
    def is_gone_at_provider(self) -> bool:
        """Whether it was ended there and not here: to connect it again takes a new place there."""
        return self.is_live and self.reason in GONE_AT_PROVIDER


class Removal(Table):
    """A connection that is gone here and must be removed at the provider, until it has confirmed.

    When nothing else needs the grant its tokens move here, sealed anew for this row alone, and
    are destroyed with the delivery. Without a connection it is a whole consent that nobody used.
    """

    __tablename__ = "removal"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    environment: Mapped[str] = mapped_column(String(10))
    connection_id: Mapped[UUID | None] = mapped_column(ForeignKey("connection.id"), index=True)
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grant.id"), index=True)
    remote_id: Mapped[str | None] = mapped_column(String(64))
    access_sealed: Mapped[str | None] = mapped_column(Text)
    refresh_sealed: Mapped[str | None] = mapped_column(Text)
    access_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(12), default="pending")
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Stray(Table):
    """An organisation that the provider lists for a login, and that no connection here uses."""

    __tablename__ = "stray"

    grant_id: Mapped[UUID] = mapped_column(
        ForeignKey("grant.id", ondelete="CASCADE"), primary_key=True
    )
    remote_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Showing(Table):
    """How often a revision of a guide was shown with a button that leads to the provider, on one day.

    It knows nobody: a page with JavaScript adds one, without a cookie.
    """

    __tablename__ = "showing"
    __table_args__ = (
        # What no guide ever was is refused by the database, or anybody could fill this table.
        ForeignKeyConstraint(
            ["article_id", "revision"],
            ["revision.article_id", "revision.number"],
            name="fk_showing_revision",
        ),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)


class ProviderEvent(Table):
    """Something that the provider told us, unasked: stored before it is answered, worked on afterwards.

    The provider tells of the same thing more than once and gives it no name, so `digest` is made of
    all that it says. What changed is not told, only where; nothing in here is about a person.
    """

    __tablename__ = "provider_event"
    __table_args__ = (UniqueConstraint("environment", "digest"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    environment: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64))
    tenant_id: Mapped[str] = mapped_column(String(64))
    category: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    resource_id: Mapped[str] = mapped_column(String(64))
    happened_at: Mapped[str] = mapped_column(String(40))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    # When its effect was made; None while it waits for the worker.
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # Whether it was about an organisation that is connected here.
    is_known: Mapped[bool] = mapped_column(default=False)


class VaultKeyProof(Table):
    """A known word sealed under each key, by which a wrong key is told from a changed row."""

    __tablename__ = "vault_key_proof"

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)


class DatabaseSeconds(FunctionElement[int]):
    """The database's own clock in seconds, so that machines whose clocks differ agree on a lease."""

    type = BigInteger()
    inherit_cache = True


@compiles(DatabaseSeconds, "sqlite")
def _sqlite_seconds(*_: Any, **__: Any) -> str:
    return "CAST(strftime('%s', 'now') AS INTEGER)"


@compiles(DatabaseSeconds, "postgresql")
def _postgresql_seconds(*_: Any, **__: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) AS BIGINT)"
