"""Leaving for the provider: one press of a button becomes an attempt and an address to go to."""

import base64
import hmac
import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import exists, select

from xero_onboard.connect import capacity, installation, trouble, vault
from xero_onboard.connect.care import NotPossible
from xero_onboard.connect.models import (
    ENDED,
    Attempt,
    Connection,
    Errand,
    Grant,
)
from xero_onboard.connect.organisations import seen
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.providers.base import AuthorizeRequest, Patience, Provider, ProviderError
from xero_onboard.connect.providers.xero_scopes import are_refused
from xero_onboard.connect.showings import Edition
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import Tampered, digest
from xero_onboard.lib.db import be_alone_with, begin_write, commit, db, new_id
from xero_onboard.lib.reader import Reader
from xero_onboard.lib.web import settings

SNAPSHOT_SECONDS = 3.0
# Nobody means two trips by two presses of one button in so short a time.
SAME_PRESS = timedelta(seconds=10)

# What the reader wants: their first organisation, one more, one renewed, one renewed because a
# permission was missing; or only to be recognised: to sign in, to prove again who they are, or to
# sign in this way from now on. Or somebody else connects for them, by a link.
Purpose = Literal[
    "connect", "add_org", "reconnect", "upgrade", "sign_in", "prove", "link", "errand"
]
PERSONAL = ("sign_in", "prove", "link")
# What two presses of one button have in common.
_SAME = (
    *("environment", "provider", "purpose", "scopes", "return_path", "anchor"),
    *("browser_digest", "user_id", "customer_id", "expected_id", "errand_id"),
)


log = logging.getLogger(__name__)


class Refused(Exception):
    """Nobody is sent to the provider; `attempt_id` is the press of a button that led nowhere, if it was one."""

    def __init__(self, attempt_id: UUID | None = None) -> None:
        super().__init__(attempt_id)
        self.attempt_id = attempt_id


class LimitReached(Refused):
    """The provider lets us connect no further organisation."""


class ConnectClosed(Refused):
    """Sending readers to the provider would lead nowhere; `code` is the outcome that says why."""

    def __init__(self, code: str, attempt_id: UUID | None = None) -> None:
        super().__init__(attempt_id)
        self.code = code


class NoSuchConnection(Exception):
    """Not a connection of this reader's customer; whether it is somebody else's is not told."""


@dataclass(frozen=True)
class Origin:
    """Where in the guide the button was pressed, to come back to, and in which edition of it."""

    path: str
    anchor: str
    edition: Edition | None = None

    @property
    def href(self) -> str:
        return self.href_telling(None)

    def href_telling(self, attempt_id: UUID | None) -> str:
        """The same place, which then tells what became of this attempt."""
        query = f"?attempt={attempt_id}" if attempt_id else ""
        anchor = f"#{self.anchor}" if self.anchor else ""
        return f"{self.path}{query}{anchor}"


@dataclass(frozen=True)
class Press:
    """A press of a button: who wants what, and where."""

    provider: Provider
    purpose: Purpose
    reader: Reader
    browser: str
    origin: Origin
    connection: Connection | None = None


def connect(reader: Reader, browser: str, origin: Origin) -> str:
    """Begin to connect an organisation; the address to send the browser to.

    Raises LimitReached and ConnectClosed.
    """
    provider = current_provider()
    purpose: Purpose = "add_org" if _has_connections(provider, reader) else "connect"
    refuse_hopeless(Press(provider, purpose, reader, browser, origin))
    return _leave(provider, purpose, reader, browser, origin)


def reconnect(reader: Reader, browser: str, origin: Origin, connection_id: UUID) -> str:
    """Begin to renew a connection, which counts against no limit but where the provider has ended it.

    Raises LimitReached, ConnectClosed, NoSuchConnection, and NotPossible for one that was disconnected:
    to connect it is to add one.
    """
    provider = current_provider()
    connection = own_connection(provider.facts.environment, reader, connection_id)
    allows_all = db.session.get_one(Grant, connection.grant_id).allows(provider.facts.scopes)
    lacks_some = connection.reason == "scope_missing" or not allows_all
    purpose: Purpose = "upgrade" if lacks_some else "reconnect"
    press = Press(provider, purpose, reader, browser, origin, connection)
    refuse_hopeless(press, takes_place=connection.is_gone_at_provider)
    if not connection.is_live:
        raise NotPossible
    return _leave(provider, purpose, reader, browser, origin, connection)


