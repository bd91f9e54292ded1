"""Checkpoints about permissions, errors, and what your product does with a connection."""

from sqlalchemy import func, select

from xero_onboard.accounts.models import UserIdentity
from xero_onboard.connect.models import Attempt, Grant
from xero_onboard.connect.outcomes import CATALOGUE
from xero_onboard.connect.providers import current_provider
from xero_onboard.connect.providers.xero_scopes import doubts
from xero_onboard.lib.db import db
from xero_onboard.lib.web import settings
from xero_onboard.staff.certification.entry import (
    LIMITS,
    SCOPES,
    SIGN_IN,
    TROUBLESHOOTING,
    Checkpoint,
    Finding,
    judged,
    some,
    to_confirm,
    unmet,
)
from xero_onboard.staff.certification.evidence import (
    listed,
    logins,
    published_sources,
    unexplained,
)
from xero_onboard.staff.filters import environment

# So often a login may fail before somebody should have looked: about half a day of trying.
_MANY_FAILURES = 15
_READABLE = ("declined", "saw_error_page", "attempt_expired", "code_refused", "unknown_attempt")


def _explained() -> Finding:
    sources, asked = published_sources(), settings().xero.scopes
    silent = [scope for scope in asked if not any(f"`{scope}`" in text for text in sources)]
    return judged(
        not silent,
        f"Guides explain {len(asked) - len(silent)} of {len(asked)} permissions; missing: {listed(silent) or 'none'}.",
        "Explain each in the guide What we can see and do, or ask for less in XERO_SCOPES.",
    )


def _offline() -> Finding:
    asked = "offline_access" in settings().xero.scopes
    lacking = logins(~Grant.scopes.contains("offline_access"))
    return judged(
        asked and not lacking,
        f"XERO_SCOPES {'asks' if asked else 'does not ask'} for offline_access; {some(lacking, 'login lacks', 'logins lack')} it.",
        "Add offline_access to XERO_SCOPES, and have those readers reconnect.",
    )


def _granular() -> Finding:
    scopes = settings().xero.scopes
    found = list(doubts(scopes, settings().xero.further_scopes))
    held = db.session.scalars(
        select(Grant.scopes).where(Grant.environment == environment(), Grant.status == "ok")
    )
    narrow = sum(not set(scopes) <= set(each.split()) for each in held)
    words = (
        f"Doubts about XERO_SCOPES: {' '.join(found)}" if found else "No doubt about XERO_SCOPES."
    )
    return judged(
        not found and not narrow,
        f"{words} {some(narrow, 'login has', 'logins have')} fewer permissions than are asked for now.",
        "Correct XERO_SCOPES, and ask those whose permissions are fewer to reconnect.",
    )


def _errors() -> Finding:
    codes = [code for code, entry in CATALOGUE.items() if entry.who != "done"]
    silent = unexplained(codes)
    return judged(
        not silent,
        f"Guides explain {len(codes) - len(silent)} of {len(codes)} codes; missing: {listed(silent) or 'none'}. What fails in the background stands at /staff/connections.",
        "Publish the guides that explain the missing codes.",
    )


def _patience() -> Finding:
    most = db.session.scalar(
        select(func.max(Grant.failures)).where(
            Grant.environment == environment(), Grant.status == "ok"
        )
    )
    if (most or 0) >= _MANY_FAILURES:
        return unmet(
            f"A login could not be renewed {most} times in a row.",
            "See at /staff/connections?kind=logins&state=failing what Xero answers.",
        )
    return to_confirm(
        f"This site asks about once a day for each of {some(logins(), 'login', 'logins')}, waits as long as Xero says, and at most {most or 0} tries in a row have failed.",
        "See that your product waits for Retry-After, keeps to 60 calls a minute for an organisation and 5 at once, and stops at a 403.",
    )


