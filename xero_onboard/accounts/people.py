"""What operators and administrators do with accounts: make them, give roles, close them, let people back in."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from xero_onboard.accounts import (
    devices,
    letters,
    passwords,
    proofs,
    recognition,
    second_step,
    undoing,
)
from xero_onboard.accounts.address import undo_changes
from xero_onboard.accounts.entry import find, hold
from xero_onboard.accounts.models import (
    Customer,
    MailedProof,
    Membership,
    Passkey,
    User,
)
from xero_onboard.accounts.protection import protection_of
from xero_onboard.accounts.registering import STOPPED, Incomplete, LinkUsed
from xero_onboard.accounts.sessions import end_sessions
from xero_onboard.lib import audit, names
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import begin_read, begin_write, db
from xero_onboard.lib.languages import Later, Text, later
from xero_onboard.lib.reader import Disabled, Role
from xero_onboard.lib.web import settings

LINK_LIFE = timedelta(minutes=10)
RECOVERY = "recovery"
# Nothing that is mistaken for something else when it is read aloud or copied from a screen.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 5, 4


class NoSuchPerson(LookupError):
    """Nobody signs in with this address, and nobody has this id."""


class TakenLogin(Exception):
    """Somebody signs in with this address already."""


class NoPassword(Exception):
    """This person signs in without a password: no address is proven that one could be set for."""


class OnlyWayIn(Exception):
    """Without their passkeys nobody could sign in to this account any more."""


class LastAdministrator(Exception):
    """Without this person nobody could administer the site."""


class NeedsAnotherAdministrator(Exception):
    """The second step of support staff is taken away by another administrator alone."""


def create(address: str, name: str, role: Role, password: str | None = None) -> tuple[UUID, str]:
    """Make an account, and the password to be told once. Raises BadAddress, Incomplete or TakenLogin."""
    login, called = passwords.login_of(address), names.seen(name)
    if not called:
        raise Incomplete({"name": "A name is missing."})
    chosen = password or new_password()
    verifier = passwords.sealed(chosen)
    try:
        with db.session.begin_nested():
            user = recognition.make_user(called, login, role)
            passwords.add(user.id, login, verifier)
    except IntegrityError as error:
        raise TakenLogin from error
    if role == "reader":
        _make_customer(user)
    audit.record("user_created", subject=f"user:{user.id}", role=role)
    return user.id, chosen


def new_password() -> str:
    """A password that nobody guesses, and that can be copied by hand."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def has_staff() -> bool:
    """Whether anybody works here yet."""
    return bool(db.session.scalar(select(func.count()).where(User.role != "reader")))


def staff() -> Mapping[UUID, str]:
    """The names of those who work here."""
    query = select(User.id, User.name, User.email).where(
        User.role != "reader", User.disabled_at.is_(None)
    )
    return {row.id: row.name or row.email for row in db.session.execute(query.order_by(User.name))}


def staff_addresses() -> Mapping[UUID, str]:
    """Where we write to those who work here."""
    is_staff = (User.role != "reader", User.disabled_at.is_(None))
    rows = db.session.execute(select(User.id, User.email).where(*is_staff).order_by(User.id))
    return {row.id: row.email for row in rows}


def works_as(user_id: UUID) -> Role | None:
    """What they work here as, None for a reader and where the account is closed."""
    is_staff = (User.role != "reader", User.disabled_at.is_(None))
    return db.session.scalar(select(User.role).where(User.id == user_id, *is_staff))


