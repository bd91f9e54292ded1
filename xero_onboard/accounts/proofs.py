"""Proving that a mailbox is somebody's: asked for in the request, mailed by the worker, used once."""

import logging
import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, delete, exists, or_, select, update

from xero_onboard.accounts import entry, tongues
from xero_onboard.accounts.models import (
    AlternativeAddress,
    MailedProof,
    Password,
    ProofKind,
    User,
)
from xero_onboard.lib import mail
from xero_onboard.lib.clock import now
from xero_onboard.lib.crypto import digest, pseudonym
from xero_onboard.lib.db import commit, db
from xero_onboard.lib.jobs import every, every_minute
from xero_onboard.lib.languages import Text, current_locale, later
from xero_onboard.lib.web import settings

# From when the mail is handed over; and so long after the asking it is worth handing over.
WAITS = timedelta(hours=1)
LIVES: Mapping[ProofKind, timedelta] = {
    "register": timedelta(minutes=30),
    "reset": timedelta(minutes=10),
    "alternative": timedelta(minutes=30),
    "second_step": timedelta(minutes=10),
    "login": timedelta(minutes=30),
    "new_login": timedelta(minutes=30),
}
MOST_TRIES = 5
# By these a password can be set; the second kind is made in `people`, and not mailed.
_LINKS = ("reset", "recovery")
KEEP = timedelta(days=1)
_SOON = 2
_AT_ONCE = 50

log = logging.getLogger(__name__)


def ask(
    kind: ProofKind,
    address: str,
    browser: str,
    *,
    user_id: UUID | None = None,
    content: Mapping[str, str] | None = None,
) -> UUID:
    """Have a code or link mailed to this address, for this browser alone; earlier ones end."""
    asked_before = (MailedProof.kind == kind, MailedProof.browser_digest == digest(browser))
    ended = delete(MailedProof).where(*asked_before).returning(MailedProof.id)
    mail.withdraw(db.session.scalars(ended).all())
    proof = MailedProof(
        kind=kind,
        address=address,
        browser_digest=digest(browser),
        user_id=user_id,
        content=dict(content or {}),
        locale=current_locale(),
        expires_at=now() + WAITS,
    )
    db.session.add(proof)
    db.session.flush()
    return proof.id


def waiting(
    kind: ProofKind, browser: str | None, user_id: UUID | None = None
) -> MailedProof | None:
    """What this user, or somebody who is none yet, has asked for in this browser and may still prove."""
    if browser is None:
        return None
    return db.session.scalar(select(MailedProof).where(*_open(kind, browser, user_id)))


def is_worn_out(kind: ProofKind, browser: str, user_id: UUID | None = None) -> bool:
    """Whether they have typed so many wrong codes here that the right one proves nothing any more."""
    asked = _asked(kind, browser, user_id)
    return bool(db.session.scalar(select(exists().where(*asked, MailedProof.tries >= MOST_TRIES))))


def take_code(
    kind: ProofKind, browser: str, code: str, user_id: UUID | None = None
) -> MailedProof | None:
    """What this code proves to this user, once. Counts the try, and commits that, before it looks at the code."""
    counted = db.session.scalar(
        update(MailedProof)
        .where(*_open(kind, browser, user_id))
        .values(tries=MailedProof.tries + 1)
        .returning(MailedProof.id)
    )
    commit()
    if counted is None:
        return None
    return _taken(MailedProof.id == counted, _code_digest(counted, "".join(code.split())))


def take_link(token: str, browser: str) -> MailedProof | None:
    """What this link proves, once, in the browser that asked for it."""
    return _taken(MailedProof.browser_digest == digest(browser), digest(token))


def user_of_link(token: str, browser: str | None) -> UUID | None:
    """Whose link this is, if it may still be used here; looking uses nothing up."""
    if browser is None:
        return None
    ours = (MailedProof.secret_digest == digest(token), *_live("reset", browser))
    return db.session.scalar(select(MailedProof.user_id).where(*ours))


