"""Mail for people about what has become of their customer's connections, by itself or by others."""

from collections.abc import Sequence
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
from xero_onboard.lib.languages import LaterDay, Text, later
from xero_onboard.lib.reader import STRANGER, current_reader
from xero_onboard.lib.web import settings

_WHO = later(
    "It takes the role Standard or Adviser in the organisation, and need not be who connected it."
)


@signals.errand_done.connect
def tell_who_asked(errand: Errand) -> None:
    """The one who made the link learns that it was used, and by whom."""
    if errand.asked_by_id is None:
        return
    who, what = (
        mail.name(errand.done_by or "") or later("Somebody"),
        errand.organisation or later("An organisation"),
    )
    _write(
        errand.asked_by_id,
        errand.customer_id,
        later("What you asked for is done"),
        later(
            "%(who)s used your link, and %(what)s is connected to %(product)s.",
            who=who,
            what=what,
            product=settings().product_name,
        ),
        later("If you do not know who that is, disconnect it, and write to us."),
    )


@signals.disconnected.connect
def tell_colleagues(connection: Connection) -> None:
    """Whoever may connect for the customer learns what is gone, and through whom."""
    reader = current_reader() if has_request_context() else STRANGER
    by = (
        later("our support")
        if reader.customer_id != connection.customer_id
        else mail.name(reader.name or "")
    )
    _write_to_all(
        connection.customer_id,
        later("An organisation was disconnected"),
        later(
            "%(name)s was disconnected from %(product)s by %(by)s.",
            name=connection.name,
            product=settings().product_name,
            by=by,
        ),
        later("If that should not be so, connect it again, and speak with your colleagues."),
    )


@signals.taken_over.connect
def tell_both(connection: Connection, from_user: UUID, by: Actor) -> None:
    """Whoever had connected it, and whoever has now, learn that it goes on with another login."""
    _write(
        from_user,
        connection.customer_id,
        later("A connection goes on with a colleague's Xero login"),
        later(
            "%(name)s was connected with your Xero login. It is connected with that of %(new)s from now on.",
            name=connection.name,
            new=mail.name(by.name or "") or later("A colleague"),
        ),
        later(
            "Nothing is left for you to do. If that should not be so, speak with your colleague."
        ),
    )
    if by.user_id is None:
        return
    before = db.session.scalar(select(User.name).where(User.id == from_user))
    _write(
        by.user_id,
        connection.customer_id,
        later("A connection goes on with your Xero login"),
        later(
            "%(name)s was connected with the Xero login of %(before)s. It is connected with yours from now on.",
            name=connection.name,
            before=mail.name(before or "") or later("a colleague"),
        ),
        later("If you leave the organisation in Xero, somebody else must reconnect it."),
    )


@signals.ending.connect
def warn(customer_id: UUID, notices: Sequence[Notice]) -> None:
    """Those who may connect learn that a connection ends, while they can still renew it."""
    _write_to_all(
        customer_id,
        later(
            "Reconnect to Xero before %(days)s",
            days=LaterDay(min(each.ends_at for each in notices)),
        ),
        *(
            later(
                "%(organisation)s: for weeks Xero has not let us renew this connection, and it ends on %(days)s.",
                organisation=each.organisation,
                days=LaterDay(each.ends_at),
            )
            for each in notices
        ),
        later("Press Reconnect before that day, and it goes on without a gap. %(who)s", who=_WHO),
    )


@signals.stopped.connect
def tell_that_it_stopped(customer_id: UUID, notices: Sequence[Notice]) -> None:
    """Those who may connect learn that a connection has stopped, and why."""
    is_one = len(notices) == 1
    _write_to_all(
        customer_id,
        later("A connection to Xero has stopped")
        if is_one
        else later("Connections to Xero have stopped"),
        *(
            later(
                "%(organisation)s: %(sentence)s",
                organisation=each.organisation,
                sentence=later(each.sentence),
            )
            for each in notices
        ),
        later("Your connections say what to do, and have the button for it. %(who)s", who=_WHO),
    )


def _write_to_all(customer_id: UUID, title: Text, *lines: Text) -> None:
    for user_id in customers.who_may("connect", customer_id):
        _write(user_id, customer_id, title, *lines)


def _write(user_id: UUID, customer_id: UUID, title: Text, *lines: Text) -> None:
    """Whoever acts for several customers is told of which one: the page may show another."""
    own = {each.id: mail.name(each.name) for each in customers.customers_of(user_id)}
    if len(own) > 1 and customer_id in own:
        which = later(
            "This is about %(customer)s. If your connections show another company, switch to it there.",
            customer=own[customer_id],
        )
        lines = (*lines, which)
    link = {
        "link_label": later("Look at your connections"),
        "link_href": f"{settings().public_origin}/connect",
    }
    letters.write(user_id, title, lines, link)
