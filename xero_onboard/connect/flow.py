"""The way back from the provider: from what the browser brings to an outcome."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from xero_onboard.connect import trouble, vault
from xero_onboard.connect.arrival import Permission, discover, end, give_up, owner_of
from xero_onboard.connect.departure import PERSONAL
from xero_onboard.connect.exchange import Answer, obtain
from xero_onboard.connect.models import Attempt, Grant
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.providers.base import (
    Consent,
    Patience,
    Provider,
)
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import Tampered, digest
from xero_onboard.lib.db import begin_write, commit, db
from xero_onboard.lib.reader import (
    STRANGER,
    Disabled,
    Identity,
    Owner,
    Reader,
    SomebodyElse,
    TakenIdentity,
)

CALLBACK_SECONDS = 15.0
LONGEST_VALUE = 2048

# An identity, who began the attempt, and who is signed in now; raises SomebodyElse.
Recognise = Callable[[Identity, Reader, UUID | None], Owner]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Doors:
    """What the floor above knows of people.

    `recognise` says whom a proven identity acts for, and signs them in; `is_owed` whether they
    owe a second step then, and `way_on` where the browser goes: the path given, or first to that step; `may_connect` whether a
    user may do so for that customer now, whatever they were allowed when they left.
    """

    recognise: Recognise
    # A proven identity is that of the user who is signed in, or becomes theirs.
    prove: Callable[[Identity, UUID], None]
    link: Callable[[Identity, UUID], None]
    is_owed: Callable[[], bool]
    way_on: Callable[[str], str]
    may_connect: Callable[[Owner], bool]


def receive(answer: Answer, reader: Reader, *, is_sign_in: bool = False) -> str:
    """Take the browser back from the provider; the path on our site to send it to.

    Whoever comes without a state of ours, or in another browser, consumes nothing. Of several that
    come with the same state one does the work, and the others wait for it and show its result.
    """
    begin_write()
    attempt = _find(answer.state, is_sign_in)
    if attempt is None:
        return problem_path("unknown_attempt")
    if not _is_same_browser(attempt, reader):
        log.warning("attempt %s came back in another browser", attempt.id)
        return problem_path("other_browser")
    if _claim(attempt):
        _work(attempt, answer, reader)
    else:
        _wait(attempt, reader)
    return _doors().way_on(way_back(attempt))


def resume(reader: Reader) -> None:
    """Go on with what waited for the reader's second step. Call it with nothing uncommitted."""
    if reader.browser is None or reader.user_id is None:
        return
    begin_write()
    provider = current_provider()
    attempt = db.session.scalar(
        update(Attempt)
        .where(
            Attempt.browser_digest == digest(reader.browser),
            Attempt.environment == provider.facts.environment,
            Attempt.owner_user_id == reader.user_id,
            Attempt.status == "proving",
        )
        .values(status="claimed", claimed_at=now())
        .returning(Attempt)
    )
    commit()
    if attempt is None or attempt.grant_id is None:
        return
    try:
        token = vault.open_pair(db.session.get_one(Grant, attempt.grant_id)).access
    except (vault.GrantDead, vault.VaultLocked, Tampered):
        log.warning("attempt %s has nothing left to go on with", attempt.id)
        end(attempt, "permission_ended")
        return
    permission = Permission(token, attempt.event_id)
    discover(provider, attempt, permission, Patience(CALLBACK_SECONDS))


def cancel(attempt_id: UUID, reader: Reader) -> str:
    """End an attempt because its reader says so; the path to send them to."""
    begin_write()
    attempt = db.session.get(Attempt, attempt_id, populate_existing=True, with_for_update=True)
    if attempt is None or not _may_end(attempt, reader):
        return problem_path("unknown_attempt")
    if attempt.status in ("redirected", "choosing"):
        give_up(attempt, "cancelled")
    return way_back(attempt)


def note_sighting(attempt_id: UUID, saw: str, reader: Reader) -> str:
    """Write down what a reader saw at the provider, which sent nothing back; the path to its help.

    The attempt stays as it is: who goes on at the provider after all comes back as ever.
    """
    begin_write()
    attempt = db.session.get(Attempt, attempt_id, populate_existing=True, with_for_update=True)
    if attempt is None or not _may_end(attempt, reader):
        return problem_path("unknown_attempt")
    if attempt.status == "redirected" or attempt.outcome == "abandoned":
        if saw in trouble.REPORTED and attempt.saw != saw:
            log.error("attempt %s: its reader says %s", attempt.id, saw)
            trouble.note(saw, "a reader says so")
        attempt.saw = saw
    return way_back(attempt)


def problem_path(code: str) -> str:
    """The page for an outcome without an attempt to show it with."""
    return f"/connect/problem/{code}"


def register(app: Flask, doors: Doors) -> None:
    """Remember how to recognise people."""
    app.extensions["doors"] = doors


def _doors() -> Doors:
    doors: Doors = current_app.extensions["doors"]
    return doors


def _find(state: str | None, is_sign_in: bool) -> Attempt | None:
    if not state or len(state) > LONGEST_VALUE:
        return None
    attempt = db.session.scalar(
        select(Attempt).where(
            Attempt.state_digest == digest(state),
            Attempt.environment == current_provider().facts.environment,
        )
    )
    if attempt is None or (attempt.purpose in PERSONAL) is not is_sign_in:
        return None
    return attempt


