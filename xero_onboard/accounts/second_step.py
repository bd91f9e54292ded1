"""Authenticator apps and recovery codes: each code counts once, however many arrive together."""

import base64
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pyotp
import segno
from argon2.low_level import Type, hash_secret_raw
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.engine import CursorResult

from xero_onboard.accounts.models import Authenticator, Passkey, RecoveryCode
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import key_ring
from xero_onboard.lib.db import begin_read, begin_write, db
from xero_onboard.lib.sealed import SealedColumn, declare

STEP_SECONDS = 30
CODES = 10
_CODE_BYTES = 10
# What is easily mistaken when a code is copied from paper; base32 has none of the left ones.
_MISREAD = str.maketrans("018", "OIB", "- ")


@dataclass(frozen=True)
class Ways:
    """By what a user can give their second proof."""

    authenticator: bool
    passkey: bool
    recovery_codes: int

    @property
    def is_any(self) -> bool:
        return self.authenticator or self.passkey


@dataclass(frozen=True)
class NewCodes:
    """Recovery codes as they are shown once, and what is kept of them."""

    codes: tuple[str, ...] = field(repr=False)
    salt: bytes = field(repr=False)
    verifiers: tuple[bytes, ...] = field(repr=False)


def ways_of(user_id: UUID) -> Ways:
    """What this user has set up."""
    has_passkey = db.session.scalar(select(exists().where(Passkey.user_id == user_id)))
    return Ways(
        authenticator=db.session.get(Authenticator, user_id) is not None,
        passkey=bool(has_passkey),
        recovery_codes=codes_left(user_id),
    )


def new_secret() -> str:
    """A key for an authenticator app."""
    return pyotp.random_base32()


def key_uri(secret: str, login: str, product: str) -> str:
    """What the QR code says to an authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=product)


def picture(uri: str) -> str:
    """An <svg> for the page itself, dark on light in every colour scheme."""
    return segno.make(uri, error="m").svg_inline(scale=4, border=4, light="#fff", omitsize=True)


def fits(secret: str, code: str) -> bool:
    """Whether an app with this key shows this code now."""
    return _step_of(secret, code) is not None


def confirm(user_id: UUID, secret: str, code: str) -> bool:
    """Keep the key once a code proves that the app has it; that code is spent."""
    step = _step_of(secret, code)
    if step is None:
        return False
    sealed = key_ring().seal(secret, _place(user_id))
    app = Authenticator(user_id=user_id, secret_sealed=sealed, last_step=step)
    if db.session.get(Authenticator, user_id) is not None:
        app.moved_at = now()
    db.session.merge(app)
    db.session.flush()
    return True


def spend(user_id: UUID, code: str) -> bool:
    """Whether the app's code is right and new. Raises KeyMissing or Tampered."""
    row = db.session.get(Authenticator, user_id)
    if row is None:
        return False
    step = _step_of(key_ring().unseal(row.secret_sealed, _place(user_id)), code)
    if step is None:
        return False
    return _changed_one(
        update(Authenticator)
        .where(Authenticator.user_id == user_id, Authenticator.last_step < step)
        .values(last_step=step)
    )


def remove(user_id: UUID, *, with_codes: bool = True) -> None:
    """Forget the app, and the codes unless they stand in for something else as well."""
    db.session.execute(delete(Authenticator).where(Authenticator.user_id == user_id))
    if with_codes:
        forget_codes(user_id)


def make_codes() -> NewCodes:
    """Ten new codes. Slow on purpose: call it before the first statement of a transaction."""
    salt = secrets.token_bytes(16)
    codes = [base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode() for _ in range(CODES)]
    shown = ("-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes)
    return NewCodes(tuple(shown), salt, tuple(_slow(code, salt) for code in codes))


def keep_codes(user_id: UUID, made: NewCodes) -> None:
    """Have these codes stand in for the user's second step; the old ones end."""
    forget_codes(user_id)
    rows = [RecoveryCode(user_id=user_id, salt=made.salt, verifier=each) for each in made.verifiers]
    db.session.add_all(rows)
    db.session.flush()


def forget_codes(user_id: UUID) -> None:
    """End the codes that stood in for a second step."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def spend_recovery_code(user_id: UUID, given: str) -> bool:
    """Whether this is one of the user's codes, and was not used before.

    Hashing is slow on purpose, so nothing is locked meanwhile. Call it with nothing uncommitted.
    """
    begin_read()
    salt = db.session.scalar(
        select(RecoveryCode.salt).where(RecoveryCode.user_id == user_id).limit(1)
    )
    verifier = _slow(given.upper().translate(_MISREAD)[:64], salt or bytes(16))
    begin_write()
    return salt is not None and _changed_one(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.verifier == verifier,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
    )


def codes_left(user_id: UUID) -> int:
    """How many recovery codes are unused."""
    query = select(func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(query) or 0


def _step_of(secret: str, code: str) -> int | None:
    """The half minute this code belongs to: the present one, or one beside it."""
    given = "".join(code.split())
    present = int(now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given.encode()):
            return step
    return None


def _slow(code: str, salt: bytes) -> bytes:
    return hash_secret_raw(
        code.encode(),
        salt,
        time_cost=2,
        memory_cost=19_456,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )


def _place(user_id: UUID) -> str:
    return f"authenticator|{user_id}|secret"


def _changed_one(statement: Any) -> bool:
    result = db.session.execute(statement)
    return isinstance(result, CursorResult) and result.rowcount == 1


declare(SealedColumn(Authenticator.secret_sealed, (), lambda row: _place(row.user_id)))
