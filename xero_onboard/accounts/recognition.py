"""Recognising people by what their provider says of them, never by their e-mail address."""

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from xero_onboard.accounts import address
from xero_onboard.accounts.entry import begin, hold
from xero_onboard.accounts.models import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    Customer,
    Membership,
    User,
    UserIdentity,
)
from xero_onboard.lib import names
from xero_onboard.lib.db import db
from xero_onboard.lib.reader import Identity, Owner, Reader, Role, SomebodyElse, TakenIdentity


def recognise(identity: Identity, reader: Reader, present: UUID | None = None) -> Owner:
    """Whom a proven identity acts for: the reader if signed in, else its own user, made now if new.

    A stranger is signed in by this, or half signed in where a second step is owed; `(issuer, subject)`
    decides who it is, never the e-mail address, which anybody may have written into their profile at
    the provider. Raises SomebodyElse when a stranger's identity is not that of the user who is
    `present` by now, and Disabled.
    """
    if reader.user_id is not None:
        return Owner(reader.user_id, reader.customer_id or _new_customer(reader.user_id))
    user_id = _held(identity)
    if present not in (None, user_id):
        raise SomebodyElse
    user_id = user_id or _sign_up(identity)
    given = identity.email if _began_with(identity) else None
    if present is not None or begin(user_id, "xero", given):
        address.take_providers(user_id, given)
    return Owner(user_id, customer_of(user_id) or _new_customer(user_id))


def link(identity: Identity, user_id: UUID, *, is_first: bool = False) -> UserIdentity | None:
    """Let this user sign in with this login from now on, None if they do; raises TakenIdentity."""
    holder = user_of(identity)
    if holder not in (None, user_id):
        raise TakenIdentity
    if holder is not None:
        return None
    row = UserIdentity(
        user_id=user_id, issuer=identity.issuer, subject=identity.subject, is_first=is_first
    )
    with db.session.begin_nested():
        db.session.add(row)
    return row


def make_user(name: str, email: str, role: Role = "reader") -> User:
    """A new user, who acts for nobody yet."""
    user = User(name=names.seen(name)[:LONGEST_NAME], email=email[:LONGEST_EMAIL], role=role)
    db.session.add(user)
    db.session.flush()
    return user


def customer_of(user_id: UUID) -> UUID | None:
    """The customer a user acts for when they have not chosen another."""
    query = select(Membership.customer_id).where(Membership.user_id == user_id)
    return db.session.scalar(query.order_by(Membership.created_at, Membership.customer_id).limit(1))


def _new_customer(user_id: UUID) -> UUID:
    """A customer of their own for somebody who has none and now connects."""
    user = db.session.get_one(User, user_id)
    customer = Customer(name=user.name)
    db.session.add(customer)
    db.session.flush()
    db.session.add(Membership(user_id=user_id, customer_id=customer.id))
    db.session.flush()
    return customer.id


def user_of(identity: Identity) -> UUID | None:
    """Whose login at the provider this is."""
    return db.session.scalar(select(UserIdentity.user_id).where(*_is(identity)))


def _is(identity: Identity) -> tuple[ColumnElement[bool], ...]:
    return (UserIdentity.issuer == identity.issuer, UserIdentity.subject == identity.subject)


def _began_with(identity: Identity) -> bool:
    """Whether its account began with it: one that was linked later says nothing of where its owner reads mail."""
    return bool(db.session.scalar(select(UserIdentity.is_first).where(*_is(identity))))


def _held(identity: Identity) -> UUID | None:
    """Whose login it is, held: who unlinks it ends the sessions that it opens, too."""
    user_id = user_of(identity)
    if user_id is None:
        return None
    hold(user_id)
    return user_of(identity)


def _sign_up(identity: Identity) -> UUID:
    try:
        with db.session.begin_nested():
            user = make_user(names.seen(identity.name) or identity.email, identity.email)
            link(identity, user.id, is_first=True)
            _new_customer(user.id)
            return user.id
    except IntegrityError:
        # The same person came back in two tabs at once, and the other was first.
        user_id = user_of(identity)
        if user_id is None:
            raise
        return user_id