def end_links(user_id: UUID, kinds: Collection[str] = _LINKS) -> None:
    """End the links by which a password could be set. Hold the user before."""
    ended = delete(MailedProof).where(
        MailedProof.user_id == user_id,
        MailedProof.kind.in_(kinds),
        MailedProof.used_at.is_(None),
    )
    db.session.execute(ended)


def is_mail_slow() -> bool:
    """Whether codes take long to arrive, because of the mail server or of our own worker."""
    waiting = exists().where(
        MailedProof.mailed_at.is_(None),
        MailedProof.created_at < now() - mail.SLOW,
        MailedProof.expires_at > now(),
    )
    return mail.is_stuck() or bool(db.session.scalar(select(waiting)))


@every(_SOON, "mail proofs")
def mail_waiting() -> bool:
    """Mail the codes and links that were asked for since the last time; whether there may be more."""
    query = select(MailedProof).where(
        MailedProof.mailed_at.is_(None), MailedProof.expires_at > now()
    )
    query = query.order_by(MailedProof.created_at).limit(_AT_ONCE)
    proofs = db.session.scalars(query.with_for_update()).all()
    for proof in proofs:
        proof.mailed_at = now()
        try:
            with db.session.begin_nested():
                _MAILED[proof.kind](proof)
        except mail.UnsafeAddress:
            # Not tried again, or it would hold up everybody else's for as long as it lives.
            log.warning("mailed proof %s is for an address that no mail can be sent to", proof.id)
    return len(proofs) == _AT_ONCE


@mail.handed_over.connect
def begin_life(proof_id: UUID) -> None:
    """Count the minutes of a code or link from when it is on its way, however long the mail server was down."""
    proof = db.session.get(MailedProof, proof_id)
    if proof is not None:
        proof.expires_at = now() + _life(proof)


@every_minute("forget mailed proofs")
def forget_proofs() -> None:
    """Remove what can no longer be proven, with the addresses that were typed, and mail none of it."""
    mail.withdraw(select(MailedProof.id).where(MailedProof.expires_at < now()))
    db.session.execute(delete(MailedProof).where(MailedProof.expires_at < now() - KEEP))


def _open(kind: ProofKind, browser: str, user_id: UUID | None) -> tuple[ColumnElement[bool], ...]:
    return (*_asked(kind, browser, user_id), MailedProof.tries < MOST_TRIES)


def _asked(kind: ProofKind, browser: str, user_id: UUID | None) -> tuple[ColumnElement[bool], ...]:
    """Also that it is theirs: the next person at the same browser learns nothing of the one before."""
    return (MailedProof.user_id == user_id, *_live(kind, browser))


def _live(kind: ProofKind, browser: str) -> tuple[ColumnElement[bool], ...]:
    return (
        MailedProof.kind == kind,
        MailedProof.browser_digest == digest(browser),
        MailedProof.used_at.is_(None),
        MailedProof.expires_at > now(),
    )


def _taken(whose: ColumnElement[bool], secret_digest: str) -> MailedProof | None:
    return db.session.scalar(
        update(MailedProof)
        .where(
            whose,
            MailedProof.secret_digest == secret_digest,
            MailedProof.used_at.is_(None),
            MailedProof.expires_at > now(),
        )
        .values(used_at=now())
        .returning(MailedProof)
        .execution_options(populate_existing=True)
    )


def _mail_registration(proof: MailedProof) -> None:
    """A code for a new address; whoever has an account already is told so, and by mail alone."""
    owner = db.session.scalar(select(Password.user_id).where(Password.login == proof.address))
    if owner is not None:
        _send(
            proof,
            "notice",
            user_id=owner,
            title=later("You already have an account"),
            lines=(
                later("Somebody, probably you, asked for a new account with this address."),
                later(
                    "There is one already: sign in, or set a new password if you have forgotten it."
                ),
            ),
            link_label=later("Sign in"),
            link_href=f"{settings().public_origin}/sign-in",
        )
        return
    _mail_code(proof, later("Your code to finish signing up"))


