"""What the app gets for a code or a refresh token, and how it gives everything back."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from xero_onboard.config import SandboxSettings
from xero_onboard.lib import clock
from xero_onboard.lib.crypto import digest
from xero_onboard.sandbox import clock as told_clock
from xero_onboard.sandbox import connections, consent, pkce, scopes, signing, unknowns
from xero_onboard.sandbox.models import AuthEvent, AuthorizationCode, RefreshToken
from xero_onboard.sandbox.store import store

# https://developer.xero.com/documentation/guides/oauth2/token-types/
ACCESS_LASTS = timedelta(minutes=30)
IDENTITY_LASTS = timedelta(minutes=5)
REFRESH_LASTS = timedelta(days=60)
# https://developer.xero.com/faq/oauth2: a used token may be retried when the answer was lost.
GRACE = timedelta(minutes=30)


class InvalidGrant(Exception):
    """The code or refresh token is wrong, spent, expired or taken back."""


@dataclass(frozen=True)
class CodeRequest:
    """What the app sends to redeem a code."""

    code: str
    redirect_uri: str
    verifier: str | None


def redeem(asked: CodeRequest, app: SandboxSettings) -> dict[str, Any]:
    """The tokens for a code; raises InvalidGrant."""
    code_digest = digest(asked.code)
    # Spent by the attempt, right or wrong: a code that leaked must not be tried twice.
    spent = store.session.scalar(
        update(AuthorizationCode)
        .where(AuthorizationCode.code_digest == code_digest)
        .where(AuthorizationCode.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(AuthorizationCode.code_digest)
    )
    if spent is None:
        raise InvalidGrant
    code = store.session.get_one(AuthorizationCode, code_digest)
    if code.expires_at <= clock.now() or code.redirect_uri != asked.redirect_uri:
        raise InvalidGrant
    if not pkce.is_met(code.challenge, asked.verifier):
        raise InvalidGrant
    nonce = code.nonce if unknowns.answer("nonce") == "returned" else None
    return _answer(code.event, app, nonce=nonce)


def refresh(token: str, app: SandboxSettings) -> dict[str, Any]:
    """New tokens for a refresh token, which is spent but may be retried for a while; raises InvalidGrant."""
    now = clock.now()
    store.session.execute(
        update(RefreshToken)
        .where(RefreshToken.token_digest == digest(token))
        .where(RefreshToken.first_used_at.is_(None))
        .values(first_used_at=now)
    )
    found = store.session.get(RefreshToken, digest(token))
    if found is None or found.revoked_at or found.expires_at <= now:
        raise InvalidGrant
    if found.first_used_at and found.first_used_at + GRACE <= now:
        if unknowns.answer("late_reuse") == "family":
            _revoke_family(found)
        raise InvalidGrant
    if _has_lost_everything(found.event):
        raise InvalidGrant
    return _answer(found.event, app, nonce=None)


def revoke(token: str) -> None:
    """Take back everything this token's person has allowed the app; an unknown token is no error."""
    found = store.session.get(RefreshToken, digest(token))
    if found is None or found.revoked_at:
        return
    revoke_all(found.event.person_id)


def revoke_all(person_id: UUID) -> None:
    """Take back everything this person has allowed the app."""
    events = select(AuthEvent.id).where(AuthEvent.person_id == person_id)
    store.session.execute(
        update(RefreshToken).where(RefreshToken.event_id.in_(events)).values(revoked_at=clock.now())
    )
    connections.disconnect_all(person_id)
    consent.forget(person_id)


def identity_of(event: AuthEvent) -> dict[str, str]:
    """Who the person is, as far as the app may know."""
    person = event.person
    claims: dict[str, str] = {}
    if "profile" in event.scopes:
        claims["preferred_username"] = person.email
    if "email" in event.scopes:
        claims["email"] = person.email
    if "profile" in event.scopes:
        claims |= {"given_name": person.given_name, "family_name": person.family_name}
    return claims


def _revoke_family(token: RefreshToken) -> None:
    """What a leaked token has led to is not to be trusted: https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2"""
    store.session.execute(
        update(RefreshToken)
        .where(RefreshToken.event_id == token.event_id)
        .values(revoked_at=clock.now())
    )


def _has_lost_everything(event: AuthEvent) -> bool:
    """Whether the app has no organisation of this person left, and so nothing to refresh for."""
    if unknowns.answer("refresh_after_last") == "succeeds":
        return False
    return bool(scopes.of_organisation(event.scopes)) and not connections.of(event.person_id)


def _answer(event: AuthEvent, app: SandboxSettings, nonce: str | None) -> dict[str, Any]:
    """The token answer, keys in the order that was recorded from Xero."""
    access_token = _access_token(event, app)
    answer: dict[str, Any] = {}
    if "openid" in event.scopes:
        answer["id_token"] = _id_token(event, app, access_token, nonce)
    answer["access_token"] = access_token
    answer["expires_in"] = int(ACCESS_LASTS.total_seconds())
    answer["token_type"] = "Bearer"  # noqa: S105
    if scopes.OFFLINE in event.scopes:
        answer["refresh_token"] = _refresh_token(event)
    answer["scope"] = event.scope
    return answer


def _refresh_token(event: AuthEvent) -> str:
    token = secrets.token_urlsafe(32)
    store.session.add(
        RefreshToken(
            token_digest=digest(token),
            event_id=event.id,
            expires_at=clock.now() + REFRESH_LASTS,
        )
    )
    return token


def _id_token(event: AuthEvent, app: SandboxSettings, access_token: str, nonce: str | None) -> str:
    claims = _times(IDENTITY_LASTS) | {"iss": app.origin, "aud": app.client_id}
    if nonce is not None:
        claims["nonce"] = nonce
    claims |= {"at_hash": signing.half_digest(access_token), "sid": event.sign_in_id}
    return signing.sign(claims | _person(event) | identity_of(event) | _methods(event))


def _access_token(event: AuthEvent, app: SandboxSettings) -> str:
    claims = _times(ACCESS_LASTS) | {"iss": app.origin, "aud": f"{app.origin}/resources"}
    claims |= {"client_id": app.client_id} | _person(event)
    claims |= {
        "authentication_event_id": str(event.id),
        "jti": uuid4().hex,
        "scope": event.scopes,
    }
    return signing.sign(claims | _methods(event))


def _times(lasts: timedelta) -> dict[str, Any]:
    now = int(told_clock.now().timestamp())
    return {"nbf": now, "exp": now + int(lasts.total_seconds()), "iat": now}


def _person(event: AuthEvent) -> dict[str, Any]:
    return {
        "sub": event.person.subject,
        "auth_time": int(told_clock.told(event.authenticated_at).timestamp()),
        "idp": "local",
        "xero_userid": str(event.person_id),
        "global_session_id": event.sign_in_id,
    }


def _methods(event: AuthEvent) -> dict[str, Any]:
    return {"amr": event.methods.split()}
