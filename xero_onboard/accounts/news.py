"""Mail for people about what has become of their customer's connections, by itself or by others."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import has_request_context
from sqlalchemy import select

from xero_onboard.accounts import customers, letters
from xero_onboard.accounts.models import User
from xero_onboard.connect import signals
from xero_onboard.connect.models import Connection, Errand
from xero_onboard.connect.notices import Notice
from xero_onboard.connect.organisations import Actor
from xero_onboard.lib import mail
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import STRANGER, current_reader
from xero_onboard.lib.web import settings

_WHO = (
    "It takes the role Standard or Adviser in the organisation, and need not be who connected it."
)


@signals.errand_done.connect
def tell_who_asked(errand: Errand) -> None:
    """The one who made the link learns that it was used, and by whom."""
    if errand.asked_by_id is None:
        return
    who, what = mail.name(errand.done_by or "Somebody"), errand.organisation or "An organisation"
    _write(
        errand.asked_by_id,
        "What you asked for is done",
        f"{who} used your link, and {what} is connected to {settings().product_name}.",
        "If you do not know who that is, disconnect it, and write to us.",
    )


@signals.disconnected.connect
def tell_colleagues(connection: Connection) -> None:
    """Whoever may connect for the customer learns what is gone, and through whom."""
    reader = current_reader() if has_request_context() else STRANGER
    by = (
        "our support"
        if reader.customer_id != connection.customer_id
        else mail.name(reader.name or "")
    )
    _write_to_all(
        connection.customer_id,
        "An organisation was disconnected",
        f"{connection.name} was disconnected from {settings().product_name} by {by}.",
        "If that should not be so, connect it again, and speak with your colleagues.",
    )


@signals.taken_over.connect
def tell_both(connection: Connection, from_user: UUID, by: Actor) -> None:
    """Whoever had connected it, and whoever has now, learn that it goes on with another login."""
    new = by.name or "A colleague"
    _write(
        from_user,
        "A connection goes on with a colleague's Xero login",
        f"{connection.name} was connected with your Xero login. It is connected with that of {new} from now on.",
        "Nothing is left for you to do. If that should not be so, speak with your colleague.",
    )
    if by.user_id is None:
        return
    before = db.session.scalar(select(User.name).where(User.id == from_user))
    _write(
        by.user_id,
        "A connection goes on with your Xero login",
        f"{connection.name} was connected with the Xero login of {before or 'a colleague'}. It is connected with yours from now on.",
        "If you leave the organisation in Xero, somebody else must reconnect it.",
    )


@signals.ending.connect
def warn(customer_id: UUID, notices: Sequence[Notice]) -> None:
    """Those who may connect learn that a connection ends, while they can still renew it."""
    _write_to_all(
        customer_id,
        f"Reconnect to Xero before {_day(min(each.ends_at for each in notices))}",
        *(
            f"{each.organisation}: for weeks Xero has not let us renew this connection, and it ends on {_day(each.ends_at)}."
            for each in notices
        ),
        f"Press Reconnect before that day, and it goes on without a gap. {_WHO}",
    )


@signals.stopped.connect
def tell_that_it_stopped(customer_id: UUID, notices: Sequence[Notice]) -> None:
    """Those who may connect learn that a connection has stopped, and why."""
    is_one = len(notices) == 1
    _write_to_all(
        customer_id,
        "A connection to Xero has stopped" if is_one else "Connections to Xero have stopped",
        *(f"{each.organisation}: {each.sentence}" for each in notices),
        f"Your connections say what to do, and have the button for it. {_WHO}",
    )


def _write_to_all(customer_id: UUID, title: str, *lines: str) -> None:
    for user_id in customers.who_may("connect", customer_id):
        _write(user_id, title, *lines)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _write(user_id: UUID, title: str, *lines: str) -> None:
    link = {
        "link_label": "Look at your connections",
        "link_href": f"{settings().public_origin}/connect",
    }
    letters.write(user_id, title, lines, link)
