"""What became of the last press of a button, for the page the reader comes back to."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from flask import flash, g, get_flashed_messages, request

from xero_onboard.connect.attempts import may_read_again
from xero_onboard.connect.doors import Introduction, current_doors
from xero_onboard.connect.models import Attempt, Connection
from xero_onboard.connect.outcomes import SUCCEEDED, Names, Outcome, outcome_of
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.state import connection_state, newest_attempt
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Owner, Reader, current_reader, has_session_cookie
from xero_onboard.lib.web import optional, settings

_CATEGORY = "connect"
SHOWN_FOR = timedelta(hours=1)


def outcome() -> Outcome | None:
    """The outcome of the attempt in the address, or of the button pressed just now; None for strangers."""
    # Read before anything else: a bad value is refused whoever sends it.
    asked_for = optional(request.args, "attempt", longest=36)
    if "connect_outcome" not in g:
        if not has_session_cookie():
            return None
        g.connect_outcome = _of_attempt(asked_for, current_reader()) or _of_button()
    found: Outcome | None = g.connect_outcome
    return found


def tell(code: str, organisation: str, anchor: str) -> None:
    """Have the next page say how a button's work went."""
    flash("|".join((code, anchor or "connect", organisation)), _CATEGORY)


def pretend(shown: Outcome | None) -> None:
    """Have this page tell an outcome that was nobody's."""
    g.connect_outcome = shown


def parsed_id(value: str | None) -> UUID | None:
    """An id from an address, None if it is not one."""
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


def _of_attempt(asked_for: str | None, reader: Reader) -> Outcome | None:
    attempt_id = parsed_id(asked_for)
    attempt = db.session.get(Attempt, attempt_id) if attempt_id else None
    # Who came by a link is told on a page of their own.
    if attempt is None or attempt.purpose == "errand" or not is_readers(attempt, reader):
        return None
    return outcome_of_attempt(attempt, reader) if _still_holds(attempt, reader) else None


def outcome_of_attempt(attempt: Attempt, reader: Reader) -> Outcome | None:
    """What became of an attempt, in the words for whoever made it; None while nothing has."""
    code = _code(attempt)
    if code is None:
        return None
    found = outcome_of(code, settings(), names_of(attempt, reader), attempt.anchor or "connect")
    return replace(found, again=attempt.id) if may_read_again(attempt) else found


def names_of(attempt: Attempt, reader: Reader) -> Names:
    """The names that the words about an attempt may need."""
    expected = db.session.get(Connection, attempt.expected_id) if attempt.expected_id else None
    began = _introduction(
        attempt.owner_user_id or attempt.user_id, attempt.owner_customer_id or attempt.customer_id
    )
    before = _introduction(attempt.taken_from_id, attempt.owner_customer_id)
    has_switched = attempt.outcome == "customer_changed"
    return Names(
        organisation=attempt.organisation,
        expected=expected.name if expected else None,
        purpose=attempt.purpose,
        reference=attempt.reference,
        before=before.name if before else None,
        colleague=began.name if began else None,
        customer=began.customer if began else None,
        present=reader.customer if has_switched else reader.name,
    )


def begun_here(attempt_id: UUID | None, reader: Reader) -> Attempt | None:
    """This attempt if it was begun in the reader's browser, by whomever."""
    attempt = db.session.get(Attempt, attempt_id) if attempt_id else None
    if attempt is None or reader.browser is None:
        return None
    return attempt if attempt.browser_digest == digest(reader.browser) else None


def is_readers(attempt: Attempt, reader: Reader) -> bool:
    """This browser's, and once it turned out whose it is, theirs in any browser."""
    if attempt.environment != current_provider().facts.environment:
        return False
    if attempt.owner_user_id is not None:
        return attempt.owner_user_id == reader.user_id
    return reader.browser is not None and digest(reader.browser) == attempt.browser_digest


def _introduction(user_id: UUID | None, customer_id: UUID | None) -> Introduction | None:
    if user_id is None or customer_id is None:
        return None
    return current_doors().introduce(Owner(user_id, customer_id))


def _code(attempt: Attempt) -> str | None:
    """What we wrote down stays; what they are told is true of them."""
    if _came_late(attempt):
        return "attempt_expired"
    # Where nothing came back, the reader knows better than we do what it was.
    return (
        attempt.saw if attempt.saw and attempt.outcome in (None, "abandoned") else attempt.outcome
    )


def _came_late(attempt: Attempt) -> bool:
    """Whether the reader came back after we had given them up."""
    return attempt.outcome == "abandoned" and attempt.claimed_at is not None


def _still_holds(attempt: Attempt, reader: Reader) -> bool:
    """An address outlives what it tells of: a tab that is loaded again must not tell the past."""
    ended_at = attempt.claimed_at if _came_late(attempt) else attempt.finished_at
    if ended_at is not None and ended_at < now() - SHOWN_FOR:
        return False
    if attempt.outcome == "signed_in":
        return reader.is_signed_in
    if attempt.outcome not in SUCCEEDED:
        return not _is_overtaken(attempt, ended_at or attempt.started_at, reader)
    return any(
        each.is_connected and each.organisation in (attempt.organisation or each.organisation)
        for each in connection_state().connections
    )


def _is_overtaken(attempt: Attempt, moment: datetime, reader: Reader) -> bool:
    """Whether the reader has tried again since, in another tab, or somebody has connected for them."""
    newest = newest_attempt(reader)
    if newest is not None and newest.id != attempt.id and newest.started_at > moment:
        return True
    state = connection_state()
    connected = [each.connected_at for each in state.connections if each.is_connected]
    done = [each.done_at for each in state.errands if each.done_at is not None]
    return any(each > moment for each in (*connected, *done))


def _of_button() -> Outcome | None:
    if request.headers.get("Sec-Fetch-Dest") == "empty":
        # A page that follows looks again by itself; the words are for the tab of the button.
        return None
    told = get_flashed_messages(category_filter=[_CATEGORY])
    if not told:
        return None
    code, anchor, organisation = str(told[-1]).split("|", 2)
    return outcome_of(code, settings(), Names(organisation=organisation or None), anchor)
