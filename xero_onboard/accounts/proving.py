"""Proving again who one is, before changing what protects the account."""

from uuid import UUID

from xero_onboard.accounts import entry, guarding, passkeys, passwords, second_step
from xero_onboard.accounts.entry import Proof
from xero_onboard.accounts.recognition import user_of
from xero_onboard.lib import audit
from xero_onboard.lib.reader import Identity, SomebodyElse


class NotProven(Exception):
    """This does not prove that they are who is signed in."""


def by_password(user_id: UUID, password: str, network: str, device: str | None) -> None:
    """Take the password of whoever is signed in. Raises NotProven or TooMany."""
    login = passwords.login_of_user(user_id)
    if login is None:
        raise NotProven
    try:
        guarding.check_password(login, password, network, device)
    except guarding.WrongPassword as error:
        raise NotProven from error
    _note(user_id, "password")


def by_code(user_id: UUID, code: str) -> None:
    """Take a code of their authenticator app. Raises NotProven or TooMany."""
    if not guarding.check_step(user_id, "authenticator", lambda: second_step.spend(user_id, code)):
        raise NotProven
    _note(user_id, "authenticator")


def by_passkey(user_id: UUID, answer: str, browser: str) -> None:
    """Take a passkey of theirs, and nobody else's. Raises NotProven."""
    try:
        passkeys.use(answer, browser, "prove", user_id)
    except passkeys.BadPasskey as error:
        audit.record_apart("two_step_failed", actor=user_id, by="passkey")
        raise NotProven from error
    _note(user_id, "passkey")


def by_identity(identity: Identity, user_id: UUID) -> None:
    """Take a login at the provider that is linked to this account; raises SomebodyElse for any other."""
    if user_of(identity) != user_id:
        raise SomebodyElse
    _note(user_id, "xero")


def _note(user_id: UUID, by: Proof) -> None:
    entry.prove()
    audit.record("proved_again", actor=user_id, by=by)
