"""Passkeys: each challenge is for one browser, one purpose and one answer."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from xero_onboard.accounts import entry
from xero_onboard.accounts.models import Passkey, PasskeyChallenge
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest
from xero_onboard.lib.db import db
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.web import settings

CHALLENGE_LIFE = timedelta(minutes=5)
LONGEST_ANSWER = 20_000

# What the library raises at an answer that no device gave; it looks into lists and keys before it knows them.
_UNREADABLE = (WebAuthnException, ValueError, LookupError, TypeError, AttributeError)

Purpose = Literal["add", "sign_in", "prove"]


@dataclass(frozen=True)
class Asker:
    """Whose passkey is to be added, in the words the device will show."""

    user_id: UUID
    login: str
    name: str


class BadPasskey(Exception):
    """What the device sent proves nothing to us."""


def options_to_add(asker: Asker, browser: str) -> str:
    """What to ask the device for, as JSON; begins a challenge."""
    known = db.session.scalars(
        select(Passkey.credential_id).where(Passkey.user_id == asker.user_id)
    )
    options = generate_registration_options(
        rp_id=settings().public_host,
        rp_name=settings().product_name,
        user_id=asker.user_id.bytes,
        user_name=asker.login,
        user_display_name=asker.name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    _remember(options.challenge, browser, "add")
    return options_to_json(options)


def add(user_id: UUID, answer: str, browser: str, name: str) -> Passkey:
    """Keep a new passkey; raises BadPasskey."""
    challenge = _taken(answer, browser, "add")
    try:
        proven = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=settings().public_host,
            expected_origin=settings().public_origin,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise BadPasskey from error
    if _row(proven.credential_id) is not None:
        raise BadPasskey
    passkey = Passkey(
        user_id=user_id,
        credential_id=proven.credential_id,
        public_key=proven.credential_public_key,
        sign_count=proven.sign_count,
        name=name,
    )
    db.session.add(passkey)
    db.session.flush()
    return passkey


def options_to_use(browser: str, purpose: Literal["sign_in", "prove"]) -> str:
    """What to ask the device for, as JSON; begins a challenge."""
    options = generate_authentication_options(
        rp_id=settings().public_host, user_verification=UserVerificationRequirement.REQUIRED
    )
    _remember(options.challenge, browser, purpose)
    return options_to_json(options)


def use(
    answer: str,
    browser: str,
    purpose: Literal["sign_in", "prove"],
    expected: UUID | None = None,
) -> UUID:
    """Whose passkey signed, which must be the `expected` user if one is named; raises BadPasskey."""
    challenge = _taken(answer, browser, purpose)
    try:
        row = _held(base64url_to_bytes(str(json.loads(answer)["rawId"])))
        if row is None or expected not in (None, row.user_id):
            raise BadPasskey
        proven = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=settings().public_host,
            expected_origin=settings().public_origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise BadPasskey from error
    row.sign_count, row.used_at = proven.new_sign_count, now()
    return row.user_id


@every_minute("forget passkey challenges")
def forget_challenges() -> None:
    """Remove the challenges nobody answered in time."""
    db.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at < now()))


def _row(credential_id: bytes) -> Passkey | None:
    query = select(Passkey).where(Passkey.credential_id == credential_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _held(credential_id: bytes) -> Passkey | None:
    """The passkey, its owner held: who removes it ends the sessions that it opens, too."""
    row = _row(credential_id)
    if row is None:
        return None
    entry.hold(row.user_id)
    return _row(credential_id)


def _remember(challenge: bytes, browser: str, purpose: Purpose) -> None:
    db.session.add(
        PasskeyChallenge(
            id=digest(bytes_to_base64url(challenge)),
            browser_digest=digest(browser),
            purpose=purpose,
            expires_at=now() + CHALLENGE_LIFE,
        )
    )
    db.session.flush()


def _taken(answer: str, browser: str, purpose: Purpose) -> bytes:
    """The challenge this answers: ours, this browser's, and not answered before."""
    try:
        client = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
        challenge = str(client["challenge"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadPasskey from error
    taken = db.session.scalar(
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.id == digest(challenge),
            PasskeyChallenge.browser_digest == digest(browser),
            PasskeyChallenge.purpose == purpose,
            PasskeyChallenge.expires_at > now(),
        )
        .returning(PasskeyChallenge.id)
    )
    if taken is None:
        raise BadPasskey
    return base64url_to_bytes(challenge)
