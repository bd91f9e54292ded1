"""What waits, mailed once a week to those who work here; to nobody for whom nothing waits."""

import hmac
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from xero_onboard.accounts import subscribers
from xero_onboard.accounts.subscribers import NotStaff, Subscriber
from xero_onboard.connect import installation
from xero_onboard.lib import mail
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import pseudonym
from xero_onboard.lib.db import begin_read, begin_write, db, insert_into
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.languages import SOURCE
from xero_onboard.lib.mail import Link
from xero_onboard.staff import waiting
from xero_onboard.staff.models import DigestRound
from xero_onboard.staff.waiting import WEEK, Part, Waiting

# Monday at eight, in UTC: the site knows no other clock.
HOUR = 8
PAGE = "/staff/waiting"
TEMPLATE = "staff/digest"
# So many of a kind; the page has all.
MOST = 10
OWN = "In the guides you look after"
NOBODYS = "What nobody else is told of"
# Why these are theirs, for whom they are no guides of their own.
BECAUSE = "These guides have no owner who can be written to, or one who cannot approve their own text. Choose an owner on the page of each."


@every_minute("send the weekly digest")
def send_due() -> None:
    """Mail it when its time has come, and late but once when nobody was at work then."""
    # A copy of a site writes to nobody.
    if installation.must_rest() or not _is_due():
        return
    begin_read()
    found = waiting.found()
    begin_write()
    if not _claim():
        return
    for person in subscribers.everybody():
        theirs = found.of(person)
        if person.address and person.wants_digest and theirs.count:
            mail.send(
                person.address,
                TEMPLATE,
                user_id=person.user_id,
                locale=SOURCE,
                **values_of(person, theirs),
            )


def values_of(person: Subscriber, theirs: Waiting) -> dict[str, Any]:
    """What the letter says to them."""
    count = theirs.count
    desks = ((OWN, "", theirs.own), (NOBODYS, BECAUSE, theirs.nobodys))
    return {
        "title": f"{count} {'thing waits' if count == 1 else 'things wait'} for you",
        "lines": (),
        "desks": tuple(
            (title, because, _shortened(parts)) for title, because, parts in desks if parts
        ),
        "page_href": PAGE,
        "unsubscribe_href": path_of(person.user_id),
    }


def path_of(user_id: UUID) -> str:
    """Where they stop the mail, and have it again, without signing in."""
    return f"/digest/{user_id}/verify/{_token(user_id)}"


def by_link(user_id: UUID, token: str) -> Subscriber:
    """Whom a mailed link is about; raises NotStaff, also for a link that is none of ours."""
    if not hmac.compare_digest(_token(user_id).encode(), token.encode()):
        raise NotStaff(user_id)
    return subscribers.one(user_id)


def _is_due() -> bool:
    """Whether the week has begun since the last time; the first week of a site begins unannounced."""
    row = db.session.get(DigestRound, 1)
    if row is None:
        first = insert_into(DigestRound).values(id=1, at=now())
        db.session.execute(first.on_conflict_do_nothing(index_elements=["id"]))
        return False
    return row.at < _latest_time()


def _claim() -> bool:
    """Take this week, for the transaction in which the letters are written; False for whoever comes second."""
    due = update(DigestRound).where(DigestRound.id == 1, DigestRound.at < _latest_time())
    return db.session.scalar(due.values(at=now()).returning(DigestRound.id)) is not None


def _latest_time() -> datetime:
    moment = now()
    monday = moment - timedelta(days=moment.weekday())
    due = monday.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return due if due <= moment else due - WEEK


def _shortened(parts: tuple[Part, ...]) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    return tuple((part.title, _first(part.links)) for part in parts)


def _first(links: tuple[Link, ...]) -> tuple[Link, ...]:
    left = len(links) - MOST
    return (*links[:MOST], Link(f"And {left} more", PAGE)) if left > 0 else links


def _token(user_id: UUID) -> str:
    """Made of our key, so that nothing that opens it lies in the database."""
    return pseudonym(str(user_id), "digest link")