def names_of(user_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The names of people by their ids, without those whose account is gone."""
    query = select(User.id, User.name, User.email).where(User.id.in_(user_ids))
    return {row.id: row.name or row.email for row in db.session.execute(query)}


def whom(named: str) -> UUID:
    """Who signs in with this address, or has this id; raises NoSuchPerson.

    An address that only a provider gives as somebody's names nobody: anybody may have written it
    into their profile there.
    """
    found = _parsed_id(named) or passwords.user_of_login(passwords.comparable(named))
    if found is None or db.session.get(User, found) is None:
        raise NoSuchPerson(named)
    return found


def _parsed_id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def staff_names() -> list[str]:
    """What everybody who works here is called."""
    return list(db.session.scalars(select(User.name).where(User.role != "reader")))


def set_role(user_id: UUID, role: Role) -> bool:
    """Give another role, and end all sessions; False for one they have. Raises NoSuchPerson or LastAdministrator."""
    user = _hold(user_id)
    if user.role == role:
        return False
    keep_an_administrator(user_id)
    before, user.role = user.role, role
    # What a second mailbox was asked for by a reader sets no password of support staff.
    proofs.end_links(user_id)
    end_sessions(user_id)
    audit.record("role_changed", subject=f"user:{user_id}", role=role, before=before)
    _tell(
        user_id,
        later("Your role was changed"),
        later("You are %(role)s from now on.", role=_ROLES[role]),
    )
    return True


def disable(user_id: UUID) -> None:
    """Close the account and end all its sessions. Raises NoSuchPerson or LastAdministrator."""
    user = _hold(user_id)
    if user.disabled_at is not None:
        return
    keep_an_administrator(user_id)
    _close(user)
    _tell(
        user_id,
        later("Your account was closed"),
        later("Nobody can sign in to it until it is opened again."),
    )


def dismiss(login: str) -> bool:
    """Close the account of somebody at support who does not exist, so that it need not be said to anybody.

    Even that of the last administrator: there was none. False when there is nothing to close.
    """
    user_id = passwords.user_of_login(login)
    user = _hold(user_id) if user_id else None
    if user is None or user.role == "reader" or user.disabled_at is not None:
        return False
    _close(user)
    return True


def enable(user_id: UUID) -> None:
    """Open a closed account again; raises NoSuchPerson."""
    user = _hold(user_id)
    if user.disabled_at is None:
        return
    user.disabled_at = None
    audit.record("user_enabled", subject=f"user:{user_id}")
    _tell(
        user_id, later("Your account was opened again"), later("You can sign in as you did before.")
    )


def keep_an_administrator(user_id: UUID) -> None:
    """Raise LastAdministrator if nobody could administer the site without this user.

    All administrators are held until the end of the transaction, and this user with them: two must
    not take each other's role at the same moment.
    """
    held = _hold_with_administrators(user_id)
    able = [each.id for each in held if each.role == "admin" and each.disabled_at is None]
    if able == [user_id]:
        raise LastAdministrator


def make_link(user_id: UUID) -> str:
    """A link with which the person sets a password, once and soon; links made before it end.

    It leaves the second step alone: no one thing may stand for both. Raises NoSuchPerson, Disabled or NoPassword.
    """
    if _hold(user_id).disabled_at is not None:
        raise Disabled
    login = passwords.login_of_user(user_id)
    if login is None:
        raise NoPassword
    _forget_links(user_id)
    token = secrets.token_urlsafe(32)
    db.session.add(
        MailedProof(
            kind=RECOVERY,
            address=login,
            browser_digest="",
            user_id=user_id,
            content={},
            secret_digest=digest(token),
            # It is handed over by the one who made it, and not mailed.
            mailed_at=now(),
            expires_at=now() + LINK_LIFE,
        )
    )
    audit.record("recovery_link_made", subject=f"user:{user_id}")
    made = later("Support made a link by which you can set a new password within 10 minutes.")
    _tell(user_id, later("A link to get back into your account was made"), made, _STAYS_ON)
    return f"{settings().public_origin}/password/recover/{token}"


def is_open(token: str) -> bool:
    """Whether this link may still be used; looking uses nothing up."""
    return db.session.scalar(select(MailedProof.id).where(*_link(token))) is not None


def recover(token: str, password: str) -> None:
    """Set the password by a link that was handed over, and end all sessions. Raises Incomplete or LinkUsed."""
    asked = _link_of(token)
    holder = find(asked.user_id) if asked and asked.user_id else None
    if asked is None or holder is None:
        raise LinkUsed
    begin_read()
    known = (asked.address, holder.name)
    complaint = passwords.complaint(password, has_second_step=holder.has_second_step, known=known)
    if complaint:
        raise Incomplete({"password": complaint})
    verifier = passwords.sealed(password)
    begin_write()
    hold(holder.id)
    proof = _link_of(token)
    if proof is None:
        raise LinkUsed
    try:
        is_short = passwords.is_short(password)
        passwords.replace(holder.id, verifier, via="support", is_short=is_short)
    except passwords.TooShort as error:
        # The second step was removed while the password was hashed.
        raise Incomplete({"password": str(error)}) from error
    end_sessions(holder.id)
    devices.forget_others(holder.id)
    audit.record("password_reset", actor=holder.id, via="support")
    lines = [later("It was set by a link that support had made.")]
    stopped = undo_changes(holder.id)
    if stopped:
        lines.append(STOPPED)
    _tell(holder.id, later("Your password was changed"), *lines, besides=stopped)


def remove_second_step(user_id: UUID, by: UUID) -> None:
    """Let somebody in by their password alone until they set up a new second step.

    Raises NoSuchPerson, NeedsAnotherAdministrator for one's own, and OnlyWayIn.
    """
    if user_id == by:
        raise NeedsAnotherAdministrator
    _hold(user_id)
    has = protection_of(user_id)
    if not (has.login or has.has_xero):
        raise OnlyWayIn(user_id)
    second_step.remove(user_id)
    db.session.execute(delete(Passkey).where(Passkey.user_id == user_id))
    undoing.forget_links(user_id)
    passwords.end_short(user_id)
    audit.record("two_step_removed", subject=f"user:{user_id}", via="support")
    end_sessions(user_id)
    title = later("Two-step authentication was taken away from your account")
    _tell(user_id, title, later("An administrator did this so that you can set it up anew."))


def _close(user: User) -> None:
    user.disabled_at = now()
    proofs.end_links(user.id)
    end_sessions(user.id)
    audit.record("user_disabled", subject=f"user:{user.id}")


def _forget_links(user_id: UUID) -> None:
    ours = (MailedProof.kind == RECOVERY, MailedProof.user_id == user_id)
    db.session.execute(delete(MailedProof).where(*ours))


def _link_of(token: str) -> MailedProof | None:
    """What this link proves, if it may still be used."""
    query = select(MailedProof).where(*_link(token))
    return db.session.scalar(query.execution_options(populate_existing=True))


def _link(token: str) -> tuple[ColumnElement[bool], ...]:
    is_closed = select(User.id).where(User.id == MailedProof.user_id, User.disabled_at.is_not(None))
    return (
        ~is_closed.exists(),
        MailedProof.kind == RECOVERY,
        MailedProof.secret_digest == digest(token),
        MailedProof.used_at.is_(None),
        MailedProof.expires_at > now(),
    )


def _hold(user_id: UUID) -> User:
    """The user, held with all administrators. Raises NoSuchPerson."""
    for user in _hold_with_administrators(user_id):
        if user.id == user_id:
            return user
    raise NoSuchPerson(0)


def _hold_with_administrators(user_id: UUID) -> Sequence[User]:
    """This user and all administrators, in one order, so that nobody waits in a circle."""
    wanted = or_(User.id == user_id, User.role == "admin")
    query = select(User).where(wanted).order_by(User.id).with_for_update(key_share=True)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _make_customer(user: User) -> None:
    customer = Customer(name=user.name)
    db.session.add(customer)
    db.session.flush()
    db.session.add(Membership(user_id=user.id, customer_id=customer.id))
    db.session.flush()


def _tell(user_id: UUID, title: Text, *lines: Text, besides: Collection[str] = ()) -> None:
    """Not `letters.tell`: a new password would be the wrong answer to what somebody at support did."""
    link = {
        "link_label": later("Open the help centre"),
        "link_href": f"{settings().public_origin}/",
    }
    letters.write(user_id, title, lines, link, besides)


_STAYS_ON = later("Two-step authentication stays on: your second step is still asked for.")
_ROLES: dict[Role, Later] = {
    "reader": later("a reader"),
    "editor": later("support staff, who write and publish guides,"),
    "admin": later("an administrator"),
}
