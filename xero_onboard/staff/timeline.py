"""What became of one press of Connect, moment by moment; nothing that proves or opens anything is in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from xero_onboard.accounts.models import Customer, User
from xero_onboard.connect.models import Attempt, Connection
from xero_onboard.connect.outcomes import CATALOGUE, SIGHTINGS, Names, Outcome, outcome_of
from xero_onboard.content.models import Article, Revision
from xero_onboard.lib.db import db
from xero_onboard.lib.web import settings

PURPOSES: Mapping[str, str] = {
    "connect": "Connect",
    "add_org": "Connect another organisation",
    "reconnect": "Reconnect",
    "upgrade": "Reconnect, for a permission that was missing",
    "sign_in": "Sign in with Xero",
    "prove": "Prove who it is with Xero",
    "link": "Link a Xero login",
    "errand": "Connect for a colleague, by a link",
}
WAITING: Mapping[str, str] = {
    "redirected": "Nobody has come back yet.",
    "claimed": "Somebody is being let in just now.",
    "proving": "Its reader owes a second step.",
    "choosing": "Its reader has to choose an organisation.",
}


@dataclass(frozen=True)
class Moment:
    """One thing that happened; without a time where only the order is known."""

    title: str
    about: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Story:
    """An attempt with whom it belongs to, and all that is known of its course."""

    id: UUID
    reference: str | None
    purpose: str
    customer_id: UUID | None
    customer: str | None
    person: str | None
    connection_id: UUID | None
    grant_id: UUID | None
    code: str | None
    moments: tuple[Moment, ...]


def story_of(attempt: Attempt) -> Story:
    """The attempt in words."""
    customer_id = attempt.owner_customer_id or attempt.customer_id
    customer = db.session.get(Customer, customer_id) if customer_id else None
    user_id = attempt.owner_user_id or attempt.user_id
    user = db.session.get(User, user_id) if user_id else None
    connection_id = attempt.connection_id or attempt.expected_id
    return Story(
        id=attempt.id,
        reference=attempt.reference,
        purpose=PURPOSES[attempt.purpose],
        customer_id=customer_id,
        customer=customer.name if customer else None,
        person=user.name if user else attempt.actor,
        connection_id=connection_id if _exists(connection_id) else None,
        grant_id=attempt.grant_id,
        code=attempt.outcome,
        moments=tuple(_in_order(attempt, user.name if user else None)),
    )


def _in_order(attempt: Attempt, person: str | None) -> Iterator[Moment]:
    """By the clock; what somebody says they saw stands where it helps: before the end."""
    yield Moment("Pressed the button", _place(attempt), attempt.started_at)
    timed = [moment for moment in _on_the_way(attempt, person) if moment.at is not None]
    yield from sorted(timed, key=lambda moment: moment.at or attempt.started_at)
    if attempt.saw:
        yield Moment("The reader says what they saw at Xero", SIGHTINGS[attempt.saw])
    if attempt.status != "finished":
        yield Moment("Still open", WAITING[attempt.status])


def _on_the_way(attempt: Attempt, person: str | None) -> Iterator[Moment]:
    returned_at = _first(attempt.claimed_at, attempt.exchanged_at)
    yield Moment("Sent to Xero", "", attempt.left_at)
    yield Moment("Came back from Xero", "", returned_at)
    yield Moment("Xero gave its permission", "", attempt.exchanged_at)
    yield Moment("Recognised", person or attempt.actor or "", attempt.recognised_at)
    if returned_at != attempt.claimed_at:
        # We were on it once more since: which of the two it was is not written down.
        yield Moment("Went on, after the second step or by Check again", "", attempt.claimed_at)
    yield Moment("Organisation chosen", attempt.organisation or "", attempt.chosen_at)
    end = _end_of(attempt)
    if end is not None:
        yield Moment(f"Ended: {end.title}", f"{end.detail} {end.next_step}", attempt.finished_at)
    yield Moment("Found connected by a later look", "", attempt.confirmed_at)


def _end_of(attempt: Attempt) -> Outcome | None:
    if attempt.outcome is None or attempt.outcome not in CATALOGUE or attempt.finished_at is None:
        return None
    expected = db.session.get(Connection, attempt.expected_id) if attempt.expected_id else None
    names = Names(
        purpose=attempt.purpose,
        organisation=attempt.organisation,
        expected=expected.name if expected else None,
    )
    return outcome_of(attempt.outcome, settings(), names)


def _place(attempt: Attempt) -> str:
    """Where it was pressed: a guide by its title then, or the address."""
    title = db.session.scalar(
        select(Revision.title)
        .join(Article, Article.id == Revision.article_id)
        .where(Revision.article_id == attempt.article_id, Revision.number == attempt.revision)
    )
    if title is None:
        return attempt.return_path
    return f"In the guide “{title}”, revision {attempt.revision}"


def _exists(connection_id: UUID | None) -> bool:
    return connection_id is not None and db.session.get(Connection, connection_id) is not None


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
