"""Taking back what was added to an account, by the link in the letter that told its owner of it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select

from xero_onboard.accounts import devices, entry, guarding, letters, passwords, second_step
from xero_onboard.accounts.models import (
    SETTLING,
    Authenticator,
    MailedProof,
    NewLogin,
    Passkey,
    Password,
    User,
    UserIdentity,
)
from xero_onboard.accounts.registering import LinkUsed
from xero_onboard.accounts.sessions import end_sessions
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import db
from xero_onboard.lib.languages import Later, Text, later
from xero_onboard.lib.reader import Role
from xero_onboard.lib.web import settings

UNDO = "undo"
# What gives somebody a way in, or a say in who comes in.
Added = Passkey | Authenticator | UserIdentity | Password

_NAMES: Mapping[type[Added], str] = {
    Passkey: "passkey",
    Authenticator: "authenticator",
    UserIdentity: "identity",
    Password: "password",
}
_TAKEN: Mapping[str, Later] = {
    "passkey": later("A passkey was taken away."),
    "authenticator": later("The authenticator app was taken away."),
    "identity": later("The Xero login was unlinked."),
    "password": later("The password was taken away, with the address to sign in with."),
}
# Whoever reads a mailbox can set a password by it, and must not take away the second step as well.
_STEPS = (Passkey, Authenticator)


class LastWayIn(Exception):
    """Without it nobody could sign in to this account any more."""


class LastStep(Exception):
    """Without it an account that had a second step before would have none."""


@dataclass(frozen=True)
class Part:
    """One thing that goes, by its name in `_NAMES`, and since when it was there."""

    what: str
    since: datetime


@dataclass(frozen=True)
class Undoing:
    """All that a link takes away, the addition that its letter told of first, and what is left then."""

    parts: tuple[Part, ...]
    ends_codes: bool
    leaves_password: bool
    leaves_step: bool
    asks_password: bool


def link_to(row: Added) -> str | None:
    """A link that takes this back; None for support staff.

    Their second step is taken away by another administrator, and by no mail.
    """
    if _role_of(row.user_id) != "reader":
        return None
    token = secrets.token_urlsafe(32)
    proof = MailedProof(
        kind=UNDO,
        # It goes to more than one, with the letter that tells of the addition.
        address="",
        browser_digest="",
        user_id=row.user_id,
        content={
            "what": _NAMES[type(row)],
            "id": str(_key(row)),
            "since": _since(row).isoformat(),
            "had_step": _has_step_besides(row.user_id, [row]),
            # What shows the owner, if anything has to. Passwords set from now on do not: whoever
            # reads their mail can set one.
            "passwords": passwords.owners_verifiers(row.user_id) if _is_step(row) else None,
        },
        secret_digest=digest(token),
        mailed_at=now(),
        expires_at=now() + SETTLING,
    )
    db.session.add(proof)
    return f"{settings().public_origin}/not-me/{token}"


def look(token: str) -> Undoing:
    """What this link takes away; looking uses nothing up. Raises LinkUsed, LastWayIn or LastStep."""
    proof, row = _found(token)
    return _told(proof, _going(proof, row))


def take_back(token: str, password: str = "") -> Undoing:
    """Take away what was added, and nothing older, and end all sessions.

    A second step of an account with a password is taken away by whoever knows that password as it
    was when the step was added, or before it was changed these days: the first step of an account
    as well, which then is protected as it was before. A step that came when there was another one
    is not taken away once it is the last, so that no mailbox and no old password undo an exchange.

    A password that came only days before the step goes with it, and second steps that came after a
    password with that. Raises LinkUsed, WrongPassword, TooMany, LastWayIn or LastStep; call it with
    nothing uncommitted.
    """
    proof, row = _found(token)
    user_id, verifiers = row.user_id, _verifiers(proof)
    if verifiers is not None:
        guarding.check_owner(user_id, password, verifiers)
    entry.hold(user_id)
    proof, row = _found(token)
    going = _going(proof, row)
    undone = _told(proof, going)
    # The verifiers have done what they were kept for.
    proof.used_at, proof.content = now(), {}
    for each in going:
        _take_away(each)
    if any(map(_is_step, going)):
        _settle_second_step(user_id)
    forget_links(user_id)
    end_sessions(user_id)
    devices.forget_others(user_id)
    _tell(user_id, undone)
    return undone


def forget_links(user_id: UUID) -> None:
    """Forget the links to what is gone, with the verifiers that they keep. Hold the user before."""
    query = select(MailedProof).where(
        MailedProof.kind == UNDO, MailedProof.user_id == user_id, MailedProof.used_at.is_(None)
    )
    for proof in db.session.scalars(query).all():
        if _row(proof) is None:
            db.session.delete(proof)
    db.session.flush()


def _take_away(row: Added) -> None:
    if isinstance(row, Password):
        db.session.execute(delete(NewLogin).where(NewLogin.user_id == row.user_id))
    db.session.delete(row)
    db.session.flush()
    audit.record("addition_taken_back", actor=row.user_id, what=_NAMES[type(row)])


def _going(proof: MailedProof, row: Added) -> list[Added]:
    """What goes, the addition itself first. Raises LastWayIn or LastStep."""
    going = [row, *_password_before(row), *_steps_after(row)]
    if _is_last_way_in(row.user_id, going):
        raise LastWayIn(row.user_id)
    takes_step = any(map(_is_step, going))
    if takes_step and proof.content["had_step"] and not _has_step_besides(row.user_id, going):
        raise LastStep(row.user_id)
    return going


def _told(proof: MailedProof, going: Sequence[Added]) -> Undoing:
    user_id = going[0].user_id
    has_password = db.session.get(Password, user_id) is not None
    has_codes = second_step.codes_left(user_id) > 0
    return Undoing(
        parts=tuple(Part(_NAMES[type(each)], _since(each)) for each in going),
        ends_codes=has_codes and any(map(_is_step, going)),
        leaves_password=has_password and not any(isinstance(each, Password) for each in going),
        leaves_step=_has_step_besides(user_id, going),
        asks_password=_verifiers(proof) is not None,
    )


def _password_before(row: Added) -> list[Password]:
    """The password that came only days before this step: by whom is as unclear as of the step."""
    password = db.session.get(Password, row.user_id, populate_existing=True)
    if not _is_step(row) or password is None or password.added_at is None:
        return []
    return [password] if password.added_at > _since(row) - SETTLING else []


def _steps_after(row: Added) -> list[Added]:
    """The second steps that are younger than this password: it is by them that whoever planted it stays."""
    if not isinstance(row, Password):
        return []
    passkeys = select(Passkey).where(
        Passkey.user_id == row.user_id, Passkey.created_at > _since(row)
    )
    apps = select(Authenticator).where(
        Authenticator.user_id == row.user_id, Authenticator.created_at > _since(row)
    )
    return [*db.session.scalars(passkeys), *db.session.scalars(apps)]


def _settle_second_step(user_id: UUID) -> None:
    """End all recovery codes: whoever added it may have made new ones since."""
    second_step.forget_codes(user_id)
    if not second_step.ways_of(user_id).is_any:
        passwords.end_short(user_id)


def _found(token: str) -> tuple[MailedProof, Added]:
    """The open link and what it takes back. Raises LinkUsed, as well when that is gone already."""
    query = select(MailedProof).where(*_open(token))
    proof = db.session.scalar(query.execution_options(populate_existing=True))
    row = _row(proof) if proof else None
    if proof is None or row is None or _role_of(row.user_id) != "reader":
        raise LinkUsed
    return proof, row


def _open(token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        MailedProof.kind == UNDO,
        MailedProof.secret_digest == digest(token),
        MailedProof.used_at.is_(None),
        MailedProof.expires_at > now(),
    )


def _row(proof: MailedProof) -> Added | None:
    """What was added then; what was removed and added anew is something else.

    An app that was moved to another phone is still the same addition, or whoever set it up could
    end the link by moving it.
    """
    kind = next(each for each, name in _NAMES.items() if name == proof.content["what"])
    key = UUID(proof.content["id"])
    row = cast(Added | None, db.session.get(kind, key, populate_existing=True))
    is_same = row is not None and _since(row).isoformat() == proof.content["since"]
    return row if is_same else None


def _verifiers(proof: MailedProof) -> list[str] | None:
    """Of the passwords that show the owner; None where none is asked for."""
    return cast(list[str] | None, proof.content["passwords"])


def _key(row: Added) -> UUID:
    return row.user_id if isinstance(row, Authenticator | Password) else row.id


def _since(row: Added) -> datetime:
    # There is no link to a password with which an account began.
    return cast(datetime, row.added_at) if isinstance(row, Password) else row.created_at


def _is_step(row: Added) -> bool:
    return isinstance(row, _STEPS)


def _has_step_besides(user_id: UUID, rows: Sequence[Added]) -> bool:
    """Whether the account has a second step that is none of these."""
    passkeys = select(Passkey.id).where(Passkey.user_id == user_id)
    apps = select(Authenticator.user_id).where(Authenticator.user_id == user_id)
    there = {*db.session.scalars(passkeys), *db.session.scalars(apps)}
    return bool(there - {_key(each) for each in rows if _is_step(each)})


def _is_last_way_in(user_id: UUID, going: Sequence[Added]) -> bool:
    """Whether nothing that opens the account by itself would be left without these."""
    ways = [
        db.session.scalar(select(func.count()).where(each.user_id == user_id)) or 0
        for each in (Password, Passkey, UserIdentity)
    ]
    return sum(ways) == sum(not isinstance(each, Authenticator) for each in going)


def _role_of(user_id: UUID) -> Role | None:
    return db.session.scalar(select(User.role).where(User.id == user_id))


def _tell(user_id: UUID, undone: Undoing) -> None:
    lines: list[Text] = [later("It was taken back by the link in the letter that told of it.")]
    lines.extend(_TAKEN[each.what] for each in undone.parts)
    if undone.ends_codes:
        lines.append(_NEW_CODES if undone.leaves_step else _NO_CODES)
    lines.append(_NEW_PASSWORD if undone.leaves_password else _SIGN_IN)
    # To an account without a password nothing is mailed by which one could be set.
    label = later("Set a new password") if undone.leaves_password else later("Sign in")
    path = "/password/forgotten" if undone.leaves_password else "/sign-in"
    link = {"link_label": label, "link_href": f"{settings().public_origin}{path}"}
    letters.write(
        user_id, later("What was added to your account was taken back"), tuple(lines), link
    )


_NEW_CODES = later("Your recovery codes have ended as well. Make new ones once you are signed in.")
_NO_CODES = later("Your recovery codes have ended as well.")
_NEW_PASSWORD = later(
    "All sessions have ended. Set a new password now: somebody else may know the old one."
)
_SIGN_IN = later("All sessions have ended. Sign in as you did before, and look at your account.")
