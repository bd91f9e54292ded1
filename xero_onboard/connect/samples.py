"""Every state a reader can be in, made up, so that a person can see what readers see."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from xero_onboard.connect.errands import ErrandView
from xero_onboard.connect.errands import Status as ErrandStatus
from xero_onboard.connect.outcomes import CATALOGUE, SIGHTINGS, Names, Outcome, outcome_of
from xero_onboard.connect.outcomes.errands import ERRANDS
from xero_onboard.connect.sentences import sentence_of
from xero_onboard.connect.state import (
    OUT_OF_REACH,
    AttemptView,
    ConnectionView,
    ReaderState,
)
from xero_onboard.lib.clock import now
from xero_onboard.lib.reader import Reader
from xero_onboard.lib.web import settings

_NOBODY = UUID(int=0)
_ID = str(_NOBODY)
READER = Reader(
    user_id=_NOBODY,
    customer_id=_NOBODY,
    name="Riley Reed",
    email="riley@practice.example",
    customer="Riley's Roastery",
    right="administer",
)
_NOTHING = ReaderState("not_connected", (), None, None, None)
_NAMES = Names(
    organisation="Riley's Roastery",
    expected="Harbour Café Ltd",
    reference="XC-7F3K",
    before="Sam Okafor",
    colleague="Riley Reed",
    customer="Riley's Roastery",
    present="Dana Whitfield",
)

# A status, and why, as `connect.state` knows them; with what stands beside it for whoever looks for one.
_CONNECTIONS: Mapping[str, tuple[str, str | None]] = {
    "active": ("active", None),
    "permission_added": ("active", "permission_added"),
    "degraded": ("degraded", "provider_slow"),
    "expiring_soon": ("expiring_soon", None),
    "paused": ("paused", None),
    "paused_expiring": ("expiring_soon", "paused_expiring"),
    "needs_reauth": ("needs_reauth", None),
    "revoked_in_xero": ("needs_reauth", "revoked_in_xero"),
    "refresh_expired": ("needs_reauth", "refresh_expired"),
    "at_rest": ("paused", "at_rest"),
    "outdated": ("needs_reauth", "outdated"),
    "rotation_lost": ("needs_reauth", "rotation_lost"),
    "scope_missing": ("needs_reauth", "scope_missing"),
    "key_lost": ("needs_reauth", "key_lost"),
    "key_unavailable": ("needs_reauth", "key_unavailable"),
    "org_unavailable": ("org_unavailable", None),
    "organisation_closed": ("org_unavailable", "organisation_closed"),
    "disconnecting": ("disconnecting", None),
    "disconnected": ("disconnected", None),
    "remote_unknown": ("disconnected", "remote_unknown"),
}
_RECONNECTABLE = ("needs_reauth", "org_unavailable", "expiring_soon")


@dataclass(frozen=True)
class Sample:
    """A state and the one who is in it."""

    state: ReaderState
    reader: Reader = READER


def samples() -> Mapping[str, Sample]:
    """Every state by its name, in the order in which readers pass through them."""
    begun = AttemptView(_ID, now() - timedelta(minutes=2), None, is_away=True, reference="XC-7F3K")
    choosing = replace(begun, is_away=False, asks="choose_organisation")
    picker = f"/connect/organisations/{_ID}"
    before = {
        "stranger": Sample(_NOTHING, Reader()),
        "not_connected": Sample(_NOTHING),
        "may_only_look": Sample(_NOTHING, replace(READER, right="see")),
        "connecting": Sample(replace(_NOTHING, status="connecting", attempt=begun)),
        "unfinished": Sample(replace(_NOTHING, unfinished=replace(begun, is_away=False))),
        "needs_org": Sample(
            replace(_NOTHING, status="needs_org", attempt=choosing, choice_href=picker)
        ),
        "limit_blocked": Sample(replace(_NOTHING, status="limit_blocked", can_add=False)),
        "closed": Sample(_closed(_NOTHING, "client_refused")),
        "closed_at_rest": Sample(_closed(_NOTHING, "at_rest")),
    }
    connected = {name: Sample(_connected(*of)) for name, of in _CONNECTIONS.items()}
    one, other = _connection("active"), _connection("needs_reauth", "revoked_in_xero")
    several = (one, replace(other, organisation="Harbour Café Ltd", is_selected=False))
    asked = {
        f"errand_{status}": Sample(replace(_NOTHING, errands=(_errand(status),)))
        for status in ERRAND_STATUSES
    }
    return {
        **before,
        **connected,
        "lacks_room": Sample(_without_room()),
        "several": Sample(ReaderState("active", several, one, None, None)),
        **asked,
    }


ERRAND_STATUSES: tuple[ErrandStatus, ...] = ("waiting", "opened", "lapsed", "done")


def codes() -> tuple[str, ...]:
    """Every outcome's code."""
    return tuple(CATALOGUE)