def run_errand(errand: Errand, browser: str, origin: Origin) -> str:
    """Begin to connect for the customer of an errand, whoever is signed in here."""
    customer = Reader(customer_id=errand.customer_id)
    return _leave(current_provider(), "errand", customer, browser, origin, errand=errand)


def sign_in(reader: Reader, browser: str, origin: Origin) -> str:
    """Begin to prove who the reader is, and no more than that."""
    return _leave(current_provider(), "sign_in", reader, browser, origin)


def prove(reader: Reader, browser: str, origin: Origin) -> str:
    """Begin to prove that the reader is still who is signed in."""
    return _leave(current_provider(), "prove", reader, browser, origin)


def link(reader: Reader, browser: str, origin: Origin) -> str:
    """Begin to link a login at the provider to the account that is signed in."""
    return _leave(current_provider(), "link", reader, browser, origin)


def refuse_hopeless(press: Press | None = None, *, takes_place: bool = True) -> None:
    """Send nobody to the provider who could do nothing there, and write down the press, if it is one.

    Raises LimitReached and ConnectClosed.
    """
    _refuse_while_closed(press)
    if takes_place and capacity.is_full():
        log.critical("no organisation can be added: the limit of connections is reached")
        raise LimitReached(_refuse(press, "limit_reached"))


def redirect_uri(purpose: str) -> str:
    """The callback as registered at the provider, from our settings and never from the request."""
    return f"{settings().public_origin}{callback_path(purpose)}"


def callback_path(purpose: str) -> str:
    """Where the provider sends browsers back to; each purpose and each environment has its own."""
    room = "sign-in" if purpose in PERSONAL else "connect"
    return f"/{room}/{current_provider().facts.callback_name}/callback"


def own_connection(environment: str, reader: Reader, connection_id: UUID) -> Connection:
    """A connection of the reader's customer; raises NoSuchConnection for all others alike."""
    connection = db.session.scalar(
        select(Connection).where(
            Connection.id == connection_id,
            Connection.environment == environment,
            Connection.customer_id == reader.customer_id,
            Connection.customer_id.is_not(None),
        )
    )
    if connection is None:
        raise NoSuchConnection(connection_id)
    return connection


def closed_by() -> str | None:
    """What keeps readers from being sent to the provider, as an outcome's code; None if nothing does."""
    if installation.must_rest():
        return "at_rest"
    xero = settings().xero
    is_hopeless = are_refused(xero.scopes, xero.further_scopes, today=now().date())
    return "client_refused" if is_hopeless or trouble.is_closed() else None


def _refuse_while_closed(press: Press | None) -> None:
    code = closed_by()
    if code is not None:
        raise ConnectClosed(code, _refuse(press, code))


def _refuse(press: Press | None, code: str) -> UUID | None:
    """Write down a press that led nowhere: it ends as it begins, and nobody can come back to it."""
    if press is None:
        return None
    edition = press.origin.edition
    attempt_id, moment = new_id(), now()
    db.session.add(
        Attempt(
            id=attempt_id,
            environment=press.provider.facts.environment,
            provider=press.provider.facts.name,
            purpose=press.purpose,
            status="finished",
            state_digest=digest(secrets.token_urlsafe(32)),
            nonce="",
            verifier_sealed="",
            browser_digest=digest(press.browser),
            user_id=press.reader.user_id,
            customer_id=press.reader.customer_id,
            return_path=press.origin.path,
            anchor=press.origin.anchor,
            article_id=edition.article_id if edition else None,
            revision=edition.revision if edition else None,
            expected_id=press.connection.id if press.connection else None,
            scopes="",
            outcome=code,
            started_at=moment,
            finished_at=moment,
        )
    )
    return attempt_id


def _has_connections(provider: Provider, reader: Reader) -> bool:
    if reader.customer_id is None:
        return False
    query = select(
        exists().where(
            Connection.environment == provider.facts.environment,
            Connection.customer_id == reader.customer_id,
            Connection.status.not_in(ENDED),
        )
    )
    return bool(db.session.scalar(query))


