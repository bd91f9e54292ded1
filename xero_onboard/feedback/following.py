"""Hearing by mail of what changes in a guide or a section, for whoever owns the address and asked for it."""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from xero_onboard.feedback import guides
from xero_onboard.feedback.guides import Kind
from xero_onboard.feedback.models import Following
from xero_onboard.lib import limits, mail
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import pseudonym
from xero_onboard.lib.db import begin_write, db, insert_into, new_id
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.languages import Text, later
from xero_onboard.lib.limits import Limit

KINDS: tuple[Kind, ...] = ("article", "section")
# What the mail is called that asks for a yes, and what it says.
_ASKED: Mapping[Kind, tuple[Text, Text]] = {
    "article": (
        later("Follow a guide of our help centre?"),
        later("Somebody asked us to mail you when a guide changes. If that was you, confirm it."),
    ),
    "section": (
        later("Follow a section of our help centre?"),
        later("Somebody asked us to mail you when a section changes. If that was you, confirm it."),
    ),
}
KEEP_UNCONFIRMED = timedelta(days=2)
BY_NETWORK = Limit("following: network", 10, timedelta(hours=1))
TO_ADDRESS = Limit("following: address", 5, timedelta(hours=1))


class Unseen(LookupError):
    """Readers see no such guide or section."""


class UnknownFollowing(LookupError):
    """It was ended, nobody confirmed it in time, or the link is none of ours."""


def ask(kind: Kind, target_id: int, address: str, locale: str, network: str) -> None:
    """Mail a link by which its owner confirms the address; the answer is the same if they have already.

    Raises Unseen, UnsafeAddress and TooMany.
    """
    if guides.path(kind, target_id) is None:
        raise Unseen(target_id)
    email = mail.checked_address(address).lower()
    limits.count(BY_NETWORK, network)
    limits.count(TO_ADDRESS, email)
    begin_write()
    values = {"email": email, "kind": kind, "target_id": target_id}
    moment = {"created_at": now(), "told_at": now()}
    statement = insert_into(Following).values(id=new_id(), locale=locale, **values, **moment)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=list(values)))
    following = db.session.scalars(select(Following).filter_by(**values)).one()
    if following.confirmed_at is None:
        title, line = _ASKED[kind]
        send(following, title, (line,), later("Look at it and confirm"))


def by_link(following_id: UUID, token: str) -> Following:
    """What a mailed link is about; raises UnknownFollowing."""
    following = db.session.get(Following, following_id)
    if following is None or not hmac.compare_digest(_token(following_id).encode(), token.encode()):
        raise UnknownFollowing(following_id)
    return following


def confirm(following: Following) -> None:
    """The owner of the address wants it; they are told of what happens from now on."""
    if following.confirmed_at is None:
        following.confirmed_at = following.told_at = now()


def end(following: Following) -> None:
    """Send nothing any more, and forget the address."""
    db.session.delete(following)


def send(following: Following, title: Text, lines: tuple[Text, ...], label: Text) -> None:
    """Mail whoever follows; the link also ends it, and so does their mail program."""
    place = f"/hc/following/{following.id}/verify/{_token(following.id)}"
    mail.send(
        following.email,
        "notice",
        title=title,
        lines=lines,
        link_label=label,
        link_href=place,
        unsubscribe_href=place,
        why=later(
            "this address follows, or was asked to follow, a page there; the link above ends it"
        ),
        locale=following.locale,
    )


@every_minute("forget unconfirmed followings")
def forget_unconfirmed() -> None:
    """Delete the addresses whose owners did not say that they want this."""
    old = (Following.confirmed_at.is_(None), Following.created_at < now() - KEEP_UNCONFIRMED)
    db.session.execute(delete(Following).where(*old))


def _token(following_id: UUID) -> str:
    """Made of our key, so that nothing that opens it lies in the database."""
    return pseudonym(str(following_id), "following link")
