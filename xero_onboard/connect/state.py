"""How a reader stands with the provider, for pages to show; a stranger costs no query."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import g
from sqlalchemy import or_, select

from xero_onboard.connect import capacity, errands, installation
from xero_onboard.connect.departure import PERSONAL, closed_by
from xero_onboard.connect.errands import ErrandView
from xero_onboard.connect.exchange import LIFE
from xero_onboard.connect.models import ENDED, WORKING, Attempt, Connection, Grant
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.sentences import sentence_of
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import STRANGER, Reader, current_reader
from xero_onboard.lib.web import settings

SHOW_ENDED = timedelta(days=30)
SHOW_UNFINISHED = timedelta(days=1)
# A refresh token lives for 60 days, and the worker renews it daily: so much silence is a fault.
OVERDUE = timedelta(days=45)

_WORKS = (*WORKING, "expiring_soon")
_CONNECTED = (*_WORKS, "paused")
# Why nobody can do anything with a connection before the operator has.
OUT_OF_REACH = ("key_unavailable", "at_rest")
_RECONNECTABLE = ("needs_reauth", "org_unavailable", "expiring_soon")


@dataclass(frozen=True)
class ConnectionView:
    """One of the reader's connections, and what they may do with it."""

    id: str
    organisation: str
    country: str | None
    status: str
    sentence: str
    connected_at: datetime
    connected_by: str | None
    checked_at: datetime | None
    # When it ends unless it is renewed; only while that is near.
    ends_at: datetime | None
    is_selected: bool
    is_paused: bool
    can_select: bool
    can_check: bool
    can_reconnect: bool
    can_disconnect: bool
    # It is gone at the provider, who has no room to have it connected again.
    lacks_room: bool = False

    @property
    def works(self) -> bool:
        """Whether the vendor can work with the organisation now or as soon as the provider answers."""
        return self.is_connected and not self.is_paused

    @property
    def is_connected(self) -> bool:
        """Whether nothing is wrong with it that a reader could put right, if the vendor pauses it or not."""
        return self.status in _CONNECTED


@dataclass(frozen=True)
class AttemptView:
    """A press of Connect that has not come to an end."""

    id: str
    started_at: datetime
    # What its reader says they saw at the provider.
    saw: str | None
    # Whether the provider may still send its reader back, and nothing has come yet.
    is_away: bool
    # What only its reader can answer, as an outcome's code.
    asks: str | None = None
    # What they mention when they ask for help.
    reference: str | None = None


@dataclass(frozen=True)
class ReaderState:
    """Everything a page shows of a reader's connections."""

    status: str
    connections: tuple[ConnectionView, ...]
    selected: ConnectionView | None
    attempt: AttemptView | None
    choice_href: str | None
    # The last press of Connect in this browser, which led to Xero and from which nothing came back.
    unfinished: AttemptView | None = None
    # Whether the provider lets us connect one more organisation.
    can_add: bool = True
    # Why nothing can be connected or reconnected, as an outcome's code.
    closed_by: str | None = None
    # What was asked of somebody else, and is not forgotten yet.
    errands: tuple[ErrandView, ...] = ()

    @property
    def is_closed(self) -> bool:
        return self.closed_by is not None

    @property
    def can_renew(self) -> bool:
        """Whether a connection waits to be renewed, which takes no new place at the provider."""
        return not self.is_closed and any(each.can_reconnect for each in self.connections)

    @property
    def can_ask(self) -> bool:
        """Whether somebody else, sent to the provider, could do anything there."""
        return self.can_add or self.can_renew

    @property
    def is_waited_for(self) -> bool:
        """Whether news may come that the reader did not bring about, so that the page follows."""
        return self.attempt is not None or any(errand.is_open for errand in self.errands)

    @property
    def version(self) -> str:
        """Changes whenever anything changes that a page shows."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    @property
    def standing(self) -> str:
        """Changes with the reader's own connections: what a button told of them is true until then."""
        return replace(self, errands=()).version


@dataclass(frozen=True)
class Brief:
    """A state in two words, for whoever helps the reader: the reference is that of their last try."""

    status: str
    reference: str | None


NOTHING = ReaderState("not_connected", (), None, None, None)


