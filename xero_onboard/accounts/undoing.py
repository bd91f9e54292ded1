"""Taking back what was added to an account, by the link in the letter that told its owner of it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from xero_onboard.accounts import devices, entry, letters, passwords, second_step
from xero_onboard.accounts.models import (
    Authenticator,
    MailedProof,
    Passkey,
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
LINK_LIFE = timedelta(hours=72)

# What gives somebody a way in, or a say in who comes in.
Added = Passkey | Authenticator | UserIdentity

_NAMES: Mapping[type[Added], str] = {
    Passkey: "passkey",
    Authenticator: "authenticator",
    UserIdentity: "identity",
}


class LastWayIn(Exception):
    """Without it nobody could sign in to this account any more."""


@dataclass(frozen=True)
class Addition:
    """What was added, by its name in `_NAMES`, and when."""

    what: str
    since: datetime


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
            "since": row.created_at.isoformat(),
            "codes": codes.salt.hex() if codes else "",
        },
        secret_digest=digest(token),
        mailed_at=now(),
        expires_at=now() + LINK_LIFE,
    )
    db.session.add(proof)
    return f"{settings().public_origin}/not-me/{token}"


def look(token: str) -> Addition:
    """What this link takes back; looking uses nothing up. Raises LinkUsed."""
    _, row = _found(token)
    return Addition(_NAMES[type(row)], row.created_at)


def take_back(token: str) -> None:
    """Take away what was added, and nothing older, and end all sessions. Raises LinkUsed or LastWayIn."""
    user_id = _found(token)[1].user_id
    entry.hold(user_id)
    proof, row = _found(token)
    if _is_last_way_in(row):
        raise LastWayIn(user_id)
    proof.used_at = now()
    db.session.delete(row)
    db.session.flush()
    if not isinstance(row, UserIdentity):
        _settle_second_step(user_id, bytes.fromhex(proof.content["codes"]))
    end_sessions(user_id)
    devices.forget_others(user_id)
    audit.record("addition_taken_back", actor=user_id, what=_NAMES[type(row)])
    _tell(user_id)


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
    is_same = row is not None and row.created_at.isoformat() == proof.content["since"]
    return row if is_same else None


def _key(row: Added) -> UUID:
    return row.user_id if isinstance(row, Authenticator) else row.id


def _is_last_way_in(row: Added) -> bool:
    if isinstance(row, Authenticator) or passwords.login_of_user(row.user_id) is not None:
        return False
    keys = select(func.count()).where(Passkey.user_id == row.user_id)
    logins = select(func.count()).where(UserIdentity.user_id == row.user_id)
    return sum(db.session.scalar(each) or 0 for each in (keys, logins)) == 1


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