def _mail_reset(proof: MailedProof) -> None:
    """A link for whoever signs in with this address or may recover with it; silence for all others."""
    found = _opened_by(proof.address)
    if found is None:
        return
    entry.hold(found.user_id)
    if _opened_by(proof.address) != found:
        # The address was given up meanwhile, and the links that it had have ended.
        return
    # The mailed ones: anybody may ask for them, and must not end by it what support has handed over.
    end_links(found.user_id, ("reset",))
    token = secrets.token_urlsafe(32)
    proof.user_id, proof.secret_digest = found.user_id, digest(token)
    proof.content = {"via": "login" if found.login == proof.address else "alternative"}
    _send(
        proof,
        "notice",
        user_id=found.user_id,
        title=later("Set a new password"),
        lines=(
            later(
                "Open the link in the browser in which you asked for it. It works once, for 10 minutes."
            ),
            later("Two-step authentication stays on: you will still need your second step."),
        ),
        link_label=later("Set a new password"),
        link_href=f"{settings().public_origin}/password/reset/{token}",
    )


def _opened_by(address: str) -> Row[UUID, str] | None:
    """Whose password may be set by whoever reads this mailbox, and the login beside it.

    Nobody's whose account is closed: a new password would not open it. An alternative address does
    that for readers alone: staff are let back in by another administrator.
    """
    is_alternative = and_(
        AlternativeAddress.address == address,
        AlternativeAddress.counts(),
        User.role == "reader",
    )
    query = (
        select(Password.user_id, Password.login)
        .join(User, User.id == Password.user_id)
        .outerjoin(AlternativeAddress, AlternativeAddress.user_id == Password.user_id)
        .where(User.disabled_at.is_(None), or_(Password.login == address, is_alternative))
        # Two people may name the same alternative address; the login is the better claim.
        .order_by((Password.login == address).desc(), Password.changed_at)
    )
    return db.session.execute(query.limit(1)).one_or_none()


def _mail_alternative(proof: MailedProof) -> None:
    _mail_code(proof, later("Your code to confirm an alternative address"))


def _mail_login(proof: MailedProof) -> None:
    """A code for an address to sign in with; whoever signs in with it already is told so, and no more."""
    owner = db.session.scalar(select(Password.user_id).where(Password.login == proof.address))
    if owner is not None:
        _send(
            proof,
            "notice",
            user_id=owner,
            title=later("You already sign in with this address"),
            lines=(
                later(
                    "Somebody, probably you, wants to sign in to another account with this address."
                ),
                later("An address belongs to one account: use another one for the other account."),
            ),
            link_label=later("Sign in"),
            link_href=f"{settings().public_origin}/sign-in",
        )
        return
    _mail_code(proof, later("Your code to confirm an address to sign in with"))


def _mail_second_step(proof: MailedProof) -> None:
    _mail_code(proof, later("Your code to sign in"))


def _mail_code(proof: MailedProof, title: Text) -> None:
    code = f"{secrets.randbelow(1_000_000):06}"
    proof.secret_digest = _code_digest(proof.id, code)
    minutes = int(_life(proof).total_seconds() // 60)
    _send(proof, "code", user_id=proof.user_id, title=title, code=code, minutes=minutes, lines=())


def _send(proof: MailedProof, template: str, *, user_id: UUID | None, **values: Any) -> None:
    """Mail it in the language of whose mailbox it is, or else in that of the page it was asked for on.

    All of it goes by the name of the proof, notices too: what becomes of the proof tells nobody which it was.
    """
    known = tongues.of(user_id) if user_id else None
    locale = known or proof.locale
    mail.send(proof.address, template, mail_id=proof.id, user_id=user_id, locale=locale, **values)


def _life(proof: MailedProof) -> timedelta:
    kind: ProofKind = proof.kind  # type: ignore[assignment]
    return LIVES[kind]


def _code_digest(proof_id: UUID, code: str) -> str:
    """Keyed, because six digits are soon guessed by whoever has only the table."""
    return pseudonym(f"{proof_id}|{code}", "mailed code")


_MAILED: Mapping[str, Callable[[MailedProof], None]] = {
    "register": _mail_registration,
    "reset": _mail_reset,
    "alternative": _mail_alternative,
    "second_step": _mail_second_step,
    "login": _mail_login,
    "new_login": _mail_login,
}
