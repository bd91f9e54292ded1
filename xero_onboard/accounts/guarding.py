"""Counting tries before looking at what was tried: by login, by network and over all."""

from collections.abc import Callable, Collection
from datetime import timedelta
from uuid import UUID

from xero_onboard.accounts import devices, entry, passwords
from xero_onboard.lib import audit, limits
from xero_onboard.lib.db import begin_read, begin_write
from xero_onboard.lib.limits import Limit

_WHILE = timedelta(minutes=15)
LOGIN = Limit("sign in: login", 10, _WHILE)
DEVICE = Limit("sign in: known device", 10, _WHILE)
NETWORK = Limit("sign in: network", 60, _WHILE)
ALL = Limit("sign in: all", 2000, _WHILE)
STEP = Limit("second step: user", 15, timedelta(hours=1))
# One line of the log tells of all tries that one full bucket refuses in its span.
NOTED = Limit("sign in: noted", 1, _WHILE)
UNDO = Limit("undoing: user", 10, timedelta(hours=1))
ADDITION = Limit("additions: user", 10, timedelta(hours=1))
ASK_ADDRESS = Limit("mailed proof: address", 5, timedelta(hours=1))
ASK_NETWORK = Limit("mailed proof: network", 20, timedelta(hours=1))
ASK_ALL = Limit("mailed proof: all", 1000, timedelta(hours=1))


class WrongPassword(Exception):
    """Login and password do not belong together; which of them is wrong is not told."""


def check_password(login: str, password: str, network: str, device: str | None = None) -> UUID:
    """Whose login and password these are; raises WrongPassword or TooMany.

    A device in which the login's owner has signed in before is counted apart from everybody else:
    whoever uses up what is allowed for the login does not lock its owner out.

    Hashing is slow on purpose, so nothing is locked meanwhile. Call it with nothing uncommitted.
    """
    # The narrow ones first: what they refuse uses nothing up of what everybody shares.
    buckets = [(LOGIN, login), (NETWORK, network), (ALL, "")]
    if device is not None and devices.is_known(device, login):
        buckets = [(DEVICE, device)]
    for limit, key in buckets:
        _count(limit, key, login)
    begin_read()
    checked = passwords.whose(login, password)
    begin_write()
    # While it was hashed the password may have been changed, and every session ended.
    if checked is None or not _still_counts(checked):
        audit.record_apart("sign_in_failed", subject=_subject(login), by="password")
        raise WrongPassword
    limits.forgive(*buckets[0])
    for limit, key in buckets[1:]:
        limits.give_back(limit, key)
    return checked.user_id


def _still_counts(checked: passwords.Checked) -> bool:
    """Whether this is the password yet, and stays so until the end of the transaction."""
    entry.hold(checked.user_id)
    return passwords.is_unchanged(checked)


def _count(limit: Limit, key: str, login: str) -> None:
    try:
        limits.count(limit, key)
    except limits.TooMany:
        if limits.is_first(NOTED, f"{limit.name}|{key}"):
            audit.record_apart("sign_in_limited", subject=_subject(login), by=limit.name)
        raise


def _subject(login: str) -> str | None:
    """Whose account was tried. It is looked up for every login, so that the answer takes as long."""
    user_id = passwords.user_of_login(login)
    return f"user:{user_id}" if user_id else None


def check_step(user_id: UUID, by: str, is_right: Callable[[], bool]) -> bool:
    """Whether a second step is right; counted for the user, however many sessions try. Raises TooMany.

    A browser in which the user has signed in before is counted apart, as for passwords.
    """
    device = devices.current_device()
    is_known = device is not None and devices.is_of(device, user_id)
    key = f"{user_id}|{device}" if is_known else str(user_id)
    limits.count(STEP, key)
    begin_write()
    if is_right():
        limits.give_back(STEP, key)
        return True
    audit.record_apart("two_step_failed", actor=user_id, by=by)
    return False


def count_addition(user_id: UUID) -> None:
    """Count what is added to an account, of each of which all its addresses are told; raises TooMany.

    Call it with nothing uncommitted.
    """
    limits.count(ADDITION, str(user_id))
    begin_write()


def check_owner(user_id: UUID, password: str, verifiers: Collection[str]) -> None:
    """Take a password that the owner knew before; raises WrongPassword or TooMany.

    Hashing is slow on purpose, so nothing is locked meanwhile. Call it with nothing uncommitted.
    """
    limits.count(UNDO, str(user_id))
    begin_read()
    is_right = passwords.is_one_of(password, verifiers)
    begin_write()
    if not is_right:
        audit.record_apart("sign_in_failed", subject=f"user:{user_id}", by="undoing")
        raise WrongPassword
    limits.give_back(UNDO, str(user_id))


def count_asking(address: str, network: str, device: str | None = None) -> None:
    """Count a mail that somebody asks us to send; raises TooMany.

    What strangers ask for in somebody's name does not keep them from asking in a browser that is
    known to be theirs.
    """
    is_known = device is not None and devices.is_known(device, address)
    key = f"{address}|{device}" if is_known else address
    for limit, each in ((ASK_ADDRESS, key), (ASK_NETWORK, network), (ASK_ALL, "")):
        limits.count(limit, each)
    begin_write()