def _readable() -> Finding:
    silent = unexplained(_READABLE)
    return judged(
        not silent,
        f"Cancel, Xero’s error page, a late, a used and an unknown return each have their page; without one: {listed(silent) or 'none'}.",
        "Publish the guide When something goes wrong while connecting again.",
    )


def _accounts() -> Finding:
    return to_confirm(
        "This site writes nothing into anybody’s books.",
        "See that your product offers active accounts and contacts only, and handles currencies.",
    )


def _mapping() -> Finding:
    return to_confirm(
        "This site writes nothing into anybody’s books.",
        "See that users choose their accounts in your product, and none is built in.",
    )


def _taxes() -> Finding:
    return to_confirm(
        "This site writes nothing into anybody’s books.",
        "See that your product uses the organisation’s own tax rates and leaves amounts to Xero.",
    )


def _sign_up() -> Finding:
    lacking = {"openid", "profile", "email"} - set(settings().xero.scopes)
    count = db.session.scalar(select(func.count(UserIdentity.id))) or 0
    return judged(
        not lacking and count > 0,
        f"{some(count, 'person has', 'people have')} an account here by their Xero login; permissions missing for that: {listed(lacking) or 'none'}.",
        "Ask for openid, profile and email, and connect once as a new person. Xero asks for this before an app is listed in its store.",
    )


def _sign_in() -> Finding:
    issuer = current_provider().facts.issuer
    foreign = db.session.scalar(
        select(func.count(UserIdentity.id)).where(UserIdentity.issuer != issuer)
    )
    signed_in = db.session.scalar(
        select(func.count(Attempt.id)).where(
            Attempt.environment == environment(), Attempt.outcome == "signed_in"
        )
    )
    return judged(
        bool(signed_in) and not foreign,
        f"{some(signed_in or 0, 'time', 'times')} in the last 90 days somebody signed in with Xero, known by Xero’s number and never by address; {foreign or 0} identities are of another issuer.",
        "Sign in with Xero once. Identities of another issuer come from the practice Xero: start with an empty database.",
    )


def _launcher() -> Finding:
    return to_confirm(
        f"Readers sign in at {settings().public_origin}/sign-in.",
        "Give Xero the address for its app launcher, and try it from there.",
    )


def _documents() -> Finding:
    count = len(published_sources())
    if not count:
        return unmet("No guide is published.", "Run flask content sync.")
    return to_confirm(
        f"{some(count, 'guide is', 'guides are')} public at {settings().public_origin}.",
        "Publish a privacy policy and terms of use, and give Xero their addresses.",
    )


PERMISSIONS = (
    Checkpoint("C1", "You ask for no more than you need, and explain each.", _explained, SCOPES),
    Checkpoint("C2", "Access goes on when the reader is away.", _offline, SCOPES),
    Checkpoint(
        "C3", "Only narrow permissions are asked for, and missing ones again.", _granular, SCOPES
    ),
)
ERRORS = (
    Checkpoint("D1", "Every error tells the reader why, and what to do next.", _errors),
    Checkpoint(
        "D2", "Xero’s limits are kept, and nothing is tried without end.", _patience, LIMITS
    ),
    Checkpoint(
        "D3",
        "Cancelling, error pages and late returns end in readable pages.",
        _readable,
        TROUBLESHOOTING,
    ),
)
PRODUCT = (
    Checkpoint("E1", "Only accounts and contacts that can be used are offered.", _accounts),
    Checkpoint("E2", "Users choose which accounts are used.", _mapping),
    Checkpoint("E3", "Tax rates are the organisation’s own.", _taxes),
    Checkpoint("F1", "New customers can sign up with Xero.", _sign_up),
    Checkpoint(
        "F2", "Customers can sign in with Xero, known by its number for them.", _sign_in, SIGN_IN
    ),
    Checkpoint("F3", "Xero’s app launcher leads to your sign-in.", _launcher),
    Checkpoint("F4", "Support documents, privacy policy and terms are public.", _documents),
)
