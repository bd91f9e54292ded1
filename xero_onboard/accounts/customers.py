"""Customers and those who act for them: who may do what there, and never nobody who administers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from xero_onboard.accounts import letters
from xero_onboard.accounts.models import Customer, Membership, StoredSession, User
from xero_onboard.connect.doors import Introduction
from xero_onboard.lib import audit, limits, mail
from xero_onboard.lib.db import begin_write, db
from xero_onboard.lib.languages import Later, Text, later
from xero_onboard.lib.limits import Limit
from xero_onboard.lib.reader import RIGHTS, Owner, Right
from xero_onboard.lib.web import settings


@dataclass(frozen=True)
class Colleague:
    """Somebody who acts for a customer."""

    id: UUID
    name: str
    email: str
    right: Right
    since: datetime
    is_closed: bool


@dataclass(frozen=True)
class OwnCustomer:
    """A customer somebody acts for, and what they may do there."""

    id: UUID
    name: str
    right: Right


# Each change is told to the colleague by mail: of one actor they get no more than this.
NOTICES = Limit("notices: actor and colleague", 10, timedelta(hours=1))

# What each right allows, after "may" or "be able to".
WORDS: Mapping[Right, Later] = {
    "see": later("see the connections and check them"),
    "connect": later("see, connect and disconnect organisations"),
    "administer": later("connect organisations, invite colleagues and say what each may do"),
}


class NoSuchColleague(Exception):
    """Nobody of this customer; whether they are somebody else's is not told."""


class NotAllowed(Exception):
    """They do not administer the customer any longer."""


class StillAdministered(Exception):
    """Somebody who can sign in administers the customer: who else does is theirs to say."""


class NobodyLeft(Exception):
    """The customer would have nobody who administers it."""


def customers_of(user_id: UUID) -> tuple[OwnCustomer, ...]:
    """The customers this user acts for, by name."""
    query = (
        select(Customer.id, Customer.name, Membership.right)
        .join(Membership, Membership.customer_id == Customer.id)
        .where(Membership.user_id == user_id)
        .order_by(Customer.name, Customer.id)
    )
    return tuple(OwnCustomer(*row) for row in db.session.execute(query))


def colleagues(customer_id: UUID) -> tuple[Colleague, ...]:
    """Everybody who acts for this customer, those who came first at the top."""
    is_closed = User.disabled_at.is_not(None)
    query = (
        select(User.id, User.name, User.email, Membership.right, Membership.created_at, is_closed)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.customer_id == customer_id)
        .order_by(Membership.created_at, User.name, User.id)
    )
    return tuple(Colleague(*row) for row in db.session.execute(query))


def orphaned() -> Mapping[UUID, str]:
    """The names of customers whose administrators all have closed accounts, and who have colleagues left."""
    able = select(Membership).join(User).where(User.disabled_at.is_(None))
    of_it = able.where(Membership.customer_id == Customer.id)
    administered = of_it.where(Membership.right == "administer")
    query = select(Customer.id, Customer.name).where(of_it.exists(), ~administered.exists())
    rows = db.session.execute(query.order_by(Customer.name, Customer.id))
    return {row.id: row.name for row in rows}


def heirs(customer_id: UUID) -> tuple[Colleague, ...]:
    """Those who could administer a customer that nobody can; none while somebody can."""
    if who_may("administer", customer_id):
        return ()
    able = who_may("see", customer_id)
    return tuple(each for each in colleagues(customer_id) if each.id in able)


def begin_change(actor: Owner) -> Customer:
    """The customer, held until the end of the transaction, for one who administers it. Raises NotAllowed.

    Held, because two administrators who remove each other at once would both see the other one left;
    asked again, because whoever was first may have taken this right from the second.
    """
    customer = hold(actor.customer_id)
    own = _membership(actor)
    if own is None or own.right != "administer":
        raise NotAllowed(actor.user_id)
    return customer


def hold(customer_id: UUID) -> Customer:
    """The customer as it is now, and as only we may change it until the end of the transaction."""
    return db.session.get_one(Customer, customer_id, populate_existing=True, with_for_update=True)


def set_right(actor: Owner, user_id: UUID, right: Right) -> None:
    """Say what a colleague may do. Raises NotAllowed, NoSuchColleague, NobodyLeft or TooMany."""
    _count_notice(actor, user_id)
    customer = begin_change(actor)
    membership = _colleague(actor.customer_id, user_id)
    if membership.right == right:
        return
    _change(membership, right)
    _ensure_administered(customer)
    write(
        user_id,
        later("What you may do as a colleague was changed"),
        later(
            "For %(name)s you may %(right)s from now on.", name=customer.name, right=WORDS[right]
        ),
    )


def hand_over(actor: Owner, user_id: UUID) -> None:
    """Have a colleague administer in one's own place.

    Raises NotAllowed, NoSuchColleague, NobodyLeft or TooMany.
    """
    _count_notice(actor, user_id)
    customer = begin_change(actor)
    if user_id == actor.user_id:
        raise NoSuchColleague(user_id)
    _change(_colleague(actor.customer_id, user_id), "administer")
    _change(_colleague(actor.customer_id, actor.user_id), "connect")
    _ensure_administered(customer)
    write(
        user_id,
        later("A colleague has handed over to you"),
        later(
            "You administer %(name)s now: you decide who joins, and what each may do.",
            name=customer.name,
        ),
    )
    write(
        actor.user_id,
        later("You have handed over to a colleague"),
        later(
            "Somebody else administers %(name)s now; you may %(words)s.",
            name=customer.name,
            words=WORDS["connect"],
        ),
        later("If this was not you, speak with your colleague, and set a new password."),
    )