def _leave(
    provider: Provider,
    purpose: Purpose,
    reader: Reader,
    browser: str,
    origin: Origin,
    connection: Connection | None = None,
    errand: Errand | None = None,
) -> str:
    snapshot = None if purpose in PERSONAL else _snapshot(provider, reader, connection)
    attempt = _begun(provider, purpose, reader, browser, origin)
    attempt.snapshot, attempt.expected_id = snapshot, connection.id if connection else None
    if errand is not None:
        # What comes of a link belongs to those who asked, and not to whoever opens it.
        attempt.owner_user_id, attempt.owner_customer_id = errand.asked_by_id, errand.customer_id
        attempt.errand_id = errand.id
    commit()
    begin_write()
    be_alone_with(f"press:{attempt.browser_digest}")
    earlier = _begun_just_now(attempt)
    if earlier is not None:
        # Where the keys were changed within these seconds, a new trip is begun.
        with suppress(vault.VaultLocked, Tampered):
            return _address_of(provider, earlier)
    db.session.add(attempt)
    return _address_of(provider, attempt)


def _begun(
    provider: Provider, purpose: Purpose, reader: Reader, browser: str, origin: Origin
) -> Attempt:
    """An attempt that is not stored yet."""
    facts, attempt_id, moment = provider.facts, new_id(), now()
    verifier = secrets.token_urlsafe(64)
    scopes = facts.sign_in_scopes if purpose in PERSONAL else facts.scopes
    return Attempt(
        id=attempt_id,
        environment=facts.environment,
        provider=facts.name,
        purpose=purpose,
        state_digest=digest(_state_of(verifier)),
        nonce=secrets.token_urlsafe(24),
        verifier_sealed=vault.seal("attempt", attempt_id, "verifier", facts.environment, verifier),
        browser_digest=digest(browser),
        user_id=reader.user_id,
        customer_id=reader.customer_id,
        return_path=origin.path,
        anchor=origin.anchor,
        article_id=origin.edition.article_id if origin.edition else None,
        revision=origin.edition.revision if origin.edition else None,
        scopes=" ".join(scopes),
        started_at=moment,
        left_at=moment,
    )


def _address_of(provider: Provider, attempt: Attempt) -> str:
    """The address of an attempt's trip, which is the same however often it is asked for."""
    verifier = vault.unseal(
        "attempt", attempt.id, "verifier", attempt.environment, attempt.verifier_sealed
    )
    return provider.authorize_url(
        AuthorizeRequest(
            redirect_uri=redirect_uri(attempt.purpose),
            scopes=tuple(attempt.scopes.split()),
            state=_state_of(verifier),
            nonce=attempt.nonce,
            verifier=verifier,
        )
    )


def _state_of(verifier: str) -> str:
    """As unguessable as the verifier, from which it follows: so the same trip can be told twice."""
    proof = hmac.digest(verifier.encode(), b"state", "sha256")
    return base64.urlsafe_b64encode(proof).decode().rstrip("=")


def _begun_just_now(attempt: Attempt) -> Attempt | None:
    """The attempt of a first click, when this one is only the second of a double click."""
    query = select(Attempt).where(
        Attempt.status == "redirected",
        Attempt.left_at > now() - SAME_PRESS,
        *(getattr(Attempt, name).is_not_distinct_from(getattr(attempt, name)) for name in _SAME),
    )
    return db.session.scalar(query.order_by(Attempt.left_at.desc()).limit(1))


def _snapshot(
    provider: Provider, reader: Reader, expected: Connection | None
) -> dict[str, object] | None:
    """What the login has connected before the reader leaves, if it costs no more than one quick look."""
    grant = _known_grant(provider, reader, expected)
    commit()
    if grant is None or grant.access_expires_at < now() + timedelta(minutes=1):
        return None
    try:
        token = vault.open_pair(grant).access
        commit()
        listed = provider.organisations(token, Patience(SNAPSHOT_SECONDS))
    except (ProviderError, vault.GrantDead, vault.VaultLocked, Tampered):
        return None
    return {"grant": str(grant.id), "seen": seen(listed)}


def _known_grant(provider: Provider, reader: Reader, expected: Connection | None) -> Grant | None:
    if reader.customer_id is None:
        return None
    query = (
        select(Grant)
        .join(Connection, Connection.grant_id == Grant.id)
        .where(
            Connection.environment == provider.facts.environment,
            Connection.customer_id == reader.customer_id,
            Grant.status == "ok",
        )
        .order_by(Connection.connected_at.desc())
        .limit(1)
    )
    if expected is not None:
        query = query.where(Connection.id == expected.id)
    return db.session.scalar(query)