def _is_same_browser(attempt: Attempt, reader: Reader) -> bool:
    """Started by this browser, and if somebody was signed in then, by the one who is now."""
    if reader.browser is None or digest(reader.browser) != attempt.browser_digest:
        return False
    return attempt.user_id is None or attempt.user_id == reader.user_id


def _may_end(attempt: Attempt, reader: Reader) -> bool:
    """Its owner wherever they are, and before it has one the browser in which it began."""
    if attempt.owner_user_id is not None:
        return attempt.owner_user_id == reader.user_id
    return _is_same_browser(attempt, reader)


def _claim(attempt: Attempt) -> bool:
    claimed = db.session.scalar(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.status == "redirected")
        .values(status="claimed", claimed_at=now())
        .returning(Attempt.id)
    )
    commit()
    return claimed is not None


def _work(attempt: Attempt, answer: Answer, reader: Reader) -> None:
    patience = Patience(CALLBACK_SECONDS)
    provider = current_provider()
    consent = obtain(provider, attempt, answer, patience)
    if consent is None:
        return
    attempt.exchanged_at = now()
    trouble.is_over()
    if attempt.purpose in PERSONAL:
        end(attempt, _PERSONAL[attempt.purpose](attempt, consent.identity))
    elif _keep(provider, attempt, consent, reader):
        permission = Permission(consent.tokens.access, consent.event_id)
        if _doors().is_owed():
            # Nothing is connected by one proof where two are needed: `resume` goes on from here.
            attempt.status, attempt.event_id = "proving", consent.event_id
        else:
            discover(provider, attempt, permission, patience)


def _sign_in(attempt: Attempt, identity: Identity) -> str:
    try:
        _recognise(attempt, identity, STRANGER)
    except Disabled:
        return "account_closed"
    return "signed_in"


def _prove(attempt: Attempt, identity: Identity) -> str:
    try:
        _doors().prove(identity, _belongs_to(attempt))
    except SomebodyElse:
        return "another_login"
    return "proved"


def _link(attempt: Attempt, identity: Identity) -> str:
    try:
        _doors().link(identity, _belongs_to(attempt))
    except TakenIdentity:
        return "identity_taken"
    return "identity_linked"


def _belongs_to(attempt: Attempt) -> UUID:
    """The user who began, and whom nobody else can take the place of on the way back."""
    if attempt.user_id is None:
        raise LookupError(f"attempt {attempt.id} was begun by nobody")
    attempt.owner_user_id = attempt.user_id
    return attempt.user_id


def _keep(provider: Provider, attempt: Attempt, consent: Consent, reader: Reader) -> bool:
    """Store the tokens before anything else can go wrong; False when the attempt ends with that."""
    try:
        grant = _kept(provider, consent)
    except (SQLAlchemyError, vault.VaultLocked):
        db.session.rollback()
        log.exception("attempt %s: the tokens could not be stored", attempt.id)
        end(attempt, "storage_failed")
        return False
    attempt.grant_id = grant.id
    started_by = Reader(user_id=attempt.user_id, customer_id=attempt.customer_id)
    try:
        _recognise(attempt, consent.identity, started_by, reader.user_id)
    except SomebodyElse:
        end(attempt, "signed_in_as_another")
        return False
    except Disabled:
        end(attempt, "account_closed")
        return False
    if not _doors().may_connect(owner_of(attempt)):
        end(attempt, "not_allowed")
        return False
    commit()
    return True


def _kept(provider: Provider, consent: Consent) -> Grant:
    """The stored tokens; a database that is busy for longer than it waits is asked once more."""
    try:
        return vault.keep(provider, consent.identity, consent.tokens)
    except OperationalError as error:
        log.warning("tokens are not stored yet: %s", type(error.orig).__name__)
        db.session.rollback()
        return vault.keep(provider, consent.identity, consent.tokens)


def _recognise(
    attempt: Attempt, identity: Identity, reader: Reader, present: UUID | None = None
) -> None:
    owner = _doors().recognise(identity, reader, present)
    attempt.subject, attempt.actor = identity.subject, identity.name or None
    attempt.owner_user_id, attempt.owner_customer_id = owner.user_id, owner.customer_id
    attempt.recognised_at = attempt.recognised_at or now()


def _wait(attempt: Attempt, reader: Reader) -> None:
    """Wait for the one who works on this attempt, as long as that may take."""
    if attempt.outcome == "abandoned" and attempt.claimed_at is None:
        attempt.claimed_at = now()
    was_working = attempt.status == "claimed"
    gives_up_at = time.monotonic() + CALLBACK_SECONDS
    while attempt.status == "claimed" and time.monotonic() < gives_up_at:
        commit()
        time.sleep(0.2)
        db.session.refresh(attempt)
    is_strangers = reader.user_id is None and attempt.user_id is None
    if was_working and is_strangers and attempt.owner_user_id and attempt.subject:
        # Reloading while we worked: the browser never saw the answer that signed it in.
        issuer = current_provider().facts.issuer
        _recognise(attempt, Identity(issuer, attempt.subject, "", attempt.actor or ""), STRANGER)


def way_back(attempt: Attempt) -> str:
    anchor = f"#{attempt.anchor}" if attempt.anchor else ""
    return f"{attempt.return_path}?attempt={attempt.id}{anchor}"


_PERSONAL: Mapping[str, Callable[[Attempt, Identity], str]] = {
    "sign_in": _sign_in,
    "prove": _prove,
    "link": _link,
}
