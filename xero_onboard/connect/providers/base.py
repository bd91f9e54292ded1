"""What every provider can do for us, in our words; nothing beyond this folder sees a provider's JSON."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from xero_onboard.lib.reader import Identity
from xero_onboard.lib.web import crowd


class ProviderError(Exception):
    """The provider did not do what we asked; each subclass is a decision for the caller."""


class ProviderUnavailable(ProviderError):
    """Nothing usable came back, and the same request may succeed later.

    `sent` is False only when the request certainly never left.
    """

    def __init__(self, reason: str, *, sent: bool, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.sent = sent
        self.retry_after = retry_after


class BadAnswer(ProviderUnavailable):
    """An answer came, but not one we can use or must believe."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, sent=True)


class NotAsked(ProviderUnavailable):
    """We are too busy with it ourselves: the provider has neither been asked nor been silent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, sent=False)


class GrantRefused(ProviderError):
    """The code or refresh token is not (or no longer) accepted."""


class AccessRefused(ProviderError):
    """The access token is not accepted."""


class OrganisationRefused(ProviderError):
    """The login is fine, but this organisation is closed to it."""


class ClientRefused(ProviderError):
    """The provider refuses us, the application: the operator has to act, not the reader."""


class BadIdentity(ProviderError):
    """What should prove who signed in does not prove it."""


class ClocksApart(ProviderError):
    """What proves who signed in is right but for its time: our clock or the provider's is wrong.

    `seconds` is how far the provider's clock is ahead of ours; negative when it is behind.
    """

    def __init__(self, seconds: int) -> None:
        side = "behind" if seconds > 0 else "ahead of"
        super().__init__(f"our clock is {abs(seconds)} seconds {side} the provider's")
        self.seconds = seconds


class NoRefreshToken(ProviderError):
    """The provider gave access for half an hour, but nothing to renew it with."""


class ScopeMissing(ProviderError):
    """Fewer permissions were granted than we asked for."""


@dataclass(frozen=True)
class ProviderFacts:
    """What we declare about a provider."""

    name: str
    issuer: str
    environment: str
    scopes: tuple[str, ...]
    sign_in_scopes: tuple[str, ...]

    @property
    def callback_name(self) -> str:
        """The provider's part in the paths it sends browsers back to.

        The sandbox has paths of its own, so that what it says is never taken for the provider's word.
        """
        return "sandbox" if self.environment == "sandbox" else self.name


@dataclass(frozen=True)
class AuthorizeRequest:
    """What goes to the provider with the browser."""

    redirect_uri: str
    scopes: tuple[str, ...]
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class CodeToExchange:
    """What the browser brought back, with what the attempt knows."""

    redirect_uri: str
    scopes: tuple[str, ...]
    code: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Tokens:
    """One grant's tokens, in the clear; only the vault keeps them, and it seals them."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    scopes: tuple[str, ...]
    expires_in: int


@dataclass(frozen=True)
class Consent:
    """What one successful authorisation gave us."""

    identity: Identity
    tokens: Tokens
    event_id: str | None


@dataclass(frozen=True)
class ListedOrganisation:
    """One row of what a login has connected to us; `connection_id` is the provider's, not ours."""

    connection_id: str
    tenant_id: str
    name: str
    event_id: str | None
    updated_at: datetime | None
    is_organisation: bool


@dataclass(frozen=True)
class OrganisationFacts:
    """What an organisation says of itself."""

    name: str
    country: str | None
    is_demo: bool = False


class Patience:
    """How long one page may wait for a provider, all its calls together."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds that remain; raises ProviderUnavailable when none do."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise ProviderUnavailable("the page has waited long enough", sent=False)
        return left

    def at_most(self, seconds: float) -> "Patience":
        """The same, but for one call that is worth no more than this; raises as `left`."""
        return Patience(min(seconds, self.left()))

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to wait for."""
        return time.monotonic() >= self._ends_at


def take_place() -> None:
    """Take one of the places of those whose request may wait for a provider; raises NotAsked."""
    if not crowd.join():
        raise NotAsked("too many wait for it already")


class Provider(Protocol):
    """An adapter: facts, and the calls we make."""

    @property
    def facts(self) -> ProviderFacts: ...

    def authorize_url(self, asked: AuthorizeRequest) -> str:
        """Where to send the browser."""

    def exchange(self, brought: CodeToExchange, patience: Patience) -> Consent:
        """Tokens and a proven identity for a code; raises any ProviderError."""

    def refresh(self, refresh_token: str, patience: Patience) -> Tokens:
        """A new pair; raises ProviderUnavailable, GrantRefused or ClientRefused."""

    def revoke(self, refresh_token: str, patience: Patience) -> None:
        """End the login's whole consent; raises ProviderUnavailable or ClientRefused."""

    def organisations(
        self, access_token: str, patience: Patience
    ) -> tuple[ListedOrganisation, ...]:
        """Everything this login has connected to us; raises ProviderUnavailable or AccessRefused."""

    def describe(
        self, access_token: str, tenant_id: str, patience: Patience
    ) -> OrganisationFacts | None:
        """One organisation in its own words, None if we may not ask; raises as `organisations`, or OrganisationRefused."""

    def disconnect(self, access_token: str, connection_id: str, patience: Patience) -> None:
        """Remove one organisation at the provider; gone already is as good."""
