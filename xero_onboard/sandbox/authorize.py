"""What an app asks for when it sends somebody here, and why it may be turned away."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from werkzeug.datastructures import MultiDict

from xero_onboard.config import SandboxSettings
from xero_onboard.sandbox import pkce, scopes, unknowns

_LONGEST = 4000
_FLOWS_OF_OTHER_APPS = frozenset(
    {"token", "id_token", "code id_token", "code token", "code id_token token"}
)


class RequestRefused(Exception):
    """The request is wrong, and so nobody may be sent back to the address it names.

    `error` and `text` are Xero's words; `advice` is ours, for whoever builds the app.
    """

    def __init__(self, error: str, text: str, advice: str) -> None:
        super().__init__(f"{error} : {text}")
        self.advice = advice


@dataclass(frozen=True)
class AuthorizeRequest:
    """A request that was found good."""

    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    nonce: str | None
    challenge: str | None

    @property
    def wants_organisation(self) -> bool:
        return bool(scopes.of_organisation(self.scopes))

    def answer(self, **values: str) -> str:
        """The app's address with these values, and the app's own state."""
        if self.state is not None:
            values["state"] = self.state
        separator = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{separator}{urlencode(values)}"


def read(values: MultiDict[str, str], app: SandboxSettings) -> AuthorizeRequest:
    """Check everything the app asks for, in the order Xero does; raises RequestRefused."""
    for name, several in values.lists():
        if len(several) > 1 or len(several[0]) > _LONGEST:
            raise RequestRefused(
                "invalid_request", f"Invalid {name[:40]}", f"Send “{name[:40]}” once, and shorter."
            )
    _check_client(values.get("client_id"), app)
    redirect_uri = _redirect_uri(values.get("redirect_uri"), app)
    _check_response_type(values.get("response_type"))
    return AuthorizeRequest(
        redirect_uri=redirect_uri,
        scopes=_scopes(values.get("scope", "")),
        state=values.get("state"),
        nonce=values.get("nonce"),
        challenge=_challenge(values.get("code_challenge"), values.get("code_challenge_method")),
    )


def _check_client(client_id: str | None, app: SandboxSettings) -> None:
    if client_id != app.client_id:
        raise RequestRefused(
            "unauthorized_client",
            "Unknown client or client not enabled",
            "The client_id is not the one of the app registered here.",
        )


def _redirect_uri(given: str | None, app: SandboxSettings) -> str:
    if given and _host(given) == "127.0.0.1":
        raise RequestRefused(
            "unauthorized_client",
            "Invalid redirect_uri",
            "Xero does not accept 127.0.0.1 as a redirect address. Use localhost.",
        )
    if given not in app.redirect_uris:
        raise RequestRefused(
            "unauthorized_client",
            "Invalid redirect_uri",
            "The redirect_uri must be one of the registered ones, to the letter.",
        )
    return given


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _check_response_type(given: str | None) -> None:
    if given == "code":
        return
    if given in _FLOWS_OF_OTHER_APPS:
        raise RequestRefused(
            "unauthorized_client",
            "Invalid grant type for client",
            "A web app uses response_type=code.",
        )
    raise RequestRefused(
        "unsupported_response_type", "Response type not supported", "Use response_type=code."
    )


def _scopes(given: str) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(given.split(" ")))
    for scope in asked:
        if scope in scopes.DEPRECATED or scope in scopes.APP_ONLY:
            raise RequestRefused(
                "unauthorized_client",
                "Invalid scope for client",
                f"New apps may not use “{scope}”. Use granular scopes, such as accounting.invoices.",
            )
        if scope not in scopes.KNOWN:
            raise RequestRefused(
                "invalid_scope",
                "Invalid scope",
                f"“{scope[:80]}” is not a scope. Separate scopes by single spaces.",
            )
    if scopes.mixes_tenants(asked):
        raise RequestRefused(
            "invalid_scope",
            "Invalid scope",
            "An organisation’s and a practice’s scopes cannot be asked for together.",
        )
    return asked


def _challenge(given: str | None, method: str | None) -> str | None:
    if given is None and method is None:
        return None
    if unknowns.answer("pkce") == "refused":
        raise RequestRefused(
            "unauthorized_client",
            "Invalid grant type for client",
            "This Xero was told at /faults to refuse PKCE by apps that have a secret.",
        )
    if method != "S256":
        raise RequestRefused(
            "invalid_request",
            "Transform algorithm not supported",
            "Use code_challenge_method=S256.",
        )
    if given is None or not pkce.is_challenge(given):
        raise RequestRefused(
            "invalid_request",
            "Invalid code_challenge",
            "A challenge is the SHA-256 of the verifier in base64url: 43 characters.",
        )
    return given
