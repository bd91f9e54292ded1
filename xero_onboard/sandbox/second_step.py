"""Showing who you are beyond the password: by app, by e-mail, by answers."""

import hmac
import re
import unicodedata

from sqlalchemy import select, update

from xero_onboard.sandbox import email_codes, login, totp
from xero_onboard.sandbox.models import LoginSession, Person
from xero_onboard.sandbox.problems import Refused
from xero_onboard.sandbox.store import store

_SIX_DIGITS = re.compile(r"[0-9]{6}")
INCORRECT = "That code is not correct. Check your authenticator app and try again."


class NoPhone(Exception):
    """The person has no authenticator app."""


def six_digits(given: str | None) -> str:
    """The code as typed, with or without a space in the middle; raises Refused."""
    code = "".join((given or "").split())
    if not _SIX_DIGITS.fullmatch(code):
        raise Refused("Enter the six digits of the code")
    return code


def check_app_code(session: LoginSession, given: str | None) -> None:
    """Accept a code of the person's authenticator app and let them in; raises Refused."""
    person = session.person
    code = six_digits(given)
    login.refuse_if_locked(person)
    step = totp.step_of(person.authenticator_key, code) if person.authenticator_key else None
    if step is None:
        login.count_failure(person)
        raise Refused(INCORRECT)
    if not _use_up(person, step):
        raise Refused("That code has been used already. Wait for the next one.")
    _let_in(session)


def send_backup_code(session: LoginSession) -> None:
    """Send a code to the person's backup address; raises Refused when there is none."""
    if session.person.backup_email is None:
        raise Refused("You have not added an alternative email yet")
    email_codes.send(session, "log_in", session.person.backup_email)


def check_email_code(session: LoginSession, given: str | None) -> None:
    """Accept a code that was sent by e-mail and let the person in; raises Refused."""
    email_codes.use(session, "log_in", six_digits(given))
    _let_in(session)


def check_answers(session: LoginSession, given: list[str | None]) -> None:
    """Accept the answers to all the person's questions and let them in; raises Refused."""
    person = session.person
    if not person.answers or not all(given):
        raise Refused("Answer every question")
    login.refuse_if_locked(person)
    expected = [_folded(answer.answer) for answer in person.answers]
    offered = [_folded(answer or "") for answer in given]
    if not hmac.compare_digest("\n".join(expected).encode(), "\n".join(offered).encode()):
        login.count_failure(person)
        raise Refused("At least one answer is not correct")
    _let_in(session)


def next_code(person: Person) -> str | None:
    """What the person's phone shows, or will show next when that has been used; None when both are.

    Raises NoPhone when no app holds a key of theirs.
    """
    key = person.authenticator_key or _draft_key(person)
    if key is None:
        raise NoPhone
    now = totp.current_step()
    step = max(now, person.last_step + 1)
    return totp.code_at(key, step) if step <= now + 1 else None


def _draft_key(person: Person) -> str | None:
    """The key the person is setting up, newest first: their phone has it before we rely on it."""
    return store.session.scalar(
        select(LoginSession.draft_key)
        .where(LoginSession.person_id == person.id)
        .where(LoginSession.draft_key.is_not(None))
        .order_by(LoginSession.began_at.desc())
    )


def _use_up(person: Person, step: int) -> bool:
    """Each step is good once, and no step before one that was used."""
    used = store.session.scalar(
        update(Person)
        .where(Person.id == person.id)
        .where(Person.last_step < step)
        .values(last_step=step)
        .returning(Person.id)
    )
    return used is not None


def _let_in(session: LoginSession) -> None:
    session.methods = "pwd mfa"
    login.enter(session)


def _folded(answer: str) -> str:
    return unicodedata.normalize("NFKC", answer).strip().casefold()
