"""Who calls the API with an access token, and the API's way of saying no."""

from uuid import uuid4

from flask import Response, abort, jsonify, request

from xero_onboard.sandbox import signing
from xero_onboard.sandbox.signing import Bearer


def caller() -> Bearer:
    """Whom the access token speaks for; anybody else is answered 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        abort(refuse("AuthenticationUnsuccessful"))
    try:
        return signing.read_access_token(token.strip())
    except signing.Expired as expired:
        abort(refuse(f"TokenExpired: token expired at {expired.at:%m/%d/%Y %H:%M:%S}"))
    except signing.NotOurs:
        abort(refuse("AuthenticationUnsuccessful"))


def refuse(detail: str) -> Response:
    """401: the token is no good."""
    return _problem(401, "Unauthorized", detail)


def refuse_scope() -> Response:
    """401 as well: the token is good, but not for this."""
    response = refuse("AuthorizationUnsuccessful")
    response.headers["WWW-Authenticate"] = "insufficient_scope"
    return response


def refuse_tenant() -> Response:
    """403: the organisation is not, or no longer, connected through this person."""
    return _problem(403, "Forbidden", "AuthenticationUnsuccessful")


def _problem(status: int, title: str, detail: str) -> Response:
    response = jsonify(
        Type=None,
        Title=title,
        Status=status,
        Detail=detail,
        Instance=str(uuid4()),
        Extensions={},
    )
    response.status_code = status
    return response
