"""Mail to people: queued with what it tells of, delivered by the worker, tried again while the server is down.

Nothing here waits for a mail server. A site without one keeps its mail for the page that shows it.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import Select, delete, exists, select

from xero_onboard.config import Settings
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db, new_id
from xero_onboard.lib.languages import current_locale, speaking
from xero_onboard.lib.mail import delivery
from xero_onboard.lib.mail.delivery import handed_over
from xero_onboard.lib.mail.letters import (
    Letter,
    Link,
    UnsafeAddress,
    UnsafeLink,
    checked_address,
    name,
    seal,
    write,
)
from xero_onboard.lib.mail.models import Mail
from xero_onboard.lib.mail.servers import server_of

__all__ = [
    "Letter",
    "Link",
    "UnsafeAddress",
    "UnsafeLink",
    "checked_address",
    "handed_over",
    "is_stuck",
    "name",
    "register",
    "send",
    "withdraw",
    "write",
]

SLOW = timedelta(minutes=5)


def send(
    to: str,
    template: str,
    /,
    *,
    user_id: UUID | None = None,
    is_farewell: bool = False,
    locale: str | None = None,
    mail_id: UUID | None = None,
    **values: object,
) -> None:
    """Queue what `mail/<template>` says with these values, in the caller's transaction.

    `user_id` is whose mail it is, and `locale` what they read, where that is known to be another language than that of
    the page; of a farewell nothing is kept once it is delivered. By `mail_id` it can be withdrawn, and
    `handed_over` tells of it. Raises UnsafeAddress, or UnsafeLink when a value named `…_href` leads elsewhere.
    """
    address, own_id = checked_address(to), mail_id or new_id()
    with speaking(locale or current_locale()):
        letter = write(template, values)
    stays_here = delivery.current_server() is None
    db.session.add(
        Mail(
            id=own_id,
            recipient=address,
            user_id=user_id,
            is_farewell=is_farewell,
            subject=letter.subject,
            body_sealed=seal(letter, own_id),
            status="sent" if stays_here else "queued",
            sent_at=now() if stays_here else None,
        )
    )
    if stays_here:
        handed_over.send(own_id)


def withdraw(mail_ids: Select[UUID] | Collection[UUID]) -> None:
    """Do not deliver what is waiting under these names: it would not be true any more."""
    db.session.execute(delete(Mail).where(Mail.id.in_(mail_ids), Mail.status == "queued"))


def is_stuck() -> bool:
    """Whether mail has been waiting for long, so that a page that promises mail can say so.

    What waits only because its recipient's mailbox would not take it says nothing of all other mail.
    """
    if delivery.current_server() is None:
        return False
    waiting = exists().where(
        Mail.status == "queued", Mail.created_at < now() - SLOW, ~Mail.was_refused
    )
    return bool(db.session.scalar(select(waiting)))


def register(app: Flask, settings: Settings) -> None:
    """Tell the app its mail server; raises UnsafeSettingError when MAIL_URL names none that can be used."""
    app.extensions["mail_server"] = server_of(settings)
