"""Invitations to act for a customer: a link by mail, worth something once, while its sender administers."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, select, update

from xero_onboard.accounts import closing, customers, guarding, passwords
from xero_onboard.accounts.models import Customer, Invitation, Membership, User
from xero_onboard.lib import audit, mail
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import db
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.languages import later
from xero_onboard.lib.reader import Owner, Right
from xero_onboard.lib.web import settings

LIFE = timedelta(days=7)
KEEP = timedelta(days=30)


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation nobody has accepted yet, as those who administer see it."""

    id: UUID
    email: str
    right: Right
    expires_at: datetime


@dataclass(frozen=True)
class Offer:
    """An invitation, as whoever holds its link sees it."""

    id: UUID
    customer_id: UUID
    customer: str
    invited_by: str
    email: str
    right: Right
    sent_at: datetime
    expires_at: datetime


class NoSuchInvitation(Exception):
    """It was used, withdrawn or has run out, or it never was; which of them is not told."""


def invite(actor: Owner, address: str, right: Right, network: str) -> None:
    """Mail somebody a link to join. Raises BadAddress, TooMany or NotAllowed.

    Nothing is looked up by the address, so that nobody learns who has an account here.
    """
    email = passwords.login_of(address)
    guarding.count_asking(email, network)
    customer = customers.begin_change(actor)
    _withdraw(and_(Invitation.customer_id == customer.id, Invitation.email == email))
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        customer_id=customer.id,
        email=email,
        right=right,
        token_digest=digest(token),
        invited_by_id=actor.user_id,
        expires_at=now() + LIFE,
    )
    db.session.add(invitation)
    db.session.flush()
    audit.record("colleague_invited", subject=f"invitation:{invitation.id}", right=right)
    _mail(email, right, customer, actor.user_id, token)


def _mail(email: str, right: Right, customer: Customer, sender_id: UUID, token: str) -> None:
    sender = db.session.get_one(User, sender_id)
    mail.send(
        email,
        "notice",
        title=later(
            "You are invited to work with a colleague in %(product)s",
            product=settings().product_name,
        ),
        lines=(
            later(
                "%(person)s%(proven)s invites you to act for %(company)s.",
                person=mail.name(sender.name),
                proven=_proven(sender.id),
                company=mail.name(customer.name),
            ),
            later("You would be able to %(right)s.", right=customers.WORDS[right]),
            later(
                "The link works once, for %(days)s days. If you do not know the sender, ignore it.",
                days=LIFE.days,
            ),
        ),
        why=later("somebody typed this address there"),
        link_label=later("Look at the invitation"),
        link_href=f"{settings().public_origin}/invitations/{token}",
    )


def open_invitations(customer_id: UUID) -> tuple[OpenInvitation, ...]:
    """The invitations that can still be accepted, the newest first."""
    query = (
        select(Invitation.id, Invitation.email, Invitation.right, Invitation.expires_at)
        .where(Invitation.customer_id == customer_id, _is_open())
        .order_by(Invitation.created_at.desc(), Invitation.id)
    )
    return tuple(OpenInvitation(*row) for row in db.session.execute(query))


def withdraw(actor: Owner, invitation_id: UUID) -> None:
    """Make an invitation worthless. Raises NotAllowed or NoSuchInvitation."""
    customer = customers.begin_change(actor)
    if not _withdraw(and_(Invitation.id == invitation_id, Invitation.customer_id == customer.id)):
        raise NoSuchInvitation(invitation_id)


def by_link(token: str) -> Offer:
    """What a link offers; looking uses nothing up. Raises NoSuchInvitation."""
    return _offer(Invitation.token_digest == digest(token))


def by_id(invitation_id: UUID) -> Offer:
    """What an invitation offers to one who has shown its link. Raises NoSuchInvitation."""
    return _offer(Invitation.id == invitation_id)


def accept(invitation_id: UUID, user_id: UUID) -> Offer:
    """Join by an invitation, which is used up. Raises NoSuchInvitation."""
    offer = by_id(invitation_id)
    customer = customers.hold(offer.customer_id)
    taken = db.session.scalar(
        update(Invitation)
        .where(Invitation.id == invitation_id, _is_open())
        .values(accepted_at=now(), accepted_by_id=user_id)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise NoSuchInvitation(invitation_id)
    closing.close_unused(user_id, since=offer.sent_at)
    is_news = customers.join(user_id, customer, offer.right)
    audit.record(
        "colleague_joined",
        actor=user_id,
        customer=customer.id,
        subject=f"invitation:{invitation_id}",
        right=offer.right,
    )
    if is_news:
        _tell_administrators(customer, user_id, offer)
    return offer


@every_minute("forget invitations")
def forget_invitations() -> None:
    """Remove old invitations, with the addresses that were typed."""
    db.session.execute(delete(Invitation).where(Invitation.expires_at < now() - KEEP))


def _is_open() -> ColumnElement[bool]:
    """Also that the sender still administers: nobody comes back by an invitation of their own."""
    return and_(
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now(),
        exists()
        .where(
            Membership.user_id == Invitation.invited_by_id,
            Membership.customer_id == Invitation.customer_id,
            Membership.right == "administer",
            User.id == Membership.user_id,
            User.disabled_at.is_(None),
        )
        .correlate(Invitation),
    )


def _offer(which: ColumnElement[bool]) -> Offer:
    query = (
        select(
            Invitation.id,
            Customer.id,
            Customer.name,
            User.name,
            Invitation.email,
            Invitation.right,
            Invitation.created_at,
            Invitation.expires_at,
        )
        .join(Customer, Customer.id == Invitation.customer_id)
        .join(User, User.id == Invitation.invited_by_id)
        .where(which, _is_open())
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NoSuchInvitation
    return Offer(*row)


def _withdraw(which: ColumnElement[bool]) -> bool:
    withdrawn = db.session.scalars(
        update(Invitation)
        .where(which, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    ).all()
    for invitation_id in withdrawn:
        audit.record("invitation_withdrawn", subject=f"invitation:{invitation_id}")
    return bool(withdrawn)


def _proven(user_id: UUID) -> str:
    """The address of somebody in brackets, if it is surely theirs."""
    login = passwords.login_of_user(user_id)
    return f" ({login})" if login else ""


def _tell_administrators(customer: Customer, user_id: UUID, offer: Offer) -> None:
    joined = db.session.get_one(User, user_id)
    for administrator in customers.who_may("administer", customer.id):
        if administrator != user_id:
            customers.write(
                administrator,
                later("A colleague has joined"),
                later(
                    "%(person)s%(proven)s has accepted the invitation to %(email)s.",
                    person=mail.name(joined.name),
                    proven=_proven(user_id),
                    email=offer.email,
                ),
                later(
                    "For %(name)s they may %(right)s.",
                    name=customer.name,
                    right=customers.WORDS[offer.right],
                ),
            )