def connection_state() -> ReaderState:
    """The state of the one who is reading, asked for once in a request."""
    if "connection_state" not in g:
        g.connection_state = state_of(current_reader())
    state: ReaderState = g.connection_state
    return state


def in_brief() -> Brief:
    """How the one who is reading stands, and the reference of what they tried within a day."""
    reader = current_reader()
    newest = None if reader is STRANGER else newest_attempt(reader)
    is_recent = newest is not None and newest.started_at > now() - SHOW_UNFINISHED
    reference = newest.reference if newest is not None and is_recent else None
    return Brief(connection_state().status, reference)


def pretend(state: ReaderState) -> None:
    """Have this page show a state that is nobody's."""
    g.connection_state = state


def check_holds(name: str) -> bool:
    """Whether what a step of a guide asks for is true; raises KeyError for an unknown check."""
    state = connection_state()
    return {
        "xero.connected": any(
            each.status in ("active", "expiring_soon") for each in state.connections
        ),
        "xero.organisation_selected": state.selected is not None,
        "signed_in": current_reader().is_signed_in,
    }[name]


def state_of(reader: Reader) -> ReaderState:
    """The connections of a reader's customer, and the attempt that is open in this browser."""
    if reader.browser is None and not reader.is_signed_in:
        return NOTHING
    is_full = capacity.is_full()
    connections = tuple(_view(*row, reader, is_full) for row in _connections(reader))
    selected = next((each for each in connections if each.is_selected), None)
    newest = newest_attempt(reader)
    attempt = newest if newest is not None and _is_open(newest) else None
    is_choosing = attempt is not None and attempt.status == "choosing"
    closed = closed_by()
    can_add = closed is None and not is_full
    return ReaderState(
        status=_status(connections, selected, attempt)
        or ("closed" if closed else "not_connected" if can_add else "limit_blocked"),
        connections=connections,
        selected=selected,
        attempt=_attempt_view(attempt),
        choice_href=f"/connect/organisations/{attempt.id}" if attempt and is_choosing else None,
        unfinished=_attempt_view(newest if newest and _is_unfinished(newest) else None),
        can_add=can_add,
        closed_by=closed,
        errands=errands.views_of(reader),
    )


def _connections(reader: Reader) -> Sequence[tuple[Connection, Grant]]:
    if reader.customer_id is None:
        return ()
    query = (
        select(Connection, Grant)
        .join(Grant, Connection.grant_id == Grant.id)
        .where(
            Connection.customer_id == reader.customer_id,
            Connection.environment == current_provider().facts.environment,
            or_(Connection.ended_at.is_(None), Connection.ended_at > now() - SHOW_ENDED),
            or_(Connection.status != "disconnected", Connection.reason.is_not(None)),
        )
        .order_by(Connection.ended_at.is_not(None), Connection.connected_at)
    )
    return [(connection, grant) for connection, grant in db.session.execute(query)]


def newest_attempt(reader: Reader) -> Attempt | None:
    """The newest attempt of this browser, unless it is somebody else's or for another customer.

    Only the newest counts: pressing Connect again gives up the one before.
    """
    if reader.browser is None:
        return None
    newest = db.session.scalar(
        select(Attempt)
        .where(
            Attempt.browser_digest == digest(reader.browser),
            Attempt.environment == current_provider().facts.environment,
            # Nor what somebody did here for others.
            Attempt.purpose.not_in((*PERSONAL, "errand")),
            # A press that was refused gives up nothing.
            Attempt.left_at.is_not(None),
        )
        .order_by(Attempt.started_at.desc())
        .limit(1)
    )
    if newest is None:
        return None
    people = {newest.user_id, newest.owner_user_id} - {None}
    customers = {newest.customer_id, newest.owner_customer_id} - {None}
    is_theirs = people <= {reader.user_id} and customers <= {reader.customer_id}
    return newest if is_theirs else None


def _attempt_view(attempt: Attempt | None) -> AttemptView | None:
    if attempt is None:
        return None
    is_away = attempt.status == "redirected"
    asks = attempt.outcome if attempt.status == "choosing" else None
    return AttemptView(
        str(attempt.id), attempt.started_at, attempt.saw, is_away, asks, attempt.reference
    )


