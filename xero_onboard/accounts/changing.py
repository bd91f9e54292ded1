"""Changing what protects an account: each change is noted, told to its owner, and ends the other sessions."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from xero_onboard.accounts import (
    alternative,
    entry,
    guarding,
    letters,
    passkeys,
    passwords,
    proofs,
    recognition,
    second_step,
    undoing,
)
from xero_onboard.accounts.models import Authenticator, Passkey, User, UserIdentity
from xero_onboard.accounts.protection import Protection, protection_of
from xero_onboard.accounts.registering import BAD_ADDRESS, Incomplete
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import begin_read, begin_write, db
from xero_onboard.lib.languages import Text, later
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.reader import Identity, TakenIdentity


class StillNeeded(Exception):
    """Without this the account would be open, or closed for good; the message says why, in words."""


class WrongCode(Exception):
    """Not the code that was asked for, or not any more."""


def change_password(user_id: UUID, password: str) -> None:
    """Set another password beside the same login. Raises Incomplete."""
    login = passwords.login_of_user(user_id)
    if login is None:
        raise LookupError(f"user {user_id} signs in without a password")
    verifier = _verifier(user_id, login, password)
    begin_write()
    entry.hold(user_id)
    try:
        is_short = passwords.is_short(password)
        passwords.replace(user_id, verifier, via="session", is_short=is_short)
    except passwords.TooShort as error:
        # The second step was removed while the password was hashed.
        raise Incomplete({"password": str(error)}) from error
    _changed(
        user_id,
        "password_changed",
        later("Your password was changed"),
        later("The old one has ended."),
    )


def ask_for_first_password(
    user_id: UUID, address: str, password: str, browser: str, network: str
) -> None:
    """Have a code mailed to the address that is to be signed in with. Raises Incomplete or TooMany."""
    try:
        login = passwords.login_of(address)
    except passwords.BadAddress as error:
        raise Incomplete({"email": _(BAD_ADDRESS)}) from error
    _ensure_not_alternative(user_id, login)
    content = {
        "verifier": _verifier(user_id, login, password),
        "is_short": "yes" if passwords.is_short(password) else "",
    }
    guarding.count_asking(login, network)
    proofs.ask("login", login, browser, user_id=user_id, content=content)


def set_first_password(user_id: UUID, code: str, browser: str) -> None:
    """Sign in with the address that this code proves, and the password typed before. Raises WrongCode or Incomplete."""
    proof = proofs.take_code("login", browser, code, user_id)
    if proof is None:
        raise WrongCode
    entry.hold(user_id)
    # It may have become the alternative one since the code was mailed.
    _ensure_not_alternative(user_id, proof.address)
    content, proof.content = proof.content, {}
    is_short = bool(content["is_short"])
    try:
        with db.session.begin_nested():
            added = passwords.add(
                user_id, proof.address, content["verifier"], is_short=is_short, added_at=now()
            )
    except (IntegrityError, passwords.TooShort) as error:
        # Since the code was mailed somebody else signs in with this address, this person has got a
        # password in another browser, or the second step is gone.
        raise WrongCode from error
    line = later("You can sign in with your email address and this password, too.")
    title = later("A password was added to your account")
    _added(user_id, "password_changed", title, line, undoing.link_to(added))


def set_up_authenticator(user_id: UUID, secret: str, code: str) -> tuple[str, ...]:
    """Use an app as the second step from now on; recovery codes to be shown once. Raises WrongCode."""
    if not second_step.fits(secret, code):
        raise WrongCode
    guarding.count_addition(user_id)
    begin_read()
    made = second_step.make_codes()
    begin_write()
    entry.hold(user_id)
    had_app = second_step.ways_of(user_id).authenticator
    if not second_step.confirm(user_id, secret, code):
        raise WrongCode
    second_step.keep_codes(user_id, made)
    line = later(
        "A code of your authenticator app is needed from now on, and there are new recovery codes."
    )
    title = later("Two-step authentication was set up")
    # An app in place of another is no addition: without it there would be less than before.
    undo = None if had_app else undoing.link_to(db.session.get_one(Authenticator, user_id))
    _added(user_id, "two_step_set_up", title, line, undo)
    return made.codes


def remove_authenticator(user_id: UUID) -> None:
    """Use no app any more. Raises StillNeeded."""
    has = _held(user_id)
    _unless(has.keeps_authenticator)
    second_step.remove(user_id, with_codes=not has.passkeys)
    undoing.forget_links(user_id)
    line = later("Codes of your authenticator app are no longer asked for.")
    _changed(user_id, "two_step_removed", later("Your authenticator app was removed"), line)


def renew_codes(user_id: UUID) -> tuple[str, ...]:
    """Ten new recovery codes to be shown once; the old ones end. Raises StillNeeded."""
    begin_read()
    made = second_step.make_codes()
    begin_write()
    if not _held(user_id).has_second_step:
        raise StillNeeded(_("Set up an authenticator app or a passkey first."))
    second_step.keep_codes(user_id, made)
    line = later("The recovery codes you had before no longer work.")
    advice = later(
        "If this was not you, set a new password now, then make new recovery codes yourself and look at your sessions."
    )
    title = later("You have new recovery codes")
    _changed(user_id, "recovery_codes_made", title, line, advice)
    return made.codes


def add_passkey(user_id: UUID, answer: str, browser: str, name: str) -> tuple[str, ...]:
    """Keep a passkey; recovery codes to be shown once if there were none. Raises BadPasskey."""
    guarding.count_addition(user_id)
    has_codes = second_step.codes_left(user_id) > 0
    begin_read()
    made = None if has_codes else second_step.make_codes()
    begin_write()
    entry.hold(user_id)
    if second_step.codes_left(user_id):
        made = None
    passkey = passkeys.add(user_id, answer, browser, name)
    if made:
        second_step.keep_codes(user_id, made)
    line = later("It can be used to sign in, and as a second step.")
    title = later("A passkey was added to your account")
    _added(user_id, "passkey_added", title, line, undoing.link_to(passkey))
    return made.codes if made else ()


def remove_passkey(user_id: UUID, passkey_id: UUID) -> bool:
    """Forget a passkey of this user; False if there is none. Raises StillNeeded."""
    has = _held(user_id)
    if passkey_id not in [each.id for each in has.passkeys]:
        return False
    _unless(has.keeps_passkey)
    db.session.execute(delete(Passkey).where(Passkey.id == passkey_id))
    if len(has.passkeys) == 1 and not has.authenticator_since:
        second_step.forget_codes(user_id)
    undoing.forget_links(user_id)
    line = later("It can no longer be used to sign in.")
    _changed(user_id, "passkey_removed", later("A passkey was removed from your account"), line)
    return True


def link_identity(identity: Identity, user_id: UUID) -> None:
    """Let the user sign in with this login at the provider. Raises TakenIdentity."""
    if recognition.user_of(identity) == user_id:
        return
    try:
        linked = recognition.link(identity, user_id)
    except IntegrityError as error:
        # Somebody else was linked to it at the same moment.
        raise TakenIdentity from error
    line = later("You can sign in with Xero from now on.")
    title = later("A Xero login was linked to your account")
    _added(user_id, "identity_linked", title, line, undoing.link_to(linked) if linked else None)


def unlink_identities(user_id: UUID) -> None:
    """Let the user sign in with the provider no more. Raises StillNeeded."""
    _unless(_held(user_id).keeps_xero)
    db.session.execute(delete(UserIdentity).where(UserIdentity.user_id == user_id))
    undoing.forget_links(user_id)
    line = later("Signing in with Xero no longer opens it. Your connections are not changed.")
    _changed(user_id, "identity_unlinked", later("Xero was unlinked from your account"), line)


def use_recovery_code(user_id: UUID, code: str) -> bool:
    """Whether this recovery code is right and was unused; its owner is told how many are left."""
    if not second_step.spend_recovery_code(user_id, code):
        return False
    left = second_step.codes_left(user_id)
    audit.record("recovery_code_used", actor=user_id, left=left)
    line = later("Recovery codes left: %(left)s.", left=left)
    if not left:
        line = later("It was the last one: make new recovery codes before you need one again.")
    letters.tell(user_id, later("A recovery code was used"), line)
    return True


def use_mailed_code(user_id: UUID, browser: str, code: str) -> bool:
    """Whether this is the code that was mailed to their alternative address; all their addresses are told.

    Or whoever has the password and that one mailbox would come in unseen.
    """
    if not alternative.is_step(user_id, browser, code):
        return False
    letters.tell(
        user_id,
        later("A code mailed to your alternative address was used"),
        later("You signed in with it, in place of your usual second step."),
    )
    return True


def _ensure_not_alternative(user_id: UUID, login: str) -> None:
    """One mailbox must not stand for both proofs. Raises Incomplete."""
    if alternative.is_alternative(user_id, login):
        raise Incomplete({"email": _("This is your alternative address. Use another one here.")})


def _verifier(user_id: UUID, login: str, password: str) -> str:
    """What is kept of a new password; slow, and nothing is locked meanwhile. Raises Incomplete."""
    name = db.session.get_one(User, user_id).name
    has_second_step = second_step.ways_of(user_id).is_any
    begin_read()
    known = (login, name)
    complaint = passwords.complaint(password, has_second_step=has_second_step, known=known)
    if complaint:
        raise Incomplete({"password": complaint})
    return passwords.sealed(password)


def _held(user_id: UUID) -> Protection:
    """How the account is protected, and stays so until the end of the transaction.

    Two requests at once must not each remove what the other left.
    """
    entry.hold(user_id)
    return protection_of(user_id)


def _unless(reason: str | None) -> None:
    if reason is not None:
        raise StillNeeded(reason)


def _added(user_id: UUID, event: str, title: Text, line: Text, undo: str | None) -> None:
    """A password alone does not keep out whoever has added something: the letter takes it back."""
    entry.end_others(user_id)
    audit.record(event, actor=user_id)
    letters.tell_of_addition(user_id, title, line, undo)


def _changed(
    user_id: UUID, event: str, title: Text, line: Text, advice: Text = letters.ADVICE
) -> None:
    entry.end_others(user_id)
    audit.record(event, actor=user_id)
    letters.tell(user_id, title, line, advice=advice)
