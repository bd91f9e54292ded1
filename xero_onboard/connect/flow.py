"""The way back from the provider: from what the browser brings to an outcome."""

import logging
import time
from collections.abc import Callable, Mapping
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from xero_onboard.connect import trouble, vault
from xero_onboard.connect.arrival import Permission, discover
from xero_onboard.connect.attempts import end, owner_of
from xero_onboard.connect.departure import PERSONAL
from xero_onboard.connect.doors import current_doors
from xero_onboard.connect.exchange import Answer, obtain
from xero_onboard.connect.models import Attempt, Grant
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.providers.base import Consent, Patience, Provider
from xero_onboard.lib import audit
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import Tampered, digest
from xero_onboard.lib.db import begin_write, commit, db
from xero_onboard.lib.reader import (
    STRANGER,
    Disabled,
    Identity,
    Reader,
    SomebodyElse,
    TakenIdentity,
)

CALLBACK_SECONDS = 15.0
WRITE_AGAIN_SECONDS = 0.2
LONGEST_VALUE = 2048

log = logging.getLogger(__name__)


def receive(answer: Answer, reader: Reader, *, is_sign_in: bool = False) -> str:
    """Take the browser back from the provider; the path on our site to send it to.

    Whoever comes without a state of ours, or in another browser, consumes nothing. Of several that
    come with the same state one does the work, and the others wait for it and show its result.
    """
    begin_write()
    attempt = _find(answer.state, is_sign_in)
    if attempt is None:
        return problem_path("unknown_attempt")
    if not is_same_browser(attempt, reader):
        log.warning("attempt %s came back in another browser", attempt.id)
        return _stray_path(attempt, reader)
    if _claim(attempt):
        _work(attempt, answer, reader)
    else:
        _wait(attempt, reader)
    if attempt.purpose == "errand":
        # What somebody owes in this browser for an account of their own is no part of the errand.
        return way_back(attempt)
    return current_doors().way_on(next_page(attempt, reader))


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
    discover(
        provider, attempt, permission, Patience(CALLBACK_SECONDS), question_of(attempt, reader)
    )


def problem_path(code: str) -> str:
    """The page for an outcome without an attempt to show it with."""
    return f"/connect/problem/{code}"


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


def is_same_browser(attempt: Attempt, reader: Reader) -> bool:
    """Started by this browser, and if somebody was signed in then, by the one who is now."""
    if reader.browser is None or digest(reader.browser) != attempt.browser_digest:
        return False
    return attempt.user_id is None or attempt.user_id == reader.user_id


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
        _note_refusal(attempt)
        return
    if attempt.purpose in PERSONAL:
        _note_exchange(attempt)
        end(attempt, _PERSONAL[attempt.purpose](attempt, consent.identity))
    elif _keep(provider, attempt, consent, reader, patience):
        permission = Permission(consent.tokens.access, consent.event_id)
        if attempt.purpose != "errand" and current_doors().is_owed():
            # Nothing is connected by one proof where two are needed: `resume` goes on from here.
            attempt.status, attempt.event_id = "proving", consent.event_id
        else:
            discover(provider, attempt, permission, patience, question_of(attempt, reader))


def question_of(attempt: Attempt, reader: Reader) -> str | None:
    """What the reader is asked before anything is connected, though it may be clear what."""
    return "customer_changed" if _has_switched(attempt, reader) else None


def _has_switched(attempt: Attempt, reader: Reader) -> bool:
    """Whether the one who began has come to act for another of their customers meanwhile.

    Whom a stranger connects for is known once they are. What came by a link is for those who sent it.
    """
    began_for = attempt.owner_customer_id or attempt.customer_id
    if attempt.purpose == "errand" or None in (began_for, reader.customer_id):
        return False
    return began_for != reader.customer_id


def _sign_in(attempt: Attempt, identity: Identity) -> str:
    try:
        _recognise(attempt, identity, STRANGER)
    except Disabled as error:
        audit.record("sign_in_failed", subject=f"user:{error}", by="closed account")
        return "account_closed"
    return "signed_in"


def _prove(attempt: Attempt, identity: Identity) -> str:
    try:
        current_doors().prove(identity, _belongs_to(attempt))
    except SomebodyElse:
        audit.record("sign_in_failed", by="xero", reason="another_login")
        return "another_login"
    return "proved"


def _link(attempt: Attempt, identity: Identity) -> str:
    try:
        current_doors().link(identity, _belongs_to(attempt))
    except TakenIdentity:
        return "identity_taken"
    return "identity_linked"