def _is_open(attempt: Attempt) -> bool:
    return attempt.status != "finished" and not _is_overdue(attempt)


def _is_overdue(attempt: Attempt) -> bool:
    """Left for the provider so long ago that nobody will come back; the worker ends it soon."""
    return attempt.status == "redirected" and attempt.started_at + LIFE < now()


def _is_unfinished(attempt: Attempt) -> bool:
    if attempt.started_at < now() - SHOW_UNFINISHED or attempt.claimed_at is not None:
        return False
    return attempt.outcome == "abandoned" or _is_overdue(attempt)


def _status(
    connections: Sequence[ConnectionView],
    selected: ConnectionView | None,
    attempt: Attempt | None,
) -> str | None:
    """What works comes first, then what is under way, then what needs somebody; None of nothing."""
    live = [each for each in connections if each.status not in ENDED]
    working = [each for each in live if each.works]
    if selected in working and selected is not None:
        return selected.status
    if selected is None and working:
        return working[0].status
    if attempt is not None:
        return "needs_org" if attempt.status == "choosing" else "connecting"
    broken = selected or (live[0] if live else None)
    return broken.status if broken is not None else None


def _view(connection: Connection, grant: Grant, reader: Reader, is_full: bool) -> ConnectionView:
    status, reason = _shown(connection, grant)
    is_live, may_connect = connection.is_live, reader.may("connect")
    is_paused = status == "paused" or (connection.paused_at is not None and status in _CONNECTED)
    lacks_room = is_full and connection.is_gone_at_provider
    return ConnectionView(
        id=str(connection.id),
        organisation=connection.name,
        country=connection.country,
        status=status,
        sentence=sentence_of(status, reason),
        connected_at=connection.connected_at,
        connected_by=connection.connected_by,
        checked_at=connection.checked_at,
        ends_at=grant.refresh_expires_at if status == "expiring_soon" else None,
        is_selected=connection.is_selected,
        is_paused=is_paused,
        can_select=may_connect
        and status in _WORKS
        and not is_paused
        and not connection.is_selected,
        can_check=is_live and reason not in OUT_OF_REACH,
        can_reconnect=may_connect
        and not lacks_room
        and (status in _RECONNECTABLE or reason == "permission_added")
        and reason not in OUT_OF_REACH,
        can_disconnect=may_connect and is_live and reason not in OUT_OF_REACH,
        lacks_room=lacks_room,
    )


def standing_of(connection: Connection, grant: Grant) -> tuple[str, str]:
    """How a connection is shown, and the sentence for that."""
    status, reason = _shown(connection, grant)
    return status, sentence_of(status, reason)


def _shown(connection: Connection, grant: Grant) -> tuple[str, str | None]:
    """What the row says, and what is true though no row was changed for it."""
    has_key = grant.key_id is None or any(key.id == grant.key_id for key in settings().vault_keys)
    if connection.is_live and not has_key:
        # Without our key nothing works, though nothing is wrong with the row; so it stays as it is.
        return "needs_reauth", "key_unavailable"
    if connection.is_live and _must_rest():
        return "paused", "at_rest"
    if connection.status not in WORKING:
        return connection.status, connection.reason
    if grant.refresh_expires_at < now():
        # The provider says so when it is asked next; nobody is to wait for that.
        return "needs_reauth", "refresh_expired"
    return _shown_working(connection, grant)


def _shown_working(connection: Connection, grant: Grant) -> tuple[str, str | None]:
    is_paused = connection.paused_at is not None
    if grant.rotated_at < now() - OVERDUE:
        return "expiring_soon", "paused_expiring" if is_paused else None
    if is_paused:
        return "paused", None
    if connection.status == "active" and not grant.allows(current_provider().facts.scopes):
        # Xero gives no more to a login than it was asked for, however often it is renewed.
        return "active", "permission_added"
    return connection.status, connection.reason


def _must_rest() -> bool:
    """Asked for once in a request, however many connections a page shows."""
    if "must_rest" not in g:
        g.must_rest = installation.must_rest()
    must_rest: bool = g.must_rest
    return must_rest
