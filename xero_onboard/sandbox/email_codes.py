"""Six-digit codes by e-mail, which arrive in the practice inbox."""

import hmac
import re
import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update

from xero_onboard.lib import clock
from xero_onboard.sandbox import login
from xero_onboard.sandbox.models import EmailCode, LoginSession, Mail, Purpose
from xero_onboard.sandbox.problems import Refused
from xero_onboard.sandbox.store import store

CODE_LASTS = timedelta(minutes=10)

_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_INCORRECT = "That code is not correct. Look for the newest email and try again."

_SUBJECTS: dict[Purpose, str] = {
    "log_in": "Your code to log in",
    "add_email": "Confirm your email address",
}


def send(session: LoginSession, purpose: Purpose, email: str) -> None:
    """Send a fresh code; the ones before it stop working."""
    store.session.execute(
        delete(EmailCode)
        .where(EmailCode.login_session_id == session.id)
        .where(EmailCode.purpose == purpose)
    )
    code = f"{secrets.randbelow(1_000_000):06}"
    store.session.add(
        EmailCode(
            login_session_id=session.id,
            purpose=purpose,
            email=email,
            code=code,
            expires_at=clock.now() + CODE_LASTS,
        )
    )
    store.session.add(
        Mail(
            to=email,
            subject=_SUBJECTS[purpose],
            body=f"Hello {session.person.given_name}, type this code where you were asked for it. "
            "It works once, for ten minutes.",
            code=code,
            sent_at=clock.now(),
        )
    )


def send_to_new_address(session: LoginSession, address: str | None) -> None:
    """Send a code to an address that is to become the backup; raises Refused."""
    if address is None or len(address) > 200 or not _ADDRESS.fullmatch(address):
        raise Refused("Enter a complete email address, like name@example.com")
    if address.lower() == session.person.email:
        raise Refused("Use an address that differs from the one you log in with")
    send(session, "add_email", address.lower())


def send_again(session: LoginSession, purpose: Purpose) -> None:
    """Send another code to where the last one went, if one was sent."""
    last = waiting(session, purpose)
    if last:
        send(session, purpose, last.email)


def waiting(session: LoginSession, purpose: Purpose) -> EmailCode | None:
    """The code this browser has been sent and has not used."""
    return store.session.scalar(
        select(EmailCode)
        .where(EmailCode.login_session_id == session.id)
        .where(EmailCode.purpose == purpose)
        .where(EmailCode.used_at.is_(None))
    )


def use(session: LoginSession, purpose: Purpose, given: str) -> str:
    """Use the code up and return the address it was sent to; raises Refused."""
    login.refuse_if_locked(session.person)
    code = waiting(session, purpose)
    if code is None or code.expires_at <= clock.now():
        raise Refused("That code has run out. Send a new one.")
    if not hmac.compare_digest(code.code.encode(), given.encode()):
        login.count_failure(session.person)
        raise Refused(_INCORRECT)
    used: str | None = store.session.scalar(
        update(EmailCode)
        .where(EmailCode.id == code.id)
        .where(EmailCode.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(EmailCode.email)
    )
    if used is None:
        raise Refused(_INCORRECT)
    return used


def inbox(to: str | None) -> list[Mail]:
    """What was sent, newest first; to one address if asked."""
    newest = select(Mail).order_by(Mail.sent_at.desc()).limit(100)
    return list(store.session.scalars(newest.where(Mail.to == to.lower()) if to else newest))