def _note_refusal(attempt: Attempt) -> None:
    """Whoever wanted to be recognised and was not, as after a wrong password."""
    if attempt.purpose in ("sign_in", "prove"):
        audit.record("sign_in_failed", by="xero", reason=attempt.outcome)


def _belongs_to(attempt: Attempt) -> UUID:
    """The user who began, and whom nobody else can take the place of on the way back."""
    if attempt.user_id is None:
        raise LookupError(f"attempt {attempt.id} was begun by nobody")
    attempt.owner_user_id = attempt.user_id
    return attempt.user_id


def _note_exchange(attempt: Attempt) -> None:
    attempt.exchanged_at = now()
    trouble.is_over(*trouble.TOLD_BY_PROVIDER)


def _keep(
    provider: Provider, attempt: Attempt, consent: Consent, reader: Reader, patience: Patience
) -> bool:
    """Store the tokens before anything else can go wrong; False when the attempt ends with that."""
    try:
        grant = _kept(provider, attempt, consent, patience)
    except (SQLAlchemyError, vault.VaultLocked):
        db.session.rollback()
        log.exception("attempt %s: the tokens could not be stored", attempt.id)
        end(attempt, "storage_failed")
        return False
    attempt.grant_id = grant.id
    if attempt.purpose == "errand":
        return _keep_for_another(attempt, consent)
    started_by = Reader(user_id=attempt.user_id, customer_id=attempt.customer_id)
    try:
        _recognise(attempt, consent.identity, started_by, reader.user_id)
    except SomebodyElse:
        end(attempt, "signed_in_as_another")
        return False
    except Disabled as error:
        audit.record("sign_in_failed", subject=f"user:{error}", by="closed account")
        end(attempt, "account_closed")
        return False
    if not current_doors().may_connect(owner_of(attempt)):
        end(attempt, "not_allowed")
        return False
    commit()
    return True


def _keep_for_another(attempt: Attempt, consent: Consent) -> bool:
    """Go on for those who asked, if they may still connect; whoever did it is nobody's user by it."""
    identity = consent.identity
    attempt.subject, attempt.actor = identity.subject, identity.name or None
    if attempt.owner_user_id is None or not current_doors().may_connect(owner_of(attempt)):
        end(attempt, "errand_over")
        return False
    commit()
    return True


def _kept(provider: Provider, attempt: Attempt, consent: Consent, patience: Patience) -> Grant:
    """The stored tokens, which the provider gives once: a busy database is asked again for them.

    It is asked for as long as the reader would have waited for the provider.
    """
    while True:
        try:
            _note_exchange(attempt)
            return vault.keep(provider, consent.identity, consent.tokens)
        except OperationalError as error:
            db.session.rollback()
            if patience.is_over:
                raise
            log.warning("tokens are not stored yet: %s", type(error.orig).__name__)
            time.sleep(WRITE_AGAIN_SECONDS)


def _recognise(
    attempt: Attempt, identity: Identity, reader: Reader, present: UUID | None = None
) -> None:
    owner = current_doors().recognise(identity, reader, present)
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
    if attempt.purpose == "errand":
        return
    if was_working and is_strangers and attempt.owner_user_id and attempt.subject:
        # Reloading while we worked: the browser never saw the answer that signed it in.
        issuer = current_provider().facts.issuer
        _recognise(attempt, Identity(issuer, attempt.subject, "", attempt.actor or ""), STRANGER)


def _stray_path(attempt: Attempt, reader: Reader) -> str:
    """The page for one who has come back as somebody else, or elsewhere; their attempt is as it was."""
    if attempt.purpose == "errand":
        return problem_path("errand_elsewhere")
    is_here = reader.browser is not None and digest(reader.browser) == attempt.browser_digest
    if is_here and reader.is_signed_in:
        return f"{problem_path('another_account')}?attempt={attempt.id}"
    return problem_path("other_browser")


def next_page(attempt: Attempt, reader: Reader) -> str:
    """Where the guide goes on, or the page that asks for which customer."""
    if attempt.outcome == "customer_changed" and _has_switched(attempt, reader):
        return choice_path(attempt)
    return way_back(attempt)


def choice_path(attempt: Attempt) -> str:
    """The page on which the reader answers what only they can know."""
    return f"/connect/organisations/{attempt.id}"


def way_back(attempt: Attempt) -> str:
    """The place where the button was pressed, which tells what became of it."""
    anchor = f"#{attempt.anchor}" if attempt.anchor else ""
    return f"{attempt.return_path}?attempt={attempt.id}{anchor}"


_PERSONAL: Mapping[str, Callable[[Attempt, Identity], str]] = {
    "sign_in": _sign_in,
    "prove": _prove,
    "link": _link,
}
