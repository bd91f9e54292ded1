"""Telling somebody, at every address we have of them, what was changed in their account."""

import logging
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select

from xero_onboard.accounts import tongues
from xero_onboard.accounts.models import AlternativeAddress, NewLogin, Password, User
from xero_onboard.lib import mail
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.languages import Text, current_locale, later, speaking
from xero_onboard.lib.mail.models import Mail
from xero_onboard.lib.web import settings

# What one person does here in an hour is told in so many letters to one address. Beyond them the same thing is told a
# few times and no more, so that what is noisy and harmless cannot silence what takes an account over.
MOST, ALWAYS, _WHILE = 30, 3, timedelta(hours=1)

ADVICE = later("If this was not you, set a new password now and look at your sessions.")

log = logging.getLogger(__name__)


def tell(
    user_id: UUID,
    title: Text,
    *lines: Text,
    advice: Text = ADVICE,
    besides: Collection[str | None] = (),
) -> None:
    """Write to all of a person's addresses, and to those `besides` that have just been given up."""
    link = {
        "link_label": later("Look at your account"),
        "link_href": f"{settings().public_origin}/account",
    }
    write(user_id, title, (*lines, advice), link, besides)


def tell_of_addition(user_id: UUID, title: Text, line: Text, undo: str | None) -> None:
    """Tell of what was added to an account, with the link that takes it back: of each, however many there are.

    The link goes to those alone by whom an account could be recovered: whoever has just named an
    address of theirs, or had it proven an hour ago, could undo what protects the owner.
    """
    account = {
        "link_label": later("Look at your account"),
        "link_href": f"{settings().public_origin}/account",
    }
    advice = later(
        "If this was not you, a new password is not enough: remove what was added as well. If you are asked for a second step that you never set up, write to us."
    )
    trusted = _recovery_addresses(user_id) if undo else set()
    others = addresses_of(user_id) - trusted
    _write(user_id, others, title, (line, advice), account, always=True)
    if undo is None:
        return
    way_back = later(
        "If this was not you, open the link. It takes this away again and ends all sessions, and says before what else goes with it. It works once, for 72 hours."
    )
    link = {"link_label": later("This was not me"), "link_href": undo}
    _write(user_id, trusted, title, (line, way_back), link, always=True)


def write(
    user_id: UUID,
    title: Text,
    lines: tuple[Text, ...],
    link: Mapping[str, Any],
    besides: Collection[str | None] = (),
) -> None:
    """Write to all of a person's addresses, passing over those that no mail can be sent to.

    The title becomes a subject, which is stored and sent in clear: it names nobody.
    """
    addresses = addresses_of(user_id) | set(filter(None, besides))
    _write(user_id, addresses, title, lines, link)


def write_to_login(
    user_id: UUID, title: Text, lines: tuple[Text, ...], link: Mapping[str, Any]
) -> None:
    """Write to the address that they sign in with, or without one where we write to them: of what not everybody may read.

    An address that was named a moment ago need not be theirs.
    """
    login = select(Password.login).where(Password.user_id == user_id)
    email = select(User.email).where(User.id == user_id)
    own = db.session.scalar(login) or db.session.scalar(email)
    _write(user_id, {own} if own else set(), title, lines, link)


def _write(
    user_id: UUID,
    addresses: set[str],
    title: Text,
    lines: tuple[Text, ...],
    link: Mapping[str, Any],
    *,
    always: bool = False,
) -> None:
    locale = tongues.of(user_id)
    with speaking(locale or current_locale()):
        subject = str(title)
    for address in sorted(addresses):
        if not always and _is_flooded(user_id, address, subject):
            log.warning("user %s was written to too often", user_id)
            continue
        try:
            mail.send(
                address, "notice", user_id=user_id, locale=locale, title=title, lines=lines, **link
            )
        except mail.UnsafeAddress:
            # What a provider says of somebody is not always an address.
            log.warning("user %s has an address that no mail can be sent to", user_id)


def _is_flooded(user_id: UUID, address: str, subject: str) -> bool:
    """Whether what one person does has filled this mailbox, which need not be theirs, and told this there before."""
    lately = (Mail.recipient == address, Mail.user_id == user_id, Mail.created_at > now() - _WHILE)
    is_same = case((Mail.subject == subject, 1))
    counts = select(func.count(Mail.id), func.count(is_same)).where(*lately)
    sent, same = db.session.execute(counts).one()
    return bool(sent >= MOST and same >= ALWAYS)


def addresses_of(user_id: UUID) -> set[str]:
    """Where a person can be reached: at their address, and at all that they have proven."""
    email = db.session.scalar(select(User.email).where(User.id == user_id))
    return proven_addresses(user_id) | ({email} if email else set())


def proven_addresses(user_id: UUID) -> set[str]:
    """Their login now and soon, and their alternative addresses: by a code that was mailed there."""
    queries = (
        select(Password.login).where(Password.user_id == user_id),
        select(NewLogin.address).where(NewLogin.user_id == user_id),
        select(AlternativeAddress.address).where(AlternativeAddress.user_id == user_id),
    )
    return {address for query in queries for address in db.session.scalars(query) if address}


def _recovery_addresses(user_id: UUID) -> set[str]:
    """Their login, and an alternative address that counts; without a login, where we write to them.

    A login that came to the account these days may be that of whoever else got in.
    """
    login = select(Password.login).where(Password.user_id == user_id, Password.is_settled())
    email = select(User.email).where(User.id == user_id)
    own = db.session.scalar(login) or db.session.scalar(email)
    spare = select(AlternativeAddress.address).where(
        AlternativeAddress.user_id == user_id, AlternativeAddress.counts()
    )
    return {own, *db.session.scalars(spare)} if own else set()
