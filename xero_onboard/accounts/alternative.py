"""The alternative address: a second mailbox that helps out when one of the two proofs is lost, never both."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete

from xero_onboard.accounts import entry, guarding, letters, passwords, proofs
from xero_onboard.accounts.models import AlternativeAddress, Password, User
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db

# Long enough for the owner to read the notices, should somebody else have set it.
DELAY = timedelta(hours=72)


class SameAddress(Exception):
    """The alternative address must be another than the one the person signs in with."""


class WrongCode(Exception):
    """Not the code that was mailed, or not any more."""


def ask(user_id: UUID, address: str, browser: str, network: str) -> None:
    """Have a code mailed to an address that is to become the alternative one. Raises SameAddress or TooMany."""
    _ensure_another(user_id, address)
    guarding.count_asking(address, network)
    proofs.ask("alternative", address, browser, user_id=user_id)


def confirm(user_id: UUID, code: str, browser: str) -> None:
    """Keep the address that this code proves; it counts after the delay. Raises WrongCode or SameAddress."""
    proof = proofs.take_code("alternative", browser, code)
    if proof is None or proof.user_id != user_id:
        raise WrongCode
    entry.hold(user_id)
    # They may have chosen to sign in with it since they asked.
    _ensure_another(user_id, proof.address)
    before = db.session.get(AlternativeAddress, user_id)
    given_up = before.address if before else None
    db.session.merge(
        AlternativeAddress(
            user_id=user_id,
            address=proof.address,
            verified_at=now(),
            counts_from=now() + DELAY,
        )
    )
    db.session.flush()
    proofs.end_links(user_id)
    entry.end_others(user_id)
    audit.record("recovery_email_set", actor=user_id)
    letters.tell(
        user_id,
        "An alternative email address was added to your account",
        "It can be used to get back in three days from now.",
        besides=given_up,
    )


def remove(user_id: UUID) -> None:
    """Forget the alternative address, and the links that were mailed there."""
    entry.hold(user_id)
    row = db.session.get(AlternativeAddress, user_id)
    if row is None:
        return
    db.session.execute(delete(AlternativeAddress).where(AlternativeAddress.user_id == user_id))
    proofs.end_links(user_id)
    entry.end_others(user_id)
    audit.record("recovery_email_removed", actor=user_id)
    letters.tell(
        user_id,
        "The alternative email address of your account was removed",
        "It can no longer be used to get back in.",
        besides=row.address,
    )


def counts(user_id: UUID) -> bool:
    """Whether a code mailed there may take the place of the second step.

    Not when the same mailbox has just set the password, or may set it: it would be both proofs at once.
    And not for support staff and administrators, whom another administrator lets back in.
    """
    if db.session.get_one(User, user_id).role != "reader":
        return False
    row, password = (db.session.get(table, user_id) for table in (AlternativeAddress, Password))
    if not isinstance(row, AlternativeAddress) or row.counts_from > now():
        return False
    if is_own(user_id, row.address):
        return False
    return not (isinstance(password, Password) and password.was_recovered)


def is_own(user_id: UUID, address: str) -> bool:
    """Whether this is the mailbox that they sign in with, or that they came with."""
    known = (db.session.get_one(User, user_id).email, passwords.login_of_user(user_id))
    return passwords.comparable(address) in {passwords.comparable(each) for each in known if each}


def is_alternative(user_id: UUID, address: str) -> bool:
    """Whether this is their alternative mailbox."""
    row = db.session.get(AlternativeAddress, user_id)
    return row is not None and passwords.comparable(row.address) == passwords.comparable(address)


def ask_for_step(user_id: UUID, browser: str, network: str) -> None:
    """Have a code mailed to the alternative address, if it counts. Raises TooMany."""
    if not counts(user_id):
        return
    address = db.session.get_one(AlternativeAddress, user_id).address
    guarding.count_asking(address, network)
    proofs.ask("second_step", address, browser, user_id=user_id)


def is_step(user_id: UUID, browser: str, code: str) -> bool:
    """Whether this is the code that was mailed there, for this user."""
    proof = proofs.take_code("second_step", browser, code)
    return proof is not None and proof.user_id == user_id and counts(user_id)


def _ensure_another(user_id: UUID, address: str) -> None:
    if is_own(user_id, address):
        raise SameAddress
