"""Passwords: chosen well, kept slow to guess, and as costly to check for a login that nobody has."""

import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import exists, select, update
from zxcvbn import zxcvbn

from xero_onboard.accounts import proofs, second_step
from xero_onboard.accounts.models import LONGEST_EMAIL, SETTLING, Password
from xero_onboard.lib import mail
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.jobs import every_minute
from xero_onboard.lib.languages import gettext as _
from xero_onboard.lib.web import settings

# By what a password was set: within a session, by a link mailed to the login or to the alternative
# address, by a link that support handed over.
Via = Literal["session", "login", "alternative", "support"]

SHORTEST_ALONE, SHORTEST_WITH_SECOND_STEP, LONGEST = 15, 8, 1024
_MOST_EARLIER = 5
_LEAST_SCORE = 3
# What zxcvbn takes for letters, as in “p4$$w0rd”.
_STAND_INS = frozenset('4@8({[<369&#!1|0$5+7%2"*')
_MOST_STAND_INS = 12
_SITE_WORDS = ("Xero", "Xero Onboard", "onboarding", "connect", "help centre", "help center")
# zxcvbn refuses to look at more than this.
_LOOKED_AT = 72
_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[^@\s<>,;:\"()\[\]\\]{1,250}\.[^@\s.]{2,63}")

# OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
# https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_nobodys = _hasher.hash(secrets.token_urlsafe(16))


class BadAddress(Exception):
    """Not an e-mail address that mail can be sent to."""


class TooShort(Exception):
    """Good enough beside a second step only, and there is none; the message says so in words."""


@dataclass(frozen=True)
class Checked:
    """Whose password was right, and against what it was checked."""

    user_id: UUID
    verifier: str = field(repr=False)


def login_of(address: str) -> str:
    """An address in the one form in which it is stored and compared; raises BadAddress.

    It is the form in which mail goes there, so that one mailbox cannot pass for two.
    """
    try:
        login = mail.checked_address(unicodedata.normalize("NFKC", address).strip()).lower()
    except mail.UnsafeAddress as error:
        raise BadAddress(address) from error
    if len(login) > LONGEST_EMAIL or not _ADDRESS.fullmatch(login):
        raise BadAddress(address)
    return login


def comparable(address: str) -> str:
    """An address that was not typed here, as it compares with logins; one that is none stays as it is."""
    try:
        return login_of(address)
    except BadAddress:
        return address.strip().casefold()


def shortest(*, has_second_step: bool) -> int:
    """How many characters a password needs, alone or beside a second step."""
    return SHORTEST_WITH_SECOND_STEP if has_second_step else SHORTEST_ALONE


def complaint(password: str, *, has_second_step: bool, known: tuple[str, ...]) -> str | None:
    """What is wrong with a new password, in words; nor must it be made of what is `known` of its owner."""
    chosen = _normal(password)
    least = shortest(has_second_step=has_second_step)
    if len(chosen) > LONGEST:
        return _("Use at most %(longest)s characters.", longest=LONGEST)
    if len(chosen) < least:
        return _too_short(least)
    if _is_guessable(chosen, _words_of((*known, *_words_of_the_site()))):
        return _("This password is too easy to guess. Use several unrelated words.")
    return None


def sealed(password: str) -> str:
    """The verifier to keep. Slow on purpose: call it before the first statement of a transaction."""
    return _hasher.hash(_normal(password))


def is_short(password: str) -> bool:
    """Whether this password is good enough beside a second step only."""
    return len(_normal(password)) < SHORTEST_ALONE


def add(
    user_id: UUID,
    login: str,
    verifier: str,
    *,
    is_short: bool = False,
    added_at: datetime | None = None,
) -> Password:
    """Keep the first password of this user, who signs in with this login. Raises TooShort or IntegrityError.

    `added_at` for an account that began without one. Hold the user before.
    """
    _begin(user_id, is_short=is_short)
    row = Password(user_id=user_id, login=login, verifier=verifier, is_short=is_short)
    row.added_at = added_at
    db.session.add(row)
    db.session.flush()
    return row


def replace(
    user_id: UUID,
    verifier: str,
    *,
    via: Via,
    is_short: bool = False,
) -> None:
    """Keep another password for the login that this user has by now. Raises TooShort.

    Whoever has an open session or reads a mailbox need not be the owner: for a while those before
    still show who is. Hold the user before: while a password is hashed its owner may change the
    login elsewhere.
    """
    _begin(user_id, is_short=is_short)
    # The oldest ones: who changes it again and again must not push out what its owner knows.
    earlier = [] if via == "support" else _known_to_owner(user_id)[:_MOST_EARLIER]
    values = {
        "verifier": verifier,
        "is_short": is_short,
        "changed_at": now(),
        "was_recovered": via == "alternative",
        "was_mailed": via in ("login", "alternative"),
        "earlier": " ".join(earlier) or None,
    }
    db.session.execute(update(Password).where(Password.user_id == user_id).values(values))


def is_settled(user_id: UUID) -> bool:
    """Whether this user has a password for so long that it is the owner's, as its login is."""
    query = select(exists().where(Password.user_id == user_id, Password.is_settled()))
    return bool(db.session.scalar(query))


