"""The alternative address: a second mailbox that helps out when one of the two proofs is lost, never both."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from xero_onboard.accounts import entry, guarding, letters, passwords, proofs
from xero_onboard.accounts.models import AlternativeAddress, NewLogin, Password, User
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.languages import Text, later

# Long enough for the owner to read the notices, should somebody else have set or removed it.
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
    proof = proofs.take_code("alternative", browser, code, user_id)
    if proof is None:
        raise WrongCode
    entry.hold(user_id)
    # They may have chosen to sign in with it since they asked.
    _ensure_another(user_id, proof.address)
    before = present(user_id)
    given_up = before.address if before else None
    if before is not None and given_up != proof.address:
        _give_up(before)
    known = db.session.get(AlternativeAddress, (user_id, proof.address), populate_existing=True)
    if known is None:
        known = AlternativeAddress(
            user_id=user_id, address=proof.address, counts_from=now() + DELAY
        )
        db.session.add(known)
    known.verified_at, known.ends_at = now(), None
    _changed(
        user_id,
        "recovery_email_set",
        later("An alternative email address was added to your account"),
        later("It can be used to get back in three days from now."),
        besides=(given_up,),
    )


def remove(user_id: UUID) -> None:
    """Give the alternative address up; it still helps for as long as its owner may not have read of it."""
    entry.hold(user_id)
    row = present(user_id)
    if row is None:
        return
    address = row.address
    _give_up(row)
    _changed(
        user_id,
        "recovery_email_removed",
        later("The alternative email address of your account was removed"),
        later("If it has helped you to get back in so far, it does so for three days more."),
        besides=(address,),
    )


def keep(user_id: UUID) -> None:
    """Take back that the last one was given up, unless another has taken its place."""
    entry.hold(user_id)
    row = next(iter(ending(user_id)), None)
    if row is None or present(user_id) is not None:
        return
    row.ends_at = None
    _changed(
        user_id,
        "recovery_email_set",
        later("The alternative email address of your account is kept"),
        later("It was removed in the last three days, and that was taken back."),
    )


def undo_changes(user_id: UUID) -> set[str]:
    """Take back what has not come into force yet; the addresses that it concerned. Hold the user before."""
    concerned = set()
    row = present(user_id)
    if row is not None and row.counts_from > now():
        concerned.add(row.address)
        db.session.delete(row)
        db.session.flush()
        audit.record("recovery_email_removed", actor=user_id)
    before = next(iter(ending(user_id)), None)
    if before is not None and present(user_id) is None:
        concerned.add(before.address)
        before.ends_at = None
        audit.record("recovery_email_set", actor=user_id)
    return concerned


def present(user_id: UUID) -> AlternativeAddress | None:
    """The one that does not end, whether it counts yet or not."""
    ours = (AlternativeAddress.user_id == user_id, AlternativeAddress.ends_at.is_(None))
    return db.session.scalar(select(AlternativeAddress).where(*ours))


def ending(user_id: UUID) -> tuple[AlternativeAddress, ...]:
    """Those that were given up and count for a while yet, the last one first."""
    ours = (AlternativeAddress.user_id == user_id, AlternativeAddress.ends_at > now())
    query = select(AlternativeAddress).where(*ours)
    return tuple(db.session.scalars(query.order_by(AlternativeAddress.ends_at.desc())))


def counts(user_id: UUID) -> bool:
    """Whether a code mailed there may take the place of the second step.

    Not when the same mailbox has just set the password, or may set it: it would be both proofs at once.
    And not for support staff and administrators, whom another administrator lets back in.
    """
    return _for_step(user_id) is not None


def is_own(user_id: UUID, address: str) -> bool:
    """Whether this is the mailbox that they sign in with or soon will, or that they came with."""
    soon = db.session.scalar(select(NewLogin.address).where(NewLogin.user_id == user_id))
    known = (db.session.get_one(User, user_id).email, passwords.login_of_user(user_id), soon)
    return passwords.comparable(address) in {passwords.comparable(each) for each in known if each}


def is_alternative(user_id: UUID, address: str) -> bool:
    """Whether this is their alternative mailbox, or was until lately."""
    ours = (AlternativeAddress.user_id == user_id, AlternativeAddress.lasts())
    query = select(AlternativeAddress.address).where(*ours)
    known = {passwords.comparable(each) for each in db.session.scalars(query)}
    return passwords.comparable(address) in known


def ask_for_step(user_id: UUID, browser: str, network: str) -> None:
    """Have a code mailed to the alternative address, if it counts. Raises TooMany."""
    address = _for_step(user_id)
    if address is None:
        return
    guarding.count_asking(address, network)
    proofs.ask("second_step", address, browser, user_id=user_id)


def is_step(user_id: UUID, browser: str, code: str) -> bool:
    """Whether this is the code that was mailed there, for this user."""
    proof = proofs.take_code("second_step", browser, code, user_id)
    return proof is not None and counts(user_id)


@every_minute("forget alternative addresses")
def forget_given_up() -> None:
    """Remove those that have ended."""
    db.session.execute(delete(AlternativeAddress).where(AlternativeAddress.ends_at <= now()))


def _for_step(user_id: UUID) -> str | None:
    if db.session.get_one(User, user_id).role != "reader":
        return None
    password = db.session.get(Password, user_id)
    if password is not None and password.was_recovered:
        return None
    ours = (AlternativeAddress.user_id == user_id, AlternativeAddress.counts())
    query = select(AlternativeAddress.address).where(*ours)
    found = db.session.scalars(query.order_by(AlternativeAddress.ends_at)).all()
    return next((each for each in found if not is_own(user_id, each)), None)


def _give_up(row: AlternativeAddress) -> None:
    """One that never counted goes at once: nobody has relied on it."""
    if row.counts_from > now():
        db.session.delete(row)
    else:
        row.ends_at = now() + DELAY
    db.session.flush()


def _ensure_another(user_id: UUID, address: str) -> None:
    if is_own(user_id, address):
        raise SameAddress


def _changed(
    user_id: UUID, event: str, title: Text, line: Text, besides: Collection[str | None] = ()
) -> None:
    db.session.flush()
    proofs.end_links(user_id)
    entry.end_others(user_id)
    audit.record(event, actor=user_id)
    letters.tell(user_id, title, line, besides=besides)
