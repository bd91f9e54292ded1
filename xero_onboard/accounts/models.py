"""People, how they prove who they are, the customers they act for, and their sessions."""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    and_,
    false,
    or_,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from xero_onboard.lib.clock import now
from xero_onboard.lib.db import Table, UtcDateTime, new_id
from xero_onboard.lib.reader import Right, Role

LONGEST_NAME = 200
LONGEST_EMAIL = 320
# What came to an account is its owner's once nobody has taken it back for so long.
SETTLING = timedelta(hours=72)

ProofKind = Literal["register", "reset", "alternative", "second_step", "login", "new_login"]


class User(Table):
    """A person; `email` is where we write to them, and never how they are recognised."""

    __tablename__ = "user"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL))
    role: Mapped[Role] = mapped_column(String(10), default="reader", server_default="reader")
    # What they read pages in last, and what mail is written to them in.
    locale: Mapped[str | None] = mapped_column(String(12))
    # Of support staff: whether what waits for them is mailed to them every week.
    wants_digest: Mapped[bool] = mapped_column(default=True, server_default=true())
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class UserIdentity(Table):
    """A provider's name for a person; two people may well share an e-mail address."""

    __tablename__ = "user_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(200))
    # The account began with it, so that it says where its owner is written to.
    is_first: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @classmethod
    def is_settled(cls) -> ColumnElement[bool]:
        """A condition: the account began with it, or nobody has taken it back since."""
        return or_(cls.is_first, cls.created_at <= now() - SETTLING)


class Password(Table):
    """A password, and the address somebody signs in with beside it: proven, and in one form."""

    __tablename__ = "password"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    login: Mapped[str] = mapped_column(String(LONGEST_EMAIL), unique=True)
    verifier: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # The last change was made through the alternative address, which then proves nothing more.
    was_recovered: Mapped[bool] = mapped_column(default=False)
    # The last change was made by a mailed link, so that for a while it shows a mailbox and not its owner.
    was_mailed: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Long enough beside a second step only, which then cannot be taken away from it.
    is_short: Mapped[bool] = mapped_column(default=False)
    # When it came to an account that had none; unset where the account began with one.
    added_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The verifiers before the last changes, the oldest first and parted by spaces, for as long as
    # those changes can be somebody else's.
    earlier: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def is_settled(cls) -> ColumnElement[bool]:
        """A condition: it has been there for so long that its login is the owner's."""
        return or_(cls.added_at.is_(None), cls.added_at <= now() - SETTLING)


class Authenticator(Table):
    """An authenticator app; no code counts whose half minute is not after `last_step`."""

    __tablename__ = "authenticator"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    secret_sealed: Mapped[str] = mapped_column(String(255))
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # When another app took the place of the first one, which is no addition.
    moved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Table):
    """One of ten codes, slow to guess; the salt is the set's, so that a try costs one hash."""

    __tablename__ = "recovery_code"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    verifier: Mapped[bytes] = mapped_column(LargeBinary(32))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Passkey(Table):
    """A passkey: the device asks for a finger or a PIN, so that it is two proofs at once."""

    __tablename__ = "passkey"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PasskeyChallenge(Table):
    """What one browser was asked to sign, for one answer; the id is a digest."""

    __tablename__ = "passkey_challenge"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_digest: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(10))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AlternativeAddress(Table):
    """A second mailbox to recover with: it counts only some days after it was proven.

    And it goes on counting for some days after it was given up; of those that do not end there is one.
    """

    __tablename__ = "alternative_address"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(String(LONGEST_EMAIL), primary_key=True)
    verified_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    counts_from: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def lasts(cls) -> ColumnElement[bool]:
        """A condition: it was not given up, or not for long."""
        return or_(cls.ends_at.is_(None), cls.ends_at > now())

    @classmethod
    def counts(cls) -> ColumnElement[bool]:
        """A condition: it helps to get back in now."""
        return and_(cls.counts_from <= now(), cls.lasts())


class NewLogin(Table):
    """The address that will be signed in with, proven, from some days after it was; until then the old one."""

    __tablename__ = "new_login"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(String(LONGEST_EMAIL))
    verified_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    counts_from: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class KnownDevice(Table):
    """A browser in which this user has signed in fully; the id is the digest of its cookie.

    It opens nothing. Its tries are counted apart, so that nobody who guesses at a login from
    elsewhere keeps its owner out.
    """

    __tablename__ = "known_device"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)


class MailedProof(Table):
    """A code or link that proves a mailbox, from the asking to its one use.

    Asking always writes a row and no more; the worker looks the address up and writes the mail. So
    asking takes as long for an address we know as for any other.
    """

    __tablename__ = "mailed_proof"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(LONGEST_EMAIL))
    browser_digest: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    # What is to be done once it is proven: for registering, the name and the password's verifier.
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # In which language it was asked for, and is mailed.
    locale: Mapped[str | None] = mapped_column(String(12))
    secret_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    tries: Mapped[int] = mapped_column(default=0)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Customer(Table):
    """An account of the vendor; connections are its, not those of the person who pressed the button."""

    __tablename__ = "customer"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    # Its last member is gone; it is deleted once the provider has confirmed that nothing is connected.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class Membership(Table):
    """A user who acts for a customer, and what they may do there: see, connect or administer."""

    __tablename__ = "membership"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(
        ForeignKey("customer.id"), primary_key=True, index=True
    )
    right: Mapped[Right] = mapped_column(
        String(10), default="administer", server_default="administer"
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Invitation(Table):
    """A colleague who may join a customer, by a link that is used once; the id is not the secret."""

    __tablename__ = "invitation"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    customer_id: Mapped[UUID] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL))
    right: Mapped[Right] = mapped_column(String(10))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    accepted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StoredSession(Table):
    """What a browser's cookie stands for; the id is a digest, so that a stolen table opens nothing.

    `user_id` is set while somebody is half signed in, too: what ends a user's sessions ends these.
    """

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    # What its owner calls it by when they end it; the handle's digest is nobody's business.
    name: Mapped[UUID] = mapped_column(Uuid, default=new_id, unique=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Tries at the second step: a column, so that many at once are counted one by one.
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    device: Mapped[str | None] = mapped_column(String(80))
    address: Mapped[str | None] = mapped_column(String(64))
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
