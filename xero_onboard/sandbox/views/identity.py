"""The identity calls of an app: discovery, keys, tokens, revocation, who somebody is."""

import base64
import binascii
import hmac
from typing import Any
from urllib.parse import unquote_plus

from flask import Blueprint, Response, jsonify, request

from xero_onboard.sandbox import grants, scopes, signing, unknowns
from xero_onboard.sandbox.grants import CodeRequest, InvalidGrant
from xero_onboard.sandbox.models import AuthEvent
from xero_onboard.sandbox.settings import settings
from xero_onboard.sandbox.store import store
from xero_onboard.sandbox.views import bearer

blueprint = Blueprint("identity", __name__)

# What Xero advertises; a web app may use `code` alone.
_RESPONSE_TYPES = [
    "code",
    "token",
    "id_token",
    "code id_token",
    "code token",
    "code id_token token",
]
_NEVER_KEPT = "max-age=0, no-cache, no-store"


class _TokenError(Exception):
    """The token endpoint's refusal: one of the standard words, and nothing else."""


@blueprint.get("/.well-known/openid-configuration")
def discovery() -> Response:
    """Where everything is; as at Xero without `scopes_supported`, unless that was chosen at /faults."""
    origin = settings().origin
    scopes_supported = (
        {"scopes_supported": sorted(scopes.KNOWN)}
        if unknowns.answer("scopes_supported") == "present"
        else {}
    )
    return jsonify(
        issuer=origin,
        jwks_uri=f"{origin}/.well-known/openid-configuration/jwks",
        authorization_endpoint=f"{origin}/identity/connect/authorize",
        token_endpoint=f"{origin}/connect/token",
        userinfo_endpoint=f"{origin}/connect/userinfo",
        revocation_endpoint=f"{origin}/connect/revocation",
        grant_types_supported=["authorization_code", "refresh_token"],
        response_types_supported=_RESPONSE_TYPES,
        response_modes_supported=["query"],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        code_challenge_methods_supported=["S256"],
        **scopes_supported,
    )


@blueprint.get("/.well-known/openid-configuration/jwks")
def keys() -> Response:
    """The public half of the signing key."""
    return jsonify(signing.public_keys())


@blueprint.post("/connect/token")
def token() -> Response:
    """Tokens for a code or for a refresh token."""
    _check_client()
    kind = _field("grant_type")
    if kind == "authorization_code":
        asked = CodeRequest(_needed("code"), _needed("redirect_uri"), _field("code_verifier"))
        return _unkept(grants.redeem(asked, settings()))
    if kind == "refresh_token":
        return _unkept(grants.refresh(_needed("refresh_token"), settings()))
    raise _TokenError("unsupported_grant_type" if kind else "invalid_request")


@blueprint.post("/connect/revocation")
def revocation() -> Response:
    """Take back everything a refresh token stands for; the answer is the same for any token."""
    _check_client()
    grants.revoke(_needed("token"))
    return Response(status=200)


@blueprint.route("/connect/userinfo", methods=["GET", "POST"])
def userinfo() -> Response:
    """Who the bearer's person is."""
    caller = bearer.caller()
    if "openid" not in caller.scopes:
        return bearer.refuse_scope()
    event = store.session.get(AuthEvent, caller.event_id) if caller.event_id else None
    if event is None:
        return bearer.refuse("AuthenticationUnsuccessful")
    claims = {"sub": event.person.subject, "xero_userid": str(event.person_id)}
    if "profile" in caller.scopes:
        claims["name"] = event.person.name
    return _unkept(claims | grants.identity_of(event))


@blueprint.errorhandler(_TokenError)
def refuse(error: _TokenError) -> Response:
    """The word alone, as Xero answers."""
    response = _unkept({"error": str(error)})
    response.status_code = 400
    return response


@blueprint.errorhandler(InvalidGrant)
def refuse_grant(_error: InvalidGrant) -> Response:
    """The code or refresh token is no good."""
    return refuse(_TokenError("invalid_grant"))


def _check_client() -> None:
    """The app shows its secret in the header, as documented, or in the form, as the SDKs do."""
    client_id, secret = _basic() or (_field("client_id"), _field("client_secret"))
    known = settings()
    if client_id is None or secret is None:
        raise _TokenError("invalid_client")
    is_id = hmac.compare_digest(client_id.encode(), known.client_id.encode())
    is_secret = hmac.compare_digest(secret.encode(), known.client_secret.encode())
    if not is_id or not is_secret:
        raise _TokenError("invalid_client")


def _basic() -> tuple[str, str] | None:
    """Both parts are form-encoded first: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1"""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _TokenError("invalid_client") from error
    return unquote_plus(client_id), unquote_plus(secret)


def _field(name: str) -> str | None:
    values = request.form.getlist(name)
    if len(values) > 1:
        raise _TokenError("invalid_request")
    return values[0] if values and values[0] else None


def _needed(name: str) -> str:
    value = _field(name)
    if value is None:
        raise _TokenError("invalid_request")
    return value


def _unkept(answer: dict[str, Any]) -> Response:
    response = jsonify(answer)
    response.headers["Cache-Control"] = _NEVER_KEPT
    response.headers["Pragma"] = "no-cache"
    return response
