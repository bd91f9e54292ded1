"""Signing in with another address: the new mailbox is proven first, and the old one is told."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from xero_onboard.accounts import alternative, entry, guarding, letters, passwords, proofs
from xero_onboard.accounts.models import Password, User
from xero_onboard.lib import audit
from xero_onboard.lib.db import db


class NotAnother(Exception):
    """The person has this address here already; the message says as what."""


class WrongCode(Exception):
    """Not the code that was mailed, or not any more."""


def ask(user_id: UUID, address: str, browser: str, network: str) -> None:
    """Have a code mailed to the address that is to be signed in with.

    For an address of somebody else the same happens here, and only its owner reads what was asked.
    Raises NotAnother or TooMany.
    """
    _ensure_another(user_id, address)
    guarding.count_asking(address, network)
    proofs.ask("new_login", address, browser, user_id=user_id)


def change(user_id: UUID, code: str, browser: str) -> None:
    """Sign in with the address that this code proves from now on. Raises WrongCode or NotAnother."""
    proof = proofs.take_code("new_login", browser, code)
    if proof is None or proof.user_id != user_id:
        raise WrongCode
    entry.hold(user_id)
    # It may have become the alternative one since the code was mailed.
    _ensure_another(user_id, proof.address)
    before = passwords.login_of_user(user_id)
    if before is None:
        raise WrongCode
    try:
        with db.session.begin_nested():
            ours = update(Password).where(Password.user_id == user_id)
            db.session.execute(ours.values(login=proof.address))
    except IntegrityError as error:
        # Since the code was mailed somebody else signs in with this address.
        raise WrongCode from error
    _write_there_too(user_id, before, proof.address)
    proofs.end_links(user_id)
    entry.end_others(user_id)
    audit.record("email_changed", actor=user_id)
    line = "From now on another address is used to sign in with the password."
    title = "The address you sign in with was changed"
    letters.tell(user_id, title, line, besides=before)


def _write_there_too(user_id: UUID, before: str, address: str) -> None:
    """Mail goes where the person signs in, unless they came with an address of another kind."""
    user = db.session.get_one(User, user_id, populate_existing=True)
    if passwords.comparable(user.email) == passwords.comparable(before):
        user.email = address


def _ensure_another(user_id: UUID, address: str) -> None:
    if passwords.comparable(address) == passwords.comparable(
        passwords.login_of_user(user_id) or ""
    ):
        raise NotAnother("You sign in with this address already.")
    if alternative.is_alternative(user_id, address):
        raise NotAnother("This is your alternative address. Use another one here.")