def colleagues_codes() -> tuple[str, ...]:
    """Every outcome's code for somebody who came by a link."""
    return tuple(ERRANDS)


def outcome(code: str) -> Outcome:
    """An outcome with made-up names; raises KeyError."""
    return outcome_of(code, settings(), _NAMES)


def colleagues_outcome(code: str) -> Outcome:
    """The same in the words for somebody who came by a link; raises KeyError."""
    if code not in ERRANDS:
        raise KeyError(code)
    return outcome_of(code, settings(), replace(_NAMES, purpose="errand"))


def state_beside(code: str) -> ReaderState:
    """What the page shows beside an outcome."""
    if code in SIGHTINGS:
        saw = AttemptView(_ID, now() - timedelta(minutes=2), code, is_away=True)
        return replace(_NOTHING, status="connecting", attempt=saw)
    return _connected("active", None) if CATALOGUE[code].tone == "success" else _NOTHING


def _closed(state: ReaderState, by: str) -> ReaderState:
    return replace(state, status="closed", can_add=False, closed_by=by)


def _without_room() -> ReaderState:
    """Gone at the provider, where no place is left for it."""
    gone = _connection("org_unavailable", "organisation_gone")
    gone = replace(gone, can_reconnect=False, lacks_room=True)
    return ReaderState("org_unavailable", (gone,), gone, None, None, can_add=False)


def _connected(status: str, reason: str | None) -> ReaderState:
    connection = _connection(status, reason)
    is_over = status in ("disconnecting", "disconnected")
    is_closed = reason == "at_rest"
    return ReaderState(
        "not_connected" if is_over else status,
        (replace(connection, is_selected=not is_over),),
        None if is_over else connection,
        None,
        None,
        can_add=not is_closed,
        closed_by="at_rest" if is_closed else None,
    )


def _connection(status: str, reason: str | None = None) -> ConnectionView:
    is_live = status not in ("disconnecting", "disconnected")
    is_ours = reason in OUT_OF_REACH
    return ConnectionView(
        id=_ID,
        organisation="Riley's Roastery",
        country="NZ",
        status=status,
        sentence=sentence_of(status, reason),
        connected_at=now() - timedelta(days=40),
        connected_by="Riley Reed",
        checked_at=now() - timedelta(hours=3),
        ends_at=now() + timedelta(days=12) if status == "expiring_soon" else None,
        is_selected=True,
        is_paused=status == "paused" or reason == "paused_expiring",
        can_select=False,
        can_check=is_live and not is_ours,
        can_reconnect=(status in _RECONNECTABLE or reason == "permission_added") and not is_ours,
        can_disconnect=is_live and not is_ours,
    )


def _errand(status: ErrandStatus) -> ErrandView:
    asked_at = now() - timedelta(days=4 if status == "lapsed" else 1)
    is_opened = status in ("opened", "done")
    return ErrandView(
        id=_ID,
        status=status,
        is_own=True,
        email="amara@practice.example",
        asked_at=asked_at,
        opened_at=now() - timedelta(minutes=5) if is_opened else None,
        expires_at=asked_at + timedelta(days=3),
        done_at=now() - timedelta(minutes=1) if status == "done" else None,
        done_by="Amara Osei" if status == "done" else None,
        organisation="Harbour Café Ltd" if status == "done" else None,
    )