def owners_verifiers(user_id: UUID) -> list[str] | None:
    """Verifiers of the passwords that the owner knows, though somebody else may have changed theirs lately.

    None where the account has no password for long enough for that. One that was set by a mailed
    link these days is not among them: whoever reads the mailbox could set it.
    """
    return _known_to_owner(user_id) if is_settled(user_id) else None


def is_one_of(password: str, verifiers: Collection[str]) -> bool:
    """Whether one of these was made of this password. Slow on purpose."""
    return any(_fits(verifier, password) for verifier in verifiers)


@every_minute("forget earlier passwords")
def forget_earlier() -> None:
    """Keep no verifier of what was changed longer ago than that matters."""
    is_over = Password.changed_at <= now() - SETTLING
    over = update(Password).where(Password.earlier.is_not(None), is_over)
    db.session.execute(over.values(earlier=None))


def _known_to_owner(user_id: UUID) -> list[str]:
    """Verifiers, the oldest first, of those before the changes of these days, and of the present one."""
    query = select(
        Password.verifier, Password.earlier, Password.changed_at, Password.was_mailed
    ).where(Password.user_id == user_id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        return []
    if row.changed_at <= now() - SETTLING:
        return [row.verifier]
    earlier = (row.earlier or "").split()
    return earlier if row.was_mailed else [*earlier, row.verifier]


def whose(login: str, password: str) -> Checked | None:
    """Whose login and password these are; takes as long for a login that nobody has."""
    row = db.session.scalar(select(Password).where(Password.login == login))
    found = Checked(row.user_id, row.verifier) if row else None
    return found if _matches(row, password) else None


def is_unchanged(checked: Checked) -> bool:
    """Whether the password is still the one that was checked."""
    query = select(Password.verifier).where(Password.user_id == checked.user_id)
    return db.session.scalar(query.with_for_update()) == checked.verifier


def is_of(user_id: UUID, password: str) -> bool:
    """Whether this is the user's password."""
    return _matches(db.session.get(Password, user_id), password)


def login_of_user(user_id: UUID) -> str | None:
    """The address a user signs in with, if they have a password."""
    return db.session.scalar(select(Password.login).where(Password.user_id == user_id))


def user_of_login(login: str) -> UUID | None:
    """Who signs in with this address."""
    return db.session.scalar(select(Password.user_id).where(Password.login == login))


def end_short(user_id: UUID) -> None:
    """Have a password that was good enough beside a second step open nothing, once that is gone.

    Its owner chooses another by a mailed link.
    """
    row = db.session.get(Password, user_id)
    if row is not None and row.is_short:
        # One that nobody knows and that is there already: hashing is slow, and the user is held.
        replace(user_id, _nobodys, via="session")


def _begin(user_id: UUID, *, is_short: bool) -> None:
    """What comes before any new password: the links by which one could be set end."""
    if is_short and not second_step.ways_of(user_id).is_any:
        raise TooShort(_too_short(SHORTEST_ALONE))
    proofs.end_links(user_id)


def _too_short(least: int) -> str:
    return _(
        "Use at least %(least)s characters. Three or four unrelated words are easy to remember.",
        least=least,
    )


def _is_guessable(chosen: str, known: list[str]) -> bool:
    """Whether it is weak as it is, or would be without the names that anybody knows."""
    bare = chosen.casefold()
    for word in sorted(known, key=len, reverse=True):
        bare = bare.replace(word.casefold(), "") if len(word) > 2 else bare
    looked_at = (chosen[:_LOOKED_AT], re.sub(r"[\W_]+", "", bare)[:_LOOKED_AT])
    return any(not part or _is_weak(part, known) for part in looked_at)


def _is_weak(part: str, known: list[str]) -> bool:
    # zxcvbn tries all that such signs may stand for, together: with many different ones for seconds.
    # A password that has so many of them is no word with a few letters changed.
    if len(set(part) & _STAND_INS) > _MOST_STAND_INS:
        rest = "".join(each for each in part if each not in _STAND_INS)
        part = rest if len(rest) >= _MOST_STAND_INS else part[:_MOST_STAND_INS]
    return bool(zxcvbn(part, user_inputs=known)["score"] < _LEAST_SCORE)


def _words_of_the_site() -> tuple[str, ...]:
    """What anybody thinks of who guesses at passwords of this site."""
    host = urlsplit(settings().public_origin).hostname or ""
    return (settings().product_name, host, *_SITE_WORDS)


def _words_of(known: tuple[str, ...]) -> list[str]:
    """Each name in one piece and in its parts."""
    parts = {part for each in known for part in re.split(r"[\W_]+", each)}
    return sorted({re.sub(r"[\W_]+", "", each) for each in known} | parts - {""})


def _matches(row: Password | None, password: str) -> bool:
    return _fits(row.verifier if row else _nobodys, password) and row is not None


def _fits(verifier: str, password: str) -> bool:
    try:
        return _hasher.verify(verifier, _normal(password)[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)
