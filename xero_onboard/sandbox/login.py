"""Who is logged in: passwords, the lock-out, sessions and trusted devices."""

import hmac
import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from xero_onboard.lib import clock
from xero_onboard.lib.crypto import digest
from xero_onboard.sandbox import people
from xero_onboard.sandbox.models import LoginSession, Person, Stage, TrustedDevice
from xero_onboard.sandbox.problems import Refused
from xero_onboard.sandbox.store import store

SESSION_LASTS = timedelta(hours=12)
DEVICE_IS_TRUSTED = timedelta(days=30)
LOCKED_FOR = timedelta(minutes=15)
FAILURES_ALLOWED = 5

DEFAULT_PAGE = "/connected-apps"
_GOES_ON_TO = ("/identity/connect/authorize?", f"{DEFAULT_PAGE}?")

INCORRECT = "Your email or password is incorrect"
LOCKED = (
    "Your account has been locked due to repeated failed login attempts. Try again in 15 minutes."
)


def log_in(email: str | None, password: str | None, device: str | None, goes_on_to: str) -> str:
    """Begin a session and return its token; raises Refused."""
    if not email:
        raise Refused("Enter your email address")
    if not password:
        raise Refused("Enter your password")
    person = people.find(email)
    if person is None:
        raise Refused(INCORRECT)
    refuse_if_locked(person)
    if not hmac.compare_digest(password.encode(), people.PASSWORD.encode()):
        count_failure(person)
        raise Refused(INCORRECT)
    token = secrets.token_urlsafe(32)
    session = LoginSession(
        token_digest=digest(token),
        person=person,
        stage=_stage_after_password(person, device),
        goes_on_to=safe_page(goes_on_to),
        began_at=clock.now(),
    )
    store.session.add(session)
    if session.stage == "in":
        forget_failures(person)
    return token


def log_out(token: str) -> None:
    """End the session; a device that was trusted stays so."""
    session = find_session(token)
    if session:
        session.began_at = clock.now() - SESSION_LASTS


def find_session(token: str) -> LoginSession | None:
    """The session of this token, unless it is over."""
    return store.session.scalar(
        select(LoginSession)
        .where(LoginSession.token_digest == digest(token))
        .where(LoginSession.began_at > clock.now() - SESSION_LASTS)
    )


def enter(session: LoginSession) -> None:
    """Let the person in: everything asked for has been shown."""
    session.stage = "in"
    forget_failures(session.person)


def trust(person: Person) -> str:
    """Remember a browser as the person's own, and return its token."""
    token = secrets.token_urlsafe(32)
    store.session.execute(delete(TrustedDevice).where(TrustedDevice.expires_at <= clock.now()))
    store.session.add(
        TrustedDevice(
            token_digest=digest(token),
            person_id=person.id,
            expires_at=clock.now() + DEVICE_IS_TRUSTED,
        )
    )
    return token


def safe_page(goes_on_to: str | None) -> str:
    """A page of ours to go on to; an app's address is only ever reached through consent."""
    return goes_on_to if goes_on_to and goes_on_to.startswith(_GOES_ON_TO) else DEFAULT_PAGE


def refuse_if_locked(person: Person) -> None:
    """Raises Refused while the account is locked."""
    if person.locked_until and person.locked_until > clock.now():
        raise Refused(LOCKED)


def count_failure(person: Person) -> None:
    """One more wrong password, code or answer; the last one allowed locks the account."""
    person.failures += 1
    if person.failures >= FAILURES_ALLOWED:
        person.failures = 0
        person.locked_until = clock.now() + LOCKED_FOR


def forget_failures(person: Person) -> None:
    """The right person came."""
    person.failures = 0
    person.locked_until = None


def _stage_after_password(person: Person, device: str | None) -> Stage:
    if not person.has_two_step:
        return "set_up"
    return "in" if device and _is_trusted(device, person) else "code"


def _is_trusted(device: str, person: Person) -> bool:
    found = store.session.get(TrustedDevice, digest(device))
    if found is None or found.person_id != person.id:
        return False
    return found.expires_at > clock.now()
