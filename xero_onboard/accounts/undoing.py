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
from xero_onboard.accounts.second_step import NewCodes
from xero_onboard.accounts.sessions import end_sessions
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import db
from xero_onboard.lib.languages import later
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
# Whoever reads a mailbox can set a password by it, and must not take away the second step as well.
_STEPS = (Passkey, Authenticator)


class LastWayIn(Exception):
    """Without it nobody could sign in to this account any more."""


@dataclass(frozen=True)
class Addition:
    """What was added, by its name in `_NAMES`, and when."""

    what: str
    since: datetime
    asks_password: bool


def link_to(row: Added, codes: NewCodes | None = None) -> str | None:
    """A link that takes this back with the codes that came with it; None for support staff.

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
            "codes": codes.salt.hex() if codes else "",
            # What shows the owner. Passwords set from now on do not: whoever reads their mail can set one.
            "passwords": passwords.owners_verifiers(row.user_id) if _is_step(row) else [],
        },
        secret_digest=digest(token),
        mailed_at=now(),
        expires_at=now() + SETTLING,
    )
    db.session.add(proof)
    return f"{settings().public_origin}/not-me/{token}"


def look(token: str) -> Addition:
    """What this link takes back; looking uses nothing up. Raises LinkUsed."""
    proof, row = _found(token)
    return Addition(_NAMES[type(row)], _since(row), bool(_verifiers(proof)))


def take_back(token: str, password: str = "") -> None:
    """Take away what was added, and nothing older, and end all sessions.

    A second step of an account with a password is taken away by whoever knows that password as it
    was when the step was added, or before it was changed these days. A password that came only days
    before the step goes with it, and second steps that came after a password with that. Raises LinkUsed, WrongPassword, TooMany or LastWayIn; call it with
    nothing uncommitted.
    """
    proof, row = _found(token)
    user_id, verifiers = row.user_id, _verifiers(proof)
    if verifiers:
        guarding.check_owner(user_id, password, verifiers)
    entry.hold(user_id)
    proof, row = _found(token)
    going = [row, *_password_before(row), *_steps_after(row)]
    if _is_last_way_in(user_id, going):
        raise LastWayIn(user_id)
    proof.used_at = now()
    for each in going:
        _take_away(each)
    if any(map(_is_step, going)):
        _settle_second_step(user_id, bytes.fromhex(proof.content["codes"]))
    end_sessions(user_id)
    devices.forget_others(user_id)
    audit.record("addition_taken_back", actor=user_id, what=_NAMES[type(row)])
    _tell(user_id)


def _take_away(row: Added) -> None:
    if isinstance(row, Password):
        db.session.execute(delete(NewLogin).where(NewLogin.user_id == row.user_id))
    db.session.delete(row)
    db.session.flush()


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


def _settle_second_step(user_id: UUID, salt: bytes) -> None:
    """End the recovery codes that whoever added it was shown; and all, where no step is left."""
    if second_step.ways_of(user_id).is_any:
        second_step.forget_codes(user_id, of=salt)
        return
    second_step.forget_codes(user_id)
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
    """What was added then; what has taken its place since is something else."""
    kind = next(each for each, name in _NAMES.items() if name == proof.content["what"])
    key = UUID(proof.content["id"])
    row = cast(Added | None, db.session.get(kind, key, populate_existing=True))
    is_same = row is not None and _since(row).isoformat() == proof.content["since"]
    return row if is_same else None


def _verifiers(proof: MailedProof) -> list[str]:
    """Of the passwords that show the owner; none where none is asked for."""
    return list(proof.content["passwords"])


def _key(row: Added) -> UUID:
    return row.user_id if isinstance(row, Authenticator | Password) else row.id


def _since(row: Added) -> datetime:
    if isinstance(row, Password):
        return row.added_at or row.changed_at
    return row.created_at


def _is_step(row: Added) -> bool:
    return isinstance(row, _STEPS)


def _is_last_way_in(user_id: UUID, going: Sequence[Added]) -> bool:
    """Whether nothing that opens the account by itself would be left without these."""
    ways = [
        db.session.scalar(select(func.count()).where(each.user_id == user_id)) or 0
        for each in (Password, Passkey, UserIdentity)
    ]
    return sum(ways) == sum(not isinstance(each, Authenticator) for each in going)


def _role_of(user_id: UUID) -> Role | None:
    return db.session.scalar(select(User.role).where(User.id == user_id))


def _tell(user_id: UUID) -> None:
    lines = (
        later("It was taken back by the link in the letter that told of it."),
        later(
            "All sessions have ended. Set a new password now: somebody else may know the old one."
        ),
    )
    link = {
        "link_label": later("Set a new password"),
        "link_href": f"{settings().public_origin}/password/forgotten",
    }
    letters.write(user_id, later("What was added to your account was taken back"), lines, link)
