"""Signing up and getting back in: an account opens only to whoever reads its mailbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from xero_onboard.accounts import address, devices, letters, passwords, proofs, recognition
from xero_onboard.accounts.entry import find, hold
from xero_onboard.accounts.models import Customer, Membership
from xero_onboard.accounts.sessions import end_sessions
from xero_onboard.lib import audit, names
from xero_onboard.lib.db import begin_read, begin_write, db
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.languages import later, marked

STOPPED = later("Changes of your addresses that had not come into force were stopped.")
BAD_ADDRESS = marked("Write an email address like name@example.com.")
NO_NAME = marked("Write the name that your colleagues know you by.")


@dataclass(frozen=True)
class Newcomer:
    """What somebody who signs up has typed, their password already made slow to guess."""

    login: str
    name: str
    verifier: str


class Incomplete(Exception):
    """A form cannot be taken as it is; `errors` says why, by the name of the field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


class WrongCode(Exception):
    """Not the code that was mailed, or not any more."""


class LinkUsed(Exception):
    """This link was used, has run out, or belongs to another browser."""


def newcomer(name: str, email: str, password: str) -> Newcomer:
    """What was typed, checked. Raises Incomplete with every reason at once."""
    errors, login, called = {}, "", names.seen(name)
    try:
        login = passwords.login_of(email)
    except passwords.BadAddress:
        errors["email"] = _(BAD_ADDRESS)
    if not called:
        errors["name"] = _(NO_NAME)
    known = (login, called)
    if complaint := passwords.complaint(password, has_second_step=False, known=known):
        errors["password"] = complaint
    if errors:
        raise Incomplete(errors)
    return Newcomer(login, called, passwords.sealed(password))


def ask_to_register(newcomer: Newcomer, browser: str) -> None:
    """Have a code mailed to a newcomer. What is stored is no account, and is soon forgotten."""
    content = {"name": newcomer.name, "verifier": newcomer.verifier}
    proofs.ask("register", newcomer.login, browser, content=content)


def register(code: str, browser: str) -> UUID:
    """Make the account that this code opens; raises WrongCode."""
    proof = proofs.take_code("register", browser, code)
    if proof is None:
        raise WrongCode
    try:
        with db.session.begin_nested():
            user_id = _make(proof.address, proof.content["name"], proof.content["verifier"])
    except IntegrityError as error:
        # The same person finished in another browser first.
        raise WrongCode from error
    proof.content, proof.user_id = {}, user_id
    audit.record("signed_up", actor=user_id, by="registration")
    return user_id


def set_forgotten(token: str, browser: str, password: str) -> None:
    """Set a new password by a mailed link and end every session. Raises Incomplete or LinkUsed.

    A second step stays what it is: whoever holds the mailbox alone is not let in.
    """
    holder = find(proofs.user_of_link(token, browser) or UUID(int=0))
    login = passwords.login_of_user(holder.id) if holder else None
    if holder is None or login is None:
        raise LinkUsed
    begin_read()
    known = (login, holder.name)
    complaint = passwords.complaint(password, has_second_step=holder.has_second_step, known=known)
    if complaint:
        raise Incomplete({"password": complaint})
    verifier = passwords.sealed(password)
    begin_write()
    hold(holder.id)
    proof = proofs.take_link(token, browser)
    if proof is None:
        raise LinkUsed
    via = cast(passwords.Via, proof.content["via"])
    _reset(holder.id, verifier, via, passwords.is_short(password))


def _reset(user_id: UUID, verifier: str, via: passwords.Via, is_short: bool) -> None:
    try:
        passwords.replace(user_id, verifier, via=via, is_short=is_short)
    except passwords.TooShort as error:
        # The second step was removed while the password was hashed.
        raise Incomplete({"password": str(error)}) from error
    end_sessions(user_id)
    devices.forget_others(user_id)
    audit.record("password_reset", actor=user_id, via=via)
    lines = [later("A new password was set by a mailed link.")]
    # A mailbox that was given up, or that is new, does not decide which of them counts.
    stopped = address.undo_changes(user_id) if via == "login" else ()
    if stopped:
        lines.append(STOPPED)
    letters.tell(user_id, later("Your password was changed"), *lines, besides=stopped)


def _make(login: str, name: str, verifier: str) -> UUID:
    user = recognition.make_user(name, login)
    passwords.add(user.id, login, verifier)
    customer = Customer(name=user.name)
    db.session.add(customer)
    db.session.flush()
    db.session.add(Membership(user_id=user.id, customer_id=customer.id))
    db.session.flush()
    return user.id
