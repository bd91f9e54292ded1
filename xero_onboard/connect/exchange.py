"""From what the browser brought to the provider's tokens, or the reason why there are none."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from xero_onboard.connect import installation, trouble, vault
from xero_onboard.connect.attempts import end
from xero_onboard.connect.departure import PERSONAL, redirect_uri
from xero_onboard.connect.models import Attempt
from xero_onboard.connect.providers.base import (
    BadIdentity,
    ClientRefused,
    ClocksApart,
    CodeToExchange,
    Consent,
    GrantRefused,
    NoRefreshToken,
    Patience,
    Provider,
    ProviderError,
    ProviderUnavailable,
    ScopeMissing,
)
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import Tampered
from xero_onboard.lib.db import commit

LIFE = timedelta(minutes=10)

_CODES: tuple[tuple[type[ProviderError], str], ...] = (
    (BadIdentity, "bad_identity"),
    (ClocksApart, trouble.CLOCKS_APART),
    (NoRefreshToken, "no_refresh_token"),
    (ScopeMissing, "scope_missing"),
    (GrantRefused, "code_refused"),
    (ClientRefused, trouble.CLIENT_REFUSED),
)

# What the provider says in the address. https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1
_SAID: Mapping[str, str] = {
    "access_denied": "declined",
    "temporarily_unavailable": "provider_unavailable",
    "server_error": "provider_unavailable",
    # These are about us, not about the reader.
    "invalid_request": "client_refused",
    "invalid_scope": "client_refused",
    "unauthorized_client": "client_refused",
    "unsupported_response_type": "client_refused",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What the browser brought back in the address."""

    state: str | None = field(repr=False)
    code: str | None = field(repr=False)
    error: str | None
    issuer: str | None


def obtain(
    provider: Provider, attempt: Attempt, answer: Answer, patience: Patience
) -> Consent | None:
    """What the provider gives for what the browser brought; None when the attempt ends with that."""
    code = _refused_before_exchange(provider, attempt, answer)
    if code is not None:
        if code == "client_refused":
            trouble.note(trouble.AUTHORIZE_REFUSED, answer.error or "")
        end(attempt, code)
        return None
    # Nothing is locked while we wait for the provider.
    commit()
    try:
        return _exchange(provider, attempt, answer, patience)
    except ProviderError as error:
        code = _code_of(error)
        is_operators = code in trouble.TOLD_BY_PROVIDER
        level = logging.CRITICAL if is_operators else logging.WARNING
        log.log(level, "attempt %s got no tokens: %s: %s", attempt.id, code, error)
        if is_operators:
            trouble.note(code, str(error))
        end(attempt, code)
    except (vault.VaultLocked, Tampered):
        log.exception("attempt %s: its verifier cannot be opened", attempt.id)
        end(attempt, "storage_failed")
    return None


def _refused_before_exchange(provider: Provider, attempt: Attempt, answer: Answer) -> str | None:
    """Why no code is exchanged, if none is. Only known words of the provider are understood."""
    if attempt.started_at + LIFE < now():
        return "attempt_expired"
    if attempt.purpose not in PERSONAL and installation.must_rest():
        # Who only signs in brings no tokens that anybody would keep.
        return "at_rest"
    if answer.issuer is not None and answer.issuer != provider.facts.issuer:
        # Somebody mixed up two providers: https://www.rfc-editor.org/rfc/rfc9207
        return "bad_identity"
    said = _SAID.get(answer.error or "")
    if said is not None:
        return said
    if answer.error is not None or not re.fullmatch(r"[!-~]{1,2048}", answer.code or ""):
        return "provider_error"
    return None


def _exchange(provider: Provider, attempt: Attempt, answer: Answer, patience: Patience) -> Consent:
    brought = CodeToExchange(
        redirect_uri=redirect_uri(attempt.purpose),
        scopes=tuple(attempt.scopes.split()),
        code=answer.code or "",
        nonce=attempt.nonce,
        verifier=vault.unseal(
            "attempt", attempt.id, "verifier", attempt.environment, attempt.verifier_sealed
        ),
    )
    try:
        return provider.exchange(brought, patience)
    except ProviderUnavailable as error:
        if error.sent:
            # The code is used up: asking again could even revoke what the lost answer gave.
            raise
        return provider.exchange(brought, patience)


def _code_of(error: ProviderError) -> str:
    return next((code for kind, code in _CODES if isinstance(error, kind)), "provider_unavailable")