def appoint(customer_id: UUID, user_id: UUID) -> None:
    """Have support say who administers a customer that nobody can. Raises NoSuchColleague or StillAdministered."""
    customer = hold(customer_id)
    if who_may("administer", customer_id):
        raise StillAdministered(customer_id)
    if user_id not in who_may("see", customer_id):
        raise NoSuchColleague(user_id)
    _change(_colleague(customer_id, user_id), "administer")
    write(
        user_id,
        later("You administer a company now"),
        later(
            "Nobody else was left who could, so support has chosen you. You administer %(name)s now: you decide who joins, and what each may do.",
            name=customer.name,
        ),
    )


def remove(actor: Owner, user_id: UUID) -> None:
    """Take a colleague away from the customer. Raises NotAllowed, NoSuchColleague, NobodyLeft or TooMany."""
    _count_notice(actor, user_id)
    customer = begin_change(actor)
    _end(_colleague(actor.customer_id, user_id), customer, how="removed")
    write(
        user_id,
        later("A colleague has removed you"),
        later(
            "You no longer act for %(name)s. The connections there stay as they are.",
            name=customer.name,
        ),
    )


def leave(actor: Owner) -> None:
    """Act for the customer no longer; connections stay. Raises NoSuchColleague or NobodyLeft."""
    customer = hold(actor.customer_id)
    _end(_colleague(actor.customer_id, actor.user_id), customer, how="left")
    line = later(
        "You no longer act for %(name)s. The connections there stay as they are.",
        name=customer.name,
    )
    write(actor.user_id, later("You have left a company"), line)
    name = db.session.scalar(select(User.name).where(User.id == actor.user_id)) or "Somebody"
    for administrator in who_may("administer", customer.id):
        left = later(
            "%(person)s no longer acts for %(name)s.", person=mail.name(name), name=customer.name
        )
        write(administrator, later("A colleague has left"), left)


def rename(actor: Owner, name: str) -> None:
    """Call the customer by another name. Raises NotAllowed."""
    customer = begin_change(actor)
    if customer.name == name:
        return
    customer.name = name
    audit.record("customer_renamed", customer=customer.id, subject=f"customer:{customer.id}")


def join(user_id: UUID, customer: Customer, right: Right) -> bool:
    """Let a user act for a customer that is held; what they may do already is never lowered.

    False when nothing was changed by it.
    """
    known = _membership(Owner(user_id, customer.id))
    if known is None:
        db.session.add(Membership(user_id=user_id, customer_id=customer.id, right=right))
    elif RIGHTS.index(known.right) < RIGHTS.index(right):
        known.right = right
    else:
        return False
    db.session.flush()
    return True


def may_connect(actor: Owner) -> bool:
    """Whether this user may connect for this customer now."""
    own = _membership(actor)
    return own is not None and own.right in ("connect", "administer")


def introduce(actor: Owner) -> Introduction | None:
    """What a user and their customer are called; None for one who cannot act for it any more."""
    query = (
        select(User.name, User.email, Customer.name)
        .join(Membership, Membership.user_id == User.id)
        .join(Customer, Customer.id == Membership.customer_id)
        .where(
            User.id == actor.user_id,
            User.disabled_at.is_(None),
            Customer.id == actor.customer_id,
            Customer.closed_at.is_(None),
        )
    )
    row = db.session.execute(query).one_or_none()
    return Introduction(*row) if row else None


def who_may(right: Right, customer_id: UUID) -> tuple[UUID, ...]:
    """Those who may do this for a customer, and can sign in to do it."""
    query = select(Membership.user_id).join(User, User.id == Membership.user_id)
    return tuple(
        db.session.scalars(
            query.where(
                Membership.customer_id == customer_id,
                Membership.right.in_(RIGHTS[RIGHTS.index(right) :]),
                User.disabled_at.is_(None),
            ).order_by(Membership.created_at, Membership.user_id)
        )
    )


def write(user_id: UUID, title: Text, *lines: Text) -> None:
    """Tell somebody by mail, at all their addresses, what was done among colleagues."""
    link = {
        "link_label": later("Look at your colleagues"),
        "link_href": f"{settings().public_origin}/account/colleagues",
    }
    letters.write(user_id, title, lines, link)


def _count_notice(actor: Owner, user_id: UUID) -> None:
    limits.count(NOTICES, f"{actor.user_id}|{user_id}")
    begin_write()


def _membership(actor: Owner) -> Membership | None:
    key = (actor.user_id, actor.customer_id)
    return db.session.get(Membership, key, populate_existing=True)


def _colleague(customer_id: UUID, user_id: UUID) -> Membership:
    found = _membership(Owner(user_id, customer_id))
    if found is None:
        raise NoSuchColleague(user_id)
    return found


def _change(membership: Membership, right: Right) -> None:
    membership.right = right
    db.session.flush()
    audit.record(
        "colleague_role_changed",
        customer=membership.customer_id,
        subject=f"user:{membership.user_id}",
        right=right,
    )


def _end(membership: Membership, customer: Customer, how: str) -> None:
    user_id = membership.user_id
    db.session.delete(membership)
    db.session.flush()
    _ensure_administered(customer)
    _forget_choice(user_id, customer.id)
    audit.record("colleague_left", customer=customer.id, subject=f"user:{user_id}", how=how)


def _ensure_administered(customer: Customer) -> None:
    """Whoever was disabled counts for nothing: they cannot sign in to administer."""
    if not who_may("administer", customer.id):
        raise NobodyLeft(customer.id)


def _forget_choice(user_id: UUID, customer_id: UUID) -> None:
    """Whoever is invited again later begins anew, and not in the middle of an old session."""
    for row in db.session.scalars(select(StoredSession).where(StoredSession.user_id == user_id)):
        if row.content.get("customer") == str(customer_id):
            row.content = {name: row.content[name] for name in row.content if name != "customer"}
    db.session.flush()
