"""All that is particular to Xero: its addresses, its answers, and how both may go wrong."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import httpx
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from xero_onboard.config import XeroSettings
from xero_onboard.connect.providers.base import (
    AccessRefused,
    AuthorizeRequest,
    BadAnswer,
    BadIdentity,
    ClientRefused,
    CodeToExchange,
    Consent,
    ListedOrganisation,
    NoRefreshToken,
    OrganisationFacts,
    OrganisationRefused,
    Patience,
    ProviderFacts,
    ProviderUnavailable,
    ScopeMissing,
    Tokens,
    take_place,
)
from xero_onboard.connect.providers.keys import KeyCache
from xero_onboard.connect.providers.openid import (
    Claims,
    Expected,
    check_id_token,
    check_issuer_and_time,
    claims_of,
)
from xero_onboard.connect.providers.xero_answers import (
    LONGEST_ID,
    LONGEST_TOKEN,
    described_of,
    identity_of,
    listed_of,
    names_a_reason,
    refusal,
    refuse_unavailable,
    refuse_unusable,
    resources_of,
    tokens_of,
)
from xero_onboard.lib import http

SIGN_IN_SCOPES = ("openid", "profile", "email")

# Authlib writes code verifiers into its DEBUG log.
logging.getLogger("authlib").setLevel(logging.WARNING)


class XeroProvider:
    """Xero, or the sandbox that imitates it."""

    def __init__(self, settings: XeroSettings) -> None:
        self._settings = settings
        self._keys = KeyCache()
        self._facts = ProviderFacts(
            name="xero",
            # The issuer is the identity host itself, without a slash at the end.
            # https://developer.xero.com/documentation/guides/oauth2/sign-in/
            issuer=settings.identity_url,
            environment="sandbox" if settings.is_sandbox else "live",
            scopes=settings.scopes,
            sign_in_scopes=SIGN_IN_SCOPES,
        )

    @property
    def facts(self) -> ProviderFacts:
        return self._facts

    def authorize_url(self, asked: AuthorizeRequest) -> str:
        """Where to send the browser; always with S256, which protects the code on its way back."""
        url, _ = self._oauth(None).create_authorization_url(
            f"{self._settings.login_url}/identity/connect/authorize",
            state=asked.state,
            nonce=asked.nonce,
            code_verifier=asked.verifier,
            redirect_uri=asked.redirect_uri,
            scope=" ".join(asked.scopes),
        )
        return str(url)

    def exchange(self, brought: CodeToExchange, patience: Patience) -> Consent:
        """Tokens and a proven identity for a code; raises any ProviderError."""
        answer = self._token_answer(
            patience,
            lambda oauth: oauth.fetch_token(
                f"{self._settings.identity_url}/connect/token",
                code=brought.code,
                redirect_uri=brought.redirect_uri,
                code_verifier=brought.verifier,
                auth=self._basic_auth,
            ),
        )
        tokens = tokens_of(answer, brought.scopes)
        try:
            claims = self._identity_claims(answer, tokens.access, brought.nonce, patience)
        except ProviderUnavailable as error:
            # Whatever was not sent now, the code was: it must not be exchanged a second time.
            raise ProviderUnavailable(str(error), sent=True) from error
        identity = identity_of(claims)
        return Consent(
            identity=identity,
            tokens=tokens,
            event_id=self._event_id(tokens.access, identity.subject, patience),
        )

    def refresh(self, refresh_token: str, patience: Patience) -> Tokens:
        """A new pair; raises ProviderUnavailable, GrantRefused or ClientRefused."""
        answer = self._token_answer(
            patience,
            lambda oauth: oauth.fetch_token(
                f"{self._settings.identity_url}/connect/token",
                grant_type="refresh_token",
                refresh_token=refresh_token,
                auth=self._basic_auth,
            ),
        )
        try:
            return tokens_of(answer, ("offline_access",))
        except (NoRefreshToken, ScopeMissing) as error:
            raise BadAnswer("a refresh that cannot be refreshed again") from error

    def revoke(self, refresh_token: str, patience: Patience) -> None:
        """End the login's whole consent; raises ProviderUnavailable or ClientRefused."""
        with _session(patience) as session:
            answer = _heard(
                lambda: self._oauth(session).revoke_token(
                    f"{self._settings.identity_url}/connect/revocation",
                    token=refresh_token,
                    auth=self._basic_auth,
                )
            )
        refuse_unavailable(answer)
        if answer.status_code != 200:
            raise ClientRefused(f"revocation was answered with {answer.status_code}")

    def organisations(
        self, access_token: str, patience: Patience
    ) -> tuple[ListedOrganisation, ...]:
        """Everything this login has connected to us, not only what it connected just now."""
        return listed_of(self._asked("GET", "/connections", access_token, patience).json())

    def describe(
        self, access_token: str, tenant_id: str, patience: Patience
    ) -> OrganisationFacts | None:
        """The organisation's name and country; None where the scopes do not allow us to ask."""
        if not {"accounting.settings", "accounting.settings.read"} & set(self._settings.scopes):
            return None
        path = "/api.xro/2.0/Organisation"
        return described_of(self._asked("GET", path, access_token, patience, tenant_id).json())

    def disconnect(self, access_token: str, connection_id: str, patience: Patience) -> None:
        """Remove one organisation at Xero; a 404 says that it is gone already."""
        self._asked("DELETE", f"/connections/{connection_id}", access_token, patience)

    @property
    def _basic_auth(self) -> httpx.BasicAuth:
        # Both are form-encoded first: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
        return httpx.BasicAuth(
            quote_plus(self._settings.client_id), quote_plus(self._settings.client_secret)
        )

    def _oauth(self, session: httpx.Client | None) -> OAuth2Client:
        return OAuth2Client(
            session, client_id=self._settings.client_id, code_challenge_method="S256"
        )

    def _token_answer(
        self, patience: Patience, ask: Callable[[OAuth2Client], Any]
    ) -> dict[str, Any]:
        with _session(patience) as session:
            oauth = self._oauth(session)
            oauth.register_compliance_hook("access_token_response", refuse_unusable)
            try:
                answer = _heard(lambda: ask(oauth))
            except OAuth2Error as error:
                raise refusal(error.error) from error
            except (
                httpx.HTTPError,
                ValueError,
                TypeError,
                ArithmeticError,
                RecursionError,
            ) as error:
                raise BadAnswer(f"not a token: {type(error).__name__}") from error
        return dict(answer)

    def _identity_claims(
        self, answer: dict[str, Any], access_token: str, nonce: str, patience: Patience
    ) -> Claims:
        id_token = answer.get("id_token")
        if not isinstance(id_token, str) or len(id_token) > LONGEST_TOKEN:
            raise BadIdentity("no identity token came")
        claims = self._signed_claims(id_token, patience)
        expected = Expected(self._facts.issuer, self._settings.client_id, nonce, access_token)
        check_id_token(claims, expected)
        return claims

    def _event_id(self, access_token: str, subject: str, patience: Patience) -> str | None:
        """Which press of "Allow access" this was, if the access token says so in a way we can verify."""
        try:
            claims = self._signed_claims(access_token, patience)
            check_issuer_and_time(claims, self._facts.issuer)
        except (BadIdentity, ProviderUnavailable):
            return None
        if claims.get("xero_userid", subject) != subject:
            raise BadIdentity("the access token belongs to somebody else")
        event_id = claims.get("authentication_event_id")
        is_ours = claims.get("aud") in resources_of(self._facts.issuer)
        is_storable = isinstance(event_id, str) and len(event_id) <= LONGEST_ID
        return event_id if is_ours and is_storable else None

    def _signed_claims(self, token: str, patience: Patience) -> Claims:
        return claims_of(
            self._keys.payload_of(
                token, lambda seconds: self._published_keys(patience.at_most(seconds))
            )
        )

    def _published_keys(self, patience: Patience) -> object:
        url = f"{self._settings.identity_url}/.well-known/openid-configuration/jwks"
        with _session(patience) as session:
            answer: httpx.Response = _heard(lambda: session.get(url))
        refuse_unusable(answer)
        return answer.json()

    def _asked(
        self,
        method: str,
        path: str,
        access_token: str,
        patience: Patience,
        tenant_id: str | None = None,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        if tenant_id is not None:
            headers["xero-tenant-id"] = tenant_id
        with _session(patience) as session:
            url = f"{self._settings.api_url}{path}"
            answer: httpx.Response = _heard(lambda: session.request(method, url, headers=headers))
        if "insuffic" in answer.headers.get("WWW-Authenticate", ""):
            # Spelt both "insufficient_scope" and "insufficent_scope" by Xero.
            raise ScopeMissing("the access token lacks a scope")
        if answer.status_code == 401:
            raise AccessRefused("the access token is not accepted")
        if answer.status_code == 403 and names_a_reason(answer):
            raise OrganisationRefused("the organisation is closed to this login")
        if method == "DELETE" and answer.status_code in (204, 404):
            return answer
        refuse_unusable(answer)
        return answer


def _session(patience: Patience) -> httpx.Client:
    take_place()
    return http.client(patience.left())


def _heard(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except http.Unanswered as error:
        raise ProviderUnavailable(str(error), sent=error.sent) from error
