"""Signing in with another address: the new mailbox is proven first, all are told, and it takes three days."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from xero_onboard.accounts import alternative, entry, guarding, letters, passwords, proofs
from xero_onboard.accounts.models import NewLogin, Password, User
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.languages import LaterDay, Text, later
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.web import settings

# Until then the old address opens the account and its mailbox stops the change.
DELAY = timedelta(hours=72)
_AT_ONCE = 50


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


def confirm(user_id: UUID, code: str, browser: str) -> None:
    """Sign in with the address that this code proves, after the delay. Raises WrongCode or NotAnother."""
    proof = proofs.take_code("new_login", browser, code, user_id)
    if proof is None:
        raise WrongCode
    entry.hold(user_id)
    # It may have become the alternative one since the code was mailed.
    _ensure_another(user_id, proof.address)
    if passwords.login_of_user(user_id) is None or passwords.user_of_login(proof.address):
        raise WrongCode
    before = waiting(user_id)
    counts_from = now() + DELAY
    db.session.merge(NewLogin(user_id=user_id, address=proof.address, counts_from=counts_from))
    db.session.flush()
    entry.end_others(user_id)
    audit.record("email_change_begun", actor=user_id)
    _tell(
        user_id,
        later("The address you sign in with is going to change"),
        later(
            "From %(counts_from)s another address is used to sign in with the password, and until then the one that is used now.",
            counts_from=LaterDay(counts_from, with_time=True),
        ),
        later(
            "If this was not you, stop it before then: set a new password by “Forgotten your password?”, which stops it as well."
        ),
        besides=(before.address if before else None,),
    )


def stop(user_id: UUID) -> None:
    """Go on signing in with the present address."""
    entry.hold(user_id)
    row = waiting(user_id)
    if row is None:
        return
    given_up = row.address
    db.session.delete(row)
    db.session.flush()
    entry.end_others(user_id)
    audit.record("email_change_stopped", actor=user_id)
    title = later("The address you sign in with stays as it is")
    _tell(user_id, title, later("The change to another address was stopped."), besides=(given_up,))


def undo_changes(user_id: UUID) -> set[str]:
    """Take back what of the person's addresses has not come into force; those that it concerned.

    For whoever gets back in by the mailbox that they have proven for long. Hold the user before.
    """
    stopped = delete(NewLogin).where(NewLogin.user_id == user_id).returning(NewLogin.address)
    logins = set(db.session.scalars(stopped))
    if logins:
        audit.record("email_change_stopped", actor=user_id)
    return alternative.undo_changes(user_id) | logins


def waiting(user_id: UUID) -> NewLogin | None:
    """The address that will be signed in with, if one is proven and its time has not come."""
    return db.session.get(NewLogin, user_id, populate_existing=True)


def unproven(user_id: UUID) -> str | None:
    """Where we write because the provider gives it as theirs, if they sign in with another address here."""
    email = db.session.get_one(User, user_id).email
    if passwords.login_of_user(user_id) is None or _is_proven(user_id, email):
        return None
    return email


def take_providers(user_id: UUID, given: str | None) -> None:
    """Write to the address that the provider gives by now, unless they have proven the one we write to."""
    user = db.session.get_one(User, user_id)
    if given is None or passwords.comparable(given) == passwords.comparable(user.email):
        return
    try:
        address = passwords.login_of(given)
    except passwords.BadAddress:
        return
    if not _is_proven(user_id, user.email):
        _write_elsewhere(user, address)


def give_up_unproven(user_id: UUID) -> None:
    """Write no longer to the address that only the provider gives; not before the login is the owner's for certain."""
    entry.hold(user_id)
    login = passwords.login_of_user(user_id)
    if login and passwords.is_settled(user_id) and unproven(user_id) is not None:
        _write_elsewhere(db.session.get_one(User, user_id), login)


def _write_elsewhere(user: User, address: str) -> None:
    before, user.email = user.email, address
    db.session.flush()
    audit.record("contact_address_changed", actor=user.id)
    line = later("What happens in your account is no longer mailed to the address you had before.")
    letters.tell(user.id, later("Our mail to you goes to another address"), line, besides=(before,))


def _is_proven(user_id: UUID, address: str) -> bool:
    proven = {passwords.comparable(each) for each in letters.proven_addresses(user_id)}
    return passwords.comparable(address) in proven


@every_minute("change the addresses people sign in with")
def change_due() -> None:
    """Change those whose time has come; an address that became somebody else's meanwhile is left to them."""
    query = select(NewLogin.user_id).where(NewLogin.counts_from <= now())
    for user_id in db.session.scalars(query.limit(_AT_ONCE)).all():
        _change(user_id)


def _change(user_id: UUID) -> None:
    entry.hold(user_id)
    row, before = waiting(user_id), passwords.login_of_user(user_id)
    if row is None or before is None:
        return
    address = row.address
    db.session.delete(row)
    db.session.flush()
    try:
        with db.session.begin_nested():
            ours = update(Password).where(Password.user_id == user_id)
            db.session.execute(ours.values(login=address))
    except IntegrityError:
        audit.record("email_change_stopped", subject=f"user:{user_id}")
        line = later("Somebody signs in to another account with the new address by now.")
        _tell(
            user_id, later("The address you sign in with stays as it is"), line, besides=(address,)
        )
        return
    _write_there_too(user_id, before, address)
    proofs.end_links(user_id)
    audit.record("email_changed", subject=f"user:{user_id}")
    line = later("From now on another address is used to sign in with the password.")
    _tell(user_id, later("The address you sign in with was changed"), line, besides=(before,))


def _write_there_too(user_id: UUID, before: str, address: str) -> None:
    """Mail goes where the person signs in, unless they came with an address of another kind."""
    user = db.session.get_one(User, user_id, populate_existing=True)
    if passwords.comparable(user.email) == passwords.comparable(before):
        user.email = address


def _ensure_another(user_id: UUID, address: str) -> None:
    present = passwords.login_of_user(user_id) or ""
    if passwords.comparable(address) == passwords.comparable(present):
        raise NotAnother(_("You sign in with this address already."))
    if alternative.is_alternative(user_id, address):
        raise NotAnother(_("This is your alternative address. Use another one here."))


def _tell(user_id: UUID, title: Text, *lines: Text, besides: Collection[str | None]) -> None:
    link = {
        "link_label": later("Look at the address you sign in with"),
        "link_href": f"{settings().public_origin}/account/address",
    }
    letters.write(user_id, title, lines, link, besides)
