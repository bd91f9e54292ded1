"""By what the rows of a person are known, and which addresses are surely theirs."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from xero_onboard.accounts import letters, passwords
from xero_onboard.accounts.models import (
    AlternativeAddress,
    Invitation,
    Membership,
    NewLogin,
    Password,
    User,
    UserIdentity,
)
from xero_onboard.connect.models import Attempt, Connection, Grant
from xero_onboard.lib.db import db

Text = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


@dataclass(frozen=True)
class Belongings:
    """By what a person's rows are known: their id, addresses, logins elsewhere, and customers."""

    user_id: UUID
    name: str
    # Those that they have proven; and all at which they are told something.
    addresses: frozenset[str]
    reached_at: frozenset[str]
    identities: frozenset[tuple[str, str]]
    customers: frozenset[UUID]

    @property
    def voter(self) -> str:
        return f"u:{self.user_id}"

    @property
    def subjects_at_providers(self) -> list[str]:
        return sorted(subject for _, subject in self.identities)

    def is_addressed(self, column: Text) -> ColumnElement[bool]:
        """A condition: this address is theirs, however it is capitalised."""
        folded = [address.lower() for address in self.addresses]
        return or_(column.in_(self.addresses), func.lower(column).in_(folded))

    @property
    def errands_done(self) -> Select[UUID | None]:
        """The errands that they have done for others, by a login of theirs at the provider."""
        done = Attempt.subject.in_(self.subjects_at_providers)
        return select(Attempt.errand_id).where(done, Attempt.errand_id.is_not(None))

    @property
    def is_invited(self) -> ColumnElement[bool]:
        """A condition on invitations: it was mailed to them, or they have accepted it."""
        accepted = Invitation.accepted_by_id == self.user_id
        return or_(accepted, self.is_addressed(Invitation.email))

    @property
    def has_connected(self) -> ColumnElement[bool]:
        """A condition on connections: they made it, for themselves or for somebody who asked."""
        by_login = select(Grant.id).where(self.is_login(Grant.issuer, Grant.subject))
        as_nobody = and_(Connection.connected_by_id.is_(None), Connection.grant_id.in_(by_login))
        return or_(Connection.connected_by_id == self.user_id, as_nobody)

    def is_login(self, issuer: Text, subject: Text) -> ColumnElement[bool]:
        """A condition: this login at a provider is theirs."""
        return or_(false(), *(and_(issuer == one, subject == two) for one, two in self.identities))


def belongings_of(user_id: UUID) -> Belongings:
    """What this user is known by."""
    user = db.session.get_one(User, user_id, populate_existing=True)
    identities = select(UserIdentity.issuer, UserIdentity.subject).where(
        UserIdentity.user_id == user_id
    )
    customers = select(Membership.customer_id).where(Membership.user_id == user_id)
    return Belongings(
        user_id,
        user.name,
        frozenset(_proven_addresses(user_id)),
        frozenset(_own_addresses(user_id)),
        frozenset((issuer, subject) for issuer, subject in db.session.execute(identities)),
        frozenset(db.session.scalars(customers)),
    )


def _proven_addresses(user_id: UUID) -> set[str]:
    """The addresses whose mailbox they have shown to be theirs, and nobody else has.

    A provider's word for an address proves nothing: whoever writes another person's address into
    their profile there must not be given, or delete, what is about that person.
    """
    proven = {passwords.comparable(each) for each in letters.proven_addresses(user_id)}
    return {each for each in _own_addresses(user_id) if passwords.comparable(each) in proven}


def _own_addresses(user_id: UUID) -> set[str]:
    """The login, and what else nobody but they gives as theirs."""
    login = passwords.login_of_user(user_id)
    found = letters.addresses_of(user_id)
    return {each for each in found if each == login or not _is_anothers(user_id, each)}


def _is_anothers(user_id: UUID, address: str) -> bool:
    folded = address.lower()
    claims = (
        exists().where(User.id != user_id, func.lower(User.email) == folded),
        exists().where(Password.user_id != user_id, func.lower(Password.login) == folded),
        exists().where(
            AlternativeAddress.user_id != user_id,
            func.lower(AlternativeAddress.address) == folded,
        ),
        exists().where(NewLogin.user_id != user_id, func.lower(NewLogin.address) == folded),
    )
    return any(db.session.scalar(select(claim)) for claim in claims)
