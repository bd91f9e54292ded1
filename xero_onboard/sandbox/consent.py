"""What a person lets the app do, and with which organisation."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from xero_onboard.lib import clock
from xero_onboard.lib.crypto import digest
from xero_onboard.sandbox import connections, scopes
from xero_onboard.sandbox.authorize import AuthorizeRequest
from xero_onboard.sandbox.models import (
    AuthEvent,
    AuthorizationCode,
    Consent,
    LoginSession,
    Organisation,
    Person,
)
from xero_onboard.sandbox.problems import Refused
from xero_onboard.sandbox.store import store

# https://developer.xero.com/documentation/guides/oauth2/auth-flow/
CODE_LASTS = timedelta(minutes=5)


@dataclass(frozen=True)
class Choices:
    """A person's organisations, by what can be done with them on the consent page."""

    available: tuple[Organisation, ...]
    connected: tuple[Organisation, ...]
    out_of_reach: tuple[Organisation, ...]
    full: tuple[Organisation, ...]


def choices(person: Person) -> Choices:
    """Which organisations the person may add, has added, and may not add."""
    connected = {connection.organisation_id for connection in connections.of(person.id)}
    mine = [one for one in person.memberships if one.organisation.condition != "closed"]
    fresh = [one for one in mine if one.organisation_id not in connected]
    within_reach = [one.organisation for one in fresh if one.may_authorise]
    return Choices(
        available=tuple(one for one in within_reach if not one.has_two_uncertified_apps),
        connected=tuple(one.organisation for one in mine if one.organisation_id in connected),
        out_of_reach=tuple(one.organisation for one in fresh if not one.may_authorise),
        full=tuple(one for one in within_reach if one.has_two_uncertified_apps),
    )


def is_needless(person: Person, wanted: AuthorizeRequest) -> bool:
    """Whether the app only asks who somebody is, and was told before."""
    return not wanted.wants_organisation and set(wanted.scopes).issubset(_allowed(person))


def add_organisations(
    session: LoginSession, wanted: AuthorizeRequest, chosen: Sequence[str]
) -> str:
    """Allow access to the organisations and return the code; raises Refused."""
    offered = {str(one.id): one for one in choices(session.person).available}
    organisations = [offered[one] for one in dict.fromkeys(chosen) if one in offered]
    if not organisations or len(organisations) < len(chosen):
        raise Refused("Choose an organisation")
    event = _agree(session, wanted)
    for organisation in organisations:
        connections.connect(session.person_id, organisation.id, event.id)
    return _issue_code(event, wanted)


def add_nothing(session: LoginSession, wanted: AuthorizeRequest) -> str:
    """Allow access without another organisation and return the code; raises Refused when there is none."""
    mine = connections.of(session.person_id)
    if wanted.wants_organisation and not mine:
        raise Refused("Choose an organisation")
    event = _agree(session, wanted)
    if wanted.wants_organisation:
        connections.mark(mine, event.id)
    return _issue_code(event, wanted)


def session_state(client_id: str, sign_in_id: str) -> str:
    """What lets an app notice a change of login: https://openid.net/specs/openid-connect-session-1_0.html"""
    salt = secrets.token_hex(16)
    return f"{digest(f'{client_id} {sign_in_id} {salt}')}.{salt}"


def forget(person_id: UUID) -> None:
    """Take back every scope the person has allowed."""
    for row in store.session.scalars(select(Consent).where(Consent.person_id == person_id)):
        store.session.delete(row)


def _allowed(person: Person) -> list[str]:
    rows = select(Consent).where(Consent.person_id == person.id).order_by(Consent.position)
    return [row.scope for row in store.session.scalars(rows)]


def _agree(session: LoginSession, wanted: AuthorizeRequest) -> AuthEvent:
    before = _allowed(session.person)
    new = [scope for scope in wanted.scopes if scope not in before]
    for position, scope in enumerate(new, start=len(before)):
        store.session.add(Consent(person_id=session.person_id, scope=scope, position=position))
    granted = list(wanted.scopes)
    if wanted.wants_organisation:
        # Scopes add up: what an organisation's scopes were allowed before is in the new token too.
        granted += [one for one in scopes.of_organisation(before) if one not in granted]
    event = AuthEvent(
        person=session.person,
        scope=" ".join(granted),
        sign_in_id=session.id.hex,
        methods=session.methods,
        authenticated_at=session.began_at,
    )
    store.session.add(event)
    store.session.flush()
    return event


def _issue_code(event: AuthEvent, wanted: AuthorizeRequest) -> str:
    code = secrets.token_urlsafe(32)
    store.session.add(
        AuthorizationCode(
            code_digest=digest(code),
            event_id=event.id,
            redirect_uri=wanted.redirect_uri,
            nonce=wanted.nonce,
            challenge=wanted.challenge,
            expires_at=clock.now() + CODE_LASTS,
        )
    )
    return code
