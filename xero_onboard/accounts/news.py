"""Mail for people about what others have done with their customer's connections."""

from uuid import UUID

from flask import has_request_context
from sqlalchemy import select

from xero_onboard.accounts import customers, letters
from xero_onboard.accounts.models import User
from xero_onboard.connect import signals
from xero_onboard.connect.models import Connection, Errand
from xero_onboard.connect.organisations import Actor
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import STRANGER, current_reader
from xero_onboard.lib.web import settings


@signals.errand_done.connect
def tell_who_asked(errand: Errand) -> None:
    """The one who made the link learns that it was used, and by whom."""
    if errand.asked_by_id is None:
        return
    who, what = errand.done_by or "Somebody", errand.organisation or "An organisation"
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
    by = "our support" if reader.customer_id != connection.customer_id else reader.name
    for user_id in customers.who_may("connect", connection.customer_id):
        _write(
            user_id,
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


def _write(user_id: UUID, title: str, *lines: str) -> None:
    link = {
        "link_label": "Look at your connections",
        "link_href": f"{settings().public_origin}/connect",
    }
    letters.write(user_id, title, lines, link)
