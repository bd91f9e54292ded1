"""What the operator has to know and can do something about, found in what is stored; nobody is asked.

Each of these also stands in the log when it happens, which nobody reads until it is too late.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select

from xero_onboard.connect import capacity, installation, trouble, vault
from xero_onboard.connect.departure import redirect_uri
from xero_onboard.connect.models import ENDED, Connection, Grant, Removal
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.providers.xero_scopes import are_refused, doubts
from xero_onboard.connect.state import OVERDUE
from xero_onboard.lib.clock import now
from xero_onboard.lib.db import db
from xero_onboard.lib.web import settings

LATE = timedelta(hours=1)
STUCK = timedelta(days=1)
GIVEN_UP_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Alarm:
    """Something that is wrong, why, and what to do; `is_urgent` while readers suffer from it."""

    name: str
    is_urgent: bool
    title: str
    cause: str
    advice: str
    since: datetime | None = None


@dataclass(frozen=True)
class _Words:
    title: str
    cause: str
    advice: str


def present() -> tuple[Alarm, ...]:
    """Everything that is wrong now, what readers suffer from first."""
    found = [alarm for look in _LOOKS for alarm in look()]
    return tuple(sorted(found, key=lambda alarm: not alarm.is_urgent))


def _tokens_at_rest() -> Iterator[Alarm]:
    found = installation.doubt()
    if found is not None:
        yield Alarm(
            name="at_rest",
            is_urgent=True,
            title="The connections rest, and Connect is closed",
            cause=installation.explained(found),
            advice=f"Meanwhile nothing is refreshed or disconnected, and no customer is written to. {installation.advice(found)}",
        )


def _refusals() -> Iterator[Alarm]:
    for row in trouble.of_this_setup():
        words = _TROUBLE[row.cause]
        often = "once" if row.count == 1 else f"{row.count} times"
        last = "" if row.cause in trouble.REPORTED else f", the last time with: {row.detail}"
        callbacks = f"{redirect_uri('connect')} and {redirect_uri('sign_in')}"
        yield Alarm(
            name=row.cause,
            is_urgent=row.cause in trouble.TOLD_BY_PROVIDER,
            title=words.title,
            cause=f"{words.cause} It happened {often}{last}.",
            advice=words.advice.format(callbacks=callbacks),
            since=row.first_at,
        )


def _scopes() -> Iterator[Alarm]:
    xero = settings().xero
    is_closed = are_refused(xero.scopes, xero.further_scopes, today=now().date())
    for doubt in doubts(xero.scopes, xero.further_scopes):
        yield Alarm(
            name="scopes",
            is_urgent=True,
            title="Xero may refuse what we ask for",
            cause=f"XERO_SCOPES: {doubt}.",
            advice=_UNTIL_CORRECTED[is_closed],
        )


def _limit() -> Iterator[Alarm]:
    used = capacity.used()
    if used.is_nearly_full:
        yield Alarm(
            name="limit",
            is_urgent=used.is_full,
            title="No organisation can be added" if used.is_full else "There is little room left",
            cause=f"{used.count} of {used.limit} connections are used. XERO_CONNECTION_LIMIT says how many Xero allows.",
            advice="Disconnect what nobody needs, and remove what Xero lists and nobody uses here. A higher tier at developer.xero.com raises the limit; then set XERO_CONNECTION_LIMIT.",
        )


def _locked_vault() -> Iterator[Alarm]:
    known = [key.id for key in settings().vault_keys]
    missing = _grants(Grant.key_id.is_not(None), Grant.key_id.not_in(known))
    wrong = vault.wrong_keys()
    if missing or wrong:
        sealed = _some(missing, "login", "logins")
        which = f"a key that is no longer in VAULT_KEYS seals {sealed}" if sealed else ""
        other = f"the key {', '.join(wrong)} is not the one it was" if wrong else ""
        yield Alarm(
            name="vault",
            is_urgent=True,
            title="Stored connections cannot be opened",
            cause=f"{_capital(' and '.join(part for part in (which, other) if part))}.",
            advice="Put the lost key back into VAULT_KEYS and restart. Nothing is lost, and readers must not reconnect for it.",
        )


def _overdue() -> Iterator[Alarm]:
    count = _grants(Grant.rotated_at < now() - OVERDUE, Grant.status == "ok", _is_used())
    if count:
        yield Alarm(
            name="overdue",
            is_urgent=True,
            title="Logins will run out",
            cause=f"{_some(count, 'login has', 'logins have')} not been renewed for {OVERDUE.days} days; Xero ends them after 60.",
            advice="See that the worker runs (flask work) and what it says in the log. Their readers are asked to reconnect.",
        )


def _late_worker() -> Iterator[Alarm]:
    if installation.must_rest():
        return
    before = now() - LATE
    grants = _grants(vault.is_due(before), Grant.status == "ok", _is_used())
    removals = _removals(Removal.due_at < before, Removal.status == "pending")
    if grants or removals:
        late = (_some(grants, "login", "logins"), _some(removals, "removal", "removals"))
        have = "has" if grants + removals == 1 else "have"
        yield Alarm(
            name="worker",
            is_urgent=True,
            title="The worker is not doing its work",
            cause=f"{' and '.join(each for each in late if each)} {have} been due for more than an hour.",
            advice="Start it with flask work, or see in the log what keeps it. Without it connections run out after 60 days, and what is disconnected here stays connected at Xero.",
        )


def _stuck_removals() -> Iterator[Alarm]:
    stuck = _removals(Removal.created_at < now() - STUCK, Removal.status == "pending")
    given_up = _removals(
        Removal.finished_at > now() - GIVEN_UP_FOR, Removal.status == "unconfirmed"
    )
    if stuck or given_up:
        parts = (
            _some(stuck, "removal has", "removals have", "waited for more than a day"),
            _some(given_up, "removal was", "removals were", "given up in the last 30 days"),
        )
        yield Alarm(
            name="removals",
            is_urgent=False,
            title="Xero has not confirmed what was disconnected",
            cause=f"{', and '.join(part for part in parts if part)}.",
            advice="Those that wait are tried again by themselves. Of the others only their owner can see whether they are still among the connected apps in Xero.",
        )


def _grants(*conditions: ColumnElement[bool]) -> int:
    environment = Grant.environment == current_provider().facts.environment
    return db.session.scalar(select(func.count(Grant.id)).where(environment, *conditions)) or 0


def _removals(*conditions: ColumnElement[bool]) -> int:
    environment = Removal.environment == current_provider().facts.environment
    return db.session.scalar(select(func.count(Removal.id)).where(environment, *conditions)) or 0


def _is_used() -> ColumnElement[bool]:
    return exists().where(Connection.grant_id == Grant.id, Connection.status.not_in(ENDED))


def _some(count: int, one: str, several: str, rest: str = "") -> str:
    """So many of them, and what of them; nothing where there is none."""
    return f"{count} {one if count == 1 else several} {rest}".rstrip() if count else ""


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


_LOOKS: tuple[Callable[[], Iterator[Alarm]], ...] = (
    *(_tokens_at_rest, _refusals, _scopes, _locked_vault),
    *(_limit, _overdue, _late_worker, _stuck_removals),
)

_UNTIL_CORRECTED = {
    True: "Correct XERO_SCOPES and restart. Until then Connect is closed, and what is connected stays connected. A scope that Xero has added since this software was made belongs into XERO_FURTHER_SCOPES as well.",
    False: "Correct XERO_SCOPES and restart. Until then readers may be shown an error page by Xero.",
}
_TROUBLE = {
    trouble.CLIENT_REFUSED: _Words(
        "Xero refuses us, and Connect is closed",
        "Xero does not accept our client id and secret.",
        "Compare XERO_CLIENT_ID and XERO_CLIENT_SECRET with your app at developer.xero.com/app/manage, leave no second secret there, and restart. Connections stay as they are, and Connect opens by itself with the first answer that accepts us.",
    ),
    trouble.CLOCKS_APART: _Words(
        "Our clock and Xero's do not agree",
        "What Xero signs for a login is good for a few minutes, and by our clock it was not, so nobody can connect or sign in with Xero.",
        "Set the clock of this machine right and keep it so: it should follow a time server (on most systems, timedatectl set-ntp true). This goes away with the next reader who connects.",
    ),
    trouble.AUTHORIZE_REFUSED: _Words(
        "A reader came back with an error about us",
        "Xero, or somebody who made up an address, says that our request was wrong.",
        "Compare XERO_SCOPES with what your app may ask for, and the redirect URIs of your app with {callbacks}.",
    ),
    "saw_error_page": _Words(
        "Readers saw an error page at Xero",
        "They say so, and nothing came back to us.",
        "The usual cause is a redirect URI that differs in one character: your app at developer.xero.com/app/manage needs {callbacks}. Look at XERO_CLIENT_ID and XERO_SCOPES as well.",
    ),
    "saw_limit": _Words(
        "Readers were told that we are full",
        "They say that Xero connects no further organisation to our app.",
        "See at developer.xero.com/app/manage how many your tier allows, and set XERO_CONNECTION_LIMIT, so that nobody is led there in vain.",
    ),
}
