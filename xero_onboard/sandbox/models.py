"""What the practice Xero remembers: people, organisations, log ins, consents and what an app was given."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from xero_onboard.lib.db import UtcDateTime, new_id
from xero_onboard.sandbox.store import Table

Stage = Literal["code", "set_up", "in"]
Purpose = Literal["log_in", "add_email"]
# What an organisation can be; the API answers nobody for one that is closed.
Condition = Literal["ordinary", "demo", "trial", "closed"]

# Only these may let an app into an organisation.
AUTHORISING_ROLES = frozenset({"Standard", "Adviser"})


class Organisation(Table):
    """A business whose books are in Xero; its id is what the API calls the tenant id."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str]
    country_code: Mapped[str]
    currency: Mapped[str]
    timezone: Mapped[str]
    short_code: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    condition: Mapped[str] = mapped_column(default="ordinary")
    has_two_uncertified_apps: Mapped[bool] = mapped_column(default=False)


class Person(Table):
    """Somebody to practise with; their id is what tokens call xero_userid."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    about: Mapped[str]
    must_use_two_step: Mapped[bool] = mapped_column(default=False)
    authenticator_key: Mapped[str | None]
    last_step: Mapped[int] = mapped_column(default=0)
    backup_email: Mapped[str | None]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    memberships: Mapped[list["Membership"]] = relationship(order_by="Membership.position")
    answers: Mapped[list["SecurityAnswer"]] = relationship(
        order_by="SecurityAnswer.position", cascade="all, delete-orphan"
    )

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def has_two_step(self) -> bool:
        return self.authenticator_key is not None

    @property
    def subject(self) -> str:
        """Tokens name a person twice; `sub` is 32 hexadecimal digits and not the id."""
        return self.id.hex[::-1]


class SecurityAnswer(Table):
    """One of a person's three security questions."""

    __tablename__ = "security_answer"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    position: Mapped[int]
    question: Mapped[str]
    answer: Mapped[str]


class Membership(Table):
    """What a person may do in an organisation."""

    __tablename__ = "membership"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    position: Mapped[int]
    role: Mapped[str]

    organisation: Mapped[Organisation] = relationship()

    @property
    def may_authorise(self) -> bool:
        return self.role in AUTHORISING_ROLES


class LoginSession(Table):
    """A browser on its way in, or in; `draft_key` and `draft_step` hold a set-up that is not finished."""

    __tablename__ = "login_session"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    token_digest: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    stage: Mapped[str]
    methods: Mapped[str] = mapped_column(default="pwd")
    goes_on_to: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    draft_key: Mapped[str | None]
    draft_step: Mapped[int | None]

    person: Mapped[Person] = relationship()

    @property
    def has_confirmed_app(self) -> bool:
        return self.draft_step is not None

    @property
    def may_add_email(self) -> bool:
        return self.stage == "in" or (self.stage == "set_up" and self.has_confirmed_app)


class TrustedDevice(Table):
    """A browser that is not asked for a code."""

    __tablename__ = "trusted_device"

    token_digest: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Mail(Table):
    """An e-mail that would have been sent."""

    __tablename__ = "mail"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    to: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    code: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EmailCode(Table):
    """Six digits on their way to an address, good once and for the browser that asked."""

    __tablename__ = "email_code"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    login_session_id: Mapped[UUID] = mapped_column(ForeignKey("login_session.id"))
    purpose: Mapped[str]
    email: Mapped[str]
    code: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Consent(Table):
    """A scope that a person has allowed the app; scopes add up until the app gives them back."""

    __tablename__ = "consent"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]


class AuthEvent(Table):
    """One passage through the consent page; everything issued afterwards carries its id."""

    __tablename__ = "auth_event"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    scope: Mapped[str] = mapped_column(Text)
    sign_in_id: Mapped[str]
    methods: Mapped[str]
    authenticated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()

    @property
    def scopes(self) -> list[str]:
        return self.scope.split()


class AuthorizationCode(Table):
    """What the browser carries back to the app, good once and for five minutes."""

    __tablename__ = "authorization_code"

    code_digest: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("auth_event.id"))
    redirect_uri: Mapped[str]
    nonce: Mapped[str | None]
    challenge: Mapped[str | None]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[AuthEvent] = relationship()


class RefreshToken(Table):
    """A standing permission, replaced at every use."""

    __tablename__ = "refresh_token"

    token_digest: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("auth_event.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event: Mapped[AuthEvent] = relationship()


class Connection(Table):
    """The app's link to one organisation through one person; kept when disconnected, for its dates."""

    __tablename__ = "connection"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    auth_event_id: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disconnected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()


class CallCount(Table):
    """How many calls were made in one window of one limit."""

    __tablename__ = "call_count"

    limit: Mapped[str] = mapped_column(primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(default=0)


class SigningKey(Table):
    """A key that signs tokens, the newest one of today; they outlive starting again, as an issuer's would."""

    __tablename__ = "signing_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str]
    pem: Mapped[str] = mapped_column(Text)


class ArmedFault(Table):
    """A fault of the catalogue that waits at a place for calls; `remaining` is None until switched off."""

    __tablename__ = "armed_fault"

    id: Mapped[int] = mapped_column(primary_key=True)
    fault: Mapped[str]
    kind: Mapped[str]
    place: Mapped[str]
    values: Mapped[str] = mapped_column(Text)
    remaining: Mapped[int | None]
    met: Mapped[int] = mapped_column(default=0)
    armed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def is_on(self) -> bool:
        return self.remaining is None or self.remaining > 0


class ChosenAnswer(Table):
    """Which of the reported behaviours this Xero shows, where it is not the usual one."""

    __tablename__ = "chosen_answer"

    question: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[str]


class Webhook(Table):
    """Something that was told to the app, how often, and what its last answer was like."""

    __tablename__ = "webhook"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    what: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    signature: Mapped[str]
    sequence: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    # None when no answer came in time, and then why.
    status: Mapped[int | None]
    failure: Mapped[str | None]
    answer_length: Mapped[int] = mapped_column(default=0)
    sets_cookie: Mapped[bool] = mapped_column(default=False)
    seconds: Mapped[float] = mapped_column(default=0.0)
