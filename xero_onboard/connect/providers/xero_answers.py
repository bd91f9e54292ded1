"""Xero's answers, checked and turned into our own words; raw JSON ends here."""

import json
import re
import unicodedata
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from xero_onboard.connect.providers.base import (
    BadAnswer,
    ClientRefused,
    GrantRefused,
    ListedOrganisation,
    NoRefreshToken,
    OrganisationFacts,
    ProviderError,
    ProviderUnavailable,
    ScopeMissing,
    Tokens,
)
from xero_onboard.connect.providers.openid import Claims, text_claim
from xero_onboard.lib.clock import now
from xero_onboard.lib.names import without_turns
from xero_onboard.lib.reader import Identity

LONGEST_TOKEN = 16_384
LONGEST_ID = 64
LONGEST_LIFE_SECONDS = 86_400


def refuse_unusable(answer: httpx.Response) -> httpx.Response:
    """Only JSON with a 200, or with the 400 or 401 of an OAuth error, is worth reading further."""
    refuse_unavailable(answer)
    if answer.status_code not in (200, 400, 401):
        raise BadAnswer(f"answered with {answer.status_code}")
    body = _read(answer)
    has_error = isinstance(body, dict) and "error" in body
    if has_error is (answer.status_code == 200):
        raise BadAnswer(f"a {answer.status_code} that contradicts its body")
    return answer


def _read(answer: httpx.Response) -> object:
    """Strictly: what two readers could understand in two ways is understood in none.

    https://www.rfc-editor.org/rfc/rfc8259#section-4
    """
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise BadAnswer("answered with something that is not called JSON")
    try:
        text = answer.content.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_each_once, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadAnswer("answered with something that is not JSON") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name comes twice")
    return dict(pairs)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def refuse_unavailable(answer: httpx.Response) -> None:
    if answer.status_code == 429 or answer.status_code >= 500:
        raise ProviderUnavailable(
            f"answered with {answer.status_code}", sent=True, retry_after=_retry_after(answer)
        )


def names_a_reason(answer: httpx.Response) -> bool:
    """Whether the API itself refuses; what stands before it refuses with a page of its own.

    https://developer.xero.com/documentation/guides/oauth2/troubleshooting/
    """
    try:
        return isinstance(lower_keys(answer.json()).get("detail"), str)
    except (ValueError, RecursionError, BadAnswer):
        return False


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds, from a number or a date; nothing absurd."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 6:
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now()).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def refusal(code: object) -> ProviderError:
    """https://developer.xero.com/documentation/guides/oauth2/troubleshooting/"""
    if code == "invalid_grant":
        return GrantRefused("invalid_grant")
    if code in ("invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"):
        return ClientRefused(str(code))
    return BadAnswer("an error Xero does not document")


def tokens_of(answer: dict[str, Any], asked: tuple[str, ...]) -> Tokens:
    access = _token_text(answer, "access_token")
    if str(answer.get("token_type", "Bearer")).lower() != "bearer":
        raise BadAnswer("not a bearer token")
    life = answer.get("expires_in")
    if type(life) is not int or not 0 < life <= LONGEST_LIFE_SECONDS:
        raise BadAnswer("a token without a sensible life")
    granted = answer.get("scope", " ".join(asked))
    if not isinstance(granted, str) or not re.fullmatch(r"[!-~ ]*", granted):
        raise BadAnswer("the granted scopes are not text")
    scopes = tuple(granted.split())
    refresh = None
    if "offline_access" in asked:
        if "offline_access" not in scopes or not answer.get("refresh_token"):
            raise NoRefreshToken("nothing to stay connected with")
        refresh = _token_text(answer, "refresh_token")
    if not set(asked) <= set(scopes):
        raise ScopeMissing(" ".join(sorted(set(asked) - set(scopes))))
    return Tokens(access=access, refresh=refresh, scopes=scopes, expires_in=life)


def _token_text(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    # Printable ASCII without spaces: anything else could not be sent back in a header.
    if not isinstance(value, str) or not re.fullmatch(r"[!-~]{1,16384}", value):
        raise BadAnswer(f"no usable {name}")
    return value


def identity_of(claims: Claims) -> Identity:
    email = claims.get("email")
    return Identity(
        issuer=text_claim(claims, "iss"),
        subject=text_claim(claims, "xero_userid", LONGEST_ID),
        email=_storable(email) if isinstance(email, str) and len(email) <= 320 else "",
        name=_full_name(claims),
    )


def _full_name(claims: Claims) -> str:
    parts = (claims.get("given_name"), claims.get("family_name"))
    name = " ".join(part.strip() for part in parts if isinstance(part, str))
    return _storable(name)[:200].strip()


def resources_of(issuer: str) -> tuple[object, ...]:
    return (f"{issuer}/resources", [f"{issuer}/resources"])


def lower_keys(row: object) -> dict[str, Any]:
    """Xero's documents and its answers differ in the case of names."""
    if not isinstance(row, dict):
        raise BadAnswer("a row is not an object")
    return {str(name).lower(): value for name, value in row.items()}


def listed_of(answer: object) -> tuple[ListedOrganisation, ...]:
    """All rows of the list of connections; one that cannot be read makes the list useless."""
    if not isinstance(answer, list):
        raise BadAnswer("the list of connections is not a list")
    return tuple(_listed(lower_keys(row)) for row in answer)


def _listed(row: dict[str, Any]) -> ListedOrganisation:
    event_id = row.get("autheventid")
    return ListedOrganisation(
        connection_id=_id(row, "id"),
        tenant_id=_id(row, "tenantid"),
        name=text_of(row, "tenantname", 200) if row.get("tenantname") else "Organisation",
        event_id=event_id if isinstance(event_id, str) else None,
        updated_at=_moment(row.get("updateddateutc")),
        is_organisation=row.get("tenanttype") == "ORGANISATION",
    )


def described_of(answer: object) -> OrganisationFacts:
    """The first, and only, organisation of an answer about one."""
    listed = lower_keys(answer).get("organisations")
    if not isinstance(listed, list) or not listed:
        raise BadAnswer("the organisation does not describe itself")
    described = lower_keys(listed[0])
    country = described.get("countrycode")
    return OrganisationFacts(
        name=text_of(described, "name", 200),
        country=country if isinstance(country, str) and len(country) == 2 else None,
        is_demo=described.get("isdemocompany") is True,
    )


def _id(row: dict[str, Any], name: str) -> str:
    value = text_of(row, name, LONGEST_ID)
    # It becomes part of a path and of a header.
    if not re.fullmatch(r"[0-9A-Za-z-]+", value):
        raise BadAnswer(f"{name} is not an id")
    return value


def text_of(row: dict[str, Any], name: str, longest: int) -> str:
    value = row.get(name)
    text = _storable(value).strip() if isinstance(value, str) else ""
    if not text:
        raise BadAnswer(f"{name} is missing")
    return text[:longest]


def _storable(text: str) -> str:
    """Without what JSON can say but no database can keep, nor anybody read: half characters and controls."""
    kept = without_turns(text)
    return "".join(each for each in kept if unicodedata.category(each) not in ("Cc", "Cs"))


def _moment(value: object) -> datetime | None:
    """Xero writes UTC with seven decimals and no zone; Python reads six."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.removesuffix("Z")[:26])
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC)
